"""What kind of deviation it is, read off where results are off, by how much, and what they are there.

The measure is what rounding explains: an error of some roundings of the greatest number on the way to the result. Digits lost
in a difference, however many, are within; a wrong formula is not, in some format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from derive.expr.graph import Node, topological
from derive.expr.operators import KINKED
from verify.conform.formats import FORMATS, Array, Format
from verify.conform.measure import EARLY, LATE, Measured
from verify.conform.outcome import Outcome

ROUNDINGS = 64.0  # of the greatest number on the way, that a program may make
MOSTLY = 0.9
MODERATE = 10.0
APPROXIMATE = 1e-2  # of the greatest number on the way: what a simpler formula beyond a threshold may be off by
JUMP = 2.0**7  # ulps that rounding alone does not make between neighbours
STILL = 1e-3  # relative: results that hardly change
FADES = 0.5  # of the relative error where a simpler formula begins: what is left of it where its run ends
MANY = 8  # results that tell a factor
BESIDE = 6  # points without error before a threshold
WIDE = 1e30  # what squares of most inputs are below, if the greatest number of a format is beyond it
SLIGHT = 2.0**9  # ulps, relative to the result: rounding that adds up
_ORDER = ("wrong formula", "wrong gradient", "wrong second derivative")


def classify(formula: Node, order: int, found: Measured, fmt: Format, sizes: Array | None = None) -> str:
    """The class (of outcome.CLASSES) of a path whose results are off at some points.

    ``sizes`` are the greatest numbers on the way to the exact results; else the inputs are taken for them.
    """
    off = np.flatnonzero(found.off)
    inputs = [c[off] for c in found.inputs]
    computed, exact = found.computed[off], found.exact.high[off]
    size = np.maximum.reduce([np.ones(len(off)), *(np.abs(c) for c in inputs)])
    if sizes is not None:
        size = np.fmax(size, sizes[off])
    with np.errstate(all="ignore"):
        error = np.abs(computed - exact)
        rounding = error <= ROUNDINGS * fmt.epsilon * size
        slight = error <= min(SLIGHT * fmt.epsilon, 2.0**-8) * np.abs(exact)
    finite = np.isfinite(computed)
    if not finite.all() and (kind := _broken(formula, order, inputs, ~finite, rounding, fmt)):
        return kind
    if not finite.any():
        return _ORDER[order]
    margin = 1e3 if fmt.greatest > WIDE else 4.0
    extreme = np.any([np.abs(c) > fmt.greatest**0.5 / margin for c in inputs], axis=0)
    tiny = np.any([(c != 0) & (np.abs(c) < fmt.tiny**0.5 * margin) for c in inputs], axis=0)
    tiny |= (exact != 0) & (np.abs(exact) < fmt.tiny**0.5)
    if extreme[finite].all() and not slight[finite].all():
        return "overflow"
    if tiny[finite].all() and not slight[finite].all():
        return "underflow"
    if slight[finite].all():
        return "inaccurate"
    if len(found.inputs) == 1:
        beyond = np.zeros(len(found.off), bool)
        for there in (finite, finite & ~rounding):  # also where digits are lost elsewhere
            beyond[off] = there
            if there.any() and (kind := _beyond(found, beyond, size[there], error[there], fmt)):
                return _ORDER[order] if order else kind
    elif not order and _stuck(computed[finite], exact[finite]):
        return "saturation"
    if _proportional(computed[finite], exact[finite]):
        return _ORDER[order]
    return "cancellation" if rounding[finite].mean() >= MOSTLY else _ORDER[order]


def beside_formats(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """With the classes of a library's function as other formats tell them: what is right in a wider format is no wrong formula
    in float16, but numbers on the way leave its range; what is right in float32, and in float64 to its digits, is inaccurate
    there."""
    order = {
        d: {o.order for o in outcomes if o.dtype == d and o.verdict != "undecided"} for d in ("float32", "float64")
    }
    wrong = {(o.dtype, o.order) for o in outcomes if o.verdict == "deviates"}
    right = {d: {o for o in found if (d, o) not in wrong} for d, found in order.items()}

    def kind(o: Outcome) -> str:
        if o.kind not in _ORDER:
            return o.kind
        if o.dtype == "float64" and o.order in right["float32"] and o.relative <= FORMATS["float32"].epsilon:
            return "inaccurate"
        if o.dtype == "float16" and o.order in right["float32"] and ("float64", o.order) not in wrong:
            return "overflow" if max(map(abs, o.worst.values()), default=0.0) > 1.0 else "underflow"
        return o.kind

    return [replace(o, kind=kind(o)) for o in outcomes]


def _broken(formula: Node, order: int, inputs: list[Array], broken: Array, rounding: Array, fmt: Format) -> str:
    """The class where some results are no numbers; none where more are numbers, and wrong at inputs of usual size."""
    usual = np.all([np.abs(c) <= MODERATE for c in inputs], axis=0)
    if (~broken & ~rounding & usual).sum() > broken.sum():
        return ""
    with np.errstate(all="ignore"):
        greatest = np.maximum.reduce([np.abs(c[broken]) for c in inputs])
    large = (greatest > MODERATE).mean() > 0.5
    branches = any(n.op in KINKED for n in topological([formula]))
    if branches and (order or not large):
        return "nan of a branch not taken"
    if large:
        return "overflow"
    if order == 0 and (greatest < fmt.tiny**0.5 * 1e3).all():
        return "underflow"
    return "cancellation" if order == 0 else "nan of a branch not taken"


def _beyond(found: Measured, off: Array, size: Array, error: Array, fmt: Format) -> str:
    """Saturation, or a threshold beyond which a simpler formula is computed: off from a point on at which nothing turns, at
    once, and nowhere near on its other side."""
    exact = np.abs(found.exact.high)
    plain = np.flatnonzero(off | (found.judged & (exact > LATE * fmt.tiny) & (exact < EARLY * fmt.greatest)))
    order = plain[np.argsort(found.inputs[0][plain], kind="stable")]
    x, bad = found.inputs[0][order], off[order]
    ulps = np.where(np.isfinite(found.ulps[order]), found.ulps[order], 1e308)
    fine = ~found.off[order] & (ulps < JUMP / 2)
    with np.errstate(all="ignore"):
        relative = np.abs(found.computed - found.exact.high)[order] / exact[order]
    wrong = np.flatnonzero(bad)
    runs = np.split(wrong, np.flatnonzero(_gaps(wrong, fine)) + 1)
    constant = all(len(r) > 2 and _constant(np.abs(found.computed[order[r]]), exact[order[r]]) for r in runs)
    with np.errstate(all="ignore"):
        close = bool(np.all(error <= APPROXIMATE * size))
    if len(runs) > 4 or not (close or constant):
        return ""
    for run in runs:
        edges = [e for e, side in ((run[0], -1), (run[-1], 1)) if _clear(fine, int(e), side)]
        if len(run) < 3 or not edges:
            return ""  # single places, or everywhere
        if len(edges) == 2 and abs(x[run[-1]] - x[run[0]]) < APPROXIMATE * abs(x[run[0]]):
            return ""  # a narrow band
        if constant and not any(_meets(found, int(order[e])) for e in edges):
            return ""
        far = run[-1] if edges[0] == run[0] else run[0]
        if not constant and len(edges) == 1 and not relative[far] < FADES * relative[edges[0]]:
            return ""  # nothing that is left out becomes small
        if not constant and not any(ulps[e] >= max(ulps[run].max() / 4, JUMP) for e in edges):
            return ""  # by and by
    if constant and not close and all(x[r[0]] <= 0 <= x[r[-1]] for r in runs):
        return ""
    if constant and found.computed[off][0] == 0 and not any(ulps[r].min() >= JUMP for r in runs):
        return ""
    return "saturation" if constant else "documented threshold"


def _stuck(computed: Array, exact: Array) -> bool:
    """Whether results of several inputs are one number, and no zero, where exact values are many."""
    return len(computed) > 2 and bool(computed[0]) and bool(np.all(computed == computed[0])) and bool(np.ptp(exact) > 0)


def _proportional(computed: Array, exact: Array) -> bool:
    """Whether results are the exact values times one factor: digits that are lost leave no such order."""
    there = exact != 0
    with np.errstate(all="ignore"):
        ratios = computed[there] / exact[there]
    return len(ratios) >= MANY and bool(ratios[0]) and bool(np.ptp(ratios) <= STILL * np.abs(ratios[0]))


def _clear(fine: Array, edge: int, side: int) -> bool:
    """Whether the next points on that side are right."""
    beside = fine[edge + 1 : edge + 1 + BESIDE] if side > 0 else fine[max(edge - BESIDE, 0) : edge]
    return len(beside) == BESIDE and bool(beside.all())


def _meets(found: Measured, i: int) -> bool:
    """Whether a constant is about the exact value where it begins, or both are small."""
    exact = float(found.exact.high[i])
    return bool(abs(float(found.computed[i]) - exact) <= max(APPROXIMATE * abs(exact), STILL))


def _constant(computed: Array, exact: Array) -> bool:
    """Whether results hardly change where exact values do."""
    with np.errstate(all="ignore"):
        spread, due = (float(np.max(v) - np.min(v)) for v in (computed, exact[np.isfinite(exact)]))
    return spread == 0.0 or spread < STILL * min(due, float(np.max(computed)))


def _gaps(wrong: Array, fine: Array) -> Array:
    """Whether a right point lies between neighbours."""
    count = np.concatenate([[0], np.cumsum(fine)])
    return np.asarray(count[wrong[1:]] - count[wrong[:-1]] > 0)
