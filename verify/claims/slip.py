"""A wrong printed number that is what one slip of the pen or of the formula gives: a hint, never a verdict."""

from __future__ import annotations

from typing import Any

from derive.flint import fmpq
from derive.numbers.balls import precision
from verify.decimals import Printed, fit

LEAST_DIGITS = 3  # fewer agree by chance

#: What a value may have been multiplied with, and how that is told; a short list, so that a hint is no accident.
FACTORS: tuple[tuple[fmpq, str], ...] = (
    (fmpq(-1), "the opposite sign"),
    (fmpq(2), "a factor 2 too many"),
    (fmpq(1, 2), "a factor 1/2 too many"),
    (fmpq(10), "a decimal point moved by one place"),
    (fmpq(1, 10), "a decimal point moved by one place"),
)


def hint(printed: Printed, value: Any, right: str) -> str:
    """What would give the printed digits, or "". ``right`` is the value rounded as it should have been printed."""
    text = printed.text.split("e")[0]
    if sum(c.isdigit() for c in text.lstrip("-−0.")) < LEAST_DIGITS:
        return ""
    found = ""
    with precision(512):
        for factor, words in FACTORS:
            if fit(printed, value * factor) in ("rounded", "tie"):
                found = words
                break
    if not found and _swapped(printed.text, right):
        found = "two digits swapped"
    return f"the printed digits are what {found} would give" if found else ""


def _swapped(a: str, b: str) -> bool:
    """Whether two texts differ in two neighbouring digits that have changed places."""
    if len(a) != len(b):
        return False
    places = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    i, j = places
    return a[i] == b[j] and a[j] == b[i] and (a[i] + a[j]).isdigit()
