"""Signs of polynomials, by rules that a reader checks at a glance.

A sign is a mask of what is possible. A polynomial has that of a number, of a hypothesis, of the sum of its terms (each the
product of the signs of its atoms; even powers are not negative), of the product of its factors, of a quadratic with its
discriminant, or that of c*h + rest, h known by a hypothesis and c > 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from derive.budget import spend
from derive.flint import fmpq
from derive.numbers.forms import Form, Monomial
from derive.numbers.rational_functions import Atom, Field, Poly, Quotient

POSITIVE, ZERO, NEGATIVE = 1, 2, 4
NONNEGATIVE, NONPOSITIVE, NONZERO, ANY = 3, 6, 5, 7
MAX_COMBINED = 24  # terms up to which hypotheses are subtracted
MAX_NESTED = 2  # of a discriminant, and of one in it
MAX_FACTS = 24  # up to which two are
OF_COMPARISON = {"gt": POSITIVE, "ge": NONNEGATIVE, "lt": NEGATIVE, "le": NONPOSITIVE, "eq": ZERO, "ne": NONZERO}


def opposite(m: int) -> int:
    return (m & ZERO) | (NEGATIVE if m & POSITIVE else 0) | (POSITIVE if m & NEGATIVE else 0)


def product(a: int, b: int) -> int:
    found = (a | b) & ZERO
    found |= b & NONZERO if a & POSITIVE else 0
    found |= opposite(b) & NONZERO if a & NEGATIVE else 0
    return found if a and b else 0


def power(m: int, n: int) -> int:
    return m if n % 2 else (m & ZERO) | (POSITIVE if m & NONZERO else 0)


def total(masks: Iterable[int]) -> int:
    """The sign of a sum: of numbers none of which is negative the sum is not, and positive if one is."""
    seen = strict = 0
    for m in masks:
        seen |= m
        if seen & POSITIVE and seen & NEGATIVE:
            return ANY
        strict |= m if m in (POSITIVE, NEGATIVE) else 0
    return strict or seen


Terms = dict[Monomial, fmpq]  # what a polynomial has for coefficients


class Fact(NamedTuple):
    """The sign of a monic polynomial, by a hypothesis."""

    form: Form
    sign: int


class Signs(Field):
    """A field with what the hypotheses say of signs. ``contradiction``: that no point meets them."""

    def __init__(self, room: int) -> None:
        super().__init__(room)
        self.facts: dict[Form, Fact] = {}
        self.zeros: list[Poly] = []
        self.contradiction = False
        self.thorough = False  # whether what is learnt is held against all that is known
        self.nested = 0
        self._known: dict[Form, int] = {}
        self._of: dict[int, int] = {}  # the signs of atoms
        self._open: set[int] = set()  # atoms whose signs are being worked out
        self._products: dict[Monomial, int] = {}  # the signs of monomials
        self._alike: dict[frozenset[Monomial], list[Fact]] = {}  # facts by their monomials

    # -- what is known ----------------------------------------------------------------------------

    def learn(self, x: Quotient, m: int) -> None:
        """A hypothesis: x has one of these signs."""
        den = self.sign(x.den)
        if den in (POSITIVE, NEGATIVE):
            self.learn_poly(x.num, m if den == POSITIVE else opposite(m))
        elif m in (ZERO, NONZERO):
            self.learn_poly(x.num, m)
        else:
            self.learn_poly(self.reduce(self.times(x.num, x.den)), m)

    def learn_poly(self, p: Poly, m: int) -> None:
        before = self.sign(p) if self.thorough or p.is_constant() else self._plain(p)
        now = before & m
        if not now:
            self.contradiction = True
        if now == before and len(p) > 1 and p not in self.zeros and self.form.monic(self.form(p)) not in self.facts:
            self.note(p, now)  # a product, say, of which the factors have signs: a sum may need it as a whole
        if not now or now == before or p.is_constant():
            return
        self.note(p, now)
        if now == ZERO:
            self.zeros.append(p)
        content, parts = self.factored(p)
        left, rest = (now if content > 0 else opposite(now)), []
        for f, n in parts:
            s = power(self.sign(f), n)
            if s in (POSITIVE, NEGATIVE) or (now == ZERO and not s & ZERO):
                left = left if s == POSITIVE else opposite(left)
            else:
                rest.append((f, n))
        if len(rest) == 1 and rest[0][0] != p:
            f, n = rest[0]
            self.learn_poly(f, left if n % 2 else (left & ZERO) | (NONZERO if left & POSITIVE else 0))
        elif not now & ZERO:
            for f, _ in rest if len(rest) > 1 else ():
                self.learn_poly(f, NONZERO)
        alone = self.single(p)
        if alone is not None and alone.key[0] in ("abs", "root") and not now & ZERO:
            self.learn_poly(alone.argument, NONZERO)

    def note(self, p: Poly, m: int) -> None:
        """p, of which nothing else is known, has one of these signs."""
        self._known.clear()
        self._of.clear()
        self._products.clear()
        monic = self.form.monic(self.form(p))
        self.facts[monic] = fact = Fact(monic, m if p.leading_coefficient() > 0 else opposite(m))
        alike = self._alike.setdefault(frozenset(monic.terms), [])
        alike[:] = [*(h for h in alike if h.form is not monic), fact]

    # -- questions --------------------------------------------------------------------------------

    def of(self, x: Quotient) -> int:
        """The possible signs of a quotient."""
        return product(self.sign(x.num), self.sign(x.den) & NONZERO)

    def sign(self, p: Poly) -> int:
        if p.is_constant():
            c = p.leading_coefficient().p if p != 0 else 0  # of a fraction the numerator is compared ten times as fast
            return POSITIVE if c > 0 else NEGATIVE if c < 0 else ZERO
        form = self.form(p)
        if form not in self._known:
            self._known[form] = ANY  # while it is worked out
            self._known[form] = self._sign(p)
        return self._known[form]

    def _sign(self, p: Poly) -> int:
        m = self._plain(p)
        if m in (POSITIVE, ZERO, NEGATIVE):
            return m
        if self.zeros and self.vanishes(p):
            return ZERO
        if (value := self.number(p)) is not None and not value.contains(0):
            return POSITIVE if value > 0 else NEGATIVE
        content, parts = self.factored(p)
        if len(parts) > 1 or parts[0][1] > 1:
            whole = POSITIVE if content > 0 else NEGATIVE
            for f, n in parts:
                whole = product(whole, power(self.sign(f), n))
            m &= whole
        else:
            m &= self._quadratic(p)
        if m in (POSITIVE, ZERO, NEGATIVE) or len(p) > MAX_COMBINED:
            return m
        return m & self._combined(self.form(p).terms, 2)

    def _plain(self, p: Poly) -> int:
        """By a hypothesis, and term by term."""
        spend(60, "signs of polynomials")  # a search is limited; a check is not
        form = self.form(p)
        fact = self.facts.get(self.form.monic(form))
        m = ANY if fact is None else fact.sign if p.leading_coefficient().p > 0 else opposite(fact.sign)
        if (alone := self.single(p)) is not None:
            return m & self._of_atom(alone)
        return m & self._by_terms(form.terms)

    def _by_terms(self, terms: Terms) -> int:
        """Term by term: the product of the signs of the atoms."""
        signs = ((self._of_monomial(e), c.p > 0) for e, c in terms.items())
        return total(m if positive else opposite(m) for m, positive in signs) if terms else ZERO

    def _of_monomial(self, e: Monomial) -> int:
        if (m := self._products.get(e)) is None:
            m = POSITIVE
            for i, n in e:
                m = product(m, power(self.atom_sign(self.atoms[i]), n))
            if self._open.isdisjoint(i for i, _ in e):
                self._products[e] = m
        return m

    def _by_fact(self, terms: Terms) -> int:
        """What a multiple of what a hypothesis says something of is."""
        for h in self._alike.get(frozenset(terms), ()):
            first, *rest = [terms[e] / c for e, c in h.form.terms.items()]
            if all(ratio == first for ratio in rest):
                return h.sign if first > 0 else opposite(h.sign)
        return ANY

    def atom_sign(self, a: Atom) -> int:
        if a.index not in self._of:
            self._of[a.index] = a.sign  # while it is worked out
            self._open.add(a.index)
            self._of[a.index] = self._plain(self.gen(a))
            self._open.discard(a.index)
        return self._of[a.index]

    def _of_atom(self, a: Atom) -> int:
        if a.key[0] in ("abs", "root") and not self.sign(a.argument) & ZERO:
            return POSITIVE
        if a.key[0] == "log" and self.sign(a.argument) == POSITIVE:  # log(u) has the sign of u - 1
            return self.sign(a.argument - 1)
        return a.sign

    def _quadratic(self, p: Poly) -> int:
        """a*g**2 + b*g + c has the sign of a where 4*a*c - b**2 > 0; where that is >= 0 and a > 0, it is >= 0."""
        if len(p) > MAX_COMBINED or self.nested == MAX_NESTED:
            return ANY
        self.nested += 1
        try:
            for i, degree in self.form(p).degrees.items():
                if degree != 2:
                    continue
                g, slope = self.gens[i], p.derivative(i)
                a = slope.derivative(i) / 2
                b = slope - 2 * a * g
                c = p - (a * g + b) * g
                lead = self.sign(a)
                if lead not in (POSITIVE, NEGATIVE):
                    continue
                bend = self.sign(4 * a * c - b * b)
                if not bend & NEGATIVE:
                    return lead if bend == POSITIVE else lead | ZERO
        finally:
            self.nested -= 1
        return ANY

    def absurd(self) -> bool:
        """Whether no point meets the hypotheses: one has a sign that the others rule out."""
        return self.contradiction or any(
            not self._combined(h.form.terms, 2, h) & h.sign for h in list(self.facts.values())[:MAX_FACTS]
        )

    def _combined(self, own: Terms, depth: int, but: Fact | None = None) -> int:
        """p = c*h + rest: not negative if c > 0 and neither h nor rest is. The rest is to have no more terms than p."""
        seen = ANY
        for h in list(self.facts.values()):
            if h is but or h.sign == NONZERO or len(h.form.poly) > 2 * len(own):
                continue
            shared = [e for e in h.form.terms if e in own]
            left = len(h.form.terms) - len(shared)
            ratios = [own[e] / h.form.terms[e] for e in shared] if left <= len(shared) else []
            for n, ratio in enumerate(ratios):
                if ratio in ratios[:n] or left > ratios.count(ratio):
                    continue
                part = h.sign if ratio > 0 else opposite(h.sign)
                rest = {e: c for e, c in own.items() if e not in h.form.terms}
                rest |= {e: c for e, k in h.form.terms.items() if (c := own.get(e, 0) - ratio * k) != 0}
                s = self._by_terms(rest) & self._by_fact(rest)
                if s == ANY and depth > 1 and len(self.facts) <= MAX_FACTS:
                    s = self._combined(rest, depth - 1, but)
                seen &= total((part, s))
                if seen in (POSITIVE, ZERO, NEGATIVE, 0):
                    return seen
        return seen

    def vanishes(self, p: Poly) -> bool:
        """Whether p is 0 by the relations and the equations among the hypotheses."""
        p = self.reduce(p)
        for z in self.zeros:
            if p != 0:
                p = self.reduce(divmod(p, z)[1])
        return bool(p == 0)
