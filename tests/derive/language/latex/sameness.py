"""Whether two expressions are the same in all respects that print keeps: proved, by their normal forms or by the decision."""

from __future__ import annotations

from derive.engine import decide_equal
from derive.expr.graph import Node


def same(a: Node, b: Node) -> bool:
    return decide_equal(a, b).status == "proved"
