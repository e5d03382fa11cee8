"""Where functions are tested: points in strata, chosen on purpose, the same on every machine.

For a variable with a declared range: uniform over the floats of the format, uniform over the reals of the range,
logarithmic in size, within some ulps of every mark (kinks, zeros, poles and thresholds of the formula; small integers; ends
of the range; where exponentials over- and underflow), the tails to the end of the format, and both zeros. All floats of a
half-precision format.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from derive.records import dataclass
from verify.conform.formats import Array, Format

MIDDLE = 30.0  # most functions turn at no greater number
NEAR = 8  # floats on either side of a mark
#: Marks of every function: simple numbers, and where exp, tanh, sigmoid, erf and squares leave their ranges in one format
# or another.
MARKS = (
    0.0,
    0.5,
    1.0,
    2.0,
    3.0,
    4.0,
    5.0,
    6.0,
    8.0,
    10.0,
    20.0,
    30.0,
    50.0,
    88.7,
    100.0,
    103.97,
    709.78,
    745.13,
    1e-3,
    1e-5,
    1e-8,
    math.pi,
    math.pi / 2,
)


@dataclass(frozen=True)
class Range:
    """The declared range of a scalar input; None is no end. An open end is not tested itself."""

    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False

    def ordinals(self, fmt: Format) -> tuple[int, int]:
        """The first and last float of the format inside."""
        first, last = -fmt.last, fmt.last
        if self.low is not None:
            k = int(fmt.ordinal(fmt.rounded(np.array(self.low))))
            first = k + (
                (self.open_low and float(fmt.at(np.array(k))) <= self.low) or float(fmt.at(np.array(k))) < self.low
            )
        if self.high is not None:
            k = int(fmt.ordinal(fmt.rounded(np.array(self.high))))
            last = k - (
                (self.open_high and float(fmt.at(np.array(k))) >= self.high) or float(fmt.at(np.array(k))) > self.high
            )
        return max(first, -fmt.last), min(last, fmt.last)

    def __contains__(self, x: float) -> bool:
        above = self.low is None or (x > self.low if self.open_low else x >= self.low)
        return above and (self.high is None or (x < self.high if self.open_high else x <= self.high))

    def text(self) -> str:
        low = "(-inf" if self.low is None else f"{'(' if self.open_low else '['}{self.low!r}"
        high = "inf)" if self.high is None else f"{self.high!r}{')' if self.open_high else ']'}"
        return f"{low}, {high}"


def moderate(r: Range) -> float:
    """A number inside that is nothing special."""
    low = -4.0 if r.low is None else r.low
    high = (low + 4.0 if r.low is not None else 4.0) if r.high is None else r.high
    return low + 0.61803398875 * (max(high, low) - low)


def points(fmt: Format, within: Range, marks: Iterable[float], count: int, seed: int = 0, whole: bool = True) -> Array:
    """About ``count`` points of one variable, sorted, each once (both zeros count as two); all of a half-precision format,
    if ``whole``."""
    first, last = within.ordinals(fmt)
    if first > last:
        return np.empty(0)
    if fmt.bits == 16 and whole:
        every = fmt.all()
        k = fmt.ordinal(every)
        return every[(k >= first) & (k <= last)]
    rng = np.random.default_rng(seed)
    share = max(count // 3, 1)
    parts = [_uniform_floats(rng, first, last, share)]
    low, high = (float(fmt.at(np.array(k))) for k in (first, last))
    parts.append(fmt.ordinal(fmt.rounded(_uniform_reals(rng, max(low, -MIDDLE), min(high, MIDDLE), share))))
    parts.append(fmt.ordinal(fmt.rounded(_by_size(rng, low, high, share))))
    around = np.arange(-NEAR, NEAR + 1)
    ends = [
        low,
        high,
        *(s * m for m in (*MARKS, *marks) for s in (1.0, -1.0)),
        fmt.greatest,
        -fmt.greatest,
        fmt.tiny,
        -fmt.tiny,
    ]
    parts += [
        int(fmt.ordinal(fmt.rounded(np.array(m)))) + around for m in ends if np.isfinite(m) and abs(m) <= fmt.greatest
    ]
    k = np.sort(np.concatenate([np.asarray(p, np.int64) for p in parts]))
    k = k[np.concatenate([[True], k[1:] != k[:-1]])]
    k = k[(k >= first) & (k <= last)]
    x = fmt.at(k)
    if 0.0 in within:
        zero = np.searchsorted(k, 0)
        x = np.insert(x, zero, -0.0)
    return x


def dense(fmt: Format, within: Range, count: int, seed: int = 0) -> Array:
    """Many points of one variable: two thirds uniform over where most functions turn, then a third uniform over the floats;
    each part sorted."""
    first, last = within.ordinals(fmt)
    if first > last:
        return np.empty(0)
    rng = np.random.default_rng(seed + 1)
    low, high = (float(fmt.at(np.array(k))) for k in (first, last))
    a, b = max(low, -MIDDLE), min(high, MIDDLE)
    if not a < b:
        a, b = max(low, -fmt.greatest / 4), min(high, fmt.greatest / 4)
    number = count * 2 // 3
    places = (np.arange(number) + 0.5 + 0.07 * (rng.random(number) - 0.5)) / max(
        number, 1
    )  # no gap is much wider than others
    reals = np.clip(fmt.rounded(a + (b - a) * places), low, high)
    return np.concatenate([reals, fmt.at(_uniform_floats(rng, first, last, count // 3))])


def _uniform_floats(rng: np.random.Generator, first: int, last: int, count: int) -> Array:
    """Stratified: one draw from each of ``count`` equal shares of the floats, so that no band as wide as a share is missed."""
    if last - first < count:
        return np.arange(first, last + 1)
    edges = np.linspace(float(first), float(last), count + 1)
    return np.clip((edges[:-1] + rng.random(count) * np.diff(edges)).astype(np.int64), first, last)


def _uniform_reals(rng: np.random.Generator, low: float, high: float, count: int) -> Array:
    """Stratified over the reals of a range, which is held to where most functions turn."""
    if not low < high:
        return np.array([low])
    edges = np.linspace(low, high, count + 1)
    return edges[:-1] + rng.random(count) * np.diff(edges)


def _by_size(rng: np.random.Generator, low: float, high: float, count: int) -> Array:
    """Logarithmic in the distance from zero, between 1e-9 and 1e4, and in that from each finite end of the range."""
    size = 10.0 ** (-9 + 13 * (np.arange(count) + rng.random(count)) / count)
    signs = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)
    found = [size * signs]
    found += [e + s * size[::2] * max(abs(e), 1.0) for e, s in ((low, 1.0), (high, -1.0)) if abs(e) < 1e6]
    return np.concatenate(found)


def several(
    fmt: Format, within: Sequence[Range], marks: Sequence[Iterable[float]], count: int, seed: int = 0
) -> list[Array]:
    """Points of several variables: each variable's own strata in an order of its own, equal and opposite values, simple grids."""
    rng = np.random.default_rng(seed + 1)
    lists = [
        points(fmt, r, m, count, seed + i, whole=False) for i, (r, m) in enumerate(zip(within, marks, strict=True))
    ]
    if not all(map(len, lists)):
        return [np.empty(0) for _ in lists]
    columns = [np.resize(rng.permutation(x), count) for x in lists]
    # moderate values, which strata over all floats hardly ever meet together
    moderate = [fmt.rounded(_uniform_reals(rng, *_middle(r, fmt), count // 2)) for r in within]
    columns = [np.concatenate([c, rng.permutation(m)]) for c, m in zip(columns, moderate, strict=True)]
    simple = [
        np.array([v for v in (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0) if v in r] or [float(x[len(x) // 2])])
        for r, x in zip(within, lists, strict=True)
    ]
    if np.prod([len(s) for s in simple]) <= 4096:
        grid = np.meshgrid(*simple, indexing="ij")
        columns = [np.concatenate([c, g.reshape(-1)]) for c, g in zip(columns, grid, strict=True)]
    ties = lists[0][: max(count // 8, 1)]
    if len(within) > 1:
        near = rng.integers(-2, 3, len(ties))
        for i in range(len(columns)):
            value = ties if i == 0 else fmt.at(fmt.ordinal(ties) + near)
            columns[i] = np.concatenate([columns[i], value])
    inside = np.ones(len(columns[0]), bool)
    for c, r in zip(columns, within, strict=True):
        k, (first, last) = fmt.ordinal(c), r.ordinals(fmt)
        inside &= (k >= first) & (k <= last)
    return [c[inside] for c in columns]


def _middle(r: Range, fmt: Format) -> tuple[float, float]:
    low = -4.0 if r.low is None else r.low
    high = 4.0 if r.high is None else r.high
    if r.low is None and r.high is not None:
        low = min(-4.0, r.high - 8.0)
    if r.high is None and r.low is not None:
        high = max(4.0, r.low + 8.0)
    return max(low, -fmt.greatest), min(high, fmt.greatest)
