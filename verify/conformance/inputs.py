"""Where implementations are tested: the points of a domain, simple ones and the document's own among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from itertools import product
from random import Random
from typing import Any

from derive.expr.graph import Node
from derive.language.components import components
from derive.language.reader import to_text
from derive.records import dataclass
from verify.casefile.model import Case, Symbol

DEFAULT = Fraction(4)  # a symbol without a range is tested from -DEFAULT to DEFAULT

_SIMPLE = tuple(Fraction(n, 2) for n in (2, -2, 1, -1, 4, -4, 6))
#: Powers of ten by which a drawn offset is shrunk: mostly not at all, sometimes far towards the anchor.
_SCALES = (0, 0, 0, 0, 0, 1, 2, 4, 8)
_STEPS = 100


@dataclass(frozen=True)
class Input:
    """A scalar input of a function: its node, its range, its value in the document, and whether it is a whole number."""

    node: Node
    low: Fraction
    high: Fraction
    value: float | None = None
    whole: bool = False

    @property
    def name(self) -> str:
        return to_text(self.node)

    @property
    def anchor(self) -> Fraction:
        """The simplest number of the range: zero, or what is nearest to it."""
        return min(max(self.low, Fraction(0)), self.high)

    def start(self) -> float:
        """The document's value, or the anchor."""
        if self.value is not None:
            return self.value
        return self._rounded(self.anchor) if self.whole else inside(self.anchor, self.low, self.high)

    def strategy(self) -> Any:
        """A Hypothesis strategy of floats of the range that shrinks to few digits, near the anchor.

        It draws from small integers only. Hypothesis seeds its draws of floats with the constants of whatever
        modules happen to be loaded; a seed must mean the same points everywhere.
        """
        from hypothesis import strategies as st

        def place(stratum: float | Fraction, a: int, b: int, c: int) -> float:
            return self._place(stratum, (a * _STEPS + b) * _STEPS + c)

        digit = st.integers(0, _STEPS - 1)
        return st.builds(place, st.sampled_from(self._strata), digit, digit, digit)

    def draw(self, rng: Random, count: int) -> list[float]:
        """``count`` floats from the same strata: every stratum in turn, in an order of its own, before one comes again."""
        strata = self._strata
        order: list[float | Fraction] = []
        while len(order) < count:
            order += rng.sample(strata, len(strata))
        return [self._place(s, rng.randrange(_STEPS**3)) for s in order[:count]]

    @cached_property
    def _strata(self) -> list[float | Fraction]:
        """Values to take as they are, and offsets from the anchor to take a share of."""
        anchor = self.anchor
        corners = dict.fromkeys([anchor, *(v for v in _SIMPLE if self.low <= v <= self.high), self.low, self.high])
        values = [self.start(), *(inside(v, self.low, self.high) for v in corners)]
        sides = [s for s in (self.high - anchor, self.low - anchor) if s] or [Fraction(0)]
        return [*values, *(s / 10**k for k, s in product(_SCALES, sides))]

    def _place(self, stratum: float | Fraction, share: int) -> float:
        if isinstance(stratum, float):
            return stratum if not self.whole else self._rounded(Fraction(stratum))
        drawn = self.anchor + stratum * Fraction(share, _STEPS**3)
        return self._rounded(drawn) if self.whole else inside(drawn, self.low, self.high)

    def _rounded(self, x: Fraction) -> float:
        return float(min(max(round(x), math.ceil(self.low)), math.floor(self.high)))


def inside(x: Fraction, low: Fraction, high: Fraction) -> float:
    """The float nearest to x that does not leave the range."""
    f = float(x)
    if Fraction(f) > high:
        return math.nextafter(f, -math.inf)
    return math.nextafter(f, math.inf) if Fraction(f) < low else f


def inputs(case: Case, nodes: Sequence[Node]) -> list[Input]:
    """The entries of the symbols ``nodes`` with their ranges. Symbols that are not the case's go from -1 to 1."""
    found = []
    for n in nodes:
        symbol = case.symbols.get(n.attr)
        entries = components(n)
        if symbol is None or symbol.node is not n:
            found += [Input(e, Fraction(-1), Fraction(1), 1.0) for e in entries]
            continue
        low, high = _range(symbol)
        values = symbol.values or (None,) * len(entries)
        given = [None if v is None else float(v) for v in values]
        found += [Input(e, low, high, v, symbol.whole) for e, v in zip(entries, given, strict=True)]
    return found


def _range(symbol: Symbol) -> tuple[Fraction, Fraction]:
    """The declared range; where a side is open, far enough to hold the document's values."""
    largest = Fraction(math.ceil(max((abs(v) for v in symbol.values or ()), default=0)))
    reach = max(DEFAULT, largest)
    low, high = symbol.low, symbol.high
    if low is None:
        low = -reach if high is None else min(-reach, high - 2 * DEFAULT)
    if high is None:
        high = max(reach, low + 2 * DEFAULT)
    return low, high
