"""Points at which an inequality is certainly false: simple ones of its domain, and a grid for one or two symbols."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from derive.components import components
from derive.decide.cascade import Decision
from derive.decide.properties.shape import INEQUALITIES, at, conditions, refuted
from derive.decide.refute import Bounds, Domain, Point, scalar_bounds
from derive.enclose import rational, truth
from derive.graph import Node

SIMPLE = 12
_LINE = [Fraction(k, 4) for k in range(-24, 25)]
_PLANE = [
    Fraction(v)
    for v in ("-3", "-1", "-1/2", "-1/10", "0", "1/100", "1/10", "1/4", "1/2", "3/4", "9/10", "99/100", "2", "5")
]


def by_points(condition: Node, assuming: Sequence[Node], bounds: Bounds, grid: bool) -> Decision | None:
    """A refutation of an inequality of scalars at a simple point, or at one of a ``grid``; else None."""
    if condition.shape or condition.op not in INEQUALITIES:
        return None
    (condition,) = components(condition)
    h = condition.graph.sub(*condition.args)
    domain = Domain(h, h, conditions(assuming), scalar_bounds(bounds))
    for point in _grid(domain) if grid else domain.points(SIMPLE):
        if domain.judge(point, highest=0).kind == "same" and not domain.groups:
            values = {s: rational(v) for s, v in point.items()}
            if truth(condition, values) is False:
                return refuted(f"does not hold at {at(point)}", point)
    return None


def _grid(domain: Domain) -> Iterator[Point]:
    count = len(domain.symbols)
    if count in (1, 2):
        for values in product(_LINE if count == 1 else _PLANE, repeat=count):
            yield dict(zip(domain.symbols, values, strict=True))
