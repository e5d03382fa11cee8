"""Values of scalar nodes: exact rationals where they are rational, Arb balls past the first transcendental.

One pass over the shared graph evaluates any number of roots. Balls are rigorous (Johansson, Arb: efficient
arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Comput. 66, 2017); ties and branches of
rational arguments are settled exactly. A fault (division by zero, a derivative at its kink, a branch that the ball
can't decide) is the value of the nodes that need it, not an exception: other roots are not harmed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from derive import flint
from derive.budget import spend
from derive.errors import UndefinedValue, Undetermined
from derive.expr.conditions import spoken_of
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import OPERATORS, Operator
from derive.flint import arb, ctx, fmpq, fmpz

#: fmpq (exact), arb (a ball), bool, or the fault that stands in the way.
Value = Any

#: A node with the rule of its operator, or the number that it is.
_Step = tuple[Node, Callable[..., Value] | None, fmpq | None]
_LEAVES = frozenset(("const", "symbol", "index"))

MAX_EXPONENT = 100_000  # magnitudes beyond this power of 2 have no value here: nobody prints them, and digits cost time
_HUGE, _TINY = arb(2) ** MAX_EXPONENT, arb(2) ** -MAX_EXPONENT
_GREATEST, _LEAST = 1e300, 1e-300

MAX_REMEMBERED, MAX_STEPS = (
    200,
    500,
)  # sets of roots a graph, of which the order of evaluation is remembered; its length

MAX_RATIONAL_BITS = 4096  # an exact value beyond this continues as a ball


class Meetings(Protocol):
    """What knows the values of derivatives where pieces meet (``derive.calculus.joints``): it is made of derivatives, and these
    of values, so it stands above and says so to the graph."""

    def known(self, g: Graph) -> Callable[[Node], bool] | None: ...

    def value(self, n: Node, value: Value, values: Mapping[Node, fmpq], prec: int, whole: bool) -> Value: ...


def evaluate(roots: Sequence[Node], values: Mapping[Node, fmpq], prec: int = 128, meeting: bool = True) -> list[Value]:
    """The value of each root (a scalar node, see components) where symbols have the given values.

    ``prec`` is the working precision of balls in bits. A symbol without a value raises KeyError with it.
    Values may be balls themselves, for an enclosure over a range. Without ``meeting`` a derivative has the value that its
    formula has, as in a program; with it also where pieces meet (see joints).
    """
    done = evaluate_all(roots, values, prec, meeting)
    return [done[r] for r in roots]


def evaluate_all(
    roots: Sequence[Node], values: Mapping[Node, fmpq], prec: int = 128, meeting: bool = True
) -> dict[Node, Value]:
    """The same, with the value of every node below the roots."""
    done: dict[Node, Value] = {}
    if not roots:
        return done
    g = roots[0].graph
    steps = _steps(g, tuple(roots))
    spend(len(steps) * (4 + prec // 128), "values at points")
    joints: Meetings | None = _meetings(g) if meeting else None
    known = joints.known(g) if joints else None
    whole = spoken_of(roots) if known else set()
    with precision(prec):
        for n, rule, number in steps:
            if n in values:
                done[n] = values[n]
            elif rule is not None:
                done[n] = value = _result(n, rule, [done[a] for a in n.args])
                if joints and known and known(n):
                    done[n] = joints.value(n, value, values, prec, n in whole)
            elif number is not None:
                done[n] = number
            elif n.op == "index" or not n.shape:
                raise KeyError(n)
    return done


def _steps(g: Graph, roots: tuple[Node, ...]) -> list[_Step]:
    """What is worked out for these roots, in order: remembered, as the same ones are asked for at many points."""
    found: list[_Step] | None = g.steps.get(roots)
    if found is None:
        found = [
            (n, None, rational(n.attr) if n.op == "const" else None)
            if n.op in _LEAVES
            else (n, _RULES.get(n.op, _ruleless), None)
            for n in topological(roots)
        ]
        if len(found) <= MAX_STEPS:
            if len(g.steps) >= MAX_REMEMBERED:
                g.steps.clear()
            g.steps[roots] = found
    else:
        spend(2 * len(found), "walks over expressions")  # as the walk would have: no work hangs on what is remembered
    return found


def _ruleless(*args: Value) -> Value:
    raise KeyError


def _meetings(g: Graph) -> Meetings | None:
    return Graph.meetings() if g.derived and Graph.meetings else None


class precision:
    """Ball arithmetic inside works with this many bits. FLINT's precision is one for the whole process: no threads."""

    __slots__ = ("before", "bits")

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        self.before = ctx.prec
        ctx.prec = self.bits

    def __exit__(self, *_: object) -> None:
        ctx.prec = self.before


def truth(node: Node, values: Mapping[Node, fmpq], prec: int = 128) -> bool | None:
    """Whether a condition holds; None where the ball is too wide, or a side or a symbol has no value.

    A point that refutes by an example of a function has no values for symbols that its formula does not speak of.
    """
    try:
        value = evaluate([node], values, prec)[0]
    except KeyError:
        return None
    return value if isinstance(value, bool) else None


def ball_text(value: fmpq | arb, digits: int) -> str:
    """The digits of a ball that are certain, at most so many; ``0`` of one around 0, whose own text is 0e-37."""
    text = str(arb(value).str(digits, radius=False))
    return "0" if text.lstrip("-").startswith("0e") else text


def rational(value: int | Fraction) -> fmpq:
    """The same number in FLINT's arithmetic."""
    return fmpq(value.numerator, value.denominator)


def value_of(n: Node, args: Sequence[Value]) -> Value:
    """The value of an elementwise node where its arguments have these."""
    return _result(n, _RULES.get(n.op, _ruleless), args)


def _result(n: Node, rule: Callable[..., Value], args: Sequence[Value]) -> Value:
    """The value of a node by the rule of its operator."""
    if n.op in _LENIENT and (settled := _without_all(n, args)) is not None:
        return settled
    fault = None
    for a in args:
        if isinstance(a, Exception) and (n.op != "select" or a is args[0]):
            if isinstance(a, UndefinedValue):  # whatever is not determined beside it
                return a
            fault = fault or a
    if fault is not None:
        return fault
    try:
        value = rule(*args)
    except (UndefinedValue, Undetermined) as fault:
        return fault
    if type(value) is fmpq:
        # twice the longer of numerator and denominator is no less than both together
        if 2 * value.height_bits() > MAX_RATIONAL_BITS < value.p.bit_length() + value.q.bit_length():
            return arb(value)
    elif type(value) is arb:
        if not value.is_finite():
            return Undetermined(f"no finite enclosure of {n.op}")
        if _LEAST < abs(float(value)) < _GREATEST:  # its middle: no size beyond what is looked at below
            return value
        size = abs(value)
        if size > _HUGE or (size < _TINY and value != 0):
            return Undetermined(f"a value of {n.op} beyond 2**{MAX_EXPONENT} or its inverse")
    return value


#: Operators that may have a value although an argument has none, or whose value is not by a rule.
_LENIENT = frozenset(("apply", "where", "and", "or", "computed"))


def _without_all(n: Node, args: Sequence[Value]) -> Value | None:
    """The value of a lenient operator, where not all arguments are asked."""
    if n.op == "apply":
        lacking = next((a for a in args if isinstance(a, UndefinedValue)), None)
        return lacking or Undetermined(f"{n.attr[0]} is an abstract function: it has no value")
    if n.op == "where":  # the branch not taken need not have a value
        return args[0] if isinstance(args[0], Exception) else args[1] if args[0] else args[2]
    if n.op == "computed":
        return next((a for a in args if isinstance(a, Exception)), None) or n.attr.value(args)
    whatever = n.op == "or"  # whatever the other is
    if any(a is whatever for a in args):
        return whatever
    return next((a for a in args if isinstance(a, Undetermined)), None)  # that may decide, whatever the other lacks


# -- signs and comparisons ------------------------------------------------------------------------


def sign(x: Value) -> int:
    """-1, 0 or 1. Raises Undetermined where a ball holds zero."""
    if isinstance(x, fmpq):
        top = x.p  # FLINT takes ten times as long to compare a fraction
        return int(top > 0) - int(top < 0)
    if x > 0:
        return 1
    if x < 0:
        return -1
    if x == 0:
        return 0
    raise Undetermined("a sign is not decided at this precision")


def _difference(a: Value, b: Value) -> int:
    return sign(a - b)


def _gt(a: Value, b: Value) -> bool:
    return _difference(a, b) > 0


def _ge(a: Value, b: Value) -> bool:
    if isinstance(a, arb) or isinstance(b, arb):
        d = a - b
        if d >= 0:
            return True
    return _difference(a, b) >= 0


def _eq(a: Value, b: Value) -> bool:
    return _difference(a, b) == 0


# -- arithmetic -------------------------------------------------------------------------------------


def _div(a: Value, b: Value) -> Value:
    if isinstance(b, fmpq):
        if b == 0:
            raise UndefinedValue("division by zero")
    elif b.contains(0):
        if b == 0:
            raise UndefinedValue("division by zero")
        raise Undetermined("a divisor is not kept away from zero at this precision")
    return a / b


def _pow(a: Value, b: Value) -> Value:
    if isinstance(b, arb) and b.is_integer():
        b = fmpq(b.unique_fmpz())
    if isinstance(b, fmpq) and b.q == 1:
        n = int(b.p)
        if n < 0 or (isinstance(a, arb) and a == 0):
            return _div(fmpq(1), _pow(a, fmpq(-n))) if n < 0 else (a**n)
        if isinstance(a, fmpq):
            if (a.p.bit_length() + a.q.bit_length()) * n > MAX_RATIONAL_BITS:
                return arb(a) ** arb(n)
            return a**n
        return a ** fmpz(n)
    s = sign(a)
    if s < 0:
        if isinstance(b, arb) and b.contains_integer():
            raise Undetermined("whether a power of a negative number is a whole one is not decided at this precision")
        raise UndefinedValue("a fractional power of a negative number")
    if s == 0:
        if sign(b) > 0:
            return fmpq(0)
        raise UndefinedValue("zero to a power that is not positive")
    if isinstance(b, fmpq) and b.q == 2 and isinstance(a, fmpq):
        return _pow(_sqrt(a), fmpq(b.p))
    return arb(a) ** arb(b)


def _sqrt(x: Value) -> Value:
    if isinstance(x, fmpq):
        if x < 0:
            raise UndefinedValue("square root of a negative number")
        root = fmpq(x.p.isqrt(), x.q.isqrt())
        return root if root * root == x else arb(x).sqrt()
    if x < 0:
        raise UndefinedValue("square root of a negative number")
    if not x >= 0:
        raise Undetermined("the sign under a square root is not decided at this precision")
    return x.sqrt()


def _logaddexp(a: Value, b: Value) -> Value:
    # from the greater one, so that a ball keeps its relative accuracy
    a, b = (b, a) if b - a > 0 else (a, b)
    return arb(a) + arb(b - a).exp().log1p()


def _hull(a: Value, b: Value) -> Value:
    return arb(a).union(arb(b))


def _relu(x: Value) -> Value:
    if isinstance(x, fmpq):
        return x if x.p > 0 else fmpq(0)
    if x > 0:
        return x
    if x <= 0:
        return fmpq(0)
    return _hull(0, x.upper())


def _abs(x: Value) -> Value:
    return abs(x)


def _sign(x: Value) -> Value:
    return fmpq(sign(x))


def _floor(x: Value) -> Value:
    """Exact where it is one number; of a ball that holds a whole number, all that it may be."""
    if isinstance(x, fmpq):
        return fmpq(x.p // x.q)
    low, high = x.lower().floor(), x.upper().floor()
    return fmpq(low.unique_fmpz()) if low == high and low.is_finite() else low.union(high)


def _max(a: Value, b: Value) -> Value:
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return a if a >= b else b
    return arb(a).max(arb(b))


def _min(a: Value, b: Value) -> Value:
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return a if a <= b else b
    return arb(a).min(arb(b))


def _select(s: Value, a: Value, b: Value) -> Value:
    side = sign(s)
    if side == 0:
        if not isinstance(a, Exception) and not isinstance(b, Exception):
            if isinstance(a, fmpq) and isinstance(b, fmpq) and a == b:
                return a
            if isinstance(gap := a - b, arb) and gap.contains(0):  # as far as balls tell, the sides may have one value
                raise Undetermined("whether both sides of a kink have one value is not decided at this precision")
        raise UndefinedValue("a derivative at its kink")
    chosen = a if side > 0 else b
    if isinstance(chosen, Exception):
        raise chosen
    return chosen


def _polygamma(n: Value, x: Value) -> Value:
    if not isinstance(n, fmpq) or n.q != 1 or n < 0:
        raise Undetermined("a polygamma function of an order that is no whole number")
    if sign(x) <= 0:
        raise UndefinedValue("polygamma of a number that is not above 0")
    return arb(x).digamma() if n == 0 else flint.acb(arb(x)).polygamma(flint.acb(n)).real


def _function(o: Operator) -> Callable[[Value], Value]:
    """A function of one number by its operator: exactly where it is known to be rational, else by its ball."""
    ball, needs = o.ball, o.needs
    name = {"log": "logarithm"}.get(o.name, o.name)
    at, value = (rational(v) for v in o.exact or (0, 0))
    assert ball is not None
    assert not callable(needs)

    def rule(x: Value) -> Value:
        if o.exact is not None and isinstance(x, fmpq) and x == at:
            return value
        if needs is not None and sign(x - needs[2]) <= 0:  # each of them asks for more than a number
            raise UndefinedValue(
                f"{name} of a number that is not {'above ' + str(needs[2]) if needs[2] else 'positive'}"
            )
        return ball(arb(x))

    return rule


_RULES: dict[str, Callable[..., Value]] = {
    **{o.name: _function(o) for o in OPERATORS.values() if o.ball is not None},
    "def": lambda a: a,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": _div,
    "neg": operator.neg,
    "pow": _pow,
    "sqrt": _sqrt,
    "logaddexp": _logaddexp,
    "polygamma": _polygamma,
    "pi": arb.pi,
    "relu": _relu,
    "abs": _abs,
    "sign": _sign,
    "floor": _floor,
    "min": _min,
    "max": _max,
    "select": _select,
    "where": lambda c, a, b: a if c else b,
    "hold": lambda a: a,
    "gt": _gt,
    "ge": _ge,
    "lt": lambda a, b: _gt(b, a),
    "le": lambda a, b: _ge(b, a),
    "eq": _eq,
    "ne": lambda a, b: not _eq(a, b),
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
}
