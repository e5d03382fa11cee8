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

from derive.errors import UndefinedValue
from derive.expr.graph import Graph, Node
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate, precision, rational
from verify.casefile.model import Claim
from verify.claims.context import PRECISIONS, CaseContext
from verify.claims.reach import simplified
from verify.decimals import Printed, Span, correction, fit, parse_printed, show
from verify.verdict import Verdict, undecided

_LITERAL = re.compile(r"(?<![\w.])(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?")

_EXPONENT = re.compile(r"(\*\*\s*-?\d+)")
MAX_TEXT = 80  # characters of an arithmetic that is written again
SHOWN = 30  # significant digits of an unrounded factor


def judge_arithmetic(context: CaseContext, claim: Claim) -> Verdict:
    factors = Factors(context, claim.texts["shows"])
    printed = context.printed(claim)
    if printed.special:
        return undecided("displayed arithmetic has a finite result: of: float64(...) computes as machines do")
    for prec in PRECISIONS:
        value = factors.at(factors.centre, prec)
        if isinstance(value, Exception):
            return _without_value(factors, claim, printed, value)
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
    right = correction(value, printed)
    if (moved := factors.moved(printed)) is not None:
        reason = f"the printed factors give {right}; {_unrounded(factors, moved)}"
        return Verdict("holds-if", reason, exact, (), {**evidence, "witness": moved})
    if answer == "truncated":
        return Verdict("truncated", f"cut off, not rounded; correct: {right}", exact, (claim.id,), evidence)
    also = ", and no unrounded ones the printed digits" if factors.spans else ""
    return Verdict("wrong", f"the printed factors give {right}{also}", exact, (claim.id,), evidence)


def _without_value(factors: Factors, claim: Claim, printed: Printed, fault: Exception) -> Verdict:
    """Of printed factors that give no value, such as a divisor 0.0: what they stand for may give the print."""
    if (moved := factors.moved(printed)) is None:
        if isinstance(fault, UndefinedValue):
            reason = f"the printed factors give no value: {fault}"
            return Verdict("wrong", reason, None, (claim.id,), {"method": "certified"})
        return undecided(f"no value: {fault}")
    reason = f"the printed factors give no value ({fault}); {_unrounded(factors, moved)}"
    return Verdict("holds-if", reason, None, (), {"method": "certified", "from": "printed factors", "witness": moved})


def _unrounded(factors: Factors, moved: Mapping[str, str]) -> str:
    """What the printed factors may stand for: the arithmetic with these in their place where that is short, else one by one."""
    text = factors.with_literals(moved)
    such = text if len(text) <= MAX_TEXT else ", ".join(f"{v} for {k}" for k, v in moved.items())
    return f"holds if they stand for unrounded values, such as {such}"


class Factors:
    """A displayed expression as a function of its literals."""

    def __init__(self, context: CaseContext, text: str) -> None:
        self.graph = Graph()
        self.centre: dict[Node, Fraction] = {}
        self.text = text
        self.spans: dict[Node, Span] = {}
        self.texts: dict[Node, str] = {}
        exact = exact_values(context)
        names: dict[str, str] = {}

        def name(match: re.Match[str]) -> str:
            literal = match.group()
            whole = "." not in literal and "e" not in literal.lower()  # exact, and it may be an index or a size
            return literal if whole else names.setdefault(literal, f"_{len(names)}")

        # exponents stay literals: they shape the expression, and are never roundings
        parts = re.split(_EXPONENT, text)
        template = "".join(p if i % 2 else _LITERAL.sub(name, p) for i, p in enumerate(parts))
        scope = {n: self.graph.symbol(n) for n in names.values()}
        for literal, n in names.items():
            number = parse_printed(literal.replace("_", ""))
            node = scope[n]
            self.centre[node] = number.value
            self.texts[node] = literal
            if number.value not in exact:
                self.spans[node] = number.span
        self.root = components(parse(template, scope, self.graph))[0]

    def at(self, point: Mapping[Node, Fraction], prec: int = PRECISIONS[0]) -> Any:
        return evaluate([self.root], {n: rational(v) for n, v in point.items()}, prec)[0]

    def moved(self, printed: Printed) -> dict[str, str] | None:
        """Factors that round to the printed ones and give the printed result, or None where there are none. Raises Unsettled."""
        values = {n: rational(v) for n, v in self.centre.items()}
        found = simplified(self.root, values, self.spans, printed)
        if found is None:
            return None
        return {self.texts[n]: show(rational(v), SHOWN) for n, v in found.items() if v != self.centre[n]}

    def with_literals(self, put: Mapping[str, str]) -> str:
        """The text with other numbers in the place of some."""
        parts = re.split(_EXPONENT, self.text)
        return "".join(
            p if i % 2 else _LITERAL.sub(lambda m: put.get(m.group(), m.group()), p) for i, p in enumerate(parts)
        )


def exact_values(context: CaseContext) -> set[Fraction]:
    """The magnitudes that the document knows exactly: its inputs, and printed numbers that are the exact value."""
    values = {abs(v) for s in context.case.symbols.values() for v in s.values or ()}
    for claims in context.prints.values():
        for c in claims:
            if c.of is None:
                continue
            node = context.entry(c.of)
            number = context.printed(c)
            if not context.missing(node) and context.value(node) == rational(number.value):
                values.add(abs(number.value))
    return values
