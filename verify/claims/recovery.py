"""Inputs that a document leaves out, recovered from the numbers that it prints.

The values at which a claim's exact value rounds to its printed digits are enclosed by bisection over ball arithmetic: a box
whose values can't meet the print is discarded for certain, one that meets it for certain is kept whole. Where all the printed
numbers agree on some values, the input is the simplest decimal of these. Where they contradict each other, it is the decimal that
needs the fewest digits to be written down together with the misfits it leaves (minimum description length; Rissanen 1978).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log10
from typing import Any

from flint import arb, fmpq

from derive.enclose import evaluate, rational
from derive.graph import Node, topological
from derive.language import decimal_text
from verify.casefile.model import Claim
from verify.claims.bench import Bench
from verify.decimals import Printed, show
from verify.verdict import Verdict, undecided

DEFAULT_RANGE = (Fraction(-1000), Fraction(1000))
MAX_BOXES = 20_000
RESOLUTION = Fraction(1, 10**15)  # relative to the range: edges of the solution set are found to this width


Intervals = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Recovery:
    """``intervals`` are the values that the claims ``agreeing`` allow, ``value`` the one taken (None: none, or undetermined);
    the claims ``against`` contradict it. Where no printed number depends on it, ``needed`` are the definitions that do."""

    intervals: Intervals
    value: Fraction | None
    agreeing: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    fault: str = ""
    needed: tuple[str, ...] = ()


def recover(bench: Bench, claim: Claim) -> Recovery:
    assert claim.recover is not None
    symbol = bench.case.symbols[claim.recover]
    sources = [c for c in bench.case.claims if _is_source(bench, claim, c)]
    nodes = [bench.entry(c.of) for c in sources if c.of is not None]
    if not nodes:
        needed = () if claim.sources else _needing(bench, symbol.node)
        return Recovery((), None, fault=f"no printed number depends on '{symbol.name}'", needed=needed)
    others = {n for node in nodes for n in bench.not_given(node)} - {symbol.name}
    if others:
        return Recovery((), None, fault=f"the printed numbers also depend on {', '.join(sorted(others))}")
    low = symbol.low if symbol.low is not None else DEFAULT_RANGE[0]
    high = symbol.high if symbol.high is not None else DEFAULT_RANGE[1]
    allowed: list[Intervals] = []
    for c, node in zip(sources, nodes, strict=True):
        found = _solve(bench, symbol.node, node, bench.printed(c), low, high)
        if found is None:
            return Recovery((), None, fault="the search for values that fit was cut short")
        allowed.append(found)
    common: Intervals = ((low, high),)
    for intervals in allowed:
        common = _intersect(common, intervals)
    if common:
        value = simplest(*common[0]) if len(common) == 1 else None
        return Recovery(common, value, tuple(c.id for c in sources))
    return _compromise(bench, symbol.node, sources, nodes, allowed)


def _compromise(
    bench: Bench, x: Node, sources: Sequence[Claim], nodes: Sequence[Node], allowed: Sequence[Intervals]
) -> Recovery:
    """The shortest account of numbers that contradict each other: digits of the value and of the misfits it leaves."""
    candidates = {
        round(((a + b) / 2), k) for intervals in allowed for a, b in intervals for k in range(_places(a, b) + 1)
    }
    if not candidates:
        return Recovery((), None, against=tuple(c.id for c in sources))
    value = min(sorted(candidates), key=lambda v: _length(bench, x, v, sources, nodes))
    fits = [any(a <= value <= b for a, b in intervals) for intervals in allowed]
    common: Intervals = ((value, value),) if not any(fits) else ()
    for intervals, fitting in zip(allowed, fits, strict=True):
        if fitting:
            common = _intersect(common, intervals) if common else intervals
    common = tuple((a, b) for a, b in common if a <= value <= b)
    agreeing = tuple(c.id for c, f in zip(sources, fits, strict=True) if f)
    return Recovery(common, value, agreeing, tuple(c.id for c, f in zip(sources, fits, strict=True) if not f))


def _places(low: Fraction, high: Fraction) -> int:
    """Decimal places after which a rounding of the middle lies in [low, high]."""
    places = 0
    while places < 30 and not low <= round((low + high) / 2, places) <= high:
        places += 1
    return places


def _length(
    bench: Bench, x: Node, value: Fraction, sources: Sequence[Claim], nodes: Sequence[Node]
) -> tuple[float, Fraction]:
    """Digits to write the value and, for each printed number, the units it is off by; the smaller value on a tie."""
    text = (decimal_text(value) or str(value)).lstrip("-0.").replace(".", "")
    total = float(len(text))
    for c, found in zip(sources, evaluate(nodes, {**bench.given, x: rational(value)}), strict=True):
        if isinstance(found, Exception):
            return float("inf"), abs(value)
        printed = bench.printed(c)
        units = abs(float(arb(found) - arb(rational(printed.value)))) / float(printed.unit or Fraction(1, 10**12))
        if units > 0.5:
            total += log10(1 + units)
    return total, abs(value)


def _needing(bench: Bench, x: Node) -> tuple[str, ...]:
    """The definitions that x stands in."""
    return tuple(name for name, d in bench.case.definitions.items() if x in topological([d.node]))


def _is_source(bench: Bench, claim: Claim, c: Claim) -> bool:
    if c.of is None or c.prints is None:
        return False
    if claim.sources:
        return c.id in claim.sources
    return claim.recover in bench.not_given(bench.entry(c.of))


def _solve(bench: Bench, x: Node, node: Node, printed: Printed, low: Fraction, high: Fraction) -> Intervals | None:
    """The intervals of x at which the node rounds to the print, merged; None when there are too many boxes."""
    half = printed.unit if printed.about else printed.unit / 2
    target = rational(printed.value - half), rational(printed.value + half)
    kept: list[tuple[Fraction, Fraction]] = []
    work = [(low, high)]
    least = (high - low) * RESOLUTION
    for _ in range(MAX_BOXES):
        if not work:
            return _merge(kept)
        a, b = work.pop()
        middle = (a + b) / 2
        box = arb(rational(middle), arb(rational((b - a) / 2)))
        where = _position(evaluate([node], {**bench.given, x: box})[0], target)
        if where == "outside":
            continue
        if where == "inside" or b - a <= least:
            kept.append((a, b))
        else:
            work += [(middle, b), (a, middle)]
    return None


def _intersect(one: Intervals, other: Intervals) -> Intervals:
    return tuple((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) <= min(b, d))


def _position(value: Any, target: tuple[fmpq, fmpq]) -> str:
    if isinstance(value, Exception):
        return "unknown"
    low, high = target
    if value < low or value > high:
        return "outside"
    return "inside" if value >= low and value <= high else "unknown"


def _merge(boxes: list[tuple[Fraction, Fraction]]) -> Intervals:
    merged: list[tuple[Fraction, Fraction]] = []
    for a, b in sorted(boxes):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return tuple(merged)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The decimal with the fewest places in [low, high], the one nearest to the middle if there are several."""
    middle = (low + high) / 2
    for places in range(60):
        scale = 10**places
        n = round(middle * scale)
        if low * scale <= n <= high * scale:
            return Fraction(n, scale)
    return middle


def judge_recovery(bench: Bench, claim: Claim) -> Verdict:
    assert claim.recover is not None
    found = bench.recoveries[claim.recover]
    if found.needed:
        reason = f"'{claim.recover}' is not given; {', '.join(found.needed)} cannot do without it, and no print determines it"
        return Verdict("underspecified", reason, evidence={"method": "exhaustive"})
    if found.fault:
        return undecided(f"'{claim.recover}' is not given, and not recovered: {found.fault}")
    evidence: dict[str, Any] = {"method": "certified", "intervals": [[_out(a), _out(b)] for a, b in found.intervals]}
    if not found.intervals:
        return Verdict(
            "inconsistent", f"no value of '{claim.recover}' gives any of the printed numbers", evidence=evidence
        )
    ranges = " or ".join(f"[{_out(a)}, {_out(b)}]" for a, b in found.intervals)
    reason = f"'{claim.recover}' is not given; {', '.join(found.agreeing)} allow {ranges}"
    if found.value is None:
        return Verdict("underspecified", reason, evidence=evidence)
    value = decimal_text(found.value) or str(found.value)
    reason += f", simplest {value}"
    if found.against:
        evidence["against"] = list(found.against)
        reason += f"; {', '.join(found.against)} contradict it, and no value fits them all"
    return Verdict("underspecified", reason, value, (), evidence)


def _out(x: Fraction) -> str:
    return show(rational(x), 10)
