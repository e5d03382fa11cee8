"""Eigenvalues: exactly where they are rational, as often as they are roots; by balls else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr.graph import Graph
from derive.flint import arb, fmpq, fmpq_mat
from derive.numbers.balls import precision
from derive.numbers.eigenvalues import Eigenvalue, eigenvalues


def found(rows: list[list[object]]) -> list[object]:
    entries = [fmpq(e) if isinstance(e, int) else e for row in rows for e in row]
    with precision(128):
        return [Eigenvalue(len(rows), i).value(entries) for i in range(len(rows))]


@settings(max_examples=20)
@given(st.lists(st.integers(-4, 4), min_size=3, max_size=3), st.lists(st.integers(-3, 3), min_size=3, max_size=3))
def test_those_of_a_matrix_that_is_similar_to_a_diagonal_one(due: list[int], above: list[int]):
    a, b, c = above
    change = fmpq_mat(3, 3, [1, a, b, 0, 1, c, 0, 0, 1])
    diagonal = fmpq_mat(3, 3, [due[0], 0, 0, 0, due[1], 0, 0, 0, due[2]])
    made = change.inv() * diagonal * change
    assert found([made.tolist()[i] for i in range(3)]) == sorted(due)


def test_irrational_ones_and_balls():
    low, high = found([[2, 1], [1, 3]])
    assert isinstance(low, arb)
    assert isinstance(high, arb)
    assert (low + high).contains(5)
    assert (low * high).contains(5)
    with precision(128):
        root = arb(2).sqrt()
    low, high = found([[root, fmpq(0)], [fmpq(0), root]])
    assert isinstance(low, arb)
    with precision(128):
        assert abs(low * low - 2) < 1e-20


def test_what_has_no_value_is_told():
    assert isinstance(found([[0, 1], [-1, 0]])[0], UndefinedValue)
    with precision(128):
        root = arb(2).sqrt()
    assert isinstance(found([[root, fmpq(1)], [fmpq(0), root]])[0], Undetermined)
    g = Graph()
    with pytest.raises(ExpressionError, match="the limit is 20"):
        eigenvalues(g, g.symbol("A", (21, 21)))
    assert found([[2]]) == [2]
