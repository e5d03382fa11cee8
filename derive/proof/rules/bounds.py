"""Least upper bounds: what they mean, and the rules by which they follow.

``supremum(f, x, v)``: v is the least number that no value of f exceeds, x ranging over D, where the hypotheses hold, as far as f
has a value; ``unbounded(f, x)``: some value of f exceeds every number. A greatest lower bound is minus the least upper bound of
-f.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.expr.below import below
from derive.expr.graph import Node
from derive.language.properties import BOUNDS, LIMITS
from derive.proof.evaluation import wants
from derive.proof.rules.limits import in_the_end
from derive.proof.rules.properties import Claim, laid_out
from derive.proof.sequent import Sequent


def _highest(c: Claim) -> list[Sequent]:
    """That no value exceeds v."""
    wants(c.name == "supremum" and len(c.x) == 1, "no least upper bound")
    g, v = c.f.graph, c.free([n for (n,) in c.more])[0]
    return [c.plain(g.call("le", c.f, v), given=[g.call("eq", c.f, c.f)])]


def taken(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """That f is v at a point of D (``nodes``), and nowhere more."""
    highest, at = _highest(c), c.free(nodes)
    wants(len(at) == 1, "no point")
    there = c.f.graph.call("eq", c.at(at, c.f)[0], c.more[0][0])
    return [*highest, *c.inside(at, alone=True), c.alone(there)]


def approached(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """That f tends to v as x goes somewhere within D, and is nowhere more; or that it grows there beyond all bounds. ``nodes``:
    the limit, as a property."""
    wants(c.name in BOUNDS and len(nodes) == 1 and nodes[0].op == "property", "no limit")
    limit = laid_out(Sequent(c.alone(c.f.graph.one).hypotheses, nodes[0]))
    what = LIMITS.get(limit.name, ("", ""))[0]
    wants(what == ("tends" if c.name == "supremum" else "grows") and limit.f is c.f and limit.x == c.x, "another limit")
    wants(what == "grows" or limit.more[0] == c.more[0], "another value")
    held = [h for h in c.given if below(h, c.x)]
    wants(in_the_end(limit, lambda ends: all(ends.of(h) is True for h in held)), "x leaves its range on the way")
    return [*(_highest(c) if what == "tends" else ()), limit.sequent]


RULES: dict[str, Callable[..., list[Sequent]]] = {"taken": taken, "approached": approached}
