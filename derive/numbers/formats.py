"""The floating-point formats that people compute in, and rounding to them (IEEE 754-2019; bfloat16 as libraries have it).

A number of a format is a Python float, which holds those of all four exactly.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cached_property
from typing import Any

from derive.errors import Undetermined
from derive.flint import arb, fmpq
from derive.records import dataclass


@dataclass(frozen=True)
class Format:
    """``precision`` counts the bits of a significand with the hidden one; ``emin``, ``emax`` are exponents of normal numbers."""

    name: str
    bits: int
    precision: int
    emin: int
    emax: int

    @cached_property
    def epsilon(self) -> float:
        """The spacing at 1, twice the unit roundoff."""
        return float(2.0 ** (1 - self.precision))

    @cached_property
    def greatest(self) -> float:
        return float((2.0 - self.epsilon) * 2.0**self.emax)

    @cached_property
    def tiny(self) -> float:
        """The least normal number."""
        return float(2.0**self.emin)

    @cached_property
    def least(self) -> float:
        """The least subnormal number."""
        return math.ldexp(1.0, self.emin - self.precision + 1)

    def number(self, x: Fraction) -> float:
        """The number of the format that is nearest, ties to even; beyond the greatest by half a unit, infinite."""
        size = abs(x)
        if not size:
            return 0.0
        exponent = size.numerator.bit_length() - size.denominator.bit_length()
        exponent -= size < Fraction(2) ** exponent
        unit = Fraction(2) ** (max(exponent, self.emin) - self.precision + 1)
        rounded = round(size / unit) * unit  # of a fraction half way the even one
        made = math.inf if rounded > Fraction(self.greatest) else float(rounded)
        return -made if x < 0 else made

    def cast(self, x: float) -> float:
        """A double rounded to the format. Sums, products, quotients and roots of numbers of a narrower format may be worked out
        in double first: its 53 bits are more than twice those of the format and two (Figueroa, When is double rounding
        innocuous?, SIGNUM Newsletter 30, 1995)."""
        if self.precision == 53 or not math.isfinite(x):
            return x
        return math.copysign(self.number(Fraction(x)), x)

    def nearest(self, v: Any) -> float:
        """The number nearest to a value. Raises Undetermined where a ball does not tell."""
        if isinstance(v, float):
            return self.cast(v)
        if isinstance(v, fmpq):
            return self.number(Fraction(int(v.p), int(v.q)))
        if isinstance(v, arb) and v.is_finite():
            low, high = (self.number(exact(end)) for end in (v.lower(), v.upper()))
            if low == high:
                return low
        raise Undetermined(f"the nearest {self.name} is not decided at this precision")


def exact(x: arb) -> Fraction:
    """The middle of a ball, which is a number of base 2."""
    mantissa, exponent = x.man_exp()
    return int(mantissa) * Fraction(2) ** int(exponent)


FORMATS = {
    f.name: f
    for f in (
        Format("float16", 16, 11, -14, 15),
        Format("bfloat16", 16, 8, -126, 127),
        Format("float32", 32, 24, -126, 127),
        Format("float64", 64, 53, -1022, 1023),
    )
}
