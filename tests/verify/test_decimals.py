"""Printed digits against exact values. Python's own decimal module is the independent truth."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from derive.flint import arb, fmpq
from derive.numbers.balls import precision, rational
from verify.decimals import fit, parse_printed, rounded, show

values = st.decimals(min_value=-1000, max_value=1000, places=9).filter(lambda d: d != 0)


def quantized(value: Decimal, places: int, mode: str) -> str:
    with localcontext() as context:
        context.prec = 60
        return f"{value.quantize(Decimal(1).scaleb(-places), rounding=mode):f}"


@given(values, st.integers(0, 8))
def test_the_correct_rounding_holds(value: Decimal, places: int) -> None:
    exact = rational(Fraction(value))
    for mode in (ROUND_HALF_UP, ROUND_HALF_EVEN):
        assert fit(parse_printed(quantized(value, places, mode)), exact) in ("rounded", "tie")
    assert rounded(exact, parse_printed(f"{0:.{places}f}")).lstrip("-") == quantized(abs(value), places, ROUND_HALF_UP)


@given(values, st.integers(0, 8), st.sampled_from(["{}", "~{}", "{}e-7", "{}x10^3", "{}%"]))
def test_a_print_is_a_whole_number_of_its_units(value: Decimal, places: int, form: str) -> None:
    printed = parse_printed(form.format(quantized(value, places, ROUND_HALF_UP)))
    assert printed.units * printed.unit == printed.value
    assert parse_printed("-10^-3").units == 0
    assert parse_printed("~-10^-3").units == -1


@given(values, st.integers(0, 8))
def test_cut_digits_are_truncated(value: Decimal, places: int) -> None:
    cut = quantized(value, places, ROUND_DOWN)
    assume(cut not in (quantized(value, places, ROUND_HALF_UP), quantized(value, places, ROUND_HALF_EVEN)))
    assert fit(parse_printed(cut), rational(Fraction(value))) == "truncated"


@given(values, st.integers(0, 8), st.integers(1, 50), st.booleans())
def test_other_digits_are_off(value: Decimal, places: int, away: int, up: bool) -> None:
    printed = Decimal(quantized(value, places, ROUND_DOWN)) + Decimal(away + 1).scaleb(-places) * (1 if up else -1)
    assert fit(parse_printed(f"{printed:f}"), rational(Fraction(value))) == "off"


@given(st.fractions(min_value=-5, max_value=5, max_denominator=10**6), st.integers(1, 12))
def test_balls_and_rationals_agree(value: Fraction, places: int) -> None:
    """exp(log) round a rational gives a ball of it: whatever the ball decides, the rational says too."""
    assume(value != 0)
    printed = parse_printed(rounded(rational(value), parse_printed(f"{0:.{places}f}")))
    with precision(200):
        ball = arb(rational(abs(value))).log().exp() * (1 if value > 0 else -1)
        found = fit(printed, ball)
    assert found is None or found == fit(printed, rational(value))


@pytest.mark.parametrize(
    ("printed", "value", "expected"),
    [
        ("0.12", "1/8", "tie"),  # half to even
        ("0.13", "1/8", "tie"),  # half away from zero
        ("-0.12", "-1/8", "tie"),
        ("0.012929", "0.0129295", "truncated"),  # a tie goes to 0.012930 under either rule
        ("0.012930", "0.0129295", "tie"),
        ("2.0", "2", "rounded"),
        ("2", "2.4", "rounded"),
        ("0.80", "0.7951", "rounded"),
        ("0.8", "0.7499", "off"),
        ("4.16e-7", "4.1549e-7", "off"),
        ("4.16e-7", "4.1551e-7", "rounded"),
        ("4.16x10^-7", "4.1551e-7", "rounded"),
        ("12%", "0.1249", "rounded"),
        ("12.5%", "0.1255", "truncated"),
        ("12.5%", "0.1262", "off"),
        ("~0.7", "0.79", "rounded"),
        ("~0.7", "0.81", "off"),
        ("1,250", "1250", "rounded"),
        ("3/2", "1.5", "rounded"),
        ("1/3", "0.3333", "off"),
        ("10^6", "1000000", "rounded"),
        ("−0.5", "-0.5", "rounded"),
        ("0.00", "-0.004", "rounded"),
        ("0.00", "0.009", "truncated"),
        ("0.00", "-0.009", "off"),
    ],
)
def test_forms(printed: str, value: str, expected: str) -> None:
    assert fit(parse_printed(printed), rational(Fraction(value))) == expected


def test_a_ball_too_wide_does_not_decide() -> None:
    wide = arb("0.125", "0.01")
    assert fit(parse_printed("0.12"), wide) is None
    assert fit(parse_printed("0.9"), wide) == "off"


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "abc", "1e", "0.1.2", "1/0", "1,2,3", "1" * 300, "nanny", "info", "~inf", "inf%", "0x10", "1_0"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|zero|limit"):
        parse_printed(text)


@pytest.mark.parametrize(
    ("text", "special"),
    [("inf", "inf"), ("-Infinity", "-inf"), ("−∞", "-inf"), ("+inf", "inf"), ("NaN", "nan"), ("-nan", "nan")],
)
def test_infinities_and_no_number_are_read(text: str, special: str) -> None:
    printed = parse_printed(text)
    assert printed.special == special
    assert fit(printed, fmpq(1)) == fit(printed, arb(10) ** 400) == "off"


def test_exact_values_are_shown_in_full_or_to_many_digits() -> None:
    assert show(fmpq(1, 8)) == "0.125"
    assert len(show(fmpq(1, 3)).replace("0.", "")) >= 20
    with precision(128):
        assert show(arb(7).exp()).startswith("1096.633158428458599263")


def test_a_ball_around_zero_is_shown_as_zero() -> None:
    with precision(128):
        assert show(arb(2).sqrt() ** 2 - 2) == "0"
        assert show(arb("1e-30")).startswith("1.000000000000000000000000e-30")


def test_the_minus_of_typography_is_a_minus_and_other_digits_are_none() -> None:
    assert parse_printed("−0.25").value == parse_printed("-0.25").value == Fraction(-1, 4)
    for text in ("３", "0٣", "1_000"):
        with pytest.raises(ValueError, match="is not a printed number"):
            parse_printed(text)
