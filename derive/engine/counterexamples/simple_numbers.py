"""Simple rational numbers: those of an interval, those beside and between given ones."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

Interval = tuple[Fraction | None, bool, Fraction | None, bool]  # low, attained, high, attained
SIMPLE = tuple(Fraction(v) for v in ("1", "2", "-1", "3", "1/2", "-2", "-1/2", "5", "-3", "3/2", "1/3", "0", "10"))
SIMPLER = tuple(Fraction(v) for v in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3"))
UNIT = tuple(Fraction(v) for v in ("3/5", "0", "4/5", "1", "-3/5", "-4/5", "5/13"))  # on the unit circle, in pairs


def contains(value: Fraction, r: Interval) -> bool:
    """Whether a number lies in an interval."""
    low, low_in, high, high_in = r
    if low is not None and (value < low or (value == low and not low_in)):
        return False
    return not (high is not None and (value > high or (value == high and not high_in)))


@lru_cache(maxsize=256)
def pool(
    low: Fraction | None, low_in: bool, high: Fraction | None, high_in: bool, first: tuple[Fraction, ...] = ()
) -> tuple[Fraction, ...]:
    """Simple numbers of an interval, simplest first."""
    r = (low, low_in, high, high_in)
    inside = [v for v in (*first, *SIMPLE) if contains(v, r)]
    if len(inside) < 6:
        if low is not None and high is not None:
            more = [
                low + (high - low) * f
                for f in (Fraction(1, 2), Fraction(1, 3), Fraction(3, 4), Fraction(1, 5), Fraction(9, 10))
            ]
            more += [low, high]
        elif low is not None:
            more = [Fraction(int(low) + k) for k in (1, 2, 3, 5, 8)]
        else:
            assert high is not None
            more = [Fraction(int(high) - k) for k in (1, 2, 3, 5, 8)]
        inside += [v for v in more if contains(v, r)]
    return tuple(dict.fromkeys(inside)) or (low or high or Fraction(0),)


def step(i: int, t: int) -> int:
    """Which of its simple numbers symbol i takes at the t-th point: neighbours differ, and the pattern changes."""
    return i + 1 + t * (1 + 2 * i % 12)


def size(v: Fraction) -> int:
    """How long a number is to write: of two that show the same, the lesser is told."""
    return 2 * (abs(v.numerator) + v.denominator) + (v < 0) - (v == 0)


def beside(turns: Sequence[Fraction]) -> list[Fraction]:
    """Simple numbers on all sides of the given ones, and these themselves."""
    inner = [simplest(a, b) for a, b in pairwise(turns)]
    low, high = turns[0], turns[-1]
    outer = [Fraction(high // 1 + 1), Fraction(-(-low // 1) - 1), simplest(high, high + 1), simplest(low - 1, low)]
    return [*outer, *inner, *turns]


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of least denominator strictly between two others: the first such one of the Stern-Brocot tree."""
    whole = low // 1
    if whole + 1 < high:
        return Fraction(whole + 1)
    if low == whole:
        return whole + 1 / Fraction(1 / (high - whole) // 1 + 1)
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))
