"""Certificates that inequalities contradict each other: found where they should be, and never against a point."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand_all
from derive.engine import decide_holds
from derive.engine.algebra.polynomials import Ring
from derive.engine.algebra.positivstellensatz import between, combination, contradictory
from derive.engine.domain import Domain
from derive.expr.graph import Graph, Node
from derive.flint import fmpq
from derive.language.reader import parse
from derive.numbers.balls import rational

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


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(POLYNOMIALS, st.booleans()), min_size=1, max_size=7), st.lists(FRACTIONS, min_size=7, max_size=7)
)
def test_numbers_that_are_found_add_up_to_nothing_positive(
    facts: list[tuple[dict, bool]], times: list[Fraction]
) -> None:
    ring = Ring(Graph())
    polynomials = [
        (ring.combination({e: rational(c * (t or 1)) for e, c in p.items()}), s)
        for (p, s), t in zip(facts, times, strict=False)
    ]
    last = polynomials[0][0] * fmpq(-1, 3)  # so that some are contradictory
    known = [*polynomials, (last, polynomials[0][1])]
    found = combination(known)
    if found is None:
        assert not polynomials[0][1] or polynomials[0][0] == 0
        return
    total = sum((known[i][0] * c for i, c in found.items()), ring.zero_poly)
    assert all(c > 0 for c in found.values())
    assert total.is_constant()
    number = total.leading_coefficient() if total != 0 else fmpq(0)
    assert number < 0 or (number == 0 and any(known[i][1] for i in found))


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("a*b <= a**2/2 + b**2/2", []),
        ("a**2 + b**2 + c**2 >= a*b + b*c + c*a", []),
        ("(a*c + b*d)**2 <= (a**2 + b**2)*(c**2 + d**2)", []),
        ("a**4 + 1 >= 2*a**2", []),
        ("a**4 + b**4 + 1 >= 4*a*b - 1", []),
        ("a**6 + b**6 >= a**4*b**2 + a**2*b**4", []),
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


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(*[st.integers(0, 3).map(lambda n: 2 * n)] * 2), min_size=2, max_size=5, unique=True))
def test_between_are_those_that_every_slope_finds_between(corners: list[tuple[int, int]]) -> None:
    inside = set(between(corners))
    slopes = [(i, j) for i in range(-6, 7) for j in range(-6, 7)]  # of every edge between corners of 0, 2, 4, 6
    for m in product(range(4), repeat=2):
        held = all(max(i * x + j * y for x, y in corners) >= 2 * (i * m[0] + j * m[1]) for i, j in slopes)
        assert (m in inside) == (held and any(m))


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
