"""Points at which an inequality is certainly false: simple ones of its domain, and a grid for one or two symbols."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, product

from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations import constants
from derive.engine.properties.side_conditions import at, refuted
from derive.expr.folding import substitute
from derive.expr.graph import Node
from derive.expr.operators import ORDERS
from derive.language.components import components
from derive.numbers.balls import rational, truth

SIMPLE = 12
_LINE = [Fraction(k, 4) for k in range(-24, 25)]
_PLANE = [
    Fraction(v)
    for v in ("-3", "-1", "-1/2", "-1/10", "0", "1/100", "1/10", "1/4", "1/2", "3/4", "9/10", "99/100", "2", "5")
]


def by_points(condition: Node, domain: Domain, grid: bool) -> Decision | None:
    """A refutation of an inequality of scalars at a simple point, or at one of a ``grid``; else None."""
    if condition.shape or condition.op not in ORDERS:
        return None
    (condition,) = components(condition)
    h = condition.graph.sub(*condition.args)
    sampler = Sampler(h, h, domain.entries())
    origin = [dict.fromkeys(sampler.symbols, Fraction(0))] if sampler.symbols else []
    for point in chain(_grid(sampler) if grid else sampler.points(SIMPLE), origin):
        if sampler.judge(point, highest=0).kind in ("same", "unknown") and not sampler.groups:
            values = {s: rational(v) for s, v in point.items()}
            if all(truth(c, values) is True for c in sampler.domain.hypotheses) and _false_at(condition, point):
                return refuted(f"does not hold at {at(point)}", point)
    return None


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
