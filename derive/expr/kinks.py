"""Where operators turn or jump, and what they are on either side: the table's ``turns_on`` and ``pieces``, of nodes."""

from __future__ import annotations

from collections.abc import Sequence

from derive.expr.graph import Node
from derive.expr.operators import COMPARISONS, OPERATORS


def turns_on(n: Node, args: Sequence[Node] | None = None) -> Node | None:
    """What is 0 where a node (with other arguments, if given) turns or jumps, and a comparison changes; None of a smooth one,
    and of a ``where``, which turns on its condition."""
    args = n.args if args is None else args
    if n.op in COMPARISONS:
        return n.graph.sub(*args)
    o = OPERATORS.get(n.op)
    return o.turns_on(*args) if o is not None and o.turns_on is not None else None


def both_sides(n: Node, args: Sequence[Node] | None = None) -> tuple[Node, Node] | None:
    """What a node is where ``turns_on`` is positive, and where it is negative; None where it is no such piece."""
    o = OPERATORS.get(n.op)
    if o is None or o.pieces is None:
        return None
    above, below = o.pieces(*(n.args if args is None else args))
    return n.graph.lift(above), n.graph.lift(below)
