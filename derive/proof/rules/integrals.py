"""Integrals: what they mean, and the rules by which they follow.

``integral(f, x, v, low, high)``: f is continuous between the ends but for finitely many points, with an improper Riemann
integral that is v: of each piece the limit as its ends are approached. From a point to itself it is 0, and from the greater end
to the less minus the one from there back. ``integral far(f, x, v, low)``: to infinity; ``from afar(f, x, v, high)``: from minus
infinity; ``all over(f, x, v)``: both. Hypotheses do not speak of x.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.expr.below import below
from derive.expr.graph import Node
from derive.language.properties import INTEGRALS
from derive.proof.evaluation import wants
from derive.proof.rules.properties import Claim
from derive.proof.sequent import Sequent


def ends(c: Claim) -> tuple[Node, list[Node], list[Node]]:
    """The value of an integral, and its lower and its upper end, where it has one."""
    wants(c.name in INTEGRALS, "no integral")
    from_low, to_high = INTEGRALS[c.name]
    wants(len(c.more) == 1 + from_low + to_high and len(c.x) == 1, "no ends")
    wants(not any(below(h, c.x) for h in c.given), "a hypothesis about the variable of an integral")
    v, *at = c.free([n for (n,) in c.more])
    return v, at[:from_low], at[from_low:]


def by_primitive(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """By a function whose slope f is between the ends, continuous, and what it tends to at the lower and at the upper end: the
    fundamental theorem (Rudin 1976, theorem 6.21), and limits of it."""
    (v, low, high), (x,), g = ends(c), c.x, c.f.graph
    wants(len(nodes) == 3, "no primitive and what it tends to")
    primitive, first, last = nodes
    c.free([first, last])
    inside = [*(g.call("gt", x, a) for a in low), *(g.call("lt", x, b) for b in high)]
    order = [g.call("lt", a, b) for a in low for b in high]
    start = g.node("property", (primitive, x, first, *low), "tends from above" if low else "tends far below")
    end = g.node("property", (primitive, x, last, *high), "tends from below" if high else "tends far")
    return [
        c.plain(*order, g.call("eq", v, g.sub(last, first))),
        c.also("slope", primitive, c.f, given=inside),
        c.also("continuous", c.f, given=inside),
        c.plain(start),
        c.plain(end),
    ]


def by_pieces(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """As the sum of the integrals up to a point and from there: ``nodes``, the point and both values."""
    (v, low, high), x, g = ends(c), c.sequent.conclusion.args[1], c.f.graph
    wants(len(nodes) == 3, "no point between the ends")
    at, first, last = c.free(nodes)
    names = {kept: name for name, kept in INTEGRALS.items()}
    return [
        c.plain(g.call("eq", v, g.add(first, last))),
        c.plain(g.node("property", (c.f, x, first, *low, at), names[bool(low), True])),
        c.plain(g.node("property", (c.f, x, last, at, *high), names[True, bool(high)])),
    ]


def turned_round(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """As minus the one from the upper end to the lower."""
    (v, low, high), g = ends(c), c.f.graph
    wants(len(low) == len(high) == 1, "no ends")
    return [c.plain(g.node("property", (c.f, c.sequent.conclusion.args[1], g.neg(v), *high, *low), "integral"))]


def no_range(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """From a point to itself."""
    (v, low, high), g = ends(c), c.f.graph
    wants(len(low) == len(high) == 1, "no ends")
    return [c.plain(g.call("eq", low[0], high[0]), g.call("eq", v, g.zero))]


RULES: dict[str, Callable[..., list[Sequent]]] = {
    "primitive": by_primitive,
    "pieces of an integral": by_pieces,
    "turned round": turned_round,
    "no range": no_range,
}
