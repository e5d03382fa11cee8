"""Local derivatives of every operator, as SymPy derives them.

Written by ``python -m derive.calculus.local``; do not edit.
"""

# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable

from derive.expr.graph import Node

#: (graph, value y, *arguments) -> the derivative; None is zero.
Partial = Callable[..., Node] | None

#: By operator: the partial derivative by each argument.
FIRST: dict[str, tuple[Partial, ...]] = {
    "pi": (),
    "add": (lambda g, y, a, b: g.one, lambda g, y, a, b: g.one,),
    "sub": (lambda g, y, a, b: g.one, lambda g, y, a, b: g.const(-1),),
    "mul": (lambda g, y, a, b: b, lambda g, y, a, b: a,),
    "div": (lambda g, y, a, b: g.div(g.one, b), lambda g, y, a, b: g.neg(g.div(a, g.pow(b, g.const(2)))),),
    "neg": (lambda g, y, a: g.const(-1),),
    "pow": (lambda g, y, a, b: g.mul(g.pow(a, g.sub(b, g.one)), b), lambda g, y, a, b: g.mul(y, g.call("log", a)),),
    "exp": (lambda g, y, a: y,),
    "log": (lambda g, y, a: g.div(g.one, a),),
    "sqrt": (lambda g, y, a: g.div(g.one, g.mul(g.const(2), y)),),
    "tanh": (lambda g, y, a: g.sub(g.one, g.pow(y, g.const(2))),),
    "sigmoid": (lambda g, y, a: g.mul(y, g.sub(g.one, y)),),
    "log1p": (lambda g, y, a: g.div(g.one, g.add(g.one, a)),),
    "expm1": (lambda g, y, a: g.call("exp", a),),
    "logaddexp": (lambda g, y, a, b: g.call("sigmoid", g.sub(a, b)), lambda g, y, a, b: g.call("sigmoid", g.sub(b, a)),),
    "sin": (lambda g, y, a: g.call("cos", a),),
    "cos": (lambda g, y, a: g.neg(g.call("sin", a)),),
    "atan": (lambda g, y, a: g.div(g.one, g.add(g.one, g.pow(a, g.const(2)))),),
    "erf": (lambda g, y, a: g.div(g.mul(g.const(2), g.call("exp", g.neg(g.pow(a, g.const(2))))), g.call("sqrt", g.call("pi"))),),
    "Phi": (lambda g, y, a: g.div(g.call("exp", g.neg(g.div(g.pow(a, g.const(2)), g.const(2)))), g.call("sqrt", g.mul(g.const(2), g.call("pi")))),),
    "probit_odds": (lambda g, y, a: g.div(g.div(g.mul(g.call("sqrt", g.mul(g.const(2), g.call("pi"))), g.call("exp", g.div(g.pow(y, g.const(2)), g.const(2)))), g.add(g.one, a)), g.add(g.one, a)),),
    "lgamma": (lambda g, y, a: g.call("polygamma", g.zero, a),),
    "polygamma": (None, lambda g, y, a, b: g.call("polygamma", g.add(a, g.one), b),),
    "relu": (lambda g, y, a: g.call("select", a, g.one, g.zero),),
    "abs": (lambda g, y, a: g.call("select", a, g.one, g.const(-1)),),
    "sign": (lambda g, y, a: g.call("mul", g.zero, g.call("select", a, g.one, g.const(-1))),),
    "floor": (lambda g, y, a: g.call("mul", g.zero, g.call("select", g.sub(a, y), g.one, g.const(-1))),),
    "min": (lambda g, y, a, b: g.call("select", g.sub(a, b), g.zero, g.one), lambda g, y, a, b: g.call("select", g.sub(a, b), g.one, g.zero),),
    "max": (lambda g, y, a, b: g.call("select", g.sub(a, b), g.one, g.zero), lambda g, y, a, b: g.call("select", g.sub(a, b), g.zero, g.one),),
    "select": (None, lambda g, y, a, b, c: g.call("select", a, g.one, g.zero), lambda g, y, a, b, c: g.call("select", a, g.zero, g.one),),
}

#: The same of the second order, for the argument pairs (0, 0), (0, 1), ..., (1, 1), ... in that order.
SECOND: dict[str, tuple[Partial, ...]] = {
    "pi": (),
    "add": (None, None, None,),
    "sub": (None, None, None,),
    "mul": (None, lambda g, y, a, b: g.one, None,),
    "div": (None, lambda g, y, a, b: g.neg(g.div(g.one, g.pow(b, g.const(2)))), lambda g, y, a, b: g.div(g.mul(g.const(2), a), g.pow(b, g.const(3))),),
    "neg": (None,),
    "pow": (lambda g, y, a, b: g.mul(g.mul(g.pow(a, g.sub(b, g.const(2))), b), g.sub(b, g.one)), lambda g, y, a, b: g.mul(g.pow(a, g.sub(b, g.one)), g.add(g.one, g.mul(b, g.call("log", a)))), lambda g, y, a, b: g.mul(y, g.pow(g.call("log", a), g.const(2))),),
    "exp": (lambda g, y, a: y,),
    "log": (lambda g, y, a: g.neg(g.div(g.one, g.pow(a, g.const(2)))),),
    "sqrt": (lambda g, y, a: g.neg(g.div(g.one, g.mul(g.const(4), g.pow(y, g.const(3))))),),
    "tanh": (lambda g, y, a: g.mul(g.neg(g.mul(g.const(2), y)), g.sub(g.one, g.pow(y, g.const(2)))),),
    "sigmoid": (lambda g, y, a: g.mul(g.sub(g.one, g.mul(g.const(2), y)), g.mul(y, g.sub(g.one, y))),),
    "log1p": (lambda g, y, a: g.neg(g.div(g.one, g.pow(g.add(g.one, a), g.const(2)))),),
    "expm1": (lambda g, y, a: g.call("exp", a),),
    "logaddexp": (lambda g, y, a, b: g.mul(g.call("sigmoid", g.sub(a, b)), g.call("sigmoid", g.sub(b, a))), lambda g, y, a, b: g.neg(g.mul(g.call("sigmoid", g.sub(a, b)), g.call("sigmoid", g.sub(b, a)))), lambda g, y, a, b: g.mul(g.call("sigmoid", g.sub(a, b)), g.call("sigmoid", g.sub(b, a))),),
    "sin": (lambda g, y, a: g.neg(y),),
    "cos": (lambda g, y, a: g.neg(y),),
    "atan": (lambda g, y, a: g.neg(g.div(g.mul(g.const(2), a), g.pow(g.add(g.one, g.pow(a, g.const(2))), g.const(2)))),),
    "erf": (lambda g, y, a: g.neg(g.mul(g.mul(g.const(2), a), g.div(g.mul(g.const(2), g.call("exp", g.neg(g.pow(a, g.const(2))))), g.call("sqrt", g.call("pi"))))),),
    "Phi": (lambda g, y, a: g.neg(g.mul(a, g.div(g.call("exp", g.neg(g.div(g.pow(a, g.const(2)), g.const(2)))), g.call("sqrt", g.mul(g.const(2), g.call("pi")))))),),
    "probit_odds": (lambda g, y, a: g.mul(g.div(g.div(g.mul(g.call("sqrt", g.mul(g.const(2), g.call("pi"))), g.call("exp", g.div(g.pow(y, g.const(2)), g.const(2)))), g.add(g.one, a)), g.add(g.one, a)), g.sub(g.mul(y, g.div(g.div(g.mul(g.call("sqrt", g.mul(g.const(2), g.call("pi"))), g.call("exp", g.div(g.pow(y, g.const(2)), g.const(2)))), g.add(g.one, a)), g.add(g.one, a))), g.div(g.const(2), g.add(g.one, a)))),),
    "lgamma": (lambda g, y, a: g.call("polygamma", g.one, a),),
    "polygamma": (None, None, lambda g, y, a, b: g.call("polygamma", g.add(a, g.const(2)), b),),
    "relu": (None,),
    "abs": (None,),
    "sign": (lambda g, y, a: g.call("mul", g.zero, g.call("select", a, g.one, g.const(-1))),),
    "floor": (lambda g, y, a: g.call("mul", g.zero, g.call("select", g.sub(a, y), g.one, g.const(-1))),),
    "min": (None, None, None,),
    "max": (None, None, None,),
    "select": (None, None, None, None, None, None,),
}
