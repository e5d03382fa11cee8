"""Are these polynomial inequalities contradictory? A certificate that they are: nonnegative numbers by which known inequalities,
their products, and squares add up to 0 though one of them is strict.

Products of two inequalities, of one with the monomials of known sign, and squares of monomials and binomials are added step by
step, every monomial is taken for a variable of its own, and a linear program over the rationals looks for the numbers (Krivine
1964, Handelman 1988; squares of binomials: Ahmadi and Majumdar 2019; of which monomials: Reznick 1978, theorem 1). Exact
throughout: what is found is a proof. Nothing found says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, combinations_with_replacement, product
from math import gcd, prod
from typing import Any

from derive.budget import spend
from derive.engine.algebra.fourier_motzkin import whole
from derive.engine.algebra.groebner import Ideal
from derive.engine.algebra.polynomials import Poly, Ring, Unwieldy
from derive.flint import fmpq
from derive.numbers.forms import Form, Forms, Monomial

MAX_FACTS = 16  # inequalities that are multiplied with each other
MAX_COLUMNS = 320
MAX_MONOMIALS = 160
MAX_PIVOTS = 250
MAX_SQUARED = 14  # monomials of which squares are taken
MAX_INSIDE = 250  # that are looked at to find those inside of a polytope

Inequality = tuple[Poly, bool]  # p > 0, or p >= 0 where not strict
_Column = dict[Any, fmpq]  # by monomials


def contradictory(ring: Ring, facts: Sequence[Inequality], zeros: Ideal | None = None) -> bool:
    """Whether no point satisfies all the inequalities where the polynomials of an ideal vanish, as far as a certificate of low
    degree shows it. All is taken modulo the ideal, so that products with the equations are none of its size."""
    zeros = zeros or Ideal(ring, ())
    if zeros.everything:
        return True
    reduced = [(zeros.remainder(p), strict) for p, strict in facts]
    if any(strict and (p == 0 or (p.is_constant() and p.leading_coefficient() < 0)) for p, strict in reduced):
        return True
    form = Forms()
    facts = _distinct([f for f in reduced if f[0] != 0], form)[:MAX_FACTS]
    try:
        known = list(facts)
        wider = known
        for more in (_pairs, _squares, _triples):
            known = _reduced([*known, *more(ring, facts, zeros)], zeros, form)
            if more is _pairs:
                wider = known
            if len(known) > MAX_COLUMNS:
                break
            if combination(known, form) is not None:
                return True
        wider = _reduced([*wider, *_products(ring, wider, zeros)], zeros, form)
        if len(wider) <= MAX_COLUMNS and combination(wider, form) is not None:
            return True
        inside = _inside(ring, facts, zeros)
        return bool(inside) and combination(_reduced([*facts, *inside], zeros, form), form) is not None
    except Unwieldy:
        pass
    return False


def _distinct(facts: Iterable[Inequality], form: Forms) -> list[Inequality]:
    """Without multiples of each other; of two, the strict one."""
    found: dict[Form, Inequality] = {}
    for p, strict in facts:
        size = abs(p.leading_coefficient()) if p != 0 else 1
        q = form(p if size == 1 else p / size)
        if q not in found or strict:
            found[q] = (q.poly, strict)
    return list(found.values())


def _reduced(facts: Iterable[Inequality], zeros: Ideal, form: Forms) -> list[Inequality]:
    return _distinct(((zeros.remainder(p), strict) for p, strict in facts), form)


def _pairs(ring: Ring, facts: Sequence[Inequality], zeros: Ideal) -> list[Inequality]:
    return [
        (ring.reduce(ring.times(p, q)), s and t)
        for (p, s), (q, t) in combinations_with_replacement(facts, 2)
        if not (p.is_constant() or q.is_constant())
    ]


def _triples(ring: Ring, facts: Sequence[Inequality], zeros: Ideal) -> list[Inequality]:
    """Products with two short ones, such as the signs of symbols."""
    short = [f for f in facts if len(f[0]) == 1 and not f[0].is_constant()]
    long = [f for f in facts if len(f[0]) > 1]
    found = []
    for (p, s), (q, t) in combinations_with_replacement(short, 2):
        found += [(ring.reduce(ring.times(ring.times(p, q), r)), s and t and u) for r, u in long]
    return found


def _squares(ring: Ring, facts: Sequence[Inequality], zeros: Ideal) -> list[Inequality]:
    """Squares of the monomials whose squares or products occur, of their sums and differences."""
    seen = {tuple(int(n) for n in e) for p in (*(f for f, _ in facts), *zeros.basis) for e, _ in p.terms()}
    halves = {tuple(n // 2 for n in e) for e in seen if any(e) and all(n % 2 == 0 for n in e)}
    return _squared(ring, halves) if len(halves) <= MAX_SQUARED else []


def _products(ring: Ring, known: Sequence[Inequality], zeros: Ideal) -> list[Inequality]:
    """Squares of the kernels that are multiplied with each other, of their sums and differences, and with 1."""
    seen = {tuple(int(n) for n in e) for p in (*(f for f, _ in known), *zeros.basis) for e, _ in p.terms()}
    used = sorted({i for e in seen if sum(e) == 2 for i, n in enumerate(e) if n})
    units = [tuple(int(i == j) for j in range(ring.room)) for i in used]
    return _squared(ring, units) if len(units) <= MAX_SQUARED else []


def _inside(ring: Ring, facts: Sequence[Inequality], zeros: Ideal) -> list[Inequality]:
    """The squares with what lies between the monomials whose squares occur, where something does."""
    seen = [{tuple(map(int, e)) for e, _ in p.terms()} for p, _ in facts]
    halves = {m for terms in seen for m in between(terms)}
    new = any(tuple(2 * n for n in m) not in terms for m in halves for terms in seen)
    return _squared(ring, halves) if new and len(halves) <= MAX_SQUARED else []


def between(exponents: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The monomials m != 1 whose squares lie in the convex hull of those of even exponents (half the Newton polytope): a sum of
    squares has no others. Empty where too many would have to be looked at."""
    corners = [e for e in exponents if all(n % 2 == 0 for n in e)]
    if not 1 < len(corners) <= MAX_SQUARED:
        return []
    spans = [range(min(c) // 2, max(c) // 2 + 1) for c in zip(*corners, strict=True)]
    if prod(map(len, spans)) > MAX_INSIDE:
        return []
    found = []
    for m in filter(any, product(*spans)):
        away: list[tuple[_Column, bool]] = [
            ({(i,): fmpq(a - 2 * b) for i, (a, b) in enumerate(zip(c, m, strict=True)) if a != 2 * b}, True)
            for c in corners
        ]
        if _feasible(away, sorted({e for col, _ in away for e in col})) is not None:
            found.append(m)
    return found


def _squared(ring: Ring, monomials_of: Iterable[tuple[int, ...]]) -> list[Inequality]:
    monomials = [ring.one_poly]
    for e in sorted(monomials_of, key=lambda e: (sum(e), e)):
        m = ring.one_poly
        for g, n in zip(ring.gens, e, strict=False):
            if n:
                m *= g**n
        monomials.append(m)
    found = [(ring.reduce(ring.times(m, m)), False) for m in monomials[1:]]
    for a, b in combinations(monomials, 2):
        found += [(ring.reduce(ring.times(c, c)), False) for c in (a - b, a + b)]
    return found


# -- the linear program -----------------------------------------------------------------------------


def combination(facts: Sequence[Inequality], form: Callable[[Poly], Form] = Form) -> dict[int, fmpq] | None:
    """Positive numbers, by the places of the inequalities, by which these add up to a number that is not positive, one of them
    strict or that number negative: no point meets all. None where there are none or too many would have to be looked at.
    ``form`` reads a polynomial, or knows it from before."""
    if facts:
        room = facts[0][0].context().nvars()
        spend(sum(len(p) for p, _ in facts) * (8 + room // 2), "linear inequalities")
    columns: dict[int, tuple[_Column, bool]] = {i: (form(p).terms, strict) for i, (p, strict) in enumerate(facts)}
    columns[len(facts)] = ({(): fmpq(1)}, True)  # 1 > 0
    columns = _cancelling(columns)
    if not any(strict for _, strict in columns.values()):
        return None
    monomials = {e for col, _ in columns.values() for e in col}
    if len(monomials) > MAX_MONOMIALS:
        return None
    found = _feasible(list(columns.values()), sorted(monomials, key=_exponents))
    places = list(columns)
    return None if found is None else {places[j]: c for j, c in found.items() if places[j] < len(facts)}


def _exponents(m: Monomial) -> tuple[int, ...]:
    """Those of all variables up to the last that occurs."""
    powers = [0] * (m[-1][0] + 1 if m else 0)
    for i, n in m:
        powers[i] = n
    return tuple(powers)


def _cancelling(columns: dict[int, tuple[_Column, bool]]) -> dict[int, tuple[_Column, bool]]:
    """Without the columns that hold a monomial which no other column can cancel."""
    while True:
        signs: dict[Any, int] = {}
        for col, _ in columns.values():
            for e, c in col.items():
                signs[e] = signs.get(e, 0) | (1 if c > 0 else 2)
        kept = {i: (col, strict) for i, (col, strict) in columns.items() if all(signs[e] == 3 for e in col)}
        if len(kept) == len(columns):
            return kept
        columns = kept


def _feasible(columns: Sequence[tuple[_Column, bool]], monomials: Sequence[Any]) -> dict[int, fmpq] | None:
    """x >= 0 with sum of x*column = 0, and of x over the strict columns = 1: those that are not 0, by the columns.

    The first phase of the simplex method, with Bland's rule (1977) against cycles. A tableau of sparse rows in whole numbers;
    the last row is the norm, and ``cost`` the sum of the rows whose basic variable is artificial.
    """
    index = {e: i for i, e in enumerate(monomials)}
    last = len(monomials)
    given: list[dict[int, fmpq]] = [{} for _ in range(last + 1)]
    for j, (col, strict) in enumerate(columns):
        for e, c in col.items():
            given[index[e]][j] = c
        if strict:
            given[last][j] = fmpq(1)
    total: dict[int, fmpq] = {}
    for row in given:
        spend(4 + 2 * len(row), "linear inequalities")
        for j, c in row.items():
            total[j] = total.get(j, 0) + c
    rows, cost = [*map(whole, given)], whole(total)  # each times a number above 0
    rows[last][_RIGHT] = 1
    basis: list[int | None] = [None] * (last + 1)  # None: artificial
    for _ in range(MAX_PIVOTS):
        entering = min((j for j, c in cost.items() if c > 0 and j != _RIGHT), default=None)
        if entering is None:
            return None
        ratios = [(fmpq(row.get(_RIGHT, 0), c), basis[i] is not None, basis[i] or 0, i)
                  for i, row in enumerate(rows) if (c := row.get(entering, 0)) > 0]  # fmt: skip
        if not ratios:
            return None
        *_, i = min(ratios)
        for k, row in enumerate(rows):
            if k != i and entering in row:
                rows[k] = _without(entering, row, rows[i])
        cost = _without(entering, cost, rows[i])
        basis[i] = entering
        if basis[last] is not None and all(b is not None or _RIGHT not in rows[k] for k, b in enumerate(basis)):
            return {b: fmpq(c, rows[k][b]) for k, b in enumerate(basis) if b is not None and (c := rows[k].get(_RIGHT))}
    return None


_RIGHT = -1  # the place of the right side in a row


def _without(j: int, row: dict[int, int], other: dict[int, int]) -> dict[int, int]:
    """A multiple of a row, by a number above 0, less one of another, in which j is above 0: without j."""
    spend(4 + 2 * (len(other) - (_RIGHT in other)), "linear inequalities")
    a, b = other[j], row[j]
    made = {k: a * c for k, c in row.items()}
    for k, c in other.items():
        made[k] = made.get(k, 0) - b * c
    by = gcd(*made.values())
    return {k: c // by for k, c in made.items() if c}
