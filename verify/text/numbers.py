"""Numbers in print, one way everywhere: exact values cut to a width with an ellipsis, floats to ten digits."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, Context, Decimal, InvalidOperation
from fractions import Fraction

SHOWN = 12  # significant digits of an exact value on a page; results.json has more
FLOAT_DIGITS = 10  # the same on every machine, for values that are well-conditioned


def exact(value: str | None, digits: int = SHOWN) -> str:
    """The exact value: in full where that is short, else cut to ``digits`` significant digits and "…"."""
    if value is None:
        return ""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite():
        return value
    cut = Context(prec=digits, rounding=ROUND_DOWN).plus(number)
    return _plain(cut.normalize(), "") if cut == number else _plain(cut, "…")


def floating(value: float | None, near: str | None = None) -> str:
    """A float64 result to ten significant digits.

    Where the exact value ``near`` is known and small beside the rounding errors on the way to it, only the digits that
    float64 has are shown: rounding noise around zero is 0.
    """
    if value is None:
        return ""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"
    number = Context(prec=FLOAT_DIGITS).create_decimal(repr(value)).normalize()
    if near is not None:
        try:
            off = abs(Fraction(value) - Fraction(near))
        except ValueError:
            return _plain(number)
        if off < Fraction(1, 10**12) and off * 10**9 > abs(Fraction(near)):
            number = number.quantize(Decimal("1e-12")).normalize()
    return _plain(number)


def _plain(number: Decimal, more: str = "") -> str:
    """The digits, then ``more``; a power of ten where there would be many."""
    if not number:
        return "0"
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    leading = len(digits) + exponent - 1  # the power of ten of the first digit
    if -4 <= leading <= 15:
        return f"{number:f}{more}"
    text = "".join(map(str, digits))
    mantissa = f"{text[0]}.{text[1:]}" if len(text) > 1 else text
    return f"{'-' if sign else ''}{mantissa}{more}e{leading}"


def correct(exact_value: str | None, printed: str | None) -> str:
    """The exact value rounded to the place, and in the notation, of what is printed; "" where there is none."""
    from derive.flint import fmpq
    from verify.decimals import parse_printed, rounded

    if exact_value is None or printed is None:
        return ""
    try:
        value = Fraction(exact_value)
        return rounded(fmpq(value.numerator, value.denominator), parse_printed(printed))
    except ValueError:
        return ""
