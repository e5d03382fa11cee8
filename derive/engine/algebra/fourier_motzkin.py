"""Linear inequalities over monomials: whether any numbers satisfy them all.

Fourier-Motzkin elimination (Dantzig and Eaves, Fourier-Motzkin elimination and its dual, J. Combin. Theory A 14, 1973), given up
where it grows. Of sums of whole numbers, whose values lie a step apart, inequalities are tightened first (as Gomory's cuts
are, 1958).
"""

from __future__ import annotations

from math import gcd

from derive.budget import spend
from derive.engine.algebra.polynomials import Key, Poly
from derive.flint import fmpq

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
    while True:
        unknowns: dict[Key, list[int]] = {}
        for row, strict in rows:
            left = [m for m in row if m and row[m] != 0]
            if not left:
                c = row.get((), fmpq(0))
                if c < 0 or (strict and c == 0):
                    return True
            for m in left:
                counts = unknowns.setdefault(m, [0, 0])
                counts[row[m] < 0] += 1
        if not unknowns:
            return False
        chosen = min(unknowns, key=lambda m: (unknowns[m][0] * unknowns[m][1], m))
        keep: list[Row] = []
        above: list[Row] = []
        below: list[Row] = []
        for row, strict in rows:
            c = row.get(chosen, fmpq(0))
            (keep if c == 0 else above if c > 0 else below).append((row, strict))
        spend(8 * (len(rows) + len(above) * len(below)), "linear inequalities")
        for up, s in above:
            for down, t in below:
                joined = scaled(up, 1 / up[chosen])
                for m, c in down.items():
                    joined[m] = joined.get(m, fmpq(0)) - c / down[chosen]
                joined = {m: c for m, c in joined.items() if c != 0}
                keep.append((joined, s or t))
        if len(keep) > MAX_ROWS:
            return False
        rows = keep
