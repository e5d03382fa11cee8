"""One claim explained: what it says, what it stands on, how its verdict came about."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derive.expr.graph import topological
from derive.expr.shapes import show
from verify.casefile.model import Claim
from verify.claims import CaseContext, judge
from verify.explain.agreement import agreement
from verify.explain.arithmetic import arithmetic
from verify.explain.backward import asked as derivatives
from verify.explain.backward import forward, needed, nodes_of, passes, walks
from verify.explain.blocks import Block, Piece, Points, Say, Title, facts, say
from verify.explain.formula import formula
from verify.explain.number import number
from verify.explain.relation import relation
from verify.explain.shape import shape
from verify.explain.standard import standard
from verify.probes import PROBES
from verify.verdict import Verdict, checked, proofs_of

Explain = Callable[[CaseContext, Claim, Verdict], Iterator[Block]]

#: (heading, does the claim say this?, what is told of it)
PARTS: tuple[tuple[str, Callable[[Claim], bool], Explain], ...] = (
    ("The shape", lambda c: c.shape is not None, shape),
    ("The formula", lambda c: bool(c.equals), formula),
    ("The displayed arithmetic", lambda c: c.shows is not None, arithmetic),
    ("The standard form", lambda c: bool(c.standard), standard),
    ("The relation", lambda c: c.holds is not None, relation),
    ("The number", lambda c: c.prints is not None and c.of is not None, number),
    ("Where it is printed, too", lambda c: bool(c.agrees), agreement),
)


def explain_claim(context: CaseContext, claim: Claim) -> Iterator[Block]:
    """Blocks: the claim, its definitions, the derivation of its derivatives, its parts, the verdict."""
    case = context.case
    verdict = judge(context, claim)
    yield Title(1, f"{case.name}, {claim.id}")
    yield Say(tuple(_said(claim)))
    if claim.note:
        yield say(f"Note: {claim.note}")
    if claim.shape is None or claim.equals or claim.standard or claim.prints is not None:
        yield from _ground(context, claim)
    for heading, says, tell in PARTS:
        if says(claim):
            try:
                made = list(tell(context, claim, verdict))
            except (ValueError, ArithmeticError, NotImplementedError) as fault:
                made = [say(f"Not worked out: {fault}.")]
            if made:
                yield Title(2, heading)
                yield from made
    yield Title(2, f"Verdict: {verdict.verdict}")
    yield from _verdict(context, claim, verdict)


def _ground(context: CaseContext, claim: Claim) -> Iterator[Block]:
    """What the claim stands on: iterations, definitions and their values, the derivation of its derivatives."""
    case = context.case
    below = topological(nodes_of(claim))
    if case.states and any(n.op == "after" for n in below):
        yield Title(2, "Iterated")
        yield facts(("State", "Start", "Step"), [(s.name, s.start, s.step) for s in case.states.values()])
    used = needed(case, nodes_of(claim))
    if used:
        yield Title(2, "Definitions")
        yield forward(used, _values(context))
    yield from passes(walks(derivatives(nodes_of(claim))), _values(context), 2)


def _said(claim: Claim) -> Iterator[Piece]:
    yield f"The document, {claim.where}, says: " if claim.where else "The document says: "
    if claim.shows is not None:
        yield f"{claim.texts.get('shows', '')} = {claim.prints}"
    elif claim.of is not None:
        yield claim.of
        if claim.standard and not claim.equals and claim.of.op == "def":
            yield " = "
            yield claim.of.args[0]
        for side in claim.equals:
            yield " = "
            yield side
        if claim.prints is not None:
            yield f" = {claim.prints}"
        if claim.shape is not None:
            yield f" has the shape {show(claim.shape)}" if claim.shape else " is a scalar"
    elif claim.holds is not None:
        yield claim.holds
    elif claim.somewhere is not None:
        yield "for some values"
        yield from _conditions(" with ", claim)
        yield ": "
        yield claim.somewhere
    elif claim.recover is not None:
        yield f"nothing of the value of {claim.recover}, and prints numbers that depend on it"
    elif claim.defines:
        yield f"these are defined: {', '.join(claim.defines)}"
    elif claim.agrees:
        yield f"{claim.prints}"
    elif claim.probe:
        yield PROBES[claim.probe].says
    if claim.somewhere is None:
        yield from _conditions(" for ", claim)
    yield "."


def _conditions(lead: str, claim: Claim) -> Iterator[Piece]:
    for k, condition in enumerate(claim.assuming):
        yield ", " if k else lead
        yield condition


def _verdict(context: CaseContext, claim: Claim, verdict: Verdict) -> Iterator[Block]:
    reason = verdict.reason or "no more to say"
    yield say(f"{reason[0].upper()}{reason[1:]}.")
    if verdict.verdict in ("holds", "holds-if") and (how := checked(proofs_of(verdict.evidence))):
        yield say(f"{how[0].upper()}{how[1:]}.")
    origin = [c for c in context.case.claims if c.id in verdict.origin and c is not claim]
    if origin:
        yield say("The error started here:")
        yield facts(
            ("Claim", "Where", "Quantity", "Printed"),
            [(c.id, c.where, _subject(c), c.prints or "") for c in origin],
        )
    elif claim.id in verdict.origin and claim.prints is not None and claim.of is not None:
        yield say("The error starts in this claim: what it was computed from does not explain it.")
    elsewhere = [i for i in verdict.origin if i != claim.id and i not in {c.id for c in origin}]
    if elsewhere:
        yield say(f"The error started in {', '.join(elsewhere)}.")
    if claim.because:
        yield Points(((f"The case says: {claim.because}.",),))
    if claim.pinned != verdict.verdict:
        yield say(f"The case expects: {claim.pinned}.")


def _subject(c: Claim) -> Piece:
    return c.of if c.of is not None else c.texts.get("shows", "")


def _values(context: CaseContext) -> CaseContext | None:
    """The context where its inputs can be had; None where a recovery fails (its claim says why)."""
    try:
        return context if context.known is not None else None
    except (ValueError, ArithmeticError, NotImplementedError):
        return None
