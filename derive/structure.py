"""How an expression depends on its variables: in which it is affine.

Exact and structural: a dependence is told only if it is proved for all values. Where no kink depends on a variable, ``f`` is
affine in it if the second derivatives vanish identically; where one does (relu(x) - relu(-x) is x), if ``f`` is what
interpolates its values at 0 and at the unit points.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.calculus.branches import between
from derive.calculus.reverse import second_derivatives
from derive.errors import ExpressionError
from derive.expr import shapes
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, free_symbols
from derive.expr.operators import KINKED
from derive.language.components import components
from derive.records import dataclass


@dataclass(frozen=True, slots=True)
class Affine:
    """``alone``: the variables in each of which f is affine while the others are fixed. ``jointly``: the largest sets of them
    in which it is affine together (x*y is affine in x and in y, not in both; x + y in both)."""

    alone: tuple[Node, ...]
    jointly: tuple[tuple[Node, ...], ...]


def affine_in(f: Node, variables: Sequence[Node] | None = None) -> Affine:
    """The variables (default: all symbols of ``f``) in which a scalar ``f`` is affine, each alone and jointly.

    A tensor counts as one variable: f is affine in it if it is in all its entries together. What could not be proved is left
    out. ``f`` is derivative-free.
    """
    if f.shape:
        raise ExpressionError(f"affine_in needs a scalar, not shape {shapes.show(f.shape)}")
    root = components(f)[0]
    named = list(variables) if variables is not None else free_symbols([f])
    alone = [i for i, v in enumerate(named) if _affine(root, components(v))]
    sets: list[frozenset[int]] = []
    for i in alone:  # second derivatives vanish on a set if they do on each pair of it
        near = {j for j in alone if j < i and _affine(root, [*components(named[i]), *components(named[j])])}
        grown = {*sets, *(s & near | {i} for s in sets), frozenset([i])}
        sets = [s for s in grown if not any(s < t for t in grown)]
    sets.sort(key=sorted)
    return Affine(tuple(named[i] for i in alone), tuple(tuple(named[i] for i in sorted(s)) for s in sets))


def _affine(f: Node, entries: Sequence[Node]) -> bool:
    """Whether a scalar is affine in these entries together, proved."""
    from derive.engine import decide_equal

    g = f.graph
    if any(n.op in KINKED for n in between(f, entries)):
        try:
            return decide_equal(f, _interpolated(g, f, entries)).status == "proved"
        except ExpressionError:
            return False
    # a root or a power may lack second derivatives at single points; where they vanish they do so without conditions
    table = second_derivatives(f, list(entries))
    return all(decide_equal(second, g.zero).status in ("proved", "proved-if") for second in table.values())


def _interpolated(g: Graph, f: Node, entries: Sequence[Node]) -> Node:
    """f(0) + sum of x_i (f(e_i) - f(0))."""
    base = substitute(f, dict.fromkeys(entries, g.zero))
    total = base
    for x in entries:
        unit = substitute(f, {y: g.one if y is x else g.zero for y in entries})
        total = g.add(total, g.mul(x, g.sub(unit, base)))
    return total
