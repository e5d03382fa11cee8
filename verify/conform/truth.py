"""The exact values that implementations are held to: at the very floats given, rounded once.

In bulk by float64 arithmetic with a running error bound, then by extended precision with one where the processor has it; where
no bound is well below the spacing of the format, by balls at rising precision. A value is a pair of float64, ``high + low``,
which holds some 100 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import UndefinedValue, Undetermined
from derive.expr.graph import Node, topological
from derive.flint import arb, fmpq
from derive.language.components import components_all
from derive.numbers.balls import precision, value_of
from derive.programs.digits import keeping_digits
from derive.records import dataclass
from verify.conform.formats import Array, Format
from verify.conform.running import EXTENDED, OPERATORS, Bounded, Running

PRECISIONS = (128, 256, 512, 1024, 2048, 4096)
DIGITS = 100  # bits to which a ball has to be known
MARGIN = 1 / 64  # of an ulp: how far the bulk reference may be off
MAX_BALLS = 300  # points that balls are asked at where the bulk can't settle them; ``measure`` asks for more
MAX_KNOWN = 20_000  # points whose values are kept

#: Below the least number of every format, by far: what is known to be less rounds to zero.
NOTHING = arb(2) ** -1200

#: What a point may have in place of a number.
NO_VALUE, UNKNOWN = "no value", "unknown"


@dataclass(frozen=True)
class Exact:
    """Exact values at points: ``high + low``; ``high`` is NaN where there is no value (``undefined``) or none was found."""

    high: Array
    low: Array
    undefined: Array  # of booleans
    known: Array  # of booleans: accurate to a small part of an ulp of the format asked for, or known to be undefined

    def _columns(self) -> tuple[Array, Array, Array, Array]:
        return self.high, self.low, self.undefined, self.known

    def at(self, places: Array) -> Exact:
        return Exact(*(c[places] for c in self._columns()))

    def copy(self) -> Exact:
        return Exact(*(c.copy() for c in self._columns()))

    def and_also(self, other: Exact) -> Exact:
        return Exact(*(np.concatenate(c) for c in zip(self._columns(), other._columns(), strict=True)))


class Balls:
    """Evaluates scalar nodes at single points; the graph is laid out once, and a point that paths share is worked out once."""

    def __init__(self, roots: Sequence[Node], symbols: Sequence[Node]) -> None:
        self.roots, self.symbols = tuple(roots), tuple(symbols)
        given = set(symbols)
        self.order = [n for n in topological(roots) if n not in given and not (n.op == "symbol" and n.shape)]
        self.constants = {n: fmpq(n.attr.numerator, n.attr.denominator) for n in self.order if n.op == "const"}
        self._known: dict[tuple[int, tuple[tuple[int, int], ...]], list[Any]] = {}
        self.steps = [(n, n.args) for n in self.order if n.op != "const"]

    def __call__(self, point: Sequence[float], digits: int = DIGITS) -> list[Any]:
        """For each root an fmpq, a ball known to so many bits, or the fault that stands in the way."""
        at = tuple(float(x).as_integer_ratio() for x in point)
        asked = (digits, at)
        if asked not in self._known:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known[asked] = self.exactly([fmpq(*x) for x in at], digits)
        return list(self._known[asked])

    def exactly(self, values: Sequence[fmpq], digits: int = DIGITS) -> list[Any]:
        """The same at a rational point."""
        found: list[Any] = [None] * len(self.roots)
        for bits in PRECISIONS:
            done: dict[Node, Any] = self.constants | dict(zip(self.symbols, values, strict=True))
            with precision(bits):
                for n, args in self.steps:
                    done[n] = value_of(n, [done[a] for a in args])
            found = [done[r] for r in self.roots]
            if all(_settled(v, digits) for v in found):
                break
        return found


def _settled(value: Any, digits: int) -> bool:
    if isinstance(value, arb):
        return bool(value.rel_accuracy_bits() >= digits or value == 0 or value.abs_upper() < NOTHING)
    return not isinstance(value, Undetermined)


def pair(value: Any) -> tuple[float, float]:
    """A ball or rational as a float64 and what is left of it."""
    with precision(256):
        ball = arb(value)
        middle = ball.mid()
        high = float(middle)
        if not np.isfinite(high):
            return high, 0.0
        return high, float((middle - arb(high)).mid())


class Truth:
    """Exact values of scalar ``nodes`` over points for ``symbols`` (scalar nodes, too)."""

    def __init__(self, nodes: Sequence[Node], symbols: Sequence[Node]) -> None:
        self.nodes = [entries[0] for entries in components_all(list(nodes))]
        self.symbols = tuple(symbols)

    @cached_property
    def balls(self) -> Balls:
        return Balls(self.nodes, self.symbols)

    @cached_property
    def running(self) -> Running | None:
        """Values of the formulas as they are written, in bulk with bounds; None where an operator has no rule."""
        return self._running(self.nodes, long=False)

    @cached_property
    def _keeping_digits(self) -> list[Node]:
        return keeping_digits(self.nodes, self.symbols, OPERATORS, turning=True)

    @cached_property
    def bulk(self) -> Running | None:
        """The same values in forms that keep their digits, so that bounds suffice at more points."""
        return self._running(self._keeping_digits, long=False)

    @cached_property
    def long(self) -> Running | None:
        """The same in extended precision, where the processor has it."""
        return self._running(self._keeping_digits, long=True) if EXTENDED else None

    def _running(self, nodes: Sequence[Node], long: bool) -> Running | None:
        try:
            return Running(nodes, self.symbols, long)
        except NotImplementedError:
            return None

    def rough(self, points: Sequence[Array]) -> list[Bounded] | None:
        """Values with the best bounds that the bulk gives, be they good or not."""
        running = self.long or self.bulk
        return None if running is None else running(*points)

    def __call__(self, points: Sequence[Array], fmt: Format) -> list[Exact]:
        """One Exact a node. ``points`` are float64 arrays of one length, a symbol each."""
        count = len(points[0]) if points else 1
        found = [
            Exact(np.full(count, np.nan), np.zeros(count), np.zeros(count, bool), np.zeros(count, bool))
            for _ in self.nodes
        ]
        places = np.arange(count)
        for running in (self.bulk if fmt.name != "float64" else None, self.long):
            if running is not None and len(places):
                places = _in_bulk(running, points, places, fmt, found)
        self.settle(points, _chosen(places), found)
        return found

    def settle(self, points: Sequence[Array], places: Array, found: Sequence[Exact]) -> None:
        """Writes what balls know at some of the points into ``found``, where it is not known."""
        for mine, exact in zip(found, self._by_balls(points, places, len(places)), strict=True):
            new = ~mine.known[places]
            for name in ("high", "low", "undefined", "known"):
                getattr(mine, name)[places[new]] = getattr(exact, name)[new]

    def _by_balls(self, points: Sequence[Array], places: Array, count: int) -> list[Exact]:
        found = [
            Exact(np.full(count, np.nan), np.zeros(count), np.zeros(count, bool), np.zeros(count, bool))
            for _ in self.nodes
        ]
        for k, i in enumerate(places):
            for e, value in zip(found, self.balls([p[i] for p in points]), strict=True):
                if isinstance(value, UndefinedValue):
                    e.undefined[k] = e.known[k] = True
                elif not isinstance(value, Exception | bool) and _settled(value, 60):
                    e.high[k], e.low[k] = pair(value)
                    e.known[k] = True
        return found


def _in_bulk(running: Running, points: Sequence[Array], places: Array, fmt: Format, found: Sequence[Exact]) -> Array:
    """Values at some of the points; the places at which a bound does not suffice."""
    open_ = np.zeros(len(places), bool)
    for e, b in zip(found, running(*(p[places] for p in points)), strict=True):
        with np.errstate(all="ignore"):
            high = b.value.astype(np.float64)
            low = np.where(np.isfinite(high), b.value - high, 0.0).astype(np.float64)
            one = b.value.dtype.type(1.0)
            known = (b.error <= MARGIN * np.ldexp(one, np.maximum(fmt.exponents(high), -1070))) & np.isfinite(high)
        new = known & ~e.known[places]
        e.high[places[new]], e.low[places[new]], e.known[places[new]] = high[new], low[new], True
        open_ |= ~known
    return places[open_]


def _chosen(places: Array) -> Array:
    """At most MAX_BALLS of them, the same on every machine: where stretches of them begin and end, and some between."""
    if len(places) <= MAX_BALLS:
        return places
    gaps = np.flatnonzero(np.diff(places) > 1)
    ends = np.unique(np.concatenate([[0, len(places) - 1], gaps, gaps + 1]))
    if len(ends) > MAX_BALLS // 2:
        ends = ends[np.linspace(0, len(ends) - 1, MAX_BALLS // 2).astype(int)]
    spread = np.linspace(0, len(places) - 1, MAX_BALLS - len(ends)).astype(int)
    return places[np.unique(np.concatenate([ends, spread]))]


def decimal(value: Any, digits: int = 20) -> str:
    """An exact value in print: its digits, or what it is called where it has none."""
    if isinstance(value, UndefinedValue):
        return f"none ({value})"
    if isinstance(value, Exception):
        return f"unknown ({value})"
    with precision(256):
        return str(arb(value).str(digits, radius=False))
