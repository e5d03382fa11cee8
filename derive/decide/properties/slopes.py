"""Inequalities in one variable by calculus: a function that falls before a point and rises after it is least there.

log(x) <= x - 1: the difference falls up to 1, rises from 1, and is 0 at 1. The sign of the slope is decided in the same way
where it has to be. Everything is proved on the whole domain, which is an interval; the value at the point is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq

from derive.calculus import gradient
from derive.decide.cascade import Decision
from derive.decide.properties.shape import analytic, conditions, convex_domain, proved, scalar_bounds, valued
from derive.decide.refute import Bounds, Domain
from derive.decide.relation import decide_holds
from derive.enclose import evaluate, rational, truth
from derive.graph import Node, topological

MAX_DEPTH = 3  # slopes of slopes
TURNS = (Fraction(0), Fraction(1))


def by_slopes(condition: Node, assuming: Sequence[Node], bounds: Bounds, depth: int = MAX_DEPTH) -> Decision | None:
    """A proof of an inequality of scalars in one symbol, or None."""
    if condition.shape or condition.op not in ("gt", "ge", "lt", "le"):
        return None
    given, ends = conditions(assuming), scalar_bounds(bounds)
    g = condition.graph
    a, b = condition.args if condition.op in ("gt", "ge") else condition.args[::-1]
    h, strict = g.sub(a, b), condition.op in ("gt", "lt")
    symbols = Domain(h, h, given, ends).symbols
    if len(symbols) != 1 or any(n.op == "symbol" and n.shape for n in topological([h])):
        return None
    x = symbols[0]
    if not analytic(h) or not convex_domain([x], given) or not valued(h, [x], given, ends, strict=True):
        return None
    slope = gradient(h, [x])[0]
    if not valued(slope, [x], given, ends, strict=True):
        return None
    for p in TURNS:
        low, high = ends.get(x, (None, None))
        at = {x: rational(p)}
        if (low is not None and p < low) or (high is not None and p > high):
            continue
        least = evaluate([h], at)[0]
        if any(truth(c, at) is not True for c in given) or not isinstance(least, fmpq):
            continue
        if least < 0 or (strict and least == 0):
            continue
        turn = g.const(p)
        sides = (("ge", "le"), ("le", "ge"))  # beyond p, unless the domain ends there, the slope leads upwards
        if all(
            decide_holds(g.call(none, x, turn), given, ends).status == "proved"
            or _settled(g.call(way, slope, g.zero), [*given, g.call(way, x, turn)], ends, depth)
            for way, none in sides
        ):
            return proved(f"the difference falls up to {p}, rises from there, and is {least} at {p}", "slopes")
    return None


def _settled(condition: Node, given: Sequence[Node], ends: Bounds, depth: int) -> bool:
    if decide_holds(condition, given, ends).status == "proved":
        return True
    return depth > 1 and by_slopes(condition, given, ends, depth - 1) is not None
