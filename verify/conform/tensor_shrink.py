"""A deviation of tensors at simpler tensors: fewer entries that differ from one number, and these with fewer digits.

As Hypothesis shrinks, but many candidates at a time, for exact values of many sets together cost little more than those of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from derive.expr import shapes
from derive.flint import arb
from derive.language.reader import to_text
from derive.numbers.balls import precision
from verify.conform.calls import Call, Raised
from verify.conform.formats import FORMATS, Array
from verify.conform.frameworks import Framework
from verify.conform.outcome import ORDERS, Outcome
from verify.conform.strata import moderate
from verify.conform.tensor_truth import Kind, TensorReference, TensorSubject
from verify.conform.tensors import measured_entry, results
from verify.conform.truth import decimal

ROUNDS = 8
DIGITS = (0, 1, 3)
BLOCKS = 16  # candidates of one size of block
SLIGHTER = 16.0  # times: what is far less off may be off for another reason
LEAST = 8  # entries that are few enough


def shrunk(worst: Outcome, k: int, subject: TensorSubject, call: Call, fw: Framework) -> Outcome:
    """The outcome at the simplest tensors found at which the ``k``-th entry is off, too; the same where none are."""
    row = np.array([worst.worst[to_text(e)] for e in subject.entries])
    if len(row) <= LEAST:
        return worst
    order, fmt = ORDERS.index(worst.order), FORMATS[worst.dtype]
    slope: Kind = "jvp" if worst.mode == "forward mode" else "vjp"
    kind: Kind = "value" if not order else slope if order == 1 else "hvp"
    for _ in range(ROUNDS):
        candidates = [c for c in _simpler(row, subject) if _size(c) < _size(row)]
        if not candidates:
            break
        rows = fmt.rounded(np.array(sorted(candidates, key=_size)))
        reference = TensorReference(subject, kind, rows, fmt)
        try:
            computed = results(subject, call, fw, worst.mode, kind, rows, fmt, reference)[:, k]
        except Raised:
            break
        m = measured_entry(subject, reference, k, computed, order)
        off = np.flatnonzero(m.off & ~(m.ulps < worst.ulps / SLIGHTER))
        if not len(off):
            break
        j = int(off[0])
        row, exact, got = rows[j], float(m.exact.high[j]), float(computed[j])
        with precision(256):
            shown = decimal(arb(exact) + arb(float(m.exact.low[j])))
        worst = replace(
            worst,
            worst={to_text(e): float(x) for e, x in zip(subject.entries, row, strict=True)},
            exact=shown,
            computed=repr(got),
            ulps=float(m.ulps[j]),
            relative=abs(got - exact) / abs(exact) if exact else float("inf") if got else 0.0,
            condition=float(reference.condition(k, np.array([j]))[0]),
        )
    return worst


def _size(row: Array) -> int:
    """How much there is to write down: the digits of the entries that differ from the most frequent one."""
    values, counts = np.unique(row, return_counts=True)
    return sum(len(repr(float(x))) for x in row if x != values[np.argmax(counts)])


def _simpler(row: Array, subject: TensorSubject) -> Iterator[Array]:
    """Fewer digits; blocks of entries of a tensor that are one number within its range."""
    ends = np.cumsum([0, *(max(shapes.size(s.shape), 1) for s in subject.symbols)])
    columns = list(zip(ends[:-1].tolist(), ends[1:].tolist(), subject.ranges, strict=True))
    for digits in DIGITS:
        made: Array = np.round(row, digits)
        for start, stop, r in columns:
            inside = np.array([float(x) in r for x in made[start:stop]])
            made[start:stop] = np.where(inside, made[start:stop], row[start:stop])
        yield made
    for start, stop, _ in columns:
        values, counts = np.unique(row[start:stop], return_counts=True)
        usual = values[np.argmax(counts)]
        for x in values[np.argsort(-counts, kind="stable")][1 : BLOCKS + 1]:
            made = row.copy()
            made[start:stop] = np.where(row[start:stop] == x, usual, row[start:stop])
            yield made
    for start, stop, r in columns:
        length = stop - start
        while length:
            for at in range(start, stop, length)[:BLOCKS]:
                made = row.copy()
                made[at : min(at + length, stop)] = next((x for x in (1.0, 0.5) if x in r), moderate(r))
                yield made
            length //= 2
