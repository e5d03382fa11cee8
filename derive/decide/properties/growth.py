"""Orders of growth by the limit of the ratio: O, o, Theta, and asymptotic equality."""

from __future__ import annotations

from collections.abc import Sequence

from derive.decide.asymptotics import Limit, Unsettled, limit
from derive.decide.asymptotics.oracle import Oracle, said
from derive.decide.cascade import Decision
from derive.decide.refute import Bounds
from derive.extremes import infinite
from derive.graph import Node


def growth(name: str, args: Sequence[Node], assuming: Sequence[Node], bounds: Bounds) -> Decision:
    """Decides ``name(f, g, x, point)``."""
    f, by, x = args[:3]
    g = f.graph
    point: Node | int = 1
    if len(args) == 4:
        point = infinite(args[3]) or args[3]
    if x.op != "symbol":
        return Decision("undecided", "growth is decided along a scalar symbol")
    ratio = g.call("div", f, by)
    if name != "asymptotic":
        ratio = g.call("abs", ratio)
    try:
        found = limit(ratio, x, point, assuming, bounds)
        answer = _answer(name, found, x, assuming, bounds)
    except Unsettled as e:
        return Decision("undecided", f"the limit of the ratio was not found: {e}")
    shown = "inf" if found.side else said(found.value).strip("'")
    note = f", where {found.note}" if found.note else ""
    return Decision("proved" if answer else "refuted", f"the ratio tends to {shown}{note}", method="limit of the ratio")


def _answer(name: str, found: Limit, x: Node, assuming: Sequence[Node], bounds: Bounds) -> bool:
    if found.side:
        return False
    if name == "grows_at_most":
        return True
    g = x.graph
    oracle = Oracle(g, g.symbol("growth'"), [a for a in assuming if not a.shape], bounds)
    gap = g.sub(found.value, g.one) if name == "asymptotic" else found.value
    zero = oracle.simple(gap) is g.zero or oracle.sign(gap) == 0
    return not zero if name == "grows_like" else zero
