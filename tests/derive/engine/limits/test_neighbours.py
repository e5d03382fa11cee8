"""Limits by the ratio of neighbours, and by the theorem of Stolz and Cesaro, held to what is far out in floats."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from derive.calculus.reverse import expand_all
from derive.engine.domain import Domain
from derive.engine.limits.neighbours import by_neighbours
from derive.expr.graph import Graph
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational

FAR = 4_000


@pytest.mark.parametrize(
    ("text", "far", "within"),
    [
        ("2**n/factorial(n)", lambda n: 0.0, 1e-9),
        ("x**n/factorial(n)", lambda n: 0.0, 1e-9),
        ("factorial(n)/n**n", lambda n: 0.0, 1e-9),
        ("sum(1/k for k in range(1, n + 1))/log(n)", lambda n: (math.log(n) + 0.5772) / math.log(n), 0.1),
        ("sum(1/sqrt(k) for k in range(1, n + 1))/sqrt(n)", lambda n: sum(k**-0.5 for k in range(1, n)) / n**0.5, 0.05),
        ("sum(log(k) for k in range(1, n + 1))/(n*log(n))", lambda n: math.lgamma(n + 1) / (n * math.log(n)), 0.15),
    ],
)
def test_found(text: str, far: Callable[[int], float], within: float) -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("n", "x")}
    (f,) = expand_all([parse(text, scope, g)])
    found = by_neighbours(f, scope["n"], Domain())
    assert found is not None
    assert found.side == 0
    value = evaluate([found.value], {scope["x"]: rational(3)}, 64)[0]
    assert float(value) == pytest.approx(far(FAR), abs=within)


@pytest.mark.parametrize(
    "text",
    [
        "factorial(n)/2**n",
        "sum(1/k for k in range(1, n + 1))",
        "sum((-1)**k for k in range(0, n))/n**0",
        "sum(k for k in range(0, n))/(-1)**n",
    ],
)
def test_left_open(text: str) -> None:
    """What grows, and what is divided by something that does not rise."""
    g = Graph()
    n = g.symbol("n")
    (f,) = expand_all([parse(text, {"n": n}, g)])
    assert by_neighbours(f, n, Domain()) is None
