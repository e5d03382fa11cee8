"""Formulas whose tensors have letters for sizes, ``shapes={"x": "n"}``: compared at one entry, at few, at a full register with a
tail, and at many. What is right for some lengths and wrong for others is told with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from derive.errors import ExpressionError
from verify.conform.outcome import Conformance, Finding, Outcome

SIZES = (1, 2, 5, 9, 17, 35, 100, 1000)
MODERATE = 3  # what other letters stand for meanwhile
SLIGHT = ("inaccurate", "cancellation")


def letters(shapes: Mapping[str, Any]) -> list[str]:
    """The letters among sizes, in their order."""
    return list(dict.fromkeys(s for shape in shapes.values() for s in _sizes(shape) if isinstance(s, str)))


def at_sizes(shapes: Mapping[str, Any], compare: Callable[[Mapping[str, Any]], Conformance]) -> Conformance:
    """All sizes as one: of every path the least size at which it is off, with those at which it is.

    Raises what ``compare`` raises where no size has a comparison."""
    names = letters(shapes)
    found: list[tuple[str, Conformance]] = []
    failed: list[ExpressionError] = []
    for name in names:
        for n in SIZES:
            if name != names[0] and n == MODERATE:
                continue
            sizes = dict.fromkeys(names, MODERATE) | {name: n}
            given = {s: tuple(sizes.get(k, k) for k in _sizes(shape)) for s, shape in shapes.items()}
            try:
                found.append((f"{name} = {n}", compare(given)))
            except ExpressionError as why:  # as a variance of one number with ddof=1
                failed.append(why)
    if not found:
        raise failed[0]
    return _together(found)


def _sizes(shape: Any) -> tuple[Any, ...]:
    return tuple(shape) if isinstance(shape, list | tuple) else (shape,)


def _together(found: list[tuple[str, Conformance]]) -> Conformance:
    paths: dict[str, list[tuple[str, Outcome]]] = {}
    for size, one in found:
        for o in one.outcomes:
            paths.setdefault(o.path, []).append((size, o))
    findings: dict[str, Finding] = {}
    for size, one in found:
        for f in one.findings:
            findings.setdefault(f.kind, replace(f, text=f"{f.text} ({size})"))
    whole = [one for _, one in found if one.verdict == "convention"]
    told = whole[0] if whole else next((one for _, one in found if one.repair), found[0][1])
    shown = next((one for _, one in found if one.verdict in ("deviates", "convention")), found[-1][1])
    return replace(
        found[-1][1],
        command=shown.command,
        script=shown.script,
        outcomes=tuple(_path(seen) for seen in paths.values()),
        findings=tuple(findings.values()),
        convention=told.convention,
        repair=told.repair,
    )


def _path(seen: list[tuple[str, Outcome]]) -> Outcome:
    points = sum(o.points for _, o in seen)
    off = [(size, o) for size, o in seen if o.verdict == "deviates"]
    judged = [(size, o) for size, o in seen if o.verdict != "undecided"]
    if not off:
        other = [o for _, o in seen if o.verdict == "convention"]
        top = max((o for _, o in judged), key=lambda o: o.ulps, default=seen[0][1])
        return replace(other[0] if other else top, points=points)
    some = len(off) < len(judged) and all(o.kind != "raises" for _, o in off)
    first = off[0][1]
    kind = first.kind
    if some and kind in SLIGHT and off[-1][1] is judged[-1][1]:
        kind = "broken accumulation"
    elif some and kind.startswith("wrong"):
        kind = "layout"
    at = ", ".join(size for size, _ in off)
    note = f"{first.note}; off at {at}" if first.note else f"off at {at}"
    worst = max(off, key=lambda pair: pair[1].ulps)[1] if kind == "broken accumulation" else first
    return replace(worst, kind=kind, points=points, note=note if some else first.note)
