"""Claims about iterations and sums: by the steps themselves (``induction``); else with closed forms of the sums in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from derive.budget import spent
from derive.calculus.iteration import Run, leaves_of, runs
from derive.engine import induction, relation
from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations import cascade
from derive.engine.limits.partial_sums import replaced
from derive.engine.reasons import Why
from derive.expr.graph import Node, topological


def decide_equal(a: Node, b: Node, domain: Domain = EVERYWHERE) -> Decision:
    """``cascade.decide_equal``, where iterations and sums up to a symbol may stand in the sides."""
    found = induction.decide_equal(a, b, domain)
    return _closed([a, b], domain, found, lambda n, there: cascade.decide_equal(n[0], n[1], there))


def decide_holds(condition: Node, domain: Domain = EVERYWHERE) -> Decision:
    """``relation.decide_holds``, where they may stand in the condition."""
    found = induction.decide_holds(condition, domain)
    return _closed([condition], domain, found, lambda n, there: relation.decide_holds(n[0], there))


def _closed(
    roots: Sequence[Node], domain: Domain, found: Decision, decide: Callable[[list[Node], Domain], Decision]
) -> Decision:
    """What was found; where that is nothing, what is proved with closed forms in the place of all iterations."""
    if (
        found.status != "undecided"
        or spent()
        or not all(isinstance(n.attr, Run) and leaves_of([n]) for n in runs(roots))
        or not runs(roots)
    ):
        return found
    forms = replaced(roots, domain)
    if forms is None or runs(domain.hypotheses):
        return found
    g = roots[0].graph
    counts = [g.call("ge", n.args[0], g.zero) for n in runs(roots)]
    again = decide(forms, domain.given(*counts))
    steps = {m for n in runs(roots) for m in leaves_of([n.args[0]])}
    if again.status != "proved" or any(steps & set(topological([c])) for c in again.conditions):
        return found  # or without a value at some number of steps
    return replace(again, reason=Why.CLOSED_FORMS(of=again.reason), tactic="closed forms")
