"""Functions with kinks and jumps, and what is chosen by a condition or the side of a kink."""

from __future__ import annotations

from math import inf
from typing import Any

from derive.expr.operators.operator import Operator


def _piecewise(sp: Any, condition: Any, yes: Any, no: Any) -> Any:
    return sp.Piecewise((yes, condition), (no, True))


# at a jump there is no derivative, though both sides have the slope 0
_AT_ZERO = 'g.call("mul", g.zero, g.call("select", a, g.one, g.const(-1)))'
_AT_WHOLE = 'g.call("mul", g.zero, g.call("select", g.sub(a, y), g.one, g.const(-1)))'  # y = floor(a) <= a

PIECEWISE = (
    Operator(
        "relu", 1, "max(x, 0)", lambda sp, x: _piecewise(sp, x > 0, x, 0), r"\mathrm{{ReLU}}({})",
        numpy="np.maximum({}, 0.0)", torch="torch.relu({})", off_kinks=(lambda select, me, x: select(x, 1, 0),),
        turns_on=lambda x: x, pieces=lambda x: (x, 0),
        range=(0, inf), turns=True, kink="x = 0", rises=True, bends="convex", vanishes=True,
    ),
    Operator(
        "abs", 1, "absolute value", lambda sp, x: _piecewise(sp, x > 0, x, -x), r"\lvert {} \rvert",
        numpy="np.abs({})", torch="torch.abs({})", sympy="Abs", off_kinks=(lambda select, me, x: select(x, 1, -1),),
        turns_on=lambda x: x, pieces=lambda x: (x, -x),
        range=(0, inf), turns=True, kink="x = 0", bends="convex", vanishes=True,
    ),
    Operator(
        "sign", 1, "-1, 0 or 1", lambda sp, x: sp.Piecewise((1, x > 0), (-1, x < 0), (0, True)), r"\mathrm{{sign}}({})",
        numpy="np.sign({})", torch="torch.sign({})", sympy="sign", off_kinks=(lambda select, me, x: 0,),
        turns_on=lambda x: x, pieces=lambda x: (1, -1),
        range=(-1, 1), turns=True, jumps=True, kink="x = 0", rises=True, vanishes=True,
        derivatives=((_AT_ZERO,), (_AT_ZERO,)),
    ),
    Operator(
        "floor", 1, "greatest whole number that is not above x", lambda sp, x: sp.floor(x), r"\lfloor {} \rfloor",
        numpy="np.floor({})", torch="torch.floor({})", off_kinks=(lambda select, me, x: 0,),
        turns_on=lambda x: x - x.graph.call("floor", x),
        turns=True, jumps=True, kink="x whole", rises=True, vanishes=True,
        derivatives=((_AT_WHOLE,), (_AT_WHOLE,)),
    ),
    Operator(
        "min", 2, "lesser of two", lambda sp, a, b: _piecewise(sp, a - b > 0, b, a), r"\min({}, {})",
        numpy="np.minimum({}, {})", torch="torch.minimum({}, {})", sympy="Min",
        off_kinks=(lambda select, me, a, b: select(a - b, 0, 1), lambda select, me, a, b: select(a - b, 1, 0)),
        turns_on=lambda a, b: a - b, pieces=lambda a, b: (b, a),
        turns=True, kink="a = b", rises=True, bends="concave",
    ),
    Operator(
        "max", 2, "greater of two", lambda sp, a, b: _piecewise(sp, a - b > 0, a, b), r"\max({}, {})",
        numpy="np.maximum({}, {})", torch="torch.maximum({}, {})", sympy="Max",
        off_kinks=(lambda select, me, a, b: select(a - b, 1, 0), lambda select, me, a, b: select(a - b, 0, 1)),
        turns_on=lambda a, b: a - b, pieces=lambda a, b: (a, b),
        turns=True, kink="a = b", rises=True, bends="convex",
    ),
    # what holds off a kink: a where s > 0, b where s < 0, and no value at s = 0 unless a = b there
    Operator(
        "select", 3, "one value on each side of a kink, none on it",
        lambda sp, s, a, b: sp.Piecewise((a, s > 0), (b, s < 0), (sp.nan, True)),
        r"\left\{{\begin{{smallmatrix}}{1}, & {0} > 0\\ {2}, & {0} < 0\end{{smallmatrix}}\right.",
        numpy="select({}, {}, {})", torch="select({}, {}, {})",
        off_kinks=(
            lambda select, me, s, a, b: 0,
            lambda select, me, s, a, b: select(s, 1, 0),
            lambda select, me, s, a, b: select(s, 0, 1),
        ),
        turns_on=lambda s, a, b: s, pieces=lambda s, a, b: (a, b),
        turns=True, kink="s = 0", domain="s != 0, or a = b", needs=(0, "ne", 0),
    ),
    Operator(
        "where", 3, "a where the condition holds, else b", lambda sp, c, a, b: _piecewise(sp, c, a, b),
        r"\left\{{\begin{{smallmatrix}}{1}, & {0}\\ {2}, & \text{{else}}\end{{smallmatrix}}\right.",
        numpy="np.where({}, {}, {})", torch="torch.where({}, {}, {})",
        off_kinks=(
            lambda select, me, c, a, b: 0,
            lambda select, me, c, a, b: me(c, 1, 0),
            lambda select, me, c, a, b: me(c, 0, 1),
        ),
        turns=True, jumps=True, kink="the boundary of the condition",
    ),
)  # fmt: skip
