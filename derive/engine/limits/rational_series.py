"""Sums of rational functions over j = 0, 1, 2, ..., and of such with alternating signs, by partial fractions.

1/(j + a)**m sums to polygamma(m - 1, a)*(-1)**m/(m - 1)! for m > 1; of c/(j + a) with the c adding up to 0 the sum is that of
-c*digamma(a). With alternating signs it is that of the even terms less that of the odd ones. Where a is a simple fraction these
are known (Abramowitz and Stegun 6.3 and 6.4, Gauss's theorem on digamma); Euler's constant cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import factorial

from derive.expr.graph import Graph, Node
from derive.language.reader import parse

TRUSTED = "known series"
MAX_SHIFT = 200  # of a whole number that is taken off a

#: digamma(a) less -Euler's constant.
DIGAMMA = {
    Fraction(1): "0",
    Fraction(1, 2): "-2*log(2)",
    Fraction(1, 3): "-pi/(2*sqrt(3)) - 3*log(3)/2",
    Fraction(2, 3): "pi/(2*sqrt(3)) - 3*log(3)/2",
    Fraction(1, 4): "-pi/2 - 3*log(2)",
    Fraction(3, 4): "pi/2 - 3*log(2)",
    Fraction(1, 6): "-sqrt(3)*pi/2 - 2*log(2) - 3*log(3)/2",
    Fraction(5, 6): "sqrt(3)*pi/2 - 2*log(2) - 3*log(3)/2",
}


def summed(g: Graph, parts: Sequence[tuple[Node, Node, int]], alternating: bool) -> Node:
    """The sum of c/(j + a)**m, for all (c, a, m), a > 0; of simple poles the c add up to 0, unless signs alternate."""
    total = g.zero
    simple: list[tuple[Node, Node]] = []
    for c, a, m in parts:
        pieces = [(c, a)]
        if alternating:
            half = g.div(c, g.const(2**m))
            pieces = [(half, _over(a, 0)), (g.neg(half), _over(a, 1))]
        for factor, at in pieces:
            if m == 1:
                simple.append((factor, at))
            else:
                total = g.add(total, g.mul(factor, hurwitz(g, m, at)))
    listed = all(_listed(at) for _, at in simple)
    for factor, at in simple:
        total = g.sub(total, g.mul(factor, _digamma(g, at, listed)))
    return total


def _over(a: Node, odd: int) -> Node:
    g, number = a.graph, _number(a)
    if number is not None:
        return g.const((number + odd) / 2)
    return g.div(g.add(a, g.const(odd)) if odd else a, g.const(2))


def _number(a: Node) -> Fraction | None:
    return Fraction(a.attr) if a.op == "const" else None


def _reduced(a: Fraction) -> tuple[Fraction, int]:
    """A number in (0, 1] and the whole number that it differs by."""
    whole = -(-a.numerator // a.denominator) - 1
    return a - whole, whole


def _listed(a: Node) -> bool:
    number = _number(a)
    return number is not None and _reduced(number)[0] in DIGAMMA and _reduced(number)[1] <= MAX_SHIFT


def _digamma(g: Graph, a: Node, listed: bool) -> Node:
    """digamma(a); plus Euler's constant, where all of them are of the table."""
    number = _number(a)
    if not listed or number is None:
        return g.call("polygamma", g.zero, a)
    low, whole = _reduced(number)
    shift = sum((1 / (low + i) for i in range(whole)), Fraction(0))
    return g.add(parse(DIGAMMA[low], {"": g.zero}, g), g.const(shift))


def hurwitz(g: Graph, m: int, a: Node) -> Node:
    """The sum of 1/(j + a)**m."""
    number = _number(a)
    if number is not None:
        low, whole = _reduced(number)
        if whole <= MAX_SHIFT and (known := _zeta(g, m, low)) is not None:
            less = sum((1 / (low + i) ** m for i in range(whole)), Fraction(0))
            return g.sub(known, g.const(less)) if less else known
    sign = 1 if m % 2 == 0 else -1
    return g.mul(g.const(Fraction(sign, factorial(m - 1))), g.call("polygamma", g.const(m - 1), a))


def _zeta(g: Graph, m: int, low: Fraction) -> Node | None:
    """For even m at 1 and 1/2: a rational number times pi**m (Euler)."""
    if m % 2 or low not in (Fraction(1), Fraction(1, 2)):
        return None
    c = abs(_bernoulli(m)) * Fraction(2 ** (m - 1), factorial(m))
    if low != 1:
        c *= 2**m - 1
    return g.mul(g.const(c), g.pow(g.call("pi"), g.const(m)))


def _bernoulli(m: int) -> Fraction:
    row = [Fraction(0)] * (m + 1)
    for i in range(m + 1):
        row[i] = Fraction(1, i + 1)
        for k in range(i, 0, -1):
            row[k - 1] = k * (row[k - 1] - row[k])
    return row[0]
