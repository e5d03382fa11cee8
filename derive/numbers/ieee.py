"""One operation on numbers of a floating-point format, as IEEE 754 has it: with signed zeros, infinities and no number (nan).

Sums, products, quotients and roots are rounded to nearest, ties to even; any other function is taken as correctly rounded,
where balls certify what that is. At infinities and poles functions have their limits, as the standard recommends (section 9.2)
and the C library, NumPy and Torch do; a minimum or maximum with nan is nan, as in NumPy and Torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from derive.errors import UndefinedValue, Undetermined
from derive.expr.graph import Node
from derive.numbers.balls import precision, rational, value_of
from derive.numbers.formats import Format

_PRECISIONS = (128, 512, 2048)
_GAMMA = ("lgamma", "polygamma")
FAR = 20_000.0  # where an exponential is 0 or infinite in every format


def operation(n: Node, args: Sequence[Any], fmt: Format) -> Any:
    """The value of a node at numbers of a format (and truths): a number of it, or a truth.

    Raises Undetermined or UndefinedValue where none is known: of an abstract function, of a limit that has none here."""
    if n.op == "const":
        return fmt.number(Fraction(n.attr))
    if n.op in _RULES:
        made = _RULES[n.op](*args)
        return made if isinstance(made, bool) else fmt.cast(made)
    if n.op == "pow" and (found := _power(*args)) is not None:
        return found
    if any(math.isnan(a) for a in args):
        return math.nan
    if n.op in _LIMITS and len(args) == 1 and (found := _LIMITS[n.op](args[0])) is not None:
        return fmt.cast(found)
    if n.op == "logaddexp" and not all(map(math.isfinite, args)):
        return max(args)
    if not all(map(math.isfinite, args)):
        raise Undetermined(f"{n.op} of an infinity in {fmt.name} arithmetic")
    return _rounded(n, args, fmt)


def _rounded(n: Node, args: Sequence[float], fmt: Format) -> float:
    """The correctly rounded value of a function."""
    for prec in _PRECISIONS:
        with precision(prec):
            v = value_of(n, [rational(Fraction(a)) for a in args])
            if isinstance(v, UndefinedValue):
                if n.op in _GAMMA:  # which have values there, but none here
                    raise v
                return math.nan
            try:
                return fmt.nearest(v)
            except Undetermined:
                continue
    raise Undetermined(f"the correctly rounded {n.op} is not decided")


def _divided(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _root(a: float) -> float:
    return math.sqrt(a) if a >= 0 else math.nan


def _least(a: float, b: float) -> float:
    return math.nan if math.isnan(a) or math.isnan(b) else min(a, b)


def _greatest(a: float, b: float) -> float:
    return math.nan if math.isnan(a) or math.isnan(b) else max(a, b)


def _sign(a: float) -> float:
    return a if math.isnan(a) else float((a > 0) - (a < 0))


def _select(s: float, a: float, b: float) -> float:
    """The slope at a kink: that of both sides, where it is one."""
    if s > 0:
        return a
    if s < 0 or a == b:
        return b
    if math.isnan(s):
        return s
    raise Undetermined("a derivative at its kink, of which a program takes what it likes")


_RULES: dict[str, Callable[..., Any]] = {
    "def": lambda a: a,
    "hold": lambda a: a,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _divided,
    "neg": lambda a: -a,
    "abs": abs,
    "sqrt": _root,
    "min": _least,
    "max": _greatest,
    "relu": lambda a: _greatest(a, 0.0),
    "sign": _sign,
    "floor": lambda a: float(math.floor(a)) if math.isfinite(a) else a,
    "select": _select,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
    "where": lambda c, a, b: a if c else b,
}


def _power(a: float, b: float) -> float | None:
    """A power of or to an infinity, of zero, of something negative, or far beyond all formats; None of any other."""
    if b == 0 or a == 1:
        return 1.0
    if math.isnan(a) or math.isnan(b):
        return math.nan
    if math.isinf(a) or math.isinf(b) or (a == 0 and b > 0):
        return math.pow(a, b)
    odd = b % 2 == 1
    if a == 0:
        return math.copysign(math.inf, a) if odd else math.inf
    if a < 0 and b % 1:
        return math.nan
    bits = b * math.log2(abs(a))
    if abs(bits) <= FAR:
        return None
    far = math.inf if bits > 0 else 0.0
    return -far if a < 0 and odd else far


def _at(values: dict[float, float], below: float | None = None) -> Callable[[float], float | None]:
    """A function at infinities and poles; no number below ``below``."""

    def limit(a: float) -> float | None:
        return math.nan if below is not None and a < below else values.get(a)

    return limit


def _exponential(a: float, low: float) -> float | None:
    return math.inf if a > FAR else low if a < -FAR else None


#: What functions are where balls have no value: at infinities, at poles, far out.
_LIMITS: dict[str, Callable[[float], float | None]] = {
    "exp": lambda a: _exponential(a, 0.0),
    "expm1": lambda a: _exponential(a, -1.0),
    "log": _at({0.0: -math.inf, math.inf: math.inf}, 0.0),
    "log1p": _at({-1.0: -math.inf, math.inf: math.inf}, -1.0),
    "tanh": _at({math.inf: 1.0, -math.inf: -1.0}),
    "sigmoid": lambda a: 1.0 if a > FAR else 0.0 if a < -FAR else None,
    "erf": _at({math.inf: 1.0, -math.inf: -1.0}),
    "Phi": lambda a: 1.0 if a > FAR else 0.0 if a < -FAR else None,
    "probit_odds": _at({0.0: -math.inf, math.inf: math.inf}, 0.0),
    "atan": _at({math.inf: math.pi / 2, -math.inf: -math.pi / 2}),
    "sin": _at({math.inf: math.nan, -math.inf: math.nan}),
    "cos": _at({math.inf: math.nan, -math.inf: math.nan}),
    "lgamma": _at({0.0: math.inf, math.inf: math.inf, -math.inf: math.inf}),
}
