"""All roots in a box, each once and enclosed; what is not settled is told."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand_all, gradient
from derive.errors import Undetermined
from derive.expr.graph import Graph
from derive.flint import fmpq
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.krawczyk import Equations, exactly, refined, roots_in, simplest


def equations(texts: list[str], names: str) -> Equations:
    g = Graph()
    scope = {n: g.symbol(n) for n in names}
    residuals = [components(parse(t, scope, g))[0] for t in texts]
    slopes = expand_all([s for f in residuals for s in gradient(f, list(scope.values()))])
    return Equations(tuple(scope.values()), tuple(residuals), tuple(components(s)[0] for s in slopes))


def box(*ends: tuple[int, int]) -> list[tuple[Fraction, Fraction]]:
    return [(Fraction(a), Fraction(b)) for a, b in ends]


@pytest.mark.parametrize(
    ("texts", "names", "where", "due"),
    [
        (["x**3 + x - 0.3"], "x", box((0, 1)), [["0.27841799032"]]),
        (["x**2 - 2"], "x", box((-2, 2)), [["-1.4142135624"], ["1.4142135624"]]),
        (["x**2 - 4"], "x", box((-2, 2)), [["-2.0000000000"], ["2.0000000000"]]),  # at the ends, exactly
        (["x**2 + 1"], "x", box((-2, 2)), []),
        (["x - cos(x)"], "x", box((-10, 10)), [["0.73908513322"]]),
        (["x*(x - 1)*(x - 2)"], "x", box((-3, 5)), [["0"], ["1.0000000000"], ["2.0000000000"]]),
        (["x**2 + y**2 - 4", "x - y"], "xy", box((-5, 5), (-5, 5)), [["-1.4142135624"] * 2, ["1.4142135624"] * 2]),
        (["2*x + y - 1", "x - 3*y - 2"], "xy", box((-5, 5), (-5, 5)), [["0.71428571429", "-0.42857142857"]]),
    ],
)
def test_roots(texts: list[str], names: str, where: list[tuple[Fraction, Fraction]], due: list[list[str]]):
    found = roots_in(equations(texts, names), {}, where)
    told = sorted([x.str(11, radius=False) if not x.contains(0) else "0" for x in r.tight] for r in found)
    assert told == sorted(due)


@pytest.mark.parametrize("text", ["x**2", "1/x", "abs(x)"])
def test_roots_that_are_not_simple_are_not_told(text: str):
    with pytest.raises(Undetermined):
        roots_in(equations([text], "x"), {}, box((-2, 3)))


def test_a_root_gets_as_close_as_is_asked_for_and_is_exact_where_it_can_be():
    e = equations(["x**2 - 2"], "x")
    (root,) = roots_in(e, {}, box((0, 2)))
    (x,) = refined(e, {}, root, 1000)
    assert x.rel_accuracy_bits() > 950
    assert (x * x).contains(2)
    assert exactly(e, {}, root.tight) is None
    e = equations(["3*x - 1"], "x")
    (root,) = roots_in(e, {}, box((0, 2)))
    assert exactly(e, {}, root.tight) == [fmpq(1, 3)]


@settings(max_examples=15)
@given(st.lists(st.integers(-20, 20), min_size=1, max_size=4, unique=True))
def test_every_root_of_a_polynomial_is_found_once(roots: list[int]):
    text = "*".join(f"(x - ({r}))" for r in roots)
    found = roots_in(equations([text], "x"), {}, [(Fraction(-61, 3), Fraction(64, 3))])
    assert sorted(int(r.tight[0].unique_fmpz()) for r in found) == sorted(roots)


@given(st.fractions(-50, 50, max_denominator=500), st.fractions(0, 1, max_denominator=1000))
def test_the_simplest_fraction_lies_between_and_is_the_simplest(low: Fraction, width: Fraction):
    found = simplest(low, low + width)
    assert low <= found <= low + width
    least = next(q for q in range(1, found.denominator + 1) if -(-low * q // 1) <= (low + width) * q // 1)
    assert least == found.denominator
