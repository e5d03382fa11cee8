"""Roots of even powers as powers: which are, with one value and with the slopes of these."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.calculus.reverse import expand_all
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph, Node, topological
from derive.expr.roots import powers, without_roots
from derive.flint import arb, fmpq
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational


def read(text: str, g: Graph) -> Node:
    return parse(text, {n: g.symbol(n) for n in "xy"}, g)


def close(a: object, b: object) -> bool:
    assert isinstance(a, fmpq | arb)
    assert isinstance(b, fmpq | arb)
    return abs(float((arb(a) - arb(b)).mid())) < 1e-12


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("sqrt(x**4)", "x**2"), ("sqrt(x**6)", "abs(x)**3"), ("(x**6)**(1/3)", "x**2"), ("sqrt((x - y)**4)", "(x - y)**2"),
        ("sqrt(sqrt(y**4)**4 + 1)", "sqrt((y**2)**4 + 1)"),
        ("sqrt(x**2)", None), ("sqrt(x**3)", None), ("(x**6)**(1/4)", None), ("sqrt(x**4 + 1)", None), ("(x**2)**(-1/2)", None),
        ("sqrt(x**4)**3", "x**6"),
    ],
)  # fmt: skip
def test_which(text: str, other: str | None) -> None:
    g = Graph()
    given, wanted = read(text, g), read(other or text, g)
    found = without_roots([given])
    assert bool(powers(topological([given]))) is bool(other)
    for v in (Fraction(-2), Fraction(0), Fraction(3, 2)):
        at = {g.symbol("x"): rational(v), g.symbol("y"): rational(v - 1)}
        a, b = evaluate([found[0], wanted], at, 128)
        assert (type(a) is type(b)) if isinstance(a, Exception) else close(a, b)


@given(st.fractions(-3, 3, max_denominator=9), st.integers(1, 4))
def test_slopes_are_those_of_the_powers(v: Fraction, m: int) -> None:
    g = Graph()
    slope, wanted = expand_all([read(f"d(sqrt(x**{4 * m}), x)", g), read(f"{2 * m}*x**{2 * m - 1}", g)])
    a, b = evaluate([slope, wanted], {g.symbol("x"): rational(v)}, 128)
    assert close(a, b)


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("differentiable(sqrt(x**4), x)", "proved"),
        ("differentiable(sqrt(x**6), x)", "proved"),
        ("differentiable(sqrt(x**2), x)", "refuted"),
        ("smooth(sqrt(x**4), x)", "proved"),
        ("smooth(sqrt(x**6), x)", "refuted"),
        ("convex(sqrt(x**4), x)", "proved"),
        ("at(d(sqrt(x**4), x), x=0) >= 0", "proved"),
        ("at(d(sqrt(x**4), x), x=0) == 1", "refuted"),
        ("d(sqrt(x**4), x) == 2*x", "proved"),
        ("d(sqrt(x**4), x) == 2*abs(x)", "refuted"),
        ("hessian(sqrt(x**4), [x])[0, 0] == 2", "proved"),
        ("at(d(sqrt(x**4 + x**6), x), x=0) == 0", "proved"),
    ],
)
def test_claims(claim: str, status: str) -> None:
    g = Graph()
    found = decide_condition(read(claim, g), Domain(()))
    assert found.status == status, str(found)
    assert status != "proved" or not found.conditions
