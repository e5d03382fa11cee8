"""Floating-point formats: spacing, neighbours, errors in ulps.

Every number of the four formats is a float64, so arrays of float64 carry them all. The ulp of a real number y in a format is the
spacing of the floats around y *rounded to the format*: 2**(max(e, emin) - p + 1) with e the exponent of the rounded value
and p the precision (Muller and others, Handbook of Floating-Point Arithmetic, 2nd edition, section 2.3.2; Goldberg's
definition, extended to subnormals by emin). So an ulp at zero is the least subnormal number, and beyond the greatest finite
number it is that number's.
"""

from __future__ import annotations

from dataclasses import astuple
from functools import cached_property
from typing import Any

import numpy as np

from derive.numbers import formats
from derive.records import dataclass

Array = Any  # of float64, unless said otherwise


@dataclass(frozen=True)
class Format(formats.Format):
    """A format with its numbers as arrays."""

    def rounded(self, x: Array) -> Array:
        """To nearest, ties to even; beyond the greatest, infinite."""
        x = np.asarray(x, np.float64)
        if self.name == "float64":
            return x
        with np.errstate(over="ignore", under="ignore"):
            if self.name == "float32":
                return x.astype(np.float32).astype(np.float64)
            if self.name == "float16":
                return x.astype(np.float16).astype(np.float64)
        _, exponent = np.frexp(x)  # bfloat16 has no type in NumPy
        shift = np.maximum(exponent - 1, self.emin) - self.precision + 1
        with np.errstate(invalid="ignore"):
            made = np.where(np.isfinite(x), np.ldexp(np.rint(np.ldexp(x, -shift)), shift), x)
        return np.where(np.abs(made) > self.greatest, np.copysign(np.inf, x), made)

    def exponents(self, y: Array) -> Array:
        """Of the ulps of these reals: an ulp is 2 to that power."""
        due = np.abs(self.rounded(y))
        _, e = np.frexp(due)
        normal = np.isfinite(due) & (due != 0.0)
        return np.where(normal, np.clip(e - 1, self.emin, self.emax), np.where(due == 0.0, self.emin, self.emax)) - (
            self.precision - 1
        )

    def ulps(self, computed: Array, exact: Array, rest: Array = 0.0) -> Array:
        """How far computed numbers are from exact ones, ``exact + rest`` (two float64, the second far smaller), in ulps of
        the exact.

        What rounds to the same number has less than one; an infinity where the exact value rounds to it has 0; a NaN, or an
        infinity that is not due, has infinitely many.
        """
        computed, exact = np.asarray(computed, np.float64), np.asarray(exact, np.float64)
        with np.errstate(all="ignore"):
            error = np.ldexp(np.abs((computed - exact) - rest), -self.exponents(exact))
            due = self.rounded(exact)
            # at the top the greatest number and infinity are neighbours
            error = np.where((np.abs(due) == np.inf) & (computed == due), 0.0, error)
            short = (np.abs(due) == np.inf) & np.isfinite(computed) & (np.sign(computed) == np.sign(due))
            top = np.ldexp(1.0, self.emax - self.precision + 1)
            error = np.where(short, (self.greatest - np.abs(computed)) / top + 1.0, error)
        return np.where(np.isnan(error), np.inf, error)

    # -- the floats in their order -----------------------------------------------------------------

    @cached_property
    def _integer(self) -> Any:
        return {16: np.int16, 32: np.int32, 64: np.int64}[self.bits]

    def ordinal(self, x: Array) -> Array:
        """The place of floats in their order, 0 for both zeros: neighbours differ by 1."""
        x = np.asarray(x, np.float64)
        if self.name == "bfloat16":
            raw = (x.astype(np.float32).view(np.int32) >> 16).astype(np.int64) & 0xFFFF
            raw = np.where(raw >= 0x8000, raw - 0x10000, raw)
        else:
            raw = (
                x.astype({16: np.float16, 32: np.float32, 64: np.float64}[self.bits])
                .view(self._integer)
                .astype(np.int64)
            )
        top = np.int64(-(2 ** (self.bits - 1))) if self.bits < 64 else np.int64(-(2**63))
        return np.where(raw >= 0, raw, top - raw)

    def at(self, ordinal: Array) -> Array:
        """The float of an ordinal. Beyond the greatest comes infinity."""
        k = np.asarray(ordinal, np.int64)
        limit = self.last + 1
        k = np.clip(k, -limit, limit)
        size = np.abs(k)
        if self.name == "bfloat16":
            x = (size.astype(np.int32) << 16).view(np.float32).astype(np.float64)
        else:
            kind = {16: np.float16, 32: np.float32, 64: np.float64}[self.bits]
            x = size.astype(self._integer).view(kind).astype(np.float64)
        return np.where(k < 0, -x, x)

    @cached_property
    def last(self) -> int:
        """The ordinal of the greatest finite number."""
        return int(self.ordinal(np.array(self.greatest)))

    def all(self) -> Array:
        """Every finite number of a half-precision format, both zeros among them."""
        assert self.bits == 16
        k = np.arange(0, self.last + 1)
        positive = self.at(k)
        return np.concatenate([-positive[::-1], positive])


FORMATS = {name: Format(*astuple(f)) for name, f in formats.FORMATS.items()}
