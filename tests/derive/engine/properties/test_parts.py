"""Conditions by their parts, and refuted at irrational points; held to brute force on points and roots that numpy finds."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from derive.engine import Decision
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition, decide_somewhere
from derive.expr.graph import Graph, Node
from derive.language.names import names_in
from derive.language.reader import parse
from derive.numbers.balls import rational, truth

NAMES = ("x", "y")


def read(text: str, *given: str) -> tuple[Node, Domain]:
    g = Graph()
    names = sorted({n for t in (text, *given) for n in names_in(t)} - {"pi"})
    scope = {n: g.symbol(n) for n in names}
    first, *rest = (parse(t, scope, g, boolean=True) for t in (text, *given))
    return first, Domain(rest)


def decided(text: str, *given: str) -> Decision:
    return decide_condition(*read(text, *given))


@pytest.mark.parametrize(
    "text",
    [
        "log(exp(a)) == a and log(exp(b)) == b",
        "implies(a > 0, log(a**2) == 2*log(a))",
        "implies(x > 1, log(x) > 0)",
        "implies(x > 0 and y > 0, log(x*y) == log(x) + log(y))",
        "iff(exp(x) == 1 + x, x == 0)",
        "iff(exp(x) > 1, x > 0) and exp(a)*exp(-a) == 1",
        "implies(x > 0, atan(x) + atan(1/x) == pi/2)",
        "log(4) == 2*log(2) and sqrt(8) == 2*sqrt(2)",
        "log(4) >= 2*log(2)",
        "sqrt(2) + sqrt(3) <= sqrt(5 + 2*sqrt(6))",
    ],
)
def test_each_part_is_proved(text: str) -> None:
    assert decided(text).status == "proved"


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("iff(-log(s) + s**2/2 - 1/2 == 0, s == 1)", ["s > 0"]),
        ("iff(s - 1 - log(s) == 0, s == 1)", ["s > 0"]),
        ("iff(p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) == 0, p == q)", ["p > 0", "p < 1", "q > 0", "q < 1"]),
    ],
)
def test_equality_cases(text: str, given: list[str]) -> None:
    assert decided(text, *given).status == "proved"
    assert decided(text.replace("s == 1", "s == 2").replace("p == q", "p == q/2"), *given).status == "refuted"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("log(4) != 2*log(2)", ""),
        ("sqrt(2) < sqrt(2)", ""),
        ("x**2 != 2", " at x = sqrt(2)"),
        ("x**3 != 5", " at x = 5**(1/3)"),
        ("exp(x) != 2", " at x = log(2)"),
        ("sin(x) != 1", " at x = pi/2"),
        ("cos(x) > -1", " at x = pi"),
        ("implies(x**2 == 2, x**4 == 5)", " at x = sqrt(2)"),
        ("not (x**2 == 2 and x < 0)", " at x = -sqrt(2)"),
    ],
)
def test_what_fails_at_irrational_points_alone_is_refuted(text: str, at: str) -> None:
    found = decided(text)
    assert (found.status, str(found)) == ("refuted", f"does not hold{at}")


def test_a_strict_inequality_that_fails_at_a_root_is_told_by_its_symbols() -> None:
    found = decided("(x**2 - 2)**2 > 0")
    assert (found.status, str(found)) == ("proved-if", "holds if x**2 != 2; does not hold at x = sqrt(2)")
    found = decided("(log(x) - 1)**2 > 0", "x > 0")
    assert (found.status, str(found)) == ("proved-if", "holds if log(x) != 1; does not hold at x = 2.71828182846...")


def test_there_is_a_point_that_is_irrational() -> None:
    condition, domain = read("x**2 == 2", "x >= 1", "x <= 2")
    assert str(decide_somewhere(condition, domain)) == "holds at x = sqrt(2)"
    assert decide_somewhere(*read("x**2 == 2", "x >= 0", "x <= 1")).status == "refuted"


@pytest.mark.parametrize("seed", range(40))
def test_roots_are_found_where_there_are_any(seed: int) -> None:
    chance = random.Random(seed)
    roots = chance.sample(range(2, 8), 2)
    factors = [f"(x**{chance.choice([2, 3])} {chance.choice('+-')} {r})" for r in roots]
    power = chance.choice([1, 2])
    text = f"{factors[0]}**{power}*{factors[1]}"
    low, high = sorted(chance.sample(range(-3, 4), 2))
    found = decided(f"{text} != 0", f"x >= {low}", f"x <= {high}")
    polys = [np.poly1d([1, *[0] * (int(f[4]) - 1), int(f[6:-1].replace(" ", ""))]) for f in factors]
    tiny = 1e-9
    real = [z for p in polys for z in p.roots if abs(z.imag) < tiny and low - tiny <= z.real <= high + tiny]
    # an inequation that fails at its roots is wrong, or told with the factors that must not vanish
    assert found.status in (("refuted", "proved-if") if real else ("proved",)), (text, low, high)


COMPARED = (
    "x > 0",
    "x < y",
    "x**2 > y",
    "x == y",
    "x*y <= 1",
    "y >= 1",
    "x**2 != 1",
    "exp(x) > 1",
    "log(y) > 0",
    "x + y == 1",
)
POINTS = [Fraction(v) for v in ("-2", "-1", "-1/2", "0", "1/3", "1/2", "1", "3/2", "2", "7")]


@pytest.mark.parametrize("seed", range(60))
def test_random_conditions_are_as_their_points_say(seed: int) -> None:
    chance = random.Random(seed)
    a, b, c = chance.sample(COMPARED, 3)
    text = chance.choice(
        ["implies({} and {}, {})", "iff({}, {}) or {}", "implies({}, {} or {})", "not ({} and {}) or {}"]
    ).format(a, b, c)
    condition, _ = read(text)
    found = decide_condition(condition)
    symbols = {n.attr: n for n in [condition.graph.symbol(n) for n in NAMES]}
    values = [
        truth(condition, {symbols["x"]: rational(x), symbols["y"]: rational(y)}) for x, y in product(POINTS, POINTS)
    ]
    if found.status == "proved":
        assert False not in values, text
    if False in values:
        assert found.status == "refuted" or found.status == "proved-if", (text, found)


@pytest.mark.parametrize(
    "line", ["minimizer(x**2, x, 1) or x < 1", "implies(x > 0, convex(1/x, x))", "x >= 0 or increasing(x**2, x)"]
)
def test_a_premise_about_the_variable_of_a_property_is_no_domain(line: str) -> None:
    found = decided(line)
    assert found.status == "undecided"
    assert "among the assumptions" in str(found)
