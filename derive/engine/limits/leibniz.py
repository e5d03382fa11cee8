"""Derivatives of integrals of abstract functions, by Leibniz's rule: there is no antiderivative that could be differentiated.

d/dy of the integral of f(h, y) for h from a to b is f(b, y) b' - f(a, y) a' plus the integral of the derivative of f by y. That
holds where f and its derivative are continuous: of abstract functions, and of what has a value everywhere and no kink.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.calculus.reverse import expand_all, gradient
from derive.expr.folding import substitute, valued
from derive.expr.graph import Node, topological
from derive.expr.operators import KINKED
from derive.language.extremes import infinite


def differentiated(roots: Sequence[Node]) -> list[Node]:
    """The roots with the derivatives (by scalar symbols) of what has such integrals in it worked out."""
    if not any(n.op == "integral" for n in topological(roots)):
        return list(roots)
    done: dict[Node, Node] = {}
    for n in topological(roots):
        args = tuple(done[a] for a in n.args)
        made = n if args == n.args else n.graph.node(n.op, args, n.attr, n.shape)
        done[n] = _derivative(made) if made.op == "d" and not made.shape and made.args[1].op == "symbol" else made
    return [done[r] for r in roots]


def _derivative(n: Node) -> Node:
    """The derivative of a scalar by a symbol: the chain rule over its integrals; the node itself where there are none."""
    g, (f, y) = n.graph, n.args
    found = [m for m in topological([f]) if m.op == "integral" and _continuous(m)]
    names = {m: g.symbol(f"integral {k}'") for k, m in enumerate(found)}
    if not found or any(m in topological(other.args) for m in found for other in found):
        return n
    outer, *slopes = gradient(expand_all([substitute(f, names)])[0], [y, *names.values()])
    total = outer
    for slope, m in zip(slopes, found, strict=True):
        total = g.add(total, g.mul(slope, _by(m, y)))
    return substitute(total, {s: m for m, s in names.items()})


def _by(integral: Node, y: Node) -> Node:
    g = integral.graph
    body, h, low, high = integral.args
    (body,) = expand_all([body])
    total = g.zero
    for end, sign in ((high, 1), (low, -1)):
        if not infinite(end) and y in topological([end]):
            part = g.mul(substitute(body, {h: end}), gradient(expand_all([end])[0], [y])[0])
            total = g.add(total, part) if sign > 0 else g.sub(total, part)
    if y is not h and y in topological([body]):
        total = g.add(total, g.node("integral", (gradient(body, [y])[0], h, low, high)))
    return total


def _continuous(integral: Node) -> bool:
    (body,) = expand_all(integral.args[:1])
    below = topological([body])
    return any(n.op == "apply" for n in below) and valued(body) and not any(n.op in KINKED for n in below)
