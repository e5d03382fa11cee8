"""A definition in a loop whose variable has a name that it is written with: refused, or put in by name."""

from __future__ import annotations

import ast

import pytest

from derive.calculus.reverse import expand_all
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.hidden import hidden
from derive.language.reader import parse
from derive.numbers.balls import evaluate


def scope() -> tuple[Graph, dict[str, Node]]:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    f = g.define("f", g.mul(x, y))
    return g, {"x": x, "y": y, "f": f, "h": g.define("h", g.add(f, g.one))}


@pytest.mark.parametrize(
    ("text", "column", "name"),
    [
        ("expect(f for x in normal(0, 1))", 7, "x"),
        ("sum(h*x for x in 3)", 4, "x"),  # by way of f
        ("sum(sum(f for k in 3) for y in 2)", 8, "y"),
        ("sum(f(y=2) for x in 3)", 4, "x"),
        ("expect(d(f, x) for x in normal(0, 1))", 9, "x"),
        ("sum(x*sum(f for x in 2) for x in 3)", 10, "x"),
    ],
)
def test_what_has_two_readings_is_refused(text: str, column: int, name: str) -> None:
    g, names = scope()
    with pytest.raises(ExpressionError, match=f"defined with the '{name}' of the case") as e:
        parse(text, names, g)
    assert e.value.offset == column


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("sum(f(x=k) for k in 3)", "3*y"),
        ("sum(f(x=x) for x in 3)", "3*y"),
        ("sum(f(x=x + 1) for x in 3)", "6*y"),
        ("f + sum(x for x in 3)", "f + 3"),
        ("sum(f*k for k in 3)", "3*f"),
        ("sum(f(x=x, y=y) for x in 3 for y in 2)", "3"),
        ("expect(f(x=x) for x in normal(2, 1))", "2*y"),
    ],
)
def test_what_is_put_in_by_name_is_meant(text: str, same: str) -> None:
    g, names = scope()
    for x, y in ((3, 5), (-2, 7)):
        both = [parse(f"at({t}, x={x}, y={y})", names, g) for t in (text, same)]
        left, right = evaluate(expand_all(both), {}, 64)
        assert left == right


def test_only_names_that_mean_something_are_hidden() -> None:
    _, names = scope()
    assert hidden(ast.parse("sum(sum(x for x in 3) for k in 2) + y"), names) == {"x": names["x"]}
