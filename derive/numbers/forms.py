"""Polynomials as keys of tables, with what is read off them.

A ``Form`` stands for a polynomial, and there is one for each: it is told apart by being another object. FLINT compares two
polynomials faster than Python reads the exponents of one, so a form is looked for among those that look alike at a glance.
(FLINT's own text of a polynomial would be a key as well, but python-flint 0.9 keeps the memory of each such text.) Exponents are
read once, and only those that are not 0.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import gcd, lcm
from typing import Any

from derive.flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

Poly = Any  # fmpq_mpoly
Monomial = tuple[tuple[int, int], ...]  #: (variable, exponent) of each that occurs


class Form:
    """A polynomial, known by what it is. The rest is read off when it is first asked for, and then an attribute like others."""

    __slots__ = ("_monic", "alone", "degrees", "poly", "terms")

    poly: Poly
    degrees: dict[int, int]  # by the variables that occur, in order
    terms: dict[Monomial, fmpq]
    alone: int | None  # the variable that it is, if it is one

    def __init__(self, poly: Poly) -> None:
        self.poly = poly
        self._monic: Form | None = None

    def __getattr__(self, name: str) -> Any:
        if name not in _READ:
            raise AttributeError(name)
        found = _READ[name](self)
        setattr(self, name, found)
        return found


def _degrees(f: Form) -> dict[int, int]:
    return {i: int(n) for i, n in enumerate(f.poly.degrees()) if n > 0}


def _terms(f: Form) -> dict[Monomial, fmpq]:
    used = list(f.degrees)  # of a ring of many variables
    return {tuple([(i, int(e[i])) for i in used if e[i]]): c for e, c in f.poly.terms()}


def _alone(f: Form) -> int | None:
    single = len(f.poly) == 1 == f.poly.total_degree() and f.poly.leading_coefficient() == 1
    return next(iter(f.degrees)) if single else None


_READ: dict[str, Callable[[Form], Any]] = {"degrees": _degrees, "terms": _terms, "alone": _alone}


class Forms:
    """Those of one ring."""

    __slots__ = ("_alike", "_seen")

    def __init__(self) -> None:
        self._alike: dict[tuple[int, ...], list[Form]] = {}
        self._seen: dict[int, tuple[Poly, Form]] = {}  # by the very object, which is kept

    def __call__(self, p: Poly) -> Form:
        """That of a polynomial."""
        if (seen := self._seen.get(id(p))) is not None:
            return seen[1]
        made = self._told(p)
        self._seen[id(p)] = p, made
        return made

    def _told(self, p: Poly) -> Form:
        alike = self._alike.setdefault(_glance(p), [])
        for known in alike:
            if known.poly == p:
                return known
        made = Form(p)
        alike.append(made)
        return made

    def monic(self, f: Form) -> Form:
        """That of a polynomial, not 0, over its leading coefficient."""
        if f._monic is None:
            lead = f.poly.leading_coefficient()
            f._monic = f if lead == 1 else self(f.poly / lead)
        return f._monic

    def move(self, moved: Callable[[Poly], Poly]) -> None:
        """To a ring of more variables: forms stay what they are."""
        for alike in self._alike.values():
            for form in alike:
                form.poly = moved(form.poly)


@cache
def ring(room: int) -> tuple[fmpq_mpoly_ctx, tuple[Poly, ...]]:
    """Polynomials in so many variables, and these."""
    ctx = fmpq_mpoly_ctx.get([f"a{i}" for i in range(room)], Ordering.degrevlex)
    return ctx, ctx.gens()


def factored(f: Form) -> tuple[fmpq, list[tuple[Poly, int]]]:
    """A constant and irreducible polynomials whose product is f, found in the ring of the variables that occur: FLINT
    takes twenty times as long in one of 64, whichever occur."""
    if len(f.poly) <= 1:
        content, parts = f.poly.factor()  # nothing is looked for
        return content, [(q, int(n)) for q, n in parts]
    if f.poly.total_degree() == 1:
        return primitive(f.poly)
    small, _ = ring(len(f.degrees))
    whole = f.poly.context()
    back = [whole.gen(i) for i in f.degrees]
    terms = {tuple([e[i] for i in f.degrees]): c for e, c in f.poly.terms()}
    content, parts = fmpq_mpoly(terms, small).factor()
    return content, [(q.compose(*back, ctx=whole), int(n)) for q, n in parts]


def primitive(p: Poly) -> tuple[fmpq, list[tuple[Poly, int]]]:
    """A constant, and p over it: whole coefficients without a common divisor, the first of them positive."""
    numbers = p.coeffs()
    below = lcm(*[int(c.q) for c in numbers])
    above = gcd(*[int(c.p) * (below // int(c.q)) for c in numbers])
    content = fmpq(above if numbers[0] > 0 else -above, below)
    return content, [(p / content, 1)]


def _glance(p: Poly) -> tuple[int, ...]:
    """What is quickly read off a polynomial."""
    if not len(p):
        return ()
    lead = p.leading_coefficient()
    return len(p), p.total_degree(), int(lead.p), int(lead.q)
