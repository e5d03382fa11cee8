"""norm(w, p) with a letter p: derivative, sign, special cases, convexity; each claim beside one, close by, that is false."""

from __future__ import annotations

import random

import mpmath
import pytest

from derive.calculus.reverse import expand
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational


def decide(claim: str, *assuming: str) -> str:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("p", "q", "c", "x", "a")} | {
        "w": g.symbol("w", (2,)),
        "one": g.symbol("one", (1,)),
    }
    scope["A"] = g.symbol("A", (3, 2))
    return decide_condition(parse(claim, scope, g), Domain(parse(h, scope, g) for h in assuming)).status


@pytest.mark.parametrize(
    ("claim", "assuming", "status"),
    [
        ("convex(norm(w, p), w)", ("p >= 1",), "proved"),
        ("convex(norm(w, p), w)", ("p > 1/2",), "refuted"),
        ("convex(norm(w, 3), w)", (), "proved"),
        ("convex(norm(w, 1/2), w)", (), "refuted"),
        ("convex(norm(A @ w, p)**2 + norm(w, 1), w)", ("p >= 1",), "proved"),
        ("convex((abs(x)**3 + abs(a)**3)**(1/2), x)", (), "undecided"),  # no norm
        ("norm(w, p) >= 0", ("p >= 1",), "proved"),
        ("norm(w, p) > 0", ("p >= 1", "w != 0"), "proved"),
        ("norm(w, p) > 0", ("p >= 1",), "proved-if"),
        ("at(norm(w, p), p=1) == norm(w, 1)", (), "proved"),
        ("at(norm(w, p), p=2) == norm(w)", (), "proved"),
        ("norm(one, p) == abs(one[0])", ("p >= 1",), "proved"),
        (
            "d(norm(w, p), w[0]) == sign(w[0])*abs(w[0])**(p - 1)*norm(w, p)**(1 - p)",
            ("p > 1", "all(w != 0)"),
            "proved",
        ),
        ("d(norm(w, p), w[0]) == abs(w[0])**(p - 1)*norm(w, p)**(1 - p)", ("p > 1", "all(w != 0)"), "refuted"),
    ],
)
def test_claims(claim: str, assuming: tuple[str, ...], status: str) -> None:
    assert decide(claim, *assuming) == status


@pytest.mark.parametrize("order", ["1", "3/2", "2", "7/3", "5"])
def test_values_and_slopes_are_those_of_mpmath(order: str) -> None:
    g, draw = Graph(), random.Random(order)
    w = g.symbol("w", (3,))
    value = parse(f"norm(w, {order})", {"w": w}, g)
    slope = expand(parse(f"d(norm(w, {order}), w)", {"w": w}, g))
    at = [draw.choice([-1, 1]) * draw.randint(1, 30) for _ in range(3)]
    numbers = dict(zip(components(w), map(rational, at), strict=True))
    p = mpmath.fdiv(*map(int, (order + "/1").split("/")[:2]))

    def norm(*x: mpmath.mpf) -> mpmath.mpf:
        return sum(abs(v) ** p for v in x) ** (1 / p)

    wanted = [
        norm(*at),
        *(mpmath.diff(norm, tuple(map(mpmath.mpf, at)), tuple(int(i == k) for i in range(3))) for k in range(3)),
    ]
    found = evaluate([*components(value), *components(slope)], numbers, 128)
    for a, b in zip(found, wanted, strict=True):
        assert abs(float(a) - float(b)) < 1e-7 * (1 + abs(float(b)))  # mpmath differentiates by differences
