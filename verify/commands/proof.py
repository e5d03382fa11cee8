"""``errata prove``: is this formula or inequality true, for all values of its symbols?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial

from derive import api
from derive.budget import claim, lifted
from derive.engine import Decision
from derive.engine.domain import Domain
from derive.expr.graph import Node, topological
from derive.language import reader
from derive.language.names import names_in
from derive.language.properties import asks
from verify.casefile.model import Case, Claim, Place, Symbol
from verify.claims import CaseContext, judge
from verify.commands.derivation import Unreadable, read_shapes, said
from verify.suite.limited import Stopped, limited
from verify.verdict import checked, proofs_of

#: What a verdict is called on the command line.
ANSWERS = {"holds": "true", "holds-if": "true under a condition", "wrong": "false", "undecided": "undecided"}
NOWHERE = Place("", 1, 1)


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision: its word of ANSWERS, why, and under which conditions; ``proof`` says how a proof stands, ``replayed`` are its
    regions and normal forms, where they were asked for."""

    verdict: str
    reason: str
    conditions: tuple[str, ...] = ()
    proof: str = ""
    replayed: tuple[str, ...] = ()

    @property
    def true(self) -> bool:
        """Whether the claim is true as it stands."""
        return self.verdict == "true"

    @property
    def lines(self) -> tuple[str, ...]:
        """What is worth printing."""
        return f"{self.verdict}: {self.reason}", *self.replayed


def proved(
    text: str, assuming: Sequence[str], given_shapes: Sequence[str], replay: bool, seconds: float | None = None
) -> Answer:
    """Decides a condition of the command line, such as ``A == B``: within the limits of work, or else in so many seconds or not
    at all. Raises Unreadable."""
    shapes = read_shapes(given_shapes)
    whole = " and ".join(f"({t})" for t in (text, *assuming))
    names = said("CLAIM", text, lambda: names_in(text))
    for a in assuming:
        names |= said("--assuming", a, partial(names_in, a))
    for unused in (n for n in shapes if n not in names):
        raise Unreadable("--shape", unused, 0, f"'{unused}' does not stand in the claim")
    scope, graph = api.scope(whole, shapes)
    wanted = said("CLAIM", text, lambda: reader.parse(text, scope, graph, boolean=True))
    given = [said("--assuming", a, partial(reader.parse, a, scope, graph, boolean=True)) for a in assuming]
    context, asked = question(wanted, given)
    try:
        return limited(lambda: _answer(context, asked, replay, seconds is not None), seconds)
    except Stopped as why:
        return Answer("undecided", str(why))


def question(wanted: Node, given: Sequence[Node]) -> tuple[CaseContext, Claim]:
    """A condition as the one claim of a case that gives no symbol a value."""
    symbols = {
        str(n.attr): Symbol(str(n.attr), tuple(map(int, n.shape)), None, None, None, False, n, NOWHERE)
        for n in topological([wanted, *given])
        if n.op == "symbol"
    }
    asked = Claim("claim", "", "relation", NOWHERE, 0, holds=wanted, assuming=tuple(given))
    return CaseContext(Case("", "", "", "", {}, wanted.graph, symbols, {}, (), (asked,))), asked


def _answer(context: CaseContext, asked: Claim, replay: bool, timed: bool) -> Answer:
    """The claim judged as one of a case, in the same words."""
    with lifted() if timed else nullcontext(), claim():
        verdict = judge(context, asked)
        answer = Answer(
            ANSWERS[verdict.verdict],
            verdict.reason,
            tuple(verdict.evidence.get("conditions", ())),
            checked(proofs_of(verdict.evidence)) if verdict.verdict.startswith("holds") else "",
        )
        if replay:
            assert asked.holds is not None
            decision = decide(asked.holds, asked.assuming)
            steps = [*(f"region: {r}" for r in decision.regions), *dict.fromkeys(map(str, decision.steps))]
            told = [*steps, *([answer.proof] if answer.proof and answer.true else [])]
            answer = replace(answer, replayed=tuple(f"  {line}" for line in told))
    return answer


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
