"""The rules of the checker by their names: from which sequents a sequent follows.

Those of properties are in ``properties``; here are those of comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from flint import arb

from derive.expr.folding import substitute_all
from derive.expr.graph import Node
from derive.expr.operators import ORDERS
from derive.language.components import components_all
from derive.numbers.balls import rational
from derive.proof import bounds, integrals, limits
from derive.proof.curvature import below
from derive.proof.evaluation import is_variable, wants
from derive.proof.iteration import induction
from derive.proof.properties import AGAINST, RULES, conjunction, laid_out, minus
from derive.proof.sequent import GROWTH, Sequent


def premises(s: Sequent, name: str, nodes: tuple[Node, ...], units: tuple[Fraction, ...]) -> list[Sequent]:
    """What the sequent follows from by a rule. Raises Rejected where the rule does not apply. All is laid out first: a sum over
    a tensor speaks of its entries."""
    nodes = tuple(n if n.op == "property" else _entry(n) for n in nodes)
    if name in COMPARED:
        wants(s.conclusion.op in ORDERS and not s.conclusion.shape, "no inequality")
        (s,) = s.entries()
        return COMPARED[name](s, *nodes)
    if name == "ratio":
        wants(s.conclusion.op == "property" and s.conclusion.attr in GROWTH and len(nodes) == 1, "no order of growth")
        return limits.by_ratio(s, *nodes)
    rules, inner = (AGAINST, s.conclusion.args[0]) if s.conclusion.op == "not" else (SHOWING, s.conclusion)
    wants(name in rules, f"no rule {name!r}")
    return rules[name](laid_out(s.concluding(inner)), nodes, **({"units": units} if units else {}))


def _entry(n: Node) -> Node:
    wants(not n.shape, "a tensor")
    return components_all([n])[0][0]


def from_an_end(
    s: Sequent, x: Node, end: Node, *held: Node, right: bool = False, strictly: bool = False
) -> list[Sequent]:
    """What is not negative at an end of a range of x, and does not fall from there on, is nowhere negative. ``strictly``: it
    rises, and x is not the end. The range is where these conditions hold beside what does not speak of x."""
    positive = s.conclusion.op in ("gt", "lt")
    f = minus(*(s.conclusion.args if s.conclusion.op in ("ge", "gt") else s.conclusion.args[::-1]))
    wants(is_variable(x) and not below(end, [x]), "no end of a range")
    g, near = f.graph, "le" if right else "ge"
    rises = (
        ("decreasing" if strictly else "nonincreasing") if right else ("increasing" if strictly else "nondecreasing")
    )
    inside = g.call({"le": "lt", "ge": "gt"}[near] if strictly else near, x, end)
    range_ = Sequent((*(h for h in s.hypotheses if not below(h, [x])), g.call(near, x, end), *held), inside)
    *there, at_end = substitute_all([*held, f], {x: end})
    return [
        s.concluding(conjunction([inside, *held])),
        range_.concluding(conjunction([*there, g.call("gt" if positive and not strictly else "ge", at_end, g.zero)])),
        range_.concluding(g.node("property", (f, x), rises)),
    ]


def cells(s: Sequent, x: Node, *ends: Node) -> list[Sequent]:
    """On each cell of a range that the hypotheses hold x to."""
    wants(is_variable(x) and len(ends) >= 2 and all(e.op == "const" for e in ends), "no cells")
    g, pairs = x.graph, list(pairwise(ends))
    wants(all(a.attr <= b.attr for a, b in pairs), "ends that are not in order")
    inside = s.concluding(conjunction([g.call("ge", x, ends[0]), g.call("le", x, ends[-1])]))
    return [inside, *(s.given(g.call("ge", x, a), g.call("le", x, b)) for a, b in pairs)]


def of_squares(s: Sequent) -> list[Sequent]:
    """u <= v where v >= 0 and u**2 <= v**2."""
    (u, v), g = s.conclusion.args if s.conclusion.op in ("le", "lt") else s.conclusion.args[::-1], s.conclusion.graph
    op, two = "lt" if s.conclusion.op in ("lt", "gt") else "le", g.const(2)
    return [s.concluding(g.call("ge", v, g.zero)), s.concluding(g.call(op, g.pow(u, two), g.pow(v, two)))]


SHOWING = RULES | limits.RULES | integrals.RULES | bounds.RULES | {"induction": induction}
COMPARED: dict[str, Callable[..., list[Sequent]]] = {
    "from the left": from_an_end,
    "from the right": lambda s, *n: from_an_end(s, *n, right=True),
    "strictly from the left": lambda s, *n: from_an_end(s, *n, strictly=True),
    "strictly from the right": lambda s, *n: from_an_end(s, *n, right=True, strictly=True),
    "cells": cells,
    "squares": of_squares,
}


def ranges(hypotheses: Sequence[Node]) -> dict[Node, arb]:
    """Scalars that comparisons with numbers hold to a bounded range, as balls."""
    ends: dict[Node, dict[bool, Fraction]] = {}
    for h in hypotheses:
        for turned in (False, True) if h.op in ORDERS else ():
            x, number = h.args[::-1] if turned else h.args
            if is_variable(x) and not x.shape and number.op == "const":
                low, c = (h.op in ("gt", "ge")) != turned, Fraction(number.attr)
                known = ends.setdefault(x, {})
                known[low] = max(known.get(low, c), c) if low else min(known.get(low, c), c)
    bounded = {x: e for x, e in ends.items() if len(e) == 2 and e[True] <= e[False]}
    return {x: arb(rational(e[True])).union(arb(rational(e[False]))) for x, e in bounded.items()}


__all__ = ["premises", "ranges"]
