"""Displayed arithmetic: ``(-0.213997)(0.168202) = -0.035995``, judged from its own printed factors.

It holds if the result is the correct rounding of what the printed factors give; it holds *if* the factors stood for unrounded
values where moving the rounded ones by at most half a unit of their last digit gives it; else it is wrong. Inputs of the
document and whole numbers are exact and do not move.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from derive.components import components
from derive.enclose import evaluate, precision, rational
from derive.graph import Graph, Node
from derive.language import parse
from verify.casefile.model import Claim
from verify.claims.bench import PRECISIONS, Bench
from verify.claims.reach import within_rounding
from verify.decimals import Printed, fit, parse_printed, rounded, show
from verify.verdict import Verdict, undecided

_LITERAL = re.compile(r"(?<![\w.])(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?")


def judge_arithmetic(bench: Bench, claim: Claim) -> Verdict:
    factors = Factors(bench, claim.texts["shows"])
    printed = bench.printed(claim)
    for prec in PRECISIONS:
        value = factors.at(factors.centre, prec)
        if isinstance(value, Exception):
            return undecided(f"no value: {value}")
        with precision(prec):
            answer = fit(printed, value)
        if answer is not None:
            break
    else:
        return undecided("not separated from the printed digits at the highest precision", show(value))
    evidence: dict[str, Any] = {"method": "certified", "from": "printed factors"}
    exact = show(value)
    if answer in ("rounded", "tie"):
        how = "a tie, rounded to a neighbour" if answer == "tie" else "the correct rounding"
        return Verdict("holds", f"{how} of what the printed factors give", exact, (), evidence)
    right = rounded(value, printed)
    moved = factors.moved(printed)
    if moved is not None:
        return Verdict(
            "holds-if",
            f"the printed factors give {right}; holds if they stand for unrounded values, such as {_list(moved)}",
            exact,
            (),
            {**evidence, "witness": moved},
        )
    if answer == "truncated":
        return Verdict("truncated", f"cut off, not rounded; correct: {right}", exact, (claim.id,), evidence)
    also = ", also with its factors moved by half a unit" if factors.reaches else ""
    return Verdict("wrong", f"the printed factors give {right}{also}", exact, (claim.id,), evidence)


class Factors:
    """A displayed expression as a function of its literals."""

    def __init__(self, bench: Bench, text: str) -> None:
        self.graph = Graph()
        self.centre: dict[Node, Fraction] = {}
        self.reaches: dict[Node, Fraction] = {}
        self.texts: dict[Node, str] = {}
        exact = exact_values(bench)
        names: dict[str, str] = {}

        def name(match: re.Match[str]) -> str:
            return names.setdefault(match.group(), f"_{len(names)}")

        # exponents stay literals: they shape the expression, and are never roundings
        parts = re.split(r"(\*\*\s*-?\d+)", text)
        template = "".join(p if i % 2 else _LITERAL.sub(name, p) for i, p in enumerate(parts))
        scope = {n: self.graph.symbol(n) for n in names.values()}
        for literal, n in names.items():
            number = parse_printed(literal.replace("_", ""))
            node = scope[n]
            self.centre[node] = number.value
            self.texts[node] = literal
            if ("." in literal or "e" in literal.lower()) and number.value not in exact:
                self.reaches[node] = number.unit / 2
        self.root = components(parse(template, scope, self.graph))[0]

    def at(self, point: Mapping[Node, Fraction], prec: int = PRECISIONS[0]) -> Any:
        return evaluate([self.root], {n: rational(v) for n, v in point.items()}, prec)[0]

    def moved(self, printed: Printed) -> dict[str, str] | None:
        """Factors within half a unit of the printed ones that give the printed result, or None."""
        values = {n: rational(v) for n, v in self.centre.items()}
        found = within_rounding(self.root, values, self.reaches, printed)
        return None if found is None else {self.texts[n]: show(rational(v), 12) for n, v in found.items()}


def exact_values(bench: Bench) -> set[Fraction]:
    """The magnitudes that the document knows exactly: its inputs, and printed numbers that are the exact value."""
    values = {abs(v) for s in bench.case.symbols.values() for v in s.values or ()}
    for claims in bench.prints.values():
        for c in claims:
            if c.of is None:
                continue
            node = bench.entry(c.of)
            number = bench.printed(c)
            if not bench.missing(node) and bench.value(node) == rational(number.value):
                values.add(abs(number.value))
    return values


def _list(moved: Mapping[str, str]) -> str:
    return ", ".join(f"{v} for {k}" for k, v in moved.items())
