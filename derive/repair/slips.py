"""The table of one-step slips: what may have been written in place of what, at one place of an expression.

A maker gets a place and what else is at hand, and yields what could stand there instead. It may yield too much: shapes are
checked and equality is proved by ``search``. To add a slip, add a maker to ``SLIPS``; cheap and specific ones come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from derive.errors import ShapeError
from derive.expr import operators
from derive.expr.graph import Node
from derive.records import dataclass
from derive.repair.spots import Spot

#: Functions of one argument, entry by entry; derivatives by ``_slope``.
UNARY = (*operators.UNARY, "softplus", "log2", "log10")

#: Functions that are taken for each other.
SWAPS: tuple[tuple[str, ...], ...] = (
    ("sigmoid", "tanh"),
    ("sin", "cos"),
    ("exp", "expm1"),
    ("log", "log1p"),
    ("log", "log2", "log10"),
    ("erf", "Phi"),
    ("relu", "softplus", "abs"),
    ("min", "max"),
    ("gt", "ge"),
    ("lt", "le"),
)


@dataclass(frozen=True, slots=True)
class Pool:
    """What is at hand: named quantities of any shape, scalars (functions of them, too) that a factor may be, and the terms
    that stand in either side."""

    names: tuple[Node, ...]
    scalars: tuple[Node, ...]
    terms: tuple[Node, ...] = ()


Maker = Callable[[Spot, Pool], Iterator[Node]]


def _is_name(n: Node) -> bool:
    return n.op in ("symbol", "def", "index")


def _in_sum(spot: Spot) -> bool:
    """Whether a factor here is not a factor of the whole."""
    return spot.above is not None and spot.above.node.op not in ("mul", "div", "neg")


def _is_exponent(spot: Spot) -> bool:
    return spot.above is not None and spot.above.node.op == "pow" and spot.slot == 1


# -- makers ------------------------------------------------------------------------------------------


def sign(spot: Spot, pool: Pool) -> Iterator[Node]:
    """The sign of one term, or of an argument."""
    n = spot.node
    g = n.graph
    if n.op == "add":
        yield g.sub(*n.args)
        yield g.sub(n.args[1], n.args[0])
    elif n.op == "sub":
        yield g.add(*n.args)
    elif n.op == "neg":
        yield n.args[0]
    if spot.above is not None and spot.above.node.op in UNARY and n.op != "neg":
        yield g.neg(n)


def exponent(spot: Spot, pool: Pool) -> Iterator[Node]:
    """One more or less, twice, half, the reciprocal; a square that is missing."""
    n = spot.node
    g = n.graph
    if n.op == "def" and n.args[0].op in ("pow", "sqrt"):  # s for exp(l)**2
        yield from exponent(Spot(n.args[0], spot.above, spot.slot), pool)
        return
    if n.op == "pow":
        base, e = n.args
        if e.op == "const":
            for other in (e.attr + 1, e.attr - 1, 2 * e.attr, Fraction(e.attr, 2), -e.attr):
                yield g.pow(base, g.const(other))
        else:
            for made in (g.add(e, g.one), g.sub(e, g.one), g.neg(e)):
                yield g.pow(base, made)
    elif n.op == "sqrt":
        yield n.args[0]
    elif n.op == "div":
        yield g.mul(*n.args)
        yield g.div(n.args[0], g.pow(n.args[1], g.const(2)))
    elif n.op == "mul" and n.args[0].op != "const":
        yield g.div(*n.args)
        yield g.div(n.args[1], n.args[0])
    if n.op not in ("pow", "exp", "const", "mul", "div", "neg") and not _is_exponent(
        spot
    ):  # of exp it is what stands in it
        yield g.pow(n, g.const(2))
        yield g.call("sqrt", n)


def inside(spot: Spot, pool: Pool) -> Iterator[Node]:
    """``f(u) + y`` against ``f(u + y)``: a term, a factor, a sum inside or outside a function, a root or a power."""
    n = spot.node
    g = n.graph
    if n.op in ("add", "sub", "mul", "div"):
        for f, y, first in ((n.args[0], n.args[1], True), (n.args[1], n.args[0], False)):
            if _is_function(f):
                u = f.args[0]
                yield _applied(f, _joined(n.op, u, y) if first else _joined(n.op, y, u))
    if _is_function(n):
        u = n.args[0]
        if u.op in ("add", "sub", "mul", "div"):
            x, y = u.args
            yield _joined(u.op, _applied(n, x), y)
            yield _joined(u.op, x, _applied(n, y))
        if u.op == "sum":
            yield g.sum(_applied(n, u.args[0]), u.attr)
    if n.op == "sum" and _is_function(n.args[0]):
        yield _applied(n.args[0], g.sum(n.args[0].args[0], n.attr))


def _is_function(n: Node) -> bool:
    return n.op in UNARY or (n.op == "pow" and n.args[1].op == "const")


def _applied(f: Node, u: Node) -> Node:
    return f.graph.pow(u, f.args[1]) if f.op == "pow" else f.graph.call(f.op, u)


def _joined(op: str, x: Node, y: Node) -> Node:
    g = x.graph
    return {"add": g.add, "sub": g.sub, "mul": g.mul, "div": g.div}[op](x, y)


def function(spot: Spot, pool: Pool) -> Iterator[Node]:
    """Another function, or the function's derivative."""
    n = spot.node
    g = n.graph
    for group in SWAPS:
        if n.op in group:
            yield from (g.call(other, *n.args) for other in group if other != n.op)
    if n.op in UNARY and (slope := _slope(n)) is not None:
        yield slope
    if n.op == "abs":
        yield g.pow(n.args[0], g.const(2))
    if n.op == "pow" and n.args[1].attr == 2:
        yield g.call("abs", n.args[0])
    if n.op == "sum":
        count = n.args[0].shape[n.attr] if n.attr is not None else _size(n.args[0])
        yield g.div(n, g.const(count))


def _slope(n: Node) -> Node | None:
    """The derivative of a function where it stands, by its argument."""
    g, u = n.graph, n.args[0]
    match n.op:
        case "sigmoid":
            return g.mul(n, g.sub(g.one, n))
        case "tanh":
            return g.sub(g.one, g.pow(n, g.const(2)))
        case "sin":
            return g.call("cos", u)
        case "cos":
            return g.neg(g.call("sin", u))
        case "log":
            return g.div(g.one, u)
        case "softplus":
            return g.call("sigmoid", u)
        case "relu":
            return g.call("where", g.call("gt", u, g.zero), g.one, g.zero) if not u.shape else None
        case "abs":
            return g.call("sign", u)
    return None


def _size(n: Node) -> int:
    count = 1
    for s in n.shape:
        count *= int(s)
    return count


def operation(spot: Spot, pool: Pool) -> Iterator[Node]:
    """A product for a sum, a sum for a product."""
    n = spot.node
    if n.op == "add":
        yield n.graph.mul(*n.args)
    elif n.op == "mul":
        yield n.graph.add(*n.args)


def complement(spot: Spot, pool: Pool) -> Iterator[Node]:
    """``1 - x`` for ``x``, and the other way round."""
    n = spot.node
    g = n.graph
    if n.op == "sub" and n.args[0] is g.one:
        yield n.args[1]
    elif (_is_name(n) or n.op in UNARY) and not _is_exponent(spot):
        yield g.sub(g.one, n)


def constant(spot: Spot, pool: Pool) -> Iterator[Node]:
    """A number that is another one."""
    n = spot.node
    if n.op == "const" and not _is_exponent(spot):
        g, c = n.graph, Fraction(n.attr)
        yield from (g.const(v) for v in (-c, 2 * c, c / 2, c + 1, c - 1))
        if c:
            yield g.const(1 / c)


def index(spot: Spot, pool: Pool) -> Iterator[Node]:
    """The neighbouring entry."""
    n = spot.node
    if n.op == "index":
        inner, where = n.args[0], n.attr
        for k, i in enumerate(where):
            for other in (i + 1, i - 1):
                if 0 <= other < inner.shape[k]:
                    yield n.graph.index(inner, (*where[:k], other, *where[k + 1 :]))


def name(spot: Spot, pool: Pool) -> Iterator[Node]:
    """Another quantity of the case, ``a1`` for ``a2``."""
    if _is_name(spot.node) and spot.above is not None:
        yield from (n for n in pool.names if n.shape == spot.node.shape)


def factor(spot: Spot, pool: Pool) -> Iterator[Node]:
    """A factor of one term, where it is not one of the whole."""
    n = spot.node
    if _in_sum(spot) and not _is_exponent(spot):
        g = n.graph
        complements = [g.sub(g.one, f) for f in pool.scalars if _is_name(f)]
        for f in (g.const(2), g.const(Fraction(1, 2)), *pool.scalars, *complements):
            if f is not n:
                yield g.mul(f, n)
                if f.op != "const":
                    yield g.div(n, f)


def slope(spot: Spot, pool: Pool) -> Iterator[Node]:
    """Of a whole tensor a factor for each of its entries: a named one, or the slope of a named sigmoid or tanh."""
    n = spot.node
    if n.shape and spot.above is None:
        g = n.graph
        for t in pool.names:
            if t.shape == n.shape and t is not n:
                complement = g.sub(g.one, t)
                for f in (t, complement, g.mul(t, complement), g.sub(g.one, g.pow(t, g.const(2)))):
                    yield g.mul(n, f)


def superfluous(spot: Spot, pool: Pool) -> Iterator[Node]:
    """A factor or a term too many."""
    n = spot.node
    if n.op in ("mul", "add"):
        yield from n.args
    elif n.op == "div":
        yield n.args[0]
    elif n.op == "sub":
        yield n.args[0]
        yield n.graph.neg(n.args[1])


def missing(spot: Spot, pool: Pool) -> Iterator[Node]:
    """A term of the whole that was left out."""
    if spot.above is None:
        yield from _with_terms(spot.node, pool)
        yield from (spot.node.graph.sub(t, spot.node) for t in pool.scalars if t.shape == spot.node.shape)


def short(spot: Spot, pool: Pool) -> Iterator[Node]:
    """A term that was left out of a factor, an argument, an exponent."""
    if spot.above is not None and spot.above.node.op not in ("add", "sub", "neg"):
        yield from _with_terms(spot.node, pool)


def power(spot: Spot, pool: Pool) -> Iterator[Node]:
    """An exponent that was left out."""
    n = spot.node
    if _is_name(n) and not _is_exponent(spot):
        yield from (n.graph.pow(n, t) for t in pool.scalars if t is not n and _is_name(t))


def _with_terms(n: Node, pool: Pool) -> Iterator[Node]:
    g = n.graph
    for t in (
        g.one,
        *(t for t in dict.fromkeys((*pool.names, *pool.scalars, *pool.terms)) if t.shape in ((), n.shape)),
    ):
        if t is not n:
            yield g.add(n, t)
            yield g.sub(n, t)


def product(spot: Spot, pool: Pool) -> Iterator[Node]:
    """The order of a product, a transpose."""
    n = spot.node
    g = n.graph
    if n.op in ("matmul", "outer"):
        x, y = n.args
        for left, right in ((g.transpose(x), y), (x, g.transpose(y)), (y, x), (g.transpose(y), g.transpose(x))):
            try:
                yield g.matmul(left, right) if n.op == "matmul" else g.outer(left, right)
            except ShapeError:
                continue
    if len(n.shape) == 2 and n.shape[0] == n.shape[1]:
        yield g.transpose(n)


#: (kind, maker): tried in this order, the first that is proved is told.
SLIPS: tuple[tuple[str, Maker], ...] = (
    ("sign", sign),
    ("exponent", exponent),
    ("inside", inside),
    ("function", function),
    ("complement", complement),
    ("product", product),
    ("constant", constant),
    ("index", index),
    ("slope", slope),
    ("superfluous", superfluous),
    ("name", name),
    ("missing", missing),
    ("factor", factor),
    ("operation", operation),
    ("power", power),
    ("short", short),
)
