"""Values at a point for people: exact where that is short, and with as many digits as it takes to tell two of them apart."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.flint import fmpq
from derive.numbers.balls import ball_text, precision

PRECISION = 128


def shown(value: Any, digits: int = 20) -> str:
    """A value for people: exact where it is short, ``undefined`` where there is none."""
    from derive.language.printing import decimal_text, short_decimal

    if isinstance(value, Exception) or value is None:
        return "undefined"
    if isinstance(value, fmpq):
        f = Fraction(int(value.p), int(value.q))
        text = decimal_text(f)
        if text is not None and len(text) <= digits + 6:
            return text
        if len(str(f)) <= digits:
            return str(f)
        if (text := short_decimal(f)) is not None:
            return text
    with precision(max(PRECISION, 4 * digits)):
        return ball_text(value, digits)


def both_shown(left: Any, right: Any) -> tuple[str, str]:
    """Two different values with as many digits as it takes to tell them apart."""
    for digits in (20, 60, 200, 600):
        texts = shown(left, digits), shown(right, digits)
        if not _one_number(*texts):
            return texts
    if isinstance(left, fmpq) and isinstance(right, fmpq) and left != right:
        return texts[0], f"{texts[0]} {'+' if right > left else '-'} {shown(abs(right - left))}"
    return texts


def _one_number(a: str, b: str) -> bool:
    """Whether two texts read as one number: 1 and 1.000 do."""
    try:
        return Fraction(a) == Fraction(b)
    except ValueError:
        return a == b
