"""One-sided derivatives as claims: the language, and values held to difference quotients of mpmath, which shares no code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr.graph import Graph
from derive.language.components import components
from derive.language.reader import parse, to_text
from derive.language.typeset import latex
from derive.numbers.balls import evaluate, rational

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs(x)": abs,
    "x*abs(x - 1)": lambda x: x * abs(x - 1),
    "max(x, x**2, 1 - x)": lambda x: max(x, x**2, 1 - x),
    "relu(x)*floor(x)": lambda x: max(x, 0) * mpmath.floor(x),
    "mod(x, 1)": lambda x: x - mpmath.floor(x),
    "where(x >= 1, x**2, x - 3)": lambda x: x**2 if x >= 1 else x - 3,
    "where(abs(x) > 1, exp(x - 1), x**3)": lambda x: mpmath.exp(x - 1) if abs(x) > 1 else x**3,
    "sqrt(x**2 + 2*x + 1)": lambda x: abs(x + 1),
    "sqrt(x**4)": lambda x: x**2,
    "sqrt(relu(x)**3)": lambda x: max(x, mpmath.mpf(0)) ** mpmath.mpf("1.5"),
    "norm([x, 2*x])": lambda x: mpmath.sqrt(5) * abs(x),
    "relu(x)**(3/2)": lambda x: max(x, mpmath.mpf(0)) ** mpmath.mpf("1.5"),
}


def value(text: str, at: int) -> Any:
    g = Graph()
    x = g.symbol("x")
    return evaluate(components(expand(parse(text, {"x": x}, g))), {x: rational(at)}, 128)[0]


@pytest.mark.parametrize("text", FUNCTIONS)
@pytest.mark.parametrize("side", [1, -1])
@given(at=st.integers(-2, 2))
@settings(max_examples=5)
def test_it_is_the_limit_of_difference_quotients(text: str, side: int, at: int) -> None:
    f = FUNCTIONS[text]
    with mpmath.workdps(60):
        h = side * mpmath.mpf(10) ** -30
        quotient = (f(mpmath.mpf(at) + h) - f(mpmath.mpf(at))) / h
        found = value(f"d({text}, x, side={side})", at)
        if abs(quotient) > 10**20:  # a jump
            assert isinstance(found, UndefinedValue)
        else:
            assert (
                abs(mpmath.mpf(str(float(found))) - quotient) < 1e-12
            )  # the quotient is off by about h, sqrt(h) at a root


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("d(abs(x), x, side=1) == where(x >= 0, 1, -1)", "proved"),
        ("d(abs(x), x, side=-1) == where(x > 0, 1, -1)", "proved"),
        ("d(abs(x), x, side=1) == d(abs(x), x, side=-1)", "proved-if"),
        ("d(log(x), x, side=1) == 1/x", "proved"),
        ("at(d(where(x > 0, x, log(x)), x, side=1), x=-1) == -1", "undecided"),  # no value, as the function has none
        ("d(floor(x), x, side=1) == 0", "proved"),
        ("at(d(floor(x), x, side=-1), x=2) == 0", "undecided"),
        ("at(d(x**(3/2), x, side=1), x=0) == 0", "proved"),
        ("at(d(x**(3/2), x, side=-1), x=0) == 0", "undecided"),  # no value: the function has none there
        ("d(x*sqrt(x), x, side=1) == 2*sqrt(x)", "refuted"),
        ("at(d(norm(w), w[0], side=-1), w=[0, 0]) == -1", "proved"),
        ("d(d(abs(x)*x, x, side=1), x, side=1) == where(x >= 0, 2, -2)", "proved"),
        ("d(hold(x)*x, x, side=1) == x", "proved"),
        # what is not settled is no number, and none that another one could be equal to
        ("at(d(sqrt(x**8), x, side=1), x=0) == 0", "undecided"),
        ("at(d(sqrt(x**8), x, side=1), x=0) == at(d(sqrt(x**8), x, side=-1), x=0)", "undecided"),
        ("at(d(sqrt(x**4), x, side=1), x=0) == 0", "proved"),
        ("at(d(where(x**6 > 0, 2*x, 3*x), x, side=1), x=0) == 2", "undecided"),
        # a seam so flat that no derivative looked at tells to which side the point is left
        ("at(d(where(-x**6 >= 0, 1, 5 + x), x), x=0) == 0", "undecided"),
        ("at(d(where(x**5 >= 0, 3*x, x), x), x=0) == 3", "undecided"),
        ("at(d(where(x**6 > 0, 3*x, x), x), x=0) == 3", "undecided"),
    ],
)
def test_claims(claim: str, status: str) -> None:
    g = Graph()
    scope = {"x": g.symbol("x"), "w": g.symbol("w", (2,))}
    condition = parse(claim, scope, g)
    assert parse(to_text(condition), scope, g) is condition
    assert decide_condition(condition, Domain()).status == status


def test_by_a_definition() -> None:
    g = Graph()
    x = g.symbol("x")
    a = g.define("a", parse("2*x", {"x": x}, g))
    slope = expand(parse("d(x*abs(a), a, side=-1)", {"x": x, "a": a}, g))
    assert evaluate(components(slope), {x: rational(0)}, 64)[0] == 0
    assert evaluate(components(slope), {x: rational(-3)}, 64)[0] == 3


def test_an_open_value_has_no_number() -> None:
    assert isinstance(value("d(sqrt(x)**2, x, side=1)", 0), Undetermined)
    assert isinstance(value("d(sqrt(x), x, side=1)", 0), UndefinedValue)  # it rises with an infinite slope
    assert isinstance(value("d(sqrt(x), x, side=-1)", 0), UndefinedValue)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("d(x, x, side=2)", "side=1"),
        ("d(x, x, sides=1)", "side=1"),
        ("d(x, x, side=1, keep=1)", "side=1"),
        ("d(x, [x], side=1)", "by a scalar or by one entry"),
        ("d(norm(w), w, side=1)", "'w' is none"),
        ("d(w, x, side=1)", "'w' is none"),
        ("d(x, 2*x, side=1)", "can differentiate by a symbol"),
        ("grad(x, x, side=1)", "no keyword"),
    ],
)
def test_faults(text: str, fault: str) -> None:
    g = Graph()
    with pytest.raises(ExpressionError, match=fault):
        parse(text, {"x": g.symbol("x"), "w": g.symbol("w", (2,))}, g)


def test_typeset() -> None:
    g = Graph()
    x = g.symbol("x")
    f = g.define("f", g.call("abs", x))
    assert latex(parse("d(f, x, side=1)", {"x": x, "f": f}, g)) == r"\frac{\partial^{+} f}{\partial x}"
    assert latex(parse("d(abs(x), x, side=-1)", {"x": x}, g)).startswith(r"\frac{\partial^{-}}{\partial x}")
