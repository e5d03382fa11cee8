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
    s |= {n: g.symbol(n) for n in ("mu", "L", "eta")}
    s |= {n: g.symbol(n, (2,)) for n in ("u", "v", "w")}
    s["phi"], s["f"] = abstract.function(g, "phi", 1), abstract.of_vector(g, "f", 2)
    return decide_condition(parse(claim, s, g), Domain(parse(a, s, g) for a in assuming))


STRONG = "convex(phi(z) - mu*z**2/2, z)"
SMOOTH = "convex(L*z**2/2 - phi(z), z)"
STRONG_OF_VECTORS = "convex(f(w) - mu/2*w @ w, w)"
SMOOTH_OF_VECTORS = "convex(L/2*w @ w - f(w), w)"


SHARE = ("0 <= t", "t <= 1")


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("phi(t*x + (1 - t)*y) <= t*phi(x) + (1 - t)*phi(y)", (CONVEX, *SHARE)),
        ("phi(t*x + (1 - t)*y) >= t*phi(x) + (1 - t)*phi(y)", (CONCAVE, *SHARE)),
        ("phi((x + y + z + t + c)/5) <= (phi(x) + phi(y) + phi(z) + phi(t) + phi(c))/5", (CONVEX,)),
        ("phi((x + y + z)/3) <= (phi(x) + phi(y) + phi(z))/3", (CONVEX,)),
        ("phi(y) >= phi(x) + phi(x, d=1)*(y - x)", (CONVEX,)),
        ("phi(y) <= phi(x) + phi(x, d=1)*(y - x)", (CONCAVE,)),
        ("(phi(x, d=1) - phi(y, d=1))*(x - y) >= 0", (CONVEX,)),
        ("phi(x) + phi(y) + 1 > 2*phi((x + y)/2)", (CONVEX,)),
        # strong convexity, and a Lipschitz slope
        ("phi(y) >= phi(x) + phi(x, d=1)*(y - x) + mu/2*(y - x)**2", (STRONG,)),
        ("phi(y) <= phi(x) + phi(x, d=1)*(y - x) + L/2*(y - x)**2", (SMOOTH,)),
        ("(phi(y, d=1) - phi(x, d=1))*(y - x) >= mu*(y - x)**2", (STRONG,)),
        ("phi((x + y)/2) <= (phi(x) + phi(y))/2 - mu/8*(x - y)**2", (STRONG,)),
        ("phi(x, d=1)**2 >= 2*mu*(phi(x) - phi(y))", (STRONG, "mu > 0")),
        ("phi(y) >= phi(x) + mu/2*(y - x)**2", (STRONG, "phi(x, d=1) == 0")),
        ("phi(x - phi(x, d=1)/L) <= phi(x) - phi(x, d=1)**2/(2*L)", (SMOOTH, "L > 0")),
        (
            "phi(x - phi(x, d=1)/L) - phi(y) <= L/2*((x - y)**2 - (x - phi(x, d=1)/L - y)**2)",
            ("convex(phi(z), z)", SMOOTH, "L > 0"),
        ),
        (
            "phi(y) >= phi(x) + phi(x, d=1)*(y - x) - (y - x)**2/(2*eta)",
            ("convex(phi(z) + z**2/(2*eta), z)", "eta > 0"),
        ),
        # of vectors
        ("f(v) >= f(u) + f(u, d=1) @ (v - u)", ("convex(f(w), w)",)),
        ("f(v) <= f(u) + f(u, d=1) @ (v - u) + L/2*norm(v - u)**2", (SMOOTH_OF_VECTORS,)),
        ("f(u - f(u, d=1)/L) <= f(u) - norm(f(u, d=1))**2/(2*L)", (SMOOTH_OF_VECTORS, "L > 0")),
        ("norm(f(u, d=1))**2 >= 2*mu*(f(u) - f(v))", (STRONG_OF_VECTORS, "mu > 0")),
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
        ("phi(x, d=1)**2 >= 3*mu*(phi(x) - phi(y))", (STRONG, "mu > 0")),
        ("phi(x, d=1)**2 >= 2*mu*(phi(x) - phi(y))", (STRONG,)),  # mu may be negative
        ("phi(x - phi(x, d=1)/L) <= phi(x) - phi(x, d=1)**2/L", (SMOOTH, "L > 0")),
        ("phi(y) >= phi(x) + phi(x, d=1)*(y - x)", ("convex(phi(x) + abs(x), x)",)),
        # f(z) - log(z) is convex where it has a value, and the claim is of what has one for all numbers
        ("phi(y) - phi(x) - phi(x, d=1)*(y - x) >= log(y) - log(x) - (y - x)/x", ("convex(phi(z) - log(z), z)",)),
        ("f(v) >= f(u) + f(u, d=1) @ (v - u)", (SMOOTH_OF_VECTORS, "L > 0")),
    ],
)
def test_what_does_not_follow_is_not_proved(claim: str, assuming: tuple[str, ...]) -> None:
    assert decided(claim, *assuming).status != "proved"
