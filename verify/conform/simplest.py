"""Inputs that a person can check: of the points at which a result is off, those that are written shortest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verify.conform.formats import Array, Format
from verify.conform.measure import Measured
from verify.conform.strata import Range

CLEAR = 64.0  # ulps, from which on a result is off by more than a reader might take for rounding
SLIGHTER = 16.0  # times: what is far less off than the worst may be off for another reason
SEEN = 1e-3  # relative errors that are seen in the first digits
PLAIN = 10.0  # up to which halves need no simpler input beside them
TRIED = 64  # rounded inputs
#: Simple numbers, the simplest first, as multiples of 1 / step up to a greatest one: whole numbers, halves, tenths, and what
#: short formats hold of decimals.
STEPS = ((1.0, 1000.0), (2.0, 100.0), (10.0, 10.0), (8.0, 10.0), (100.0, 10.0))


def shortest_of_worst(m: Measured, where: Array) -> int:
    """Of the points at which about as much is lost as at the worst, that which is written shortest."""
    ulps = np.where(np.isfinite(m.ulps[where]), m.ulps[where], 1e308)
    near = where[ulps >= ulps.max() / 2]
    simple = np.minimum.reduce([x[near] == np.round(x[near], 3) for x in m.inputs])
    near = near[simple] if simple.any() else where[[int(np.argmax(ulps))]]
    return int(near[shortest([x[near] for x in m.inputs])]) if len(near) > 1 else int(near[0])


def shortest(inputs: Sequence[Array]) -> int:
    """The first of the points, all of three decimals at most, that take the fewest characters (of ``repr``)."""
    least, sure = np.zeros(len(inputs[0]), int), np.ones(len(inputs[0]), bool)
    for x in inputs:
        size = np.abs(x)
        decimals = np.where(x == np.round(x, 1), 1, np.where(x == np.round(x, 2), 2, 3))
        plain = np.searchsorted(_POWERS, size, side="right") + 2 + decimals + np.signbit(x)
        least += np.where(size < _POWERS[-1], plain, np.where(np.isinf(x), len("inf"), len("1e+16")))
        sure &= size < _POWERS[-1]
    for i in np.flatnonzero(~sure & (least <= least[sure].min(initial=1 << 30))):  # which might be the shortest
        least[i] = sum(len(repr(float(x[i]))) for x in inputs)
        sure[i] = True
    return int(np.flatnonzero(sure)[np.argmin(least[sure])])


_POWERS = 10.0 ** np.arange(1, 13)  # up to which three decimals are exact


def written(point: Sequence[float]) -> int:
    """Characters that an input takes."""
    return sum(len(repr(x)) for x in point)


def is_plain(point: Sequence[float]) -> bool:
    """Whether an input needs no simpler one beside it."""
    return any(point) and all(abs(x) <= PLAIN and 2 * x == round(2 * x) for x in point)


def clearly_off(m: Measured, off: Array, ulps: float) -> int | None:
    """Of the points ``off`` the simplest at which much is lost, beside ``ulps`` at the worst, and best so that it is seen in the
    first digits; None where none is simple."""
    with np.errstate(all="ignore"):
        far = np.where(np.isfinite(m.ulps), m.ulps, np.inf)
        enough = min(CLEAR, ulps / SLIGHTER)
        seen = ~(np.abs(m.computed - m.exact.high) <= SEEN * np.abs(m.exact.high))
    steps = _steps(m)
    some = off[(far[off] >= enough) & (steps[off] < len(STEPS))]
    if not len(some):
        return None
    size = np.sum([np.abs(x) for x in m.inputs], axis=0)
    below = np.sum([np.signbit(x) for x in m.inputs], axis=0)
    zeros = np.logical_or.reduce([x == 0.0 for x in m.inputs])
    return int(some[np.lexsort((below[some], size[some], steps[some], zeros[some], ~seen[some]))[0]])


def rounded(inputs: Sequence[Array], ranges: Sequence[Range], fmt: Format) -> list[Array] | None:
    """Simple numbers near the points, in their ranges; None where there are none."""
    with np.errstate(all="ignore"):
        every = [np.concatenate([np.round(x), np.round(2 * x) / 2, np.round(10 * x) / 10]) for x in inputs]
    inside = np.logical_and.reduce(
        [(np.abs(x) <= STEPS[0][1]) & np.array([float(v) in r for v in x]) for x, r in zip(every, ranges, strict=True)]
    )
    if not inside.any():
        return None
    points = np.unique(fmt.rounded(np.array([x[inside] for x in every])), axis=1)
    nearest = np.argsort(np.abs(points).sum(axis=0), kind="stable")[:TRIED]
    return list(points[:, nearest])


def _steps(m: Measured) -> Array:
    """Of each point the first of ``STEPS`` of which all its inputs are multiples; zeros alone are special, and not simple."""
    found = np.full(len(m.computed), len(STEPS))
    with np.errstate(all="ignore"):
        for k, (step, greatest) in reversed([*enumerate(STEPS)]):
            held = [(x == np.round(x * step) / step) & (np.abs(x) <= greatest) for x in m.inputs]
            found[np.logical_and.reduce(held)] = k
    found[np.logical_and.reduce([x == 0.0 for x in m.inputs])] = len(STEPS)
    return found
