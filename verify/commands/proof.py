"""``errata prove``: is this formula or inequality true, for all values of its symbols?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

from derive.budget import claim, lifted
from derive.engine import Decision
from derive.engine.domain import Domain
from derive.expr.graph import Node
from derive.language.properties import asks
from verify.casefile.faults import CaseFaults
from verify.casefile.model import Case
from verify.casefile.tree import Items
from verify.claims import CaseContext, judge
from verify.commands import questions
from verify.commands.answers import Answer, Options
from verify.commands.questions import Asked
from verify.verdict import Verdict, conditions_of, earned

#: What a verdict is called on the command line.
ANSWERS = {"holds": "true", "holds-if": "true under a condition", "wrong": "false", "undecided": "undecided"}


def proved(text: str, assuming: Sequence[str], options: Options, replay: bool = False, timed: bool = False) -> Answer:
    """Decides a condition of the command line, such as ``A == B``: within the limits of work, or ``timed`` without. Raises
    Unreadable."""
    asked = questions.given(options)
    asked.claim.entries["holds"] = asked.pair("CLAIM", "holds", text)
    assume(asked, assuming)
    questions.must_be_used(asked, options)
    try:
        case = questions.case(asked)
    except CaseFaults as faults:
        raise questions.unreadable(faults, asked) from None
    return judged(case, replay, timed)


def assume(asked: Asked, conditions: Sequence[str]) -> None:
    """Puts the conditions of the command line into the claim."""
    if conditions:
        parts = [asked.said("--assuming", a) for a in conditions]
        asked.claim.entries["assuming"] = replace(parts[0], value="assuming"), Items(parts[0].place, [*parts])


def judged(case: Case, replay: bool = False, timed: bool = False) -> Answer:
    """The claim of a case, in the same words as in a file; of several the first that is not true."""
    context = CaseContext(case)
    with lifted() if timed else nullcontext(), claim():
        answers = [(asked, _answer(judge(context, asked))) for asked in case.claims]
        asked, answer = next((pair for pair in answers if not pair[1].true), answers[0])
        if replay and asked.holds is not None:
            decision = decide(asked.holds, asked.assuming)
            steps = [*(f"region: {r}" for r in decision.regions), *dict.fromkeys(map(str, decision.steps))]
            told = [*steps, *([answer.proof] if answer.proof and answer.true else [])]
            answer = replace(answer, replayed=tuple(f"  {line}" for line in told))
    return answer


def _answer(verdict: Verdict) -> Answer:
    holds = verdict.verdict.startswith("holds")
    return Answer(
        ANSWERS.get(verdict.verdict, verdict.verdict),
        verdict.reason,
        tuple(conditions_of(verdict.evidence)) if holds else (),
        earned(verdict.evidence) if holds else "",
    )


def decide(claim: Node, assuming: Sequence[Node] = ()) -> Decision:
    """What the proof is of, to be shown: a condition, its limits and integrals worked out first."""
    return _decided(claim, Domain(assuming))


def _decided(claim: Node, domain: Domain) -> Decision:
    from derive.calculus.reverse import expand_all
    from derive.engine.absent import at_a_point
    from derive.engine.assumptions import contradict
    from derive.engine.limits import NoLimit, Unsettled
    from derive.engine.limits.values import resolve
    from derive.engine.properties.dispatch import decide_condition
    from derive.engine.reasons import Why
    from derive.language.extremes import needed, speaks

    if contradict(domain):
        return Decision("undecided", Why.CONTRADICTION(), empty=True)
    if claim.op != "property" and speaks([claim]):
        try:
            found = resolve([claim], domain)
        except NoLimit as e:
            return Decision("refuted" if needed(claim) else "undecided", Why.FAULT(fault=str(e)), witness=e.point)
        except Unsettled as e:
            return Decision("undecided", Why.FAULT(fault=str(e)))
        plain = _decided(found.nodes[0], domain)
        told = found.notes and (found.compared or plain.method == "same expression")
        return replace(plain, reason=Why.ALL_OF(reasons=(*found.notes, *([] if told else [plain.reason]))))
    decision = decide_condition(claim, domain)
    return decision if asks(claim) else at_a_point(decision, expand_all([claim])[0])
