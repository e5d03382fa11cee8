"""Values of scalar nodes over arrays, each with a bound on its error.

Running error analysis (Wilkinson; Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.3): every
operation hands on how far its arguments may be off and adds its own rounding. A comparison that the errors leave open makes
the error of what hangs on it infinite: the caller asks balls there. Elementary functions of NumPy are taken to be within
``Unit.function``; tests hold the bounds to balls.

The arithmetic is float64, or the extended precision of the processor where it has one (``EXTENDED``). With the roundoff of
another format as the unit, the bound is of what a program in that format may be off by that rounds every operation.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from derive.expr import operators
from derive.expr.graph import Node, topological
from derive.expr.operators import CONDITIONS, CONSTANTS

Array = Any

U = 2.0**-53
BLOCK = 8192  # points that are evaluated at once, so that what is alive stays in the cache
_PI = "3.14159265358979323846264338327950288"


class Unit(NamedTuple):
    """What operations are off by: ``basic`` ones and roots, elementary ``function``s, and ``special`` ones (erf, Phi), which
    are several operations here; relatively, and by ``least`` where results are subnormal. ``constant``: what numbers of the
    formula are off by that a format does not hold (as ``basic``, unless given)."""

    basic: float
    function: float
    special: float
    least: float
    constant: float = 0.0


DOUBLE = Unit(U, 4 * U, 16 * U, 5e-324)
LONG = Unit(2.0**-64, 2.0**-62, 2.0**-59, 0.0)  # of 64 bits
EXTENDED = bool(np.finfo(np.longdouble).nmant >= 63)


def unit_of(roundoff: float, least: float) -> Unit:
    """Of programs in a format: elementary functions are within an ulp or two there."""
    return Unit(roundoff, 2 * roundoff, 4 * roundoff, least)


def constants_in(roundoff: float) -> Unit:
    """Of programs that are exact but for the numbers that the formula is written with, which they round to a format."""
    return Unit(0.0, 0.0, 0.0, 0.0, roundoff)


class Bounded(NamedTuple):
    """Values and what they may be off by; of a condition, True where it is certain that it holds, and 1 where that is open."""

    value: Array
    error: Array


class Running:
    """Evaluates ``roots`` over arrays for ``symbols``: in extended precision if ``long``, else in float64 with the bounds of
    ``unit``. Raises NotImplementedError where an operator has no rule, or a number is beyond float64."""

    def __init__(
        self, roots: Sequence[Node], symbols: Sequence[Node], long: bool = False, unit: Unit | None = None
    ) -> None:
        self.roots, self.symbols = tuple(roots), tuple(symbols)
        self.kind: Any = np.longdouble if long else np.float64
        self.unit = unit or (LONG if long else DOUBLE)
        given = set(symbols)
        # entries of a tensor are given, the tensor itself is not evaluated
        self.order = [n for n in topological(roots) if n not in given and not (n.op == "symbol" and n.shape)]
        for n in self.order:
            if n.op not in _RULES and n.op != "const":
                raise NotImplementedError(f"no running error is known of '{n.op}'")
            if n.op == "const" and abs(n.attr) > sys.float_info.max:
                raise NotImplementedError("a number of the formula is beyond float64")
        self._unsigned = _unsigned(self.order)
        last = {a: i for i, n in enumerate(self.order) for a in n.args}
        keep = {*self.roots, *self.symbols}
        self._dead: list[list[Node]] = [[] for _ in self.order]
        for a, i in last.items():
            if a not in keep:
                self._dead[i].append(a)

    def __call__(self, *points: Array) -> list[Bounded]:
        """One Bounded a root, of the length of the points (one float64 array a symbol, all of one length)."""
        count = len(points[0]) if points else 1
        out = [Bounded(np.empty(count, self.kind), np.empty(count, self.kind)) for _ in self.roots]
        with np.errstate(all="ignore"):
            for start in range(0, count, BLOCK):
                here = slice(start, min(start + BLOCK, count))
                done = self._given([p[here] for p in points])
                for made, n in zip(out, self._block(done), strict=True):
                    made.value[here], made.error[here] = n
        return out

    def sizes(self, *points: Array) -> Array:
        """The greatest finite magnitude among the arguments and all intermediate results, at each point."""
        done = self._given(list(points))
        greatest = np.zeros(len(points[0]) if points else 1)
        with np.errstate(all="ignore"):
            for n in self.order:
                self._step(n, done)
            for n, b in done.items():
                if n.op not in ("const", *CONDITIONS):
                    size = np.abs(np.broadcast_to(b.value, greatest.shape)).astype(np.float64)
                    greatest = np.fmax(greatest, np.where(np.isfinite(size), size, 0.0))
        return greatest

    def _given(self, points: Sequence[Array]) -> dict[Node, Bounded]:
        zero = self.kind(0.0)
        return {s: Bounded(p.astype(self.kind, copy=False), zero) for s, p in zip(self.symbols, points, strict=True)}

    def _block(self, done: dict[Node, Bounded]) -> list[Bounded]:
        for n, dead in zip(self.order, self._dead, strict=True):
            self._step(n, done)
            for a in dead:
                del done[a]
        return [done[r] for r in self.roots]

    def _step(self, n: Node, done: dict[Node, Bounded]) -> None:
        if n.op == "const":
            done[n] = self._constant(n.attr)
        elif n.op == "sqrt" and n.args[0] in self._unsigned:
            done[n] = _finished(_sqrt_of_unsigned(n, self.unit, done[n.args[0]]))
        else:
            done[n] = _finished(_RULES[n.op](n, self.unit, *(done[a] for a in n.args)))

    def _constant(self, c: Fraction | int) -> Bounded:
        c = Fraction(c)
        if self.kind is np.float64:
            value: Any = np.float64(float(c))
        else:  # two roundings more than one division has
            value = self.kind(str(c.numerator)) / self.kind(str(c.denominator))
        exact = np.isfinite(value) and Fraction(*value.as_integer_ratio()) == c
        own = self.unit.constant
        if own and exact:
            exact = _bits(c) <= 1 / own
        return Bounded(value, self.kind(0.0) if exact else np.abs(value) * (own or 4 * self.unit.basic))


def _bits(c: Fraction) -> int:
    """The odd part of the numerator of a binary fraction: what a significand has to hold."""
    n = abs(c.numerator)
    return n >> max((n & -n).bit_length() - 1, 0)


def _unsigned(order: Sequence[Node]) -> set[Node]:
    """Of nodes in topological order those that, by the way they are written, are never below 0, as sums of squares are not."""
    found: set[Node] = set()
    for n in order:
        match n.op:
            case "const":
                never_below = n.attr >= 0
            case "pow":
                e = n.args[1]
                never_below = n.args[0] in found or (e.op == "const" and Fraction(e.attr) % 2 == 0)
            case "mul":
                never_below = n.args[0] is n.args[1] or found.issuperset(n.args)
            case "add" | "div" | "min" | "def" | "hold":
                never_below = found.issuperset(n.args)
            case "max":
                never_below = not found.isdisjoint(n.args)
            case op:
                never_below = op in CONSTANTS or (
                    op in operators.OPERATORS and operators.OPERATORS[op].never_below >= 0
                )
        if never_below:
            found.add(n)
    return found


def applied(n: Node, unit: Unit, *args: Bounded) -> Bounded:
    """A node where its arguments are known so far. Raises NotImplementedError where its operator has no rule."""
    if n.op not in _RULES:
        raise NotImplementedError(f"no running error is known of '{n.op}'")
    return _finished(_RULES[n.op](n, unit, *args))


def _finished(b: Bounded) -> Bounded:
    """No bound is a NaN: what could not be bounded is off by anything."""
    return Bounded(b.value, np.where(np.isnan(b.error) | np.isnan(b.value), np.inf, b.error)) if _doubtful(b) else b


def _doubtful(b: Bounded) -> bool:
    total = np.sum(b.error)  # NaN if any is; so is inf - inf, which can't be: errors are not negative
    return bool(np.isnan(total)) or bool(np.any(np.isnan(b.value)))


def _rounded(u: Unit, value: Array, error: Array, own: float | None = None) -> Bounded:
    return Bounded(value, error * (1 + 4 * U) + (u.basic if own is None else own) * np.abs(value) + u.least)


def _add(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
    return _rounded(u, a.value + b.value, a.error + b.error)


def _sub(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
    return _rounded(u, a.value - b.value, a.error + b.error)


def _mul(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
    error = np.abs(a.value) * b.error + np.abs(b.value) * a.error + a.error * b.error
    return _rounded(u, a.value * b.value, error)


def _div(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
    value, low = a.value / b.value, np.abs(b.value) - b.error
    return _rounded(u, value, np.where(low > 0, (a.error + np.abs(value) * b.error) / low, np.inf))


def _pow(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
    exponent = n.args[1]
    value = np.power(a.value, b.value)
    if exponent.op == "const" and exponent.attr == 2:  # bounded at zero, too
        return _mul(n, u, a, a)
    near = a.error / np.abs(a.value)
    if exponent.op == "const":
        slope = abs(float(exponent.attr))
        relative = np.expm1(-slope * np.log1p(-np.minimum(near, 0.5)))
        error = np.where(
            near < 0.5, np.abs(value) * relative + np.abs(value * np.log(np.abs(a.value))) * b.error, np.inf
        )
        error = np.where((a.value == 0) & (a.error == 0) & (slope > 0), 0.0, error)
    else:
        spread = np.abs(b.value) * -np.log1p(-np.minimum(near, 0.5)) + np.abs(np.log(np.abs(a.value))) * b.error
        error = np.where(near < 0.5, np.abs(value) * np.expm1(spread), np.inf)
    return _rounded(u, value, error, u.function)


def _exp(n: Node, u: Unit, a: Bounded) -> Bounded:
    value = np.exp(a.value)
    return _rounded(u, value, value * np.expm1(a.error), u.function)


def _log(n: Node, u: Unit, a: Bounded) -> Bounded:
    near = a.error / np.abs(a.value)
    return _rounded(u, np.log(a.value), np.where(near < 1, -np.log1p(-np.minimum(near, 1 - U)), np.inf), u.function)


def _log1p(n: Node, u: Unit, a: Bounded) -> Bounded:
    low = 1 + a.value - a.error
    return _rounded(u, np.log1p(a.value), np.where(low > 0, a.error / low * (1 + 8 * U), np.inf), u.function)


def _expm1(n: Node, u: Unit, a: Bounded) -> Bounded:
    return _rounded(u, np.expm1(a.value), np.exp(a.value) * np.expm1(a.error) * (1 + 8 * U), u.function)


def _sqrt(n: Node, u: Unit, a: Bounded) -> Bounded:
    return _root(u, a, np.sqrt(a.value), np.where(a.error == 0, 0.0, np.inf))


def _sqrt_of_unsigned(n: Node, u: Unit, a: Bounded) -> Bounded:
    """Down to 0, since |sqrt(s) - sqrt(t)| <= sqrt(|s - t|)."""
    return _root(u, a, np.sqrt(np.maximum(a.value, 0)), np.sqrt(a.error))


def _root(u: Unit, a: Bounded, value: Array, near_zero: Array) -> Bounded:
    low = a.value - a.error
    return _rounded(u, value, np.where(low > 0, a.error / (value + np.sqrt(np.maximum(low, 0))), near_zero))


def _logaddexp(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
    value = np.logaddexp(a.value, b.value)
    top, low = np.maximum(a.value, b.value), np.minimum(a.value, b.value)
    # top + log1p(exp(low - top)), each within its roundoff; where they cancel, the value is small and its error is not
    own = np.abs(top) * u.basic + np.abs(np.log1p(np.exp(low - top))) * (u.function + np.abs(low - top) * u.basic)
    return _rounded(
        u, value, np.maximum(a.error, b.error) + np.where(top == 0, np.abs(value) * u.function, own), u.function
    )


def _bell(n: Node, u: Unit, a: Bounded, value: Array, scale: float, rate: float) -> Bounded:
    """A function with the slope scale*exp(-rate*x**2)."""
    inner = np.maximum(np.abs(a.value) - a.error, 0)
    return _rounded(u, value, scale * np.exp(-rate * inner * inner) * a.error, u.special)


def _erf(n: Node, u: Unit, a: Bounded) -> Bounded:
    return _bell(n, u, a, _called("erf", a.value), 2 / np.sqrt(np.pi), 1.0)


def _normal(n: Node, u: Unit, a: Bounded) -> Bounded:
    made = _bell(n, u, a, _called("normal_cdf", a.value), 1 / np.sqrt(2 * np.pi), 0.5)
    if u is LONG:
        return made
    # the left tail is exp(-x**2/2), whose argument is rounded: relative error x**2/2 roundoffs
    return Bounded(made.value, made.error + np.where(a.value < 0, made.value * a.value * a.value * u.basic, 0.0))


def _erfc(n: Node, u: Unit, a: Bounded) -> Bounded:
    value = _called("erfc", a.value)
    made = _bell(n, u, a, value, 2 / np.sqrt(np.pi), 1.0)
    if u is LONG:
        return made
    # the right tail is exp(-x**2), whose argument is rounded: relative error x**2 roundoffs
    return Bounded(made.value, made.error + np.where(a.value > 0, value * a.value * a.value * u.basic, 0.0))


def _tanh(n: Node, u: Unit, a: Bounded) -> Bounded:
    value = np.tanh(a.value)
    slope = np.minimum(1.0, (1 - value * value) * np.exp(2 * np.minimum(a.error, 1.0)) + 4 * u.basic)
    return _rounded(u, value, slope * a.error, u.function)


def _sigmoid(n: Node, u: Unit, a: Bounded) -> Bounded:
    e = np.exp(-np.abs(a.value))
    value = np.where(a.value >= 0, 1.0, e) / (1.0 + e)
    return _rounded(
        u,
        value,
        np.minimum(value, (1 - value) * np.exp(np.minimum(a.error, 1.0)) + 4 * u.basic) * np.expm1(a.error),
        2 * u.function,
    )


def _sin(n: Node, u: Unit, a: Bounded) -> Bounded:
    return _rounded(u, np.sin(a.value), a.error, u.function)


def _cos(n: Node, u: Unit, a: Bounded) -> Bounded:
    return _rounded(u, np.cos(a.value), a.error, u.function)


def _atan(n: Node, u: Unit, a: Bounded) -> Bounded:
    inner = np.maximum(np.abs(a.value) - a.error, 0)
    return _rounded(u, np.arctan(a.value), a.error / (1 + inner * inner), u.function)


def _relu(n: Node, u: Unit, a: Bounded) -> Bounded:
    return Bounded(np.maximum(a.value, 0.0), np.where(a.value < -a.error, 0.0, a.error))


def _sign(n: Node, u: Unit, a: Bounded) -> Bounded:
    return Bounded(np.sign(a.value), np.where((np.abs(a.value) > a.error) | (a.error == 0), 0.0, np.inf))


def _floor(n: Node, u: Unit, a: Bounded) -> Bounded:
    """Exact where no whole number is within the error; the sums are rounded, so one step further out."""
    low, high = np.nextafter(a.value - a.error, -np.inf), np.nextafter(a.value + a.error, np.inf)
    sure = (a.error == 0) | (np.floor(low) == np.floor(high))
    return Bounded(np.floor(a.value), np.where(sure, 0.0, np.inf))


def _min(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
    return _extreme(a, b, np.minimum(a.value, b.value), a.value < b.value)


def _max(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
    return _extreme(a, b, np.maximum(a.value, b.value), a.value > b.value)


def _extreme(a: Bounded, b: Bounded, value: Array, first: Array) -> Bounded:
    apart = np.abs(a.value - b.value) > a.error + b.error
    return Bounded(value, np.where(apart, np.where(first, a.error, b.error), np.maximum(a.error, b.error)))


def _select(n: Node, u: Unit, s: Bounded, a: Bounded, b: Bounded) -> Bounded:
    sure = (np.abs(s.value) > s.error) | (s.error == 0)
    on = s.value == 0
    value = np.where(s.value > 0, a.value, b.value)
    error = np.where(s.value > 0, a.error, b.error)
    same = (a.value == b.value) & (a.error == 0) & (b.error == 0)
    return Bounded(np.where(on & ~same, np.nan, value), np.where(sure & (~on | same), error, np.inf))


def _where(n: Node, u: Unit, c: Bounded, a: Bounded, b: Bounded) -> Bounded:
    error = np.where(c.value, a.error, b.error)
    return Bounded(np.where(c.value, a.value, b.value), np.where(c.error > 0, np.inf, error))


def _compare(holds: Callable[[Array, Array], Array]) -> Callable[..., Bounded]:
    def rule(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
        sure = (np.abs(a.value - b.value) > a.error + b.error) | ((a.error == 0) & (b.error == 0))
        return Bounded(holds(a.value, b.value), np.where(sure, 0.0, 1.0))

    return rule


def _both(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
    false = (~np.asarray(a.value) & (a.error == 0)) | (~np.asarray(b.value) & (b.error == 0))
    return Bounded(np.logical_and(a.value, b.value), np.where(false, 0.0, np.maximum(a.error, b.error)))


def _either(n: Node, u: Unit, a: Bounded, b: Bounded) -> Bounded:
    true = (np.asarray(a.value) & (a.error == 0)) | (np.asarray(b.value) & (b.error == 0))
    return Bounded(np.logical_or(a.value, b.value), np.where(true, 0.0, np.maximum(a.error, b.error)))


def _pi(n: Node, u: Unit) -> Bounded:
    value = np.longdouble(_PI)
    error = max(u.basic, u.constant)
    return Bounded(value, value * error) if u is LONG else Bounded(np.float64(value), np.float64(np.pi * error))


def _called(name: str, x: Array) -> Array:
    """erf, erfc or Phi, which NumPy has not: in extended precision, else a helper of the generated programs."""
    x = np.atleast_1d(x)
    if x.dtype != np.float64:
        from verify.conform import extended

        return getattr(extended, name)(x)
    if name not in _HELPERS:
        from derive.expr.graph import Graph
        from verify.backends.numpy_source import compile_numpy

        g = Graph()
        x_ = g.symbol("x")
        for op, helper in (("erf", "erf"), ("erfc", "erfc"), ("Phi", "normal_cdf")):
            _HELPERS[helper] = compile_numpy([g.node(op, (x_,))], [x_])
    return _HELPERS[name](x)[0]


_HELPERS: dict[str, Any] = {}

Rule = Callable[..., Bounded]

_RULES: Mapping[str, Rule] = {
    "def": lambda n, u, a: a,
    "hold": lambda n, u, a: a,
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "neg": lambda n, u, a: Bounded(-a.value, a.error),
    "pow": _pow,
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "sin": _sin,
    "cos": _cos,
    "atan": _atan,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "log1p": _log1p,
    "expm1": _expm1,
    "logaddexp": _logaddexp,
    "erf": _erf,
    "erfc": _erfc,
    "Phi": _normal,
    "pi": _pi,
    "relu": _relu,
    "abs": lambda n, u, a: Bounded(np.abs(a.value), a.error),
    "sign": _sign,
    "floor": _floor,
    "min": _min,
    "max": _max,
    "select": _select,
    "where": _where,
    "gt": _compare(np.greater),
    "ge": _compare(np.greater_equal),
    "lt": _compare(np.less),
    "le": _compare(np.less_equal),
    "eq": _compare(np.equal),
    "ne": _compare(np.not_equal),
    "and": _both,
    "or": _either,
    "not": lambda n, u, a: Bounded(np.logical_not(a.value), a.error),
}

#: What ``Running`` has a rule for.
OPERATORS = frozenset(_RULES)
