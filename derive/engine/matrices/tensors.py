"""Tensor expressions in normal form: each node as a form of words, or by its generic entry, whichever it was made as.

Products, transposes and sums are done on words; what works entry by entry is done on the entry [i] or [i, j], where the scalar
normal form knows the functions. Either is turned into the other where it is needed (``words``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from derive.engine.algebra.polynomials import Key, Quotient
from derive.engine.counterexamples.constraints import COMPARED
from derive.engine.matrices.inverses import Algebra
from derive.engine.matrices.letters import Form, Letter, NoForm
from derive.engine.matrices.linear import matrix
from derive.expr.composites import COMPOSITES, options_of
from derive.expr.conditions import quantified
from derive.expr.graph import Node, Shape, topological
from derive.expr.operators import CONDITIONS, OPERATORS
from derive.numbers.definedness import INVERSES, fragile, need, requirement
from derive.records import dataclass


@dataclass(slots=True)
class Value:
    """A node's normal form: ``form`` (of a vector: of its column), ``entry``, or both; of a condition ``truth``."""

    shape: Shape
    entry: Quotient | None = None
    form: Form | None = None
    truth: Node | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What a node needs to have a value. ``cancels``: that something is not zero, or has an inverse."""

    key: Key
    condition: Node
    cancels: bool


class Tensors:
    """One claim's nodes in normal form."""

    def __init__(self, words: Algebra, size_names: Mapping[str, int]) -> None:
        self.words = words
        self.size_names = size_names
        self.general = True  # nothing was used that holds at these sizes only
        self.values: dict[Node, Value] = {}
        self.needs: dict[Node, list[Need]] = {}

    def run(self, roots: Sequence[Node]) -> None:
        """Works out the roots and all below. Raises NoForm, Unwieldy, Regrow."""
        seen: set[Node] = set()
        work = list(roots)
        while work:
            n = work.pop()
            if n not in seen:
                seen.add(n)
                if n.op not in _OPAQUE:
                    work.extend(n.args)
        for n in sorted(seen, key=lambda n: n.id):
            if n not in self.values:
                self.values[n] = self._value(n)

    def needed(self, root: Node) -> dict[Key, Need]:
        """What a root needs to have a value."""
        return {need.key: need for n in topological([root]) for need in self.needs.get(n, ())}

    # -- either way ---------------------------------------------------------------------------------

    def entry(self, n: Node) -> Quotient:
        """The generic entry of a node's value."""
        v = self.values[n]
        if v.entry is None:
            if v.form is None:
                raise NoForm("a condition where a value is expected")
            v.entry = self.words.form_entry(v.form, len(v.shape) == 1)
        return v.entry

    def form(self, n: Node) -> Form:
        """The words of a node's value; of a vector those of its column."""
        v = self.values[n]
        if v.form is None:
            if v.entry is None:
                raise NoForm("a condition where a value is expected")
            if len(v.shape) == 1:
                v.form = self.words.columns(v.entry, v.shape[0])
            else:
                v.form = self.words.matrices(v.entry, *v.shape)
        return v.form

    def aligned(self, n: Node, shape: Shape) -> Quotient:
        """The entry of an argument where its operator has a shape: broadcast as NumPy does."""
        q, own = self.entry(n), n.shape
        if len(own) == 1 and len(shape) == 2:
            q, own = self.words.renamed(q, {"i": "j"}), (1, *own)
        elif not own:
            return q
        names = ("i",) if len(shape) == 1 else ("i", "j")
        for name, m, k in zip(names, own, shape, strict=True):
            if m != k and name in self.words.indices(q.num, q.den):
                raise NoForm("an axis of size 1 that is stretched")
        return q

    # -- one node -----------------------------------------------------------------------------------

    def _value(self, n: Node) -> Value:
        if len(n.shape) > 2:
            raise NoForm("a tensor of more than two axes")
        if n.op in _RULES:
            made = _RULES[n.op](self, n)
        elif n.op in OPERATORS or n.op == "apply":
            made = self._elementwise(n)
        else:
            raise NoForm(f"'{n.op}'")
        if fragile(n):
            self._need(n)
        if n.op in ("where", "select") and any(fragile(m) for m in topological(n.args[1:])):
            raise NoForm("a branch that may lack a value")
        return made

    def scalar(self, q: Quotient) -> Value:
        return Value((), entry=q)

    def _elementwise(self, n: Node) -> Value:
        words, ring = self.words, self.words.ring
        values = [self.values[a] for a in n.args]
        forms = [v.form for v in values]
        if n.op in ("add", "sub") and n.shape and all(v.shape == n.shape for v in values):
            f, g = forms
            if f is not None and g is not None:
                return Value(n.shape, form=words.plus(f, g) if n.op == "add" else words.minus(f, g))
        if n.op == "neg" and forms[0] is not None:
            return Value(n.shape, form=words.scaled(forms[0], ring.const(-1)))
        if n.op == "mul":
            for one, other in ((0, 1), (1, 0)):
                of = forms[other]
                if not n.args[one].shape and of is not None:
                    return Value(n.shape, form=words.scaled(of, self.entry(n.args[one])))
        if n.op == "div" and not n.args[1].shape and forms[0] is not None:
            return Value(n.shape, form=words.scaled(forms[0], self._over(self.entry(n.args[1]))))
        if n.op in CONDITIONS:
            return Value(n.shape, truth=self._node(n, [self._argument(a, n.shape) for a in n.args]))
        if any(v.truth is not None for v in values):
            nodes = [self._argument(a, n.shape) for a in n.args]
            return Value(n.shape, entry=words.scalar(self._node(n, nodes)))
        args = [self.aligned(a, n.shape) for a in n.args]
        match n.op:
            case "add":
                return Value(n.shape, entry=ring.add(*args))
            case "sub":
                return Value(n.shape, entry=ring.sub(*args))
            case "neg":
                return Value(n.shape, entry=ring.neg(args[0]))
            case "mul":
                return Value(n.shape, entry=ring.mul(*args))
            case "div":
                return Value(n.shape, entry=ring.mul(args[0], self._over(args[1])))
            case "hold":
                return Value(n.shape, entry=args[0])
        made_node = self._node(n, [ring.quotient_node(q) for q in args])
        return Value(n.shape, entry=words.scalar(made_node))

    def _over(self, q: Quotient) -> Quotient:
        if q.num == 0:
            raise NoForm("a division by zero")
        return self.words.ring.div(self.words.ring.one, q)

    def _argument(self, a: Node, shape: Shape) -> Node:
        """An argument's entry as a scalar node; a condition as it is."""
        v = self.values[a]
        if v.truth is None:
            return self.words.ring.quotient_node(self.aligned(a, shape))
        if v.shape != shape:
            raise NoForm("a condition that is broadcast")
        return v.truth

    @staticmethod
    def _node(n: Node, args: Sequence[Node]) -> Node:
        return n.graph.node(n.op, tuple(args), n.attr)

    # -- needs ----------------------------------------------------------------------------------------

    def _need(self, n: Node) -> None:
        """What a fragile node needs, by the normal form of its argument."""
        ring, condition = self.words.ring, need(n)
        assert condition is not None
        if n.op in INVERSES:
            form = self.form(n.args[0])
            twin = self.words.turned_form(form)
            key = min(repr(sorted((w, ring.quotient_key(c)) for w, c in f.items())) for f in (form, twin))
            self._record(n, ("inv", key), condition, cancels=True)
            return
        if n.op == "select":
            keys = tuple(ring.quotient_key(self.aligned(a, n.shape)) for a in n.args)
            self._record(n, ("select", n.shape, keys), condition)
            return
        asked = requirement(n)
        assert asked is not None
        which, op, than = asked
        extra = ring.quotient_key(self.entry(n.args[1])) if n.op == "pow" and op != "ne" else ()
        a = n.args[which]
        q = ring.sub(self.entry(a), ring.const(than))
        if self.words.signs.of(q) & ~COMPARED[op]:
            asking = (op, a.shape, ring.quotient_key(q), extra)
            self._record(
                n, asking, n.graph.call(op, a, n.graph.const(than)), cancels=op == "ne" and not self._kinked(q)
            )

    def _record(self, n: Node, key: Key, condition: Node, cancels: bool = False) -> None:
        self.needs.setdefault(n, []).append(Need(key, quantified("all", condition), cancels))

    def _kinked(self, q: Quotient) -> bool:
        return any(k.kinked for k in self.words.ring.used(q.num, q.den))


# -- rules of nodes -----------------------------------------------------------------------------------


def _const(t: Tensors, n: Node) -> Value:
    return t.scalar(t.words.scalar(n))


def _symbol(t: Tensors, n: Node) -> Value:
    if not n.shape:
        return t.scalar(t.words.scalar(n))
    rows, cols = (*n.shape, 1)[:2]
    made = Letter(str(n.attr), rows, cols, vector=len(n.shape) == 1)
    return Value(n.shape, form=t.words.reduced({(t.words.letter(("node", n.id), made),): t.words.ring.one}))


def _opaque(t: Tensors, n: Node) -> Value:
    """Entries picked or put together: the same node is the same tensor, at these sizes."""
    t.general = False
    if any(fragile(m) or m.op in ("where", *COMPOSITES) for m in topological([n])):
        raise NoForm(f"'{n.op}' of what may lack a value")
    if not n.shape:
        from derive.language.components import components

        return t.scalar(t.words.scalar(components(n)[0])) if _small(n) else t.scalar(t.words.named(f"entry #{n.id}"))
    rows, cols = (*n.shape, 1)[:2]
    made = Letter(f"#{n.id}", rows, cols, vector=len(n.shape) == 1)
    return Value(n.shape, form={(t.words.letter(("node", n.id), made),): t.words.ring.one})


def _small(n: Node) -> bool:
    return n.args[0].op == "symbol"


def _definition(t: Tensors, n: Node) -> Value:
    if n.attr in t.size_names and n.args[0].op == "const":
        return t.scalar(t.words.size(t.size_names[n.attr]))
    v = t.values[n.args[0]]
    return Value(v.shape, v.entry, v.form, v.truth)


def _column(t: Tensors, n: Node, row: bool = False) -> Form:
    """The words of an argument of a product: of a vector its column, or its row."""
    f = t.form(n)
    return t.words.turned_form(f) if row and len(n.shape) == 1 else f


def _matmul(t: Tensors, n: Node) -> Value:
    a, b = n.args
    found = t.words.product(_column(t, a, row=True), _column(t, b))
    if not n.shape:
        return t.scalar(found.get((), t.words.ring.zero))
    if len(a.shape) == 1:
        found = t.words.turned_form(found)
    return Value(n.shape, form=found)


def _transpose(t: Tensors, n: Node) -> Value:
    return Value(n.shape, form=t.words.turned_form(t.form(n.args[0])))


def _outer(t: Tensors, n: Node) -> Value:
    a, b = n.args
    return Value(n.shape, form=t.words.product(_column(t, a), _column(t, b, row=True)))


def _diag(t: Tensors, n: Node) -> Value:
    q = t.entry(n.args[0])
    if len(n.shape) == 1:
        return Value(n.shape, entry=t.words.renamed(q, {"j": "i"}))
    return Value(n.shape, entry=t.words.ring.mul(q, t.words.place((), "ij")))


def _total(t: Tensors, a: Node, axis: int | None) -> Value:
    """The sum of a node's entries, or along an axis."""
    words, ring = t.words, t.words.ring
    if not a.shape:
        return t.scalar(t.entry(a))
    f = t.form(a)
    if len(a.shape) == 1:
        return t.scalar(words.total(f, a.shape[0], None))
    if axis is None:
        return t.scalar(words.total(f, *a.shape))
    if axis % 2 == 1:
        return Value((a.shape[0],), form=words.product(f, {(words.ones(a.shape[1]),): ring.one}))
    return Value((a.shape[1],), form=words.product(words.turned_form(f), {(words.ones(a.shape[0]),): ring.one}))


def _sum(t: Tensors, n: Node) -> Value:
    return _total(t, n.args[0], n.attr)


def _count(t: Tensors, a: Node, axis: int | None) -> Quotient:
    """The number of entries that are reduced."""
    sizes = a.shape if axis is None else (a.shape[axis],)
    total = t.words.ring.one
    for s in sizes:
        total = t.words.ring.mul(total, t.words.size(s))
    return total


def _reduced(t: Tensors, a: Node, entry: Quotient, axis: int | None) -> tuple[Value, Quotient]:
    """The sum of entries given by their generic one, of the shape of ``a``; and what it is beside each entry."""
    words, ring = t.words, t.words.ring
    if len(a.shape) == 1:
        q = words.total(words.columns(entry, a.shape[0]), a.shape[0], None)
        return t.scalar(q), q
    f = words.matrices(entry, *a.shape)
    if axis is None:
        q = words.total(f, *a.shape)
        return t.scalar(q), q
    if axis == 1:
        found = words.product(f, {(words.ones(a.shape[1]),): ring.one})
        at = words.form_entry(found, True)
        return Value((a.shape[0],), form=found), at
    found = words.product(words.turned_form(f), {(words.ones(a.shape[0]),): ring.one})
    return Value((a.shape[1],), form=found), words.renamed(words.form_entry(found, True), {"i": "j"})


def _mean(t: Tensors, n: Node) -> Value:
    (a,), axis = n.args, options_of(n)["axis"]
    count = t.words.ring.div(t.words.ring.one, _count(t, a, axis))
    v = _total(t, a, axis)
    if v.form is None:
        assert v.entry is not None
        return t.scalar(t.words.ring.mul(v.entry, count))
    return Value(v.shape, form=t.words.scaled(v.form, count))


def _var(t: Tensors, n: Node) -> Value:
    (a,), options = n.args, options_of(n)
    ring, axis = t.words.ring, options["axis"]
    count = _count(t, a, axis)
    q = t.entry(a)
    _, total = _reduced(t, a, q, axis)
    centred = ring.sub(q, ring.div(total, count))
    v, _ = _reduced(t, a, ring.mul(centred, centred), axis)
    free = ring.sub(count, ring.const(options["ddof"] or 0))
    if free.num == 0:
        raise NoForm("a division by zero")
    if options["ddof"] and not free.num.is_constant():
        raise NoForm("a divisor that vanishes at some size")
    over = ring.div(ring.one, free)
    if v.form is None:
        assert v.entry is not None
        return t.scalar(ring.mul(v.entry, over))
    return Value(v.shape, form=t.words.scaled(v.form, over))


def _softmax(t: Tensors, n: Node) -> Value:
    """softmax, its logarithm and logsumexp, by exp(x) and its sum."""
    (a,), axis = n.args, options_of(n)["axis"]
    words, ring, g = t.words, t.words.ring, n.graph
    q = t.entry(a)
    up = words.scalar(g.call("exp", ring.quotient_node(q)))
    total, beside = _reduced(t, a, up, axis)
    if n.op == "softmax":
        return Value(n.shape, entry=ring.div(up, beside))
    if n.op == "log_softmax":
        return Value(n.shape, entry=ring.sub(q, words.scalar(g.call("log", ring.quotient_node(beside)))))
    if total.entry is None:
        assert total.form is not None
        total.entry = words.form_entry(total.form, True)
    return Value(n.shape, entry=words.scalar(g.call("log", ring.quotient_node(total.entry))))


def _extreme(t: Tensors, n: Node) -> Value:
    (a,) = n.args
    if n.shape:
        raise NoForm("the greatest along an axis")
    return t.scalar(t.words.named(f"{n.op} of {a.shape} {t.words.ring.quotient_key(t.entry(a))}"))


def _trace(t: Tensors, n: Node) -> Value:
    return t.scalar(t.words.trace(t.form(n.args[0]), n.args[0].shape[0]))


def _inv(t: Tensors, n: Node) -> Value:
    return Value(n.shape, form=t.words.inverse(t.form(n.args[0]), n.shape[0]))


def _solve(t: Tensors, n: Node) -> Value:
    inverse = t.words.inverse(t.form(n.args[0]), n.args[0].shape[0])
    return Value(n.shape, form=t.words.product(inverse, t.form(n.args[1])))


def _det(t: Tensors, n: Node) -> Value:
    return t.scalar(t.words.determinant(t.form(n.args[0]), n.args[0].shape[0]))


def _broadcast(t: Tensors, n: Node) -> Value:
    return Value(n.shape, entry=t.aligned(n.args[0], n.shape))


def _reshape(t: Tensors, n: Node) -> Value:
    """An axis of size 1 put in or left out."""
    (a,) = n.args
    q = t.entry(a)
    if len(a.shape) == 1 and n.shape == (*a.shape, 1):
        return Value(n.shape, entry=q)
    if len(a.shape) == 1 and n.shape == (1, *a.shape):
        return Value(n.shape, entry=t.words.renamed(q, {"i": "j"}))
    if not a.shape:
        return Value(n.shape, entry=q)
    raise NoForm("entries laid out anew")


def _linear(t: Tensors, n: Node) -> Value:
    return Value(n.shape, form=matrix(t, n))


_OPAQUE = ("index", "stack", "concat")

_RULES: dict[str, Callable[[Tensors, Node], Value]] = {
    "const": _const,
    "symbol": _symbol,
    "def": _definition,
    "matmul": _matmul,
    "transpose": _transpose,
    "outer": _outer,
    "diag": _diag,
    "sum": _sum,
    "mean": _mean,
    "var": _var,
    "softmax": _softmax,
    "log_softmax": _softmax,
    "logsumexp": _softmax,
    "amax": _extreme,
    "amin": _extreme,
    "trace": _trace,
    "inv": _inv,
    "solve": _solve,
    "det": _det,
    "broadcast": _broadcast,
    "reshape": _reshape,
    "linear": _linear,
    **dict.fromkeys(_OPAQUE, _opaque),
}

#: Composites that have a rule; the others are looked through.
KEPT = tuple(op for op in _RULES if op in COMPOSITES)
