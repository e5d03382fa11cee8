"""Rational functions over kernels, in FLINT's multivariate polynomials.

The canonical form of REDUCE and MACSYMA (Moses, Algebraic simplification: a guide for the perplexed, CACM 14, 1971).

A *kernel* is what a polynomial treats as a variable: a symbol, or something transcendental or algebraic such as
``exp(x/2)``, ``|x|``, ``sqrt(x + 1)``. An algebraic kernel carries its relation, ``|x|**2 = x**2``. A polynomial that is
zero after reduction by the relations is zero as a function wherever its kernels have values; that is all a proof needs.
(The converse needs independent kernels, and is never used: nothing is refuted here.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, reduce
from typing import Any

from derive.budget import Unwieldy as Unwieldy
from derive.budget import spend
from derive.expr.graph import Graph, Node
from derive.flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from derive.numbers.forms import Form, Forms, factored, primitive
from derive.records import dataclass

Poly = Any  # fmpq_mpoly
Key = tuple[Any, ...]

MAX_PRODUCT = 400_000  # terms multiplied with each other in one product
MAX_TERMS = 20_000  # terms of one polynomial
MAX_DEGREE = 20_000  # total degree
MAX_GCD = 600  # terms up to which common factors are looked for
MAX_FACTOR = 80  # terms up to which a polynomial is factored
MAX_KERNELS = 1024
MAX_SCALE = 5040  # of a unit, the multiples that exponents are
MAX_WORK = 400_000  # terms multiplied with each other in all, for one claim


_most_work = MAX_WORK


@contextmanager
def limited(work: int) -> Iterator[None]:
    """Inside, a claim may take at most so many steps of polynomial arithmetic: for tries that must stay cheap."""
    global _most_work
    before, _most_work = _most_work, min(work, _most_work)
    try:
        yield
    finally:
        _most_work = before


class Regrow(Exception):
    """The ring had to change (more kernels, finer exponents): what was computed in it must be computed anew."""


@dataclass(frozen=True, slots=True)
class Quotient:
    """num/den, without common factors where these were cheap to find, den monic."""

    num: Poly
    den: Poly


@dataclass(slots=True)
class Kernel:
    """A variable of the ring: ``index`` its number, ``node`` what it stands for, ``free`` the symbols below it.

    ``parts`` are polynomials that describe it (of what it is the exp, the absolute value, ...). ``relation`` = (k, p)
    says kernel**k = p. ``kinked`` marks kernels that are not smooth, or whose definition hides a choice of branch.
    """

    index: int
    kind: str
    key: Key
    node: Node
    free: frozenset[Node]
    parts: tuple[Poly, ...] = ()
    relation: tuple[int, Poly] | None = None
    kinked: bool = False


class Ring:
    """Kernels, and arithmetic of quotients over them. Meanings never change, so keys stay valid when the ring grows."""

    def __init__(self, graph: Graph, room: int = 16) -> None:
        self.graph = graph
        self.kernels: list[Kernel] = []
        self.table: dict[Key, Kernel] = {}
        self.related: list[Kernel] = []
        self.scales: dict[Key, int] = {}  # exponents of a basis element are multiples of 1/scale
        self.units: dict[Key, fmpq] = {}  # of an exp: exponents are multiples of it, where no 1/scale is fine enough
        self.exponents: dict[Key, set[fmpq]] = {}  # those seen
        self.spent = 0
        self.generation = 0  # how often what was made before was overtaken
        self.form = Forms()
        self._factors: dict[Form, tuple[fmpq, list[tuple[Poly, int]]]] = {}
        self._open(max(16, 1 << (room - 1).bit_length()))

    def _open(self, room: int) -> None:
        if room > MAX_KERNELS:
            raise Unwieldy(f"more than {MAX_KERNELS} kernels")
        self.room = room
        self.ctx, self.gens = _context(room)
        self.zero_poly: Poly = self.ctx.constant(0)
        self.one_poly: Poly = self.ctx.constant(1)
        self.zero = Quotient(self.zero_poly, self.one_poly)
        self.one = Quotient(self.one_poly, self.one_poly)
        self._factors.clear()

    # -- kernels ----------------------------------------------------------------------------------

    def kernel(
        self,
        key: Key,
        node: Callable[[], Node],
        free: frozenset[Node],
        parts: tuple[Poly, ...] = (),
        relation: tuple[int, Poly] | None = None,
        kinked: bool = False,
    ) -> Kernel:
        """The kernel of that key (kind first), new or known. Raises Regrow where there is no room for a new one."""
        found = self.table.get(key)
        if found is None:
            if len(self.kernels) == self.room:
                self._grow()
                raise self._regrown()
            found = Kernel(len(self.kernels), key[0], key, node(), free, parts, relation, kinked)
            self.kernels.append(found)
            self.table[key] = found
            if relation:
                self.related.append(found)
        return found

    def _regrown(self) -> Regrow:
        """What is raised where polynomials made before no longer stand for what they did."""
        self.generation += 1
        return Regrow()

    def _grow(self) -> None:
        self._open(self.room * 2)
        for k in self.kernels:
            k.parts = tuple(self._moved(p) for p in k.parts)
            if k.relation:
                k.relation = (k.relation[0], self._moved(k.relation[1]))
        self.form.move(self._moved)

    def _moved(self, p: Poly) -> Poly:
        tail = (0,) * (self.room - self.room // 2)
        return fmpq_mpoly({(*e, *tail): c for e, c in p.terms()}, self.ctx)

    def unit(self, basis: Key, exponent: fmpq) -> fmpq:
        """What all exponents of a basis element are multiples of: 1/scale, or their greatest common divisor where they are
        decimals such as 0.044715. Raises Regrow where it had to become smaller, Unwieldy where multiples get too large."""
        seen = self.exponents.setdefault(basis, set())
        seen.add(exponent)
        unit = self.units.get(basis)
        if unit is None:
            try:
                return fmpq(1, self.scale(basis, int(exponent.q)))
            except Unwieldy:
                unit = fmpq(0)
        if unit == 0 or (exponent / unit).q != 1:
            finest = reduce(_common, seen)
            if max(abs(c) for c in seen) / finest > MAX_SCALE:
                raise Unwieldy("exponents with too large a common denominator")
            self.units[basis] = finest
            raise self._regrown()
        return unit

    def scale(self, basis: Key, denominator: int) -> int:
        """How finely exponents of a basis element are divided. Raises Regrow where it had to become finer."""
        from math import lcm

        have = self.scales.get(basis, 1)
        need = lcm(have, denominator)
        if need != have:
            if need > MAX_SCALE:
                raise Unwieldy("exponents with too large a common denominator")
            self.scales[basis] = need
            raise self._regrown()
        return have

    def gen(self, k: Kernel) -> Poly:
        return self.gens[k.index]

    def used(self, *polys: Poly) -> list[Kernel]:
        """The kernels that occur in polynomials, in order."""
        if len(polys) == 1:
            return [self.kernels[i] for i in self.form(polys[0]).degrees]
        found = {i for p in polys for i in self.form(p).degrees}
        return [self.kernels[i] for i in sorted(found)]

    def free(self, *polys: Poly) -> frozenset[Node]:
        return frozenset().union(*(k.free for k in self.used(*polys)))

    # -- arithmetic -------------------------------------------------------------------------------

    def const(self, value: Any) -> Quotient:
        return Quotient(self.ctx.constant(value), self.one_poly)

    def poly(self, p: Poly) -> Quotient:
        return Quotient(p, self.one_poly)

    def times(self, p: Poly, q: Poly) -> Poly:
        """p*q within the limits. Raises Unwieldy."""
        if len(p) * len(q) > MAX_PRODUCT:
            raise Unwieldy(f"a product of polynomials with {len(p)} and {len(q)} terms")
        spend(80 + self.room // 2 + len(p) * len(q), "products of polynomials")
        self.spent += len(p) * len(q) + 20
        if self.spent > _most_work:
            raise Unwieldy(f"{_most_work} steps of polynomial arithmetic")
        return p * q

    def make(self, num: Poly, den: Poly) -> Quotient:
        """num/den in lowest terms. Raises ZeroDivisionError where the denominator vanishes by its relations."""
        if self.related:
            num, den = self.reduce(num), self.reduce(den)
        if den == 0:
            raise ZeroDivisionError
        if num == 0:
            return self.zero
        if self.related and not den.is_constant():
            num, den = self._without_roots(num, den)
        if len(num) > MAX_TERMS or len(den) > MAX_TERMS:
            raise Unwieldy(f"a polynomial of {max(len(num), len(den))} terms")
        if den.is_constant():
            return Quotient(num / den.leading_coefficient(), self.one_poly)
        if len(num) <= MAX_GCD and len(den) <= MAX_GCD:
            spend(100 + len(num) * len(den), "divisors of polynomials")
            g = num.gcd(den)
            if not g.is_one():
                num, den = num // g, den // g
        c = den.leading_coefficient()
        if c != 1:
            num, den = num / c, den / c
        return Quotient(num, den)

    def _without_roots(self, num: Poly, den: Poly) -> tuple[Poly, Poly]:
        """The same quotient without roots of numbers that divide the whole denominator: 1/sqrt(2) is sqrt(2)/2."""
        degrees = den.degrees()
        for k in self.related:
            assert k.relation
            power, value = k.relation
            if not degrees[k.index] or not value.is_constant():
                continue
            if least := min(int(e[k.index]) for e, _ in den.terms()):
                factor = self.gens[k.index] ** (power - least)
                num, den = self.reduce(self.times(num, factor)), self.reduce(self.times(den, factor))
        return num, den

    def add(self, x: Quotient, y: Quotient) -> Quotient:
        if x.den.is_one() and y.den.is_one():
            return Quotient(x.num + y.num, self.one_poly)
        if x.den == y.den:
            return self.make(x.num + y.num, x.den)
        g = x.den.gcd(y.den) if len(x.den) <= MAX_GCD and len(y.den) <= MAX_GCD else self.one_poly
        left, right = y.den // g, x.den // g
        return self.make(self.times(x.num, left) + self.times(y.num, right), self.times(x.den, left))

    def neg(self, x: Quotient) -> Quotient:
        return Quotient(-x.num, x.den)

    def sub(self, x: Quotient, y: Quotient) -> Quotient:
        return self.add(x, self.neg(y))

    def mul(self, x: Quotient, y: Quotient) -> Quotient:
        num = self.times(x.num, y.num)
        if x.den.is_one() and y.den.is_one() and not self.related:
            if len(num) > MAX_TERMS:
                raise Unwieldy(f"a polynomial of {len(num)} terms")
            return Quotient(num, self.one_poly)
        return self.make(num, self.times(x.den, y.den))

    def div(self, x: Quotient, y: Quotient) -> Quotient:
        """x/y. Raises ZeroDivisionError where y vanishes identically."""
        return self.make(self.times(x.num, y.den), self.times(x.den, y.num))

    def power(self, x: Quotient, n: int) -> Quotient:
        if n < 0:
            return self.power(self.div(self.one, x), -n)
        return self.make(self.raised(x.num, n), self.raised(x.den, n))

    def raised(self, p: Poly, n: int) -> Poly:
        """p**n for n >= 0, within the limits. Raises Unwieldy."""
        from math import comb

        if n > 1 and len(p) > 1 and comb(n + len(p) - 1, n) > MAX_TERMS:
            raise Unwieldy(f"power {n} of a polynomial with {len(p)} terms")
        if n > 1 and p.total_degree() * n > MAX_DEGREE:
            raise Unwieldy(f"a polynomial of degree {p.total_degree() * n}")
        return p**n

    def difference(self, x: Quotient, y: Quotient) -> Poly:
        """The numerator of x - y by cross-multiplication, reduced: zero if the two are one function."""
        if x.den == y.den:
            return self.reduce(x.num - y.num)
        return self.reduce(self.times(x.num, y.den) - self.times(y.num, x.den))

    def reduce(self, p: Poly) -> Poly:
        """The polynomial with every algebraic kernel below the degree of its relation."""
        if not self.related:
            return p
        degrees = p.degrees()
        for k in reversed(self.related):
            assert k.relation
            power, instead = k.relation
            if degrees[k.index] < power:
                continue
            if instead == self.gens[k.index]:  # h**2 = h
                capped: dict[tuple[int, ...], fmpq] = {}
                for e, c in p.terms():
                    once = (*e[: k.index], min(e[k.index], 1), *e[k.index + 1 :])
                    capped[once] = capped.get(once, 0) + c
                p = fmpq_mpoly(capped, self.ctx)
                degrees = p.degrees()
                continue
            by_degree: dict[int, dict[tuple[int, ...], fmpq]] = {}
            for e, c in p.terms():
                rest = (*e[: k.index], e[k.index] % power, *e[k.index + 1 :])
                part = by_degree.setdefault(e[k.index] // power, {})
                part[rest] = part.get(rest, 0) + c
            total = self.zero_poly
            for n in sorted(by_degree):
                total += self.times(fmpq_mpoly(by_degree[n], self.ctx), self.raised(instead, n))
            p = total
            degrees = p.degrees()
            if len(p) > MAX_TERMS:
                raise Unwieldy(f"a polynomial of {len(p)} terms")
        return p

    def factor(self, p: Poly) -> tuple[fmpq, list[tuple[Poly, int]]]:
        """p as a constant times powers of primitive, integral, irreducible polynomials (whole where p is too long)."""
        form = self.form(p)
        found = self._factors.get(form)
        if found is None:
            key = self.key(p)
            spend(100 + len(p) * (len(p) + self.room // 2), "divisors of polynomials")
            if p.is_constant():
                found = (p.leading_coefficient() if p != 0 else fmpq(0), [])
            elif (known := _FACTORED.get((self.room, *key))) is not None:
                found = known
            elif len(p) > MAX_FACTOR or p.total_degree() > 40:
                monomials, rest = self._common_monomial(p)
                c, parts = rest.factor_squarefree() if len(p) <= MAX_GCD else primitive(rest)
                found = (c, [*monomials, *parts])
            else:
                found = factored(form)
            self._factors[form] = found
            if len(_FACTORED) >= MAX_FACTORED:
                _FACTORED.clear()
            _FACTORED[self.room, *key] = found
        return found

    def _common_monomial(self, p: Poly) -> tuple[list[tuple[Poly, int]], Poly]:
        least = [min(e) for e in zip(*(e for e, _ in p.terms()), strict=True)]
        rest = fmpq_mpoly({tuple(a - b for a, b in zip(e, least, strict=True)): c for e, c in p.terms()}, self.ctx)
        return [(self.gens[i], n) for i, n in enumerate(least) if n], rest

    def combination(self, row: Mapping[tuple[int, ...], Any]) -> Poly:
        """The polynomial with these coefficients; trailing zeros of exponents may be left out."""
        return fmpq_mpoly({(*e, *(0,) * (self.room - len(e))): c for e, c in row.items()}, self.ctx)

    # -- names and texts --------------------------------------------------------------------------

    def key(self, p: Poly) -> Key:
        """A polynomial as a hashable value that does not depend on the ring: exponents without the zeros at their end, and
        coefficients."""
        try:
            monomials: tuple[Any, ...] = tuple([bytes(e).rstrip(b"\0") for e in p.monoms()])
        except ValueError:  # an exponent above 255
            monomials = tuple([",".join(map(str, e)).removesuffix(",0" * _zeros(e)) for e in p.monoms()])
        return monomials, tuple([(int(c.p), int(c.q)) for c in p.coeffs()])

    def quotient_key(self, x: Quotient) -> Key:
        return (self.key(x.num), self.key(x.den))

    def node(self, p: Poly) -> Node:
        """The polynomial as an expression."""
        g = self.graph
        total = g.zero
        for e, c in p.terms():
            product = g.const(_fraction(c))
            for i, n in enumerate(e):
                if n:
                    product = g.mul(product, g.pow(self.kernels[i].node, g.const(int(n))))
            total = g.add(total, product)
        return total

    def quotient_node(self, x: Quotient) -> Node:
        return self.graph.div(self.node(x.num), self.node(x.den))

    def text(self, x: Quotient) -> str:
        """A quotient for people; long ones only by their number of terms."""
        from derive.language.reader import to_text
        from derive.language.tidy import tidy

        if len(x.num) + len(x.den) > 24:
            by = f" over one of {len(x.den)}" if len(x.den) > 1 else ""
            return f"a polynomial of {len(x.num)} terms{by}"
        return to_text(tidy([self.quotient_node(x)])[0])

    def identity(self, x: Quotient, y: Quotient) -> str:
        """Why x = y, to be followed by hand: both normal forms, what stands for a variable in them, what vanishes and by what."""
        from derive.language.reader import to_text

        used = [k for k in self.used(x.num, x.den, y.num, y.den) if k.kind != "name"]
        same = x.den == y.den
        gap = x.num - y.num if same else self.times(x.num, y.den) - self.times(y.num, x.den)
        one = gap == 0 and self.text(x) == self.text(y)
        said = f"both sides are {self.text(x)}" if one else f"left = {self.text(x)}; right = {self.text(y)}"
        if used:
            named = ", ".join(to_text(k.node) for k in used[:8])
            said += f"; variables: {named}{f' and {len(used) - 8} more' if len(used) > 8 else ''}"
        if gap == 0:
            return said if one else f"{said}; the numerator of left - right is 0"
        by = [f"({to_text(k.node)})**{k.relation[0]} = {to_text(self.node(k.relation[1]))}" for k in used if k.relation]
        short = len(gap) <= 12
        return f"{said}; the numerator of left - right{f', {to_text(self.node(gap))},' if short else ''} is 0" + (
            f" by {', '.join(by[:8])}" if by else ""
        )


@dataclass(frozen=True, eq=False, repr=False)
class Identity:
    """Why x = y, as ``str`` tells it: an explanation asks for that, a verdict does not."""

    ring: Ring
    x: Quotient
    y: Quotient
    where: str = ""

    def __str__(self) -> str:
        return self.where + self.ring.identity(self.x, self.y)

    __repr__ = __str__


@cache
def _context(room: int) -> tuple[Any, tuple[Poly, ...]]:
    """Polynomials in so many variables, and these."""
    ctx = fmpq_mpoly_ctx.get([f"k{i}" for i in range(room)], Ordering.degrevlex)
    return ctx, ctx.gens()


#: Factors of polynomials, by room and text, whatever their variables stand for. Who asks pays as for the work.
_FACTORED: dict[tuple[Any, ...], tuple[fmpq, list[tuple[Poly, int]]]] = {}
MAX_FACTORED = 20_000


def _zeros(e: tuple[int, ...]) -> int:
    """How many zeros a monomial ends with, but for its first exponent."""
    return next((n for n, k in enumerate(reversed(e)) if k), len(e) - 1)


def _common(a: fmpq, b: fmpq) -> fmpq:
    """The greatest number that two are whole multiples of."""
    from math import gcd

    return fmpq(gcd(int(a.p) * int(b.q), int(b.p) * int(a.q)), int(a.q) * int(b.q))


def _fraction(c: fmpq) -> Any:
    from fractions import Fraction

    return Fraction(int(c.p), int(c.q))


def monomials(p: Poly, ctx: Any) -> Iterator[tuple[Poly, fmpq]]:
    """The monomials of a polynomial with their coefficients."""
    for e, c in p.terms():
        yield fmpq_mpoly({e: 1}, ctx), c
