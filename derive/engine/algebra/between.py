"""Rational numbers between which values lie, and what that says of the sign of a polynomial.

What is linear in a kernel from a to b is a mean of what it is at a and at b: 1 - u*v >= 0 for u and v from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from derive.budget import spend
from derive.engine.algebra.polynomials import Kernel, Poly, Quotient, Ring
from derive.expr.operators import OPERATORS
from derive.flint import arb, fmpq, fmpq_mpoly
from derive.numbers.balls import precision
from derive.proof.signs import ANY, ZERO, total

MAX_KERNELS = 6
MAX_TERMS = 24
MAX_EXPONENT = 100
PI = fmpq(333, 106), fmpq(355, 113)

#: No number where there is no end.
Ends = tuple[fmpq | None, fmpq | None]


def between_ends(p: Poly, ring: Ring, sign: Callable[[Poly], int], ends: Callable[[Kernel], Ends]) -> int:
    """The possible signs of a polynomial that is linear in some kernel, from its signs at both ends of that kernel."""
    used = ring.used(p)
    if len(used) > MAX_KERNELS or len(p) > MAX_TERMS:
        return ANY
    for k in used:
        low, high = ends(k) if p.degrees()[k.index] == 1 else (None, None)
        if low is None or high is None or low >= high:
            continue
        at_ends = [(sign(_at(p, ring, k, end)), end) for end in (low, high)]
        if not all(m for m, _ in at_ends):  # what is known contradicts itself
            return ANY
        found = total(m for m, _ in at_ends)
        for m, end in at_ends:
            if sign(ring.gen(k) - end) & ZERO:  # the kernel may be there
                found |= m
        if found != ANY:
            return found
    return ANY


def _at(p: Poly, ring: Ring, k: Kernel, value: fmpq) -> Poly:
    """p with a number in the place of a kernel."""
    spend(len(p) * (4 + ring.room // 2), "signs of polynomials")
    terms: dict[tuple[int, ...], fmpq] = {}
    for e, c in p.terms():
        rest = (*e[: k.index], 0, *e[k.index + 1 :])
        terms[rest] = terms.get(rest, fmpq(0)) + c * value ** int(e[k.index])
    return fmpq_mpoly(terms, ring.ctx)


def span(kind: str) -> Ends:
    """The numbers between which all values of a function lie."""
    if kind == "pi":
        return PI
    of = OPERATORS.get(kind)
    low, high = of.range if of is not None and isinstance(of.range, tuple) else (-inf, inf)
    return None if low == -inf else fmpq(int(low)), None if high == inf else fmpq(int(high))


def near_exp(x: fmpq) -> tuple[fmpq, fmpq] | None:
    """Rational numbers below and above exp(x); None far out."""
    if abs(x) > MAX_EXPONENT:
        return None
    with precision(64):
        value = arb(x).exp()
        ends = [end.man_exp() for end in (value.lower(), value.upper())]
    low, high = (fmpq(int(man)) * fmpq(2) ** int(exp) for man, exp in ends)
    return low, high


def exponents(p: Poly, ring: Ring) -> Quotient | None:
    """c*(u - v) of a difference c*(exp(u) - exp(v)), which has its sign; None of other polynomials."""
    used = ring.used(p)
    if len(p) != 2 or any(k.kind != "exp" for k in used):
        return None
    (powers, c), (others, d) = p.terms()
    if c + d != 0:
        return None
    gap = ring.zero
    for k in used:
        num, den, scale = k.parts
        times = c * fmpq(int(powers[k.index]) - int(others[k.index])) / scale.leading_coefficient()
        gap = ring.add(gap, Quotient(num * times, den))
    return gap
