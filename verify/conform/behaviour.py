"""Whether a callable behaves as a function: equal calls give equal bits, inputs stay as they are, and what comes back has
the dtype and shape of what went in, whatever the layout. Each a finding of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verify.conform.calling import said
from verify.conform.calls import Call
from verify.conform.formats import FORMATS, Array
from verify.conform.frameworks import Framework
from verify.conform.measure import Reference, measure
from verify.conform.outcome import Finding
from verify.conform.settings import Seeded
from verify.conform.steadiness import STATE, TEXTS, why
from verify.conform.subject import Subject

FRESH = (41, 43)  # which nothing else has
LENGTHS = (1, 2, 3, 7, 8, 9, 35, 64, 1000)  # one entry; full registers, and with a tail


def behaviour(subject: Subject, call: Call, fw: Framework, base: Sequence[Array], own: bool = False) -> list[Finding]:
    """Findings on an elementwise callable; ``base`` are points of float32. Of one's ``own`` another dtype is grave; what
    libraries return is as they document it."""
    if not len(base[0]):  # no number of float32 lies in the range
        return []
    return [*_twice(call, fw, base, own), *_kept(subject, call, fw, base), *_layouts(subject, call, fw, base)]


def _twice(call: Call, fw: Framework, base: Sequence[Array], own: bool) -> list[Finding]:
    found = []
    seeded = Seeded()
    unprepared, call = call, call.prepared(fw, "float32")
    try:
        given = [fw.tensor(x, "float32") for x in base]
        with np.errstate(all="ignore"):
            first = fw.array(seeded(lambda: call(given)))
            kept = [(i, fw.array(x)) for i, x in call.kept(given)]
            made = seeded(lambda: call([fw.tensor(x, "float32") for x in base]))
            again = fw.array(made)
    except Exception:  # told by the path itself
        return []
    if not all(np.array_equal(x, base[i], equal_nan=True) for i, x in kept):
        found.append(Finding("changes its input", "the arrays it was called with have other values afterwards"))
    if not np.array_equal(first, again, equal_nan=True):
        kind = why(call.function, lambda: fw.array(call([fw.tensor(x, "float32") for x in base])))
        found.append(Finding(kind, TEXTS[kind]))
    found += other_dtypes(unprepared, fw, [x[: len(x) // 2] for x in base], own)
    return found + seeded.findings(own)


def other_dtypes(call: Call, fw: Framework, given: Sequence[Array], own: bool) -> list[Finding]:
    """Which formats come back as others, in the usual setting of the process and in others. Of one's ``own`` code that is
    grave where it is so for float32 as usual."""
    usual: list[tuple[str, str]] = []
    told: list[str] = []
    for setting, names in fw.settings.items():
        for name in names:
            rounded = [FORMATS[name].rounded(x) for x in given]
            try:
                with fw.under(setting), np.errstate(all="ignore"):
                    dtype = fw.returned(call.prepared(fw, name), [fw.tensor(x, name) for x in rounded])
            except Exception:  # told by the path itself
                continue
            if dtype == name or (name, dtype) in usual:
                continue
            if not setting:
                usual.append((name, dtype))
            told.append(f"{name} in, {dtype} out{f' with {setting}' if setting else ''}")
    grave = own and any(name == "float32" for name, _ in usual)
    return [Finding("other dtype", "; ".join(told), grave)] if told else []


def _kept(subject: Subject, call: Call, fw: Framework, base: Sequence[Array]) -> list[Finding]:
    """Whether what it gives for other inputs is right in a first call of their length, and not in a second: something is kept
    by the length."""
    truth, fmt = subject.truth(0), FORMATS["float32"]
    call = call.prepared(fw, "float32")

    def right(n: int, turned: bool) -> bool:
        given = [np.resize(x, n)[:: -1 if turned else 1] for x in base]
        made = fw.array(call([fw.tensor(x, "float32") for x in given])).reshape(-1)
        return not measure(Reference(truth, given, fmt), 0, made).off.any()

    try:
        with np.errstate(all="ignore"):
            kept = right(FRESH[0], False) and not right(FRESH[0], True) and right(FRESH[1], True)
    except Exception:  # told by the path itself
        return []
    return [Finding(STATE, f"{TEXTS[STATE]}, with arrays of the same shape")] if kept else []


def _layouts(subject: Subject, call: Call, fw: Framework, base: Sequence[Array]) -> list[Finding]:
    """Every length and layout against the exact values: never against the bits of another length."""
    fmt = FORMATS["float32"]
    truth = subject.truth(0)
    found: list[Finding] = []
    call = call.prepared(fw, "float32")
    try:
        alone = bool(measure(Reference(truth, base, fmt), 0, _alone(call, fw, base)).off.any())
    except Exception:  # told by the path itself
        return []
    for title, given in _laid_out(base, fw):
        flat = [fw.array(x).reshape(-1) for x in given]
        try:
            with np.errstate(all="ignore"):
                y = fw.array(call(given))
        except Exception as why:
            found.append(Finding("layout", f"{title}: {said(why)}", grave=False))
            continue
        shape = np.shape(fw.array(given[0]))
        if y.shape != shape:
            found.append(
                Finding("layout", f"{title}: the result has shape {list(y.shape)}, where {list(shape)} was expected")
            )
            continue
        m = measure(Reference(truth, flat, fmt), 0, y.reshape(-1))
        if m.off.any() and not alone:
            i = int(np.flatnonzero(m.off)[0])
            found.append(
                Finding(
                    "layout",
                    f"{title}: wrong at {', '.join(repr(float(x[i])) for x in flat)}, entry {i}, where another layout is right",
                )
            )
    return found


def _alone(call: Call, fw: Framework, base: Sequence[Array]) -> Array:
    with np.errstate(all="ignore"):
        return fw.array(call([fw.tensor(x, "float32") for x in base])).reshape(-1)


def _laid_out(base: Sequence[Array], fw: Framework) -> list[tuple[str, list[object]]]:
    made: list[tuple[str, list[object]]] = []
    for n in LENGTHS[:: 3 if fw.name == "jax" else 1]:  # each is compiled anew there
        made.append((f"{n} entries", [fw.tensor(np.resize(x, n), "float32") for x in base]))
    made.append(("equal entries", [fw.tensor(np.full(35, x[len(x) // 2]), "float32") for x in base]))
    made.append(("a matrix", [fw.tensor(np.resize(x, (5, 7)), "float32") for x in base]))
    made.append(("not contiguous", [fw.tensor(np.resize(x, (7, 5)), "float32").T for x in base]))
    made.append(("every second entry", [fw.tensor(np.resize(x, 70), "float32")[::2] for x in base]))
    made.append(("no dimension", [fw.tensor(np.asarray(x[len(x) // 2]), "float32") for x in base]))
    return made
