"""A backward pass as steps: what a person writes down, with every factor a quantity of the document.

The calculus sweeps operations; a person sweeps *definitions*. From an objective backwards, the derivative by each
defined name is the sum, over the definitions written with it, of (derivative by that definition) times (derivative of
that definition by the name). The factors are quantities that the document names: dL/dz3 = dL/dyhat * dyhat/dz3.

Between two definitions the calculus does the work (``vjp`` of one definition's body, with all other definitions held
as variables), so a step on vectors and matrices is a product or an outer product, as the calculus writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from derive.calculus.reverse import expand_all, jacobian, vjp
from derive.errors import ExpressionError
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, topological
from derive.language.tidy import tidy
from derive.records import dataclass

MAX_EXPANDED = 150  # operations of a derivative that is written without other derivatives
MAX_JACOBIAN = 64  # entries of a derivative between two definitions that is written out


@dataclass(frozen=True, slots=True)
class Local:
    """The derivative of one definition by a name that stands in it: ``quantity`` is d(u, q), ``right`` what it is."""

    quantity: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Step:
    """One derivative of the objective, in up to three equal forms.

    ``chain`` is written with derivatives alone (None where the step is a definition's own derivative, or where the
    language can't write the product); ``worked`` has the local derivatives put in; ``expanded`` names no derivative (None
    where it would be long).
    ``inputs`` are the derivatives that the step uses: all but the local ones come from steps before it.
    """

    quantity: Node
    rule: str
    inputs: tuple[Node, ...]
    chain: Node | None
    worked: Node
    expanded: Node | None


@dataclass(frozen=True, slots=True)
class Walk:
    """A backward pass: the definitions it goes through (in the order of computing), local derivatives, steps."""

    objective: Node
    definitions: tuple[Node, ...]
    locals: tuple[Local, ...]
    steps: tuple[Step, ...]


def backward(f: Node, variables: Sequence[Node]) -> Walk:
    """The steps from ``f``, a scalar or a vector, to the variables (symbols or definitions; of an entry, the whole).

    Raises ExpressionError where a derivative on the way is not known, or not of a shape that can be written.
    """
    bases = dict.fromkeys(v.args[0] if v.op == "index" else v for v in variables)
    f, *wanted = expand_all([f, *bases])
    if len(f.shape) > 1:
        raise ExpressionError("a derivation starts from a scalar or a vector")
    return _Backward(f, wanted).walk()


def derivative(f: Node, q: Node) -> Node:
    """d(f, q), not worked out."""
    return f.graph.node("d", (f, q), False, f.shape + q.shape)


def rebuild(root: Node, values: Mapping[Node, Node]) -> Node:
    """The root with nodes replaced, the rest exactly as it stands: nothing is folded, definitions are leaves."""
    done: dict[Node, Node] = dict(values)
    for n in topological([root], through_definitions=False):
        if n not in done:
            args = tuple(done[a] for a in n.args) if n.op != "def" else n.args
            done[n] = n if args == n.args else n.graph.node(n.op, args, n.attr, n.shape)
    return done[root]


def is_identity(n: Node) -> bool:
    """Whether the node is an identity matrix, as the steps write it."""
    return n.op == "diag" and n.args[0].op == "broadcast" and n.args[0].args[0] is n.graph.one


# -- the walk ---------------------------------------------------------------------------------------


class _Backward:
    def __init__(self, f: Node, variables: Sequence[Node]) -> None:
        self.f, self.g = f, f.graph
        self.variables = list(variables)
        order = [*(n for n in topological([f]) if n.op == "def" and n is not f), f]
        self.leaves = {u: _leaves(_body(u)) - {u} for u in order}
        self.reach: dict[Node, frozenset[Node]] = {}  # what a definition depends on through others that stand in it
        wanted = set(self.variables)  # what depends on a variable
        for u in order:
            inner = [q for q in self.leaves[u] if q in self.leaves]
            self.reach[u] = frozenset[Node]().union(*(self.leaves[q] | self.reach[q] for q in inner))
            if not wanted.isdisjoint(self.leaves[u]):
                wanted.add(u)
        self.path = [u for u in order if u in wanted]
        self.users: dict[Node, list[Node]] = {}  # the definitions that are written with a quantity, the last one first
        for u in reversed(self.path):
            for q in self.leaves[u] & wanted:
                self.users.setdefault(q, []).append(u)
        self.opened: dict[Node, tuple[Node, dict[Node, Node]]] = {}
        self.adjoints: dict[Node, Node | None] = {f: self.g.one}  # a definition -> d(f, definition) in names
        self.found: dict[Node, Local] = {}

    def walk(self) -> Walk:
        """Definitions from the last to the first; a variable as soon as all that is written with it has been passed."""
        steps: list[Step] = []
        for u in reversed(self.path):
            if u is not self.f:
                steps += self._step(u)
            for v in self.variables:
                if v.op != "def" and v in self.users and self.users[v][-1] is u:
                    steps += self._step(v)
        used = {q for s in steps for q in (s.quantity, *s.inputs)}
        shown = tuple(local for q, local in self.found.items() if q in used)
        return Walk(self.f, tuple(u for u in self.path if u.op == "def"), shown, tuple(steps))

    def _step(self, q: Node) -> Iterator[Step]:
        """d(f, q): the sum over the definitions that are written with q."""
        g = self.g
        users = self.users.get(q, [])
        if not users:
            return
        marks = {u: _mark(g, "adjoint", derivative(self.f, u)) for u in users if u is not self.f}
        whole: Node = g.zero
        chain: list[Node | None] = []
        worked: list[Node] = []
        inputs: list[Node] = []
        for u in users:
            local = self._local(u, q)
            pulled = self._pulled(u, q, marks, local)
            whole = g.add(whole, pulled)
            if u is self.f:
                worked += tidy([pulled])
                chain.append(worked[-1])
                continue
            above, joined = derivative(self.f, u), derivative(u, q)
            inputs.append(above)
            if q in self.reach[u]:  # d(u, q) also counts other ways from u to q: only the direct one is meant here
                chain.append(None if local is None else _times(g, above, local.right, u))
            else:
                chain.append(_times(g, above, joined, u))
                inputs += [joined] if chain[-1] is not None else []
            neat = rebuild(tidy([pulled])[0], {marks[u]: above})
            ordered = None if local is None else _ordered(g, above, local.right)
            worked.append(neat if ordered is None else ordered)
        expanded = self._expanded(whole, marks)
        self.adjoints[q] = expanded
        terms = [t for t in chain if t is not None]
        formula = _total(g, terms) if len(terms) == len(users) and users != [self.f] else None
        rule = "definition" if users == [self.f] else "chain rule" if len(users) == 1 else f"{len(users)} paths"
        yield Step(derivative(self.f, q), rule, tuple(dict.fromkeys(inputs)), formula, _total(g, worked), expanded)

    def _expanded(self, whole: Node, marks: Mapping[Node, Node]) -> Node | None:
        """The derivative without derivatives in it; None once it is long, so that a deep network costs no more."""
        known = {mark: above for u, mark in marks.items() if (above := self.adjoints[u]) is not None}
        if len(known) < len(marks):
            return None
        (made,) = tidy([substitute(whole, known)])
        return made if len(topological([made], through_definitions=False)) <= MAX_EXPANDED else None

    # -- between two definitions --------------------------------------------------------------------

    def _open(self, u: Node) -> tuple[Node, dict[Node, Node]]:
        """The body of a definition with the definitions in it as variables, and what those stand for."""
        if u not in self.opened:
            inner = sorted((q for q in self.leaves[u] if q.op == "def"), key=lambda q: q.id)  # the same every time
            marks = {q: _mark(self.g, "open", q) for q in inner}
            body = substitute(_body(u), marks)
            back = {mark: q for q, mark in marks.items()}
            if u.op == "def" and body.args:
                back[body] = u  # sigmoid(z)*(1 - sigmoid(z)) is yhat*(1 - yhat)
            self.opened[u] = body, back
        return self.opened[u]

    def _pull(self, u: Node, q: Node, seed: Node) -> Node:
        body, back = self._open(u)
        mark = next((m for m, n in back.items() if n is q), q)
        return substitute(vjp(body, [mark], seed)[0], back)

    def _pulled(self, u: Node, q: Node, marks: Mapping[Node, Node], local: Local | None) -> Node:
        """The contribution of the definition u to d(f, q), the derivative by u as a mark."""
        g = self.g
        if not self.f.shape:
            return self._pull(u, q, g.one if u is self.f else marks[u])
        if local is None:
            raise ExpressionError("a derivative of a vector by a matrix on the way is not written out")
        if u is self.f:
            return local.right
        left = marks[u]
        product = _times(g, left, local.right, u)
        if product is None:
            raise ExpressionError("a product of derivatives on the way is not written out")
        return left if is_identity(local.right) else product

    def _local(self, u: Node, q: Node) -> Local | None:
        """The derivative of the definition u by q where the two are joined in its body; None if it is no matrix."""
        quantity = derivative(u, q)
        if quantity in self.found:
            return self.found[quantity]
        right = self._matrix(u, q) if u.shape else self._pull(u, q, self.g.one)
        if right is None:
            return None
        made = Local(quantity, tidy([right])[0])
        if q not in self.reach[u]:
            self.found[quantity] = made
        return made

    def _matrix(self, u: Node, q: Node) -> Node | None:
        """The derivative of a vector by a number or a vector, as a formula where it has one."""
        if len(u.shape) != 1 or len(q.shape) > 1:
            return None
        body, back = self._open(u)
        seed = _mark(self.g, "seed", u)
        if len(q.shape) == 1:
            made = _transposed_map(self._pull(u, q, seed), seed)
            if made is not None and made.shape == u.shape + q.shape:
                return made
        if not self.f.shape:
            return None  # the step itself, worked out, says more than its entries
        if u.shape[0] * (q.shape[0] if q.shape else 1) > MAX_JACOBIAN:
            return None
        mark = next((m for m, n in back.items() if n is q), q)
        return substitute(jacobian(body, mark), back)


def _body(u: Node) -> Node:
    return u.args[0] if u.op == "def" else u


def _leaves(body: Node) -> frozenset[Node]:
    return frozenset(n for n in topological([body], through_definitions=False) if n.op in ("def", "symbol"))


def _mark(g: Graph, role: str, n: Node) -> Node:
    """A variable in place of a node; its like stands in no document."""
    return g.node("symbol", (), (role, n), n.shape)


def _times(g: Graph, left: Node, right: Node, u: Node) -> Node | None:
    """(derivative by u) times (derivative of u), in this order; None where the language has no such product."""
    if not u.shape:
        return (
            g.node("mul", (left, right), None, right.shape or left.shape) if not left.shape or not right.shape else None
        )
    if len(u.shape) > 1 or len(right.shape) > 2:
        return None
    return g.matmul(left, right)


def _ordered(g: Graph, above: Node, local: Node) -> Node | None:
    """(derivative by u) times its local derivative, the former first; None where that is no product of entries."""
    if local.op == "neg":
        inner = _ordered(g, above, local.args[0])
        return inner and g.node("neg", (inner,), None, inner.shape)
    if above.shape:
        if is_identity(local):
            return above
        if local.op != "diag" or local.args[0].shape != above.shape:
            return None
        local = local.args[0]
    if local.op == "const":
        return above if local is g.one else None
    factors, work = [], [local]
    while work:
        n = work.pop()
        if n.op == "mul" and not (n.args[0].shape and n.args[1].shape):
            work += [n.args[1], n.args[0]]
        else:
            factors.append(n)
    made = above
    for f in factors:
        if f.op == "const" and not made.shape:
            made = g.node("mul", (f, made))
        else:
            made = g.node("mul", (made, f), None, f.shape or made.shape)
    return made


def _total(g: Graph, terms: Sequence[Node]) -> Node:
    made = terms[0]
    for t in terms[1:]:
        op, t = ("sub", t.args[0]) if t.op == "neg" else ("add", t)
        made = g.node(op, (made, t), None, made.shape)
    return made


def _transposed_map(r: Node, seed: Node, depth: int = 8) -> Node | None:
    """The matrix J of r = J' seed, read off its form: None where it is of another form."""
    g = r.graph
    if r is seed:
        return g.diag(g.broadcast(g.one, seed.shape))
    if r.op not in ("neg", "add", "sub", "mul", "matmul") or not depth or len(r.shape) != 1:
        return None
    holds = [a for a in r.args if seed in topological([a])]
    if r.op in ("neg", "add", "sub"):
        parts = [_transposed_map(a, seed, depth - 1) for a in r.args]
        if len(holds) < len(r.args) or any(p is None or p.shape != parts[0].shape for p in parts if parts[0]):
            return None
        known = [p for p in parts if p is not None]
        return g.node(r.op, tuple(known), None, known[0].shape) if len(known) == len(r.args) else None
    if len(holds) != 1 or r.args[0] is r.args[1]:
        return None
    inner = _transposed_map(holds[0], seed, depth - 1)
    other = r.args[1] if r.args[0] is holds[0] else r.args[0]
    if inner is None:
        return None
    if r.op == "mul":
        if holds[0].shape != r.shape:
            return None
        return _after(g, inner, g.diag(g.broadcast(other, r.shape)))
    if len(other.shape) != 2:
        return None
    return _after(g, inner, other if r.args[0] is holds[0] else g.transpose(other))


def _after(g: Graph, inner: Node, outer: Node) -> Node:
    return outer if is_identity(inner) else g.matmul(inner, outer)
