"""Printed numbers: what their digits claim, and whether a value bears them out.

The digits are the claim: ``0.50`` says two decimals, ``4.16e-7`` three significant digits. A value holds if the print
is its correct rounding; of a tie, the neighbour away from zero and the even one both pass, since both are taught.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Literal

from derive.flint import arb, fmpq
from derive.lazily import lazily
from derive.numbers.balls import ball_text, precision
from derive.records import dataclass

with lazily():
    from derive.language import printing

MAX_PRINTED = 200  # characters
REMEMBERED = 1 << 14  # numbers: what the loader has read its judge reads again

# Of digits those of ASCII alone; of signs the minus of typography (U+2212) as well.
_NUMBER = r"""(?P<about>~\s*|≈\s*)?
    (?P<sign>[-+−])?\s*
    (?:(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.(?P<places>[0-9]*))?)
    (?:[eE](?P<exp>[-+−]?[0-9]{1,3})|\s*(?:x|\*|×)\s*10\s*(?:\^|\*\*)\s*(?P<power>[-+−]?[0-9]{1,3}))?
    \s*(?P<percent>%)?"""
_POWER = r"(?P<about>~\s*|≈\s*)?(?P<sign>[-+−])?10(?:\^|\*\*)(?P<power>[-+−]?[0-9]{1,3})"
_SPECIAL = r"(?P<sign>[-+−])?(?:(?P<inf>inf|infinity|∞)|(?P<nan>nan))"
_FRACTION = r"(?P<sign>[-+−])?(?P<top>[0-9]{1,50})\s*/\s*(?P<bottom>[0-9]{1,50})"

Fit = Literal["rounded", "tie", "truncated", "off"]


@dataclass(frozen=True, slots=True)
class Span:
    """The values that round to a printed number: those between ``low`` and ``high``, whatever the rule for ties; and an end
    itself where one of the rules takes it there."""

    low: Fraction
    high: Fraction
    low_in: bool
    high_in: bool
    unit: Fraction


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: ``value`` its digits read exactly, ``unit`` one unit of its last place (0: exact, a fraction),
    ``units`` how many of them it is; ``about`` where it is printed with ``~``: anything within one unit is then meant.
    ``places`` decimals stand before the ``suffix`` (an exponent or a percent sign). ``special`` is ``inf``, ``-inf`` or ``nan``
    where that is printed."""

    text: str
    value: Fraction
    unit: Fraction
    units: int = 0
    about: bool = False
    places: int = 0
    suffix: str = ""
    special: str = ""

    @property
    def span(self) -> Span:
        """What the number may stand for."""
        reach = self.unit if self.about else self.unit / 2
        low, high = self.value - reach, self.value + reach
        low_in, high_in = (fit(self, _fmpq(end)) in ("rounded", "tie") for end in (low, high))
        return Span(low, high, low_in, high_in, self.unit)


@lru_cache(maxsize=REMEMBERED)
def parse_printed(text: str) -> Printed:
    """Reads ``0.50``, ``-4.16e-7``, ``4.16x10^-7``, ``1,250``, ``12%``, ``~0.7``, ``10^6``, ``3/2``, ``-inf``, ``nan``.

    Raises ValueError."""
    text = text.strip()
    if len(text) > MAX_PRINTED:
        raise ValueError(f"a printed number of {len(text)} characters; the limit is {MAX_PRINTED}")
    if "/" in text and (m := re.fullmatch(_FRACTION, text)):
        if int(m["bottom"]) == 0:
            raise ValueError(f"'{text}' divides by zero")
        return Printed(text, Fraction(_signed(m["sign"], int(m["top"])), int(m["bottom"])), Fraction(0))
    if "10" in text and (m := re.fullmatch(_POWER, text)):
        unit, about, one = _ten_to(_int(m["power"])), bool(m["about"]), _signed(m["sign"], 1)
        return Printed(text, one * unit, unit if about else Fraction(0), one if about else 0, about)
    if m := re.fullmatch(_SPECIAL, text, re.IGNORECASE):
        special = "nan" if m["nan"] else "-inf" if m["sign"] in ("-", "−") else "inf"
        return Printed(text, Fraction(0), Fraction(0), special=special)
    m = re.fullmatch(_NUMBER, text, re.VERBOSE)
    if not m or not (m["whole"] or m["places"]):
        raise ValueError(f"'{text}' is not a printed number such as 0.214, -3.1e-5, 1,250, 12%, ~0.7, 3/2 or inf")
    whole, places = (m["whole"] or "").replace(",", ""), m["places"] or ""
    power = _int(m["exp"] or m["power"] or "0")
    unit = _ten_to(power - len(places) - (2 if m["percent"] else 0))
    suffix = (f"e{power}" if m["exp"] or m["power"] else "") + (m["percent"] or "")
    units = _signed(m["sign"], int((whole + places) or "0"))
    return Printed(text, units * unit, unit, units, bool(m["about"]), len(places), suffix)


@cache
def _ten_to(power: int) -> Fraction:
    return Fraction(10) ** power


def _int(text: str) -> int:
    return int(text.replace("−", "-"))


def _signed(sign: str | None, value: int) -> int:
    return -value if sign in ("-", "−") else value


#: Of texts that are one, in the language of JSON Schema; that it is above 0 is seen once it is read.
TOLERANCE = r"^\s*[0-9.]+([eE][-+−]?[0-9]+)?(/[0-9]+)?(\s+(absolute|relative))?\s*$"
_TOLERANCE = r"(?P<number>\S+)(?:\s+(?P<kind>absolute|relative))?"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a result may be from the exact value: by ``amount``, or by that much of it where it is ``relative``."""

    text: str
    amount: Fraction
    relative: bool

    def around(self, value: Any) -> Any:
        """How far that is from a value (``fmpq`` or ``arb``)."""
        return _fmpq(self.amount) * abs(value) if self.relative else _fmpq(self.amount)


def parse_tolerance(text: str) -> Tolerance:
    """Reads ``3e-6``, ``3e-6 absolute``, ``3e-6 relative``. Raises ValueError."""
    m = re.fullmatch(_TOLERANCE, text.strip())
    try:
        number = parse_printed(m["number"]) if m else None
    except ValueError:
        number = None
    fault = f"'{text}' is no tolerance: expected a number, 3e-6, or '3e-6 relative' (of the exact value)"
    if m is None or number is None or number.special or number.about:
        raise ValueError(fault)
    if number.value <= 0:
        raise ValueError(f"a tolerance is above 0, not {text.strip()}")
    if not re.fullmatch(TOLERANCE, text):
        raise ValueError(fault)
    return Tolerance(text.strip(), number.value, m["kind"] == "relative")


def fit(printed: Printed, value: Any) -> Fit | None:
    """How the print relates to an exact value (``fmpq``) or a ball (``arb``); None where the ball is too wide."""
    if printed.special:
        return "off"
    unit = printed.unit
    if not unit:
        difference = value - _fmpq(printed.value)
        if isinstance(difference, fmpq):
            return "rounded" if difference == 0 else "off"
        return None if difference.contains(0) else "off"
    if isinstance(value, fmpq):
        return _fit_exact(printed, int(value.p) * unit.denominator, int(value.q) * unit.numerator)
    x = value * unit.denominator / unit.numerator
    off = abs(x - printed.units)
    limit = _ONE if printed.about else _HALF
    if off < limit:
        return "rounded"
    if not off > limit:
        return None
    return _cut(x, printed.units)


_ONE, _HALF = arb(1), arb(fmpq(1, 2))


def _cut(x: arb, n: int) -> Fit | None:
    """Whether n is x cut off towards zero, given that it is not x rounded."""
    if n == 0:
        inside = abs(x) < 1
        outside = abs(x) > 1
    else:
        towards = x - n if n > 0 else n - x
        inside = towards > 0 and towards < 1
        outside = towards < 0 or towards > 1
    return "truncated" if inside else "off" if outside else None


def _fit_exact(printed: Printed, top: int, bottom: int) -> Fit:
    """Of the value top/bottom in units of the last place."""
    n = printed.units
    off = abs(top - n * bottom)
    if printed.about:
        return "rounded" if off <= bottom else "off"
    if 2 * off < bottom:
        return "rounded"
    if 2 * off == bottom and (n % 2 == 0 or abs(n) * bottom > abs(top)):
        return "tie"
    cut = abs(top) // bottom * (-1 if top < 0 else 1)  # towards zero
    # a print of -0.00 for a small positive number is not its cut
    return "truncated" if cut == n and (n or not top or printed.text.startswith(("-", "−")) == (top < 0)) else "off"


def rounded(value: Any, printed: Printed) -> str:
    """The value rounded (half away from zero) to the place of the print, in its notation; by its magnitude where a power of ten
    was printed and the value is less than that can say (0e-5 says nothing of 3e-348)."""
    if printed.unit == 0:
        return show(value)
    with precision(1024):
        x = value / _fmpq(printed.unit)
        n = (abs(x) + fmpq(1, 2)).floor() if isinstance(x, fmpq) else (abs(x) + _HALF).floor().unique_fmpz()
    if n is None or (n == 0 and printed.suffix.startswith("e") and value != 0):
        return show(value, max(printed.places + 1, _TELLING))
    digits = str(n).rjust(printed.places + 1, "0")
    if printed.places:
        digits = f"{digits[: -printed.places]}.{digits[-printed.places :]}"
    return f"{'-' if x < 0 and n != 0 else ''}{digits}{printed.suffix}"


_TELLING = 3  # significant digits that tell what a number is


def correction(value: Any, printed: Printed) -> str:
    """What should have been printed; and the value to some digits more, where it is to be seen from these alone why: one unit
    beside the print, or rounded to a digit or two."""
    right = rounded(value, printed)
    if printed.unit == 0 or not right.endswith(printed.suffix):
        return right
    off = abs(parse_printed(right).value - printed.value)
    if off > printed.unit and significant(right) >= _TELLING:
        return right
    percent = printed.suffix.endswith("%")
    more = f"{closer(value * 100, printed)}%" if percent else closer(value, printed)
    return right if more in (right, right.removesuffix(printed.suffix)) else f"{right} ({more})"


def closer(value: Any, printed: Printed) -> str:
    """The value to a few more digits than are printed; in full where that is short."""
    if isinstance(value, fmpq) and len(text := show(value, 40)) <= len(printed.text) + 6:
        return text
    return show(value, significant(printed.text) + 4)


def significant(text: str) -> int:
    """How many significant digits a number is written with."""
    digits = text.lower().partition("e")[0].lstrip("-−+~≈ 0.").replace(".", "")
    return len(digits) if digits.isdigit() else sum(map(str.isdigit, digits))


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def show(value: Any, digits: int = 25) -> str:
    """The value in decimal: in full where that is short, else to ``digits`` significant digits."""
    if not isinstance(value, fmpq):
        return ball_text(value, digits)
    text = printing.finite_decimal(int(value.p), int(value.q))
    if text is not None and len(text) <= digits + 5:
        return text
    with precision(4 * digits + 64):
        return ball_text(value, digits)
