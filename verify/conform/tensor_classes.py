"""What kind of deviation a path over tensors has: as of numbers (``classes``), and beyond that what other calls tell, at the same
sets in a wider format, at numbers of few digits, and step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from derive.expr.graph import topological
from derive.expr.operators import KINKED
from verify.conform.calls import Call, Raised
from verify.conform.classes import JUMP, classify
from verify.conform.formats import FORMATS, Array, Format
from verify.conform.frameworks import Framework
from verify.conform.measure import Measured
from verify.conform.tensor_sets import laid_out, sets
from verify.conform.tensor_truth import TensorReference, TensorSubject
from verify.conform.watching import BROKEN, cause

SUMMING = ("sum", "matmul", "mean", "var", "norm", "dot", "trace", "softmax", "log_softmax", "logsumexp")
SHARPER = 2.0**22  # times less of an error in float64 than in float32: rounding makes 2**29
NOTHING = 0.1  # relative: an error that leaves no digit
AT_LEAST = 2.0**12
MANY = 200  # terms from which on rounding that adds up is told from other inaccuracy
STEPS = 4.0  # of which numbers of few digits are multiples: quarters of the greatest
COARSE = 2.0**-6  # relative: what rounding to a shorter format on the way explains at most


def classified(
    subject: TensorSubject,
    call: Call,
    fw: Framework,
    mode: str,
    order: int,
    measured: Sequence[Measured],
    fmt: Format,
) -> str:
    """The class from all entries that are off, as one series of results."""
    together = measured[0]
    for m in measured[1:]:
        together = together.and_also(m)
    entries = replace(together, inputs=together.inputs[: len(subject.entries)])
    kind = classify(subject.node, order, entries, fmt)
    if kind == "nan of a branch not taken" and not any(n.op in KINKED for n in topological([subject.node])):
        kind = "overflow"
    if order:
        return kind
    if kind in BROKEN:
        broken = np.flatnonzero(entries.off & ~np.isfinite(entries.computed))
        rows = [laid_out(subject.symbols, np.array([x[i] for x in entries.inputs])) for i in broken[:1]]
        return next((c.kind for r in rows if (c := cause(fw, call, r, fmt.name))), kind)
    sums = any(n.op in SUMMING for n in topological([subject.node]))
    if kind not in ("wrong formula", "inaccurate"):
        return kind
    if fmt.bits > 16 and kind == "wrong formula" and _by_rounding(subject, call, fw, mode):
        return "cancellation"
    if sums and _by_short_sums(subject, call, fw, mode, entries, fmt):
        return "broken accumulation"
    return "broken accumulation" if kind == "inaccurate" and sums and subject.terms > MANY else kind


def _values(subject: TensorSubject, call: Call, fw: Framework, mode: str, rows: Array, fmt: Format) -> Array:
    from verify.conform.tensors import results

    return results(subject, call, fw, mode, "value", rows, fmt)


def _by_short_sums(subject: TensorSubject, call: Call, fw: Framework, mode: str, off: Measured, fmt: Format) -> bool:
    """Whether all that is off is off by little, and right at multiples of one number, or where all entries are one number of few
    digits: sums of any format hold these."""
    with np.errstate(all="ignore"):
        error = np.abs((off.computed - off.exact.high) - off.exact.low)
        size = np.maximum.reduce([np.abs(off.exact.high), *(np.abs(x) for x in off.inputs)])
        if not (error <= COARSE * size)[off.off].all():
            return False
    rows = sets(subject.symbols, subject.ranges, fmt, 2, 0)
    unit = 2.0 ** np.floor(np.log2(np.abs(rows).max(axis=1, keepdims=True))) / STEPS
    short = np.round(rows / unit) * unit
    try:
        return any(
            _right(subject, tried, _values(subject, call, fw, mode, tried, fmt), fmt)
            for tried in (short, np.repeat(short[:, :1], short.shape[1], axis=1))
        )
    except Raised:
        return False


def _right(subject: TensorSubject, rows: Array, computed: Array, fmt: Format) -> bool:
    from verify.conform.tensors import measured_entry

    reference = TensorReference(subject, "value", rows, fmt)
    every = [measured_entry(subject, reference, k, computed[:, k], 0) for k in range(computed.shape[1])]
    return all(m.judged.any() and not m.off.any() for m in every)


def _by_rounding(subject: TensorSubject, call: Call, fw: Framework, mode: str) -> bool:
    """Whether errors are those of the arithmetic: in float32 far greater than in float64, at the same sets."""
    narrow, wide = FORMATS["float32"], FORMATS["float64"]
    if not {narrow.name, wide.name} <= set(fw.formats):
        return False
    rows = sets(subject.symbols, subject.ranges, narrow, 8, 0)
    try:
        fine, coarse = (_values(subject, call, fw, mode, rows, f) for f in (wide, narrow))
    except Raised:
        return False
    exact = TensorReference(subject, "value", rows, wide).exact
    high, low, known = (np.array([getattr(e, n) for e in exact]).T for n in ("high", "low", "known"))
    with np.errstate(all="ignore"):
        errors = [np.abs((y - high) - low) for y in (fine, coarse)]
        sharper = errors[1] / np.maximum(errors[0], wide.epsilon * np.abs(high))
        nothing = errors[1] > NOTHING * np.abs(high)  # is left in float32: it can't be farther off
        good = sharper > np.where(nothing, AT_LEAST, SHARPER)
        wrong = [known & (e > JUMP * f.epsilon * np.abs(high)) for e, f in zip(errors, (wide, narrow), strict=True)]
    return bool(wrong[1].any() and all(good[w].mean() > 0.5 for w in wrong if w.any()))
