"""Linear inequalities: contradictory ones are told, never against a point, whatever positive numbers the rows are times."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from derive.engine.algebra.fourier_motzkin import Row, contradictory, scaled, whole
from derive.flint import fmpq
from derive.numbers.balls import rational

X, Y, ONE = (1,), (0, 1), ()
NUMBERS = st.fractions(-3, 3, max_denominator=6)
POSITIVE = st.fractions(Fraction(1, 9), 9, max_denominator=9)
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, st.booleans()), min_size=1, max_size=7)


def row(a: Fraction, b: Fraction, c: Fraction, strict: bool) -> Row:
    return {X: rational(a), Y: rational(b), ONE: rational(c)}, strict


@settings(deadline=None, max_examples=60)
@given(ROWS, NUMBERS, NUMBERS)
def test_what_holds_at_a_point_is_never_contradictory(
    given_rows: list[tuple[Fraction, Fraction, Fraction, bool]], x: Fraction, y: Fraction
) -> None:
    rows = []
    for a, b, c, _ in given_rows:
        value = a * x + b * y + c
        sign = 1 if value >= 0 else -1
        rows.append(row(sign * a, sign * b, sign * c, value != 0))
    assert not contradictory(rows)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.lists(POSITIVE, min_size=7, max_size=7))
def test_a_row_says_the_same_times_a_positive_number(
    given_rows: list[tuple[Fraction, Fraction, Fraction, bool]], factors: list[Fraction]
) -> None:
    rows = [row(*r) for r in given_rows]
    times = [(scaled(r, rational(by)), strict) for (r, strict), by in zip(rows, factors, strict=False)]
    assert contradictory(times) == contradictory(rows)
    for r, _ in rows:
        kept = {m: c for m, c in r.items() if c != 0}
        made = whole(r)
        assert made.keys() == kept.keys()
        ratios = [made[m] / c for m, c in kept.items()]
        assert all(ratio > 0 and ratio == ratios[0] for ratio in ratios)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.lists(POSITIVE, min_size=3, max_size=3))
def test_a_sum_of_facts_is_not_below_zero(
    given_rows: list[tuple[Fraction, Fraction, Fraction, bool]], factors: list[Fraction]
) -> None:
    some = given_rows[:3]
    a, b, c = (sum(by * r[i] for r, by in zip(some, factors, strict=False)) for i in range(3))
    strict = any(r[3] for r in some)  # then the sum is above 0
    assert contradictory([*(row(*r) for r in some), row(-a, -b, -c, not strict)])


def test_bounds_that_leave_nothing_between_them() -> None:
    assert contradictory([({X: fmpq(1)}, True), ({X: fmpq(-1)}, False)])  # x > 0 and x <= 0
    assert not contradictory([({X: fmpq(1)}, False), ({X: fmpq(-1)}, False)])  # x is 0
    assert contradictory([({ONE: fmpq(0)}, True)])
    assert not contradictory([({ONE: fmpq(0)}, False)])
    assert not contradictory([])
    assert not contradictory([({}, False)])
    assert contradictory([({}, True)])
