"""Which node is a derivative of what: noted down by the calculus (``Graph.derived``) for ``joints``, which reads it."""

from __future__ import annotations

from collections.abc import Mapping

from derive.expr.graph import Node, topological
from derive.language.substitution import put


def note_replaced(body: Node, values: Mapping[Node, Node]) -> None:
    """Notes what the derivatives below a node become where symbols are replaced by values (``at``)."""
    g = body.graph
    known = {n for n, _, _ in g.derived}
    for n in topological([body]) if known else ():
        if n in known and steps(n) and (made := put([n], values)[0]) is not n:
            g.derived[made, tuple(values.items()), n] = None


def steps(n: Node) -> bool:
    """Whether a derivative may lack a value at a kink or a jump of the function, or at a zero of a root."""
    below, zero = topological([n]), n.graph.zero
    if any(m.op == "select" or (m.op == "div" and m.args[0] is zero) for m in below):
        return True
    if any(
        m.op == "pow" and m.args[1].op == "const" and m.args[1].attr.denominator > 1 and m.args[1].attr < 0
        for m in below
    ):
        return True
    return any(m.op == "sqrt" for m in below) and any(m.op == "div" for m in below)
