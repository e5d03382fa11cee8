"""What lies beyond the needs of an expression that only suffice: values of another branch, and powers of bases below 0."""

from __future__ import annotations

import pytest

from verify.commands.answers import Options
from verify.commands.proof import proved


def verdict(claim: str, *assuming: str) -> str:
    return proved(claim, assuming, Options()).lines[0].split(":")[0]


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("infimum(where(x > 1/2, 1/(x - 1/2), x), x) == 2", ["x > 0", "x < 1"]),  # x is below 1/2 in the other branch
        ("infimum(where(x >= 1/2, x/(x - 1/2), (1 + x)/(2 - x)), x) == 2", ["x > 0", "x < 1"]),
        ("supremum(where(x > 0, -1/x, 1), x) == 0", []),
        ("supremum(x**n, x) == 1", ["x >= -2", "x <= 1", "n == 2"]),  # 4, at -2
        ("supremum(x**n, x) == 1", ["x >= -2", "x <= 1", "n >= 1", "n == floor(n)"]),
        ("convex(x**a, x)", ["a > 1"]),  # not of a = 3
        ("convex(x**n, x)", ["n >= 2", "n == floor(n)"]),
        ("grows_at_most(1, (x - 2)**(1/2), x, 1)", []),  # which has no value near 1
        ("limit(abs((x - 2)**(1/2)), x, 1) == 1", []),
        ("limit(abs(x**(1/3)), x, -8) == 2", []),
        ("limit(abs(x**a), x, 0) == 0", ["a > 0"]),
    ],
)
def test_where_there_are_values_is_not_taken_for_less(claim: str, given: list[str]) -> None:
    assert verdict(claim, *given) in ("false", "undecided")


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("infimum(where(x > 1/2, 1/(x - 1/2), x), x) == 0", ["x > 0", "x < 1"]),
        ("supremum(log(x), x) == 0", ["x <= 1"]),  # of what has a value
        ("convex(x**a, x)", ["a > 1", "x > 0"]),
        ("convex(x*log(x), x)", []),
        ("limit(abs(x**(1/3)), x, 8) == 2", []),
        ("limit(abs(x**n), x, 0) == 0", ["n >= 1", "n == floor(n)"]),
        ("limit(abs((-1/2)**n), n, inf) == 0", []),
    ],
)
def test_of_what_has_a_value_all_is_known(claim: str, given: list[str]) -> None:
    assert verdict(claim, *given) == "true"


@pytest.mark.parametrize(
    ("claim", "said", "told"),
    [
        ("limit(log(a)*x, x, 0) == 0", "true under a condition", "holds if a > 0"),
        ("limit(sqrt(a)*x + 1, x, 0) > 0", "true under a condition", "holds if a >= 0"),
        ("limit(a*x/a, x, 1) == 1", "true", "where a != 0"),
        ("limit(x/a, x, 0) == 0", "true", "where a != 0"),  # the sign of a has two cases, and no third
        ("limit(a**b*x, x, 0) == 0", "true under a condition", "holds if a > 0"),
        ("limit(a**b + x, x, 0) == a**b", "true", "where a > 0"),
        ("supremum(sqrt(a) - x**2, x) == sqrt(a)", "true", "where a >= 0"),
        ("infimum(sqrt(a) + x**2, x) >= 0", "true under a condition", "holds if a >= 0"),
        ("limit(x*log(a), x, inf) == inf", "undecided", "the sign"),
    ],
)
def test_what_the_other_symbols_have_to_be_is_told(claim: str, said: str, told: str) -> None:
    found = proved(claim, (), Options()).lines
    assert found[0].startswith(f"{said}:")
    assert any(told in line for line in found)
