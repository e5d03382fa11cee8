"""Explanations: the derivation of a case step by step, and how a claim got its verdict."""

from __future__ import annotations

from collections.abc import Iterator

from verify.casefile.model import Case
from verify.claims import CaseContext, judge
from verify.explain import markdown, text, which
from verify.explain.backward import asked, forward, passes, second, walks
from verify.explain.blocks import Block, Piece, Title, facts, say
from verify.explain.claim import explain_claim

__all__ = ["derivation", "explain_case", "explain_claim", "markdown", "text", "which"]

BRIEF = 120  # characters of a reason in a list of claims


def derivation(case: Case, context: CaseContext | None, level: int = 2) -> Iterator[Block]:
    """The backward passes of what the case derives, step by step; nothing where it derives nothing."""
    yield from passes(walks(asked(d.node for d in case.derivations)), context, level)


def explain_case(context: CaseContext) -> Iterator[Block]:
    """A whole case: inputs, definitions and their values, every step backwards, second derivatives, what does not hold."""
    case = context.case
    yield Title(1, case.title or case.name)
    if case.source:
        yield say("In the document: " + ", ".join(f"{k} {v}" for k, v in case.source.items()) + ".")
    if case.states:
        yield Title(2, "Iterated")
        yield facts(("State", "Start", "Step"), [(s.name, s.start, s.step) for s in case.states.values()])
    if case.definitions:
        yield Title(2, "Definitions")
        yield forward([d.node for d in case.definitions.values()], context)
    yield from derivation(case, context)
    yield from second(case, context, 2)
    rows: list[tuple[Piece | tuple[Piece, ...], ...]] = []
    for claim in case.claims:
        verdict = judge(context, claim)
        if verdict.verdict != "holds":
            rows.append((claim.id, verdict.verdict, _brief(verdict.reason)))
    if rows:
        verb = "do" if len(rows) > 1 else "does"
        yield Title(2, f"{len(rows)} of {len(case.claims)} claims {verb} not simply hold")
        yield facts(("Claim", "Verdict", "Why"), rows)
        which = "one of them" if len(rows) > 1 else "it"
        yield say(f"To see {which} worked out: errata explain {case.path} {rows[0][0]}")
    else:
        n = len(case.claims)
        yield say(f"All {n} claims hold." if n > 1 else "Its one claim holds." if n else "It makes no claims.")


def _brief(reason: str) -> str:
    """The reason up to a word near ``BRIEF`` characters."""
    return reason if len(reason) <= BRIEF else reason[:BRIEF].rsplit(" ", 1)[0] + " …"
