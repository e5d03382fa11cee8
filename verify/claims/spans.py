"""Values of scalar nodes where their inputs run over a box, bounded or not.

A span is a closed interval with exact or ball ends (``inf`` among them), rounded outwards; ``total`` says that every point of
the box has a value. Points without one are left out: 1/x for x in [0, 1] is [1, inf], and not total. Interval arithmetic with
unbounded ends and partial functions after Moore, Kearfott and Cloud, Introduction to Interval Analysis (2009); the table has the
operators of ``derive.numbers.balls``, which evaluates at points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isinf
from typing import Any

from derive.expr.graph import Node, topological
from derive.expr.operators import COMPARISONS, CONNECTIVES, OPERATORS, Operator
from derive.flint import arb, fmpq
from derive.numbers.balls import precision, rational, value_of
from derive.records import dataclass

BITS = 128
MAX_BITS = 2048  # of an exact end, beyond which it is rounded outwards

INF = arb.pos_inf()
_ZERO, _ONE = fmpq(0), fmpq(1)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``low`` to ``high`` (fmpq or arb). ``total``: it has a value wherever the inputs are in the box."""

    low: Any
    high: Any
    total: bool = True

    @property
    def exact(self) -> bool:
        return isinstance(self.low, fmpq) and isinstance(self.high, fmpq) and self.low == self.high


#: What a node has on a box: a span, a truth value, None where neither is known, or NOWHERE.
Found = Any

#: No point of the box has a value.
NOWHERE = "no value"

WHOLE = Span(-INF, INF, False)


def spans(roots: Sequence[Node], box: Mapping[Node, Span]) -> list[Found]:
    """What each root (a scalar node, see components) is on a box that gives every symbol a span; conditions are True or False
    where they are so at every point of the box that has values, else None."""
    done: dict[Node, Found] = {}
    with precision(BITS):
        for n in topological(roots):
            if n in box:
                done[n] = box[n]
            elif n.op == "const":
                value = rational(n.attr)
                done[n] = Span(value, value)
            elif n.op in ("symbol", "index"):
                if n.op == "index" or not n.shape:
                    raise KeyError(n)
            else:
                done[n] = _found(n, [done.get(a) for a in n.args])
    return [done[r] for r in roots]


def _found(n: Node, args: list[Found]) -> Found:
    if n.op in CONNECTIVES:
        return _CONNECTIVES[n.op](args)
    if n.op == "where":
        return _branches(args[0], args[1], args[2])
    if n.op == "select" and isinstance(args[0], Span):
        return _select(args[0], args[1], args[2])
    if any(a is NOWHERE for a in args):
        return NOWHERE
    if not all(isinstance(a, Span) for a in args):
        return None if n.op in COMPARISONS else WHOLE
    if all(a.exact for a in args) and n.op not in COMPARISONS:
        value = value_of(n, [a.low for a in args])
        if isinstance(value, fmpq | arb):
            return _made(value, value, all(a.total for a in args))
    rule = _RULES.get(n.op)
    if rule is None:
        return WHOLE
    found = rule(*args)
    if isinstance(found, Span):
        return _made(found.low, found.high, found.total and all(a.total for a in args))
    return found


def _made(low: Any, high: Any, total: bool) -> Span:
    return Span(_end(low, -1), _end(high, 1), total)


def _end(x: Any, side: int) -> Any:
    """An end rounded outwards, and short."""
    if isinstance(x, fmpq):
        if int(x.p).bit_length() + int(x.q).bit_length() <= MAX_BITS:
            return x
        x = arb(x)
    if x.is_nan():
        return INF if side > 0 else -INF
    if not x.is_finite():
        return x if (x > 0 or x < 0) else INF if side > 0 else -INF
    return x.upper() if side > 0 else x.lower()


# -- conditions -------------------------------------------------------------------------------------


def _and(args: list[Found]) -> Found:
    return False if any(a is False for a in args) else True if all(a is True for a in args) else None


def _or(args: list[Found]) -> Found:
    return True if any(a is True for a in args) else False if all(a is False for a in args) else None


def _not(args: list[Found]) -> Found:
    return (not args[0]) if isinstance(args[0], bool) else None


_CONNECTIVES: dict[str, Callable[[list[Found]], Found]] = {"and": _and, "or": _or, "not": _not}


def _branches(c: Found, a: Found, b: Found) -> Found:
    if isinstance(c, bool):
        return a if c else b
    return _hull(a, b)


def _hull(a: Found, b: Found) -> Found:
    if a is NOWHERE or b is NOWHERE:
        known = b if a is NOWHERE else a
        return Span(known.low, known.high, False) if isinstance(known, Span) else known
    if not isinstance(a, Span) or not isinstance(b, Span):
        return a if isinstance(a, bool) and a is b else None if isinstance(a, bool) or isinstance(b, bool) else WHOLE
    return Span(least([a.low, b.low]), most([a.high, b.high]), a.total and b.total)


def _gt(a: Span, b: Span) -> Found:
    return True if a.low > b.high else False if a.high <= b.low else None


def _ge(a: Span, b: Span) -> Found:
    return True if a.low >= b.high else False if a.high < b.low else None


def _eq(a: Span, b: Span) -> Found:
    if a.low > b.high or a.high < b.low:
        return False
    return True if a.exact and b.exact and a.low == b.low else None


# -- arithmetic ---------------------------------------------------------------------------------------


def least(values: Sequence[Any]) -> Any:
    found = values[0]
    for v in values[1:]:
        if v < found:
            found = v
        elif not v >= found:  # two balls that overlap
            found = arb(v).min(arb(found))
    return found


def most(values: Sequence[Any]) -> Any:
    found = values[0]
    for v in values[1:]:
        if v > found:
            found = v
        elif not v <= found:
            found = arb(v).max(arb(found))
    return found


def _times(x: Any, y: Any) -> Any:
    """A product of ends, where 0*inf is 0."""
    return _ZERO if x == 0 or y == 0 else x * y


def times(a: Span, b: Span) -> Span:
    """The products of two spans."""
    ends = [_times(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Span(least(ends), most(ends))


def _inverse(b: Span) -> Found:
    if b.low > 0 or b.high < 0:
        return Span(_over(b.high), _over(b.low))
    if b.low == 0 and b.high == 0:
        return NOWHERE
    if b.low >= 0:
        return Span(_over(b.high), INF, False)
    if b.high <= 0:
        return Span(-INF, _over(b.low), False)
    return WHOLE


def _over(x: Any) -> Any:
    return _ZERO if isinstance(x, arb) and not x.is_finite() else 1 / x


def minus(a: Span, b: Span) -> Span:
    """The differences of two spans."""
    return _made(a.low - b.high, a.high - b.low, a.total and b.total)


def over(a: Span, b: Span) -> Span:
    """The quotients of two spans, the second without 0; outwards."""
    found = times(a, _inverse(b))
    return _made(found.low, found.high, True)


def _div(a: Span, b: Span) -> Found:
    inverse = _inverse(b)
    if inverse is NOWHERE:
        return NOWHERE
    found = times(a, inverse)
    return Span(found.low, found.high, inverse.total)


def _neg(a: Span) -> Span:
    return Span(-a.high, -a.low)


def _pow(a: Span, b: Span) -> Found:
    if b.exact and b.low.q == 1:
        n = int(b.low.p)
        if n < 0:
            return _inverse(_whole_power(a, -n))
        return _whole_power(a, n)
    logs = _log(a)  # where the base is 0 the power is 0, or has no value
    if logs is NOWHERE:
        return Span(_ZERO, _ZERO, False) if a.high == 0 and b.high > 0 else NOWHERE
    found = _exp(times(logs, b))
    low = least([found.low, _ZERO]) if not a.low > 0 else found.low
    return Span(low, found.high, bool(a.low > 0) or bool(a.low >= 0 and b.low > 0))


def _whole_power(a: Span, n: int) -> Span:
    if n == 0:
        return Span(_ONE, _ONE)
    low, high = _power(a.low, n), _power(a.high, n)
    if n % 2 or a.low >= 0:
        return Span(low, high)
    if a.high <= 0:
        return Span(high, low)
    return Span(_ZERO, most([low, high]))


def _power(x: Any, n: int) -> Any:
    if isinstance(x, arb) and not x.is_finite():
        return x if n % 2 else INF
    return (arb(x) if isinstance(x, fmpq) and int(x.p).bit_length() * n > MAX_BITS else x) ** n


def _relu(a: Span) -> Span:
    return Span(most([a.low, _ZERO]), most([a.high, _ZERO]))


def _abs(a: Span) -> Span:
    if a.low >= 0:
        return a
    if a.high <= 0:
        return _neg(a)
    return Span(_ZERO, most([-a.low, a.high]))


def _sign(a: Span) -> Span:
    low = _ONE if a.low > 0 else -_ONE if a.low < 0 else _ZERO
    high = _ONE if a.high > 0 else -_ONE if a.high < 0 else _ZERO
    return Span(low, high)


def _floor(a: Span) -> Span:
    def at(x: Any) -> Any:
        return fmpq(x.p // x.q) if isinstance(x, fmpq) else x.floor() if x.is_finite() else x

    return Span(at(a.low), at(a.high))


def _select(s: Span, a: Found, b: Found) -> Found:
    if s.low > 0:
        return a
    if s.high < 0:
        return b
    found = _hull(a, b)
    same = isinstance(a, Span) and isinstance(b, Span) and a.exact and b.exact and a.low == b.low
    return Span(found.low, found.high, same) if isinstance(found, Span) else found


def _rising(f: Callable[[arb], Any], bottom: Any, top: Any) -> Callable[[Span], Span]:
    """A function that rises, with its limits at -inf and inf."""

    def at(x: Any, side: int) -> Any:
        if isinstance(x, arb) and not x.is_finite():
            return top if x > 0 else bottom
        return _end(f(arb(x)), side)

    return lambda a: Span(at(a.low, -1), at(a.high, 1))


def _from(least: fmpq, closed: bool, f: Callable[[arb], Any]) -> Callable[[Span], Found]:
    """A function that rises from where it begins to have values: at ``least``, or above it."""

    def at(a: Span) -> Found:
        if a.high < least or (not closed and a.high <= least):
            return NOWHERE
        begins = bool(a.low >= least) if closed else bool(a.low > least)
        if begins:
            low = INF if isinstance(a.low, arb) and not a.low.is_finite() else _end(f(arb(a.low)), -1)
        else:
            low = _end(f(arb(least)), -1) if closed else -INF
        high = INF if isinstance(a.high, arb) and not a.high.is_finite() else _end(f(arb(a.high)), 1)
        return Span(low, high, begins)

    return at


def _wave(name: str) -> Callable[[Span], Span]:
    """sin and cos: of a narrow span by balls."""

    def at(a: Span) -> Span:
        if a.high - a.low < 3:
            ball = getattr(arb(a.low).union(arb(a.high)), name)()
            return Span(most([_end(ball, -1), -_ONE]), least([_end(ball, 1), _ONE]))
        return Span(-_ONE, _ONE)

    return at


def _logaddexp(a: Span, b: Span) -> Span:
    def at(x: Any, y: Any) -> Any:
        great, small = most([x, y]), least([x, y])
        if not arb(great).is_finite():
            return great
        return arb(great) + (arb(small) - arb(great)).exp().log1p() if arb(small).is_finite() else great

    return Span(_end(at(a.low, b.low), -1), _end(at(a.high, b.high), 1))


def _number(x: Any) -> Any:
    return x if isinstance(x, arb) else arb(x) if isinf(x) else fmpq(x)


def _function(o: Operator) -> Callable[[Span], Found]:
    """A function that rises, by its operator."""
    assert o.ball is not None
    assert o.range is not None
    assert not callable(o.needs)
    if o.needs is not None:
        return _from(fmpq(o.needs[2]), o.needs[1] == "ge", o.ball)
    return _rising(o.ball, *map(_number, o.range(arb) if callable(o.range) else o.range))


_FUNCTIONS = {
    o.name: _function(o) for o in OPERATORS.values() if o.arity == 1 and o.rises and o.ball is not None and o.range
}
_exp, _log = _FUNCTIONS["exp"], _FUNCTIONS["log"]

_RULES: dict[str, Callable[..., Found]] = {
    **_FUNCTIONS,
    "def": lambda a: a,
    "hold": lambda a: a,
    "add": lambda a, b: Span(a.low + b.low, a.high + b.high),
    "sub": minus,
    "mul": times,
    "div": _div,
    "neg": _neg,
    "pow": _pow,
    "sqrt": _from(_ZERO, True, lambda x: x.sqrt()),
    "logaddexp": _logaddexp,
    "sin": _wave("sin"),
    "cos": _wave("cos"),
    "relu": _relu,
    "abs": _abs,
    "sign": _sign,
    "floor": _floor,
    "min": lambda a, b: Span(least([a.low, b.low]), least([a.high, b.high])),
    "max": lambda a, b: Span(most([a.low, b.low]), most([a.high, b.high])),
    "gt": _gt,
    "ge": _ge,
    "lt": lambda a, b: _gt(b, a),
    "le": lambda a, b: _ge(b, a),
    "eq": _eq,
    "ne": lambda a, b: _not([_eq(a, b)]),
}
