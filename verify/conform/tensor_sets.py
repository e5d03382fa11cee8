"""Sets of tensors at which implementations are tried: what a point is to an elementwise function."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derive.expr import shapes
from derive.expr.graph import Node
from verify.conform.formats import Array, Format
from verify.conform.strata import Range

KINDS = 8
LOST = 0.075  # ulps: what is nothing beside a number
LOSSY = 2  # sets, the last of the usual ones, that such sums lose
MANY = 200  # entries from which on sums one by one are told from others
EXTREMES = LARGE, SMALL, ZERO, BELOW = range(KINDS, KINDS + 4)
TINY = KINDS + 4  # of one's own code: where a small constant that keeps it away from 0 shows


def sets(
    symbols: Sequence[Node],
    ranges: Sequence[Range],
    fmt: Format,
    count: int,
    seed: int,
    extremes: int = 0,
    tiny: int = 0,
) -> Array:
    """Rows of entries, one row a set: moderate values, simple numbers with ties, equal and nearly equal entries, one entry far
    from the others, all sizes, large and small scales. With ``extremes`` so many more of each kind that only good programs
    stand: squares beyond the format and below it, all entries 0, and all but one, a 0, far below. With ``tiny`` so many more
    of a tiny scale."""
    rng = np.random.default_rng(seed)
    kinds = [*(j % KINDS for j in range(count)), *(k for k in EXTREMES for _ in range(extremes)), *[TINY] * tiny]
    rows = []
    for j, kind in enumerate(kinds):
        parts = []
        for s, r in zip(symbols, ranges, strict=True):
            n = max(shapes.size(s.shape), 1)
            if kind >= KINDS:
                x = _extreme(rng, kind, n, fmt)
            else:
                lossy = n > MANY and count - LOSSY <= j < count
                x = _loss(fmt, n, 0.5 ** (count - 1 - j)) if lossy else _drawn(rng, kind, n)
            parts.append(_inside(x, r, fmt, rng))
        rows.append(np.concatenate(parts) if parts else np.zeros(0))
    return np.array(rows)


def laid_out(symbols: Sequence[Node], row: Array) -> list[Array]:
    """A row of entries as tensors of the symbols' shapes."""
    made, start = [], 0
    for s in symbols:
        stop = start + max(shapes.size(s.shape), 1)
        made.append(np.reshape(row[start:stop], s.shape))
        start = stop
    return made


def simple(shape: tuple[int, ...], step: int) -> Array:
    """Small dyadic numbers, all different from zero, no two neighbours alike."""
    k = np.arange(max(shapes.size(shape), 1))
    return (((k * step) % 7 - 3.5) / 4.0).reshape(shape)


def _loss(fmt: Format, n: int, power: float) -> Array:
    """A number, and many that are nothing beside it (their squares, where ``power`` is a half), but not together: what is
    summed one by one loses them all, and on two lanes half of them, which is allowed."""
    return np.concatenate([[1.0], np.full(n - 1, (LOST * fmt.epsilon) ** power)])


def _drawn(rng: np.random.Generator, kind: int, n: int) -> Array:
    """Entries of one kind, in units in which the range is about [-4, 4]."""
    x = rng.uniform(-3.0, 3.0, n)
    match kind:
        case 1:
            return rng.choice([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0], n)
        case 2:
            return np.full(n, x[0])
        case 3:
            return x[0] + rng.uniform(-1e-3, 1e-3, n)
        case 4:
            x[rng.integers(n)] *= 30.0
            return x
        case 5:
            return x * 10.0 ** rng.uniform(-6, 2, n)
        case 6:
            return x * 20.0
        case 7:
            return x * 1e-3
    return x


def _extreme(rng: np.random.Generator, kind: int, n: int, fmt: Format) -> Array:
    if kind == TINY:
        return rng.uniform(-3.0, 3.0, n) * (1e-6 if fmt.bits > 16 else 1e-2)
    if kind == ZERO:
        return np.zeros(n)
    if kind == BELOW:
        x = -rng.uniform(8.0, 40.0, n) - rng.choice([0.0, 10.0, 30.0])
        x[rng.integers(n)] = 0.0
        return x
    size = 2.0 ** (fmt.emax // 2 + rng.integers(3, 6))
    return rng.uniform(1.0, 4.0, n) * rng.choice([-1.0, 1.0], n) * (size if kind == LARGE else 1.0 / size)


def _inside(x: Array, r: Range, fmt: Format, rng: np.random.Generator) -> Array:
    """Into the range: what lies outside is drawn again, spread over it."""
    low = -np.inf if r.low is None else r.low
    high = np.inf if r.high is None else r.high
    if np.isfinite(low) and np.isfinite(high):
        x = np.where((x > low) & (x < high), x, low + (high - low) * rng.uniform(0.02, 0.98, len(x)))
    else:
        x = np.where(x <= low, 2 * low - x + 0.25, np.where(x >= high, 2 * high - x - 0.25, x))
    first, last = r.ordinals(fmt)
    return fmt.at(np.clip(fmt.ordinal(fmt.rounded(x)), first, last))
