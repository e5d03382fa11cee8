"""Norms, recognized: the sums of powers that ``norm(x)`` stands for in the language."""

from __future__ import annotations

from derive.expr.graph import Node
from derive.language.typeset.pieces import Done, tall


def powers_in(n: Node, p: int) -> Node | None:
    """x, where the node is the sum of all abs(x)**p of a vector, or of the squares of any tensor."""
    if n.op != "sum" or n.attr is not None:
        return None
    inner = n.args[0]
    if p > 1:
        if inner.op != "pow" or inner.args[1].op != "const" or inner.args[1].attr != p:
            return None
        inner = inner.args[0]
        if p == 2:
            return inner
    return inner.args[0] if inner.op == "abs" and len(inner.shape) == 1 else None


def norm(x: Node, done: Done, order: str) -> str:
    order = "F" if order == "2" and len(x.shape) == 2 else order
    bars = (r"\left\lVert ", r"\right\rVert") if tall(done[x].text) else (r"\lVert ", r" \rVert")
    return f"{bars[0]}{done[x].text}{bars[1]}_{{{order}}}"
