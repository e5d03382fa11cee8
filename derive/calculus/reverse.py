"""Reverse-mode differentiation on the graph: what it emits is graph again.

``vjp`` walks the nodes between an output and the variables once, backwards, and sums at each node the
contributions of its users (Griewank and Walther, Evaluating Derivatives, 2nd ed., ch. 3). Elementwise
operators take their local derivatives from SymPy's table; structural operators carry their rule here.

A variable is a symbol, a definition or an entry of one. Differentiation by a definition sees the paths that
are written through its name, as a document's dL/da does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from derive.calculus.branches import between, branching, groups, plainly_joined, sweep, unbroadcast
from derive.calculus.hessian import hessian
from derive.calculus.local_derivatives import FIRST
from derive.calculus.noted import note_replaced
from derive.errors import ExpressionError, NotWrittenOut
from derive.expr import shapes
from derive.expr.composites import COMPOSITES
from derive.expr.folding import fold_all
from derive.expr.graph import BY_ID, Graph, Node, Shape, topological
from derive.expr.operators import DEFERRED, DERIVATIVES, FLOATS, KINKED, OPERATORS
from derive.expr.roots import powers
from derive.language.abstract import partial as partial_of
from derive.language.components import components
from derive.language.meaning import meaning, place, pull_text
from derive.language.substitution import replaced

Pull = Iterator[tuple[Node, Node]]


def gradient(f: Node, variables: Sequence[Node]) -> list[Node]:
    """df/dv for each variable, in the variable's shape. ``f`` must be a scalar (ExpressionError)."""
    if f.shape:
        raise ExpressionError(f"a gradient needs a scalar, not shape {shapes.show(f.shape)}")
    return vjp(f, variables, f.graph.one)


def vjp(output: Node, variables: Sequence[Node], seed: Node, marked: bool = True) -> list[Node]:
    """seed . d(output)/dv for each variable v, in the variable's shape; ``seed`` has the output's shape. Slopes of kinks in the
    output have no derivative on the kink; where that is known from elsewhere (kinks.guarded), ``marked=False`` saves the marks.
    """
    g = output.graph
    depends = between(output, variables)
    if (whole := powers(depends)) and not _above(variables, whole):
        (output,) = fold_all([output], whole)
        depends = between(output, variables)
    if branching(depends, marked):
        return _through_branches(output, variables, seed, marked)
    adjoint: dict[Node, Node] = {output: seed}
    for n in sorted(depends, key=BY_ID, reverse=True):
        up = adjoint.get(n)
        if up is None or depends.isdisjoint(n.args):
            continue
        for child, contribution in _pull(g, n, up, depends):
            if child in depends:
                before = adjoint.get(child)
                adjoint[child] = contribution if before is None else g.add(before, contribution)
    return [adjoint.get(v) or g.broadcast(g.zero, v.shape) for v in variables]


def _above(variables: Sequence[Node], nodes: Iterable[Node]) -> bool:
    """Whether a variable is a definition with one of these nodes in it: it would be another without."""
    return not set(topological([v for v in variables if v.op == "def"])).isdisjoint(nodes)


def _through_branches(output: Node, variables: Sequence[Node], seed: Node, marked: bool) -> list[Node]:
    g = output.graph
    found: dict[Node, Node] = {}
    for group in groups(output, variables):
        some = [variables[i] for i in group]
        found.update(sweep(output, some, seed, between(output, some), _pull, marked))
    return [found.get(v) or g.broadcast(g.zero, v.shape) for v in variables]


def second_derivatives(f: Node, variables: Sequence[Node], marked: bool = True) -> dict[tuple[int, int], Node]:
    """The lower triangle of d2f/dv2 of scalar nodes, as ``curvature.hessian`` gives it; the gradient's gradients where ``f``
    has kinks that are to be ``marked`` (see ``vjp``; edge pushing does not see them), branches by conditions or calls abstract
    functions. Raises ExpressionError where one variable is defined by another."""
    if (whole := powers(between(f, variables))) and not _above(variables, whole):
        (f,) = fold_all([f], whole)
    if not any(n.op in ("apply", "where") or (n.op in KINKED and marked) for n in between(f, variables)):
        return hessian(f, variables)
    if any(v in between(v, [w]) for v in variables for w in variables if v is not w):
        raise ExpressionError("a Hessian by variables of which one is defined by another")
    table = {}
    for i, slope in enumerate(gradient(f, variables)):
        seconds = vjp(slope, variables[: i + 1], f.graph.one, marked)
        table.update({(i, j): second for j, second in enumerate(seconds) if second is not f.graph.zero})
        if marked:
            f.graph.derived[slope, (variables[i],), f] = None
            f.graph.derived[seconds[i], (variables[i],), slope] = None
    return table


def hvp(f: Node, variables: Sequence[Node], direction: Sequence[Node], marked: bool = True) -> list[Node]:
    """H u, as the gradient of <grad f, u> with u held constant (Pearlmutter 1994), even where u depends on a variable; ``marked``
    as of ``vjp``."""
    g = f.graph
    free = set(variables).isdisjoint(topological(direction))
    held = direction if free else [g.node("symbol", (), ("held", i, u.shape), u.shape) for i, u in enumerate(direction)]
    slope = g.zero
    for derivative, u in zip(gradient(f, variables), held, strict=True):
        slope = g.add(slope, g.sum(g.mul(derivative, u)))
    found = vjp(slope, variables, g.one, marked)
    return found if free else fold_all(found, dict(zip(held, direction, strict=True)))


def jacobian(y: Node, x: Node) -> Node:
    """dy/dx with shape ``y.shape + x.shape``."""
    g = y.graph
    if not y.shape:
        return vjp(y, [x], g.one)[0]
    rows = [vjp(y, [x], _place(g, g.one, i, y.shape))[0] for i in shapes.indices(y.shape)]
    return _nest(g, rows, y.shape)


def expand(root: Node) -> Node:
    """The node with every derivative in it worked out. Raises ExpressionError."""
    return expand_all([root])[0]


def expand_all(roots: Sequence[Node], marked: bool = True) -> list[Node]:
    """``expand`` of several nodes, sharing the work: one reverse sweep serves all gradients of a scalar. For the eye, and for
    what is ``guarded`` anyway, Hessians and Hessian products need not be ``marked`` where slopes step (see ``vjp``)."""
    order = topological(roots)
    made: dict[Node, Node] = {}  # of what becomes another node
    changed = made.keys()
    wanted: dict[Node, dict[Node, None]] = {}
    for n in [n for n in order if n.op == "d" and not n.args[0].shape]:
        wanted.setdefault(n.args[0], {}).update(dict.fromkeys(n.args[1:]))
    swept: dict[tuple[Node, Node], Node] = {}
    for n in order:
        if n.op not in _WORKED_OUT and changed.isdisjoint(n.args):
            continue
        args = tuple([made.get(a, a) for a in n.args])
        if n.op == "d" and n.args[0] in wanted:
            variables = [v for v in wanted.pop(n.args[0]) if v.op != "index" and v not in changed]
            swept.update(zip([(args[0], v) for v in variables], gradient(args[0], variables), strict=True))
        if n.op == "d":
            new = _expand_d(n.graph, n, args, swept)
            n.graph.derived[new, args[1:], args[0]] = None
        elif n.op in _WORKED_OUT:
            new = _DERIVE[n.op](n.graph, n, args, marked)
        elif n.op == "def":
            new = n.graph.define(n.attr, args[0])
        elif n.op == "index":
            new = n.graph.index(args[0], n.attr)
        else:
            new = n.graph.node(n.op, args, n.attr, n.shape)
        if new is not n:
            made[n] = new
    return [made.get(r, r) for r in roots]


_WORKED_OUT = frozenset((*DERIVATIVES, *DEFERRED))

# -- derivatives as the language writes them -------------------------------------------------------


def _expand_d(g: Graph, n: Node, args: Sequence[Node], swept: Mapping[tuple[Node, Node], Node]) -> Node:
    f, *variables = args
    parts = [swept.get((f, v)) or _by(f, v) for v in variables]
    if not n.attr:
        return parts[0]
    if not f.shape:
        return g.stack([g.index(p, i) if i else p for p in parts for i in shapes.indices(p.shape)])
    rows = []
    for row in shapes.indices(f.shape):
        entries = [g.index(p, row) for p in parts]
        rows.append(g.stack([g.index(e, i) if i else e for e in entries for i in shapes.indices(e.shape)]))
    return _nest(g, rows, f.shape)


def _by(f: Node, v: Node) -> Node:
    """df/dv, v a symbol, a definition or an entry of one."""
    if v.op != "index":
        return jacobian(f, v)
    whole = jacobian(f, v.args[0])
    entries = [f.graph.index(whole, (*row, *v.attr)) for row in shapes.indices(f.shape)]
    return _nest(f.graph, entries, f.shape) if f.shape else entries[0]


def _expand_hessian(g: Graph, n: Node, args: Sequence[Node], marked: bool) -> Node:
    f, *variables = args
    scalars = [c for v in variables for c in components(v)]
    table = second_derivatives(components(f)[0], scalars, marked)
    size = range(len(scalars))
    entries = [table.get((max(i, j), min(i, j)), g.zero) for i in size for j in size]
    return _nest(g, entries, n.shape) if n.shape else entries[0]


def _expand_hvp(g: Graph, n: Node, args: Sequence[Node], marked: bool) -> Node:
    f, u, *variables = args
    if not n.attr:
        return hvp(f, variables, [u], marked)[0]
    start, pieces = 0, []
    for v in variables:
        count = shapes.size(v.shape)
        piece = [g.index(u, (start + k,)) for k in range(count)]
        pieces.append(_nest(g, piece, v.shape) if v.shape else piece[0])
        start += count
    parts = hvp(f, variables, pieces, marked)
    return g.stack([g.index(p, i) if i else p for p in parts for i in shapes.indices(p.shape)])


def _computed(g: Graph, n: Node, args: Sequence[Node], _: bool) -> Node:
    from derive.numbers.computed import computed

    return computed(g, n, args)


def _eigenvalues(g: Graph, n: Node, args: Sequence[Node], _: bool) -> Node:
    from derive.numbers.eigenvalues import eigenvalues

    return eigenvalues(g, args[0])


def _sided(g: Graph, n: Node, args: Sequence[Node], _: bool) -> Node:
    from derive.calculus.sided import one_sided

    return one_sided(g, n, args)


def _at(g: Graph, n: Node, args: Sequence[Node], _: bool) -> Node:
    body, *rest = args
    count = len(rest) // 2
    note_replaced(body, dict(zip(rest[:count], rest[count:], strict=True)))
    return replaced(g, n, args)


_DERIVE: dict[str, Callable[[Graph, Node, Sequence[Node], bool], Node]] = {
    "at": _at,
    "sided": _sided,
    "eigenvalues": _eigenvalues,
    "after": lambda g, n, args, _: g.templates["sequences"].after(*args),
    "total": lambda g, n, args, _: Graph.totals(g, n, args),
    **dict.fromkeys(FLOATS, _computed),
    "hessian": _expand_hessian,
    "hvp": _expand_hvp,
}


def jumps(n: Node, depends: set[Node]) -> bool:
    """Whether a node may jump with what it depends on though its arguments do not: a sign, a branch not plainly joined."""
    if n.op == "where":
        return not plainly_joined(n, depends, _pull)
    return n.op in OPERATORS and OPERATORS[n.op].jumps


# -- one node backwards ----------------------------------------------------------------------------


def _pull(g: Graph, n: Node, up: Node, depends: set[Node]) -> Iterable[tuple[Node, Node]]:
    """The contributions of node ``n`` with adjoint ``up`` to the adjoints of its arguments."""
    if n.op in FIRST:
        value, found = g.named.get(n, n), []
        for a, partial in zip(n.args, FIRST[n.op], strict=True):
            if partial is not None and a in depends:
                slope = g.mul(up, partial(g, value, *n.args))
                found.append((a, slope if slope.shape == a.shape else unbroadcast(g, slope, a.shape)))
        return found
    if n.op == "apply":
        return [(a, unbroadcast(g, g.mul(up, partial_of(n, i)), a.shape)) for i, a in enumerate(n.args) if a in depends]
    if n.op in _STRUCTURE:
        return _STRUCTURE[n.op](g, n, up)
    if n.op in COMPOSITES:
        return _composite(g, n, up, depends)
    if n.op == "computed" and hasattr(n.attr, "pull"):  # of what a condition defines (derive.calculus.implicit)
        pulled: Iterable[tuple[Node, Node]] = n.attr.pull(g, n, up, depends)
        return pulled
    if n.op == "computed":
        said = n.attr.text([a.op for a in n.args])
        raise NotWrittenOut(f"{said} is computed, not written out: it is not differentiated")
    if n.args and n.op != "hold" and not (n.op in OPERATORS and OPERATORS[n.op].boolean):
        raise ExpressionError(f"no derivative is known for '{n.op}'")
    return ()


def _definition(g: Graph, n: Node, up: Node) -> Pull:
    yield n.args[0], up


def _matmul(g: Graph, n: Node, up: Node) -> Pull:
    a, b = n.args
    match len(a.shape), len(b.shape):
        case 1, 1:
            yield a, g.mul(up, b)
            yield b, g.mul(up, a)
        case 2, 1:
            yield a, g.outer(up, b)
            yield b, g.matmul(g.transpose(a), up)
        case 1, 2:
            yield a, g.matmul(b, up)
            yield b, g.outer(a, up)
        case _:
            yield a, g.transpose(b) if _is_eye(up) else g.matmul(up, g.transpose(b))
            yield b, g.transpose(a) if _is_eye(up) else g.matmul(g.transpose(a), up)


def _is_eye(n: Node) -> bool:
    """Whether it is the identity matrix, which the derivative of a trace is."""
    return n.op == "diag" and n.args[0].op == "broadcast" and n.args[0].args[0] is n.graph.one


def _transpose(g: Graph, n: Node, up: Node) -> Pull:
    yield n.args[0], g.transpose(up)


def _outer(g: Graph, n: Node, up: Node) -> Pull:
    a, b = n.args
    yield a, g.matmul(up, b)
    yield b, g.matmul(a, up)


def _diag(g: Graph, n: Node, up: Node) -> Pull:
    yield n.args[0], g.diag(up)


def _sum(g: Graph, n: Node, up: Node) -> Pull:
    a = n.args[0]
    if n.attr is not None:
        axis = n.attr % len(a.shape)
        up = g.reshape(up, (*a.shape[:axis], 1, *a.shape[axis + 1 :]))
    yield a, g.broadcast(up, a.shape)


def _broadcast(g: Graph, n: Node, up: Node) -> Pull:
    yield n.args[0], unbroadcast(g, up, n.args[0].shape)


def _reshape(g: Graph, n: Node, up: Node) -> Pull:
    yield n.args[0], g.reshape(up, n.args[0].shape)


def _index(g: Graph, n: Node, up: Node) -> Pull:
    yield n.args[0], _place(g, up, n.attr, n.args[0].shape)


def _stack(g: Graph, n: Node, up: Node) -> Pull:
    for i, part in enumerate(n.args):
        yield part, g.index(up, (i,))


def _concat(g: Graph, n: Node, up: Node) -> Pull:
    up, start = g.broadcast(up, n.shape), 0
    for part in n.args:
        single = len(part.shape) < len(n.shape)
        rows = [g.index(up, (start + k,)) for k in range(1 if single else part.shape[0])]
        yield part, rows[0] if single else g.stack(rows)
        start += len(rows)


def _det(g: Graph, n: Node, up: Node) -> Pull:
    # Jacobi's formula, where the matrix has an inverse
    value = g.named.get(n, n)
    times = (
        up.args[0] if up.op == "div" and up.args[1] is value else g.mul(up, value)
    )  # log(det(A)): the determinant cancels
    yield n.args[0], g.mul(times, g.transpose(g.inv(n.args[0])))


def _inv(g: Graph, n: Node, up: Node) -> Pull:
    turned = g.transpose(g.named.get(n, n))
    yield n.args[0], g.neg(g.matmul(g.matmul(turned, g.broadcast(up, n.shape)), turned))


def _composite(g: Graph, n: Node, up: Node, depends: set[Node]) -> Pull:
    # over the placeholders of its meaning, once for each signature; then with the arguments put in
    body, places = meaning(n)
    u, y = place(g, "u", n.shape), place(g, "y", n.shape)
    values = {**dict(zip(places, n.args, strict=True)), u: g.broadcast(up, n.shape), y: g.named.get(n, n)}
    for i, a in enumerate(n.args):
        if a in depends:
            key = ("pull", i, n.op, n.attr, tuple(b.shape for b in n.args))
            if key not in g.templates:
                g.templates[key] = pull_text(n, i) or vjp(body, [places[i]], u)[0]
            yield a, unbroadcast(g, fold_all([g.templates[key]], values)[0], a.shape)


_STRUCTURE: dict[str, Callable[[Graph, Node, Node], Pull]] = {
    "def": _definition,
    "matmul": _matmul,
    "transpose": _transpose,
    "outer": _outer,
    "diag": _diag,
    "sum": _sum,
    "broadcast": _broadcast,
    "reshape": _reshape,
    "index": _index,
    "stack": _stack,
    "concat": _concat,
    "det": _det,
    "inv": _inv,
}


def _place(g: Graph, value: Node, where: tuple[int, ...], shape: Shape) -> Node:
    """Zeros of that shape with ``value`` at the index ``where``."""
    if not where:
        return value
    rest = g.broadcast(g.zero, shape[1:])
    inner = _place(g, value, where[1:], shape[1:])
    return g.stack([inner if i == where[0] else rest for i in range(shape[0])])


def _nest(g: Graph, parts: Sequence[Node], outer: Shape) -> Node:
    """Equally shaped parts, in row-major order, stacked along the axes ``outer``."""
    parts = list(parts)
    for size in reversed(outer):
        parts = [g.stack(parts[i : i + size]) for i in range(0, len(parts), size)]
    return parts[0]
