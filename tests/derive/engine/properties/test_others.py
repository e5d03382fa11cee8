"""What a property needs of the symbols that are not its variables is told with whatever is proved of it."""

from __future__ import annotations

import pytest

from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph
from derive.language.printing import to_text
from derive.language.reader import parse


def decide(claim: str, *assuming: str) -> Decision:
    g = Graph()
    shapes = {"w": (2,), "v": (2,), "Q": (2, 2), "P": (2, 2)}
    names = {n: g.symbol(n, shapes.get(n, ())) for n in ("x", "a", "b", "q", *shapes)}
    names["z"] = g.define("z", parse("log(q)", names, g))
    return decide_condition(parse(claim, names, g), Domain(parse(a, names, g) for a in assuming))


def conditions(claim: str, *assuming: str) -> list[str]:
    found = decide(claim, *assuming)
    assert found.status == "proved", str(found)
    return sorted(map(to_text, found.conditions))


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("grows_at_most(x/a, x, x)", ["a != 0"]),
        ("grows_at_most(sqrt(a)*x, x, x)", ["a >= 0"]),
        ("grows_slower(log(x) + log(a), x, x)", ["a > 0"]),
        ("convex(x**2 + log(a), x)", ["a > 0"]),
        ("convex(sum(w**2) + sum(log(v)), w)", ["v > 0"]),
        ("convex(w[0]**2 + 1/w[1], w[0])", ["w[1] != 0"]),
        ("increasing(x + sqrt(a), x)", ["a >= 0"]),
        ("continuous(x/a, x)", ["a != 0"]),
        ("differentiable(x*log(a), x)", ["a > 0"]),
        ("smooth(x/a, x)", ["a != 0"]),
        ("stationary((x - b/a)**2, x, b/a)", ["a != 0"]),
        ("minimizer((x - 1)**2 + log(a), x, 1)", ["a > 0"]),
        ("unique_minimizer(x**2 + 1/a, x, 0)", ["a != 0"]),
        ("subdifferential(abs(x) + log(a), x, 0) == interval(-1, 1)", ["a > 0"]),
        ("rank([[1/a, 0], [0, 1]]) == 2", ["a != 0"]),
        ("positive_definite([[1, 0], [0, exp(1/a)]])", ["a != 0"]),
        ("not convex(-x**2*(1 + sqrt(a)), x)", ["a >= 0"]),
        ("convex(x**2 + where(b > 0, log(a), 0), x)", ["a > 0 or b <= 0"]),
        ("convex(x**2 + where(a > 1, log(a), 0), x)", []),
        ("convex(sum(w**2) + sum(where(v > 1, log(v), sqrt(v))), w)", ["v >= 0 or v > 1"]),
        ("convex(x**2 + where(b > 0, log(a), 1/(a - 1) + log(a)), x)", ["a != 1 or b > 0", "a > 0"]),
    ],
)
def test_what_the_other_symbols_have_to_be(claim: str, told: list[str]) -> None:
    assert conditions(claim) == told


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("grows_at_most(x/a, x, x)", ["a > 2"]),
        ("convex(-log(x), x)", []),  # where it has a value
        ("convex(z**2, z)", []),  # whatever z is defined as
        ("minimizer(w @ Q @ w/2 - v @ w, w, inv(Q) @ v)", ["positive_definite(Q)"]),
        ("positive_definite(inv(Q) + P)", ["positive_definite(Q)", "positive_definite(P)"]),
    ],
)
def test_no_condition_that_is_assumed_or_about_the_variables(claim: str, assuming: list[str]) -> None:
    assert conditions(claim, *assuming) == []


def test_of_what_never_has_a_value_nothing_is_said() -> None:
    found = decide("convex(x**2 + log(-1 - a**2), x)")
    assert found.status == "undecided"
    assert found.empty
