"""How an expression is written, whatever the order of what may stand in any order."""

from __future__ import annotations

import pytest

from derive.expr.graph import Graph
from derive.language.names import names_in
from derive.language.reader import parse
from derive.repair.search import Forms


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("sqrt(v + eps)", "sqrt(eps + v)", True),
        ("2*v*exp(eps + 1 + v)", "v*exp(1 + v + eps)*2", True),
        ("a*(b + c)", "a*b + a*c", False),  # the same, written otherwise
        ("v - eps", "eps - v", False),
        ("v/eps", "eps/v", False),
        ("v**eps", "eps**v", False),
    ],
)
def test_orders(one: str, other: str, same: bool) -> None:
    g, form = Graph(), Forms()
    scope = {n: g.symbol(n) for n in names_in(one)}
    assert (form(parse(one, scope, g)) == form(parse(other, scope, g))) is same


def test_of_a_name_its_definition() -> None:
    g, form = Graph(), Forms()
    x = g.symbol("x")
    assert form(g.define("f", g.add(x, g.one))) == form(g.add(g.one, x))
