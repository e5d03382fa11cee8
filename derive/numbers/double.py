"""``float64(E)``: E in IEEE double arithmetic, operation by operation as written, its inputs rounded to double.

Sums, products, quotients and roots are IEEE's own; any other function is taken as correctly rounded, where balls certify what
that is. Infinities are carried as IEEE does; a result that is none, or no number, is no value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import DERIVATIVES, OPERATORS
from derive.numbers.balls import precision, rational, value_of

_PRECISIONS = (128, 512, 2048)
MAX_NODES = 20_000


@dataclass(frozen=True)
class Double:
    """How a node ``computed`` gets its value: a scalar expression, whose ``parameters`` its arguments stand for."""

    body: Node
    parameters: tuple[Node, ...]

    def value(self, args: Sequence[Any]) -> Any:
        done: dict[Node, Any] = {}
        try:
            for leaf, v in zip(self.parameters, args, strict=True):
                done[leaf] = nearest(v)
            for n in topological([self.body]):
                if n not in done and n.op != "symbol":
                    done[n] = _value(n, [done[a] for a in n.args])
        except (Undetermined, UndefinedValue) as fault:
            return fault
        found = done[self.body]
        if not math.isfinite(found):
            return UndefinedValue("double arithmetic gives no finite number")
        return rational(Fraction(found))

    def text(self, args: Sequence[str]) -> str:
        from derive.language.reader import to_text

        return f"float64({to_text(self.body)})"


def computed(g: Graph, n: Node, args: Sequence[Node]) -> Node:
    """The node ``computed`` of a node ``float64``, its argument worked out. Raises ExpressionError."""
    body = args[0]
    order = topological([body])
    below = topological(n.args)
    if any(m.op in DERIVATIVES for m in below):
        raise ExpressionError("float64 computes what is written, and of a derivative no order of operations is written")
    if any(m.op == "after" and not g.templates["sequences"].part([m]).written for m in below):
        raise ExpressionError("float64 of an iteration needs steps of scalar operations, without derivatives")
    for m in order:
        leaf = m.op in ("const", "def", "symbol") or (m.op == "index" and m.args[0].op == "symbol")
        if not leaf and (m.op not in OPERATORS or m.shape):
            raise ExpressionError(f"float64 computes scalar operations, and '{m.op}' is none")
    if len(order) > MAX_NODES:
        raise ExpressionError(f"float64 of more than {MAX_NODES:,} operations")
    leaves = tuple(m for m in order if m.op == "index" or (m.op == "symbol" and not m.shape))
    return g.node("computed", leaves, Double(body, leaves))


def nearest(v: Any) -> float:
    """The double nearest to a value, ties to even. Raises Undetermined where a ball does not tell."""
    if isinstance(v, float):
        return v
    if isinstance(v, fmpq):
        return _rounded(Fraction(int(v.p), int(v.q)))
    if isinstance(v, arb):
        low, high = (_rounded(_exact(end)) for end in (v.lower(), v.upper()))
        if low == high:
            return low
    raise Undetermined("the nearest double is not decided at this precision")


def _rounded(f: Fraction) -> float:
    try:
        return f.numerator / f.denominator  # of whole numbers, this is correctly rounded
    except OverflowError:
        return math.inf if f > 0 else -math.inf  # copysign would have to round the fraction


def _exact(x: arb) -> Fraction:
    mantissa, exponent = x.man_exp()
    return int(mantissa) * Fraction(2) ** int(exponent)


def _divided(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _root(a: float) -> float:
    return math.sqrt(a) if a >= 0 else math.nan


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


def _value(n: Node, args: Sequence[Any]) -> Any:
    if n.op == "const":
        return _rounded(Fraction(n.attr))
    if n.op in _RULES:
        return _RULES[n.op](*args)
    if not all(math.isfinite(a) for a in args):
        raise Undetermined(f"{n.op} of an infinity in double arithmetic")
    for prec in _PRECISIONS:
        with precision(prec):
            v = value_of(n, [a if isinstance(a, bool) else rational(Fraction(a)) for a in args])
            if isinstance(v, UndefinedValue):
                raise v
            try:
                return nearest(v)
            except Undetermined:
                continue
    raise Undetermined(f"the correctly rounded {n.op} is not decided")
