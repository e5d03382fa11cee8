"""Numbers of steps as claims write them, ``t + 1``, and what can't be decided of them."""

from __future__ import annotations

from derive.engine.reasons import Reason, Why
from derive.expr.graph import Node


class Beyond(Exception):
    """What can't be decided here, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def affine_count(k: Node) -> tuple[Node | None, int]:
    """A number of steps as a symbol and a whole number. Raises Beyond."""
    match k.op:
        case "def":
            return affine_count(k.args[0])
        case "const":
            return None, k.attr
        case "symbol" if not k.shape:
            return k, 0
        case "add" | "sub":
            (t, c), (u, e) = map(affine_count, k.args)
            if u is None:
                return t, c + e if k.op == "add" else c - e
            if t is None and k.op == "add":
                return u, c + e
    raise Beyond(Why.STEPS_NOT_AFFINE())
