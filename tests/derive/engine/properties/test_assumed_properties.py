"""Properties among the assumptions: what follows from them is proved, and a point that refutes has to have them."""

from __future__ import annotations

import pytest

from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph, Node
from derive.language import abstract
from derive.language.reader import parse


def decide(claim: str, *assuming: str) -> str:
    g = Graph()
    s: dict[str, Node] = {n: g.symbol(n) for n in ("x", "t", "a", "c", "s", "lam")}
    s |= {"w": g.symbol("w", (2,)), "A": g.symbol("A", (2, 2)), "B": g.symbol("B", (2, 2))}
    s["phi"] = abstract.function(g, "phi", 1)
    return decide_condition(parse(claim, s, g), Domain(parse(a, s, g) for a in assuming)).status


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("convex(phi(x) + x**2, x)", ("convex(phi(x), x)",)),
        ("convex(3*phi(2*x - 1), x)", ("convex(phi(t), t)",)),
        ("concave(0 - phi(x), x)", ("convex(phi(x), x)",)),
        ("convex(sum(phi(w[i]) for i in 2), w)", ("convex(phi(t), t)",)),
        ("convex(phi(exp(x)), x)", ("convex(phi(t), t)", "increasing(phi(t), t)")),
        ("phi(x, d=2) >= 0", ("convex(phi(x), x)",)),
        ("increasing(phi(x) + x, x)", ("nondecreasing(phi(x), x)",)),
        ("nondecreasing(phi(phi(x)), x)", ("increasing(phi(t), t)",)),
        ("decreasing(0 - phi(x), x)", ("increasing(phi(x), x)",)),
        ("minimizer(phi(x), x, a)", ("convex(phi(x), x)", "phi(a, d=1) == 0")),
        ("A[0, 0] > 0", ("positive_definite(A)",)),
        ("det(A) > 0", ("positive_definite(A)",)),
        ("positive_definite(A + B.T @ B)", ("positive_definite(A)",)),
        ("positive_semidefinite(B.T @ A @ B)", ("positive_definite(A)",)),
        ("positive_definite(inv(A))", ("positive_definite(A)",)),
        ("c >= 0", ("convex(c*x**2, x)",)),
        ("implies(convex(phi(x), x), convex(2*phi(x), x))", ()),
    ],
)
def test_what_follows_is_proved(claim: str, assuming: tuple[str, ...]) -> None:
    assert decide(claim, *assuming) == "proved"


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("convex(phi(x), x)", ()),
        ("convex(phi(x), x)", ("increasing(phi(x), x)",)),
        ("convex(0 - phi(x), x)", ("convex(phi(x), x)",)),
        ("A[0, 1] > 0", ("positive_definite(A)",)),
        ("positive_definite(A - B)", ("positive_definite(A)", "positive_definite(B)")),
        ("c > 2", ("convex(c*x**2, x)",)),
    ],
)
def test_what_does_not_is_refuted_where_they_hold(claim: str, assuming: tuple[str, ...]) -> None:
    assert decide(claim, *assuming) == "refuted"


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("convex(phi(x**2), x)", ("convex(phi(t), t)",)),  # exp(-...)? it need not rise: nothing is claimed
        ("positive_definite(A @ A)", ("positive_semidefinite(A)",)),
        ("convex(phi(x)**2, x)", ("convex(phi(x), x)", "x > 0")),
    ],
)
def test_no_more_than_follows_is_proved(claim: str, assuming: tuple[str, ...]) -> None:
    assert decide(claim, *assuming) != "proved"
