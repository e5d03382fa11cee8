"""Conventions: the document's quantity against a standard's or a library's form of it (``standard:``)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING

from derive.calculus.reverse import expand_all
from derive.expr.graph import Node
from derive.language.printing import point_text
from derive.language.properties import asks
from derive.language.reader import to_text
from verify.casefile.model import Claim
from verify.claims import values
from verify.claims.context import CaseContext
from verify.claims.equality import shown, told, verdict_of
from verify.claims.repair import diagnosis
from verify.verdict import Verdict, combine, undecided

if TYPE_CHECKING:
    from derive.engine import Decision
    from derive.engine.reasons import Reason


def judge_convention(context: CaseContext, claim: Claim) -> Verdict:
    """holds where the forms are one; convention where they differ at a point, with the translation if one step is it."""
    return combine([_beside(context, claim, i) for i in range(len(claim.standard))])


def _beside(context: CaseContext, claim: Claim, i: int) -> Verdict:
    from derive.engine import decide_equal
    from derive.engine.certify import certified

    assert claim.of is not None
    name, given = standard_name(claim), [a for a in claim.assuming if not asks(a)]
    said = [claim.of, claim.standard[i], *given]

    def decide(units: Collection[values.Unit]) -> Verdict:
        ours, form, *assuming = expand_all(values.put(context, said, units))
        domain = context.domain(assuming)
        found = decide_equal(ours, form, domain)
        if found.status == "proved-if" and "undefined" not in (found.left, found.right):  # at single points
            at, apart = point_text(found.witness or {}), " and ".join(map(to_text, found.missing))
            reason = f"differs from {name} at {at}: the document's is {found.left}, the standard {found.right}; equal if {apart}"
            return Verdict("convention", reason, evidence={**verdict_of(found, claim).evidence, "standard": name})
        return verdict_of(certified(found, [ours, form], domain), claim)

    of_all = values.is_formula(context, *said[:2])
    found = values.judged(context, said, of_all, decide)
    match found.verdict:
        case "holds":
            return Verdict("holds", f"equals {name}", evidence=found.evidence)
        case "convention":
            return found
        case "holds-if":
            return Verdict("holds-if", f"equals {name}: {found.reason}", evidence=found.evidence)
        case "wrong":
            ours, form, *assuming = expand_all(said if of_all else values.put(context, said))
            step = diagnosis(ours, form, context.domain(assuming))
            evidence = {**found.evidence, "standard": name}
            reason = _differs(found.why, name)
            if step is not None:
                evidence["translation"] = told(context, claim, step, partial(_form, i)).beside(name)
                reason += f"; {evidence['translation']}"
            return Verdict("convention", reason, evidence=evidence)
    return undecided(f"against {name}: {found.reason}")


def _differs(why: Reason | str, name: str) -> str:
    """Why two forms differ, told by what they are."""
    from derive.engine.reasons import Why

    def change(r: Reason) -> Reason:
        if r.term is not Why.NOT_EQUAL:
            return r
        return Why.DIFFERS(name=name, at=r.part("at"), left=r.part("left"), right=r.part("right"))

    if isinstance(why, str) or (told := why.mapped(change)) is why:
        return f"differs from {name}: {why}"
    return str(told)


def standard_name(claim: Claim) -> str:
    """What the standard form is called."""
    return claim.texts.get("standard name") or "the standard form"


def against(context: CaseContext, claim: Claim) -> Iterator[tuple[Node, Node, Decision]]:
    """The document's form and each standard one, derivatives worked out, with what was decided on whether they are equal."""
    assert claim.of is not None
    given = [a for a in claim.assuming if not asks(a)]
    for form in claim.standard:
        yield shown(context, claim.of, form, given)


def _form(i: int, claim: Claim) -> Node:
    return claim.standard[i]
