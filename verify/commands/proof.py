"""``errata prove``: is this formula or inequality true, for all values of its symbols?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial

from derive import api, language
from derive.budget import Exhausted, budget, claim, lifted
from derive.decide import Decision
from derive.graph import Node
from derive.properties import asks
from verify.commands.derivation import Unreadable, read_shapes, said
from verify.suite.limited import Stopped, limited

#: What a decision is called on the command line, and whether it is what one hoped for.
ANSWERS = {
    "proved": ("true", True),
    "proved-if": ("true under a condition", False),
    "refuted": ("false", False),
    "undecided": ("undecided", False),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision with what is worth printing: lines of text, and whether the claim is true as it stands."""

    lines: tuple[str, ...]
    true: bool


def proved(
    text: str, assuming: Sequence[str], given_shapes: Sequence[str], replay: bool, seconds: float | None = None
) -> Answer:
    """Decides a condition of the command line, such as ``A == B``: within the limits of work, or else in so many seconds or not
    at all. Raises Unreadable."""
    shapes = read_shapes(given_shapes)
    whole = " and ".join(f"({t})" for t in (text, *assuming))
    names = said("CLAIM", text, lambda: language.names_in(text))
    for a in assuming:
        names |= said("--assuming", a, partial(language.names_in, a))
    for unused in (n for n in shapes if n not in names):
        raise Unreadable("--shape", unused, 0, f"'{unused}' does not stand in the claim")
    scope, graph = api.scope(whole, shapes)
    wanted = said("CLAIM", text, lambda: language.parse(text, scope, graph, boolean=True))
    given = [said("--assuming", a, partial(language.parse, a, scope, graph, boolean=True)) for a in assuming]
    try:
        return limited(lambda: _answer(wanted, given, replay, seconds is not None), seconds)
    except Stopped as why:
        return Answer((f"undecided: {why}",), False)


def _answer(wanted: Node, given: Sequence[Node], replay: bool, timed: bool) -> Answer:
    with lifted() if timed else nullcontext(), claim():
        try:
            with budget():
                decision = decide(wanted, given)
        except Exhausted as e:
            decision = Decision("undecided", f"a limit of work was reached: {e}")
        step = _step(wanted, given) if decision.status == "refuted" else ""
    word, true = ANSWERS[decision.status]
    lines = [f"{word}: {decision.reason}"]
    if decision.status == "proved" and decision.conditions and "where" not in decision.reason:
        lines.append(f"where {' and '.join(map(language.to_text, decision.conditions))}")
    if step:
        lines.append(f"one step: {step}")
    if replay:
        lines += [f"  region: {r}" for r in decision.regions] + [f"  {s}" for s in decision.steps]
    return Answer(tuple(lines), true)


def _step(claim: Node, given: Sequence[Node]) -> str:
    """What mends a refuted equation, in words; else ""."""
    from derive.calculus import expand_all
    from verify.claims.repair import diagnosis

    claim, *assuming = expand_all([claim, *given])
    if claim.op != "eq":
        return ""
    a, b = (claim.graph.broadcast(side, claim.shape) for side in claim.args)
    if (found := diagnosis(a, b, assuming, {})) is not None:
        return found.words
    found = diagnosis(b, a, assuming, {})  # of two sides either may be the one that was meant
    return f"on the left side, {found.words}" if found is not None and not found.condition else ""


def decide(claim: Node, assuming: Sequence[Node]) -> Decision:
    """A condition, its limits and integrals worked out first."""
    from derive.calculus import expand_all
    from derive.decide.absent import at_a_point
    from derive.decide.assumptions import CONTRADICTION, contradict
    from derive.decide.asymptotics import NoLimit, Unsettled
    from derive.decide.asymptotics.values import resolve
    from derive.decide.properties import decide_condition
    from derive.extremes import needed, speaks

    if contradict(assuming, {}):
        return Decision("undecided", CONTRADICTION, empty=True)
    if claim.op != "property" and speaks([claim]):
        try:
            found = resolve([claim], assuming)
        except NoLimit as e:
            return Decision("refuted" if needed(claim) else "undecided", str(e), witness=e.point)
        except Unsettled as e:
            return Decision("undecided", str(e))
        plain = decide(found.nodes[0], assuming)
        told = found.notes and (found.compared or plain.method == "same expression")
        return replace(plain, reason="; ".join((*found.notes, *([] if told else [plain.reason]))))
    decision = decide_condition(claim, assuming)
    return decision if asks(claim) else at_a_point(decision, expand_all([claim])[0])
