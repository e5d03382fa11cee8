"""Where a function has a value, as far as its logarithms and roots say: a derivative is claimed nowhere else.

d(log(x), x) is written 1/x, which has a value at x = -1; the logarithm, and so its derivative, has none.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.graph import Node, topological
from derive.operators import DEFERRED, DERIVATIVES

_BRANCHING = ("where", "select")
_CHOOSING = ("min", "max", "relu")


def of_derivatives(nodes: Sequence[Node]) -> list[Node]:
    """The conditions under which what is differentiated in these (unexpanded) nodes has a value and a slope.

    A function with branches is left out: what stands in a branch need not have a value everywhere.
    """
    found: dict[Node, None] = {}
    for n in _outside(nodes):
        if n.op in DERIVATIVES:
            below = topological([n.args[0]])
            if not any(m.op in _BRANCHING or m.op in DERIVATIVES or m.op in DEFERRED for m in below):
                slope = not any(m.op in _CHOOSING for m in below)  # of what is not chosen no slope is needed
                found.update(dict.fromkeys(c for m in below if (c := _needs(m, slope)) is not None))
        elif n.op in DEFERRED:
            g = n.graph
            for c in of_derivatives([n.args[0]]):
                found[g.node(n.op, (c, *n.args[1:]), None, c.shape)] = None
    return list(found)


def _outside(nodes: Sequence[Node]) -> list[Node]:
    """The nodes below these, but not what stands in ``at(...)``, where symbols have other values."""
    seen: set[Node] = set()
    work = list(nodes)
    while work:
        n = work.pop()
        if n not in seen:
            seen.add(n)
            work.extend(n.args[1 + len(n.args) // 2 :] if n.op in DEFERRED else n.args)
    return sorted(seen, key=lambda n: n.id)


def _needs(n: Node, slope: bool) -> Node | None:
    g = n.graph
    match n.op:
        case "log":
            return g.call("gt", n.args[0], g.zero)
        case "sqrt":
            return g.call("gt" if slope else "ge", n.args[0], g.zero)
        case "log1p":
            return g.call("gt", n.args[0], g.const(-1))
        case "pow" if n.args[1].op == "const" and not isinstance(n.args[1].attr, int):
            return g.call("gt" if slope or n.args[1].attr < 0 else "ge", n.args[0], g.zero)
    return None
