"""Monotony and convexity across kinks, and Lipschitz bounds, against differences on a fine grid."""

from __future__ import annotations

import random

import numpy as np
import pytest

from derive.engine import Decision
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph
from derive.language.names import names_in
from derive.language.reader import parse

FUNCTIONS = {
    "relu": lambda z: np.maximum(z, 0),
    "abs": np.abs,
    "sign": np.sign,
    "exp": np.exp,
    "sin": np.sin,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "where": np.where,
    "min": np.minimum,
    "max": np.maximum,
}


def decided(text: str, *given: str) -> Decision:
    g = Graph()
    scope = {n: g.symbol(n) for n in sorted({n for t in (text, *given) for n in names_in(t)})}
    first, *rest = (parse(t, scope, g, boolean=True) for t in (text, *given))
    return decide_condition(first, Domain(rest))


def at(text: str, grid: np.ndarray) -> np.ndarray:
    return np.broadcast_to(eval(text, {"__builtins__": {}}, {**FUNCTIONS, "x": grid}), grid.shape)  # our own text


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("increasing(x + sin(x), x)", "proved"),
        ("increasing(x + 1.1*sin(x), x)", "refuted"),
        ("decreasing(-x - 1.1*sin(x), x)", "refuted"),
        ("increasing(x*abs(x), x)", "proved"),
        ("increasing(elu(x), x)", "proved"),
        ("increasing(selu(x), x)", "proved"),
        ("increasing(softsign(x), x)", "proved"),
        ("increasing(leaky_relu(x), x)", "proved"),
        ("nondecreasing(sign(x), x)", "proved"),
        ("nondecreasing(indicator(x > 0), x)", "proved"),
        ("nondecreasing(hardtanh(x), x)", "proved"),
        ("nonincreasing(sign(x), x)", "refuted"),
        ("increasing(indicator(x > 0), x)", "refuted"),
        ("convex(exp(x)*relu(x), x)", "proved"),
        ("convex(where(x > 0, x**2, -x), x)", "proved"),
        ("convex(where(x > 0, x**2, x), x)", "refuted"),
        ("abs(silu(x) - silu(y)) <= 1.1*abs(x - y)", "proved"),
        ("abs(gelu(x) - gelu(y)) <= 1.13*abs(x - y)", "proved"),
        ("abs(softplus(x) - softplus(y)) <= abs(x - y)", "proved"),
        ("abs(silu(x) - silu(y)) <= abs(x - y)", "refuted"),
        ("abs(gelu(x) - gelu(y)) <= abs(x - y)", "refuted"),
    ],
)
def test_functions_of_textbooks(text: str, status: str) -> None:
    assert decided(text).status == status


PIECES = (
    "abs(x - 1)",
    "relu(x)",
    "relu(1 - x)",
    "sign(x)",
    "x*abs(x)",
    "max(x, 2*x - 1)",
    "min(x, 2)",
    "x**2",
    "x",
    "where(x > 1, x, 0)",
)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_proved_of_random_functions_is_so_on_a_grid(seed: int) -> None:
    chance = random.Random(seed)
    f = " + ".join(f"({chance.randint(-2, 3)})*{p}" for p in chance.sample(PIECES, chance.choice([2, 3])))
    low, high = chance.choice([(-3, 3), (0, 1), (-1, 2)])
    given = (f"x >= {low}", f"x <= {high}") if chance.random() < 0.5 else ()
    grid = np.linspace(low, high, 1201) if given else np.linspace(-8, 8, 6401)
    values = at(f, grid)
    steps, bends = np.diff(values), np.diff(values, 2)
    tiny = 1e-9
    for name, holds in (
        ("nondecreasing", (steps >= -tiny).all()),
        ("increasing", (steps > 0).all()),
        ("nonincreasing", (steps <= tiny).all()),
        ("convex", (bends >= -tiny).all()),
        ("concave", (bends <= tiny).all()),
    ):
        found = decided(f"{name}({f}, x)", *given)
        if found.status == "proved":
            assert holds, f"{name}({f}) on {given}"
        if found.status == "refuted" and name != "increasing":
            assert not holds, f"{name}({f}) on {given}"
