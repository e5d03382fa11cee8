"""Comparisons, and what joins conditions."""

from __future__ import annotations

from collections.abc import Callable

from derive.expr.operators.operator import Operator

COMPARED = (
    Operator(
        "gt", 2, "greater", lambda sp, a, b: a > b, r"{} \gt {}", infix=">",
        boolean=True, ufunc="greater", sympy="StrictGreaterThan",
    ),
    Operator(
        "ge", 2, "greater or equal", lambda sp, a, b: a >= b, r"{} \ge {}", infix=">=",
        boolean=True, ufunc="greater_equal", sympy="GreaterThan",
    ),
    Operator(
        "lt", 2, "less", lambda sp, a, b: a < b, r"{} \lt {}", infix="<",
        boolean=True, ufunc="less", sympy="StrictLessThan",
    ),
    Operator(
        "le", 2, "less or equal", lambda sp, a, b: a <= b, r"{} \le {}", infix="<=",
        boolean=True, ufunc="less_equal", sympy="LessThan",
    ),
    Operator(
        "eq", 2, "equal", lambda sp, a, b: sp.Eq(a, b), "{} = {}", infix="==",
        boolean=True, ufunc="equal", sympy="Equality",
    ),
    Operator(
        "ne", 2, "not equal", lambda sp, a, b: sp.Ne(a, b), r"{} \ne {}", infix="!=",
        boolean=True, ufunc="not_equal", sympy="Unequality",
    ),
)  # fmt: skip

JOINED = (
    Operator(
        "and", 2, "both", lambda sp, a, b: sp.And(a, b), r"{} \wedge {}", infix="and", sympy="And", boolean=True,
        numpy="np.logical_and({}, {})", torch="torch.logical_and({}, {})",
    ),
    Operator(
        "or", 2, "one or both", lambda sp, a, b: sp.Or(a, b), r"{} \vee {}", infix="or", sympy="Or", boolean=True,
        numpy="np.logical_or({}, {})", torch="torch.logical_or({}, {})",
    ),
    Operator(
        "not", 1, "negation", lambda sp, a: sp.Not(a), r"\neg {}", sympy="Not", boolean=True,
        numpy="np.logical_not({})", torch="torch.logical_not({})",
    ),
)  # fmt: skip

#: The comparisons; those that order; what joins conditions; all of them.
COMPARISONS = tuple(o.name for o in COMPARED)
CONNECTIVES = tuple(o.name for o in JOINED)
CONDITIONS = (*COMPARISONS, *CONNECTIVES)
ORDERS = ("gt", "ge", "lt", "le")

#: Whether a OP b, by the sign of a - b.
BY_SIGN: dict[str, Callable[[int], bool]] = {
    "gt": lambda s: s > 0, "ge": lambda s: s >= 0, "lt": lambda s: s < 0, "le": lambda s: s <= 0,
    "eq": lambda s: s == 0, "ne": lambda s: s != 0,
}  # fmt: skip

#: not (a OP b) is a NEGATED[OP] b; a OP b is b MIRRORED[OP] a; a STRICT or b == a is a LOOSE[OP] b.
NEGATED = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt", "eq": "ne", "ne": "eq"}
MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq", "ne": "ne"}
LOOSE = {"gt": "ge", "lt": "le"}
