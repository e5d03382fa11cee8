"""Exact signs of numbers, and equations that hang on them, against mpmath at 300 digits."""

from __future__ import annotations

import random
from typing import Any

import mpmath
import pytest

from derive.engine import decide_equal
from derive.engine.domain import Domain
from derive.engine.equations.constants import sign
from derive.expr.graph import Graph, Node
from derive.language.components import components
from derive.language.names import names_in
from derive.language.reader import parse

ZERO = (
    "2*cos(pi/5) - (1 + sqrt(5))/2",
    "sin(pi/12) - (sqrt(6) - sqrt(2))/4",
    "cos(pi/8) - sqrt(2 + sqrt(2))/2",
    "cos(pi/7)*cos(2*pi/7)*cos(3*pi/7) - 1/8",
    "sqrt(2) + sqrt(3) - sqrt(5 + 2*sqrt(6))",
    "(2 + sqrt(5))**(1/3) - (1 + sqrt(5))/2",
    "sqrt(sqrt(5) - 2) - (sqrt(5) - 2)**0.5",
    "4*atan(1/5) - atan(1/239) - pi/4",
    "atan(sqrt(2) - 1) - pi/8",
    "atan(2) + atan(3) - 3*pi/4",
    "log(4) - 2*log(2)",
    "log(2 + sqrt(3)) + log(2 - sqrt(3))",
    "log1p(1) - log(8)/3",
    "exp(log(3)) - 3",
)


def number(text: str) -> Node:
    g = Graph()
    return components(parse(text, {}, g))[0]


@pytest.mark.parametrize("text", ZERO)
def test_a_number_that_is_zero_is_known_to_be(text: str) -> None:
    assert sign(number(text)) == 0
    assert sign(number(f"{text} + 1e-60")) == 1
    assert sign(number(f"({text}) - 1e-300*sqrt(2)")) == -1


def written(chance: random.Random, depth: int) -> tuple[str, Any]:
    """A random number, as text and as mpmath has it."""
    kind = chance.choice(["number", "cos", "root"] if depth == 0 else ["add", "sub", "mul", "root", "div", "cos"])
    if kind == "number":
        n, d = chance.randint(1, 9), chance.randint(1, 4)
        return f"({n}/{d})", mpmath.mpf(n) / d
    if kind == "cos":
        n, d = chance.randint(1, 11), chance.choice([3, 4, 5, 6, 8, 10, 12])
        f = chance.choice(["cos", "sin"])
        return f"{f}({n}*pi/{d})", getattr(mpmath, f)(n * mpmath.pi / d)
    a, x = written(chance, max(depth - 1, 0))
    if kind == "root":
        return (f"sqrt(({a})**2 + 1)", mpmath.sqrt(x**2 + 1))
    b, y = written(chance, depth - 1)
    if kind == "div":
        return f"({a})/(({b})**2 + 1)", x / (y**2 + 1)
    return {"add": (f"({a} + {b})", x + y), "sub": (f"({a} - {b})", x - y), "mul": (f"({a})*({b})", x * y)}[kind]


@pytest.mark.parametrize("seed", range(60))
def test_signs_of_random_numbers_are_those_at_300_digits(seed: int) -> None:
    chance = random.Random(seed)
    with mpmath.workdps(300):
        text, value = written(chance, 2)
        other, more = written(chance, 1)
        square = f"({text} + {other})**2 - ({text})**2 - 2*({text})*({other}) - ({other})**2"
        nearly = f"{text} - ({text})*(1 + 1e-40)"
        for made, v in ((text, value), (square, 0 * more), (nearly, -value * mpmath.mpf(10) ** -40)):
            expected = 0 if abs(v) < mpmath.mpf(10) ** -250 else int(mpmath.sign(v))
            assert sign(number(made)) in (expected, None), made


EQUAL = (
    ("atan(x) + atan(1/x)", "pi/2", "x > 0"),
    ("atan(x) + atan(1/x)", "-pi/2", "x < 0"),
    ("2*atan(x)", "atan(2*x/(1 - x**2))", "x > -1 and x < 1"),
    ("atan(sinh(x))", "2*atan(tanh(x/2))", "x > -10"),
    ("atan(exp(x)) + atan(exp(-x))", "pi/2", "x < 100"),
    ("atan(x) - atan((x - 1)/(x + 1))", "pi/4", "x > -1"),
    ("x**2 - 2*cos(pi/5)*x", "x*(x - (1 + sqrt(5))/2)", "x > -1"),
    ("x*sqrt(3 + 2*sqrt(2))", "x + sqrt(2)*x", "x > -1"),
    ("sqrt(x + 2*sqrt(x - 1))", "1 + sqrt(x - 1)", "x >= 1"),
    ("sqrt(x + sqrt(x**2 - 1))", "(sqrt(x + 1) + sqrt(x - 1))/sqrt(2)", "x > 1"),
)


@pytest.mark.parametrize(("a", "b", "given"), EQUAL)
def test_equations_by_slopes_squares_and_coefficients(a: str, b: str, given: str) -> None:
    for right, expected in ((b, "proved"), (f"{b} + 1e-40", "refuted"), (f"{b} + 1e-9*x", "refuted")):
        g = Graph()
        scope = {name: g.symbol(name) for name in names_in(a) if name == "x"}
        left, other, assumed = (parse(t, scope, g, boolean=t == given) for t in (a, right, given))
        assert decide_equal(left, other, Domain([assumed])).status == expected


@pytest.mark.parametrize(
    ("a", "b", "given"),
    [
        ("atan(x) + atan(1/x)", "pi/2", "x > -1"),  # its domain is cut at 0, and on the other side it is another number
        ("2*atan(x)", "atan(2*x/(1 - x**2))", "x > -2"),
        ("sqrt(x + 2*sqrt(x - 1))", "1 - sqrt(x - 1)", "x >= 1"),
    ],
)
def test_what_is_constant_on_parts_only_is_refuted(a: str, b: str, given: str) -> None:
    g = Graph()
    scope = {"x": g.symbol("x")}
    found = decide_equal(parse(a, scope, g), parse(b, scope, g), Domain([parse(given, scope, g, boolean=True)]))
    assert found.status == "refuted"
