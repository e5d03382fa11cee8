"""Constants, sums, products, powers; and ``hold``, which the calculus takes for a constant."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derive.expr.operators.operator import Operator, Requirement

if TYPE_CHECKING:
    from derive.expr.graph import Node


def _of_quotient(n: Node) -> Requirement | None:
    return None if n.args[1].op == "const" and n.args[1].attr != 0 else (1, "ne", 0)


def _of_power(n: Node) -> Requirement | None:
    """A power with a letter in its exponent has a value for some bases that are not positive, too; what is said here suffices."""
    base, exponent = n.args
    while exponent.op == "def":
        exponent = exponent.args[0]
    if exponent.op != "const":
        return (1, "ge", 0) if base.op == "const" and base.attr == 0 else (0, "gt", 0)
    power = Fraction(exponent.attr)
    if power.denominator == 1:
        return (0, "ne", 0) if power < 0 else None
    return 0, "gt" if power < 0 else "ge", 0


ARITHMETIC = (
    Operator(
        "pi", 0, "3.14159..., where no symbol has the name", lambda sp: sp.pi, r"\pi",
        numpy="np.float64(np.pi)", torch="number(torch.pi)", sympy="Pi",
    ),
    Operator("add", 2, "sum of two", lambda sp, a, b: a + b, "{} + {}", ufunc="add", infix="+", rises=True),
    Operator("sub", 2, "difference", lambda sp, a, b: a - b, "{} - {}", ufunc="subtract", infix="-"),
    Operator("mul", 2, "elementwise product", lambda sp, a, b: a * b, "{} {}", ufunc="multiply", infix="*"),
    Operator(
        "div", 2, "quotient", lambda sp, a, b: a / b, r"\frac{{{}}}{{{}}}", ufunc="divide", infix="/",
        domain="b != 0", needs=_of_quotient,
    ),
    Operator("neg", 1, "negative", lambda sp, a: -a, "-{}", ufunc="negative", vanishes=True),
    Operator(
        "pow", 2, "power", lambda sp, a, b: a**b, "{{{}}}^{{{}}}", ufunc="power", infix="**",
        domain="a > 0, or b an integer (and a != 0 where b < 0)", needs=_of_power,
    ),
    # an explicit constant, such as the direction of a Hessian-vector product that depends on the variables
    Operator(
        "hold", 1, "x, held constant: its derivative is zero", lambda sp, x: x, r"\mathrm{{hold}}({})",
        numpy="np.positive({})", torch="{}.detach()", off_kinks=(lambda select, me, x: 0,), rises=True,
    ),
)  # fmt: skip
