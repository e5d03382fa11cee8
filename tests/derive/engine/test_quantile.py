"""erfinv and probit: inverses that the proofs know, with values held to mpmath."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.errors import ExpressionError, UndefinedValue
from derive.expr.graph import Graph
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational


def decide(claim: str, *assuming: str) -> str:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("x", "p", "u", "z")}
    return decide_condition(parse(claim, scope, g), Domain(parse(a, scope, g) for a in assuming)).status


@pytest.mark.parametrize(
    ("claim", "assuming", "status"),
    [
        ("erf(erfinv(x)) == x", ("-1 < x", "x < 1"), "proved"),
        ("erf(erfinv(x)) == x", (), "proved-if"),  # beyond, the left side has no value
        ("erfinv(erf(x)) == x", (), "proved"),
        ("Phi(probit(p)) == p", ("0 < p", "p < 1"), "proved"),
        ("probit(Phi(z)) == z", (), "proved"),
        ("Phi(probit_odds(u)) == u/(1 + u)", ("u > 0",), "proved"),
        ("erfinv(-x) == -erfinv(x)", (), "proved"),
        ("probit(1 - p) == -probit(p)", (), "proved"),
        ("probit(p) == sqrt(2)*erfinv(2*p - 1)", (), "proved"),
        ("d(erfinv(x), x) == sqrt(pi)/2*exp(erfinv(x)**2)", (), "proved"),
        ("d(probit(p), p) == sqrt(2*pi)*exp(probit(p)**2/2)", (), "proved"),
        ("d(d(erfinv(x), x), x) == pi/2*erfinv(x)*exp(2*erfinv(x)**2)", (), "proved"),
        ("increasing(erfinv(x), x)", ("-1 < x", "x < 1"), "proved"),
        ("d(erfinv(x), x) == exp(erfinv(x)**2)", (), "refuted"),
        ("erfinv(x) >= x", ("0 <= x", "x < 1"), "refuted"),
        ("erfinv(2*x) == 2*erfinv(x)", (), "refuted"),
        ("erf(erfinv(x)/2) == x/2", ("-1 < x", "x < 1"), "refuted"),
    ],
)
def test_claims(claim: str, assuming: tuple[str, ...], status: str) -> None:
    assert decide(claim, *assuming) == status


def value(text: str, **at: str) -> object:
    g = Graph()
    scope = {n: g.symbol(n) for n in at}
    return evaluate(components(parse(text, scope, g)), {scope[n]: rational(Fraction(v)) for n, v in at.items()}, 200)[0]


@given(st.integers(1, 10**6 - 1), st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_values_are_those_of_mpmath(k: int, scale: int) -> None:
    x, p = f"{k}/1000000", f"{k}/{10 ** (6 + scale)}"
    with mpmath.workdps(80):
        whole = mpmath.mpf(k) / 10**6
        for text, at, want in (
            ("erfinv(x)", x, mpmath.erfinv(whole)),
            ("erfinv(-x)", x, -mpmath.erfinv(whole)),
            # far out in the tail: by its own distribution function, as mpmath's erfinv knows no tail
            ("Phi(probit(x))", p, mpmath.mpf(k) / mpmath.mpf(10) ** (6 + scale)),
        ):
            found = mpmath.mpf(str(value(text, x=at).mid().str(60, radius=False)))  # type: ignore[attr-defined]
            assert abs(found - want) <= 1e-30 * abs(want)


@pytest.mark.parametrize("x", ["1", "-1", "2", "-3/2"])
def test_there_is_no_value_beyond_the_ends(x: str) -> None:
    assert isinstance(value("erfinv(x)", x=x), UndefinedValue)
    assert isinstance(value("probit(x)", x={"1": "1", "-1": "0"}.get(x, x)), UndefinedValue)


def test_other_names_are_told() -> None:
    g = Graph()
    with pytest.raises(ExpressionError, match=r"here it is probit\(p\)"):
        parse("ndtri(0.3)", {}, g)
    with pytest.raises(ExpressionError, match=r"here it is erfinv\(1 - x\)"):
        parse("erfcinv(0.3)", {}, g)
