"""What an operator is said to need is what its value needs: the table against the values."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.errors import UndefinedValue, Undetermined
from derive.expr.graph import Graph, Node
from derive.expr.operators import OPERATORS
from derive.language.reader import parse, to_text
from derive.numbers.balls import evaluate, rational, truth
from derive.numbers.definedness import culprit, need, needs, of_derivatives

VALUES = [Fraction(v) for v in ("-2", "-1", "-1/2", "0", "1/3", "1", "2", "5/2")]
SKIPPED = ("where", "select", "apply", "computed")  # branches, and what has no value of its own


@pytest.mark.parametrize("name", [n for n, o in OPERATORS.items() if o.arity in (1, 2) and n not in SKIPPED])
def test_a_node_has_a_value_just_where_its_need_holds(name: str) -> None:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    node = g.node(name, (x, y)[: OPERATORS[name].arity])
    asked = need(node)
    for a in VALUES:
        for b in VALUES:
            point = {x: rational(a), y: rational(b)}
            (found,) = evaluate([node], point)
            if isinstance(found, Undetermined):
                continue
            lacks = isinstance(found, UndefinedValue)
            if asked is None or truth(asked, point) is True:
                assert not lacks, (a, b)
            elif name != "pow":  # with a letter for its exponent a power has more values than its need says
                assert lacks, (a, b)


@pytest.mark.parametrize("power", ["2", "-1", "-3", "0.5", "1.5", "-0.5", "1/3", "-7/3"])
def test_a_power_has_a_value_just_where_its_need_holds(power: str) -> None:
    g = Graph()
    x = g.symbol("x")
    named = g.define("k", parse(power, {}, g))
    for exponent in (parse(power, {}, g), named):
        node = g.node("pow", (x, exponent))
        asked = need(node)
        for a in VALUES:
            (found,) = evaluate([node], {x: rational(a)})
            holds = asked is None or truth(asked, {x: rational(a)}) is True
            assert holds is not isinstance(found, UndefinedValue), a


@pytest.mark.parametrize(
    ("text", "point", "wanted"),
    [
        ("log(x)/y", {"x": 1, "y": 0}, "y != 0"),
        ("log(x)/y", {"x": 0, "y": 0}, "x > 0"),
        ("where(x > 0, log(x), 1/y)", {"x": -1, "y": 0}, "y != 0"),
        ("x**y", {"x": 0, "y": -1}, "x != 0"),
        ("x**1.5", {"x": -1, "y": 0}, "x >= 0"),
        ("x + y", {"x": 1, "y": 1}, None),
    ],
)
def test_what_is_lacking_at_a_point(text: str, point: dict[str, int], wanted: str | None) -> None:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in "xy"}
    found = culprit(parse(text, scope, g), {scope[n]: Fraction(v) for n, v in point.items()})
    assert (to_text(found) if found is not None else None) == wanted


def test_a_branch_needs_a_value_only_where_it_is_taken() -> None:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in "xyz"}
    found = needs(parse("sqrt(z)*where(x > 0, log(x), 1/y)", scope, g))
    assert sorted(map(to_text, found.values())) == ["x > 0", "z >= 0"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("d(log(x), x)", ["x > 0"]),
        ("d(sqrt(x)/y, x)", ["x > 0", "y != 0"]),
        ("d(where(x > 0, log(x), 0)*log(y), x)", ["y > 0"]),
        ("d(d(log(x), x), x)", ["x > 0"]),
        ("d(y*sqrt(x), y)", ["x >= 0"]),  # of what does not move no slope is asked
        ("d(y*sqrt(x*y), y)", ["x*y > 0"]),
        ("grad(y*sqrt(x), [x, y])", ["x > 0"]),
        ("log(x)", []),
        ("d(x + where(y > 0, log(z), 1), x)", ["z > 0 or y <= 0"]),  # a branch that stands still
        ("d(where(x > 0, log(z), 1), x)", []),
        ("d(x**y, x)", []),  # of which the derivative has a power, too
        ("d(x + z**2, x)", []),
    ],
)
def test_what_is_differentiated_needs_a_value(text: str, wanted: list[str]) -> None:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in "xyz"}
    assert sorted(map(to_text, of_derivatives([parse(text, scope, g)]))) == wanted


@pytest.mark.parametrize("base", [Fraction(-2), Fraction(0), Fraction(1, 2)])
@pytest.mark.parametrize("power", [Fraction(-1), Fraction(-1, 2), Fraction(0), Fraction(1, 2), Fraction(3)])
@pytest.mark.parametrize("text", ["y**z", "abs(y)**z"])
def test_a_power_that_stands_still_has_a_value_just_where_that_is_said(
    text: str, base: Fraction, power: Fraction
) -> None:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in "xyz"}
    (condition,) = of_derivatives([parse(f"d(x + {text}, x)", scope, g)])
    point = {scope["y"]: rational(base), scope["z"]: rational(power)}
    has_one = not isinstance(evaluate([parse(text, scope, g)], point)[0], UndefinedValue)
    assert evaluate([condition], point)[0] is has_one
