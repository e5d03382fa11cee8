"""A function for all large t, enclosed: a sum of terms c*t**i*exp(q(t)), q a polynomial, each c a ball that holds for every t >=
M.

Sums and products of such terms are exact. Where a term outgrows the others by ratios that fall from M on, it can be divided by,
its logarithm and its powers taken: v = d*(1 + r), with r in a ball, and f(1 + r) = f(1) + r*f'(ball) (mean value theorem). Of
the normal distribution the bounds phi(u)/u*(1 - 1/u**2) < 1 - Phi(u) < phi(u)/u serve (Gordon, Ann. Math. Statist. 12, 1941).
So the sign of a function is decided on all of [M, inf) at once, though it tends to 0 there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from derive.expr.graph import Node, topological
from derive.flint import arb
from derive.numbers.balls import evaluate, precision, rational
from derive.records import dataclass

MAX_TERMS = 40
PRECISION = 96
MAX_POWER = 6  # of sums that are multiplied out

_Growth = tuple[Fraction, tuple[Any, ...]]  # (i, (q1, q2, ...)): t**i*exp(q1*t + q2*t**2 + ...)
_ONE: _Growth = (Fraction(0), ())


class Beyond(ArithmeticError):
    """What is not enclosed in this way."""


@dataclass(frozen=True, slots=True)
class _Term:
    power: Fraction
    rates: tuple[Any, ...]  # of balls; the last one is not 0
    factor: Any


class Tail:
    """Enclosures for t >= ``start``, a positive rational."""

    def __init__(self, t: Node, start: Fraction) -> None:
        self.t, self.start = t, arb(rational(start))

    def sign(self, root: Node) -> int:
        """1 or -1 where the root has that sign for every t >= start, 0 where it is 0 throughout. Raises Beyond."""
        with precision(PRECISION):
            return self._sign(self.of(root))

    def of(self, root: Node) -> list[_Term]:
        done: dict[Node, list[_Term]] = {}
        moving = {self.t}
        for n in topological([root]):
            moving |= {n} if moving.intersection(n.args) else set()
            if n is self.t:
                done[n] = [_Term(Fraction(1), (), arb(1))]
            elif n not in moving:
                done[n] = self._constant(_value(n))
            elif n.op == "pow" and n.args[1].op == "const":
                done[n] = self._power(done[n.args[0]], Fraction(n.args[1].attr))
            elif n.op in _RULES:
                done[n] = _RULES[n.op](self, *(done[a] for a in n.args))
            else:
                raise Beyond(n.op)
            if len(done[n]) > MAX_TERMS:
                raise Beyond("too many terms")
        return done[root]

    # -- terms ----------------------------------------------------------------------------------------

    def _constant(self, c: Any) -> list[_Term]:
        return [] if _zero(c) else [_Term(Fraction(0), (), c)]

    def _add(self, a: list[_Term], b: list[_Term]) -> list[_Term]:
        out: list[_Term] = []
        for term in (*a, *b):
            for k, other in enumerate(out):
                if _same(term, other):
                    out[k] = _Term(other.power, other.rates, other.factor + term.factor)
                    break
            else:
                out.append(term)
        return [t for t in out if not _zero(t.factor)]

    def _neg(self, a: list[_Term]) -> list[_Term]:
        return self._scaled(a, arb(-1))

    def _sub(self, a: list[_Term], b: list[_Term]) -> list[_Term]:
        return self._add(a, self._neg(b))

    def _scaled(self, a: list[_Term], c: Any) -> list[_Term]:
        return [_Term(t.power, t.rates, t.factor * c) for t in a]

    def _mul(self, a: list[_Term], b: list[_Term]) -> list[_Term]:
        if len(a) * len(b) > MAX_TERMS * 4:
            raise Beyond("too many terms")
        out: list[_Term] = []
        for s in a:
            out = self._add(out, [_Term(s.power + t.power, _sum(s.rates, t.rates), s.factor * t.factor) for t in b])
        return out

    # -- growth ---------------------------------------------------------------------------------------

    def _ratio(self, a: _Term, b: _Term) -> Any:
        """A ball that holds a/b without their factors for all t >= start, if that falls or is constant; else None."""
        power, rates = a.power - b.power, _sum(a.rates, tuple(-r for r in b.rates))
        m = self.start
        if not rates:
            if power > 0:
                return None
            return arb(1) if power == 0 else _from_zero(m ** arb(rational(power)))
        k = len(rates)
        if not rates[-1] < 0:
            return None
        slope = k * rates[-1] + (arb(rational(power)) / m**k if power > 0 else 0)  # of the logarithm, times t**(1 - k)
        for j, r in enumerate(rates[:-1], 1):
            if not r <= 0:
                slope += j * abs(r) * m ** (j - k)
        if not slope < 0:
            return None
        log = arb(rational(power)) * m.log() if power else arb(0)
        return _from_zero((log + sum((r * m**j for j, r in enumerate(rates, 1)), arb(0))).exp())

    def _leading(self, a: list[_Term]) -> tuple[_Term, list[_Term], Any]:
        """The term that outgrows the others, the sum of the others over it, and a ball that holds that sum."""
        for lead in a:
            if not (lead.factor > 0 or lead.factor < 0):
                continue
            rest = [t for t in a if t is not lead]
            ratios = [self._ratio(t, lead) for t in rest]
            if any(r is None for r in ratios):
                continue
            over = self._mul(rest, [_Term(-lead.power, tuple(-r for r in lead.rates), 1 / lead.factor)])
            ball = sum((t.factor / lead.factor * r for t, r in zip(rest, ratios, strict=True)), arb(0))
            return lead, over, ball
        raise Beyond("no term outgrows the others")

    def _sign(self, a: list[_Term]) -> int:
        if not a:
            return 0
        lead, _, ball = self._leading(a)
        if not 1 + ball > 0:
            raise Beyond("a sign is not decided from there on")
        return 1 if lead.factor > 0 else -1

    def _range(self, a: list[_Term]) -> Any:
        """A ball that holds a sum of bounded terms."""
        one = _Term(Fraction(0), (), arb(1))
        total = arb(0)
        for t in a:
            ratio = self._ratio(t, one)
            if ratio is None:
                raise Beyond("grows")
            total += t.factor * ratio
        return total

    # -- functions ------------------------------------------------------------------------------------

    def _about(self, a: list[_Term], f: Callable[[Any], Any], slope: Callable[[Any], Any]) -> tuple[_Term, list[_Term]]:
        """v = d*(1 + r) as its leading term d and f(1 + r), for f that is smooth on (0, inf)."""
        lead, rest, ball = self._leading(a)
        if not 1 + ball > 0:
            raise Beyond("a leading term that does not lead from there on")
        return lead, self._add(self._constant(f(arb(1))), self._scaled(rest, slope(1 + _from_zero(ball))))

    def _inverse(self, a: list[_Term]) -> list[_Term]:
        if not a:
            raise Beyond("a division by zero")
        lead, rest, ball = self._leading(a)
        if not 1 + ball > 0:
            raise Beyond("a leading term that does not lead from there on")
        tail = self._add(self._constant(arb(1)), self._scaled(rest, -1 / (1 + ball)))  # 1/(1 + r) = 1 - r/(1 + r)
        return self._mul([_Term(-lead.power, tuple(-r for r in lead.rates), 1 / lead.factor)], tail)

    def _div(self, a: list[_Term], b: list[_Term]) -> list[_Term]:
        return self._mul(a, self._inverse(b))

    def _power(self, a: list[_Term], r: Fraction) -> list[_Term]:
        if r.denominator == 1 and 0 <= r <= MAX_POWER:
            out = self._constant(arb(1))
            for _ in range(int(r)):
                out = self._mul(out, a)
            return out
        if r.denominator == 1 and -MAX_POWER <= r < 0:
            return self._power(self._inverse(a), -r)
        c = arb(rational(r))
        lead, tail = self._about(a, lambda v: v**c, lambda v: c * v ** (c - 1))
        if not lead.factor > 0:
            raise Beyond("a power of what is not positive")
        return self._mul([_Term(lead.power * r, tuple(q * c for q in lead.rates), lead.factor**c)], tail)

    def _exp(self, a: list[_Term]) -> list[_Term]:
        rates: dict[int, Any] = {}
        constant, rest = arb(0), []
        for t in a:
            if t.rates or t.power < 0:
                rest.append(t)
            elif t.power.denominator > 1:
                raise Beyond("the exponential of a root")
            elif t.power == 0:
                constant += t.factor
            else:
                rates[int(t.power)] = t.factor
        small = self._range(rest)
        q = tuple(rates.get(k, arb(0)) for k in range(1, max(rates, default=0) + 1))
        tail = self._add(self._constant(arb(1)), self._scaled(rest, _from_zero(small).exp()))
        return self._mul([_Term(Fraction(0), q, constant.exp())], tail)

    def _log(self, a: list[_Term]) -> list[_Term]:
        lead, tail = self._about(a, lambda v: v.log(), lambda v: 1 / v)
        if lead.power or not lead.factor > 0:
            raise Beyond("the logarithm of t")
        grown = [_Term(Fraction(k), (), q) for k, q in enumerate(lead.rates, 1) if not _zero(q)]
        return self._add(self._add(grown, self._constant(lead.factor.log())), tail)

    def _sigmoid(self, a: list[_Term]) -> list[_Term]:
        return self._inverse(self._add(self._constant(arb(1)), self._exp(self._neg(a))))

    def _tanh(self, a: list[_Term]) -> list[_Term]:
        return self._sub(self._scaled(self._sigmoid(self._scaled(a, arb(2))), arb(2)), self._constant(arb(1)))

    def _normal(self, a: list[_Term]) -> list[_Term]:
        if self._sign(a) > 0:
            return self._sub(self._constant(arb(1)), self._beyond(a))
        return self._beyond(self._neg(a))

    def _beyond(self, a: list[_Term]) -> list[_Term]:
        """1 - Phi of what grows."""
        over = self._inverse(a)
        density = self._scaled(self._exp(self._scaled(self._mul(a, a), arb(-1) / 2)), 1 / (2 * arb.pi()).sqrt())
        return self._scaled(self._mul(density, over), arb(1).union(1 - _from_zero(self._range(over) ** 2)))

    def _erf(self, a: list[_Term]) -> list[_Term]:
        whole = self._normal(self._scaled(a, arb(2).sqrt()))
        return self._sub(self._scaled(whole, arb(2)), self._constant(arb(1)))

    def _wave(self, a: list[_Term]) -> list[_Term]:
        return self._constant(arb(-1).union(arb(1)))


def _value(n: Node) -> Any:
    """A ball that holds a scalar without symbols."""
    leaves = any(m.op in ("symbol", "index", "apply") for m in topological([n]))
    value = None if leaves else evaluate([n], {}, PRECISION)[0]
    if value is None or isinstance(value, Exception | bool):
        raise Beyond("a constant without a value")
    return arb(value)


def _zero(v: Any) -> bool:
    """Whether a ball holds 0 alone. (``v != 0`` asks whether it does not hold 0 at all.)"""
    return bool(v == 0)


def _from_zero(v: Any) -> Any:
    return arb(0).union(v)


def _sum(a: tuple[Any, ...], b: tuple[Any, ...]) -> tuple[Any, ...]:
    n = max(len(a), len(b))
    out = [(a[k] if k < len(a) else 0) + (b[k] if k < len(b) else 0) for k in range(n)]
    while out and _zero(out[-1]):
        out.pop()
    return tuple(out)


def _same(a: _Term, b: _Term) -> bool:
    """Whether two terms grow alike for certain: rates that are no exact numbers are told apart."""
    return (
        a.power == b.power
        and len(a.rates) == len(b.rates)
        and all((p - q) == 0 for p, q in zip(a.rates, b.rates, strict=True))
    )


_RULES: Mapping[str, Callable[..., list[_Term]]] = {
    "def": lambda _, a: a,
    "add": Tail._add,
    "sub": Tail._sub,
    "neg": Tail._neg,
    "mul": Tail._mul,
    "div": Tail._div,
    "exp": Tail._exp,
    "log": Tail._log,
    "log1p": lambda s, a: s._log(s._add(s._constant(arb(1)), a)),
    "expm1": lambda s, a: s._sub(s._exp(a), s._constant(arb(1))),
    "sqrt": lambda s, a: s._power(a, Fraction(1, 2)),
    "logaddexp": lambda s, a, b: s._log(s._add(s._exp(a), s._exp(b))),
    "sigmoid": Tail._sigmoid,
    "tanh": Tail._tanh,
    "Phi": Tail._normal,
    "erf": Tail._erf,
    "sin": Tail._wave,
    "cos": Tail._wave,
    "abs": lambda s, a: a if s._sign(a) >= 0 else s._neg(a),
    "relu": lambda s, a: a if s._sign(a) >= 0 else [],
}
