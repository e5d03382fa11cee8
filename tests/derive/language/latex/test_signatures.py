"""Definitions with variables: at other points they have other values."""

from __future__ import annotations

import pytest

from derive.calculus.reverse import expand_all
from derive.errors import ExpressionError
from derive.expr.graph import Graph
from derive.language.latex import read
from derive.language.latex.signatures import declare, signatures
from derive.language.reader import parse
from tests.derive.language.latex.sameness import same
from tests.derive.language.latex.test_refused import names, one


def test_a_definition_with_variables_is_taken_where_its_brackets_say() -> None:
    scope, g = names()
    assert one("g(x) = x^2 + y", scope, g, left="g").parts == ("x**2 + y",)
    scope["g"] = g.define("g", parse("x**2 + y", scope, g))
    for written, text in (
        ("g(x)", "g"),
        ("g(y)", "at(g, x=y)"),
        ("g'(y)", "at(d(g, x), x=y)"),
        ("g(x + 1) y", "at(g, x=x + 1)*y"),
        ("g(2)", "at(g, x=2)"),
        ("g(g(y))", "at(g, x=at(g, x=y))"),
    ):
        assert one(written, scope, g).parts == (text,)
    twice = expand_all([parse("at(g, x=at(g, x=y))", scope, g)])[0]
    assert same(twice, parse("(y**2 + y)**2 + y", scope, g))  # the free y is kept, what is bound is replaced
    with pytest.raises(ExpressionError, match=r"defined as g\(x\), and has 2 values"):
        read("g(x, y)", scope, g)


def test_a_definition_whose_variables_are_not_known_is_itself_and_that_is_told() -> None:
    scope, g = names()
    (note,) = one("f(y)", scope, g).notes
    assert "f(y) is read as f, which depends on x, too" in note
    assert not one("f(x, y)", scope, g).notes
    with pytest.raises(ExpressionError, match=r"f\(x\) and f\(y\): which are the variables of 'f'"):
        read("f(x) + f(y)", scope, g)


def test_what_is_declared_is_kept_on_the_graph_beside_the_rest() -> None:
    scope, g = names()
    declare(g, "f", [scope["y"]])
    assert signatures(g) == {"f": (scope["y"],)}
    assert one("f(y) + f(1)", scope, g).parts == ("f + at(f, y=1)",)
    g2 = names()[1]
    assert not signatures(g2)


def test_shapes_of_values_are_those_of_the_variables() -> None:
    scope, g = names()
    scope |= {"v": g.symbol("v", (2,)), "s": g.define("s", g.call("sum", g.symbol("v", (2,))))}
    declare(g, "s", [scope["v"]])
    assert one("s(2 v)", scope, g).parts == ("at(s, v=2*v)",)
    with pytest.raises(ExpressionError, match="'x' has another shape than v"):
        read("s(x)", scope, g)
    with pytest.raises(ExpressionError, match="a scalar by a scalar"):
        read("s'(v)", scope, g)


def test_gradients_at_points_and_their_transposes() -> None:
    g = Graph()
    scope = {"v": g.symbol("v", (2,)), "p": g.symbol("p", (2,)), "c": g.symbol("c"), "x": g.symbol("x")}
    scope["s"] = g.define("s", parse("v @ v/2 + c*v[0]", scope, g))
    for written, text in (
        (r"\nabla_v s(p)", "at(grad(s, v), v=p)"),
        (r"\nabla_v s(v)^\top p", "grad(s, v) @ p"),
        (r"\nabla_v s^\top p", "grad(s, v) @ p"),
        (r"p^\top \nabla_v^2 s(v) p", "p @ hessian(s, v) @ p"),
    ):
        assert one(written, scope, g).parts == (text,)
    for written, why in (
        (r"\nabla_c s (c - x)", "can be read as"),
        (r"\nabla s(p)", "no function of 'p'"),
        (r"s(v)^\top p", "transpose"),
    ):
        with pytest.raises(ExpressionError, match=why):
            read(written, scope, g)
    declare(g, "s", [scope["v"]])
    assert one(r"\nabla s(p)", scope, g).parts == ("at(grad(s, v), v=p)",)


def test_a_row_of_the_table_says_of_what_a_definition_is_a_function() -> None:
    scope, g = names()
    table = {"h(y)": "f"}
    assert one(r"\nabla h(y) (x + 1)", scope, g, names=table).parts == ("grad(f, y)*(x + 1)",)
    assert one("h(y)(1 - h(y))", scope, g, names=table).parts == ("f*(1 - f)",)
    assert one("f(1 + x)", scope, g, names=table).parts == ("at(f, y=1 + x)",)
