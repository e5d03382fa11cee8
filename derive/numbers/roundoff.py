"""What a computation in a floating-point format may give: an enclosure of the results of a formula as it is written.

Every operation hands on all that its arguments may be, as a ball, and adds what it may be off by itself (Wilkinson's model:
Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, sections 2.2 and 3.1; here with sets in the place of
first-order bounds, so that what is enclosed is enclosed for certain). Inputs and constants are rounded; a product, a quotient or
a root is off by at most the roundoff u; a sum of n terms, in whatever order, with fused products or without, by (n - 1)*u of the
sum of their magnitudes (section 4.2). Library functions are within 4 ulps, and within 4 ulps of 1 where they are computed by way
of numbers of that size (logarithms of the gamma function, the normal distribution). Where it is open whether a condition holds,
both branches are. Infinities, and what is no number, are carried as IEEE 754 has them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from derive.budget import spend
from derive.errors import NotFinite, UndefinedValue, Undetermined
from derive.expr.graph import Node, topological
from derive.expr.operators import COMPARISONS, OPERATORS
from derive.flint import arb, fmpq
from derive.numbers.balls import evaluate, precision, rational, value_of
from derive.numbers.computed import Computed
from derive.numbers.formats import FORMATS, Format, exact
from derive.numbers.ieee import FAR, operation
from derive.records import dataclass

PREC = 128
ULPS = 4  # of a library function
_EXACT = ("neg", "abs", "relu", "min", "max", "floor", "hold", "sign")
_ROUNDED = ("mul", "div", "sqrt")
_BESIDE_ONE = ("lgamma", "polygamma", "Phi")  # off by ulps of 1, too


@dataclass(frozen=True)
class Results:
    """All that a computation may give: the ``finite`` results lie in a ball (None: there are none), and of ``special`` ones
    ``inf``, ``-inf`` and ``nan`` those that are possible."""

    finite: arb | None
    special: frozenset[str] = field(default_factory=frozenset)

    def __or__(self, other: Results) -> Results:
        balls = [b for b in (self.finite, other.finite) if b is not None]
        hull = balls[0].union(balls[1]) if len(balls) == 2 else balls[0] if balls else None
        return Results(hull, self.special | other.special)

    @property
    def ends(self) -> tuple[Fraction, Fraction] | None:
        """Between which numbers the finite results lie."""
        return None if self.finite is None else (exact(self.finite.lower()), exact(self.finite.upper()))


class _Sum(NamedTuple):
    """A sum of rounded terms that is not rounded itself: its ball, the sum of the terms' magnitudes, and how many they are."""

    total: arb
    size: arb
    terms: int


def results(root: Node, values: Mapping[Node, Any], fmt: Format) -> Results:
    """What arithmetic in a format may give for a scalar node where symbols have these values (rationals).

    Raises Undetermined where that has no bound, such as a quotient of which the divisor may be 0, and KeyError of a symbol
    without a value."""
    order = topological([root])
    spend(8 * len(order), "values at points")
    with precision(PREC):
        found = _Walk(values, fmt).value(order)
    if isinstance(found, Results):
        return found
    raise found if isinstance(found, Undetermined) else Undetermined(str(found))


class _Walk:
    def __init__(self, values: Mapping[Node, Any], fmt: Format) -> None:
        self.values, self.fmt = values, fmt
        self.top = arb(rational(Fraction(fmt.greatest)))
        self.unit, self.least = arb(2) ** -fmt.precision, arb(rational(Fraction(fmt.least)))
        self.sums: dict[Node, _Sum] = {}

    def value(self, order: Sequence[Node]) -> Any:
        done: dict[Node, Any] = {}
        for n in order:
            if n.op == "symbol" and n.shape:
                continue
            try:
                done[n] = self._step(n, done)
            except (UndefinedValue, Undetermined) as fault:
                done[n] = fault
        return done[order[-1]]

    def _step(self, n: Node, done: Mapping[Node, Any]) -> Any:
        if n in self.values:
            return self._input(self.values[n])
        if n.op == "const":
            return self._input(rational(n.attr))
        if n.op == "computed":
            return self._computed(n)
        if n.op not in OPERATORS and n.op != "def":
            if n.op in ("symbol", "index"):
                raise KeyError(n)
            raise Undetermined(f"{n.op} has no value in {self.fmt.name} arithmetic")
        args = [done[a] for a in n.args]
        if n.op in ("where", "select"):
            return self._chosen(n, args)
        for a in args:
            if isinstance(a, Exception):
                raise a
        if OPERATORS[n.op].boolean if n.op in OPERATORS else False:
            return self._truth(n, args)
        if n.op == "def":
            return args[0]
        if not any(a.special for a in args) and None not in (balls := [a.finite for a in args]):
            return self._operation(n, balls)
        kept = Results(None)
        for one in product(*([a.finite] * (a.finite is not None) + sorted(a.special) for a in args)):
            kept |= self._special(n, one) if any(isinstance(a, str) for a in one) else self._operation(n, one)
        return kept

    # -- leaves -----------------------------------------------------------------------------------------

    def _input(self, v: Any) -> Results:
        if isinstance(v, fmpq):
            f = Fraction(int(v.p), int(v.q))
            there = self._nearest(f)
            wide = FORMATS["float64"].number(f)  # a program may read the digits as a float64 first
            return there | self._nearest(Fraction(wide)) if math.isfinite(wide) else there
        return self._off(arb(v), self.unit)

    def _nearest(self, f: Fraction) -> Results:
        """The number of the format that is nearest."""
        number = self.fmt.number(f)
        if math.isfinite(number):
            return Results(arb(rational(Fraction(number))))
        return Results(None, frozenset((str(number),)))

    def _computed(self, n: Node) -> Results:
        """A part that says itself in which format it is computed."""
        if not isinstance(n.attr, Computed):
            raise Undetermined(f"an iteration is not followed step by step in {self.fmt.name} arithmetic")
        v = evaluate([n], dict(self.values), PREC)[0]
        if isinstance(v, NotFinite):
            return Results(None, frozenset((str(v.result),)))
        if isinstance(v, Exception):
            raise v
        return self._input(v)

    # -- operations on finite numbers ----------------------------------------------------------------------

    def _operation(self, n: Node, args: Sequence[Any]) -> Results:
        if n.op in ("add", "sub"):
            return self._sum(n, args)
        found = value_of(n, self._arguments(n, args))
        if isinstance(found, UndefinedValue):
            return self._pole(n, args, found)
        if isinstance(found, Undetermined):
            if n.op == "sign":
                return Results(arb(0, 1))
            raise found
        ball = arb(found)
        if n.op in _EXACT:
            return Results(ball)
        if n.op in _ROUNDED:
            return self._off(ball, self.unit)
        relative = 2 * ULPS * self.unit  # an ulp is at most two roundoffs
        beside = arb(0)
        if n.op == "pow" and (e := n.args[1]).op == "const" and e.attr == int(e.attr):
            relative = relative.max((abs(int(e.attr)) + 1) * self.unit)
        elif n.op == "logaddexp":  # the greater one, and log(1 + exp(-apart)) beside it
            a, b = map(arb, args)
            apart = abs(a - b)
            low = arb(0).max(apart.lower())
            beside = self.unit * abs(a).max(abs(b)) + relative * (-low).exp().log1p() * (1 + apart.upper())
        elif n.op in _BESIDE_ONE:
            beside = relative
        return self._off(ball, relative, beside)

    @staticmethod
    def _arguments(n: Node, args: Sequence[Any]) -> list[Any]:
        """Those of an exponential no further out than where it is 0 or infinite in every format; an exponent that is a number as
        such, since it decides on the domain."""
        balls = [arb(a) for a in args]
        if n.op in ("exp", "expm1"):
            return [balls[0].max(-arb(FAR)).min(arb(FAR))]
        return [balls[0], rational(n.args[1].attr)] if n.op == "pow" and n.args[1].op == "const" else balls

    def _sum(self, n: Node, args: Sequence[Any]) -> Results:
        if n.op == "sub" and n.args[0] is n.args[1]:  # the same number twice
            return Results(arb(0))
        a, b = (self._terms(m, arb(ball)) for m, ball in zip(n.args, args, strict=True))
        total = a.total + b.total if n.op == "add" else a.total - b.total
        made = self.sums[n] = _Sum(total, a.size + b.size, a.terms + b.terms)
        if made.terms == 2:
            return self._off(total, self.unit)
        share = (made.terms - 1) * self.unit
        if not share < arb(0.5):
            raise Undetermined(f"a sum of {made.terms} terms is not bounded in {self.fmt.name} arithmetic")
        if not made.size < self.top:
            raise Undetermined(f"a sum of {made.terms} terms may overflow on the way in {self.fmt.name} arithmetic")
        return self._off(total, arb(0), share / (1 - share) * made.size, subnormal=False)

    def _terms(self, m: Node, ball: arb) -> _Sum:
        return self.sums.get(m) or _Sum(ball, arb(abs(ball).upper()), 1)

    def _off(self, ball: arb, relative: arb, absolute: arb | int = 0, subnormal: bool = True) -> Results:
        """A ball that is rounded: what is beyond the greatest number becomes infinite."""
        error = relative * abs(ball).upper() + absolute + (self.least if subnormal else 0)
        wide = ball + arb(0, error.upper())
        low, high = wide.lower(), wide.upper()
        special = {"inf"} if high > self.top else set()
        if low < -self.top:
            special.add("-inf")
        if low > self.top or high < -self.top:
            return Results(None, frozenset(special))
        return Results(low.max(-self.top).union(high.min(self.top)) if special else wide, frozenset(special))

    # -- infinities, poles, and what is no number -------------------------------------------------------------

    def _pole(self, n: Node, args: Sequence[Any], fault: Exception) -> Results:
        """A function where it has no value: what IEEE has for that, where it is the same for all that the arguments may be."""
        found = {str(v) for v in self._tried(n, args) if not math.isfinite(v)}
        if not found or any(math.isfinite(v) for v in self._tried(n, args)):
            raise fault
        return Results(None, frozenset(found))

    def _special(self, n: Node, args: Sequence[Any]) -> Results:
        if n.op in ("min", "max", "logaddexp") and "nan" not in args:
            strings = [a for a in args if isinstance(a, str)]
            losing = "inf" if n.op == "min" else "-inf"
            winning = [a for a in strings if a != losing]
            if winning:
                return Results(None, frozenset(winning[:1]))
            balls = [a for a in args if not isinstance(a, str)]
            return Results(balls[0]) if balls else Results(None, frozenset(strings))
        kept = Results(None)
        for v in self._tried(n, args):
            kept |= self._off(arb(v), 2 * ULPS * self.unit) if math.isfinite(v) else Results(None, frozenset((str(v),)))
        return kept

    def _tried(self, n: Node, args: Sequence[Any]) -> list[float]:
        """The operation at the ends of what arguments may be, and where it turns: at 0, 1 and -1."""
        ways = []
        for a in args:
            if isinstance(a, str):
                ways.append([float(a)])
                continue
            ball = arb(a)
            at = {self.fmt.number(exact(end)) for end in (ball.lower(), ball.upper())}
            inside = [v for v in (0.0, 1.0, -1.0) if ball.contains(arb(v))]
            ways.append([*at, *inside, *([-0.0] if 0.0 in inside else [])])
        return [operation(n, way, self.fmt) for way in product(*ways)]

    # -- conditions ---------------------------------------------------------------------------------------

    def _truth(self, n: Node, args: Sequence[Any]) -> bool | None:
        """Whether a condition holds of all that may be compared; None where it may and may not."""
        if n.op in COMPARISONS:
            if any(a.special or a.finite is None for a in args):
                return None
            found = value_of(n, [a.finite for a in args])
            return found if isinstance(found, bool) else None
        if n.op == "not":
            return None if args[0] is None else not args[0]
        settles = n.op == "or"
        if any(a is settles for a in args):
            return settles
        return None if None in args else not settles

    def _chosen(self, n: Node, args: Sequence[Any]) -> Any:
        """One branch, or both."""
        chooses, *branches = args
        if isinstance(chooses, Exception):
            raise chooses
        first: bool | None = chooses
        if n.op == "select":
            ball = None if chooses.special else chooses.finite
            first = None if ball is None else True if ball > 0 else False if ball < 0 else None
        open_ = branches if first is None else branches[:1] if first else branches[1:]
        for b in open_:
            if isinstance(b, Exception):
                raise b
        return open_[0] if len(open_) == 1 else self._either(*open_)

    @staticmethod
    def _either(a: Any, b: Any) -> Any:
        if isinstance(a, Results):
            return a | b
        return a if a is b else None
