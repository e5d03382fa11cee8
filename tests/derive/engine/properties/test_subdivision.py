"""Inequalities on boxes by balls: what is proved holds at points of mpmath's, what is false is refuted, the rest stays open."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.engine.properties.subdivision import by_cells
from derive.expr.graph import Graph
from derive.language.reader import parse

BOX = {"x": (Fraction(-5), Fraction(5)), "y": (Fraction(-1), Fraction(1))}


def decide(claim: str, *assuming: str) -> str:
    g = Graph()
    s = {n: g.symbol(n) for n in ("x", "y")}
    given = [parse(a, s, g) for a in assuming]
    return decide_condition(parse(claim, s, g), Domain(given, {s[n]: ends for n, ends in BOX.items()})).status


def test_gelu_and_its_approximation() -> None:
    def gap(x: float) -> mpmath.mpf:
        x = mpmath.mpf(x)
        return abs(x * mpmath.ncdf(x) - x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + 0.044715 * x**3))))

    worst = max(gap(k / 100) for k in range(-500, 501))
    assert 0.0004 < worst < 0.0005
    assert decide("abs(gelu(x) - gelu_tanh(x)) < 0.0005") == "proved"
    assert decide("abs(gelu(x) - gelu_tanh(x)) < 0.0004") == "refuted"


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("sin(x)*cos(y) < 1.01", "proved"),
        ("x*sin(x) - exp(y) > -8", "proved"),
        ("x*sin(x) - exp(y) > -7", "refuted"),
        ("exp(sin(x)) + y**2 < 3.8 and sin(x)*y > -1.1", "proved"),
        ("sin(x)**2*exp(y) > x*y - 6", "proved"),
    ],
)
def test_boxes(claim: str, status: str) -> None:
    assert decide(claim) == status


def test_nothing_is_said_where_the_sides_touch_or_have_no_value() -> None:
    g = Graph()
    s = {n: g.symbol(n) for n in ("x", "y", "z")}
    bounds = {s[n]: ends for n, ends in BOX.items()}
    for claim in (
        "sin(x)**2 >= 0",
        "1/x**2 > 0",
        "log(x) < 2",
        "x*y + z < 100",
        "abs(x) == 1",
        "where(x > 1/3, 1, 2) > 0 or x > 9",
    ):
        assert by_cells(parse(claim, s, g), Domain((), bounds)) is None


def test_an_empty_domain_proves_nothing() -> None:
    assert decide("sin(x) < 2", "x > 3", "x < 2") == "undecided"


def test_a_touching_maximum_ends_in_no_answer() -> None:
    g = Graph()
    s = {"x": g.symbol("x"), "y": g.symbol("y")}
    bounds = {s[n]: ends for n, ends in BOX.items()}
    assert by_cells(parse("sin(x)*cos(y) < 1", s, g), Domain((), bounds)) is None


@pytest.mark.parametrize("ends", [("x > 0", "x < exp(1)"), ("x >= 0", "x <= exp(1)")])
def test_an_end_that_is_no_rational_is_not_rounded_inwards(ends: tuple[str, str]) -> None:
    """2721/1001 is less than exp(1) by 1.1e-7; on (0, 2721/1001] the claim is true, and close to exp(1) it is false."""
    claim = "x + sin(x)/2 < 2.923672446503847196"
    x = mpmath.e - mpmath.mpf("1e-8")
    assert x + mpmath.sin(x) / 2 > mpmath.mpf("2.923672446503847196")
    assert decide(claim, *ends) != "proved"
    assert decide("x + sin(x)/2 < 2.9237", *ends) == "proved"
