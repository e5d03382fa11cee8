"""Linear programs in exact arithmetic, with a certificate: least ``c @ x`` where ``A @ x <= b`` and ``E @ x == d``.

The simplex method on rationals with Bland's rule, which does not cycle (Bland, New finite pivoting rules for the simplex method,
Mathematics of Operations Research 2, 1977), in two phases. What it finds is shown by a solution of the dual, which is checked
for itself: y >= 0 and z with c + y @ A + z @ E == 0 and c @ x == -(y @ b + z @ d) (Schrijver, Theory of Linear and Integer
Programming, 1986, section 7.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from derive.budget import spend
from derive.records import dataclass

Row = list[Fraction]
MAX_PIVOTS = 5_000


@dataclass(frozen=True)
class Program:
    """Least ``cost @ x``; each constraint is a row with its right side: ``at_most`` it, or ``equal`` to it."""

    cost: tuple[Fraction, ...]
    at_most: tuple[tuple[tuple[Fraction, ...], Fraction], ...] = ()
    equal: tuple[tuple[tuple[Fraction, ...], Fraction], ...] = ()


@dataclass(frozen=True)
class Optimum:
    """A point, and the multipliers of the constraints that show that it is the best one: of ``at_most``, and of ``equal``."""

    point: tuple[Fraction, ...]
    at_most: tuple[Fraction, ...]
    equal: tuple[Fraction, ...]


class Infeasible(ArithmeticError):
    """Nothing meets the constraints."""


class Unbounded(ArithmeticError):
    """There is no least value."""


def solve(program: Program) -> Optimum:
    """A point at which the cost is least, with its certificate, checked. Raises Infeasible, Unbounded, ArithmeticError."""
    n, m, k = len(program.cost), len(program.at_most), len(program.equal)
    rows = [*program.at_most, *program.equal]
    table: list[Row] = []
    for i, (row, right) in enumerate(rows):  # x = u - v, a slack for an inequality, and an artificial variable
        sign = -1 if right < 0 else 1
        slack = [Fraction(sign * int(i == j)) for j in range(m)]
        artificial = [Fraction(int(i == j)) for j in range(m + k)]
        table.append([*(sign * a for a in row), *(-sign * a for a in row), *slack, *artificial, sign * right])
    width = 2 * n + m
    basis = [width + i for i in range(m + k)]
    first = [Fraction(0)] * width + [Fraction(1)] * (m + k)
    if _improve(table, basis, first, width + m + k) > 0:
        raise Infeasible("nothing meets the constraints")
    for i, b in enumerate(
        basis
    ):  # artificial variables that are left are 0: others take their places, where there are any
        if b >= width and (j := next((j for j in range(width) if table[i][j]), None)) is not None:
            _pivot(table, basis, i, j)
    cost = [*program.cost, *(-c for c in program.cost), *([Fraction(0)] * (m + m + k))]
    _improve(table, basis, cost, width)
    values = [Fraction(0)] * (width + m + k)
    for line, b in zip(table, basis, strict=True):
        values[b] = line[-1]
    point = tuple(values[j] - values[n + j] for j in range(n))
    # the cost of an artificial variable, by the basis, is the multiplier of its row
    prices = [
        sum((cost[b] * row[width + i] for row, b in zip(table, basis, strict=True)), Fraction(0)) for i in range(m + k)
    ]
    signed = [-p * (-1 if right < 0 else 1) for p, (_, right) in zip(prices, rows, strict=True)]
    found = Optimum(point, tuple(signed[:m]), tuple(signed[m:]))
    if not certifies(program, found):
        raise ArithmeticError("the solution of the dual does not show that the point is the best one")
    return found


def certifies(program: Program, found: Optimum) -> bool:
    """Whether the point meets all constraints, and the multipliers show that none is better."""
    if any(_dot(row, found.point) > right for row, right in program.at_most):
        return False
    if any(_dot(row, found.point) != right for row, right in program.equal) or any(y < 0 for y in found.at_most):
        return False
    pairs = [*zip(found.at_most, program.at_most, strict=True), *zip(found.equal, program.equal, strict=True)]
    for j, c in enumerate(program.cost):
        if c + sum(y * row[j] for y, (row, _) in pairs) != 0:
            return False
    return _dot(program.cost, found.point) == -sum((y * right for y, (_, right) in pairs), Fraction(0))


def alone(program: Program, found: Optimum) -> bool:
    """Whether no other point is as good: no entry can be less or more where the cost is as little."""
    same = replace(program, equal=(*program.equal, (program.cost, _dot(program.cost, found.point))))
    for j in range(len(program.cost)):
        for sign in (1, -1):
            try:
                other = solve(replace(same, cost=tuple(Fraction(sign * int(i == j)) for i in range(len(program.cost)))))
            except Unbounded:
                return False
            if other.point[j] != found.point[j]:
                return False
    return True


def _improve(table: list[Row], basis: list[int], cost: Sequence[Fraction], columns: int) -> Fraction:
    """Pivots while the cost can become less; the least cost. Raises Unbounded."""
    for _ in range(MAX_PIVOTS):
        spend(len(table) * columns, "values at points")
        entering = next((j for j in range(columns) if j not in basis and _reduced(table, basis, cost, j) < 0), None)
        if entering is None:
            return sum((cost[b] * row[-1] for row, b in zip(table, basis, strict=True)), Fraction(0))
        ratios = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(table) if row[entering] > 0]
        if not ratios:
            raise Unbounded("there is no least value")
        _pivot(table, basis, min(ratios)[2], entering)
    raise ArithmeticError(f"the linear program takes more than {MAX_PIVOTS:,} steps")


def _reduced(table: list[Row], basis: list[int], cost: Sequence[Fraction], j: int) -> Fraction:
    return cost[j] - sum((cost[b] * row[j] for row, b in zip(table, basis, strict=True) if row[j]), Fraction(0))


def _pivot(table: list[Row], basis: list[int], i: int, j: int) -> None:
    by = table[i][j]
    table[i] = [a / by for a in table[i]]
    for r, row in enumerate(table):
        if r != i and row[j]:
            times = row[j]
            table[r] = [a - times * b for a, b in zip(row, table[i], strict=True)]
    basis[i] = j


def _dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))
