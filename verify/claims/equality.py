"""Formula claims: E = F for all values of their symbols, decided by derive.engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from derive.calculus.reverse import expand_all
from derive.engine.domain import Domain
from derive.errors import ExpressionError, ShapeError
from derive.expr.graph import Node, topological
from derive.expr.operators import DERIVATIVES
from derive.expr.shapes import Size
from derive.language.extremes import EXTREMES
from derive.language.printing import short_decimal
from derive.language.properties import asks
from derive.language.reader import to_text
from derive.lazily import lazily
from derive.numbers.definedness import of_derivatives
from verify.casefile.model import Claim
from verify.claims import values
from verify.claims.context import CaseContext
from verify.claims.sizes import (
    Gap,
    elsewhere,
    gap_of,
    has_sizes,
    ruled_out,
    same_claim,
    say_sizes,
    says_nothing,
    without,
)
from verify.decimals import show
from verify.text import numbers
from verify.text.steps import Step
from verify.verdict import Verdict, combine, proofs_of

with lazily():
    from derive.language import cancel
    from verify.claims import recovery, repair, transposes

if TYPE_CHECKING:
    from derive.engine import Decision

#: What loops and picked entries leave behind: the same for no other size.
_AT_THESE_SIZES = ("index", "stack", "concat")
MAX_OTHERS = 24  # quantities of the case that a formula may have meant


def judge_equality(context: CaseContext, claim: Claim) -> Verdict:
    """At the case's own sizes, and where the formula has sizes at every other instance of them."""
    sizes = context.case.sizes
    if claim.misfit:
        at, step = f"at {say_sizes(sizes)} " if sizes else "", transposes.transposed(context, claim)
        return _misfit(claim, f"{at}{claim.misfit}{f'; {step}' if step is not None else ''}", step)
    here, chain = judge_formula(context, claim)
    if not sizes or here.verdict not in ("holds", "holds-if") or not has_sizes(chain, sizes):
        return here
    others = list(elsewhere(context, claim))
    gaps = [g for other, same in others if not same.misfit and (g := gap_of(other, same)) is not None]
    if (
        (general := context.general) is not None
        and (same := same_claim(general, claim)) is not None
        and not same.ill_formed
    ):
        if same.misfit and not ruled_out(general, same):
            return _misfit(claim, f"{same.misfit}; at {say_sizes(sizes)} both sides are equal")
        if not same.misfit and (theorems := _whatever_the_sizes(general, same)) is not None:
            why = f"{here.reason}, whatever the sizes"
            return without(
                gaps,
                replace(
                    here,
                    why=why,
                    stated="",
                    evidence={**here.evidence, "sizes": "all", "proof": [*proofs_of(here.evidence), *theorems]},
                ),
            )
    tried, proofs = [say_sizes(sizes)], proofs_of(here.evidence)
    for other, same in others:
        if same.misfit:
            return _misfit(claim, f"at {say_sizes(other.case.sizes)} {same.misfit}")
        if gap_of(other, same) is not None:
            continue
        try:
            there, _ = judge_formula(other, same, mends=False)
        except ShapeError:  # an index that these sizes do not have: the case is not made at them
            continue
        if says_nothing(there):
            gaps.append(Gap(other.case.sizes))
            continue
        if there.verdict not in ("holds", "holds-if"):
            return replace(there, why=f"at {say_sizes(other.case.sizes)}: {there.reason}", stated="")
        tried.append(say_sizes(other.case.sizes))
        proofs += proofs_of(there.evidence)
    if context.alone is context:  # who asks has the other instances, and tells all of them
        return here
    why, evidence = f"{here.reason}; at {'; '.join(tried)}", {**here.evidence, "sizes": tried, "proof": proofs}
    return without(gaps, replace(here, why=why, evidence=evidence, stated=""))


def _misfit(claim: Claim, why: str, step: Step | None = None) -> Verdict:
    evidence = {"method": "proved", "by": "shapes"} | mending(step)
    return Verdict("wrong", why, None, (claim.id,), evidence)


def _whatever_the_sizes(general: CaseContext, claim: Claim) -> list[Any] | None:
    """What shows the links with the sizes as letters; None where they are not proved so. ``general`` is an instance that gives
    each a number of its own."""
    from derive.engine.certify import of_every_size
    from derive.engine.matrices.matrices import Sizes, lettered, prove

    assert claim.of is not None
    chain = [claim.of, *claim.equals]
    roots = [*chain, *(a for a in claim.assuming if not asks(a))]
    if any(n.op in (*_AT_THESE_SIZES, "after") or len(n.shape) > 2 for n in topological(roots)):
        return None
    names = general.case.sizes
    sizes = Sizes({value: name for name, value in names.items()}, names)
    try:
        roots = expand_all(lettered(roots, sizes))
    except ExpressionError:
        return None
    found: list[Any] = []
    for a, b in pairwise(roots[: len(chain)]):
        proof = prove(a, b, roots[len(chain) :], sizes)
        if proof is None or not proof.general:
            return None
        found.append(
            of_every_size(a, b, Domain([*roots[len(chain) :], *proof.conditions]), sizes.letters) or "every size"
        )
    return found


def judge_formula(context: CaseContext, claim: Claim, mends: bool = True) -> tuple[Verdict, list[Node]]:
    """Without ``mends`` no step is told: one that mends a formula at some sizes need not at others."""
    from derive.engine.properties.facts import facts, implied

    assert claim.of is not None
    chain = [claim.of, *claim.equals]
    given = [*(a for a in claim.assuming if not asks(a)), *implied(facts(expand_all(claim.assuming)))]
    return combine([judge_link(context, claim, a, b, given, mends) for a, b in pairwise(chain)]), expand_all(chain)


def links(context: CaseContext, claim: Claim) -> Iterator[tuple[Node, Node, Decision]]:
    """The links of a claim's chain, derivatives worked out, each with what was decided on it."""
    assert claim.of is not None
    given = [a for a in claim.assuming if not asks(a)]
    for a, b in pairwise([claim.of, *claim.equals]):
        yield shown(context, a, b, given)


def shown(context: CaseContext, a: Node, b: Node, given: Sequence[Node]) -> tuple[Node, Node, Decision]:
    """Two sides, derivatives worked out, with what was decided on them: for all values, or at the document's where these count
    (see ``values.judged``)."""
    from derive.engine import decide_equal

    left, right, *assuming = expand_all([a, b, *given])
    decision = decide_equal(left, right, context.domain(assuming))
    names = values.named(context, [a, b])
    if names and decision.status in ("refuted", "undecided"):
        put = expand_all(values.put(context, [a, b, *given]))
        here = decide_equal(put[0], put[1], context.domain(put[2:]))
        if here.status == "refuted":
            return left, right, replace(here, witness={**values.point(context, names), **(here.witness or {})})
        if here.status == "proved" and not values.is_formula(context, a, b):
            return put[0], put[1], here
    return left, right, decision


def judge_link(
    context: CaseContext, claim: Claim, a: Node, b: Node, given: Sequence[Node], mends: bool = True
) -> Verdict:
    """One link of a chain, as it is written: a formula for all values of its symbols, or what a quantity is at those that the
    document gives (see ``values``). Without ``mends`` no step is told that would mend it."""
    from derive.engine import decide_equal
    from derive.engine.absent import at_a_point
    from derive.engine.certify import certified
    from derive.engine.equations.differentiated import equation, unsaid
    from derive.engine.matrices.action import by_action
    from derive.engine.properties.conditions import checked
    from derive.engine.reasons import Why

    of_all = values.is_formula(context, a, b)
    valued = of_derivatives([n for n in (claim.of, *claim.equals) if n is not None], slopes=False)
    assumed = len(given) + len(valued)

    def sides(units: Collection[values.Unit]) -> list[Node]:
        return expand_all(values.put(context, [a, b, *given, *valued, *claim.assuming], units))

    def decide(units: Collection[values.Unit]) -> Verdict:
        if not (given or valued) and (shown := by_action(*values.put(context, [a, b], units))) is not None:
            return verdict_of(shown, claim)
        left, right, *rest = sides(units)
        domain = context.domain(rest[: len(given)])
        needs = rest[len(given) : assumed]
        where = unsaid(needs, [left, right], domain)
        decision = equation(lambda there: decide_equal(left, right, there), where, domain)
        decision = at_a_point(decision, a.graph.call("eq", left, right))
        if (
            decision.status == "undecided"
            and units
            and (why := values.without_value([left, right], domain.hypotheses, list(zip(valued, needs, strict=True))))
        ):
            return Verdict("wrong", Why.NO_VALUE(why=why), None, (claim.id,), {"method": "certified"})
        decision = checked(decision, context.domain(rest[assumed:]))
        return verdict_of(certified(decision, [left, right], domain), claim)

    found = values.judged(context, [a, b, *given, *valued], of_all, decide)
    if context.recoveries and not _of_unknown(context, a, b):
        (equal,) = values.put(context, [a.graph.call("eq", a, b)])
        found = recovery.settled(context, [a, b], recovery.conditions_of(context, equal), found)
    if found.verdict != "wrong":
        return found
    others = _others(context) if mends else []
    left, right, *rest = sides(()) if of_all else sides(context.units)
    turned, either = _claimed(context, claim)
    true, said, wrote = (right, left, (b, a)) if turned else (left, right, (a, b))
    mended = correction(true) if any(n.op == "symbol" for n in topological([true])) else None
    correct = (
        f"correct: {_at_the_values(context, mended)}" if mended is not None and repair.news(mended, *wrote) else ""
    )
    context.settled(claim, replace(found, why="; ".join(p for p in (found.reason, correct) if p), stated=""))
    step = None
    if mends:
        domain = context.domain(rest[:assumed])
        step = repair.diagnosis(true, said, domain, others, wrote)
        if step is None and either:
            other = repair.diagnosis(said, true, domain, others, wrote[::-1])
            step, turned = (other, not turned) if other is not None and not other.condition else (None, turned)
    if step is not None and turned and not step.condition:
        step = replace(step, step=replace(step.step, left=True), factor=None)
    if step is None:
        return replace(found, why="; ".join(p for p in (found.reason, correct) if p), stated="")
    if step.condition:
        evidence = {**found.evidence, "method": "proved", "condition": step.condition, **mending(step.step)}
        return Verdict("holds-if", str(step.step), evidence=evidence, stated=found.why)
    mends_it = told(context, claim, step, lambda c: c.equals[0]) if len(claim.equals) == 1 else step.step
    reason = "; ".join(p for p in (found.reason, str(mends_it), correct) if p)
    return replace(found, why=reason, evidence={**found.evidence, **mending(mends_it)}, stated="")


def _claimed(context: CaseContext, claim: Claim) -> tuple[bool, bool]:
    """Which side of an equation is the claim's: whether it is the left one, and whether it may be either.

    ``equals`` says what ``of`` is. Of a relation the side that is worked out (a derivative, a limit), or else a name, is what the
    other is said to be; where both are, or none, the right one is taken first."""
    stated = next((c for c in context.case.claims if c.id == claim.id), claim).holds  # its limits are worked out by now
    if claim.holds is None or stated is None or stated.op != "eq":
        return False, False
    left, right = map(_worked_out, stated.args)
    return right > left, right == left


def _worked_out(side: Node) -> int:
    """2: a derivative, a limit or an integral stands in it; 1: it is a name; 0: it is a form."""
    if any(n.op in DERIVATIVES or n.op in EXTREMES for n in topological([side])):
        return 2
    return int(side.op == "def" or (side.op == "index" and side.args[0].op == "def"))


def mending(step: Step | None) -> dict[str, Any]:
    """The evidence of a step: how it is told, and what is put in which place, where that is what it does."""
    return {} if step is None else {"repair": str(step)} | ({"put": step.put} if step.put is not None else {})


def _of_unknown(context: CaseContext, a: Node, b: Node) -> bool:
    """Whether an equation is about all values of an input of which the printed numbers leave none."""
    lost = {context.case.symbols[n].node for n, r in context.recoveries.items() if r.enclosure is None}
    return bool(lost) and any(n in lost for n in topological([a])) and any(n in lost for n in topological([b]))


def _at_the_values(context: CaseContext, form: Node) -> str:
    """A form, and its value where the document gives one to all its symbols."""
    text = to_text(form)
    if (
        form.shape
        or not any(n.op == "symbol" for n in topological([form]))
        or context.missing(entry := context.entry(form))
    ):
        return text
    answer, value = context.decided(entry, lambda v: v)
    if answer is None or isinstance(answer, bool):
        return text
    return f"{text}, {numbers.exact(show(value))} at the document's values"


def correction(left: Node) -> Node | None:
    """The left side of a refuted formula, derivatives worked out, as it would be written: of a name its definition.

    None where that says nothing: of a symbol, or an entry of a name.
    """
    made = left
    while made.op == "def":
        made = made.args[0]
    (made,) = cancel.neat(expand_all([made]))
    return None if made.op in ("symbol", "index") else made


def _others(context: CaseContext) -> list[Node]:
    """Quantities of the case that a formula may have meant."""
    case = context.everything
    nodes = [*(d.node for d in case.definitions.values()), *(s.node for s in case.symbols.values())]
    return [n for n in nodes if n.op in ("def", "symbol")][:MAX_OTHERS]


def told(context: CaseContext, claim: Claim, step: repair.Diagnosis, form: Callable[[Claim], Node]) -> Step:
    """The step that mends one form of a claim; a constant factor that follows a size of the case by that size, and
    one that differs from size to size with the sizes that it is right at."""
    sizes = context.case.sizes
    if step.factor is None or not sizes or claim.of is None:
        return step.step
    at_these = replace(step.step, at=say_sizes(sizes))
    if claim.holds is not None:  # an equation among relations is made into a formula at one instance
        return at_these
    below = topological([claim.of, form(claim)])
    here = {n.attr for n in below if n.op == "def"} | {s.name for n in below for s in n.shape if isinstance(s, Size)}
    seen: list[tuple[Fraction, Mapping[str, int]]] = [
        (step.factor, {name: value for name, value in sizes.items() if name in here})
    ]
    for other, same in islice(elsewhere(context, claim), 2):
        if not same.misfit and same.of is not None:
            factor = _factor_of(other, same.of, form(same), same.assuming)
            seen += [(factor, other.case.sizes)] if factor is not None else []
    if named := repair.by_size(seen):
        return Step("times", named)
    constant = all(factor == step.factor for factor, _ in seen)
    return step.step if constant else at_these


def _factor_of(context: CaseContext, a: Node, b: Node, given: Sequence[Node]) -> Fraction | None:
    """The constant factor that mends a formula at another instance of the sizes."""
    a, b, *assuming = expand_all([a, b, *(c for c in given if not asks(c))])
    step = repair.diagnosis(a, b, context.domain(assuming))
    return step.factor if step is not None else None


def verdict_of(decision: Decision, claim: Claim) -> Verdict:
    """What a decision means for a claim."""
    evidence: dict[str, Any] = {"method": "proved", "by": decision.method}
    if decision.conditions:
        evidence["conditions"] = [_text(c) for c in decision.conditions]
    if decision.witness is not None:
        evidence["witness"] = _point(decision.witness)
    if decision.tactic == "induction":
        evidence["induction"] = [str(step) for step in decision.steps[:2]]
    match decision.status:
        case "proved" | "proved-if":
            evidence["proof"] = decision.theorem or decision.unchecked or decision.tactic or decision.method or "engine"
            if decision.status == "proved-if":
                return Verdict("holds-if", decision.told, evidence=evidence)
            if decision.method == "balls":
                evidence["method"] = "certified"
            return Verdict("holds", decision.told, evidence=evidence)
        case "refuted":
            evidence |= {"method": "certified"} | ({"proof": decision.theorem} if decision.theorem else {})
            return Verdict("wrong", decision.told, None, (claim.id,), evidence)
    return Verdict("undecided", decision.told, evidence={"empty": True} if decision.empty else {})


def _text(condition: Any) -> str:
    return to_text(condition) if isinstance(condition, Node) else str(condition)


def _point(witness: Mapping[Node, Fraction]) -> dict[str, str]:
    return {to_text(n): short_decimal(Fraction(v)) or str(v) for n, v in witness.items()}
