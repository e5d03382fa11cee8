"""How a callable of tensors behaves: equal calls give equal bits, inputs stay as they are, and the layout of an array in memory
changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from verify.conform.behaviour import other_dtypes
from verify.conform.calling import said
from verify.conform.calls import Call
from verify.conform.formats import FORMATS, Array
from verify.conform.frameworks import Framework
from verify.conform.outcome import Finding
from verify.conform.settings import Seeded
from verify.conform.steadiness import TEXTS, why
from verify.conform.tensor_sets import laid_out, sets
from verify.conform.tensor_truth import TensorReference, TensorSubject

MOST = 200  # entries up to which layouts are compared


def behaviour(subject: TensorSubject, call: Call, fw: Framework, seed: int, own: bool = False) -> list[Finding]:
    """Findings of a callable on a set of moderate tensors."""
    name = "float32" if "float32" in fw.formats else "float64"
    rows = sets(subject.symbols, subject.ranges, FORMATS[name], 1, seed)
    if not len(rows):
        return []
    given = laid_out(subject.symbols, rows[0])
    unprepared, call = call, call.prepared(fw, name)
    seeded = Seeded()
    try:
        tensors = [fw.tensor(x, name) for x in given]
        with np.errstate(all="ignore"):
            first = fw.array(seeded(lambda: call(tensors)))
            made = seeded(lambda: call([fw.tensor(x, name) for x in given]))
            again = fw.array(made)
    except Exception:  # told by the path itself
        return []
    found = []
    if not all(np.array_equal(fw.array(t), given[i], equal_nan=True) for i, t in call.kept(tensors)):
        found.append(Finding("changes its input", "the arrays it was called with have other values afterwards"))
    if not np.array_equal(first, again, equal_nan=True):
        kind = why(call.function, lambda: fw.array(call([fw.tensor(x, name) for x in given])))
        found.append(Finding(kind, TEXTS[kind]))
    found += other_dtypes(unprepared, fw, given, own=False)
    found += seeded.findings(own)
    if len(subject.entries) > MOST:
        return found
    return found + _layouts(subject, call, fw, name, rows, given, first)


def _layouts(
    subject: TensorSubject, call: Call, fw: Framework, name: str, rows: Array, given: Sequence[Array], plain: Array
) -> list[Finding]:
    """Strided and transposed tensors against the exact values: never against the bits of another layout."""
    from verify.conform.tensors import measured_entry

    reference = TensorReference(subject, "value", rows, FORMATS[name])

    def off(y: Array) -> list[int]:
        if np.shape(y) != subject.node.shape:
            return [0]
        flat = np.reshape(y, -1)
        return [k for k in range(len(flat)) if measured_entry(subject, reference, k, flat[k : k + 1], 0).off.any()]

    wrong = set(off(plain))
    found = []
    for title, made in (("every second entry", _strided), ("transposed in memory", _transposed)):
        if fw.name == "jax" or not any(x.ndim >= (1 if made is _strided else 2) for x in given):
            continue
        try:
            with np.errstate(all="ignore"):
                y = fw.array(call([made(fw, x, name) for x in given]))
        except Exception as why:
            text = f"{title}: {said(why)}"
            found.append(Finding("layout", text, grave=False))
            continue
        if new := [k for k in off(y) if k not in wrong]:
            text = f"{title}: wrong in {subject.place('value', new[0])}, where another layout is right"
            found.append(Finding("layout", text))
    return found


def _strided(fw: Framework, x: Array, name: str) -> Any:
    if not x.ndim:
        return fw.tensor(x, name)
    return fw.tensor(np.repeat(x, 2, axis=-1), name)[..., ::2]


def _transposed(fw: Framework, x: Array, name: str) -> Any:
    if x.ndim < 2:
        return fw.tensor(x, name)
    made = fw.tensor(np.ascontiguousarray(np.swapaxes(x, 0, 1)), name)
    return made.swapaxes(0, 1)
