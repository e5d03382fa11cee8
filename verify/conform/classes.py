"""What kind of deviation it is, read off where it is off and how."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derive.graph import Node, topological
from derive.operators import KINKED
from verify.conform.formats import Format
from verify.conform.measure import Measured

GROSS = 1e-3  # a relative error that rounding never makes at a moderate point
MODERATE = 10.0
WIDE = 0.1  # share of the moderate points that are off where it is the formula that is wrong
_ORDER = ("wrong formula", "wrong gradient", "wrong second derivative")


def classify(formula: Node, order: int, found: Measured, fmt: Format) -> str:
    """The class (of outcome.CLASSES) of a path whose results are off at some points."""
    off = found.off
    x = found.inputs[0]
    computed, exact = found.computed[off], found.exact.high[off]
    inside = np.all([np.abs(c) <= MODERATE for c in found.inputs], axis=0) & found.judged
    with np.errstate(all="ignore"):
        relative = np.abs(found.computed - found.exact.high) / np.abs(found.exact.high)
    gross = off & inside & ~(relative < GROSS) & np.isfinite(found.computed)
    if inside.any() and gross.sum() > WIDE * inside.sum() and len(np.unique(found.computed[gross])) > 2:
        return _ORDER[order]
    broken = ~np.isfinite(computed) & np.isfinite(exact) & (np.abs(exact) <= fmt.greatest)
    if broken.any() and broken.mean() > 0.5:
        if not _large(found, off & ~np.isfinite(found.computed)) and _branches(formula):
            return "nan of a branch not taken"
        return "overflow"
    if len(computed) > 1 and len(np.unique(np.abs(computed))) == 1:
        return "saturation" if np.abs(exact[np.isfinite(exact)]).min(initial=np.inf) >= fmt.tiny else "underflow"
    if len(found.inputs) == 1 and _starts_at_once(x, found):
        return "documented threshold"
    with np.errstate(all="ignore"):
        scale = np.abs(computed - exact) / fmt.epsilon
    if np.median(scale) <= 64 and np.median(np.abs(exact)) < 1 and np.nanmedian(relative[off]) > 16 * fmt.epsilon:
        return "cancellation"
    if gross.any():
        return _ORDER[order]
    return "inaccurate"


def _large(found: Measured, places: np.ndarray) -> bool:
    return bool(all((np.abs(c[places]) > MODERATE).mean() > 0.5 for c in found.inputs)) if places.any() else False


def _branches(formula: Node) -> bool:
    return any(n.op in KINKED for n in topological([formula]))


def _starts_at_once(x: Sequence[float], found: Measured) -> bool:
    """Whether the error is greatest where it begins, after a point that is not off at all."""
    order = np.argsort(np.asarray(x))
    off, ulps = found.off[order], np.where(np.isfinite(found.ulps[order]), found.ulps[order], np.inf)
    places = np.flatnonzero(off)
    if len(places) < 3 or places[-1] - places[0] + 1 > 2 * len(places):
        return False
    first, last = places[0], places[-1]
    edges = [k for k in (first, last) if 0 < k < len(off) - 1]
    top = ulps[places].max()
    return any(ulps[k] > 0.25 * top and ulps[k - 1 if k == first else k + 1] < 0.01 * top for k in edges)
