"""A printed number explained: the exact value, the step that gives it, and the same step with the printed inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.expr.graph import Node
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.claims.provenance import correct, inheritance, printed_inputs
from verify.claims.reach import Unsettled
from verify.decimals import rounded, show
from verify.explain.blocks import Block, Piece, facts, say
from verify.explain.replay import replay
from verify.verdict import Verdict

REPLAY_DIGITS = 15


def number(context: CaseContext, claim: Claim, verdict: Verdict) -> Iterator[Block]:
    assert claim.of is not None
    printed = context.printed(claim)
    rows: list[tuple[Piece | tuple[Piece, ...], ...]] = []
    if verdict.exact is not None:
        rows.append(("exact", (claim.of, f" = {verdict.exact}")))
    rows.append(("printed", claim.prints or ""))
    if verdict.exact is not None and context.missing(context.entry(claim.of)) == []:
        answer, value = context.decided(context.entry(claim.of), lambda v: rounded(v, printed))
        if answer is not None:
            rows.append(("correctly rounded", rounded(value, printed)))
    if claim.by is not None:
        rows.append(("computed by", (claim.by,)))
    yield facts(("", ""), rows)
    if not printed.special and "made" not in verdict.evidence:  # those follow from nothing that was printed before
        yield from _replay(context, claim)


def _replay(context: CaseContext, claim: Claim) -> Iterator[Block]:
    """The step with the printed values of what it names, and what of them the digits follow from."""
    if context.missing(context.entry(claim.of)) if claim.of is not None else True:
        return
    inputs = [(n, c) for n, claims in printed_inputs(context, claim) for c in claims]
    if not inputs and correct(context, claim):
        return
    try:
        found = None if correct(context, claim) else inheritance(context, claim)
    except Unsettled as why:
        yield say(f"{str(why).capitalize()}.")
        return
    if found is not None and found.copied:
        (source,) = found.sources
        yield say(
            f"The same quantity is printed before, and repeated here: {source.id}, {_where(source)}, prints {source.prints}."
        )
        return
    if not inputs:
        yield say("Its step names nothing that was printed before, so the error can't come from there.")
        return
    yield say("The document had printed what the step names:")
    yield facts(("Quantity", "Claim", "Printed", "Exact"), [_input(context, n, c) for n, c in inputs])
    latest = dict(reversed(inputs))
    everything = list(latest.values())
    lead = "With these printed values" if len(latest) == len(inputs) else "With the latest printed value of each"
    yield say(_given(lead, context, claim, everything))
    if found is None:
        if not correct(context, claim):
            yield say("No choice of printed and exact inputs gives the printed digits: the error is made in this step.")
        return
    names = ", ".join(f"{c.id} ({c.prints})" for c in found.sources)
    if {c.id for c in found.sources} != {c.id for c in everything}:
        yield say(_given(f"With {names} alone as printed, the rest exact,", context, claim, found.sources))
    value = replay(context, claim, found.sources)
    if isinstance(value, Exception) or rounded(value, context.printed(claim)) != rounded(
        replay(context, claim, ()), context.printed(claim)
    ):
        yield say(f"So the digits follow from the printed {names}.")
    else:
        yield say(f"So the digits follow from {names}, carried on with more digits than were printed.")


def _given(lead: str, context: CaseContext, claim: Claim, sources: Sequence[Claim]) -> str:
    value = replay(context, claim, sources)
    if isinstance(value, Exception):
        return f"{lead} the step has no value: {value}."
    shown = rounded(value, context.printed(claim))
    verb = "gives" if " alone " not in lead else "it gives"
    step = "the step " if verb == "gives" else ""
    return f"{lead} {step}{verb} {show(value, REPLAY_DIGITS)}, rounded {shown}."


def _input(context: CaseContext, n: Node, c: Claim) -> tuple[Piece | tuple[Piece, ...], ...]:
    value = context.value(n) if not context.missing(n) else None
    exact = "" if value is None or isinstance(value, bool | Exception) else show(value)
    told = exact if correct(context, c) else f"{exact} (not its rounding)"
    return (c.of if c.of is not None else n, f"{c.id}", c.prints or "", told)


def _where(c: Claim) -> str:
    return c.where or "earlier"
