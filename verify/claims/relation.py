"""Relations such as ``z1 > 0`` or ``d(sigmoid(z), z) <= 1/4``: at the document's values, or on the whole domain.

A relation between symbols that all have a value is about those; one with a free symbol is about every value of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.calculus.reverse import expand_all
from derive.errors import UndefinedValue
from derive.expr.conditions import QUANTIFIERS
from derive.expr.graph import Node, topological
from derive.language.properties import asks
from derive.language.reader import to_text
from derive.lazily import lazily
from derive.numbers.definedness import of_derivatives
from verify.casefile.model import Claim
from verify.claims import values
from verify.claims.context import CaseContext
from verify.claims.equality import judge_formula, verdict_of
from verify.claims.sizes import elsewhere, gap_of, has_sizes, say_sizes, without
from verify.decimals import show
from verify.text import numbers
from verify.verdict import Verdict, proofs_of, undecided

if TYPE_CHECKING:
    from derive.engine import Decision
    from derive.engine.domain import Domain

with lazily():
    from verify.claims import iterations, recovery


def judge_relation(context: CaseContext, claim: Claim) -> Verdict:
    from derive.engine.absent import no_value

    assert claim.holds is not None
    if claim.holds.op == "every":
        return iterations.judge_every(context, claim)
    if (found := _as_formula(context, claim)) is not None:
        return found
    if asks(claim.holds) or _is_free(context, claim.holds):
        return _on_the_domain(context, claim)
    if any(context.not_given(node) for node in context.entries(claim.holds)):
        return recovery.settled(
            context, [claim.holds], context.entries(claim.holds), replace(undecided(""), origin=(claim.id,))
        )
    names = values.named(context, [claim.holds])
    evidence = {"method": "certified"} | ({"values": "at the document's values"} if names else {})
    at = f" at {values.told(context, names)}" if names else ""
    for need in of_derivatives([claim.holds]):  # which the derivatives, worked out, may not say
        if any(context.decided(node, lambda v: v)[0] is False for node in context.entries(need)):
            return Verdict("wrong", f"no value{at}: {to_text(need)} fails", None, (claim.id,), evidence)
    for node in context.entries(claim.holds):
        answer, value = context.decided(node, lambda v: v)
        if isinstance(value, UndefinedValue) and not any(
            n.op == "computed" for n in topological([node])
        ):  # inf is a value there
            return Verdict(
                "wrong", f"no value{at}: {no_value(node, context.known, value)}", None, (claim.id,), evidence
            )
        if answer is None:  # no precision tells whether two are the same number; their forms may
            exact = _on_the_domain(context, claim)
            return exact if exact.verdict in ("holds", "wrong") else undecided(str(value))
        if not answer:
            reason = f"does not hold{_at(names)}{_failing(context, claim.holds)}"
            return Verdict("wrong", reason, None, (claim.id,), evidence)
    return Verdict("holds", f"holds{_at(names)}", None, (), evidence)


def _is_free(context: CaseContext, condition: Node) -> bool:
    """Whether a condition is about symbols that have no value, as it is written or worked out: d(1/x, a) is 0, where x is not."""
    if any(context.missing(node) for node in context.entries(condition)):
        return True
    names = {n.attr for n in topological(of_derivatives([condition])) if n.op == "symbol"}
    return any(
        context.case.symbols[n].values is None and context.recovered(n) is None
        for n in names
        if n in context.case.symbols
    )


def _at(names: Sequence[str]) -> str:
    return " at the document's values" if names else ""


def comparisons(condition: Node) -> list[Node]:
    """What a condition compares: itself, or what stands on both sides of its ``and``, ``or`` and ``not``."""
    if condition.op in ("and", "or", "not", *QUANTIFIERS):
        return list(dict.fromkeys(c for a in condition.args for c in comparisons(a)))
    return [condition]


def _failing(context: CaseContext, condition: Node) -> str:
    """The sides of the first comparison that fails, and how many do; "" where not all of them are to hold."""
    parts = comparisons(condition)
    if any(n.op in ("or", "not", "any") for n in topological([condition])):
        return ""
    found = []
    for part in parts:
        for node in context.entries(part):
            answer, _ = context.decided(node, lambda v: v)
            sides = [context.value(a) for a in node.args] if answer is False else []
            if len(sides) == 2 and not any(isinstance(v, bool | Exception) for v in sides):
                found.append((part, " and ".join(numbers.exact(show(v)) for v in sides)))
    if not found:
        return ""
    if len(parts) == 1:
        return f": the sides are {found[0][1]}"
    verb = "fails" if len(found) == 1 else "fail"
    return f": {len(found)} of its {len(parts)} comparisons {verb}, the first {to_text(found[0][0])} with the sides {found[0][1]}"


def judge_somewhere(context: CaseContext, claim: Claim) -> Verdict:
    """``somewhere: c``: there are values, within the domain, at which c holds."""
    from derive.engine.certify import certified_at
    from derive.engine.properties.dispatch import decide_somewhere

    assert claim.somewhere is not None
    condition, *assuming = values.put(context, [claim.somewhere, *claim.assuming])
    domain = context.domain(assuming)
    decision = decide_somewhere(condition, domain)
    if not asks(condition) and not any(map(asks, assuming)):
        decision = certified_at(decision, expand_all([condition])[0], domain.expanded())
    found = verdict_of(decision, claim)
    if found.verdict == "holds" and recovery.depends(context, [condition, *assuming]):
        found = recovery.for_all_members(context, [condition, *assuming], found)
    return found


def _as_formula(context: CaseContext, claim: Claim) -> Verdict | None:
    """An equation, unless it is one of numbers that the document gives, judged as ``of`` and ``equals`` are; None of any other
    relation."""
    relation = claim.holds
    if relation is None or relation.op != "eq" or asks(relation):
        return None
    a, b = (relation.graph.broadcast(side, relation.shape) for side in relation.args)
    if not values.is_formula(context, a, b) and not _is_free(context, relation):
        return None
    found, _ = judge_formula(context, replace(claim, of=a, equals=(b,)))
    if found.verdict != "undecided" or found.evidence.get("empty") or values.is_formula(context, a, b):
        return found  # a formula that is not decided for all values does not hold for being true at the document's
    return None


def _on_the_domain(context: CaseContext, claim: Claim) -> Verdict:
    """For all values of what has none. The document's need not be what it takes: what holds for all values holds at these."""
    assert claim.holds is not None
    here = _at_the_values(context, claim)
    if here.verdict == "undecided" and values.named(context, [claim.holds]):
        general = verdict_of(_decided(claim.holds, context.domain(claim.assuming)), claim)
        here = general if general.verdict == "holds" else here
    if here.verdict != "holds" or not asks(claim.holds) or not has_sizes([claim.holds], context.case.sizes):
        return here
    tried, gaps, proofs = [say_sizes(context.case.sizes)], [], proofs_of(here.evidence)
    for other, same in elsewhere(context, claim):  # a property is about tensors of every size that the case tries
        if same.holds is None:
            continue
        if (gap := gap_of(other, same)) is not None:
            gaps.append(gap)
            continue
        there = _at_the_values(other, same)
        if there.verdict != "holds":
            return replace(there, why=f"at {say_sizes(other.case.sizes)}: {there.reason}", stated="")
        tried.append(say_sizes(other.case.sizes))
        proofs += proofs_of(there.evidence)
    if context.alone is context:  # who asks has the other instances, and tells all of them
        return here
    why, evidence = f"{here.reason}; at {'; '.join(tried)}", {**here.evidence, "sizes": tried, "proof": proofs}
    return without(gaps, replace(here, why=why, evidence=evidence, stated=""))


def _at_the_values(context: CaseContext, claim: Claim) -> Verdict:
    assert claim.holds is not None
    said = [claim.holds, *claim.assuming]
    condition, *assuming = values.put(context, said)
    domain = context.domain(assuming)
    here = verdict_of(_decided(condition, domain), claim)
    if not asks(condition):
        here = recovery.settled(context, said, recovery.conditions_of(context, condition), here)
    elif here.verdict != "holds" and recovery.depends(context, said):  # it may hold for some of what these may be
        fails = _decided(condition.graph.call("not", condition), domain).status == "proved"
        here = here if fails else undecided(f"the recovered inputs are known as ranges: {here.reason}")
    return values.at_the_values(context, said, here)


def _decided(condition: Node, domain: Domain) -> Decision:
    from derive.engine.absent import at_a_point
    from derive.engine.certify import certified
    from derive.engine.properties.dispatch import decide_condition

    found = decide_condition(condition, domain)
    (plain,) = expand_all([condition])
    found = found if asks(condition) else at_a_point(found, plain)
    return certified(found, [plain], domain.expanded())
