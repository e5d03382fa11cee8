"""Which entries of a derivative are told: all that differ, and not too many."""

from __future__ import annotations

from derive.expr import shapes
from derive.expr.graph import Node

MAX_ENTRIES = 64  # of one derivative


def told(node: Node) -> list[Node]:
    """The entries as nodes: of a Hessian those on and above its diagonal."""
    if not node.shape:
        return [node]
    return [node.graph.index(node, i) for i in shapes.indices(node.shape) if not mirrored(node, i)][:MAX_ENTRIES]


def mirrored(node: Node, where: tuple[int, ...]) -> bool:
    """Whether that entry is one of a Hessian below its diagonal."""
    half = len(where) // 2
    return node.op == "hessian" and where[:half] > where[half:]
