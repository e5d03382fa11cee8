"""Inequalities that are true of every convex function: it lies above its tangents.

phi(t*x + (1 - t)*y) <= t*phi(x) + (1 - t)*phi(y): phi at x and at y is no less than what the tangent at t*x + (1 - t)*y is there,
and with the tangent in its place the two sides are equal. Of a concave function the same with the other sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.facts import facts, of_function, restricted
from derive.engine.properties.reductions import coefficient
from derive.engine.properties.side_conditions import inhabited, proved
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.language.abstract import apply, partial
from derive.language.components import components

MAX_CALLS = 6
_SIGNS = {"convex": 1, "concave": -1}


def by_tangents(condition: Node, domain: Domain) -> Decision | None:
    """A proof of an inequality of scalars from the convexity that is assumed of an abstract function, or None."""
    known = [fact for fact in facts(domain.hypotheses) if fact.name in _SIGNS]
    if not known or condition.shape or condition.op not in ORDERS:
        return None
    (condition,) = components(condition)
    g, plain = condition.graph, domain.entries()
    more, less = condition.args if condition.op in ("gt", "ge") else condition.args[::-1]
    held = restricted(known, plain)
    h, curved = g.sub(more, less), dict[Node, int]()
    for n in topological([h]):
        for name, sign in _SIGNS.items():
            value = n if n.op != "apply" or n.attr[1] != (1,) else apply(g, n.attr[0], n.args)
            if n.op == "apply" and len(n.args) == 1 and n.attr[1][0] <= 1 and of_function(known, value, held, [name]):
                curved[n] = sign
    if not 1 < len(curved) <= MAX_CALLS or not inhabited(g.zero, plain):
        return None
    op = "gt" if condition.op in ("gt", "lt") else "ge"

    def shown(n: Node, op: str) -> bool:
        found = decide_holds(g.call(op, n, g.zero), plain)
        return found.status == "proved" and not found.conditions

    for low in _lower_bounds(h, curved, lambda n: shown(n, "ge")):
        if shown(low, op):
            return proved(Why.TANGENTS(), "moves")
    return None


def _lower_bounds(h: Node, curved: Mapping[Node, int], nonnegative: Callable[[Node], bool]) -> Iterator[Node]:
    """What h is no less than: with tangents at one place in the place of the function's other values; and without
    (phi'(u) - phi'(v))*(u - v), which is the sum of two such steps."""
    g = h.graph
    for place in dict.fromkeys(n.args[0] for n in curved):
        low = h
        for n, sign in curved.items():
            if any(n.attr[1]) or n.args[0] is place:
                continue
            share = coefficient(low, n)  # with what has been put in
            if share is None or not nonnegative(g.mul(g.const(sign), share)):
                break
            at_place = apply(g, n.attr[0], (place,))
            tangent = g.add(at_place, g.mul(partial(at_place, 0), g.sub(n.args[0], place)))
            low = substitute(low, {n: tangent})
        else:
            yield low
    slopes = [n for n in curved if any(n.attr[1])]
    for a, b in combinations(slopes, 2):
        if a.attr == b.attr:
            step = g.mul(g.sub(a, b), g.sub(a.args[0], b.args[0]))
            yield g.sub(h, g.mul(g.const(curved[a]), step))
