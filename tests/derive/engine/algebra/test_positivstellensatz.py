"""Certificates that inequalities contradict each other: found where they should be, and never against a point."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand_all
from derive.engine import decide_holds
from derive.engine.algebra.polynomials import Ring
from derive.engine.algebra.positivstellensatz import contradictory
from derive.engine.domain import Domain
from derive.expr.graph import Graph, Node
from derive.language.reader import parse

COEFFICIENTS = st.integers(-3, 3)
POLYNOMIALS = st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 2)), COEFFICIENTS, min_size=1, max_size=4)
FRACTIONS = st.fractions(-3, 3, max_denominator=4)


@settings(deadline=None, max_examples=150)
@given(st.lists(POLYNOMIALS, min_size=1, max_size=6), FRACTIONS, FRACTIONS)
def test_what_holds_at_a_point_is_never_contradictory(polynomials: list[dict], x: Fraction, y: Fraction) -> None:
    ring = Ring(Graph())
    facts = []
    for terms in polynomials:
        value = sum(c * x**i * y**j for (i, j), c in terms.items())
        p = ring.combination({e: fmpq(c if value >= 0 else -c) for e, c in terms.items()})
        facts.append((p, value != 0))
    assert not contradictory(ring, facts)


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("a*b <= a**2/2 + b**2/2", []),
        ("a**2 + b**2 + c**2 >= a*b + b*c + c*a", []),
        ("(a*c + b*d)**2 <= (a**2 + b**2)*(c**2 + d**2)", []),
        ("a**4 + 1 >= 2*a**2", []),
        ("a/b + b/a >= 2", ["a > 0", "b > 0"]),
        ("abs(a + b) <= abs(a) + abs(b)", []),
        ("a < 2/b", ["b > 0", "abs(1 - a*b) < 1"]),
        ("abs(1 - a*b) < 1 and abs(1 - a*c) < 1", ["a > 0", "b > 0", "c > 0", "a < 2/max(b, c)"]),
        ("abs(1 - a*c) >= abs(1 - a*b)", ["b > c", "c > 0", "a > 0", "a <= 2/(b + c)"]),
        ("sigmoid(a)*(1 - sigmoid(a)) <= 1/4", []),
        ("a**3 > a", ["a > 1"]),
        ("(1 - a)/(1 + a) < 1", ["a > 0"]),
    ],
)
def test_inequalities_by_certificates(claim: str, assuming: list[str]) -> None:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in "abcd"}
    condition, *given = expand_all([parse(t, scope, g, boolean=True) for t in (claim, *assuming)])
    assert decide_holds(condition, Domain(given)).status == "proved"


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("a*b <= a**2/2 + b**2/3", []),
        ("a**4 + 1 > 2*a**2", []),
        ("abs(1 - a*c) >= abs(1 - a*b)", ["b > c", "c > 0", "a > 0", "a < 2/b"]),
        ("a**2 >= a", ["a > 0"]),
    ],
)
def test_false_inequalities_are_refuted(claim: str, assuming: list[str]) -> None:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in "abcd"}
    condition, *given = expand_all([parse(t, scope, g, boolean=True) for t in (claim, *assuming)])
    assert decide_holds(condition, Domain(given)).status in ("refuted", "proved-if")


@pytest.mark.parametrize(
    ("claim", "assuming", "status"),
    [
        ("d(tanh(a), a) > d(sigmoid(a), a)", ["abs(a) <= 3/2"], "proved"),  # exp(a) lies between rational numbers
        ("d(tanh(a), a) > d(sigmoid(a), a)", ["abs(a) <= 17/10"], "refuted"),
        ("exp(a)**3 - exp(a)**2 - exp(a) < 12", ["a < 1"], "proved"),
        ("exp(a)**3 - exp(a)**2 - exp(a) < 9", ["a < 1"], "refuted"),
        ("-b < a and a < b", ["abs(a) < b"], "proved"),
        ("a < b", ["abs(a - b) < c", "c < 1"], "refuted"),
    ],
)
def test_bounds_of_kernels(claim: str, assuming: list[str], status: str) -> None:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in "abcd"}
    condition, *given = expand_all([parse(t, scope, g, boolean=True) for t in (claim, *assuming)])
    assert decide_holds(condition, Domain(given)).status == status
