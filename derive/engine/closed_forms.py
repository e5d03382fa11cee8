"""Claims about iterations and sums: by the steps themselves (``induction``); else with closed forms of the sums in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from derive.budget import spent
from derive.engine import relation
from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations import cascade
from derive.engine.reasons import Why
from derive.engine.whole_numbers import says_whole
from derive.engine.whole_powers import by_induction
from derive.expr.below import leaves_of, runs
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.lazily import lazily

with lazily():
    from derive.calculus import iteration, totals
    from derive.engine import induction
    from derive.engine.limits import partial_sums


def decide_equal(a: Node, b: Node, domain: Domain = EVERYWHERE) -> Decision:
    """``cascade.decide_equal``, where iterations and sums up to a symbol may stand in the sides."""
    if not a.shape and (shown := by_induction(a.graph.call("eq", a, b), domain)) is not None:
        return shown
    if not runs([a, b, *domain.hypotheses]):
        return cascade.decide_equal(a, b, domain)
    found = induction.decide_equal(a, b, domain)
    return _closed([a, b], domain, found, lambda n, there: decide_equal(n[0], n[1], there))


def decide_holds(condition: Node, domain: Domain = EVERYWHERE) -> Decision:
    """``relation.decide_holds``, where they may stand in the condition."""
    if (shown := by_induction(condition, domain)) is not None:
        return shown
    if not runs([condition, *domain.hypotheses]):
        return relation.decide_holds(condition, domain)
    found = induction.decide_holds(condition, domain)
    return _closed([condition], domain, found, lambda n, there: decide_holds(n[0], there))


def _closed(
    roots: Sequence[Node], domain: Domain, found: Decision, decide: Callable[[list[Node], Domain], Decision]
) -> Decision:
    """What was found; where that is nothing, what is proved with closed forms in the place of all iterations."""
    if (
        found.status != "undecided"
        or spent()
        or not all(isinstance(n.attr, iteration.Run) and leaves_of([n]) for n in runs(roots))
        or not runs(roots)
    ):
        return found
    forms = partial_sums.replaced(roots, domain)
    if forms is None or runs(domain.hypotheses):
        return found
    begun = {n: n.graph.call("ge", n.args[0], n.graph.zero) for n in runs(roots)}
    again = decide(forms, domain.given(*begun.values()))
    steps = {m for n in runs(roots) for m in leaves_of([n.args[0]])}
    if again.status != "proved" or any(steps & set(topological([c])) for c in again.conditions):
        return found  # or without a value at some number of steps
    again = replace(again, reason=Why.CLOSED_FORMS(of=again.reason), tactic="closed forms")
    for n, condition in begun.items():
        again = _begun(again, n, condition, roots, domain, decide)
    return again


def _begun(
    found: Decision,
    n: Node,
    condition: Node,
    roots: Sequence[Node],
    domain: Domain,
    decide: Callable[[list[Node], Domain], Decision],
) -> Decision:
    """What is proved where an iteration has so many steps, with that as a condition unless it is so, or not needed.

    A sum that ends before it starts is one of no terms. Of a symbol without a range a claim speaks from there on.
    """
    g, count = n.graph, n.args[0]
    symbols = leaves_of([count])
    if relation.decide_holds(condition, domain).status == "proved":
        return found
    if all(domain.range(s)[0] is None and all(says_whole(h, s) for h in domain.of([s])) for s in symbols):
        return found if symbols == [count] else replace(found, conditions=(*found.conditions, condition))
    conditional = replace(found, status="proved-if", missing=(*found.missing, condition))
    conditional = replace(conditional, conditions=tuple(dict.fromkeys((*conditional.missing, *found.conditions))))
    if not isinstance(n.attr, totals.Total) or n.attr.empty is None:
        return conditional
    beside = partial_sums.replaced(substitute_all(roots, {n: g.const(n.attr.empty)}), domain)
    if beside is None:
        return conditional
    other = decide(beside, domain.given(g.call("le", count, g.const(-1))))
    if other.status == "proved" and not other.conditions:
        return found
    return replace(conditional, witness=other.witness, fails=other.reason if other.status == "refuted" else None)
