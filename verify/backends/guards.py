"""Branches that are not taken, kept from what has no value there: autograd multiplies their slopes by 0, and 0*nan is nan.

In ``where(b > 0, x**2/b, x)`` the quotient is inf at b = 0. What is chosen has a value, its derivative by autograd has none. So
what a branch divides by, takes the root or the logarithm of is 1 where the branch is not taken ("double where"); ``max`` and
``min`` of such a thing become a branch. Definitions are left as they are: others differentiate by them.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.expr.graph import Node, topological
from derive.expr.operators import OPERATORS

#: Which argument of an operator may be one that it has no value, or no slope, for.
#: Which argument a branch is fragile in.
_FRAGILE = {"div": 1, "pow": 0, **{o.name: 0 for o in OPERATORS.values() if o.smooth and isinstance(o.needs, tuple)}}


def guarded(roots: Sequence[Node]) -> list[Node]:
    """The same functions, entry by entry, with the branches that are not taken guarded."""
    done: dict[Node, Node] = {}
    for n in topological(roots):
        args = tuple(done[a] for a in n.args)
        g = n.graph
        made = n if args == n.args else g.node(n.op, args, n.attr, n.shape)
        if n.op == "where":
            c, a, b = made.args
            a, b = _under(c, True, a), _under(c, False, b)
            made = g.node("where", (c, a, b), None, made.shape) if (a, b) != made.args[1:] else made
        elif n.op in ("min", "max") and made.args[0].shape == made.args[1].shape:
            a, b = made.args
            c = g.call("gt" if n.op == "max" else "lt", a, b)
            x, y = _under(c, True, a), _under(c, False, b)
            if (x, y) != (a, b):
                made = g.call("where", c, x, y)
        done[n] = made
    return [done[r] for r in roots]


def _under(c: Node, side: bool, branch: Node) -> Node:
    """A branch with 1 in the place of what it is fragile in, where the condition says that it is not taken."""
    order = [n for n in topological([branch], through_definitions=False) if n.op != "def"]
    if not any(_fragile(n) for n in order):
        return branch
    g = branch.graph
    done: dict[Node, Node] = {}
    for n in order:
        args = [done.get(a, a) for a in n.args]
        if _fragile(n):
            k = _FRAGILE[n.op]
            u = n.args[k]
            if not c.shape or c.shape == u.shape:
                one = g.broadcast(g.one, u.shape)
                args[k] = g.call("where", c, *((args[k], one) if side else (one, args[k])))
        made = n if tuple(args) == n.args else g.node(n.op, tuple(args), n.attr, n.shape)
        if made is not n:
            done[n] = made
    return done.get(branch, branch)


def _fragile(n: Node) -> bool:
    if n.op == "pow" and n.args[1].op == "const" and isinstance(n.args[1].attr, int) and n.args[1].attr >= 0:
        return False
    return n.op in _FRAGILE and n.args[_FRAGILE[n.op]].op != "const"
