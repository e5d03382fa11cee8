"""Results against exact values: errors in ulps, and what rounding the inputs alone explains of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from derive.expr.graph import topological
from derive.expr.operators import KINKED
from derive.flint import arb, fmpq
from derive.numbers.balls import precision
from derive.records import dataclass
from verify.conform.formats import FORMATS, Array, Format
from verify.conform.truth import Exact, Truth

ULPS = 4.0  # a good implementation is within
SLACK = 2.0  # spacings at 1 a unit of condition: inputs and constants are rounded once each
TILT = 2.0**-24  # the relative change of an input by which the condition is measured
MAX_TILTED = 300  # points at which balls are asked for it
BESIDE = 80  # bits below an input's last: how far beside a kink its two sides are asked
MAX_CORNERS = 16
MAX_KINKS = 64
FEW = 3
APART = 0.02  # relative: values on two sides of a kink
EARLY = 2.0**-6  # of the greatest number: a result beyond that share of it may overflow on the way
LATE = 2.0**11  # of the least normal number: a result below may underflow on the way, as in x*sigmoid(x)
REACH = 64.0
MAX_DOUBTED = 200  # points at which balls are asked, since a result is not within what the bulk knows
CHAIN = 8.0  # ulps of the function's value, at most of 1, times the inputs: how far off is a derivative of the rounded value


@dataclass(frozen=True)
class Measured:
    """A path's results at points. ``off``: beyond what is allowed; ``excused``: beyond it, for a reason that every such
    program has (``measure``); ``condition`` is NaN where it was not needed."""

    inputs: tuple[Array, ...]
    computed: Array
    exact: Exact
    ulps: Array
    condition: Array
    off: Array
    excused: Array

    @property
    def judged(self) -> Array:
        return self.exact.known & ~self.exact.undefined

    def and_also(self, other: Measured) -> Measured:
        """Both, one after the other."""
        inputs = tuple(np.concatenate([x, y]) for x, y in zip(self.inputs, other.inputs, strict=True))
        rest = (np.concatenate([getattr(self, n), getattr(other, n)]) for n in ("ulps", "condition", "off", "excused"))
        return Measured(
            inputs, np.concatenate([self.computed, other.computed]), self.exact.and_also(other.exact), *rest
        )


class Reference:
    """The exact values of a truth at points of a format, and their condition: found once, whatever is held to them."""

    def __init__(self, truth: Truth, inputs: Sequence[Array], fmt: Format) -> None:
        self.truth, self.inputs, self.fmt = truth, tuple(inputs), fmt
        self._conditions: dict[int, Array] = {}

    @cached_property
    def exact(self) -> list[Exact]:
        return self.truth(self.inputs, self.fmt)

    def condition(self, k: int, places: Array) -> Array:
        """Relative condition numbers of the k-th value at some of the points."""
        if k not in self._conditions:
            self._conditions[k] = np.full(len(self.inputs[0]), np.nan)
        known = self._conditions[k]
        if len(new := places[np.isnan(known[places])]):
            inputs = [x[new] for x in self.inputs]
            known[new] = conditions(self.truth, k, inputs, self.exact[k].at(new), self.fmt.epsilon)
        return known[places]

    def doubt(self, k: int, computed: Array, base: float) -> None:
        """Asks balls where the exact value is not known and results are not within what is known of it."""
        exact = self.exact[k]
        open_ = np.flatnonzero(~exact.known)
        if not len(open_):
            return
        if (rough := self.truth.rough([x[open_] for x in self.inputs])) is not None:
            value, error = rough[k]
            with np.errstate(all="ignore"):
                near = np.abs(computed[open_] - value) <= error + base * np.ldexp(
                    1.0, np.maximum(self.fmt.exponents(value.astype(np.float64)), -1070)
                )
            open_ = open_[~near | ~np.isfinite(error)]
        if len(open_) > MAX_DOUBTED:
            open_ = open_[np.unique(np.linspace(0, len(open_) - 1, MAX_DOUBTED).astype(int))]
        self.truth.settle(self.inputs, open_, self.exact)

    @cached_property
    def kinked(self) -> bool:
        """Whether a value may differ on two sides of a point."""
        return any(n.op in KINKED for n in topological(self.truth.nodes))

    @cached_property
    def rounded(self) -> bool:
        """Whether it is written with numbers that the format does not hold, such as 1.2."""
        written = {Fraction(n.attr) for n in topological(self.truth.nodes) if n.op == "const"}
        return any(Fraction(float(self.fmt.rounded(np.array(float(c))))) != c for c in written)

    @cached_property
    def _sides(self) -> dict[tuple[int, int], tuple[float, float] | None]:
        return {}

    def sides(self, k: int, i: int) -> tuple[float, float] | None:
        """The least and greatest value just beside the i-th point."""
        if (k, i) not in self._sides:
            self._sides[k, i] = beside(self.truth, k, [float(x[i]) for x in self.inputs])
        return self._sides[k, i]


def measure(
    reference: Reference,
    k: int,
    computed: Array,
    base: float = ULPS,
    value: Array | None = None,
    allowed: Array | None = None,
    order: int | None = None,
) -> Measured:
    """Results for the k-th value of a reference.

    The tolerance is ``base`` ulps and twice the condition number, or ``allowed`` where that is more (what rounding every
    operation explains; of a derivative it is excused, and told). ``order`` is that of the derivative. Where there is no value,
    as on a kink, whatever lies between the values of its sides is right: an element of the subdifferential. Where the function
    itself has none, a NaN is right, too.

    Excused is a result that over- or underflows within a factor (``EARLY``, ``LATE``) of the ends of the format, or where one of
    several inputs is that near the top; and of a derivative (``value`` is the function's value, NaN where it has none) an error
    that rounding the function's value explains, as in 1 - tanh(x)**2, or one at inputs whose squares leave the format.
    """
    fmt, order = reference.fmt, (0 if value is None else 1) if order is None else order
    reference.doubt(k, computed, base)
    exact = reference.exact[k].copy()
    judged = exact.known & ~exact.undefined
    ulps = np.where(judged, fmt.ulps(computed, exact.high, exact.low), 0.0)
    condition = np.full(len(ulps), np.nan)
    with np.errstate(all="ignore"):
        size, error = np.abs(exact.high), np.abs((computed - exact.high) - exact.low)
        off = judged & (ulps > base)
        if (
            allowed is not None
        ):  # of half precision no bound means that nothing is left of a result; else that none is known
            allowed = np.where(np.isfinite(computed) & (np.isfinite(allowed) | (fmt.bits == 16)), allowed, 0.0)
        also = np.zeros(len(ulps))  # ulps that are allowed beside those of the inputs
        if allowed is not None and not order:
            off &= ~(error <= allowed)
            spacing = np.ldexp(1.0, np.maximum(fmt.exponents(exact.high), -1070))
            also = np.where(judged & np.isfinite(allowed), allowed / spacing, 0.0)
    far = np.flatnonzero(off)
    if len(far):
        condition[far] = reference.condition(k, far)
        with np.errstate(all="ignore"):
            # of relative changes by the roundoff: an ulp is up to twice as much
            ulp = np.ldexp(1.0, np.maximum(fmt.exponents(exact.high[far]), -1070))
            reach = np.fmax(fmt.epsilon * size[far], ulp)
            explained = error[far] <= base * ulp + SLACK * condition[far] * reach + also[far] * ulp
            # where the exact value is 0, that is whatever rounding makes of inputs and of 1
            reach = np.maximum.reduce([np.ones(len(far)), *(np.abs(x[far]) for x in reference.inputs)])
            explained &= (size[far] > 0) | (error[far] <= base * fmt.epsilon * reach)
        off[far] = ~explained | ~np.isfinite(computed[far])
    if value is not None and reference.kinked:  # where a formula takes a side at a kink, a program may take another
        for i in np.flatnonzero(off & np.isfinite(computed))[:MAX_KINKS]:
            if (sides := reference.sides(k, int(i))) is not None and np.isfinite(sides).all():
                apart = sides[1] - sides[0] > 1e-6 * max(abs(sides[0]), abs(sides[1]))
                off[i] = not (apart and _between(sides, float(computed[i]), fmt))
    if reference.kinked and (value is not None or reference.rounded):
        # where rounding an input or a number of the formula moves it over a kink, its other side is right
        near = off & np.isfinite(computed) & ((size == 0.0) | (fmt.bits == 16) & (order > 0))
        for tried, i in enumerate(np.flatnonzero(near)[:MAX_KINKS]):
            off[i] = not _over(reference, k, int(i), float(computed[i]), order > 0)
            if off[i] and tried < FEW and size[i]:
                break  # it is not by kinks that it is off
    for i in np.flatnonzero(exact.undefined)[:MAX_KINKS]:
        if not np.isfinite(computed[i]) and (order != 1 or value is None or not np.isfinite(value[i])):
            continue
        if (sides := reference.sides(k, int(i))) is not None and not _between(sides, float(computed[i]), fmt):
            nearest = sides[0] if abs(computed[i] - sides[0]) < abs(computed[i] - sides[1]) else sides[1]
            exact.high[i], exact.low[i], exact.undefined[i] = nearest, 0.0, False
            ulps[i], off[i] = float(fmt.ulps(computed[i], nearest)), True
    with np.errstate(all="ignore"):
        top = np.maximum.reduce([size, *(np.abs(x) for x in reference.inputs)]) if len(reference.inputs) > 1 else size
        excused = off & (top > EARLY * fmt.greatest) & ~np.isfinite(computed)
        excused |= off & (size < LATE * fmt.tiny) & (np.abs(computed) <= 2 * size)
        # results below the normal numbers may be flushed to zero: processors and libraries do
        excused |= off & (size < fmt.tiny) & (np.abs(computed) <= fmt.tiny)
        if fmt.name != "float16":  # so may be what is added to them; of float16 it is no small number
            excused |= off & (error <= fmt.tiny)
        for x in reference.inputs:  # which may be taken for zero, too
            excused |= off & (x != 0.0) & (np.abs(x) < fmt.tiny)
        if value is not None:
            reach = np.maximum.reduce([np.ones(len(size)), *(np.abs(x) for x in reference.inputs)])
            reach = np.minimum(reach, REACH) ** (1 if len(reference.inputs) == 1 else 3)
            excused |= off & (error <= CHAIN * fmt.epsilon * np.minimum(np.abs(value), 1.0) * reach)
            excused |= off & (np.abs(value) > EARLY * fmt.greatest)
            off &= ~np.isnan(value) | np.isfinite(computed)  # nothing is due of a slope where there is no value
            for x in map(np.abs, reference.inputs):
                power = 1 / (2 * order)
                excused |= off & (x != 0.0) & ((x > fmt.greatest**power) | (x < fmt.tiny**power))
            if allowed is not None:
                excused |= off & (error <= order * allowed)
    return Measured(reference.inputs, computed, exact, ulps, condition, off & ~excused, excused)


def _over(reference: Reference, k: int, i: int, computed: float, between: bool) -> bool:
    """Whether a result is that some roundings beside a point, every input being larger or smaller; or lies between the exact
    value there and here."""
    fmt, tilt = reference.fmt, 2.0 * reference.fmt.epsilon
    count = len(reference.inputs)
    if 2**count <= MAX_CORNERS:
        signs = np.array(list(itertools.product((1, -1), repeat=count)))
    else:
        signs = np.random.default_rng(i).choice([-1, 1], (2 * MAX_CORNERS, count))
    greatest = FORMATS["float64"].greatest
    there = [
        np.clip(float(x[i]) * (1.0 + tilt * s), -greatest, greatest)
        for x, s in zip(reference.inputs, signs.T, strict=True)
    ]
    exact, here = reference.truth(there, FORMATS["float64"])[k], float(reference.exact[k].high[i])
    values = exact.high[exact.known & (np.abs(exact.high - here) > APART * abs(here))]
    slack = 8 * tilt * np.maximum(np.abs(values), fmt.tiny)
    low, high = (np.minimum(values, here), np.maximum(values, here)) if between else (values, values)
    return bool(((low - slack <= computed) & (computed <= high + slack)).any())


def conditions(truth: Truth, k: int, inputs: Sequence[Array], exact: Exact, tilt: float = TILT) -> Array:
    """The relative condition number at points: the sum over the inputs of how far the value moves, relatively, over how far
    the input does (Higham, section 1.6), by differences; the greater of the two sides. ``tilt`` is the relative change of the
    input: with the roundoff of a format the numbers tell what rounding the input there explains, beside a singular point, too.
    Infinite where it could not be found."""
    count, size = len(exact.high), np.abs(exact.high)
    greatest = FORMATS["float64"].greatest
    total = np.zeros(count)
    for i in range(len(inputs)):
        moved = np.zeros(count)
        for change in (tilt, -tilt):
            with np.errstate(all="ignore"):
                there = [
                    np.clip(x * (1.0 + change), -greatest, greatest) if i == j else x for j, x in enumerate(inputs)
                ]
                # over the change that was made: the format of the points rounds it
                made = np.abs(there[i] - inputs[i])
                rate = np.where(made > 0, np.abs(inputs[i]) / made, 0.0)
                moved = np.fmax(moved, _moved(truth, k, there, exact, tilt) * rate / size)
        total += moved
    return np.where(np.isnan(total), np.where(size == 0.0, 0.0, np.inf), total)


def _moved(truth: Truth, k: int, there: Sequence[Array], exact: Exact, tilt: float) -> Array:
    """How far the values at other points are from these; infinite where too many would have to be asked for."""
    far, open_ = np.zeros(len(exact.high)), np.ones(len(exact.high), bool)
    if (rough := truth.rough(there)) is not None:
        value, error = rough[k]
        far = np.abs((value - exact.high) - exact.low).astype(np.float64)
        open_ = ~(error <= 0.25 * tilt * np.abs(exact.high))
    asked = np.flatnonzero(open_)
    if len(asked) > MAX_TILTED:
        far[asked] = np.inf
        asked = asked[np.unique(np.linspace(0, len(asked) - 1, MAX_TILTED).astype(int))]
    if len(asked):
        near = truth([x[asked] for x in there], FORMATS["float64"])[k]
        apart = np.abs((near.high - exact.high[asked]) + (near.low - exact.low[asked]))
        far[asked] = np.where(near.known & ~near.undefined, apart, np.inf)
    return far


def beside(truth: Truth, k: int, point: Sequence[float]) -> tuple[float, float] | None:
    """The least and greatest value just beside a point, in every quadrant; None where there is none on any side."""
    every = itertools.islice(itertools.product((1, -1), repeat=len(point)), MAX_CORNERS)
    found = [v for signs in every if (v := one_side(truth, k, point, signs)) is not None]
    return (min(found), max(found)) if found else None


def one_side(truth: Truth, k: int, point: Sequence[float], signs: Sequence[int]) -> float | None:
    """The value just beside a point, in the direction of the signs; infinite where it grows without bound, None where there is
    none."""
    given = [fmpq(*x.as_integer_ratio()) for x in point]
    steps = [abs(x) / 2**BESIDE if x else fmpq(1, 2 ** (1074 + BESIDE)) for x in given]
    near, nearer = (
        truth.balls.exactly([x + s * h / d for x, s, h in zip(given, signs, steps, strict=True)], digits=60)[k]
        for d in (1, 2**BESIDE)
    )
    return limit_beside(near, nearer)


def limit_beside(near: Any, nearer: Any) -> float | None:
    """What values near a point and far nearer to it tend to: infinite where they grow without bound, None where there is
    none."""
    if isinstance(near, Exception | bool) or isinstance(nearer, Exception | bool):
        return None
    with precision(256):
        a, b = arb(near).mid(), arb(nearer).mid()
        apart = abs(a - b) > abs(b) * arb(2) ** -20
        if apart and abs(a - b) > arb(2) ** -200:
            return float("inf") if b > 0 else float("-inf")
        return 0.0 if apart else float(b)  # what still shrinks there vanishes at the point


def _between(sides: tuple[float, float], computed: float, fmt: Format) -> bool:
    low, high = sides
    if np.isnan(computed):
        return not np.isfinite([low, high]).any()
    if not np.isfinite([low, high]).all() or max(abs(low), abs(high)) > fmt.greatest:
        return True  # a pole: nothing is due
    slack = 8 * fmt.epsilon * max(abs(low), abs(high), fmt.tiny)
    return low - slack <= computed <= high + slack


def excuse(m: Measured, fmt: Format) -> str:
    """What is worth knowing of results that are excused."""
    if not m.excused.any():
        return ""
    i = int(np.flatnonzero(m.excused)[np.argmax(np.minimum(m.ulps[m.excused], 1e308))])
    at = ", ".join(repr(float(x[i])) for x in m.inputs)
    if not np.isfinite(m.computed[i]):
        return f"overflows early, at {at}"
    if abs(m.exact.high[i]) < LATE * fmt.tiny:
        return f"loses digits where it is small: {m.ulps[i]:.3g} ulps at {at}"
    return f"off by {m.ulps[i]:.3g} ulps at {at}"
