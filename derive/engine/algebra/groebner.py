"""Polynomial side conditions: what vanishes where these polynomials do, by a Groebner basis.

Under ``R.T @ R == eye(2)`` the numerator of ``R[1,0]**2 + R[1,1]**2 - 1`` is no multiple of one assumption, but it lies in the
ideal of all of them: its remainder by a Groebner basis is 0. Algebraic kernels bring their relations along. (Buchberger 1965,
with his two criteria as in Gebauer and Moeller 1988; the pairs of least degree first.)

A basis that was given up half-way still holds members of the ideal only, so a remainder of 0 still proves; it comes less often.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.engine.algebra.polynomials import Poly, Ring
from derive.flint import Ordering, fmpq, fmpz, fmpz_mpoly, fmpz_mpoly_ctx, fmpz_mpoly_vec

MAX_GENERATORS = 40
MAX_KERNELS = 24
MAX_DEGREE = 8  # of a pair: its least common multiple
MAX_PAIRS = 400  # reduced in all
MAX_BASIS = 60
MAX_TERMS = 150
MAX_BITS = 512
MAX_ROUNDS = 60  # of a remainder

_Monomial = tuple[int, ...]


class Ideal:
    """The polynomials of a ring that vanish with the given ones, as far as that is seen."""

    def __init__(self, ring: Ring, zeros: Sequence[Poly]) -> None:
        self.ring = ring
        self.basis: list[Poly] = _basis(ring, zeros)
        self._leads = [_lead(p) for p in self.basis]

    def remainder(self, p: Poly) -> Poly:
        """p less members of the ideal: 0 only if p vanishes where all of them do."""
        return self._reduced(self._with_one_root(p)) if self.basis else p

    def _with_one_root(self, p: Poly) -> Poly:
        """p with roots of what is equal here as one: sqrt(a**2 + c**2) is 1 where a**2 + c**2 = 1."""
        seen: dict[object, Poly] = {}
        for k in self.ring.used(p):
            if k.kind not in ("root", "abs") or not k.relation:
                continue
            power, value = k.relation
            value = self._reduced(value)
            exact = _root(value.leading_coefficient(), power) if value != 0 and value.is_constant() else None
            same = self.ring.zero_poly if value == 0 else None if exact is None else self.ring.ctx.constant(exact)
            if same is None:
                same = seen.setdefault((power, self.ring.key(value)), self.ring.gen(k))
            if same != self.ring.gen(k):
                p = p.compose(*(same if i == k.index else x for i, x in enumerate(self.ring.gens)))
        return p

    def _reduced(self, p: Poly) -> Poly:
        for _ in range(MAX_ROUNDS):
            before = p
            for lead, q in zip(self._leads, self.basis, strict=True):
                if any(_divides(lead, e) for e in p.monoms()):
                    p = divmod(p, q)[1]
            if self.ring.related:
                p = self.ring.reduce(p)
            if p == 0 or p == before:
                break
        return p

    def contains(self, p: Poly) -> bool:
        return bool(self.remainder(p) == 0)

    @property
    def everything(self) -> bool:
        """Whether 1 lies in it: there is no such point."""
        return any(p.is_constant() for p in self.basis)


def _basis(ring: Ring, zeros: Sequence[Poly]) -> list[Poly]:
    """A basis of the zeros and of the relations of their kernels, in the ring; the zeros themselves where they are too many."""
    zeros = list({ring.key(p): p for p in zeros if p != 0}.values())
    used = ring.used(*zeros)
    related = [k for k in used if k.relation]
    for k in related:  # grows: a root of a root
        assert k.relation
        related += [m for m in ring.used(k.relation[1]) if m.relation and m not in related]
    relations = [ring.gen(k) ** k.relation[0] - k.relation[1] for k in related if k.relation]
    used = ring.used(*zeros, *relations)
    large = len(used) > MAX_KERNELS or len(zeros) + len(relations) > MAX_GENERATORS
    if large or any(len(p) > MAX_TERMS or p.total_degree() > MAX_DEGREE for p in zeros):
        return zeros
    if len(zeros) == 1 and not relations:
        return zeros
    places = [k.index for k in used]
    # the order of the small ring is that of the large one, so its basis is one there
    ctx = fmpz_mpoly_ctx.get([f"k{i}" for i in places], Ordering.degrevlex)
    start = [_whole(p, places, ctx) for p in (*zeros, *relations)]
    return [_back(ring, p, places) for p in _buchberger(start, ctx)]


def _whole(p: Poly, places: Sequence[int], ctx: Any) -> Any:
    """A rational polynomial times its denominators, in the small ring."""
    from math import lcm

    below = lcm(*(int(c.q) for c in p.coeffs()))
    terms = {tuple(int(e[i]) for i in places): int(c.p) * (below // int(c.q)) for e, c in p.terms()}
    return fmpz_mpoly(terms, ctx).primitive()[1]


def _back(ring: Ring, p: Any, places: Sequence[int]) -> Poly:
    row = {}
    for e, c in p.terms():
        spread = [0] * ring.room
        for i, n in zip(places, e, strict=True):
            spread[i] = int(n)
        row[tuple(spread)] = c
    return ring.combination(row)


def _buchberger(start: Sequence[Any], ctx: Any) -> list[Any]:
    """The basis, autoreduced; a part of it where a limit was met."""
    basis: list[Any] = []
    leads: list[_Monomial] = []
    pairs: dict[tuple[int, int], _Monomial] = {}

    def enter(p: Any) -> None:
        lead, new = _lead(p), len(basis)
        for i, other in enumerate(leads):
            pairs[i, new] = tuple(map(max, other, lead))
        basis.append(p)
        leads.append(lead)

    for p in start:
        r = p.reduction_primitive_part(fmpz_mpoly_vec(basis, ctx)) if basis else p
        if r != 0:
            enter(r)
    for _ in range(MAX_PAIRS):
        if not pairs or len(basis) > MAX_BASIS or any(p.is_constant() for p in basis):
            break
        i, j = min(pairs, key=lambda ij: (sum(pairs[ij]), ij))
        common = pairs.pop((i, j))
        if sum(common) > MAX_DEGREE:
            break
        if not any(a and b for a, b in zip(leads[i], leads[j], strict=True)) or _chained(i, j, common, leads, pairs):
            continue
        r = basis[i].spoly(basis[j]).reduction_primitive_part(fmpz_mpoly_vec(basis, ctx))
        if r != 0 and len(r) <= MAX_TERMS and all(abs(int(c)).bit_length() <= MAX_BITS for c in r.coeffs()):
            enter(r)
    return list(fmpz_mpoly_vec(basis, ctx).autoreduction()) if basis else []


def _chained(i: int, j: int, common: _Monomial, leads: Sequence[_Monomial], pairs: Any) -> bool:
    """Whether a third polynomial, both of whose pairs are done, makes this pair needless."""
    return any(
        k not in (i, j)
        and _divides(lead, common)
        and (min(i, k), max(i, k)) not in pairs
        and (min(j, k), max(j, k)) not in pairs
        for k, lead in enumerate(leads)
    )


def _root(c: fmpq, power: int) -> fmpq | None:
    """The rational root of a positive rational, if it has one."""
    if c <= 0:
        return None
    parts = [fmpz(c.p).root(power), fmpz(c.q).root(power)]
    found = fmpq(parts[0], parts[1])
    return found if found**power == c else None


def _lead(p: Any) -> _Monomial:
    return tuple(int(n) for n in p.monoms()[0])


def _divides(a: Sequence[Any], b: Sequence[Any]) -> bool:
    return all(m <= n for m, n in zip(a, b, strict=True))
