"""Signs as masks of what is possible, and those of products, powers and sums."""

from __future__ import annotations

from collections.abc import Iterable

Mask = int
POSITIVE, ZERO, NEGATIVE = 1, 2, 4
NONNEGATIVE, NONPOSITIVE, NONZERO, ANY = 3, 6, 5, 7


def opposite(m: Mask) -> Mask:
    """The signs of -x."""
    return (m & ZERO) | (NEGATIVE if m & POSITIVE else 0) | (POSITIVE if m & NEGATIVE else 0)


def product(a: Mask, b: Mask) -> Mask:
    """The signs of x*y."""
    return _PRODUCT[a][b]


def _product(a: Mask, b: Mask) -> Mask:
    out = 0
    for x, s in ((POSITIVE, 1), (ZERO, 0), (NEGATIVE, -1)):
        for y, t in ((POSITIVE, 1), (ZERO, 0), (NEGATIVE, -1)):
            if a & x and b & y:
                out |= POSITIVE if s * t > 0 else NEGATIVE if s * t < 0 else ZERO
    return out


_PRODUCT = [[_product(a, b) for b in range(8)] for a in range(8)]


def power(m: Mask, n: int) -> Mask:
    """The sign of an n-th power, n >= 1."""
    if n % 2:
        return m
    return (m & ZERO) | (POSITIVE if m & NONZERO else 0)


def total(masks: Iterable[Mask]) -> Mask:
    """The sign of a sum."""
    seen = 0
    strict = 0
    for m in masks:
        seen |= m
        if m in (POSITIVE, NEGATIVE):
            strict |= m
    if seen & POSITIVE and seen & NEGATIVE:
        return ANY
    return strict or seen
