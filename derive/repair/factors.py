"""The factor between the two sides of a refuted formula, read off their values at a few points.

A ratio that is the same number at all points is a constant factor; one that goes along with a quantity is that quantity's
multiple. What is read off is a guess for a proof to settle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.expr.graph import Graph, Node
from derive.flint import arb, fmpq
from derive.numbers.balls import precision
from derive.repair.slips import UNARY

MAX_HEIGHT = 1000  # numerator and denominator of a factor that is read off a ball
SIMPLE = 12  # numerator and denominator of a number before a quantity

Value = Any
Values = Mapping[Node, Value]


def ratios(left: Sequence[Value], right: Sequence[Value]) -> Value | None:
    """The one number c with left = c*right, entry by entry, as far as balls tell; None where there is none (or it is 0)."""
    found: Value | None = None
    for x, y in zip(left, right, strict=True):
        if same(x, fmpq(0)) and same(y, fmpq(0)):
            continue
        if same(y, fmpq(0)) or same(x, fmpq(0)):
            return None
        r = x / y
        if found is None:
            found = r
        elif not same(found, r):
            return None
    return found


def same(x: Value, y: Value) -> bool:
    """Whether two values may be one: equal rationals, or balls that meet."""
    if isinstance(x, Exception | bool) or isinstance(y, Exception | bool):
        return False
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return bool(x == y)
    return bool(arb(x).overlaps(arb(y)))


def common(values: Sequence[Value]) -> Value | None:
    """The first of some values if they all may be one."""
    first = values[0] if values else None
    return first if first is not None and all(v is not None and same(first, v) for v in values) else None


def constants(graph: Graph, ratio: Value) -> Iterator[Node]:
    """What a constant ratio may be: a rational number, or one times a constant of analysis."""
    if isinstance(ratio, fmpq):
        yield graph.const(Fraction(int(ratio.p), int(ratio.q)))
        return
    g = graph
    two, pi = g.const(2), g.node("pi")
    known: list[tuple[Node | None, Value]] = [
        (None, fmpq(1)),
        (pi, arb.pi()),
        (g.call("sqrt", two), arb(2).sqrt()),
        (g.call("sqrt", pi), arb.pi().sqrt()),
        (g.call("sqrt", g.mul(two, pi)), (2 * arb.pi()).sqrt()),
        (g.call("log", two), arb(2).log()),
        (g.call("log", g.const(10)), arb(10).log()),
    ]
    for node, value in known:
        for upward in (True, False):
            c = fraction(ratio / value if upward else ratio * value, MAX_HEIGHT if node is None else SIMPLE)
            if c is None:
                continue
            if node is None:
                yield g.const(c)
            else:
                yield g.mul(g.const(c), node) if upward else g.div(g.const(c), node)


def fraction(value: Value, height: int) -> Fraction | None:
    """The simple fraction that a value is, as far as its ball tells."""
    if isinstance(value, fmpq):
        exact = Fraction(int(value.p), int(value.q))
        return exact if abs(exact.numerator) <= height and exact.denominator <= height else None
    try:
        near = Fraction(float(value)).limit_denominator(height)
    except (OverflowError, ValueError):
        return None
    if not near or abs(near.numerator) > height or not same(value, fmpq(near.numerator, near.denominator)):
        return None
    return near


def multiples(
    graph: Graph, found: Sequence[Value], quantities: Sequence[Node], values: Sequence[Values], pairs: bool
) -> Iterator[Node]:
    """The simple multiples of a quantity (or of a product or quotient of two) that go along with the ratio at all points."""
    g = graph
    for i, q in enumerate(quantities):
        if pairs:
            for p in quantities[:i]:
                if (c := _number(found, [_product(v.get(p), v.get(q)) for v in values])) is not None:
                    yield g.mul(g.const(c), g.mul(p, q))
            for p in quantities:
                if p is not q and (c := _number(found, [_quotient(v.get(p), v.get(q)) for v in values])) is not None:
                    yield g.mul(g.const(c), g.div(p, q))
            continue
        if (c := _number(found, [v.get(q) for v in values])) is not None:
            yield g.mul(g.const(c), q)
        if q.op not in UNARY and (c := _number(found, [_quotient(fmpq(1), v.get(q)) for v in values])) is not None:
            yield g.div(g.const(c), q)


def _quotient(x: Value, y: Value) -> Value | None:
    if x is None or y is None or isinstance(x, Exception) or isinstance(y, Exception) or same(y, fmpq(0)):
        return None
    return x / y


def _product(x: Value | None, y: Value | None) -> Value | None:
    return None if x is None or y is None or isinstance(x, Exception) or isinstance(y, Exception) else x * y


def _number(found: Sequence[Value], values: Sequence[Value]) -> Fraction | None:
    with precision(128):
        c = common([_quotient(r, v) for r, v in zip(found, values, strict=True)])
        return None if c is None else fraction(c, SIMPLE)
