"""Claims and their judges: one table, one file a kind.

A judge takes the context of a case and a claim and returns a Verdict. A claim may say several things (a formula and
the number printed for it); each is judged, and the gravest verdict stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from derive.expr.graph import Node
from derive.language.extremes import SPEAKING, infinite, needed, speaks
from derive.lazily import lazily
from verify.casefile.model import Claim
from verify.claims import values
from verify.claims.context import CaseContext
from verify.claims.sizes import at_every_size, elsewhere, has_sizes, ruled_out, say_sizes
from verify.claims.solutions import for_every_solution, unsettled
from verify.verdict import METHODS, VERDICTS, Verdict, combine, proofs_of, undecided

with lazily():
    from verify.claims import (
        arithmetic,
        consistency,
        convention,
        equality,
        printed,
        probed,
        recovery,
        relation,
        wellformed,
    )

__all__ = ["JUDGES", "METHODS", "VERDICTS", "CaseContext", "Verdict", "judge"]

Judge = Callable[[CaseContext, Claim], Verdict]

#: (name, does the claim say this?, who judges it)
JUDGES: tuple[tuple[str, Callable[[Claim], bool], Judge], ...] = (
    ("definition", lambda c: bool(c.defines), lambda context, claim: wellformed.judge_definition(context, claim)),
    ("shape", lambda c: c.shape is not None, lambda context, claim: wellformed.judge_shape(context, claim)),
    ("recovery", lambda c: c.recover is not None, lambda context, claim: recovery.judge_recovery(context, claim)),
    ("relation", lambda c: c.holds is not None, lambda context, claim: relation.judge_relation(context, claim)),
    ("somewhere", lambda c: c.somewhere is not None, lambda context, claim: relation.judge_somewhere(context, claim)),
    ("equality", lambda c: bool(c.equals or c.misfit), lambda context, claim: equality.judge_equality(context, claim)),
    ("convention", lambda c: bool(c.standard), lambda context, claim: convention.judge_convention(context, claim)),
    (
        "consistency",
        lambda c: bool(c.contradicts),
        lambda context, claim: consistency.judge_consistency(context, claim),
    ),
    ("arithmetic", lambda c: c.shows is not None, lambda context, claim: arithmetic.judge_arithmetic(context, claim)),
    (
        "printed",
        lambda c: c.prints is not None and c.of is not None,
        lambda context, claim: printed.judge_printed(context, claim),
    ),
    ("agreement", lambda c: bool(c.agrees), lambda context, claim: consistency.judge_agreement(context, claim)),
    ("probe", lambda c: bool(c.probe), lambda context, claim: probed.judge_probe(context, claim)),
)


def judge(context: CaseContext, claim: Claim) -> Verdict:
    """The verdict on a claim. Raises nothing that a claim's content can cause to be raised by derive: that is ``undecided``."""
    if claim.ill_formed:  # and says nothing else
        return wellformed.judge_form(context, claim)
    if not claim.assuming or ruled_out(context, claim):
        return _judged(context, claim)
    if _contradictory(context, claim):
        return undecided("the assumptions contradict each other")
    return values.unmet(context, claim, _judged)


def _judged(context: CaseContext, claim: Claim) -> Verdict:
    if context.case.graph.has(SPEAKING) and speaks(_expressions(claim), context.silent):
        if claim.somewhere is not None:
            return _of_limits(context, claim)
        found = _at_every_size(context, claim)
        return _with_condition(context, claim, found) if claim.needs else found
    try:
        parts = [at_every_size(context, claim, name, decide) for name, says, decide in JUDGES if says(claim)]
    except (ValueError, ArithmeticError, NotImplementedError) as e:
        return undecided(str(e))
    if not parts:
        return undecided("the claim says nothing that is judged")
    found = combine(parts)
    if found.verdict == "undecided" and (shown := for_every_solution(context, claim)) is not None:
        found = shown
    if found.verdict != "undecided" and (why := unsettled(context, claim)):
        return undecided(why)
    return _with_condition(context, claim, found) if claim.needs else found


def _contradictory(context: CaseContext, claim: Claim) -> bool:
    from derive.engine.assumptions import contradict

    return contradict(context.domain(claim.assuming))


def _expressions(claim: Claim) -> list[Node]:
    return [n for n in (claim.of, *claim.equals, claim.holds, claim.somewhere) if n is not None and n.op != "property"]


def _at_every_size(context: CaseContext, claim: Claim) -> Verdict:
    """A claim with limits at every instance of the sizes: at each of them the limits are worked out anew. A number is printed
    for one."""
    if claim.prints is not None:
        return _of_limits(context.alone, replace(claim, needs=()))
    if ruled_out(context, claim):
        made = next(elsewhere(context, claim), None)
        if made is not None:
            return _at_every_size(*made)
    here = _of_limits(context.alone, replace(claim, needs=()))
    sizes = context.case.sizes
    if here.verdict not in ("holds", "holds-if") or not has_sizes([*_expressions(claim), *claim.assuming], sizes):
        return here
    tried = [say_sizes(sizes)]
    for other, same in elsewhere(context, claim):
        tried.append(say_sizes(other.case.sizes))
        there = judge(other.alone, replace(same, needs=()))
        if there.verdict not in ("holds", "holds-if"):
            return replace(there, why=f"at {tried[-1]}: {there.reason}", stated="")
    evidence = {**here.evidence, "sizes": tried}
    return replace(here, why=f"{here.reason}; at {'; '.join(tried)}", evidence=evidence, stated="")


def _of_limits(context: CaseContext, claim: Claim) -> Verdict:
    """The claim with its limits, suprema and infima worked out, for all values of its symbols or at the document's."""
    keys = [k for k in ("of", "holds", "somewhere") if getattr(claim, k) is not None]
    said = [*(getattr(claim, k) for k in keys), *claim.equals, *claim.assuming]
    links = pairwise([n for k, n in zip(keys, said, strict=False) if k == "of"] + list(claim.equals))

    def decide(units: Collection[values.Unit]) -> Verdict:
        nodes = values.put(context, said, units)
        named: dict[str, Any] = dict(zip(keys, nodes, strict=False))
        rest = nodes[len(keys) :]
        equals, assuming = rest[: len(claim.equals)], rest[len(claim.equals) :]
        return _with_limits(context, replace(claim, **named, equals=tuple(equals), assuming=tuple(assuming)))

    return values.judged(context, said, any(values.is_formula(context, a, b) for a, b in links), decide)


def _with_limits(context: CaseContext, claim: Claim) -> Verdict:
    from derive.engine.certify.values import of_values
    from derive.engine.limits import NoLimit, Unsettled
    from derive.engine.limits.values import resolve
    from derive.engine.reasons import Why
    from verify.claims.found_conditions import holds_if

    keys = [
        k for k in ("of", "holds", "somewhere") if getattr(claim, k) is not None and getattr(claim, k).op != "property"
    ]
    roots = [*(getattr(claim, k) for k in keys), *claim.equals]
    try:
        found = resolve(roots, context.domain(claim.assuming))
    except NoLimit as e:
        if "somewhere" in keys or not all(map(needed, roots)):
            return undecided(str(e))
        return Verdict("wrong", str(e), None, (claim.id,), {"method": "proved"})
    except (Unsettled, ValueError, ArithmeticError) as e:
        condition = getattr(e, "condition", None)
        found_if = None if condition is None else holds_if(context, claim, condition, judge)
        return found_if or undecided(str(e))
    chain = [n for k, n in zip(keys, found.nodes, strict=False) if k == "of"] + list(found.nodes[len(keys) :])
    said = "; ".join(map(str, found.notes))
    proved: dict[str, Any] = {"method": "proved", "proof": list(dict.fromkeys(of_values(found.worked)))}
    sides = [infinite(n) for n in chain]
    if any(sides):
        if claim.prints is not None and len(chain) == 1 and len(keys) == 1:
            same = context.printed(claim).special == ("inf" if sides[0] > 0 else "-inf")
            origin = () if same else (claim.id,)
            return Verdict("holds" if same else "wrong", said, None, origin, proved)
        if claim.prints is not None or len(keys) > 1:
            return undecided(f"{said}: an infinite value is judged by equals alone")
        if len(set(sides)) == 1:
            return Verdict("holds", said, None, (), proved)
        stated = [n for n in (claim.of, *claim.equals) if n is not None]
        links = [a.graph.call("eq", a, b) for a, b in pairwise(stated)]
        return combine([_with_limits(context, replace(claim, of=None, equals=(), holds=link)) for link in links])
    named: dict[str, Any] = dict(zip(keys, found.nodes, strict=False))
    plain = replace(claim, **named, equals=tuple(found.nodes[len(keys) :]))
    if speaks(_expressions(plain), context.silent):
        return undecided(f"{said}: inf stands where it has no meaning")
    verdict = judge(context, plain)
    if found.trusted:
        verdict = replace(verdict, evidence={**verdict.evidence, "trusted": list(found.trusted)})
    if verdict.verdict.startswith("holds") and claim.prints is None:
        verdict = replace(verdict, evidence=_resting(verdict.evidence, proved["proof"]))
    told = said and (found.compared or verdict.evidence.get("by") == "same expression")
    if isinstance(verdict.why, str) or verdict.stated:
        return replace(verdict, why="; ".join(p for p in (said, "" if told else verdict.reason) if p), stated="")
    return replace(verdict, why=Why.ALL_OF(reasons=(*found.notes, *([] if told else [verdict.why]))))


def _resting(evidence: Mapping[str, Any], on: list[Any]) -> dict[str, Any]:
    """What was shown of the values of limits rests on these values, too: on theorems about them, or the engine's word."""
    parts = evidence.get("parts")
    if isinstance(parts, list):
        return {**evidence, "parts": [_resting(p, on) for p in parts]}
    if evidence.get("method") not in ("proved", "certified"):
        return dict(evidence)
    return {**evidence, "method": "proved", "proof": [*proofs_of(evidence), *on]}


def _with_condition(context: CaseContext, claim: Claim, stated: Verdict) -> Verdict:
    """holds-if, where a claim fails as the document states it and holds under the condition that the case offers. One that does
    not suffice is wrong, whatever other condition would."""
    from derive.engine.reasons import Why

    number = claim.prints is not None
    if stated.verdict not in ("wrong", "holds-if") and not (number and stated.verdict in _NUMBERS_MAY_NEED):
        return stated
    there = values.supposing(context, claim.needs) if number else context
    under = judge(there, replace(claim, assuming=(*claim.assuming, *claim.needs), needs=()))
    condition = _all_of(claim.texts.get("needs", "").split("; "))
    if under.verdict == "holds-if" and isinstance(
        under.evidence.get("values"), dict
    ):  # at values that the document gives
        under = replace(under, verdict="holds")
    if under.verdict != "holds":
        said = f"under {condition}: {under.verdict}, {under.reason}; without it: {stated.reason}"
        if under.verdict == "undecided":
            return undecided(said)
        if number and (under.verdict == "holds-if" or stated.verdict != "wrong"):
            return replace(stated, why=said, stated="")  # of how it was made, or no better under the condition
        if under.verdict == "holds-if" and claim.of is not None and "repair" not in under.evidence:
            return replace(stated, verdict="holds-if", why=said, stated="")  # equal wherever both sides have a value
        return replace(stated, verdict="wrong", why=said, exact=None, origin=(claim.id,), stated="")
    evidence = {**under.evidence, "condition": condition, "as stated": dict(stated.evidence)}
    why = stated.stated or stated.why
    # as stated it may hold under a condition, too: where that is the same, it is not said again
    if (
        not isinstance(why, str)
        and why.term is Why.HOLDS_IF
        and why.said("missing") == condition
        and not why.part("rest")
    ):
        return Verdict("holds-if", why, stated.exact, (), evidence)
    return Verdict("holds-if", f"holds if {condition}", stated.exact, (), evidence, why)


#: What a number may be as it stands and yet be right at other values.
_NUMBERS_MAY_NEED = ("underspecified", "truncated", "inherited")


def _all_of(conditions: Sequence[str]) -> str:
    return " and ".join(f"({c})" if len(conditions) > 1 and " or " in c else c for c in conditions)
