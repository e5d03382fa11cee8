"""``eigenvalues(A)``: the real eigenvalues of a matrix, from the least up, each as often as it is a root.

Of rational entries they are the roots of the characteristic polynomial: exactly where they are rational, else isolated by FLINT
(arb_fmpz_poly_complex_roots), which tells real roots from others for certain. Of a symmetric matrix of other entries they lie in
the balls of acb_mat_eig_multiple (after Rump, Computational error bounds for multiple or nearly multiple eigenvalues, Linear
Algebra and its Applications 324, 2001). Of any other matrix each has to lie in a ball of its own: the conjugate of an eigenvalue
of a real matrix is one, so that one whose conjugate ball meets no other ball is real.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar

from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr.graph import Graph, Node
from derive.flint import acb_mat, arb, ctx, fmpq, fmpq_mat
from derive.language.components import components
from derive.records import dataclass

MAX_ROWS = 20


def eigenvalues(g: Graph, matrix: Node) -> Node:
    """The vector of them, of a matrix whose derivatives are worked out. Raises ExpressionError."""
    rows = matrix.shape[0]
    if rows > MAX_ROWS:
        raise ExpressionError(f"eigenvalues of {rows} rows; the limit is {MAX_ROWS}")
    entries = tuple(components(matrix))
    return g.stack([g.node("computed", entries, Eigenvalue(rows, i)) for i in range(rows)])


@dataclass(frozen=True)
class Eigenvalue:
    """How a node ``computed`` gets its value: the eigenvalue of this index, where its arguments are the entries, row by row."""

    rows: int
    index: int
    trusted: ClassVar[str] = "eigenvalues"

    def value(self, args: Sequence[Any]) -> Any:
        try:
            return _all(self.rows, args)[self.index]
        except (UndefinedValue, Undetermined) as fault:
            return fault

    def text(self, args: Sequence[str]) -> str:
        if not args:
            return "an eigenvalue"
        rows = [", ".join(args[i : i + self.rows]) for i in range(0, len(args), self.rows)]
        return f"eigenvalues([[{'], ['.join(rows)}]])[{self.index}]"


def _all(rows: int, entries: Sequence[Any]) -> list[Any]:
    if all(isinstance(e, fmpq) for e in entries):
        return _of_rationals(fmpq_mat(rows, rows, list(entries)))
    table = [entries[i : i + rows] for i in range(0, len(entries), rows)]
    symmetric = all(
        table[i][j] is table[j][i] or _same(table[i][j], table[j][i]) for i in range(rows) for j in range(i)
    )
    try:
        found = acb_mat(rows, rows, list(map(arb, entries))).eig(multiple=symmetric)
    except ValueError as e:
        seen = "at this precision" if symmetric else "apart, and the matrix is not known to be symmetric"
        raise Undetermined(f"eigenvalues are not enclosed {seen}") from e
    if not symmetric:
        _all_real(found)
    return sorted((e.real for e in found), key=lambda e: float(e.mid()))


def _all_real(found: Sequence[Any]) -> None:
    """Of a real matrix, from balls with one eigenvalue each. Raises UndefinedValue, or Undetermined."""
    for e in found:
        if not e.imag.contains(0):
            raise UndefinedValue("a matrix with eigenvalues that are no real numbers")
        if any(e.conjugate().overlaps(other) for other in found if other is not e):
            raise Undetermined("eigenvalues are not told apart at this precision")


def _same(a: Any, b: Any) -> bool:
    """Whether two entries are one number for certain: exactly, or the same ball of the same computation."""
    if isinstance(a, fmpq) or isinstance(b, fmpq):
        return bool(isinstance(a, fmpq) and isinstance(b, fmpq) and a == b)
    return bool(a.mid() == b.mid() and a.rad() == b.rad())


def _of_rationals(matrix: fmpq_mat) -> list[Any]:
    found: list[Any] = []
    for factor, times in matrix.charpoly().factor()[1]:
        if factor.degree() == 1:
            found += [-factor[0] / factor[1]] * times
            continue
        for root, _ in factor.complex_roots():
            if not isinstance(root, arb) and not root.imag == 0:
                raise UndefinedValue("a matrix with eigenvalues that are no real numbers")
            found += [root if isinstance(root, arb) else root.real] * times
    found.sort(key=lambda e: float(arb(e).mid()))
    for a, b in pairwise(found):
        if (
            a is not b
            and not (isinstance(a, fmpq) and isinstance(b, fmpq))
            and arb(a).overlaps(arb(b))
            and ctx.prec < 2**14
        ):
            raise Undetermined("eigenvalues are not told apart at this precision")
    return found
