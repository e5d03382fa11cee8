"""Expectations against plain enumeration with Fractions, and against moments that are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import combinations, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.engine import decide_equal
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.flint import fmpq
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate

G = Graph()
SCOPE: dict[str, Node] = {n: G.symbol(n) for n in ("p", "mu", "sigma", "a", "b")}
SCOPE["g"] = G.symbol("g", (4,))
SCOPE["H"] = G.symbol("H", (3, 3))
VALUES = st.lists(st.fractions(-4, 4, max_denominator=6), min_size=4, max_size=4)


def exact(text: str, values: dict[str, list[Fraction]]) -> Fraction:
    point = {}
    for name, entries in values.items():
        for e, v in zip(components(SCOPE[name]), entries, strict=True):
            point[e] = fmpq(v.numerator, v.denominator)
    (value,) = evaluate(components(parse(text, SCOPE, G)), point, 64)
    return Fraction(int(value.p), int(value.q))


def mean(values: Iterable[Fraction]) -> Fraction:
    listed = list(values)
    return sum(listed, Fraction(0)) / len(listed)


@settings(deadline=None, max_examples=25)
@given(VALUES)
@pytest.mark.parametrize(
    ("scheme", "outcomes"),
    [
        ("subsets(4, 2)", lambda: combinations(range(4), 2)),
        ("draws(4, 3)", lambda: product(range(4), repeat=3)),
        ("permutations(4)", lambda: permutations(range(4))),
    ],
)
def test_finite_schemes(scheme: str, outcomes: Callable[[], Iterable[tuple[int, ...]]], g: list[Fraction]) -> None:
    def f(chosen: tuple[int, ...]) -> Fraction:
        return sum((g[n] for n in chosen), Fraction(0)) ** 2 + chosen[0]

    text = f"sum(g[n] for n in B)**2 + B[0] for B in {scheme}"
    expected = mean(f(o) for o in outcomes())
    assert exact(f"expect({text})", {"g": g}) == expected
    assert exact(f"variance({text})", {"g": g}) == mean((f(o) - expected) ** 2 for o in outcomes())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("expect(g[n] for n in uniform(4))", "mean(g)"),
        ("variance(g[n] for n in uniform(4))", "var(g)"),
        ("expect(u @ H @ u for u in signs(3))", "trace(H)"),
        ("expect(sum(m)/len(m) for m in masks(3, p))", "p"),
        ("variance(m[0] for m in masks(2, p))", "p*(1 - p)"),
        ("variance(x for x in uniform_interval(a, b))", "(b - a)**2/12"),
        ("variance((x - y)**2 for x in uniform_interval(0, 1) for y in uniform_interval(0, 1))", "7/180"),
        ("expect((x - mu)**4 for x in normal(mu, sigma))", "3*sigma**4"),
        ("expect(x*g[n] for n in uniform(4) for x in normal(mu, sigma))", "mu*mean(g)"),
        ("binomial(a + 2, 2)", "(a + 2)*(a + 1)/2"),
        ("binomial(5, 3) + factorial(4)", "34"),
    ],
)
def test_expectations_that_are_known(left: str, right: str) -> None:
    assert decide_equal(parse(left, SCOPE, G), parse(right, SCOPE, G)).status == "proved"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("expect(exp(x) for x in uniform_interval(0, 1))", "scalar polynomials only"),
        ("expect(sin(x) for x in normal(0, 1))", "scalar polynomials only"),
        ("expect(x for x in normall(0, 1))", "did you mean 'normal'?"),
        ("expect(sum(x) for x in draws(10, 5))", "more outcomes than the limit"),
        ("expect(sum(x) for x in signs(100000))", "numbers from 1 to"),
        ("expect(x for x in 3)", "a random variable is drawn from a scheme"),
        ("expect(p)", "takes a random variable"),
        ("expect(x for x in uniform(3) if x > 1)", "no condition"),
        ("expect(sum(x) for x in subsets(2, 3))", "a subset of 3 of 2"),
        ("expect(x for x in normal(0))", "two parameters"),
        ("expect(sum(x) for x in subsets(3))", "expected subsets(N, b)"),
        ("variance(g*n for n in uniform(2))", "a variance is of a scalar"),
        ("expect(n*m*k for n in uniform(50) for m in uniform(50) for k in uniform(50))", "more than 2000"),
        ("expect(m[0] for m in masks(1, 1.5))", "a probability is from 0 to 1"),
        ("expect(x for x in normal(0, -1))", "not negative"),
        ("expect(x for x in uniform_interval(2, 1))", "ends after it begins"),
        ("factorial(61)", "a factorial is of 0 to 60"),
        ("binomial(a, p)", "expected a whole number"),
    ],
)
def test_faults_are_named(text: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, SCOPE, G)
    assert words in caught.value.message
