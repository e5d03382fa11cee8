"""Refutation: exact rational points at which both sides have values that balls hold apart.

Points are tried from the simplest on, so that a reader can check the witness by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

from flint import arb, fmpq

from derive.enclose import evaluate, precision, rational, truth
from derive.errors import UndefinedValue
from derive.graph import Node, topological

Point = Mapping[Node, Fraction]
Bounds = Mapping[Node, tuple[Fraction | None, Fraction | None]]

_SIMPLE = [
    Fraction(n, d)
    for n, d in ((1, 1), (2, 1), (-1, 1), (3, 1), (-2, 1), (1, 2), (-1, 2), (0, 1), (1, 3), (5, 1), (-3, 1))
]
POINTS = 48
PRECISIONS = (96, 400, 1600)


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a claim is made: ranges of symbols and conditions on them."""

    bounds: Bounds
    assuming: tuple[Node, ...] = ()

    def holds(self, point: Point) -> bool:
        values = {n: rational(v) for n, v in point.items()}
        for n, v in point.items():
            low, high = self.bounds.get(n.args[0] if n.op == "index" else n, (None, None))
            if (low is not None and v < low) or (high is not None and v > high):
                return False
        return all(truth(c, values) is True for c in self.assuming)


def leaves(roots: Sequence[Node]) -> list[Node]:
    """The scalar variables: symbols and entries of symbols."""
    return [n for n in topological(roots) if n.op == "index" or (n.op == "symbol" and not n.shape)]


def points(
    variables: Sequence[Node], domain: Domain, also: Sequence[Fraction] = (), tries: int = 4000
) -> Iterator[Point]:
    """Points of the domain, simplest first; deterministic."""
    pools = {v: _pool(v, domain, also) for v in variables}
    state = 12345
    seen: set[tuple[Fraction, ...]] = set()
    for attempt in range(tries):
        spread = 2 + attempt // 6
        chosen = []
        for i, v in enumerate(variables):
            state = (state * 1103515245 + 12345) % 2**31
            pool = pools[v]
            chosen.append(pool[(i + attempt if attempt < 3 else state >> 8) % min(len(pool), spread + len(variables))])
        key = tuple(chosen)
        if key in seen:
            continue
        seen.add(key)
        point = dict(zip(variables, chosen, strict=True))
        if domain.holds(point):
            yield point


def _pool(v: Node, domain: Domain, also: Sequence[Fraction]) -> list[Fraction]:
    low, high = domain.bounds.get(v.args[0] if v.op == "index" else v, (None, None))
    pool = [*_SIMPLE, *also]
    if low is not None and high is not None:
        pool += [low, high, (low + high) / 2, (3 * low + high) / 4, (low + 3 * high) / 4]
    elif low is not None or high is not None:
        end = low if low is not None else high
        assert end is not None
        step = 1 if low is not None else -1
        pool += [end, *[end + step * s for s in (Fraction(1, 2), Fraction(1), Fraction(2), Fraction(7))]]
    pool += [Fraction(n, 4) for n in (7, -7, 11, -11, 29, -29)] + [Fraction(n) for n in (10, -10)]
    inside = [p for p in pool if (low is None or p >= low) and (high is None or p <= high)]
    return list(dict.fromkeys(inside)) or [low if low is not None else Fraction(0)]


def values_at(roots: Sequence[Node], point: Point, prec: int) -> list[Any]:
    return evaluate(roots, {n: rational(v) for n, v in point.items()}, prec)


def apart(a: Node, b: Node, point: Point) -> tuple[Any, Any] | None:
    """The two values if they certainly differ; None if they agree, can't be told apart or do not both exist."""
    for prec in PRECISIONS:
        x, y = values_at([a, b], point, prec)
        if isinstance(x, Exception) or isinstance(y, Exception):
            if isinstance(x, UndefinedValue) or isinstance(y, UndefinedValue):
                return None
            continue
        if isinstance(x, fmpq) and isinstance(y, fmpq):
            return (x, y) if x != y else None
        with precision(prec):
            if not arb(x).overlaps(arb(y)):
                return x, y
    return None


def refute(
    a: Node,
    b: Node,
    domain: Domain,
    accept: Callable[[Point], bool] = lambda _: True,
    also: Sequence[Fraction] = (),
    count: int = POINTS,
) -> tuple[Point, Any, Any] | None:
    """The first point found at which a and b certainly differ, with their values there."""
    variables = leaves([a, b, *domain.assuming])
    for point in islice((p for p in points(variables, domain, also) if accept(p)), count):
        found = apart(a, b, point)
        if found is not None:
            return point, *found
    return None
