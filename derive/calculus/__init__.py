"""Derivatives as expressions: reverse mode, the Hessian, kinks and their sides, subdifferentials, backward passes by steps."""

from __future__ import annotations

from typing import Any

from derive.expr.graph import Graph


def _meetings() -> Any:
    from derive.calculus import joints

    return joints.MEETINGS


Graph.meetings = _meetings
