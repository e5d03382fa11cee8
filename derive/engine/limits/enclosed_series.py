"""Series of numbers without a known form, enclosed: partial sums with a bound on what is left, to any precision.

Where the quotient of neighbouring terms is P(j)/Q(j) and stays below some q < 1 from a term on, what is left is at most
q/(1 - q) times that term. A rational term whose denominator has no double zero is a sum of c/(j - z) over its zeros z, and the
series that of -c*digamma(-z).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from derive.budget import spend
from derive.engine.limits.oracle import TROUBLES, Unsettled, degree, leaves
from derive.engine.limits.terms import Term
from derive.errors import Undetermined
from derive.expr.folding import substitute
from derive.expr.graph import Node
from derive.flint import acb, arb, ctx, fmpq, fmpq_poly, fmpz_poly
from derive.numbers.balls import evaluate, precision
from derive.records import dataclass

MAX_DEGREE = 40
MAX_TERMS = 20_000
GUARD = 32  # bits beyond the precision that is asked for
TRIES = 16  # terms between looks at what is left


@dataclass(frozen=True, eq=False)
class Series:
    """How a node ``computed`` of such a series gets its value."""

    shown: str
    trusted: ClassVar[str] = "enclosed series"

    def value(self, args: Sequence[Any]) -> Any:
        """A ball, or what is in the way."""
        bits = ctx.prec
        with precision(bits + GUARD):
            return self.enclosed(bits)

    def enclosed(self, bits: int) -> Any:
        raise NotImplementedError

    def text(self, args: Sequence[str]) -> str:
        return self.shown


@dataclass(frozen=True, eq=False)
class ByRatio(Series):
    """The first term, and the coefficients of P and Q from the constant term up."""

    first: Node
    top: tuple[Node, ...]
    bottom: tuple[Node, ...]

    def enclosed(self, bits: int) -> Any:
        found = evaluate([self.first, *self.top, *self.bottom], {}, ctx.prec)
        if (fault := next((v for v in found if isinstance(v, Exception)), None)) is not None:
            return fault
        term, *rest = (arb(v) for v in found)
        p, q = rest[: len(self.top)], rest[len(self.top) :]
        total = term
        for j in range(MAX_TERMS):
            below = _at(q, j)
            if below.contains(0):
                return Undetermined("a term of a series is not told from infinity")
            if j and not j % TRIES:
                spend(TRIES * len(q), "values at points")
                rate = _rate(p, q, j)
                left = abs(term) * rate / (1 - rate) if rate is not None else None
                if left is not None and left.upper() < (abs(total) + 1) * arb(2) ** -bits:
                    return total + arb(0, left.upper())
            term = term * _at(p, j) / below
            total += term
        return Undetermined(f"{MAX_TERMS:,} terms of a series don't suffice")


def _at(coefficients: Sequence[arb], j: int) -> arb:
    total = arb(0)
    for c in reversed(coefficients):
        total = total * j + c
    return total


def _rate(p: Sequence[arb], q: Sequence[arb], n: int) -> arb | None:
    """What |P(j)/Q(j)| does not exceed for j >= n, if that is less than 1; else None."""
    d = len(q) - 1
    least = abs(q[d]).lower() - sum((abs(c).upper() * arb(n) ** (i - d) for i, c in enumerate(q[:d])), start=arb(0))
    most = sum((abs(c).upper() * arb(n) ** (i - d) for i, c in enumerate(p)), start=arb(0))
    if len(p) > len(q) or not least > 0:
        return None
    rate = arb((most / least).upper())
    return rate if rate < 1 else None


@dataclass(frozen=True, eq=False)
class ByZeros(Series):
    """A rational term A(j)/B(j), B without double zeros, maybe with alternating signs."""

    top: fmpz_poly
    bottom: fmpz_poly
    alternating: bool

    def enclosed(self, bits: int) -> Any:
        slope, total = self.bottom.derivative(), acb(0)
        for z, _ in self.bottom.complex_roots():
            z = acb(z)
            c = _value(self.top, z) / _value(slope, z)
            if self.alternating:
                total += c * (((1 - z) / 2).digamma() - (-z / 2).digamma()) / 2
            else:
                total -= c * (-z).digamma()
        return total.real if total.real.is_finite() else Undetermined("no finite enclosure of a series")


def _value(p: fmpz_poly, z: acb) -> acb:
    total = acb(0)
    for c in reversed(p.coeffs()):
        total = total * z + c
    return total


def enclosed(term: Term, shown: str) -> Node:
    """The series of a term as a number. Raises Unsettled."""
    g, ratio = term.g, term.ratio()
    if leaves(term.form) - set(term.ahead) or leaves(ratio) - {term.j} or leaves(term.at(0)):
        raise Unsettled("it is no series that is known")
    top, bottom = _polynomials(term, ratio)
    numbers = [evaluate([c], {}, 128)[0] for c in (*top, *bottom)]
    if any(isinstance(v, Exception) for v in numbers):
        raise Unsettled("the quotient of its terms has no value")
    shrinks = len(top) == len(bottom) and abs(arb(numbers[len(top) - 1])) < abs(arb(numbers[-1]))
    if (len(top) < len(bottom) or shrinks) and term.at(0) is not g.zero:
        return g.node("computed", (), ByRatio(shown, term.at(0), tuple(top), tuple(bottom)))
    if len(top) == len(bottom) and not shrinks:
        return g.node("computed", (), _by_zeros(term, shown))
    raise Unsettled("it is no series that is known")


def _by_zeros(term: Term, shown: str) -> ByZeros:
    """Raises Unsettled."""
    g, j = term.g, term.j
    signs = [s for s in term.ahead if s is not j]
    form = term.form
    if signs:
        if len(signs) > 1 or term.oracle.simple(g.div(term.ahead[signs[0]], signs[0])) is not g.const(-1):
            raise Unsettled("it is no series that is known")
        form = substitute(form, {signs[0]: g.one})
    top, bottom = _polynomials(term, term.oracle.simple(form))
    exact = [evaluate([c], {}, 128)[0] for c in (*top, *bottom)]
    if not all(isinstance(v, fmpq) for v in exact):
        raise Unsettled("it is no series that is known")
    a, b = fmpq_poly(exact[: len(top)]), fmpq_poly(exact[len(top) :])
    down, up = fmpz_poly([int(c) for c in (b * b.denom()).coeffs()]), a * b.denom()
    gap = b.degree() - a.degree()
    if gap < (1 if signs else 2):
        raise Unsettled("whether it converges is not known")
    if fmpq_poly(down).gcd(fmpq_poly(down).derivative()).degree() > 0:
        raise Unsettled("it is no series that is known: its denominator has double zeros")
    scale = up.denom()
    return ByZeros(shown, fmpz_poly([int(c) for c in (up * scale).coeffs()]), down * int(scale), bool(signs))


def _polynomials(term: Term, n: Node) -> tuple[list[Node], list[Node]]:
    """The coefficients of two polynomials in j whose quotient a node is shown to be, from the constant term up."""
    import sympy as sp

    from derive.exchange.sympy import from_sympy, to_sympy_all

    if degree(n) > MAX_DEGREE:
        raise Unsettled("a term of that degree")
    g, k = term.g, sp.Symbol("k'", real=True)
    try:
        parts = sp.fraction(sp.cancel(sp.together(to_sympy_all([n], {term.j: k})[0])))
        found = [[from_sympy(c, g) for c in reversed(sp.Poly(p, k).all_coeffs())] for p in parts]
    except (*TROUBLES, sp.PolynomialError):
        raise Unsettled("the quotient of its terms is not taken apart") from None
    made = []
    for coefficients in found:
        total: Node = g.zero
        for i, c in enumerate(coefficients):
            total = g.add(total, g.mul(c, g.pow(term.j, g.const(i))) if i else c)
        made.append(total)
    if term.oracle.simple(g.sub(g.mul(n, made[1]), made[0])) is not g.zero:
        raise Unsettled("the quotient of its terms is not taken apart")
    return found[0], found[1]
