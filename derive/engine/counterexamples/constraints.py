"""The signs that conditions demand, and the cases of what they leave open."""

from __future__ import annotations

from derive.engine.algebra.signs import NEGATIVE, NONNEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, ZERO, Mask
from derive.expr.graph import Node

Constraint = tuple[Node, Mask]  # the sign of the node lies in the mask
MAX_ALTERNATIVES = 8  # cases of one assumption
COMPARED: dict[str, Mask] = {
    "gt": POSITIVE, "ge": NONNEGATIVE, "lt": NEGATIVE, "le": NONPOSITIVE, "eq": ZERO, "ne": NONZERO,
}  # fmt: skip


def constraints(condition: Node) -> list[Constraint]:
    """The signs that a condition demands; of an ``or`` nothing."""
    out: list[Constraint] = []
    work = [(condition, True)]
    while work:
        n, holds = work.pop()
        if n.op == "not":
            work.append((n.args[0], not holds))
        elif n.op == ("and" if holds else "or"):
            work += [(a, holds) for a in reversed(n.args)]
        elif n.op in COMPARED:
            mask = COMPARED[n.op]
            out.append((n.graph.sub(*n.args), mask if holds else 7 & ~mask))
    return out


def alternatives(condition: Node) -> list[list[list[Constraint]]]:
    """The cases of every ``or`` that a condition demands, each with its signs; an ``or`` of too many is left out."""
    out: list[list[list[Constraint]]] = []
    work = [(condition, True)]
    while work:
        n, holds = work.pop()
        if n.op == "not":
            work.append((n.args[0], not holds))
        elif n.op == ("and" if holds else "or"):
            work += [(a, holds) for a in n.args]
        elif n.op in ("and", "or"):
            g = n.graph
            cases = _flat(n, n.op)
            if len(cases) <= MAX_ALTERNATIVES:
                out.append([constraints(c if holds else g.call("not", c)) for c in cases])
    return out


def _flat(n: Node, op: str) -> list[Node]:
    """The operands of nested conditions of one operator."""
    out: list[Node] = []
    work = [n]
    while work:
        m = work.pop()
        if m.op == op and len(out) + len(work) <= 2 * MAX_ALTERNATIVES:
            work += m.args[::-1]
        else:
            out.append(m)
    return out
