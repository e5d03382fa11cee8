"""Where the slope of a scalar is 0, in closed form: its factors that are affine or quadratic in the variable, or in a logarithm
or exponential of it.

What is found is a guess for whoever asks, of candidates for extremes and points of contact: others may be missing.
"""

from __future__ import annotations

from derive.calculus.reverse import gradient
from derive.engine.domain import EVERYWHERE
from derive.engine.exceptional_sets import vanishing
from derive.engine.limits.oracle import Oracle, Unsettled, leaves
from derive.errors import ExpressionError
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.numbers.definedness import has_value

_INVERSE = {"log": "exp", "exp": "log"}


def stationary(f: Node, x: Node, oracle: Oracle) -> list[Node]:
    """Zeros of the derivative of f by x, without x; parameters of which the sign of a coefficient is known may stand in them."""
    found = []
    for factor in vanishing(gradient(f, [x])[0], EVERYWHERE.given(*has_value(f))):
        try:
            found += _roots(factor, x, oracle)
        except (Unsettled, ExpressionError, ArithmeticError):
            continue
    return found


def _roots(n: Node, x: Node, oracle: Oracle) -> list[Node]:
    """The real zeros of what is affine or quadratic in x, or in one logarithm or exponential of x; of anything else none."""
    g = n.graph
    outer = next((m for m in topological([n])[::-1] if m.op in _INVERSE and x in leaves(m)), None)
    if outer is not None and x not in leaves(put := substitute(n, {outer: (y := g.symbol("of'"))})):
        inner = [
            g.call(_INVERSE[outer.op], v) for v in _roots(put, y, oracle) if outer.op == "log" or oracle.sign(v) > 0
        ]
        return [r for v in inner for r in _roots(g.sub(outer.args[0], v), x, oracle)]
    slope = oracle.simple(gradient(n, [x])[0])
    bend = oracle.simple(gradient(slope, [x])[0])
    if x in leaves(bend):
        return []
    at_zero = substitute(n, {x: g.zero})
    if x not in leaves(slope):
        return [oracle.simple(g.neg(g.div(at_zero, slope)))] if oracle.sign(slope) else []
    linear = substitute(slope, {x: g.zero})
    below = oracle.simple(g.sub(g.pow(linear, g.const(2)), g.mul(g.const(2), g.mul(bend, at_zero))))
    if not oracle.sign(bend) or oracle.sign(below) < 0:
        return []
    root = g.call("sqrt", below)
    return [oracle.simple(g.div(g.sub(r, linear), bend)) for r in (root, g.neg(root))]
