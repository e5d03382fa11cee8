"""Tensors to scalars: the explicit instance that proofs, exact values and edge pushing work on.

Every entry of a tensor becomes a scalar node of the same graph, shared as the tensors were. What is left:
constants, scalar symbols, entries of symbols (``index`` of a symbol), elementwise operators and scalar
definitions, an entry of a definition keeping its name (``a1[0]``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, product
from math import isqrt
from typing import Any

from derive.budget import spend
from derive.errors import ExpressionError, NotWrittenOut
from derive.expr import shapes
from derive.expr.composites import COMPOSITES
from derive.expr.conditions import QUANTIFIERS
from derive.expr.folding import FOLDING, marks_a_jump, valued
from derive.expr.graph import Graph, Node, Shape, topological
from derive.expr.operators import DEFERRED, DERIVATIVES, OPERATORS
from derive.language.asked import Places, asked
from derive.language.loops import fold
from derive.language.meaning import meaning

#: The entries of a tensor, row by row. One that nobody asks for is not worked out: ``NOBODY`` stands in its place.
Entries = list[Node]
NOBODY: Any = None

#: What may have no value somewhere, whatever stands in it.
_PARTIAL = tuple(o.name for o in OPERATORS.values() if not o.total)
#: What has one entry where all its arguments have.
PLAIN = {*OPERATORS, "const", "def", "apply", "computed"}
_SCALAR = {*PLAIN, "symbol"}  # what is its own entry where there is no tensor
AT_ONCE = 1_000  # entries that are counted together
MAX_MATRIX = 6  # rows of a determinant or an inverse that is written out


def components(root: Node) -> Entries:
    """The entries of a derivative-free node as scalar nodes, row by row. Raises ExpressionError."""
    return components_all([root])[0]


def components_all(roots: Sequence[Node]) -> list[Entries]:
    """``components`` of several nodes, sharing the work."""
    done: dict[Node, Entries] = {}
    made = 0
    order = topological(roots)
    tensors = {n for n in order if n.shape}
    if (
        all(map(_laid_out, order)) and tensors.isdisjoint(roots)
        if tensors
        else _SCALAR.issuperset([n.op for n in order])
    ):
        spend(16 * len(order), "entries of tensors")
        return [[r] for r in roots]
    wanted = asked(roots, order)
    for n in order:
        done[n] = _entries(n.graph, n, done, wanted.get(n))
        made += len(done[n])
        if made > AT_ONCE:
            spend(16 * made, "entries of tensors")
            made = 0
    spend(16 * made, "entries of tensors")
    return [done[r] for r in roots]


def _laid_out(n: Node) -> bool:
    """Whether a node is its own entry, where what stands below it is."""
    if n.op in ("symbol", "index"):
        return n.op == "symbol" or (n.args[0].op == "symbol" and not n.shape)
    return n.op in PLAIN and not n.shape and not any(a.shape for a in n.args)


def _entries(g: Graph, n: Node, done: dict[Node, Entries], wanted: Places | None = None) -> Entries:
    if n.op == "const":
        return [n]
    if n.op == "symbol":
        return [g.node("index", (n,), i) for i in shapes.indices(n.shape)] if n.shape else [n]
    if n.op == "def":
        if not n.shape:
            (inner,) = done[n.args[0]]
            return [n if inner is n.args[0] else g.define(n.attr, inner)]
        names = [f"{n.attr}[{', '.join(map(str, i))}]" for i in shapes.indices(n.shape)]
        named = zip(names, done[n.args[0]], strict=True)
        return [g.define(name, e) if e is not NOBODY else e for name, e in named]
    if n.op in OPERATORS or n.op in ("apply", "computed"):
        if not n.shape:
            args = tuple(done[a][0] for a in n.args)
            return [n if args == n.args else _apply(g, n, args)]
        spread = [_spread(done[a], a.shape, n.shape) for a in n.args]
        entries = enumerate(zip(*spread, strict=True))
        return [_apply(g, n, args) if wanted is None or i in wanted else NOBODY for i, args in entries]
    if n.op in _SPARSE:
        return _SPARSE[n.op](g, n, [done[a] for a in n.args], wanted)
    if n.op in _RULES:
        return _RULES[n.op](g, n, [done[a] for a in n.args])
    if n.op in COMPOSITES:
        body, places = meaning(n)
        laid = dict(zip(places, [done[a] for a in n.args], strict=True))
        for m in topological([body]):
            if m not in laid:
                laid[m] = _entries(g, m, laid)
        return laid[body]
    if n.op in DERIVATIVES or n.op in DEFERRED:
        raise ExpressionError("a derivative must be expanded before it is laid out in components")
    raise ExpressionError(f"no components are known for '{n.op}'")


def _apply(g: Graph, n: Node, args: tuple[Node, ...]) -> Node:
    if n.op in ("mul", "div") and g.zero in args and any(_closed(a) for a in args):
        return g.node(n.op, args)  # 0/norm(zeros(2)) has no value, and 0 times what has none
    if n.op in ("mul", "div") and n.args[0] is g.zero:
        return g.node(n.op, args)  # left unfolded, as it says where there is no value (derive.calculus.branches)
    if n.op == "sub" and args[0] is args[1] and any(m.op in _PARTIAL for m in topological([args[0]])):
        return g.node(n.op, args)  # nothing minus itself is not 0: the variance of one logarithm
    folds = n.op in FOLDING and not marks_a_jump(n)
    return FOLDING[n.op](g, *args) if folds else g.node(n.op, args, n.attr)


def _closed(n: Node) -> bool:
    """Whether a node that is no number speaks of no symbol."""
    return n.op != "const" and not any(m.op in ("symbol", "apply") for m in topological([n]))


def _spread(entries: Entries, shape: Shape, wanted: Shape) -> Entries:
    """Entries repeated as broadcasting repeats them."""
    if shape == wanted:
        return entries
    if not shape:
        return entries * shapes.size(wanted)
    lead = len(wanted) - len(shape)
    out = []
    for i in shapes.indices(wanted):
        flat = 0
        for k, n in zip(i[lead:], shape, strict=True):
            flat = flat * n + (k if n > 1 else 0)
        out.append(entries[flat])
    return out


def _add_up(g: Graph, parts: Sequence[Node]) -> Node:
    total = g.zero
    for p in parts:
        total = g.add(total, p)
    return total


def _matmul(g: Graph, n: Node, args: Sequence[Entries], wanted: Places | None) -> Entries:
    a, b = n.args
    inner = a.shape[-1]
    rows = a.shape[0] if len(a.shape) == 2 else 1
    columns = b.shape[1] if len(b.shape) == 2 else 1
    x, y = args
    return [
        _add_up(g, [_product(g, x[i * inner + k], y[k * columns + j]) for k in range(inner)])
        if wanted is None or i * columns + j in wanted
        else NOBODY
        for i in range(rows)
        for j in range(columns)
    ]


def _product(g: Graph, a: Node, b: Node) -> Node:
    """An entry times an entry; 0 times what may have no value is no plain 0."""
    kept = (a is g.zero and not valued(b)) or (b is g.zero and not valued(a))
    return g.node("mul", (a, b)) if kept else g.mul(a, b)


def _transpose(g: Graph, n: Node, args: Sequence[Entries]) -> Entries:
    rows, columns = n.args[0].shape
    return [args[0][i * columns + j] for j in range(columns) for i in range(rows)]


def _outer(g: Graph, n: Node, args: Sequence[Entries], wanted: Places | None) -> Entries:
    pairs = enumerate(product(*args))
    return [g.mul(a, b) if wanted is None or i in wanted else NOBODY for i, (a, b) in pairs]


def _diag(g: Graph, n: Node, args: Sequence[Entries]) -> Entries:
    size = n.shape[0]
    if len(n.shape) == 2:
        return [args[0][i] if i == j else g.zero for i in range(size) for j in range(size)]
    return [args[0][i * size + i] for i in range(size)]


def _sum(g: Graph, n: Node, args: Sequence[Entries]) -> Entries:
    shape = n.args[0].shape
    if n.attr is None:
        return [_add_up(g, args[0])]
    axis = n.attr % len(shape)
    inner = shapes.size(shape[axis + 1 :])
    size = shape[axis]
    return [
        _add_up(g, [args[0][(o * size + k) * inner + i] for k in range(size)])
        for o in range(shapes.size(shape[:axis]))
        for i in range(inner)
    ]


def _broadcast(g: Graph, n: Node, args: Sequence[Entries]) -> Entries:
    return _spread(args[0], n.args[0].shape, n.shape)


def _reshape(g: Graph, n: Node, args: Sequence[Entries]) -> Entries:
    return args[0]


def _index(g: Graph, n: Node, args: Sequence[Entries]) -> Entries:
    shape = n.args[0].shape
    flat = 0
    for k, size in zip(n.attr, shape, strict=False):
        flat = flat * size + k
    count = shapes.size(shape[len(n.attr) :])
    return args[0][flat * count : (flat + 1) * count]


def _stack(g: Graph, n: Node, args: Sequence[Entries]) -> Entries:
    return [e for part in args for e in part]


def _det(g: Graph, n: Node, args: Sequence[Entries]) -> Entries:
    size = _written_out(n)
    return [_minor(g, args[0], range(size), range(size))]


def _inv(g: Graph, n: Node, args: Sequence[Entries]) -> Entries:
    """The adjugate over the determinant."""
    size = _written_out(n)
    whole = _minor(g, args[0], range(size), range(size))
    found = []
    for i in range(size):
        for j in range(size):
            minor = _minor(g, args[0], [r for r in range(size) if r != j], [c for c in range(size) if c != i])
            found.append(g.div(g.neg(minor) if (i + j) % 2 else minor, whole))
    return found


def _written_out(n: Node) -> int:
    size = n.args[0].shape[0]
    if size > MAX_MATRIX:
        raise NotWrittenOut(f"{n.op} of a {size} by {size} matrix is not written out; the limit is {MAX_MATRIX}")
    return size


def _minor(g: Graph, entries: Entries, rows: Sequence[int], columns: Sequence[int]) -> Node:
    """The determinant of the part with these rows and columns: Laplace's expansion, no division, each part once."""
    size = len(columns)
    below: dict[tuple[int, ...], Node] = {(): g.one}
    for depth, row in enumerate(reversed(rows), 1):
        made = {}
        for chosen in combinations(range(size), depth):
            total = g.zero
            for k, c in enumerate(chosen):
                pivot = entries[row * _side(entries) + columns[c]]
                term = g.mul(pivot, below[chosen[:k] + chosen[k + 1 :]])
                total = g.sub(total, term) if k % 2 else g.add(total, term)
            made[chosen] = total
        below = made
    return below[tuple(range(size))]


def _side(entries: Entries) -> int:
    return isqrt(len(entries))


def _quantified(g: Graph, n: Node, args: Sequence[Entries]) -> Entries:
    return [fold(g, QUANTIFIERS[n.op], args[0])]


#: Those that work out no more than is wanted.
_SPARSE: dict[str, Callable[[Graph, Node, Sequence[Entries], Places | None], Entries]] = {
    "matmul": _matmul,
    "outer": _outer,
}

_RULES: dict[str, Callable[[Graph, Node, Sequence[Entries]], Entries]] = {
    **dict.fromkeys(QUANTIFIERS, _quantified),
    "transpose": _transpose,
    "diag": _diag,
    "sum": _sum,
    "broadcast": _broadcast,
    "reshape": _reshape,
    "index": _index,
    "stack": _stack,
    "concat": _stack,
    "det": _det,
    "inv": _inv,
}
