"""Abstract functions of vectors: the chain rule, derivatives as symbols, expansions; each claim beside one that is false."""

from __future__ import annotations

import pytest

from derive.calculus.reverse import expand
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language import abstract
from derive.language.reader import parse, to_text
from derive.language.typeset import latex


def scope(g: Graph) -> dict[str, Node]:
    shapes = {"w": (2,), "u": (2,), "x": (3,), "A": (2, 3), "one": (1,), "t": ()}
    names = {n: g.symbol(n, s) for n, s in shapes.items()}
    names["f"], names["F"] = abstract.of_vector(g, "f", 2), abstract.of_vector(g, "F", 2, 3)
    names["k"], names["phi"] = abstract.of_vector(g, "k", 1), abstract.function(g, "phi", 1)
    return names


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("d(f(A @ x), x) == A.T @ f(A @ x, d=1)", "proved"),
        ("d(f(A @ x), x) == A.T @ f(w, d=1)", "refuted"),
        ("hessian(f(A @ x), x) == A.T @ f(A @ x, d=2) @ A", "proved"),
        ("grad(f(w), w) == f(w, d=1)", "proved"),
        ("grad(f(w), w) == 2*f(w, d=1)", "refuted"),
        ("jacobian(F(w), w) == F(w, d=1)", "proved"),
        ("d(norm(F(w))**2/2, w) == F(w, d=1).T @ F(w)", "proved"),
        ("d(phi(f(w)), w) == phi(f(w), d=1)*f(w, d=1)", "proved"),
        ("d(f(F(w)[0:2]), w) == F(w, d=1)[0:2].T @ f(F(w)[0:2], d=1)", "proved"),
        ("f(w, d=2) == f(w, d=2).T", "proved"),
        ("at(d(f(w + t*u), t), t=0) == f(w, d=1) @ u", "proved"),
        ("at(d(d(f(w + t*u), t), t), t=0) == u @ f(w, d=2) @ u", "proved"),
        ("at(d(d(f(w + t*u), t), t), t=0) == u @ f(w, d=2) @ u/2", "refuted"),
        ("f(w[0], w[1]) == f(w)", "proved"),
        ("F(w)[0] == F(w)[1]", "refuted"),  # nothing is said of how they hang together
        ("d(k(one), one[0]) == k(one, d=1)[0]", "proved"),
        ("f(w) == f(u)", "refuted"),
        # of what has no value at 0 no function has one
        ("d(f(w/norm(w)), w) @ w == 0", "proved"),
        ("d(k(one/norm(one)), one) @ one == 0", "proved-if"),
        ("d(phi(t/abs(t)), t) == 0", "proved-if"),
    ],
)
def test_claims(claim: str, status: str) -> None:
    g = Graph()
    made = parse(claim, scope(g), g)
    assert parse(to_text(made), scope(g), g) is made
    assert latex(made)
    assert decide_condition(made, Domain(())).status == status


def test_the_text_of_what_comes_out_is_read_back() -> None:
    g = Graph()
    for text in ("F(w, d=1)", "hessian(F(w)[2], w)", "f(w, d=2)"):
        made = expand(parse(text, scope(g), g))
        assert parse(to_text(made), scope(g), g) is made
    assert to_text(parse("F(w, d=1)[2, 1]", scope(g), g)) == "F(w[0], w[1], d=[0, 1])[2]"
    assert latex(parse("F(w)[2]", scope(g), g)).startswith("F_{3}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("f(x)", r"f takes a vector of 2 entries, and this has shape \[3\]"),
        ("f(t)", "this has shape scalar"),
        ("f(A)", "this has shape"),
        ("f(t, t, t)", "takes 2 arguments"),
        ("f(w, d=3)", "d=1, its gradient, or d=2, its Hessian"),
        ("f(w, d=-1)", "d=1, its gradient"),
        ("f(w, d=[1, 0])", "d=1, its gradient"),
        ("f(w, k=1)", "d=1, its gradient"),
        ("F(w, d=2)", "d=1, its Jacobian"),
    ],
)
def test_faults(text: str, fault: str) -> None:
    g = Graph()
    with pytest.raises(ExpressionError, match=fault):
        parse(text, scope(g), g)


@pytest.mark.parametrize(("entries", "values"), [(0, 0), (11, 0), (2, 11)])
def test_sizes_out_of_reach(entries: int, values: int) -> None:
    with pytest.raises(ExpressionError, match="it may have 1 to 10"):
        abstract.of_vector(Graph(), "f", entries, values)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("limit((f(w + h*u) - f(w))/h, h, 0) == f(w, d=1) @ u", "true"),
        ("limit((f(w + h*u) - f(w) - h*f(w, d=1) @ u)/h**2, h, 0) == u @ f(w, d=2) @ u/2", "true"),
        ("limit((f(w + h*u) - f(w) - h*f(w, d=1) @ u)/h**2, h, 0) == u @ f(w, d=2) @ u", "false"),
        ("limit((f(w + h*u) - 2*f(w) + f(w - h*u))/h**2, h, 0) == u @ f(w, d=2) @ u", "true"),
    ],
)
def test_taylor(claim: str, verdict: str) -> None:
    from verify import prove

    assert prove(claim, shapes={"w": 2, "u": 2}, functions={"f": "[2]"}).verdict == verdict
