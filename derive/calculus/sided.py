"""One-sided derivatives as claims ask for them: ``d(f, x, side=1)`` from the right, ``d(f, x, side=-1)`` from the left.

The limit of (f(x + h) - f(x))/h as h goes to 0 on that side. It is the slope of the one-sided expansion (``beside``) where f is
continuous from that side and has values there; where f jumps away from the point, or ends, there is none. What the rules do not
settle (a root at its zero inside of something else) is left open: it has an ``Open`` value, and is never taken for a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce
from typing import Any, ClassVar

from derive.calculus.beside import beside
from derive.errors import ExpressionError, Undetermined
from derive.expr.graph import Graph, Node
from derive.language.components import components_all
from derive.records import dataclass

MAX_SPLIT = 6  # branches within branches


@dataclass(frozen=True)
class Open:
    """How a node ``computed`` gets its value that nothing settles: it has none that is known."""

    reason: str
    side: int
    open: ClassVar[bool] = True

    def value(self, _: Sequence[Any]) -> Any:
        return Undetermined(self.reason)

    def text(self, _: Sequence[str]) -> str:
        return f"an open value ({self.reason})"


def one_sided(g: Graph, n: Node, args: Sequence[Node]) -> Node:
    """The formula of a node ``sided``, its arguments f and x worked out; the side is its attribute, 1 or -1."""
    (f,), (x,) = components_all(args)

    def unknown(reason: str, *on: Node) -> Node:
        return g.node("computed", (f, *on, x), Open(reason, n.attr))

    try:
        limit, slope = beside(f, {x: g.const(n.attr)}, unknown=unknown)
    except ExpressionError as e:
        return unknown(e.message)
    slope = slope if n.attr == 1 else g.neg(slope)
    return slope if limit is f else g.call("where", _same(f, limit), slope, g.call("div", g.zero, g.zero))


def _same(f: Node, limit: Node, depth: int = MAX_SPLIT) -> Node:
    """That two formulas have one value: branch by branch, as a formula is itself where balls could not tell it to be."""
    g = f.graph
    if f is limit:
        return g.call("gt", g.call("exp", f), g.zero)  # wherever it has a value
    for n, m in ((f, limit), (limit, f)):
        if depth and n.op == "where":
            c, p, q = n.args
            on, off = _same(p, m, depth - 1), _same(q, m, depth - 1)
            return g.call("or", g.call("and", c, on), g.call("and", g.call("not", c), off))
    if depth and (f.op, f.attr, len(f.args)) == (limit.op, limit.attr, len(limit.args)) and f.args:
        parts = reduce(lambda a, b: g.call("and", a, b), map(partial(_same, depth=depth - 1), f.args, limit.args))
        return g.call("or", parts, g.call("eq", f, limit))
    return g.call("eq", f, limit)
