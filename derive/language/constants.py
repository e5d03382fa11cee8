"""Constants as they are read: folded where the value is that of what is written, and within limits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.expr.graph import Node

MAX_EXPONENT = 1_000  # size of a constant exponent


def is_double(n: Node) -> bool:
    """Whether a constant is a double, so that a quotient of two is rounded once, as the exact quotient is."""
    f = Fraction(n.attr)
    return f.denominator & (f.denominator - 1) == 0 and max(abs(f.numerator), f.denominator) <= 2**53


def squared_norm(n: Node) -> Node | None:
    """The sum of squares under the root of a Euclidean norm: its square is smooth at 0, the norm is not."""
    if n.op == "sqrt" and n.args[0].op == "sum" and n.args[0].args[0].op == "pow":
        power = n.args[0].args[0].args[1]
        return n.args[0] if power.op == "const" and power.attr == 2 else None
    return None


def folded(op: str, args: Sequence[Fraction | None]) -> Fraction | None:
    """The value of an operation on constants, or None. Never computes a large power."""
    if any(v is None for v in args):
        return None
    a, b = Fraction(args[0] or 0), Fraction(args[-1] or 0)
    match op:
        case "add":
            return a + b
        case "sub":
            return a - b
        case "mul":
            return a * b
        case "neg":
            return -a
        case "div":
            return a / b if b else None
        case "pow" if b.denominator == 1 and (a or b > 0) and abs(b) <= MAX_EXPONENT:
            return Fraction(a ** int(b))
    return None
