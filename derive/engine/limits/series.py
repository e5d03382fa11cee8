"""Truncated series in one small quantity w: exponents are constants, coefficients vary more slowly than any power of w."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key

from derive.engine.limits.oracle import Oracle
from derive.expr.graph import Node
from derive.records import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """The terms (exponent, coefficient) by ascending exponent; what is left out is of ``order``, or nothing (None)."""

    terms: tuple[tuple[Node, Node], ...]
    order: Node | None = None


class Algebra:
    """Arithmetic of series with at most ``count`` terms."""

    def __init__(self, oracle: Oracle, count: int) -> None:
        self.oracle, self.count, self.g = oracle, count, oracle.graph

    def compare(self, a: Node, b: Node) -> int:
        return 0 if a is b else self.oracle.sign(self.g.sub(a, b))

    def made(self, terms: list[tuple[Node, Node]], order: Node | None) -> Series:
        """Sorted, equal exponents joined, coefficients in normal form, zeros left out, cut at the order and the count."""
        joined: list[tuple[Node, Node]] = []

        def by_exponent(a: tuple[Node, Node], b: tuple[Node, Node]) -> int:
            return self.compare(a[0], b[0])

        for e, c in sorted(terms, key=cmp_to_key(by_exponent)):
            if order is not None and self.compare(e, order) >= 0:
                break
            if joined and self.compare(joined[-1][0], e) == 0:
                joined[-1] = (joined[-1][0], self.g.add(joined[-1][1], c))
            else:
                joined.append((e, c))
        simple = self.oracle.simple
        kept = [(e, s) for e, c in joined if (s := simple(c)) is not self.g.zero]
        if len(kept) > self.count:
            order = kept[self.count][0]
            kept = kept[: self.count]
        return Series(tuple(kept), order)

    def one(self, c: Node) -> Series:
        return self.made([(self.g.zero, c)], None)

    def add(self, a: Series, b: Series) -> Series:
        return self.made([*a.terms, *b.terms], self.least(a.order, b.order))

    def least(self, *orders: Node | None) -> Node | None:
        found: Node | None = None
        for o in orders:
            if o is not None and (found is None or self.compare(o, found) < 0):
                found = o
        return found

    def scaled(self, a: Series, c: Node, e: Node) -> Series:
        """a*c*w**e."""
        g = self.g
        order = None if a.order is None else self.oracle.simple(g.add(a.order, e))
        return self.made([(self.oracle.simple(g.add(p, e)), g.mul(k, c)) for p, k in a.terms], order)

    def mul(self, a: Series, b: Series) -> Series:
        g, orders = self.g, list[Node]()
        for x, y in ((a, b), (b, a)):
            low = y.terms[0][0] if y.terms else y.order
            if x.order is not None and low is not None:
                orders.append(self.oracle.simple(g.add(x.order, low)))
        terms = [(self.oracle.simple(g.add(e, f)), g.mul(c, k)) for e, c in a.terms for f, k in b.terms]
        return self.made(terms, self.least(*orders))

    def compose(self, small: Series, coefficient: Callable[[int], Node]) -> Series:
        """The sum of coefficient(k)*small**k, for a series that tends to zero as a power of w does."""
        total, power = self.one(coefficient(0)), self.one(self.g.one)
        low = small.terms[0][0] if small.terms else small.order
        if low is None:
            return total
        for k in range(1, self.count + 1):
            power = self.mul(power, small)
            total = self.add(total, self.scaled(power, coefficient(k), self.g.zero))
        beyond = self.oracle.simple(self.g.mul(self.g.const(self.count + 1), low))
        return self.made(list(total.terms), self.least(total.order, beyond))
