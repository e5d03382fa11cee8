"""Inequalities that are true of every convex function: it lies above its tangents.

phi(t*x + (1 - t)*y) <= t*phi(x) + (1 - t)*phi(y): phi at x and at y is no less than what the tangent at t*x + (1 - t)*y is there,
and with the tangent in its place the two sides are equal. Of a concave function the same with the other sign.

What is assumed to be convex may be written with an abstract function: ``phi(x) - mu*x**2/2``, of a mu-strongly convex one, and
``L*x**2/2 - phi(x)``, of an L-smooth one, lie above their tangents, too, at all places that a claim speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

from derive.calculus.reverse import expand_all, gradient
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.facts import Fact, calm, facts, restricted
from derive.engine.properties.reductions import coefficient
from derive.engine.properties.side_conditions import inhabited, proved
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.language.abstract import apply
from derive.language.components import components
from derive.numbers.definedness import has_value
from derive.records import dataclass

MAX_PLACES = 8  # two of which are taken at once
MAX_GAPS = 24  # that are taken for assumptions
_SIGNS = {"convex": 1, "concave": -1}


@dataclass(frozen=True)
class _Gap:
    """``of``, f(a) - f(b) - f'(b)*(a - b), is not negative; ``values``: what is f of a's own, up to a factor."""

    a: tuple[Node, ...]
    b: tuple[Node, ...]
    of: Node
    values: Node


def by_tangents(condition: Node, domain: Domain) -> Decision | None:
    """A proof of an inequality of scalars from the convexity that is assumed of an abstract function, or None."""
    known = [fact for fact in facts(domain.hypotheses) if fact.name in _SIGNS]
    if not known or condition.shape or condition.op not in ORDERS:
        return None
    (condition,) = components(condition)
    g, plain = condition.graph, domain.entries()
    more, less = condition.args if condition.op in ("gt", "ge") else condition.args[::-1]
    held = restricted(known, plain)
    h = g.sub(more, less)
    gaps = [made for fact in known if not any(s in held for s in fact.x) and (made := _gaps(h, fact))]
    concrete = [c for c in plain.hypotheses if not any(n.op == "apply" for n in topological([c]))]
    if not gaps or not inhabited(g.zero, plain.under(concrete)):
        return None
    op = "gt" if condition.op in ("gt", "lt") else "ge"

    def shown(n: Node, op: str, domain: Domain = plain) -> bool:
        found = decide_holds(g.call(op, n, g.zero), domain)
        return found.status == "proved" and not found.conditions

    lows = (low for made in gaps for low in _lower_bounds(h, made, lambda n: shown(n, "ge")))
    above = [g.call("ge", gap.of, g.zero) for made in gaps for gap in made]
    if any(shown(low, op) for low in lows) or (len(above) <= MAX_GAPS and shown(h, op, plain.given(*above))):
        return proved(Why.TANGENTS(), "moves")
    return None


def _gaps(h: Node, fact: Fact) -> list[_Gap]:
    """What a fact says of the places at which h has values of its function."""
    g, x, (f,) = h.graph, fact.x, fact.f
    own = [n for n in topological([f]) if n.op == "apply" and n.args == x and not any(n.attr[1])]
    lacking = topological(has_value(f))  # what f needs beside its variable, the fact needs
    if len(own) != 1 or not calm(f) or any(s in lacking for s in x):
        return []
    name = own[0].attr[0]
    places = list(dict.fromkeys(n.args for n in topological([h]) if n.op == "apply" and n.attr[0] == name))
    f = f if _SIGNS[fact.name] > 0 else g.neg(f)
    slopes = [expand_all([d])[0] for d in gradient(f, list(x))]
    found = []
    for a, b in permutations(places[:MAX_PLACES], 2):
        at_a, at_b = dict(zip(x, a, strict=True)), dict(zip(x, b, strict=True))
        gap = g.sub(substitute(f, at_a), substitute(f, at_b))
        for d, u, v in zip(slopes, a, b, strict=True):
            gap = g.sub(gap, g.mul(substitute(d, at_b), g.sub(u, v)))
        found.append(_Gap(a, b, gap, apply(g, name, a)))
    return found


def _lower_bounds(h: Node, gaps: Sequence[_Gap], nonnegative: Callable[[Node], bool]) -> Iterator[Node]:
    """What h is no less than: with tangents at one place b in the place of the function's other values; and without the two
    gaps of two places, (f'(u) - f'(v))*(u - v)."""
    g = h.graph
    for b in dict.fromkeys(gap.b for gap in gaps):
        low = h
        for gap in (gap for gap in gaps if gap.b == b):
            share, own = coefficient(low, gap.values), coefficient(gap.of, gap.values)
            if share is g.zero:
                continue
            if share is None or own is None or own is g.zero or not nonnegative(g.div(share, own)):
                break
            low = g.sub(low, g.mul(g.div(share, own), gap.of))
        else:
            yield low
    both = {(gap.a, gap.b): gap.of for gap in gaps}
    for a, b in both:
        yield g.sub(h, g.add(both[a, b], both[b, a]))
