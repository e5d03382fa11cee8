"""Linear programs: what is found is checked by the dual, and against the corners."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.engine.optima.linear import Infeasible, Optimum, Program, Unbounded, alone, certifies, solve
from derive.flint import fmpq, fmpq_mat


def row(*numbers: int) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, numbers))


NOT_NEGATIVE = ((row(-1, 0), Fraction(0)), (row(0, -1), Fraction(0)))
FIRST = Program(row(-1, -1), ((row(1, 2), Fraction(4)), (row(3, 1), Fraction(6)), *NOT_NEGATIVE))


def test_a_program_with_its_certificate():
    found = solve(FIRST)
    assert found.point == (Fraction(8, 5), Fraction(6, 5))
    assert found.at_most == (Fraction(2, 5), Fraction(1, 5), 0, 0)
    assert alone(FIRST, found)


def test_a_certificate_that_does_not_fit_is_refused():
    found = solve(FIRST)
    assert certifies(FIRST, found)
    assert not certifies(FIRST, Optimum(row(0, 0), found.at_most, ()))
    assert not certifies(FIRST, Optimum(found.point, (Fraction(1), *found.at_most[1:]), ()))
    assert not certifies(FIRST, Optimum(row(2, 2), found.at_most, ()))


@pytest.mark.parametrize(
    ("program", "kind"),
    [
        (Program(row(1), ((row(1), Fraction(4)),)), Unbounded),
        (Program(row(1), ((row(1), Fraction(-4)), (row(-1), Fraction(3)))), Infeasible),
        (Program(row(1, 1), (), ((row(1, 1), Fraction(1)), (row(2, 2), Fraction(3)))), Infeasible),
    ],
)
def test_what_has_no_optimum(program: Program, kind: type[Exception]):
    with pytest.raises(kind):
        solve(program)


def test_several_points_may_be_best():
    program = Program(row(-1, -2), ((row(1, 2), Fraction(4)), *NOT_NEGATIVE))
    assert not alone(program, solve(program))


NUMBERS = st.integers(-4, 4)


@settings(max_examples=30)
@given(st.tuples(NUMBERS, NUMBERS), st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(-3, 6)), max_size=5))
def test_no_corner_is_better(cost: tuple[int, int], cuts: list[tuple[int, int, int]]):
    bounds = [(1, 0, 9), (-1, 0, 9), (0, 1, 9), (0, -1, 9)]
    lines = [(row(a, b), Fraction(c)) for a, b, c in (*cuts, *bounds)]
    program = Program(row(*cost), tuple(lines))
    corners = []
    for (p, r), (q, s) in combinations(lines, 2):
        m = fmpq_mat(2, 2, [fmpq(int(v)) for v in (*p, *q)])
        if m.det() != 0:
            x = m.solve(fmpq_mat(2, 1, [fmpq(int(r)), fmpq(int(s))])).entries()
            point = tuple(Fraction(int(v.p), int(v.q)) for v in x)
            if all(a[0] * point[0] + a[1] * point[1] <= c for a, c in lines):
                corners.append(program.cost[0] * point[0] + program.cost[1] * point[1])
    if not corners:
        with pytest.raises(Infeasible):
            solve(program)
        return
    found = solve(program)
    assert program.cost[0] * found.point[0] + program.cost[1] * found.point[1] == min(corners)
