"""What was found, in words: for the terminal and for the failure of a test."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from verify.conform.outcome import CLASSES, SLOPE, Conformance, Outcome
from verify.text import paths

if TYPE_CHECKING:
    from verify.conform.exhaustive import Every, Job

MAX_REASON = 160  # characters of why a path could not be judged


ENTRIES = 12  # of an input that are told one by one
FIRST = 4  # of more than these


def told(found: Conformance) -> str:
    """The verdict with its worst input first, then a line a path that is not as it should be, then how to reproduce it."""
    return "\n".join(_lines(found))


def in_short(formula: str) -> str:
    """A formula whose numbers that are floats, binary fractions of many digits, are written as floats are."""
    return re.sub(r"\(?\b(\d+)/(\d{12,})\b\)?", lambda m: repr(int(m[1]) / int(m[2])), formula)


def told_of_all(job: Job, found: Every) -> str:
    """What a sweep over all float32 inputs found."""
    m = found.measured
    off = np.flatnonzero(m.off) if m is not None else np.zeros(0, int)
    top = max(found.bins, key=lambda pair: pair[1])
    lines = [
        f"{job.target.replace(':', '.')}: {'deviates' if len(off) else 'conforms'}",
        f"  formula: {job.formula}",
        f"  all {found.count:,} float32 inputs of the range",
    ]
    if m is None or not len(off):
        lines.append(f"  greatest error: {_number(top[1])} ulps at {top[0]!r}")
        return "\n".join(lines)
    i = int(off[np.argmax(np.where(np.isfinite(m.ulps[off]), m.ulps[off], 1e308))])
    lines += [
        f"  worst: {_number(float(m.ulps[i]))} ulps at {float(m.inputs[0][i])!r}",
        f"    exact    {float(m.exact.high[i])!r}",
        f"    computed {float(m.computed[i])!r}",
        f"  off in {len(off)} of {len(found.bins)} bins, from {float(m.inputs[0][off].min())!r} to "
        f"{float(m.inputs[0][off].max())!r}",
    ]
    return "\n".join(lines)


def headline(found: Conformance) -> str:
    kind = f" ({found.kind})" if found.verdict == "deviates" and found.kind else ""
    return f"{found.name}: {found.verdict}{kind}"


def _lines(found: Conformance) -> Iterator[str]:
    yield headline(found)
    if found.kind in CLASSES:
        yield f"  {CLASSES[found.kind]}"
    if where := paths.told(found.outcomes):
        yield f"  {where}"
    if found.convention:
        yield f"  convention: {in_short(found.convention)}"
    if found.repair:
        yield f"  it computes {in_short(found.repair)}"
    yield f"  formula: {in_short(found.formula)}"
    worst = found.worst
    if worst is not None and worst.worst:
        yield f"  {'worst' if worst.verdict == 'deviates' else 'greatest error'}: {worst.path}"
        yield f"    at {_at(worst.worst)}"
        yield f"    exact    {worst.exact}"
        yield f"    computed {worst.computed}"
        yield f"    error    {_number(worst.ulps)} ulps, relative {_number(worst.relative)}"
        if worst.simple is not None:
            yield f"    also at {_at(worst.simple.at)}: exact {worst.simple.exact}, computed {worst.simple.computed}"
        if worst.condition:
            yield f"    condition number {_number(worst.condition)}"
        if worst.note:
            yield f"    {worst.note}"
        if worst.first is not None:
            yield f"    off at {_percent(worst.share)} of the points, from {worst.first!r} to {worst.last!r}"
    bad = [o for o in found.outcomes if o.verdict != "conforms" and (o is not worst or not o.worst)]
    if bad:
        yield "  other paths:" if worst is not None and worst.worst else "  paths:"
        yield from (f"    {line}" for line in _in_groups(bad))
    for f in found.findings:
        yield f"  {f.kind}: {f.text}"
    for s in found.specials:
        known = s.at.endswith("inf") and s.expected not in ("none", "unknown")
        if known and float(s.computed) != float(s.expected):
            what = "slope" if s.at.startswith(SLOPE) else "value"
            yield f"  special {what}: {s.computed} at {s.at.removeprefix(SLOPE)}, where the formula has {s.expected}"
    for k in found.kinks:
        taken = ", ".join(f"{m} {v}" for m, v in k.taken.items())
        yield f"  kink at {k.at}: slopes {k.below} and {k.above}; taken: {taken}"
    good = [o for o in found.outcomes if o.verdict == "conforms"]
    if good:
        top = max(good, key=lambda o: o.ulps)
        yield f"  {len(good)} of {len(found.outcomes)} paths conform, within {_number(top.ulps)} ulps ({top.path})"
    if found.verdict in ("deviates", "convention") and found.command:
        yield f"  reproduce: {found.command}"
    if found.verdict in ("deviates", "convention") and found.script:
        yield "  or run:"
        yield from (f"    {line}" for line in found.script.splitlines())


def _in_groups(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line for paths of one order and class, or that could not be judged for one reason, with the worst of them."""
    groups: dict[tuple[str, ...], list[Outcome]] = {}
    for o in sorted(outcomes, key=lambda o: o.verdict == "undecided"):
        groups.setdefault(("", o.note) if o.verdict == "undecided" else (o.order, o.kind or o.verdict), []).append(o)
    for (order, what), alike in groups.items():
        if not order:
            for each in dict.fromkeys(o.order for o in alike):
                where = _where([o for o in alike if o.order == each])
                yield f"{each}, {where}: undecided: {textwrap.shorten(what, MAX_REASON, placeholder=' ...')}"
            continue
        top = max(alike, key=lambda o: o.ulps)
        found = f"{_number(top.ulps)} ulps at {_at(top.worst)}" + f" ({top.dtype})" * (
            len({o.dtype for o in alike}) > 1
        )
        yield f"{order}, {_where(alike)}: {what}{f', {found}' if top.worst else f': {top.note}'}"


def _where(alike: Sequence[Outcome]) -> str:
    """The modes and dtypes of paths of one order."""
    of = {m: tuple(o.dtype for o in alike if o.mode == m) for m in dict.fromkeys(o.mode for o in alike)}
    by_dtypes: dict[tuple[str, ...], list[str]] = {}
    for mode, dtypes in of.items():
        by_dtypes.setdefault(dtypes, []).append(mode)
    return "; ".join(f"{', '.join(modes)} in {', '.join(dtypes)}" for dtypes, modes in by_dtypes.items())


def _at(point: Mapping[str, float]) -> str:
    """An input; of many entries the first."""
    told = [f"{n} = {x!r}" for n, x in point.items()]
    return ", ".join(told if len(told) <= ENTRIES else [*told[:FIRST], f"and {len(told) - FIRST} entries more"])


def _number(x: float) -> str:
    return "infinitely many" if x == float("inf") else f"{x:.3g}"


def _percent(share: float) -> str:
    return "all" if share == 1 else f"{100 * share:.2g} %" if share >= 1e-4 else "fewer than 0.01 %"
