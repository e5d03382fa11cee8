"""Zeros of slopes in closed form: each is put into the slope again, in balls."""

from __future__ import annotations

import pytest

from derive.calculus.reverse import gradient
from derive.engine.domain import EVERYWHERE
from derive.engine.limits.oracle import Oracle
from derive.engine.limits.stationary import stationary
from derive.expr.folding import substitute
from derive.expr.graph import Graph
from derive.language.reader import parse
from derive.numbers.balls import evaluate


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("x**2 - 3*x", 1),
        ("x**3 - x", 2),
        ("x**3 - x**2/3 - 2*x", 2),
        ("x**3 + x", 0),
        ("x**3", 1),
        ("x/(3 + x**2)", 2),
        ("(x - 1)**2*(x + 2)**3", 3),
        ("x*exp(-x**2)", 2),
        ("exp(x) - 3*x", 1),
        ("exp(x) + 3*x", 0),
        ("x**2*log(x)", 1),
        ("x*log(x) + x*log(2)", 1),
        ("exp(2*x) - 5*exp(x) + 2*x", 2),
        ("x + 2/x", 2),
        ("x**5 + x**4 + x", 0),  # no such factor
        ("x*sin(x)", 0),
    ],
)
def test_slopes_vanish_there(text: str, count: int) -> None:
    g = Graph()
    x = g.symbol("x")
    f = parse(text, {"x": x}, g)
    found = stationary(f, x, Oracle(g, g.symbol("t'"), EVERYWHERE))
    assert len(set(found)) == count
    for p in found:
        (slope,) = evaluate([substitute(gradient(f, [x])[0], {x: p})], {}, 128)
        assert slope == 0 or slope.contains(0)
