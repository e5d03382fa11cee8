"""Points at which an inequality is certainly false: simple ones of its domain, a grid for one or two symbols, some far out, and
what lies downhill from these (a pattern search: Hooke and Jeeves, Direct search solution of numerical and statistical problems,
1961)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, product
from math import inf

from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations import constants
from derive.engine.properties.side_conditions import refuted
from derive.engine.reasons import Why
from derive.expr.folding import substitute
from derive.expr.graph import Node
from derive.expr.operators import ORDERS
from derive.flint import arb
from derive.language.components import components
from derive.numbers.balls import evaluate, rational, truth

SIMPLE = 12
STARTS = 3
STEPS = 40
MAX_SYMBOLS = 4
FAR = 6  # powers of ten
PRECISION = 64
_LINE = [Fraction(k, 4) for k in range(-24, 25)]
_PLANE = [
    Fraction(v)
    for v in ("-3", "-1", "-1/2", "-1/10", "0", "1/100", "1/10", "1/4", "1/2", "3/4", "9/10", "99/100", "2", "5")
]


def by_points(condition: Node, domain: Domain, grid: bool) -> Decision | None:
    """A refutation of an inequality of scalars at a simple point, or at one of a ``grid`` and downhill from it; else None."""
    if condition.shape or condition.op not in ORDERS:
        return None
    (condition,) = components(condition)
    h = condition.graph.sub(*condition.args)
    sampler = Sampler(h, h, domain.entries())
    origin = [dict.fromkeys(sampler.symbols, Fraction(0))] if sampler.symbols else []
    near = chain(_grid(sampler), _far(sampler)) if grid else sampler.points(SIMPLE)
    for point in chain(near, origin):
        if _fails(condition, sampler, point):
            return refuted(Why.FAILS_AT(at=point) if point else Why.FAILS(), point)
    if grid:
        for point in _downhill(condition, h, sampler):
            if _fails(condition, sampler, point):
                point = sampler.simpler(point, lambda p: _fails(condition, sampler, p))
                return refuted(Why.FAILS_AT(at=point) if point else Why.FAILS(), point)
    return None


def _inside(sampler: Sampler, point: Point) -> bool:
    """Whether all that is assumed certainly holds at a point."""
    if sampler.groups or sampler.judge(point, highest=0).kind not in ("same", "unknown"):
        return False
    values = {s: rational(v) for s, v in point.items()}
    return all(truth(c, values) is True for c in sampler.domain.hypotheses)


def _fails(condition: Node, sampler: Sampler, point: Point) -> bool:
    return _inside(sampler, point) and _false_at(condition, point)


def _downhill(condition: Node, h: Node, sampler: Sampler) -> Iterator[Point]:
    """Points at which an inequality is as nearly false as steps along single symbols lead to, in numbers of few digits."""
    if not 0 < len(sampler.symbols) <= MAX_SYMBOLS or sampler.groups:
        return
    sign = 1 if condition.op in ("gt", "ge") else -1

    def height(point: Point) -> float:
        if not _inside(sampler, point):
            return inf
        value = evaluate([h], {s: rational(v) for s, v in point.items()}, PRECISION)[0]
        return inf if isinstance(value, Exception) else sign * float(arb(value).mid())

    line = _grid(sampler) if len(sampler.symbols) == 1 else sampler.points(SIMPLE)
    starts = sorted(((height(p), i, p) for i, p in enumerate(line)), key=lambda start: start[:2])[:STARTS]
    for low, _, point in starts:
        step = Fraction(1, 2)
        for _ in range(STEPS):
            if low < 0:
                break
            tries = [{**point, s: point[s] + k * step} for s in sampler.symbols for k in (1, -1)]
            best, i = min((height(p), i) for i, p in enumerate(tries))
            if best < low:
                low, point = best, tries[i]
            else:
                step /= 2
        if low < inf:
            yield point


def _false_at(condition: Node, point: Point) -> bool:
    """Whether a comparison is false at a point, where its sides may be equal numbers that no ball tells apart."""
    found = truth(condition, {s: rational(v) for s, v in point.items()})
    if found is None and condition.op in ("gt", "lt"):
        g = condition.graph
        return constants.holds(substitute(condition, {s: g.const(v) for s, v in point.items()})) is False
    return found is False


def _grid(sampler: Sampler) -> Iterator[Point]:
    count = len(sampler.symbols)
    if count in (1, 2):
        for values in product(_LINE if count == 1 else _PLANE, repeat=count):
            yield dict(zip(sampler.symbols, values, strict=True))


def _far(sampler: Sampler) -> Iterator[Point]:
    """Far out: what grows slowly is large there alone."""
    if len(sampler.symbols) <= MAX_SYMBOLS:
        for value in (sign * Fraction(10) ** k for k in range(1, FAR + 1) for sign in (1, -1)):
            yield dict.fromkeys(sampler.symbols, value)
            for s in sampler.symbols if len(sampler.symbols) > 1 else ():
                yield {**dict.fromkeys(sampler.symbols, Fraction(1)), s: value}
