"""Rational functions over atoms, in FLINT's polynomials.

An *atom* stands for the value of something that is no rational function of others: a symbol, exp(u), log|p|, |p|, p**(1/k), ...
An algebraic atom carries its relation A**k = p, p in earlier atoms. What is zero after reduction by the relations is zero at
every point at which the atoms have values. Numbers carry a ball, so that log(2) > 0 needs no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import add, mul, sub, truediv
from typing import Any

from derive.errors import Rejected
from derive.flint import arb, fmpq, fmpq_mpoly
from derive.numbers.forms import Form, Forms, factored, ring
from derive.records import dataclass

Poly = Any  # fmpq_mpoly
Key = Any  # hashable
Relation = tuple[int, Poly] | None  # a power, and what it is
Value = Callable[[list[arb]], arb] | None

#: The operations of a field, and of whatever else is calculated with like numbers.
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {"add": add, "sub": sub, "mul": mul, "div": truediv}

MAX_TERMS = 4_000  # terms of a polynomial
MAX_GCD = 400  # terms up to which fractions are put in lowest terms
MAX_ATOMS = 512
MAX_WORK = 300_000  # terms multiplied with each other in one evaluation


class Full(Rejected):
    """More atoms than there is room for: start again with more room."""


@dataclass(slots=True)
class Atom:
    """``of``: the polynomials that it is a function of. ``number``: its value, where it is one. ``leaves``: the symbols below it.
    ``sign``: a mask of the signs that its kind allows."""

    index: int
    key: Key
    leaves: frozenset[int]
    sign: int
    of: tuple[Poly, ...] = ()
    relation: Relation = None
    number: arb | None = None

    @property
    def argument(self) -> Poly:
        return self.of[0]


class Field:
    """The atoms met so far and the arithmetic of fractions over them."""

    def __init__(self, room: int) -> None:
        if room > MAX_ATOMS:
            raise Rejected(f"more than {MAX_ATOMS} atoms")
        self.ctx, self.gens = ring(room)
        self.atoms: list[Atom] = []
        self.table: dict[Key, Atom] = {}
        self.related: list[Atom] = []
        self.one_poly: Poly = self.ctx.constant(1)
        self.work_left = MAX_WORK
        self.form = Forms()
        self._factors: dict[Form, tuple[fmpq, list[tuple[Poly, int]]]] = {}

    # -- atoms ------------------------------------------------------------------------------------

    def atom(
        self, key: Key, sign: int, of: tuple[Poly, ...] = (), relation: Relation = None, number: Value = None
    ) -> tuple[Atom, bool]:
        """The atom of that key, and whether it is new. ``of`` are the polynomials it is a function of, ``number`` that function
        on balls."""
        if (found := self.table.get(key)) is not None:
            return found, False
        if len(self.atoms) == len(self.gens):
            raise Full
        leaves = (
            frozenset().union(*(self.leaves(p) for p in of)) if of or key[0] != "leaf" else frozenset({len(self.atoms)})
        )
        value = None
        if number is not None and not leaves:
            balls = [self.number(p) for p in of]
            value = None if None in balls else number([b for b in balls if b is not None])
        made = Atom(len(self.atoms), key, leaves, sign, of, relation, value)
        self.atoms.append(made)
        self.table[key] = made
        if relation:
            self.related.append(made)
        return made, True

    def gen(self, a: Atom) -> Poly:
        return self.gens[a.index]

    def used(self, p: Poly) -> list[Atom]:
        return [self.atoms[i] for i in self.form(p).degrees]

    def leaves(self, p: Poly) -> frozenset[int]:
        return frozenset().union(*(a.leaves for a in self.used(p)))

    def single(self, p: Poly) -> Atom | None:
        """The atom that a polynomial is, if it is one."""
        alone = self.form(p).alone if len(p) == 1 else None
        return None if alone is None else self.atoms[alone]

    def number(self, p: Poly) -> arb | None:
        """The value of a polynomial in atoms that are numbers."""
        form, total = self.form(p), arb(0)
        values = {i: v for i in form.degrees if (v := self.atoms[i].number) is not None}
        if len(values) < len(form.degrees):
            return None
        for e, c in form.terms.items():
            term = arb(c)
            for i, n in e:
                term *= values[i] ** n
            total += term
        return total

    # -- arithmetic -------------------------------------------------------------------------------

    def const(self, value: Any) -> Quotient:
        return Quotient(self, self.ctx.constant(value), self.one_poly)

    def poly(self, p: Poly) -> Quotient:
        return Quotient(self, p, self.one_poly)

    def times(self, p: Poly, q: Poly) -> Poly:
        self.work_left -= len(p) * len(q)
        if self.work_left < 0:
            raise Rejected("products of polynomials that are too large")
        return p * q

    def make(self, num: Poly, den: Poly) -> Quotient:
        """num/den, den known to vanish nowhere."""
        if self.related:
            num, den = self.reduce(num), self.reduce(den)
        if den == 0:
            raise Rejected("a division by zero")
        if max(len(num), len(den)) > MAX_TERMS:
            raise Rejected("a polynomial of too many terms")
        if num == 0 or den.is_one():
            return Quotient(self, num, self.one_poly)
        num, den = self._without_roots(num, den)
        if not den.is_constant() and max(len(num), len(den)) <= MAX_GCD:
            common = num.gcd(den)
            if not common.is_constant():
                num, den = num // common, den // common
        lead = den.leading_coefficient()
        return Quotient(self, num / lead, den / lead) if lead != 1 else Quotient(self, num, den)

    def _without_roots(self, num: Poly, den: Poly) -> tuple[Poly, Poly]:
        """The same without roots of numbers that divide the whole denominator: 1/sqrt(2) is sqrt(2)/2."""
        for a in self.related:
            k, value = a.relation or (0, den)
            if value.is_constant() and (least := min(int(e[a.index]) for e, _ in den.terms())):
                factor = self.gens[a.index] ** (k - least)
                num, den = self.reduce(self.times(num, factor)), self.reduce(self.times(den, factor))
        return num, den

    def reduce(self, p: Poly) -> Poly:
        """With every algebraic atom below the degree of its relation, the latest atoms first."""
        degrees = p.degrees()
        for a in reversed(self.related):
            assert a.relation
            k, instead = a.relation
            if degrees[a.index] < k:
                continue
            by_power: dict[int, dict[tuple[int, ...], fmpq]] = {}
            for e, c in p.terms():
                part = by_power.setdefault(int(e[a.index]) // k, {})
                rest = (*e[: a.index], int(e[a.index]) % k, *e[a.index + 1 :])
                part[rest] = part.get(rest, 0) + c
            p = self.ctx.constant(0)
            for n, part in by_power.items():
                p += self.times(fmpq_mpoly(part, self.ctx), self.raised(instead, n))
            degrees = p.degrees()
        return p

    def raised(self, p: Poly, n: int) -> Poly:
        size = max(p.total_degree(), p.leading_coefficient().height_bits() // 64, 1) if p != 0 else 0
        if n > 1 and ((len(p) > 1 and n * len(p) > 400) or n * size > 20_000):
            raise Rejected(f"power {n} of a polynomial of {len(p)} terms")
        return p**n

    def factored(self, p: Poly) -> tuple[fmpq, list[tuple[Poly, int]]]:
        """A constant and factors whose product is p: irreducible ones where p is short."""
        form = self.form(p)
        if form not in self._factors:
            whole = len(p) > 60 or p.total_degree() > 40
            self._factors[form] = (
                (p.leading_coefficient(), [(p / p.leading_coefficient(), 1)]) if whole else factored(form)
            )
        return self._factors[form]


@dataclass(slots=True, eq=False)
class Quotient:
    """num/den. The denominator vanishes at no point at which the hypotheses hold."""

    field: Field
    num: Poly
    den: Poly

    def _of(self, other: Quotient | int) -> Quotient:
        return other if isinstance(other, Quotient) else self.field.const(other)

    def __add__(self, other: Quotient | int) -> Quotient:
        y, f = self._of(other), self.field
        if self.den.is_one() and y.den.is_one():
            return Quotient(f, self.num + y.num, self.den)
        if self.den == y.den:
            return f.make(self.num + y.num, self.den)
        common = self.den.gcd(y.den) if max(len(self.den), len(y.den)) <= MAX_GCD else f.one_poly
        left, right = y.den // common, self.den // common
        return f.make(f.times(self.num, left) + f.times(y.num, right), f.times(self.den, left))

    __radd__ = __add__

    def __neg__(self) -> Quotient:
        return Quotient(self.field, -self.num, self.den)

    def __sub__(self, other: Quotient | int) -> Quotient:
        y = self._of(other)
        if self.den.is_one() and y.den.is_one():
            return Quotient(self.field, self.num - y.num, self.den)
        return self + -y

    def __rsub__(self, other: int) -> Quotient:
        return -self + other

    def __mul__(self, other: Quotient | int) -> Quotient:
        y, f = self._of(other), self.field
        if self.den.is_one() and y.den.is_one():
            return f.make(f.times(self.num, y.num), self.den)
        return f.make(f.times(self.num, y.num), f.times(self.den, y.den))

    __rmul__ = __mul__

    def __truediv__(self, other: Quotient | int) -> Quotient:
        y, f = self._of(other), self.field
        return f.make(f.times(self.num, y.den), f.times(self.den, y.num))

    def __rtruediv__(self, other: int) -> Quotient:
        return self._of(other) / self

    def __pow__(self, n: int) -> Quotient:
        if n == 1:
            return self
        if n < 0:
            return (1 / self) ** -n
        return self.field.make(self.field.raised(self.num, n), self.field.raised(self.den, n))

    @property
    def constant(self) -> fmpq | None:
        """The number that it is, if it is one."""
        if not self.den.is_one() or not self.num.is_constant():
            return None
        return fmpq(self.num.leading_coefficient()) if self.num != 0 else fmpq(0)

    @property
    def key(self) -> Key:
        return (self.field.form(self.num), self.field.form(self.den))
