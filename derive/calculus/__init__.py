"""Derivatives as expressions: reverse mode, the Hessian, kinks and their sides, subdifferentials, backward passes by steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.expr.graph import Graph, Node


def _meetings() -> Any:
    from derive.calculus import joints

    return joints.MEETINGS


def _total(g: Graph, n: Node, args: Sequence[Node]) -> Node:
    from derive.calculus import totals

    return totals.worked_out(g, n, args)


Graph.totals = _total
Graph.meetings = _meetings


def _normal() -> Any:
    from derive.calculus import gaussian

    return gaussian


Graph.normal = _normal
