"""Inputs that a document leaves out, recovered from the numbers that it prints.

The set of values at which every source claim's exact value rounds to its printed digits is enclosed by bisection over ball
arithmetic: a box whose values can't meet the print is discarded for certain, one that meets it for certain is kept whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from derive.enclose import evaluate, rational
from derive.graph import Node
from derive.language import decimal_text
from verify.casefile.model import Claim
from verify.claims.bench import Bench, missing, symbols_of
from verify.decimals import show
from verify.claims.verdict import Verdict, undecided

DEFAULT_RANGE = (Fraction(-1000), Fraction(1000))
MAX_BOXES = 20_000
RESOLUTION = Fraction(1, 10**15)  # relative to the range: edges of the solution set are found to this width


@dataclass(frozen=True, slots=True)
class Recovery:
    """The intervals that the printed numbers allow, and the simplest decimal in them (None: none, or several intervals)."""

    intervals: tuple[tuple[Fraction, Fraction], ...]
    value: Fraction | None
    fault: str = ""


def recover(bench: Bench, claim: Claim) -> Recovery:
    assert claim.recover is not None
    symbol = bench.case.symbols[claim.recover]
    sources = [
        c for c in bench.case.claims if c.of is not None and c.prints is not None and _is_source(bench, claim, c)
    ]
    nodes = [bench.entry(c.of) for c in sources if c.of is not None]
    if not nodes:
        return Recovery((), None, f"no printed number depends on '{symbol.name}'")
    others = {n for node in nodes for n in missing(node, {**bench.given, symbol.node: fmpq(0)})}
    if others:
        return Recovery((), None, f"the printed numbers also depend on {', '.join(sorted(others))}")
    targets = []
    for c in sources:
        printed = bench.printed(c)
        half = printed.unit if printed.about else printed.unit / 2
        targets.append((rational(printed.value - half), rational(printed.value + half)))
    low = symbol.low if symbol.low is not None else DEFAULT_RANGE[0]
    high = symbol.high if symbol.high is not None else DEFAULT_RANGE[1]
    found = _solve(bench, symbol.node, nodes, targets, low, high)
    if found is None:
        return Recovery((), None, "the search for values that fit was cut short")
    return Recovery(found, simplest(*found[0]) if len(found) == 1 else None)


def _is_source(bench: Bench, claim: Claim, c: Claim) -> bool:
    if claim.sources:
        return c.id in claim.sources
    assert c.of is not None
    return claim.recover in symbols_of(bench.entry(c.of))


def _solve(
    bench: Bench, x: Node, nodes: Sequence[Node], targets: Sequence[tuple[fmpq, fmpq]], low: Fraction, high: Fraction
) -> tuple[tuple[Fraction, Fraction], ...] | None:
    """The intervals of x at which each node lies in its target, merged; None when there are too many boxes."""
    kept: list[tuple[Fraction, Fraction]] = []
    work = [(low, high)]
    least = (high - low) * RESOLUTION
    for _ in range(MAX_BOXES):
        if not work:
            return _merge(kept)
        a, b = work.pop()
        box = arb(rational((a + b) / 2), arb(rational((b - a) / 2)))
        values = evaluate(nodes, {**bench.given, x: box})
        where = [_position(v, t) for v, t in zip(values, targets, strict=True)]
        if "outside" in where:
            continue
        if all(w == "inside" for w in where) or b - a <= least:
            kept.append((a, b))
            continue
        middle = (a + b) / 2
        work += [(middle, b), (a, middle)]
    return None


def _position(value: Any, target: tuple[fmpq, fmpq]) -> str:
    if isinstance(value, Exception):
        return "unknown"
    low, high = target
    if value < low or value > high:
        return "outside"
    return "inside" if value >= low and value <= high else "unknown"


def _merge(boxes: list[tuple[Fraction, Fraction]]) -> tuple[tuple[Fraction, Fraction], ...]:
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
    if found.fault:
        return undecided(f"'{claim.recover}' is not given, and not recovered: {found.fault}")
    evidence: dict[str, Any] = {"method": "certified", "intervals": [[_out(a), _out(b)] for a, b in found.intervals]}
    sources = ", ".join(claim.sources) or "the printed numbers"
    if not found.intervals:
        return Verdict("inconsistent", f"no value of '{claim.recover}' gives {sources}", None, claim.sources, evidence)
    ranges = " or ".join(f"[{_out(a)}, {_out(b)}]" for a, b in found.intervals)
    if found.value is None:
        return Verdict("underspecified", f"'{claim.recover}' is not given; {sources} allow {ranges}", evidence=evidence)
    value = decimal_text(found.value) or str(found.value)
    reason = f"'{claim.recover}' is not given; {sources} allow {ranges}, simplest {value}"
    return Verdict("underspecified", reason, value, (), evidence)


def _out(x: Fraction) -> str:
    return show(rational(x), 10)
