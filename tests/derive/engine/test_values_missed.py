"""That a side has no value somewhere is said, whatever proves the rest: as a condition that suffices, or not at all."""

from __future__ import annotations

import pytest

from verify.commands.answers import Options
from verify.commands.proof import proved


def asked(claim: str, *assuming: str) -> str:
    return "; ".join(proved(claim, assuming, Options()).lines)


@pytest.mark.parametrize(
    ("claim", "condition"),
    [
        ("where(1/x > 0, x, x) == x", "x != 0"),
        ("where(1/x > 0, 2, 1) >= 1", "x != 0"),
        ("where(1/x > y, 1, 1) == 1", "x != 0"),
        ("where(log(x) > 0, x, x) == x", "x > 0"),
        ("where(1/(x - 1) > 1/x, 1, 0) <= 1", "x != 0 and x != 1"),
    ],
)
def test_a_kink_that_may_lack_a_value_leaves_out_where_it_does(claim: str, condition: str) -> None:
    assert f"if {condition};" in asked(claim).replace(",", ";")


def test_where_both_sides_lack_a_value_at_a_kink_nothing_is_missing() -> None:
    assert asked("abs(log(x))*sign(log(x)) == log(x)").startswith("true:")


@pytest.mark.parametrize("of", ["sign(x)", "sign(tanh(x))", "max(x, y)"])
def test_a_factor_that_cancels_in_the_proof_under_a_condition_is_told_with_it(of: str) -> None:
    said = asked(f"sqrt({of})/sqrt({of}) == 1")
    assert f"sqrt({of}) != 0" in said or f"{of} != 0" in said


@pytest.mark.parametrize(
    ("claim", "assuming", "said"),
    [
        ("log1p(x) > log1p(x) - abs(erf(x))", ["x < 0"], "true under a condition: holds if x > -1"),
        ("x/x + erf(x) <= x/x + erf(x) + where(2 > x, x, 1)**2", [], "where x != 0"),
        ("expm1(1/2) - x/x > expm1(1/2) - x/x - abs(x*x + x)", ["x > -1", "x < 1"], "where x != 0"),
    ],
)
def test_moves_and_slopes_prove_what_has_a_value(claim: str, assuming: list[str], said: str) -> None:
    assert said in asked(claim, *assuming)


@pytest.mark.parametrize(
    "claim",
    [
        "at(d(exp(1)*elu(x), x), x=0) == exp(1)",
        "at(d(abs(x)*x + exp(x + 1), x), x=0) <= 3",
        "at(d(max(x, min(x, 1)) + exp(x), x), x=1) <= 4",
        "at(d(relu(x - x) + exp(x), x), x=1/2) <= 3",
    ],
)
def test_slopes_that_no_ball_tells_apart_are_not_two(claim: str) -> None:
    assert not asked(claim).startswith("false")


def test_slopes_that_balls_tell_apart_are_two() -> None:
    assert "the slopes there are -2.718" in asked("at(d(abs(x)*exp(x + 1), x), x=0) == 0")


@pytest.mark.parametrize(
    ("claims", "condition"),
    [
        (["x*y != 2*x", "2*x != x*y", "x*(y - 2) != 0", "not x*y == 2*x"], "x != 0 and y != 2"),
        (["x**2 != 9", "9 != x**2", "not x**2 == 9"], "x != -3 and x != 3"),
        (["x**2 != 49", "49 != x**2", "not x**2 == 49"], "x != -7 and x != 7"),
    ],
)
def test_an_inequation_is_told_by_its_factors_whichever_point_is_met_first(claims: list[str], condition: str) -> None:
    assert all(f"holds if {condition};" in asked(claim) for claim in claims)
