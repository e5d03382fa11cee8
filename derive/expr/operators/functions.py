"""Smooth functions: exponentials and logarithms, circular functions, the error function."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING, Any

from derive.expr.operators.operator import Operator

if TYPE_CHECKING:
    from derive.expr.graph import Node

# derivatives as code, in forms that neither overflow nor cancel; tests hold them to difference quotients
_EXP, _SIGMOID = 'g.call("exp", a)', 'g.call("sigmoid", g.sub({}, {}))'
_SPREAD = f"g.mul({_SIGMOID.format('a', 'b')}, {_SIGMOID.format('b', 'a')})"
_DENSITY = 'g.div(g.call("exp", g.neg(g.div(g.pow(a, g.const(2)), g.const(2)))), g.call("sqrt", g.mul(g.const(2), g.call("pi"))))'
_BELL = 'g.div(g.mul(g.const(2), g.call("exp", g.neg(g.pow(a, g.const(2))))), g.call("sqrt", g.call("pi")))'

EXPONENTIAL = (
    Operator(
        "exp", 1, "exponential", lambda sp, x: sp.exp(x), r"\exp({})",
        numpy="np.exp({})", torch="torch.exp({})", ball=lambda x: x.exp(), exact=(0, 1),
        range=(0, inf), rises=True, bends="convex", transcendental=True,
    ),
    Operator(
        "log", 1, "natural logarithm", lambda sp, x: sp.log(x), r"\log({})", powered=True,
        numpy="np.log({})", torch="torch.log({})", domain="x > 0", needs=(0, "gt", 0), ball=lambda x: x.log(), exact=(1, 0),
        range=(-inf, inf), rises=True, bends="concave", transcendental=True,
    ),
    Operator(
        "sqrt", 1, "square root", lambda sp, x: sp.sqrt(x), r"\sqrt{{{}}}",
        numpy="np.sqrt({})", torch="torch.sqrt({})", domain="x >= 0", needs=(0, "ge", 0), kink="x = 0",
        range=(0, inf), rises=True, bends="concave", vanishes=True,
    ),
    Operator(
        "tanh", 1, "hyperbolic tangent", lambda sp, x: sp.tanh(x), r"\tanh({})", powered=True,
        numpy="np.tanh({})", torch="torch.tanh({})", ball=lambda x: x.tanh(), exact=(0, 0),
        range=(-1, 1), rises=True, vanishes=True, transcendental=True,
    ),
    Operator(
        "sigmoid", 1, "logistic function 1/(1+exp(-x))", lambda sp, x: 1 / (1 + sp.exp(-x)), r"\sigma({})",
        numpy="sigmoid({})", torch="torch.sigmoid({})", off_kinks=(lambda select, me, x: me(x) * (1 - me(x)),),
        # 1/(1+exp(-x)) loses nothing: for x << 0 the quotient keeps its relative accuracy
        ball=lambda x: 1 / (1 + (-x).exp()), exact=(0, Fraction(1, 2)),
        range=(0, 1), rises=True, transcendental=True,
    ),
    Operator(
        "log1p", 1, "log(1 + x), exact for small x", lambda sp, x: sp.log(1 + x), r"\mathrm{{log1p}}({})",
        numpy="np.log1p({})", torch="torch.log1p({})", domain="x > -1", needs=(0, "gt", -1), ball=lambda x: x.log1p(),
        exact=(0, 0), range=(-inf, inf), rises=True, bends="concave", vanishes=True, transcendental=True,
    ),
    Operator(
        "expm1", 1, "exp(x) - 1, exact for small x", lambda sp, x: sp.exp(x) - 1, r"\mathrm{{expm1}}({})",
        numpy="np.expm1({})", torch="torch.expm1({})", ball=lambda x: x.expm1(), exact=(0, 0),
        range=(-1, inf), rises=True, bends="convex", vanishes=True, transcendental=True,
        derivatives=((_EXP,), (_EXP,)),
    ),
    Operator(
        "logaddexp", 2, "log(exp(a) + exp(b)), without overflow", lambda sp, a, b: sp.log(sp.exp(a) + sp.exp(b)),
        r"\log(\mathrm{{e}}^{{{}}} + \mathrm{{e}}^{{{}}})",
        numpy="np.logaddexp({}, {})", torch="torch.logaddexp({}, {})", rises=True, bends="convex", transcendental=True,
        derivatives=((_SIGMOID.format("a", "b"), _SIGMOID.format("b", "a")), (_SPREAD, f"g.neg({_SPREAD})", _SPREAD)),
    ),
)  # fmt: skip

CIRCULAR = (
    Operator(
        "sin", 1, "sine (radians)", lambda sp, x: sp.sin(x), r"\sin({})", powered=True,
        numpy="np.sin({})", torch="torch.sin({})", ball=lambda x: x.sin(), exact=(0, 0),
        range=(-1, 1), vanishes=True, transcendental=True,
    ),
    Operator(
        "cos", 1, "cosine (radians)", lambda sp, x: sp.cos(x), r"\cos({})", powered=True,
        numpy="np.cos({})", torch="torch.cos({})", ball=lambda x: x.cos(), exact=(0, 1), range=(-1, 1), transcendental=True,
    ),
    Operator(
        "atan", 1, "inverse tangent, between -pi/2 and pi/2", lambda sp, x: sp.atan(x), r"\arctan({})",
        numpy="np.arctan({})", torch="torch.atan({})", ball=lambda x: x.atan(), exact=(0, 0),
        range=lambda ball: (-ball.pi() / 2, ball.pi() / 2), rises=True, vanishes=True,
    ),
)  # fmt: skip


def _quantile_of_odds(u: Any) -> Any:
    """By the lesser tail, so that it keeps its relative accuracy."""
    root = type(u)(2).sqrt()
    if u < 1:
        return -root * (2 * u / (1 + u)).erfcinv()
    return root * ((2 / (1 + u)).erfcinv() if u > 1 else ((u - 1) / (u + 1)).erfinv())


_QUANTILE_SLOPE = (
    'g.div(g.div(g.mul(g.call("sqrt", g.mul(g.const(2), g.call("pi"))), g.call("exp", g.div(g.pow(y, g.const(2)), g.const(2)))),'
    " g.add(g.one, a)), g.add(g.one, a))"
)

NORMAL = (
    Operator(
        "erf", 1, "error function", lambda sp, x: sp.erf(x), r"\mathrm{{erf}}({})",
        numpy="erf({})", torch="torch.erf({})", ball=lambda x: x.erf(), exact=(0, 0),
        range=(-1, 1), rises=True, vanishes=True, transcendental=True,
        derivatives=((_BELL,), (f"g.neg(g.mul(g.mul(g.const(2), a), {_BELL}))",)),
    ),
    Operator(
        "Phi", 1, "cumulative distribution function of the standard normal distribution",
        lambda sp, x: (1 + sp.erf(x / sp.sqrt(2))) / 2, r"\Phi({})", numpy="normal_cdf({})", torch="normal_cdf({})",
        # by erfc, so that the left tail keeps its relative accuracy
        ball=lambda x: (-x / type(x)(2).sqrt()).erfc() / 2, exact=(0, Fraction(1, 2)),
        range=(0, 1), rises=True, transcendental=True,
        derivatives=((_DENSITY,), (f"g.neg(g.mul(a, {_DENSITY}))",)),
    ),
    # of odds, as its domain is one inequality: erfinv and probit, of both ends of an interval, are composites of it
    Operator(
        "probit_odds", 1, "the number z with Phi(z) = u/(1 + u), of positive u",
        lambda sp, u: sp.sqrt(2) * sp.erfinv((u - 1) / (u + 1)), r"\mathrm{{probit}}_{{\mathrm{{odds}}}}({})",
        numpy="probit_odds({})", torch="probit_odds({})", domain="u > 0", needs=(0, "gt", 0), ball=_quantile_of_odds,
        exact=(1, 0), range=(-inf, inf), rises=True, transcendental=True,
        derivatives=(
            (_QUANTILE_SLOPE,),
            (f"g.mul({_QUANTILE_SLOPE}, g.sub(g.mul(y, {_QUANTILE_SLOPE}), g.div(g.const(2), g.add(g.one, a))))",),
        ),
    ),
)  # fmt: skip


def _of_polygamma(n: Node) -> int:
    """All derivatives of digamma alternate: Abramowitz and Stegun 6.4.1."""
    order = n.args[0]
    return 0 if order.op != "const" or order.attr < 1 else 1 if order.attr % 2 else -1


GAMMA = (
    Operator(
        "lgamma", 1, "logarithm of the gamma function, of positive numbers", lambda sp, x: sp.loggamma(x), r"\log\Gamma({})",
        numpy="lgamma({})", torch="lgamma({})", sympy="loggamma", domain="x > 0", needs=(0, "gt", 0), ball=lambda x: x.lgamma(),
        exact=(1, 0), bends="convex", transcendental=True,
        derivatives=(('g.call("polygamma", g.zero, a)',), ('g.call("polygamma", g.one, a)',)),
    ),
    Operator(
        "polygamma", 2, "derivative of order n + 1 of lgamma, n = 0, 1, ...", lambda sp, n, x: sp.polygamma(n, x),
        r"\psi^{{({})}}({})", numpy="polygamma({}, {})", torch="polygamma({}, {})", domain="x > 0", needs=(1, "gt", 0),
        orders=1, sign=_of_polygamma, transcendental=True,
        derivatives=(
            (None, 'g.call("polygamma", g.add(a, g.one), b)'),  # the order is a whole number, and no variable
            (None, None, 'g.call("polygamma", g.add(a, g.const(2)), b)'),
        ),
    ),
)  # fmt: skip
