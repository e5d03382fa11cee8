"""Rules of inequalities between scalars: from a point of contact on, cell by cell, by squares."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from derive.expr.below import below
from derive.expr.folding import substitute_all
from derive.expr.graph import Node
from derive.proof.evaluation import is_variable, wants
from derive.proof.rules.properties import minus
from derive.proof.sequent import Sequent, conjunction


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


def whole_part(s: Sequent) -> list[Sequent]:
    """floor(u) = k for a whole k with k <= u < k + 1."""
    wants(s.conclusion.op == "eq" and s.conclusion.args[0].op == "floor", "no whole part")
    (f, k), g = s.conclusion.args, s.conclusion.graph
    parts = g.call("ge", f.args[0], k), g.call("lt", f.args[0], g.add(k, g.one)), g.call("eq", g.call("floor", k), k)
    return [s.concluding(part) for part in parts]


EQUATIONS: dict[str, Callable[..., list[Sequent]]] = {"whole part": whole_part}
RULES: dict[str, Callable[..., list[Sequent]]] = {
    "from the left": from_an_end,
    "from the right": lambda s, *n: from_an_end(s, *n, right=True),
    "strictly from the left": lambda s, *n: from_an_end(s, *n, strictly=True),
    "strictly from the right": lambda s, *n: from_an_end(s, *n, right=True, strictly=True),
    "cells": cells,
    "squares": of_squares,
}
