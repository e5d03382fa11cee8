"""A symmetric matrix of numbers: is its quadratic form negative somewhere, and at which vector?

Lagrange's reduction in exact rationals: a pivot that is negative, or one of 0 beside an entry that is not, gives the vector; with
none left the form is nowhere negative.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.flint import fmpq

Vector = list[fmpq]


def against(a: Sequence[Sequence[fmpq]], strict: bool) -> Vector | None:
    """A vector v, not 0, with v.T @ a @ v < 0 (``strict``: <= 0); None where there is none. ``a`` is symmetric."""
    n = len(a)
    m = [list(row) for row in a]
    basis = [
        [fmpq(int(i == j)) for j in range(n)] for i in range(n)
    ]  # m[i][j] is basis[i].T @ a @ basis[j] for i, j >= k
    for k in range(n):
        pivot = m[k][k]
        if pivot < 0 or (strict and pivot == 0):
            return basis[k]
        for i in range(k + 1, n):
            if m[i][k] == 0:
                continue
            if pivot == 0:  # t*basis[k] + basis[i] has the form 2*t*m[i][k] + m[i][i]
                t = -(abs(m[i][i]) + 1) / (2 * m[i][k])
                return [t * x + y for x, y in zip(basis[k], basis[i], strict=True)]
            c = m[i][k] / pivot
            m[i] = [x - c * y for x, y in zip(m[i], m[k], strict=True)]
            basis[i] = [x - c * y for x, y in zip(basis[i], basis[k], strict=True)]
    return None
