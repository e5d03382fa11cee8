"""What assumptions say of whole numbers, such as numbers of steps: that a symbol is one, and where it begins."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from derive.expr.graph import Node
from derive.expr.operators import ORDERS


def start(a: Node, t: Node) -> int | None:
    """The first whole number of an assumption t >= c, t > c; None where it says something else."""
    if a.op not in ORDERS:
        return None
    x, y = a.args if a.op in ("gt", "ge") else a.args[::-1]
    if x is not t or y.op != "const":
        return None
    c = Fraction(y.attr)
    return ceil(c) + (c.denominator == 1 and a.op in ("gt", "lt"))


def says_whole(a: Node, t: Node) -> bool:
    """Whether an assumption is t = floor(t)."""
    return a.op == "eq" and any(x is t and y.op == "floor" and y.args[0] is t for x, y in (a.args, a.args[::-1]))
