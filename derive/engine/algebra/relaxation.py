"""A point inside of linear inequalities, where moving one symbol at a time finds none: x + y + z < 1 with x, y, z > 0.

The relaxation of Agmon and Motzkin (1954): whatever inequality is violated pulls the point along its normal, in floats, with a
margin that shrinks; the point is then rounded to simple rationals. What comes out is a proposal, to be looked at exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import sqrt

MARGINS = (1.0, 0.1, 0.01, 1e-4, 1e-8, 1e-12)
SWEEPS = 60
DENOMINATORS = (10, 100, 10**4, 10**8, 10**15)

Affine = tuple[tuple[Fraction, ...], Fraction]  # a and b of a.x + b, which is to be positive
Function = Callable[[Sequence[Fraction]], Fraction | None]


def affine(f: Function, count: int) -> Affine | None:
    """The coefficients of a function of so many numbers, if it is affine as far as two further points tell."""
    zero = [Fraction(0)] * count
    b = f(zero)
    if b is None:
        return None
    slopes = []
    for i in range(count):
        value = f([*zero[:i], Fraction(1), *zero[i + 1 :]])
        if value is None:
            return None
        slopes.append(value - b)
    for scale in (Fraction(3, 7), Fraction(-5)):
        x = [scale * (i + 2) for i in range(count)]
        if f(x) != b + sum(a * v for a, v in zip(slopes, x, strict=True)):
            return None
    return tuple(slopes), b


def inside(inequalities: Sequence[Affine]) -> Iterator[list[Fraction]]:
    """Points proposed, simplest first, at which all a.x + b are positive."""
    rows = [([float(v) for v in a], float(b)) for a, b in inequalities if any(a)]
    if not rows:
        return
    for margin in MARGINS:
        x = _pulled(rows, margin)
        if x is None:
            continue
        for limit in DENOMINATORS:
            point = [Fraction(v).limit_denominator(limit) for v in x]
            if all(sum(p * q for p, q in zip(a, point, strict=True)) + b > 0 for a, b in inequalities):
                yield point
                break


def _pulled(rows: Sequence[tuple[list[float], float]], margin: float) -> list[float] | None:
    x = [0.0] * len(rows[0][0])
    for _ in range(SWEEPS):
        moved = False
        for a, b in rows:
            norm = sqrt(sum(v * v for v in a))
            lack = margin - (sum(p * q for p, q in zip(a, x, strict=True)) + b) / norm
            if lack > 0:
                moved = True
                x = [p + 1.2 * lack * q / norm for p, q in zip(x, a, strict=True)]
        if not moved:
            return x
    return None
