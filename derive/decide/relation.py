"""Does a condition hold on its whole domain? An inequality is the equation where(c, 1, 0) = 1, decided region by region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from derive.components import components_all
from derive.decide.cascade import Decision, decide_equal
from derive.decide.refute import Bounds
from derive.enclose import rational, truth
from derive.graph import Node, topological


def decide_holds(condition: Node, assuming: Sequence[Node] = (), bounds: Bounds | None = None) -> Decision:
    """Whether a derivative-free condition (of a tensor: every entry) holds for all values that meet the assumptions.

    A decision as of ``decide_equal``: proved; refuted, with a point at which it fails; proved-if, where it fails on a boundary
    only; undecided.
    """
    g = condition.graph
    found = decide_equal(
        g.call("where", condition, g.one, g.zero), g.broadcast(g.one, condition.shape), assuming, bounds
    )
    if found.status == "undecided" and (origin := _fails_at_origin(condition, assuming, bounds or {})) is not None:
        found = Decision("refuted", "", witness=origin, method="ball arithmetic")
    return replace(found, reason=_reason(found), left="", right="")


def _fails_at_origin(condition: Node, assuming: Sequence[Node], bounds: Bounds) -> dict[Node, Fraction] | None:
    """The point where every symbol is 0, if the condition is certainly false there and the point is in the domain."""
    entries, *given = components_all([condition, *assuming])
    conditions = [c for part in given for c in part]
    leaves = [n for n in topological([*entries, *conditions]) if n.op == "index" or (n.op == "symbol" and not n.shape)]
    values = dict.fromkeys(leaves, rational(0))
    for n in leaves:
        low, high = bounds.get(n.args[0] if n.op == "index" else n, (None, None))
        if (low is not None and low > 0) or (high is not None and high < 0):
            return None
    inside = all(truth(c, values) is True for c in conditions)
    return dict.fromkeys(leaves, Fraction(0)) if inside and any(truth(e, values) is False for e in entries) else None


def _reason(found: Decision) -> str:
    from derive.language import to_text

    at = ", ".join(f"{to_text(n)} = {v}" for n, v in (found.witness or {}).items())
    match found.status:
        case "proved":
            many = len(found.regions)
            return f"holds on the whole domain{f', in each of {many} regions' if many > 1 else ''}"
        case "refuted":
            return f"does not hold at {at}" if at else "does not hold"
        case "proved-if":
            needs = " and ".join(to_text(c) for c in found.missing)
            return f"holds if {needs}; does not at {at}"
    return found.reason
