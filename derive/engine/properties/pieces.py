"""A function by its pieces: what jumps inside of it is lifted out, so that its branches are values of the whole function.

sign(x)*x jumps nowhere though sign does: it is x where x > 0, -x where x < 0 and 0 at 0, and these meet. The same of
x*where(x > 0, 1, 0). What stands in the branches of a branch needs no lifting.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.expr.below import below
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological

MAX_LIFTED = 4


def lifted(f: Node, x: Sequence[Node], ops: Sequence[str] = ("sign", "where")) -> Node:
    """The same scalar function with its signs (and branches) that speak of x outermost; few of them are lifted."""
    for _ in range(MAX_LIFTED):
        outer = _outermost(f)
        inner = (n for n in topological([f]) if n.op in ops and n not in outer and below(n.args[0], x))
        if (n := next(inner, None)) is None:
            break
        f = _by_cases(f, n)
    return f


def _by_cases(f: Node, n: Node) -> Node:
    g = f.graph
    if n.op == "where":
        c, a, b = n.args
        return g.call("where", c, substitute(f, {n: a}), substitute(f, {n: b}))
    u = n.args[0]
    up, down, on = (substitute(f, {n: g.const(v)}) for v in (1, -1, 0))
    return g.call("where", g.call("gt", u, g.zero), up, g.call("where", g.call("lt", u, g.zero), down, on))


def _outermost(f: Node) -> set[Node]:
    """The branches whose values are values of f."""
    found: set[Node] = set()
    work = [f]
    while work:
        n = work.pop()
        if n.op == "where" and n not in found:
            found.add(n)
            work += n.args[1:]
    return found
