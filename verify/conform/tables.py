"""Two tables beside the verdict: the values at special inputs, and which element of the subdifferential is taken at kinks."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from derive.errors import UndefinedValue
from derive.flint import arb, fmpq
from derive.language.reader import to_text
from derive.numbers.balls import precision
from verify.conform.calls import Call
from verify.conform.formats import FORMATS, Format
from verify.conform.frameworks import Framework
from verify.conform.measure import one_side
from verify.conform.outcome import SLOPE, Finding, Kink, Special
from verify.conform.strata import moderate
from verify.conform.subject import Subject
from verify.conform.truth import Balls

#: Arguments that tell a limit at infinity; exponentials are known at the first of them, logarithms grow by the last.
FAR = (*(fmpq(k) for k in (30, 100, 300, 1000, 3000)), *(fmpq(10) ** k for k in (6, 50, 300, 3000)))
SAME = arb(10) ** -6  # relative: two of its values that agree
NEGLIGIBLE = arb(10) ** -40
ODD_AT = (0.5, 1.25)  # where a function is compared with itself of the other sign
MAX_KINKS = 8
APART = 1e-6  # slopes that differ


def specials(subject: Subject, call: Call, fw: Framework) -> tuple[Special, ...]:
    """A function of one input at zeros, subnormals, the ends of the format, infinities and NaN: what it gives, and the value,
    or limit, of the formula; its slope at zeros and infinities. Empty where it can't be called so."""
    fmt = FORMATS["float32"]
    if len(subject.symbols) != 1 or fmt.name not in fw.formats:
        return ()
    within = subject.ranges[0]
    finite = [0.0, -0.0, fmt.least, -fmt.least, fmt.tiny, fmt.greatest, -fmt.greatest]
    given = [x for x in finite if x in within]
    given += [x for x, end in ((np.inf, within.high), (-np.inf, within.low)) if end is None] + [np.nan]
    balls, name = subject.truth(0).balls, to_text(subject.symbols[0])
    found = _special(fw, "eager", call, given, f"{name} = ", balls, ())
    if found and 1 in fw.modes and subject.wrt:
        ends = [x for x in given if x == 0.0 or np.isinf(x)]
        found += _special(fw, fw.modes[1][0], call, ends, f"{SLOPE}{name} = ", subject.truth(1).balls, subject.wrt)
    return tuple(found)


def _special(
    fw: Framework, mode: str, call: Call, given: Sequence[float], where: str, balls: Balls, wrt: Sequence[int]
) -> list[Special]:
    fmt = FORMATS["float32"]
    try:
        (computed,) = fw.run(mode, call, [np.array(given)], fmt.name, wrt)
    except Exception:  # told by the path itself
        return []
    if np.shape(computed) != (len(given),):
        return []
    return [
        Special(f"{where}{x!r}", repr(float(y)), _expected(balls, x, fmt))
        for x, y in zip(given, computed.tolist(), strict=True)
    ]


def zeros(subject: Subject, call: Call, fw: Framework) -> list[Finding]:
    """Whether an odd function keeps the sign of zero, as IEEE 754 and C have it (annex F): told, since zeros are equal."""
    fmt = FORMATS["float32"]
    if len(subject.symbols) != 1 or not all(x in subject.ranges[0] for x in (0.0, *ODD_AT, *(-x for x in ODD_AT))):
        return []
    balls = subject.truth(0).balls
    pairs = [(balls([x])[0], balls([-x])[0]) for x in (0.0, *ODD_AT)]
    try:
        with precision(256):
            if not all(abs(arb(a) + arb(b)) <= SAME * SAME * abs(arb(a)) for a, b in pairs):
                return []
        (computed,) = fw.run("eager", call, [np.array([0.0, -0.0])], fmt.name, ())
    except Exception:  # no value there, or told by the path itself
        return []
    if computed.shape != (2,) or computed.any() or list(np.signbit(computed)) in ([False, True], [True, False]):
        return []
    name = to_text(subject.symbols[0])
    text = f"{float(computed[1])!r} at {name} = -0.0 and {float(computed[0])!r} at 0.0, of a function that is odd"
    return [Finding("sign of zero", text, grave=False)]


def _expected(balls: Balls, x: float, fmt: Format) -> str:
    if np.isnan(x):
        return "nan"
    value = limit(balls, x > 0) if np.isinf(x) else balls([x])[0]
    if isinstance(value, str):
        return value
    if isinstance(value, UndefinedValue):
        return "none"
    if isinstance(value, Exception | bool):  # beyond what balls hold, as exp(1e38) is
        value = limit(balls, x > 0)
        if isinstance(value, str):
            return value
    return repr(float(fmt.rounded(np.array(float(arb(value).mid())))))


def limit(balls: Balls, right: bool) -> Any:
    """What a function of one argument tends to, as far as its values far out tell: a number, "inf", "-inf", "none" or
    "unknown"."""
    values = []
    for x in FAR:
        value = balls.exactly([x if right else -x], digits=60)[0]
        if isinstance(value, UndefinedValue):
            return "none"
        if not isinstance(value, Exception | bool):
            values.append(arb(value))
    if len(values) < 2:
        return "unknown"
    with precision(256):
        before, last = values[-2:]
        if abs(last - before) <= SAME * abs(last):
            return last
        if abs(last) < NEGLIGIBLE and abs(before) < NEGLIGIBLE:
            return 0
        if all(abs(b) > abs(a) + 1 for a, b in itertools.pairwise(values[-3:])):
            return "inf" if last > 0 else "-inf"
    return "unknown" if len(values) < len(FAR) else "none"


def kinks(subject: Subject, call: Call, fw: Framework) -> tuple[tuple[Kink, ...], list[Finding]]:
    """Where the formula has a value and no slope: the slopes on both sides, what each mode of differentiation takes, and a
    finding where they take different ones."""
    if 1 not in fw.modes or not subject.wrt:
        return (), []
    fmt = FORMATS["float64" if fw.name == "torch" else "float32"]
    found: list[Kink] = []
    told: list[Finding] = []
    truth = subject.truth(1)
    for k, i in enumerate(subject.wrt):
        for mark in subject.marks[i]:
            point = [float(fmt.rounded(np.array(moderate(r)))) for r in subject.ranges]
            point[i] = mark + 0.0
            if len(found) == MAX_KINKS or mark not in subject.ranges[i] or float(fmt.rounded(np.array(mark))) != mark:
                continue
            if isinstance(subject.truth(0).balls(point)[0], Exception):
                continue
            below, above = (one_side(truth, k, point, [s if j == i else 0 for j in range(len(point))]) for s in (-1, 1))
            if below is None or above is None or abs(below - above) <= APART * max(abs(below), abs(above)):
                continue
            at = ", ".join(f"{to_text(s)} = {x!r}" for s, x in zip(subject.symbols, point, strict=True))
            taken = _taken(call, fw, point, fmt, subject.wrt, k)
            found.append(Kink(at, repr(below), repr(above), {m: repr(v) for m, v in taken.items()}))
            if taken and max(taken.values()) - min(taken.values()) > APART:
                words = ", ".join(f"{m} takes {v!r}" for m, v in taken.items())
                told.append(Finding("kink", f"at {at} modes of differentiation differ: {words}", grave=False))
    return tuple(found), told


def _taken(
    call: Call, fw: Framework, point: Sequence[float], fmt: Format, wrt: Sequence[int], k: int
) -> dict[str, float]:
    taken = {}
    for mode in fw.modes[1]:
        try:
            taken[mode] = float(fw.run(mode, call, [np.array([x]) for x in point], fmt.name, wrt)[k][0]) + 0.0
        except Exception:  # told by the path itself
            continue
    return taken
