"""Values of scalar expressions at points, by fractions and mpmath: no code is shared with what decides (``derive.numbers``).

A value is a Fraction where it is rational, else a number of 50 digits; None where there is none. What is too close to call
(a number of 50 digits that may be 0) raises ``Close``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import mpmath

from derive.expr.graph import Node, topological

mpmath.mp.dps = 50
SIMPLE = [Fraction(v) for v in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "5/4", "-7/3", "10", "1/7")]


class Close(Exception):
    """Two numbers of 50 digits that are not told apart."""


def value(root: Node, point: Mapping[Node, Fraction]) -> Any:
    done: dict[Node, Any] = {}
    for n in topological([root]):
        try:
            done[n] = _one(n, [done[a] for a in n.args], point)
        except Close as e:
            done[n] = e
    if isinstance(done[root], Close):
        raise done[root]
    return done[root]


def _one(n: Node, args: Sequence[Any], point: Mapping[Node, Fraction]) -> Any:
    if n in point:
        return point[n]
    if n.op == "const":
        return Fraction(n.attr)
    if n.op == "symbol":
        return None  # a tensor: only its entries count
    if n.op == "where":
        return None if args[0] is None else args[1 if _sure(args[0]) else 2]
    if n.op == "select":
        s = _sign(_sure(args[0])) if args[0] is not None else None
        if s is None:
            return None
        if s:
            return args[1 if s > 0 else 2]
        return args[1] if None not in args[1:] and _sign(_sure(args[1]) - _sure(args[2])) == 0 else None
    if n.op in ("and", "or") and any(a is (n.op == "or") for a in args):
        return n.op == "or"
    for a in args:
        if a is None:
            return None
        _sure(a)
    return _OPERATIONS[n.op](*args)


def _sure(v: Any) -> Any:
    if isinstance(v, Close):
        raise v
    return v


def _sign(v: Any) -> int:
    if not isinstance(v, Fraction) and abs(v) < mpmath.mpf(10) ** -40:
        raise Close
    return int(v > 0) - int(v < 0)


def _mp(v: Any) -> Any:
    return mpmath.mpf(v.numerator) / v.denominator if isinstance(v, Fraction) else v


def _both(f: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: f(a, b) if isinstance(a, Fraction) and isinstance(b, Fraction) else f(_mp(a), _mp(b))


def _of(f: Callable[..., Any], at_zero: Fraction | None = None) -> Callable[..., Any]:
    return lambda *v: at_zero if at_zero is not None and v == (0,) else f(*map(_mp, v))


def _sqrt(v: Any) -> Any:
    if _sign(v) < 0:
        return None
    if isinstance(v, Fraction):
        p, q = _root(v.numerator), _root(v.denominator)
        if p is not None and q is not None:
            return Fraction(p, q)
    return mpmath.sqrt(_mp(v))


def _root(k: int) -> int | None:
    from math import isqrt

    return isqrt(k) if isqrt(k) ** 2 == k else None


def _pow(a: Any, b: Any) -> Any:
    if isinstance(b, Fraction) and b.denominator == 1:
        if b < 0 and _sign(a) == 0:
            return None
        return a ** int(b)
    s = _sign(a)
    if s < 0 or (s == 0 and _sign(b) <= 0):
        return None
    if s == 0:
        return Fraction(0)
    return _sqrt(a) ** int(2 * b) if isinstance(b, Fraction) and b.denominator == 2 else mpmath.power(_mp(a), _mp(b))


def _log(v: Any) -> Any:
    return None if _sign(v) <= 0 else Fraction(0) if v == 1 else mpmath.log(_mp(v))


def _quantile(v: Any) -> Any:
    if _sign(v) <= 0 or v == 1:
        return None if v != 1 else Fraction(0)
    u = _mp(v)
    return mpmath.sqrt(2) * mpmath.erfinv((u - 1) / (u + 1))


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "def": lambda a: a,
    "hold": lambda a: a,
    "add": _both(lambda a, b: a + b),
    "sub": _both(lambda a, b: a - b),
    "mul": _both(lambda a, b: a * b),
    "div": lambda a, b: None if _sign(b) == 0 else _both(lambda x, y: x / y)(a, b),
    "neg": lambda a: -a,
    "pow": _pow,
    "sqrt": _sqrt,
    "log": _log,
    "log1p": lambda a: _log(a + 1),
    "exp": _of(mpmath.exp, Fraction(1)),
    "expm1": _of(mpmath.expm1, Fraction(0)),
    "sin": _of(mpmath.sin, Fraction(0)),
    "cos": _of(mpmath.cos, Fraction(1)),
    "tanh": _of(mpmath.tanh, Fraction(0)),
    "atan": _of(mpmath.atan, Fraction(0)),
    "erf": _of(mpmath.erf, Fraction(0)),
    "probit_odds": _quantile,
    "sigmoid": _of(lambda v: 1 / (1 + mpmath.exp(-v)), Fraction(1, 2)),
    "logaddexp": _of(lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b))),
    "Phi": _of(mpmath.ncdf, Fraction(1, 2)),
    "pi": lambda: +mpmath.pi,
    "relu": lambda a: a if _sign(a) > 0 else Fraction(0),
    "abs": abs,
    "sign": lambda a: Fraction(_sign(a)),
    "max": lambda a, b: a if _sign(_both(lambda x, y: x - y)(a, b)) >= 0 else b,
    "min": lambda a, b: b if _sign(_both(lambda x, y: x - y)(a, b)) >= 0 else a,
    "not": lambda a: not a,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    **{
        op: (lambda a, b, holds=holds: holds(_sign(_both(lambda x, y: x - y)(a, b))))
        for op, holds in {
            "gt": lambda s: s > 0,
            "ge": lambda s: s >= 0,
            "lt": lambda s: s < 0,
            "le": lambda s: s <= 0,
            "eq": lambda s: s == 0,
            "ne": lambda s: s != 0,
        }.items()
    },
}


def equal(a: Any, b: Any) -> bool:
    """Whether two values are one number, to 40 digits of the greater one where they are not rational."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    a, b = _mp(a), _mp(b)
    return bool(abs(a - b) <= mpmath.mpf(10) ** -35 * (1 + abs(a) + abs(b)))


def points(
    symbols: Sequence[Node],
    ends: Mapping[Node, tuple[Fraction | None, Fraction | None]],
    seed: int,
    count: int,
) -> Iterator[dict[Node, Fraction]]:
    """Points with zeros, ends of ranges, whole numbers, equal coordinates, and others at random."""
    r = random.Random(seed)
    for _ in range(count):
        point: dict[Node, Fraction] = {}
        for s in symbols:
            low, high = ends.get(s, (None, None))
            pool = [*SIMPLE, *(v for v in (low, high) if v is not None), *point.values()]
            pool += [Fraction(r.randint(-60, 60), r.randint(1, 12))]
            if low is not None and high is not None:
                pool += [low + (high - low) * Fraction(r.randint(0, 8), 8) for _ in range(8)]
            pool = [v for v in pool if (low is None or v >= low) and (high is None or v <= high)]
            point[s] = r.choice(pool)
        yield point
