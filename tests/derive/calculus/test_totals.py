"""Sums up to a symbol as iterations: their values, their slopes, and what is proved of them at every upper limit."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand_all
from derive.calculus.totals import Total
from derive.engine import decide_equal, decide_holds
from derive.engine.domain import Domain
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational


def read(g: Graph, text: str) -> Node:
    scope = {n: g.symbol(n) for n in ("n", "m", "r", "x", "a")}
    return expand_all([parse(text, scope, g)])[0]


def value(text: str, **at: Fraction | int) -> object:
    g = Graph()
    node = read(g, text)
    return evaluate([node], {g.symbol(n): rational(v) for n, v in at.items()}, 256)[0]


@given(st.integers(0, 12), st.fractions(-2, 2, max_denominator=7))
@settings(max_examples=25, deadline=None)
def test_values_are_those_of_the_loop(n: int, x: Fraction) -> None:
    assert value("sum(x**k for k in range(0, n + 1))", n=n, x=x) == rational(sum(x**k for k in range(n + 1)))
    assert value("sum((k - 2)*x for k in range(-1, n))", n=n, x=x) == rational(sum((k - 2) * x for k in range(-1, n)))
    assert value("prod(k + x for k in range(1, n + 1))", n=n, x=x) == rational(
        prod((k + x for k in range(1, n + 1)), start=Fraction(1))
    )
    assert value("sum(i*j for i in range(1, n + 1) for j in range(1, i + 1))", n=n) == rational(
        sum(i * j for i in range(1, n + 1) for j in range(1, i + 1))
    )


def test_sums_of_no_terms_and_of_fewer() -> None:
    assert value("sum(k for k in range(1, n + 1))", n=0) == 0
    assert value("prod(k for k in range(1, n + 1))", n=0) == 1
    assert value("sum(k for k in range(1, n + 1))", n=-3) == 0
    assert value("prod(k for k in range(2, n + 1))", n=-3) == 1
    assert "a negative number" in str(value("factorial(n)", n=-3))
    assert "whole number" in str(value("sum(k for k in range(1, n + 1))", n=Fraction(1, 2)))
    g = Graph()
    assert expand_all([g.node("total", (g.one, g.symbol("k'"), g.one, g.const(-2)), "sum")]) == [g.zero]
    with pytest.raises(ExpressionError, match="a negative number"):
        expand_all([g.node("total", (g.symbol("k'"), g.symbol("k'"), g.one, g.const(-2)), "prod")])


def test_slopes_are_sums_of_slopes() -> None:
    at = {"n": 6, "x": Fraction(3, 5)}
    inner = "sum(x**k/factorial(k) for k in range(0, n))"
    assert value(f"d({inner}, x)", **at) == value(f"{inner} - x**(n - 1)/factorial(n - 1)", **at)
    assert value("d(sum(x**k for k in range(0, n)), x)", **at) == value("sum(k*x**(k - 1) for k in range(1, n))", **at)


@pytest.mark.parametrize(
    ("left", "right", "given"),
    [
        ("sum(k for k in range(1, n + 1))", "n*(n + 1)/2", ()),
        ("sum(k**2 for k in range(1, n + 1))", "n*(n + 1)*(2*n + 1)/6", ()),
        ("sum(k**3 for k in range(1, n + 1))", "sum(k for k in range(1, n + 1))**2", ()),
        ("sum(r**k for k in range(0, n))", "(1 - r**n)/(1 - r)", ()),
        ("sum(r**k for k in range(0, n + 1))", "(1 - r**(n + 1))/(1 - r)", ()),
        ("sum(1/(k*(k + 1)) for k in range(1, n + 1))", "n/(n + 1)", ()),
        ("prod(1 + 1/k for k in range(1, n + 1))", "n + 1", ()),
        ("sum(2*k - 1 for k in range(1, n))", "(n - 1)**2", ("n >= 1",)),
        ("sum(1 for k in range(m, m + n))", "n", ()),
        ("sum(a*r**k for k in range(0, n))", "a*sum(r**k for k in range(0, n))", ()),
        ("factorial(n + 1)", "(n + 1)*factorial(n)", ()),
    ],
)
def test_identities_are_proved(left: str, right: str, given: tuple[str, ...]) -> None:
    g = Graph()
    found = decide_equal(read(g, left), read(g, right), Domain([read(g, c) for c in given]))
    assert found.status == "proved", found.reason


@pytest.mark.parametrize(
    ("left", "right", "first"),
    [
        ("sum(k for k in range(1, n + 1))", "n*(n + 2)/2", 1),
        ("sum(k**2 for k in range(1, n + 1))", "n**3", 2),
        ("sum(r**k for k in range(0, n + 1))", "(1 - r**n)/(1 - r)", 0),
        ("prod(k for k in range(1, n + 1))", "n**2 - n + 1", 2),
    ],
)
def test_what_fails_fails_at_the_first_number(left: str, right: str, first: int) -> None:
    g = Graph()
    found = decide_equal(read(g, left), read(g, right))
    assert found.status == "refuted"
    assert found.witness is not None
    assert found.witness[g.symbol("n")] == first


def test_numbers_beyond_a_declared_range_count_for_nothing() -> None:
    g = Graph()
    left, right, n = (
        read(g, "sum(k for k in range(1, n + 1))"),
        read(g, "n + n*(n - 1)*(n - 2)/2 + n*(n-1)/2"),
        g.symbol("n"),
    )
    assert decide_equal(left, right).status == "refuted"
    assert decide_equal(left, right, Domain([], {n: (Fraction(0), Fraction(2))})).status != "refuted"


def test_inequalities() -> None:
    g = Graph()
    given = Domain([read(g, "n >= 1")])
    assert decide_holds(read(g, "prod(k for k in range(1, n + 1)) >= 2**(n - 1)"), given).status == "proved"
    assert decide_holds(read(g, "sum(k for k in range(1, n + 1)) > n"), given).status == "refuted"


def test_a_sum_with_where_it_ends_in_its_terms_is_not_stepped() -> None:
    """The terms change with n: what holds from n to n + 1 with old terms proves nothing."""
    g = Graph()
    left, right = read(g, "sum(k*n for k in range(1, n + 1))"), read(g, "n**2*(n + 1)/2")
    assert decide_equal(left, right).status == "proved"  # by the closed form
    assert decide_equal(left, read(g, "n*(n + 1)/2")).status != "proved"


def test_the_value_says_what_it_is() -> None:
    g = Graph()
    node = read(g, "sum(x*k for k in range(1, n + 1))")
    assert isinstance(node.attr, Total)
    assert node.attr.text(["n"]) == "sum(x*k for k in range(1, n + 1))"


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("sum(k for k in range(0, n)) == sum(k for k in range(1, n + 1))", "refuted"),
        ("sum(k for k in range(0, n)) - sum(k for k in range(1, n)) == n", "refuted"),
        ("prod(k for k in range(1, n + 1)) == prod(k for k in range(2, n + 2))", "refuted"),
        ("sum(k for k in range(0, n + 1)) == sum(k for k in range(1, n + 1))", "proved"),
        ("sum(k for k in range(1, n + 1)) == sum(k - 1 for k in range(2, n + 2))", "proved"),
        ("prod(k + 1 for k in range(0, n)) == prod(k for k in range(1, n + 1))", "proved"),
    ],
)
def test_loops_of_one_name_that_start_elsewhere(claim: str, status: str) -> None:
    g = Graph()
    (condition,) = expand_all([parse(claim, {"n": g.symbol("n")}, g, boolean=True)])
    assert decide_holds(condition).status == status
