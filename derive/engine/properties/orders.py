"""The order in which an iteration comes to a fixed point: by the derivatives of its step there.

With error e the next one is s(p + e) - p = s'(p) e + s''(p) e**2/2 + ...: the order is that of the first derivative that is not
0, where the step is analytic at p; of order 1 the iteration converges where the slope lies inside of (-1, 1) (Ostrowski, Solution
of Equations and Systems of Equations, 1960). A step that is 0/0 at p, as Newton's at a double root, is taken in its normal form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import factorial

from derive.calculus.reverse import gradient
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.limits.oracle import Oracle, Unsettled
from derive.engine.properties.side_conditions import proved, refuted, undecided
from derive.engine.reasons import Reason, Why
from derive.engine.relation import decide_holds
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.expr.operators import KINKED, OPERATORS
from derive.language.components import components
from derive.numbers.definedness import has_value


def order(args: Sequence[Node], domain: Domain) -> Decision:
    """``converges(w, p, q, factor)``, args the step, w, p, q and maybe the factor."""
    step, w, p, q, *factor = args
    g, claimed = step.graph, int(q.attr)
    domain = domain.entries().free_of([w])
    (step,), (p,) = components(step), components(p)
    if any(
        n.op == "where" or n.op in KINKED or (n.op in OPERATORS and OPERATORS[n.op].jumps) for n in topological([step])
    ):
        return undecided(Why.STEP_HAS_KINKS())
    try:
        step = Oracle(g, g.symbol("far'"), domain.given(g.call("ne", w, p))).simple(step)
    except Unsettled as e:
        return undecided(Why.FAULT(fault=str(e)))
    for need in has_value(substitute(step, {w: p})):
        if decide_holds(need, domain).status != "proved":
            return undecided(Why.STEP_NEEDS(need=need))
    found = _plainly(decide_equal(substitute(step, {w: p}), p, domain), domain)
    if found.status != "proved":
        return _open(found, Why.NO_FIXED_POINT(point=p, of=found.told))
    slope = step
    for i in range(1, claimed + 1):
        slope = gradient(slope, [w])[0]
        there = substitute(slope, {w: p})
        if i < claimed:
            found = _plainly(decide_equal(there, g.zero, domain), domain)
            if found.status != "proved":
                return _open(found, Why.EARLIER_ORDER(order=i, of=found.told))
    return _last(there, claimed, factor, domain)


def _last(there: Node, claimed: int, factor: Sequence[Node], domain: Domain) -> Decision:
    """By the derivative at the order that is claimed."""
    g = there.graph
    vanishes = _plainly(decide_equal(there, g.zero, domain), domain)
    if vanishes.status == "proved":
        return refuted(Why.LATER_ORDER(order=claimed), {})
    wanted = [g.call("ne", there, g.zero)]
    size = g.call("abs", there)
    if claimed == 1:
        wanted.append(g.call("lt", size, g.one))
    for c in wanted:
        found = decide_holds(c, domain)
        if found.status != "proved":
            return _open(found, Why.SLOPE_NOT_SHOWN(order=claimed, of=found.told))
    if factor:
        (claim,) = components(factor[0])
        found = _plainly(decide_equal(g.div(size, g.const(factorial(claimed))), claim, domain), domain)
        if found.status != "proved":
            return _open(found, Why.OTHER_FACTOR(of=found.told))
    return proved(Why.ORDER_BY_SLOPES(order=claimed), "expansion at the fixed point")


def _plainly(found: Decision, domain: Domain) -> Decision:
    """A decision; one whose conditions are not known is none."""
    known = all(decide_holds(c, domain).status == "proved" for c in found.conditions)
    return found if known or found.status != "proved" else replace(found, status="undecided")


def _open(found: Decision, reason: Reason) -> Decision:
    """Refuted where the part was, undecided else."""
    return refuted(reason, found.witness or {}) if found.status == "refuted" else undecided(reason)
