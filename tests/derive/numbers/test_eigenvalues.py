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


@settings(max_examples=20)
@given(
    st.lists(st.integers(-9, 9), min_size=3, max_size=3, unique=True),
    st.lists(st.integers(-3, 3), min_size=3, max_size=3),
    st.integers(2, 7),
)
def test_those_of_a_matrix_of_roots_that_is_not_symmetric(due: list[int], above: list[int], under: int):
    a, b, c = above
    change = fmpq_mat(3, 3, [1, a, b, 0, 1, c, 0, 0, 1])
    made = change.inv() * fmpq_mat(3, 3, [due[0], 0, 0, 0, due[1], 0, 0, 0, due[2]]) * change
    with precision(128):
        scale = [1, arb(under).sqrt(), arb(under + 1).sqrt()]  # S A S^-1, with the same eigenvalues
        rows = [[arb(made[i, j]) * scale[i] / scale[j] for j in range(3)] for i in range(3)]
    for e, exact in zip(found(rows), sorted(due), strict=True):
        assert e.contains(exact)
        assert float(e.rad()) < 1e-20


def test_a_pair_that_is_not_real_has_no_value_and_a_double_one_is_not_settled():
    with precision(128):
        root = arb(2).sqrt()
    zero, one = fmpq(0), fmpq(1)
    assert all(isinstance(e, UndefinedValue) for e in found([[zero, root], [-root * 3, zero]]))
    assert all(isinstance(e, Undetermined) for e in found([[root, one], [zero, root]]))
