"""Claims that look as if another key was meant: what ``errata check`` warns of. Nothing here is a fault, and nothing is judged.

To add a mistake, add a function to ``MISTAKES``: it gets the context of a case and a claim, and says which key is in doubt and
why, or None. It must stay silent on what can be meant as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from derive.expr.graph import Node, topological
from derive.flint import arb, fmpq
from derive.numbers.balls import rational
from verify.casefile.model import Case, Claim, Place
from verify.claims.context import CaseContext
from verify.decimals import Printed, closer, fit, parse_printed, show

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
#: One number, or a vector or matrix of them.
_NUMBERS = re.compile(rf"[\[\]\s,]*{_NUMBER.pattern}(?:[\[\]\s,]+{_NUMBER.pattern})*[\[\]\s,]*")

#: The key in doubt, and why.
Doubt = tuple[str, str]


def doubts(case: Case) -> Iterator[tuple[Place, str]]:
    """What is in doubt in a case, each with its place."""
    context = CaseContext(case)
    for claim in case.claims:
        for mistake in MISTAKES:
            try:
                found = mistake(context, claim)
            except (ValueError, ArithmeticError, KeyError, NotImplementedError):
                continue  # what has no value here is for judges to say
            if found is not None:
                key, why = found
                yield claim.places.get(key, claim.place), why


def needed(context: CaseContext, claim: Claim) -> Doubt | None:
    """``needs:`` for a condition that the document states: such a claim never comes out as ``holds``."""
    if not claim.needs or claim.pinned != "holds":
        return None
    return "needs", (
        "'needs' is for a condition that the document leaves out: the claim is holds-if at best, and is pinned as holds; "
        "a condition that the document states is 'assuming'"
    )


def unnamed(context: CaseContext, claim: Claim) -> Doubt | None:
    """``standard:`` for what the document itself says."""
    if not claim.standard or claim.texts.get("standard name"):
        return None
    return "standard", (
        "'standard' is the form of somebody else, such as a library, and has no name here ({form: ..., name: ...}); "
        "what the document itself says is 'equals'"
    )


def rounded(context: CaseContext, claim: Claim) -> Doubt | None:
    """``equals:`` with numbers that are roundings of the values: printed numbers."""
    if claim.of is None or claim.prints is not None or not claim.equals:
        return None
    text = claim.texts.get("equals", "").rpartition(" = ")[2].strip()
    numbers = _NUMBER.findall(text) if _NUMBERS.fullmatch(text) else []
    entries = context.entries(claim.of)
    if len(numbers) != len(entries) or any(context.missing(e) for e in entries):
        return None
    told = ""
    for number, entry in zip(numbers, entries, strict=True):
        printed = parse_printed(number)
        answer, value = context.decided(entry, lambda v, printed=printed: _rounding(printed, v))
        if answer not in ("exact", "rounded", "tie", "truncated"):
            return None
        if answer != "exact" and not told:
            told = f"'equals' says that this is {number} exactly, and it is {closer(value, printed)}"
    return ("equals", f"{told}: what a document prints is 'prints: {text}'") if told else None


def _rounding(printed: Printed, value: Any) -> str | None:
    """How a number relates to a value that it is not; ``exact`` where it is, None where a ball does not tell."""
    number = rational(printed.value)
    if isinstance(value, fmpq):
        return "exact" if value == number else fit(printed, value)
    return None if isinstance(value, arb) and value.contains(number) else fit(printed, value)


def assumed(context: CaseContext, claim: Claim) -> Doubt | None:
    """The conclusion among the conditions."""
    concluded = [n for c in (claim.holds, claim.somewhere) if c is not None for n in _parts(c)]
    if claim.of is not None:
        concluded += [_turned(claim.of.graph.call("eq", claim.of, form)) for form in claim.equals]
    for key, given in (("assuming", claim.assuming), ("needs", claim.needs)):
        known = {n for c in given for n in _parts(c)}
        if concluded and known.issuperset(concluded):
            return key, f"'{key}' says what the claim is to show: it then holds whatever the document says"
    return None


def _parts(condition: Node) -> list[Node]:
    """The conditions that one joined by ``and`` asks for, each written one way."""
    if condition.op == "and":
        return [p for a in condition.args for p in _parts(a)]
    return [_turned(condition)]


_MIRRORED = {"gt": "lt", "ge": "le"}


def _turned(n: Node) -> Node:
    """A comparison the one way of two that it can be written."""
    if n.op in _MIRRORED:
        return n.graph.call(_MIRRORED[n.op], *reversed(n.args))
    if n.op in ("eq", "ne"):
        return n.graph.call(n.op, *sorted(n.args, key=lambda a: a.id))
    return n


def step(context: CaseContext, claim: Claim) -> Doubt | None:
    """``by:`` that is displayed arithmetic, repeats the quantity, or computes another."""
    if claim.by is None or claim.of is None:
        return None
    if not any(n.op in ("symbol", "def") for n in topological([claim.by])):
        return "by", "'by' names what a number was computed from; arithmetic displayed with its numbers is 'shows'"
    if claim.by is claim.of:
        return (
            "by",
            "'by' repeats 'of': it is the step by which the document came to the number, such as d(L, a)*d(a, z)",
        )
    ours, theirs = context.entry(claim.of), context.entry(claim.by)
    if ours is theirs or context.missing(ours) or context.missing(theirs):
        return None
    if context.decided(context.case.graph.call("eq", ours, theirs), lambda v: v)[0] is not False:
        return None
    values = " and ".join(show(context.value(n), _DIGITS) for n in (theirs, ours))
    return "by", f"'by' is another way to compute 'of', and their exact values differ: {values}"


_DIGITS = 6

#: The mistakes of new users, most frequent first; docs/cases.md tells them.
MISTAKES: tuple[Callable[[CaseContext, Claim], Doubt | None], ...] = (needed, unnamed, rounded, assumed, step)
