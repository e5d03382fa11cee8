"""Limits of what has no closed form, by what it is at neighbouring numbers: the ratio test, and the theorem of Stolz and Cesaro.

Where f(k + 1) = q(k)*f(k), and q tends to a number inside of (-1, 1), f tends to 0: ``2**n/factorial(n)``. Where b rises to
infinity, a/b tends to what (a(k + 1) - a(k))/(b(k + 1) - b(k)) tends to, if it does: the harmonic sum by ``log(n)``.
"""

from __future__ import annotations

from derive.engine.dispatch import holds_with_properties
from derive.engine.domain import Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.induction import Steps
from derive.engine.limits import Limit, limit
from derive.engine.limits.oracle import Oracle, Unsettled, leaves
from derive.engine.step_counts import Beyond
from derive.engine.whole_powers import as_products
from derive.errors import ExpressionError
from derive.expr.below import runs
from derive.expr.folding import substitute
from derive.expr.graph import Node

FIRST = 2  # from here on something rises


def by_neighbours(f: Node, k: Node, domain: Domain) -> Limit | None:
    """The limit of an expression of states after k steps, or None."""
    g = f.graph
    try:
        (f,) = as_products([f], k, domain.given(g.call("ge", k, g.const(FIRST)))) or [f]
        steps = Steps.of([g.call("ge", f, g.zero)], domain)
        (before,), (after,) = steps.general([f], steps.system.leaves), steps.general([f], steps.system.leaves, 1)
        there = domain.given(steps.at_least(max(steps.first, FIRST)), *steps.signs)
        found = _ratio(before, after, k, steps, there)
        if found is None and f.op == "div" and not runs([f.args[1]]):
            sums = [steps.general([f.args[0]], steps.system.leaves, ahead)[0] for ahead in (0, 1)]
            found = _stolz(sums[0], sums[1], f.args[1], k, steps, there)
    except (Beyond, ExpressionError, Unsettled):
        return None
    return found


def _ratio(before: Node, after: Node, k: Node, steps: Steps, there: Domain) -> Limit | None:
    g = before.graph
    quotient = Oracle(g, g.symbol("far'"), there).simple(g.div(after, before))
    if not leaves(quotient).isdisjoint(steps.system.leaves):
        return None
    same = decide_equal(after, g.mul(quotient, before), there)
    if same.status != "proved" or same.conditions:
        return None
    rate = limit(quotient, k, 1, steps.params)
    inside = g.call("lt", g.call("abs", rate.value), g.one)
    shrinks = not rate.side and holds_with_properties(inside, steps.params).status == "proved"
    return Limit(0, g.zero) if shrinks else None


def _stolz(now: Node, later: Node, below: Node, k: Node, steps: Steps, there: Domain) -> Limit | None:
    g = below.graph
    rise = g.sub(substitute(below, {k: g.add(k, g.one)}), below)
    risen = Oracle(g, g.symbol("far'"), there).simple(g.sub(later, now))
    if not leaves(risen).isdisjoint(steps.system.leaves):
        return None
    if limit(below, k, 1, steps.params).side <= 0:
        return None
    rises = holds_with_properties(
        g.call("gt", rise, g.zero), steps.params.given(steps.at_least(max(steps.first, FIRST)))
    )
    if rises.status != "proved" or rises.conditions:
        return None
    return limit(g.div(risen, rise), k, 1, steps.params)
