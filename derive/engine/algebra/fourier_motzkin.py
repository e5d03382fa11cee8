"""Linear inequalities over monomials: whether any numbers satisfy them all.

Fourier-Motzkin elimination (Dantzig and Eaves, Fourier-Motzkin elimination and its dual, J. Combin. Theory A 14, 1973), given up
where it grows. Of sums of whole numbers, whose values lie a step apart, inequalities are tightened first (as Gomory's cuts
are, 1958).
"""

from __future__ import annotations

from math import gcd, lcm
from typing import TypeVar

from derive.budget import spend
from derive.engine.algebra.polynomials import Key, Poly
from derive.flint import fmpq

K = TypeVar("K")

MAX_ROWS = 120  # inequalities in one elimination

Row = tuple[dict[Key, fmpq], bool]  # sum of c*monomial > 0, or >= 0 where not strict; the key () is 1
ABSURD: Row = ({(): fmpq(-1)}, False)


def linear(p: Poly) -> dict[Key, fmpq]:
    """A polynomial as a sum of monomials, by their exponents without zeros at the end."""
    out: dict[Key, fmpq] = {}
    for e, c in p.terms():
        n = len(e)
        while n and not e[n - 1]:
            n -= 1
        out[tuple(int(x) for x in e[:n])] = c
    return out


def scaled(row: dict[Key, fmpq], by: fmpq) -> dict[Key, fmpq]:
    """A sum times a number."""
    return {m: c * by for m, c in row.items()}


def above_zero(row: dict[Key, fmpq], step: fmpq) -> Row:
    """That a sum is above 0: of one whose values are a step apart, that it is at least the first that is."""
    return ({**row, (): row.get((), fmpq(0)) - (rest(row, step) or step)}, False) if step else (row, True)


def rest(row: dict[Key, fmpq], step: fmpq) -> fmpq:
    """What the values of a sum leave when divided by their step."""
    c = row.get((), fmpq(0))
    return c - step * fmpq((c / step).floor())


def common(a: fmpq, b: fmpq) -> fmpq:
    """The greatest number that two are whole multiples of."""
    return fmpq(gcd(int(a.p * b.q), int(b.p * a.q)), int(a.q * b.q))


def contradictory(rows: list[Row]) -> bool:
    """Whether no numbers for the monomials satisfy all rows: Fourier-Motzkin elimination, given up when it grows."""
    left = [(whole(row), strict) for row, strict in rows]
    while True:
        unknowns: dict[Key, list[int]] = {}
        for row, strict in left:
            if not row or (len(row) == 1 and () in row):
                c = row.get((), 0)
                if c < 0 or (strict and c == 0):
                    return True
            for m, c in row.items():
                if m:
                    counts = unknowns.setdefault(m, [0, 0])
                    counts[c < 0] += 1
        if not unknowns:
            return False
        chosen = min(unknowns, key=lambda m: (unknowns[m][0] * unknowns[m][1], m))
        keep: list[tuple[dict[Key, int], bool]] = []
        above: list[tuple[dict[Key, int], bool]] = []
        below: list[tuple[dict[Key, int], bool]] = []
        for row, strict in left:
            c = row.get(chosen, 0)
            (keep if c == 0 else above if c > 0 else below).append((row, strict))
        spend(8 * (len(left) + len(above) * len(below)), "linear inequalities")
        for up, s in above:
            for down, t in below:
                keep.append((_without(chosen, up, down), s or t))
        if len(keep) > MAX_ROWS:
            return False
        left = keep


def whole(row: dict[K, fmpq]) -> dict[K, int]:
    """A sum times a number above 0 that makes its coefficients whole; without those that are 0."""
    below = lcm(*[int(c.q) for c in row.values()])
    return {m: top * (below // int(c.q)) for m, c in row.items() if (top := int(c.p))}


def _without(m: Key, up: dict[Key, int], down: dict[Key, int]) -> dict[Key, int]:
    """A sum of multiples, above 0, of two, in which a monomial does not occur that is above 0 in one and below in the other."""
    a, b = up[m], -down[m]
    joined = {k: b * c for k, c in up.items()}
    for k, c in down.items():
        joined[k] = joined.get(k, 0) + a * c
    by = gcd(*joined.values())
    return {k: c // by for k, c in joined.items() if c}
