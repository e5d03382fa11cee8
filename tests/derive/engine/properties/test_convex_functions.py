"""What every convex function satisfies, and what one of them does not."""

from __future__ import annotations

import pytest

from derive.engine import Decision
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph, Node
from derive.language import abstract
from derive.language.reader import parse

CONVEX = "convex(phi(x), x)"
CONCAVE = "concave(phi(x), x)"


def decided(claim: str, *assuming: str) -> Decision:
    g = Graph()
    s: dict[str, Node] = {n: g.symbol(n) for n in ("x", "y", "z", "t", "c")}
    s["phi"] = abstract.function(g, "phi", 1)
    return decide_condition(parse(claim, s, g), Domain(parse(a, s, g) for a in assuming))


SHARE = ("0 <= t", "t <= 1")


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("phi(t*x + (1 - t)*y) <= t*phi(x) + (1 - t)*phi(y)", (CONVEX, *SHARE)),
        ("phi(t*x + (1 - t)*y) >= t*phi(x) + (1 - t)*phi(y)", (CONCAVE, *SHARE)),
        ("phi((x + y + z)/3) <= (phi(x) + phi(y) + phi(z))/3", (CONVEX,)),
        ("phi(y) >= phi(x) + phi(x, d=1)*(y - x)", (CONVEX,)),
        ("phi(y) <= phi(x) + phi(x, d=1)*(y - x)", (CONCAVE,)),
        ("(phi(x, d=1) - phi(y, d=1))*(x - y) >= 0", (CONVEX,)),
        ("phi(x) + phi(y) + 1 > 2*phi((x + y)/2)", (CONVEX,)),
    ],
)
def test_it_lies_above_its_tangents(claim: str, assuming: tuple[str, ...]) -> None:
    assert decided(claim, *assuming).status == "proved"


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("phi(t*x + (1 - t)*y) >= t*phi(x) + (1 - t)*phi(y)", (CONVEX, *SHARE)),
        ("phi(t*x + (1 - t)*y) <= t*phi(x) + (1 - t)*phi(y)", (CONCAVE, *SHARE)),
        ("phi(t*x + (1 - t)*y) <= t*phi(x) + (1 - t)*phi(y)", (CONVEX,)),  # t outside of 0 to 1
        ("phi(y) <= phi(x) + phi(x, d=1)*(y - x)", (CONVEX,)),
        ("phi(x) >= 0", (CONVEX,)),
    ],
)
def test_an_example_with_the_assumed_property_refutes(claim: str, assuming: tuple[str, ...]) -> None:
    found = decided(claim, *assuming)
    assert found.status == "refuted"
    assert str(found).startswith("for phi(t) = ")


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("phi((x + y)/2) <= (phi(x) + phi(y))/2", (CONVEX, "x > 0")),  # convex on x > 0 only, and y is anywhere
        ("phi(x)*phi(y) >= phi((x + y)/2)**2", (CONVEX, "phi(y) >= 0", "phi(x) >= 0")),
        ("phi((x + y)/2) < (phi(x) + phi(y))/2", (CONVEX, "x != y")),  # phi may be affine
    ],
)
def test_what_does_not_follow_is_not_proved(claim: str, assuming: tuple[str, ...]) -> None:
    assert decided(claim, *assuming).status != "proved"
