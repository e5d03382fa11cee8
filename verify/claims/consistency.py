"""Claims that can't both hold: formulas for one quantity that differ and conditions without a common point (``contradicts:``),
and printings of one number that no number rounds to (``agrees:``)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from derive.calculus.reverse import expand_all
from derive.expr.conditions import negation, one
from derive.expr.graph import Node
from derive.language.properties import asks
from derive.language.reader import to_text
from derive.numbers.balls import rational
from verify.casefile.model import Claim, Printing
from verify.claims import values
from verify.claims.context import CaseContext
from verify.claims.equality import verdict_of
from verify.decimals import Printed, fit, parse_printed
from verify.verdict import Verdict, combine, undecided

if TYPE_CHECKING:
    from derive.engine.reasons import Reason


def judge_consistency(context: CaseContext, claim: Claim) -> Verdict:
    """inconsistent where two claims are proved not to hold together; which of them is right is for others to say."""
    others = [c for c in context.case.claims if c.id in claim.contradicts and c.id != claim.id]
    return (
        combine([_beside(context, claim, other) for other in others])
        if others
        else undecided("no other claim is named")
    )


def _beside(context: CaseContext, claim: Claim, other: Claim) -> Verdict:
    from derive.engine import decide_equal
    from derive.engine.certify import certified
    from derive.engine.properties.dispatch import decide_condition

    given = [*claim.assuming, *other.assuming]
    if any(asks(a) for a in given):
        return undecided(f"beside {other.id}: an assumption asks for a property")
    if claim.of is not None and claim.of is other.of and claim.equals and other.equals:
        forms = [claim.equals[-1], other.equals[-1], *given]

        def decide(units: Collection[values.Unit]) -> Verdict:
            a, b, *assuming = expand_all(values.put(context, forms, units))
            domain = context.domain(assuming)
            decision = decide_equal(a, b, domain)
            return verdict_of(certified(decision, [a, b], domain), claim)

        said = values.judged(context, forms, values.is_formula(context, *forms[:2]), decide)
        if said.verdict == "wrong":
            reason = f"contradicts {other.id} on {to_text(claim.of)}: {_named(said.why, 'this one', other.id)}"
            return Verdict("inconsistent", reason, None, (), {**said.evidence, "contradicts": other.id})
        if said.verdict == "holds":
            return Verdict("holds", f"agrees with {other.id}", None, (), said.evidence)
        if said.verdict == "holds-if":
            return replace(said, why=f"agrees with {other.id}: {said.reason}", stated="")
        return undecided(f"beside {other.id}: {said.reason}")
    first, second = _condition(claim), _condition(other)
    if first is None or second is None:
        return undecided(f"{other.id} and this claim are not both formulas or relations")
    both, *given = values.put(context, [first.graph.call("and", first, second), *given])
    decision = decide_condition(negation(both), context.domain(given))
    if decision.status == "proved":
        evidence = {"method": "proved", "contradicts": other.id}
        return Verdict("inconsistent", f"contradicts {other.id}: no values satisfy both", None, (), evidence)
    if decision.status == "refuted":
        return Verdict("holds", f"can hold beside {other.id}", None, (), {"method": "certified"})
    return undecided(f"beside {other.id}: {decision}")


def _named(why: Reason | str, one: str, other: str) -> Reason | str:
    """Why two sides differ, told by what they are."""
    from derive.engine.reasons import Why

    def change(r: Reason) -> Reason:
        if r.term is not Why.NOT_EQUAL:
            return r
        return Why.NOT_EQUAL_NAMED(at=r.part("at"), one=one, left=r.part("left"), other=other, right=r.part("right"))

    return why if isinstance(why, str) else why.mapped(change)


def judge_agreement(context: CaseContext, claim: Claim) -> Verdict:
    """inconsistent where another printing of the number has other digits; which of them is right, the number itself says."""
    return combine([_agreement(context.printed(claim), other) for other in claim.agrees])


def _agreement(printed: Printed, other: Printing) -> Verdict:
    there, evidence = parse_printed(other.prints), {"method": "exhaustive"}
    name = f"{other.id} of {PurePath(other.file).name}" if other.file else other.id
    if _of_one_number(printed, there):
        same = bool(printed.special) or printed.value == there.value
        reason = f"the same as {name}" if same else f"a rounding of one number, as the {other.prints} of {name} is"
        return Verdict("holds", reason, None, (), evidence)
    reason = f"printed {printed.text} here and {other.prints} as {name}: no number rounds to both"
    return Verdict("inconsistent", reason, None, (), {**evidence, "contradicts": other.id})


def _of_one_number(a: Printed, b: Printed) -> bool:
    """Whether some number rounds to both: one is a rounding of the other, or both are of a number that neither shows (0.3496 is
    printed 0.350 and 0.35, and 0.3 where it is rounded at once)."""
    if a.special or b.special:
        return a.special == b.special
    if any(fit(x, rational(y.value)) in ("rounded", "tie") for x, y in ((a, b), (b, a))):
        return True
    return abs(a.value - b.value) < sum(p.unit if p.about else p.unit / 2 for p in (a, b))


def _condition(claim: Claim) -> Node | None:
    """What a claim says as one condition."""
    if claim.holds is not None and not asks(claim.holds):
        return one(claim.holds)
    if claim.of is not None and claim.equals:
        return one(claim.of.graph.call("eq", claim.of, claim.equals[-1]))
    return None
