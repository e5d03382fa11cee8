"""lgamma and its derivatives: primitives that the engine takes for atoms with a domain."""

from __future__ import annotations

import pytest
import sympy as sp
from mpmath import mp, mpf
from mpmath import polygamma as other

from derive import from_sympy, to_sympy
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.names import names_in
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational


def read(text: str) -> Node:
    g = Graph()
    return parse(text, {n: g.symbol(n) for n in names_in(text) if n != "pi"}, g)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("d(lgamma(a + b) - lgamma(a) - lgamma(b), a) == digamma(a + b) - digamma(a)", "proved"),
        ("d(d(lgamma(x), x), x) == polygamma(1, x)", "proved"),
        ("lgamma(5) == log(24)", "proved"),
        ("lgamma(1/2) == log(pi)/2", "proved"),
        ("exp(lgamma(7/2)) == 15*sqrt(pi)/8", "proved"),
        ("lgamma(100) - lgamma(99) == log(99)", "proved"),
        ("beta(a + 1, b)/beta(a, b) == a/(a + b)", "proved-if"),
        ("beta(a, b) == beta(a + 1, b) + beta(a, b + 1)", "proved"),
        ("lgamma(x + 3) - lgamma(x + 1) == log(x + 2) + log(x + 1)", "proved"),
        ("lgamma(x + 3) - lgamma(x + 1) == log(x + 2) + log(x)", "refuted"),
        ("lgamma(x - 1) == lgamma(x) - log(x - 1)", "proved"),
        ("polygamma(1, x - 2) == polygamma(1, x) + 1/(x - 1)**2 + 1/(x - 2)**2", "proved-if"),
        ("digamma(5) - digamma(1) == 1 + 1/2 + 1/3 + 1/4", "proved"),
        # the one side has a value for x > -1, the other for x > 0
        ("digamma(x + 1) == digamma(x) + 1/x", "proved-if"),
        ("exp(lgamma(x + 1)) == x*exp(lgamma(x))", "proved-if"),
        ("lgamma(x + 1) == lgamma(x) + log(abs(x))", "proved-if"),
        ("digamma(x + 1) == digamma(x) - 1/x", "refuted"),
        ("lgamma(x + 1) > lgamma(x)", "refuted"),
        ("lgamma(x) == lgamma(y)", "refuted"),
        ("d(lgamma(x), x) == log(x)", "refuted"),
        ("digamma(1/2) < 0", "proved"),
        ("polygamma(1, x) > 0", "proved-if"),  # x > 0 is not stated
        ("polygamma(2, x) > 0", "refuted"),
        ("0*lgamma(x) == 0", "proved-if"),
    ],
)
def test_decided(text: str, status: str) -> None:
    assert decide_condition(read(text)).status == status


@pytest.mark.parametrize("text", ["convex(lgamma(x), x)", "increasing(digamma(x), x)"])
def test_their_course(text: str) -> None:
    g = Graph()
    x = g.symbol("x")
    assumed = [g.call("gt", x, g.zero)]
    assert decide_condition(parse(text, {"x": x}, g), Domain(assumed)).status == "proved"


@pytest.mark.parametrize("order", [0, 1, 2, 7, 20])
def test_values_beside_mpmath(order: int) -> None:
    g = Graph()
    n = g.call("polygamma", g.const(order), g.symbol("x"))
    for at in (1, 3, 40):
        (found,) = evaluate([n], {g.symbol("x"): rational(at)})
        with mp.workdps(40):
            assert abs(mpf(found.str(35, radius=False)) / other(order, at) - 1) < mpf(10) ** -30


@pytest.mark.parametrize("text", ["polygamma(x, 2)", "polygamma(1/2, x)", "polygamma(-1, x)", "polygamma(21, x)"])
def test_an_order_is_a_whole_number(text: str) -> None:
    with pytest.raises(ExpressionError, match="a whole number from 0 to 20"):
        read(text)


def test_sympy_has_them_by_its_names() -> None:
    x = sp.Symbol("x", positive=True)
    for f in (sp.loggamma(x), sp.digamma(x), sp.polygamma(3, x)):
        assert sp.simplify(to_sympy(from_sympy(f)) - f) == 0
