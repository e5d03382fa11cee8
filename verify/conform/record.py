"""A comparison as the results file holds it: numbers as text, what varies with the processor in fields of its own."""

from __future__ import annotations

import math
from importlib import metadata

from verify.conform.outcome import Conformance, Outcome
from verify.conform.words import headline
from verify.results import Behaviour, CallPath, KinkTaken, SpecialValue

#: Packages to the distributions that tell their versions.
DISTRIBUTIONS = {"sklearn": "scikit-learn"}


def record(found: Conformance) -> dict[str, object]:
    """The fields of results.Implementation that a comparison gives."""
    return {
        "framework": found.framework,
        "version": version(found.name),
        "verdict": found.verdict,
        "kind": found.kind,
        "reason": headline(found).partition(": ")[2],
        "convention": found.convention,
        "repair": found.repair,
        "paths": [_path(o) for o in found.outcomes],
        "findings": [Behaviour(kind=f.kind, text=f.text, grave=f.grave) for f in found.findings],
        "specials": [SpecialValue(at=s.at, computed=s.computed, expected=s.expected) for s in found.specials],
        "kinks": [KinkTaken(at=k.at, below=k.below, above=k.above, taken=dict(k.taken)) for k in found.kinks],
        "command": found.command,
        "script": found.script,
    }


def version(name: str) -> str:
    """The version of the package that a dotted name begins with; "" where it is not installed."""
    package = name.split(".")[0]
    try:
        return f"{package} {metadata.version(DISTRIBUTIONS.get(package, package)).split('+')[0]}"
    except metadata.PackageNotFoundError:
        return ""


def _path(o: Outcome) -> CallPath:
    return CallPath(
        order=o.order,
        mode=o.mode,
        dtype=o.dtype,
        verdict=o.verdict,
        kind=o.kind,
        magnitude=magnitude(o.ulps) if o.worst else "",
        points=o.points,
        worst={n: repr(x) for n, x in o.worst.items()},
        exact=o.exact,
        computed=o.computed,
        ulps=_number(o.ulps) if o.worst else "",
        relative=_number(o.relative) if o.worst else "",
        condition=_number(o.condition) if o.worst else "",
        share=_number(o.share),
        first="" if o.first is None else repr(o.first),
        last="" if o.last is None else repr(o.last),
        note=o.note,
        bins=[(repr(x), _number(u)) for x, u in o.bins],
    )


def magnitude(ulps: float) -> str:
    """The error to a power of ten, which does not hang on the processor: up to 4 ulps is 'rounding'."""
    if math.isinf(ulps) or math.isnan(ulps):
        return "inf or nan"
    return "rounding" if ulps <= 4 else f"1e{round(math.log10(ulps))}"


def _number(x: float) -> str:
    return "inf" if math.isinf(x) else "nan" if math.isnan(x) else f"{x:.3g}"
