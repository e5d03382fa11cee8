"""Lipschitz bounds by the mean value theorem: |h(x, y)| <= L*|x - y| where h is 0 at x = y and its slope in x lies in [-L, L]."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

from derive.calculus.reverse import gradient
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.reasons import Why
from derive.expr.below import below
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.language.components import components
from derive.lazily import lazily

with lazily():
    from derive.engine.properties import side_conditions

MAX_NODES = 200

Decide = Callable[[Node, Domain], Decision]


def by_mean_value(condition: Node, domain: Domain, decide: Decide) -> Decision | None:
    """A proof of |h| <= L*|x - y| for scalars, or None. ``decide`` decides what is left: an inequality between slopes."""
    if condition.shape or condition.op not in ORDERS or condition.op in ("gt", "lt"):
        return None
    if condition.args[condition.op == "ge"].op != "abs":
        return None
    (condition,) = components(condition)
    more, less = condition.args if condition.op == "ge" else condition.args[::-1]
    domain = domain.entries()
    if len(topological([condition])) > MAX_NODES:
        return None
    g, h = condition.graph, less.args[0]
    for distance in (n for n in topological([more]) if n.op == "abs" and n.args[0].op == "sub"):
        x, y = distance.args[0].args
        if x not in topological([h]) or domain.binds([x, y]):
            continue  # the same range for both, with all that lies between
        share = substitute(more, {distance: g.one})
        times = g.mul(share, distance)
        if below(share, [x, y]) or decide_equal(more, times, domain).status != "proved":
            continue
        if not side_conditions.smooth(h) or decide_equal(substitute(h, {x: y}), g.zero, domain).status != "proved":
            continue
        for s, _ in permutations((x, y)):
            slope = gradient(h, [s])[0]
            if not (
                side_conditions.valued(h, [s], domain, strict=True)
                and side_conditions.valued(slope, [s], domain, strict=True)
            ):
                continue
            bound = [decide(g.call("ge", g.call(op, share, slope), g.zero), domain) for op in ("sub", "add")]
            if all(d.status == "proved" and not d.conditions for d in bound):
                balls = any(d.method == "balls" for d in bound)
                return side_conditions.proved(Why.MEAN_VALUE(), "balls" if balls else "slopes")
    return None
