"""What is held: its value as it is, its derivative zero, in every part of the house."""

from __future__ import annotations

import pytest

from derive.calculus.reverse import expand
from derive.engine import decide_equal
from derive.expr.graph import Graph, Node
from derive.language.components import components
from derive.language.reader import parse, to_text
from derive.language.typeset import latex
from derive.second_opinion import second_opinion


def names() -> dict[str, Node]:
    g = Graph()
    found = {"x": g.symbol("x"), "y": g.symbol("y"), "th": g.symbol("th", (2,)), "A": g.symbol("A", (2, 2))}
    found["f"] = g.define("f", parse("sum(tanh(A @ th)**2) + th[0]**3*th[1]", found, g))
    found["u"] = g.define("u", parse("th**2 + 1", found, g))
    return found


def both(left: str, right: str) -> str:
    scope = names()
    a, b = (expand(parse(t, scope, scope["x"].graph)) for t in (left, right))
    return decide_equal(a, b).status


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        ("hold(x*y) + x", "x*y + x", "proved"),
        ("d(hold(x)*x, x)", "x", "proved"),
        ("d(hold(x)*x, x)", "2*x", "refuted"),
        ("hessian(hold(x)*x**2, x)", "2*x", "proved"),
        ("grad(dot(grad(f, th), hold(u)), th)", "hvp(f, th, u)", "proved"),
        ("grad(dot(grad(f, th), u), th)", "hvp(f, th, u) + jacobian(u, th).T @ grad(f, th)", "proved"),
        ("grad(dot(grad(f, th), u), th)", "hvp(f, th, u)", "refuted"),
        ("d(where(x > 0, hold(x)*x, x), x)", "where(x > 0, x, 1)", "proved-if"),
        ("hold(sum(d(f, th)))", "sum(grad(f, th))", "proved"),
    ],
)
def test_what_is_held_is_a_constant_with_a_value(left: str, right: str, status: str) -> None:
    assert both(left, right) == status


def test_text_and_print() -> None:
    scope = names()
    node = parse("hold(x + y)*x", scope, scope["x"].graph)
    assert parse(to_text(node), scope, node.graph) is node
    assert latex(node) == r"\mathrm{hold}(x + y) x"


def test_sympy_and_torch_agree() -> None:
    import torch

    from verify.backends.torch_source import compile_torch

    scope = names()
    g = scope["x"].graph
    assert second_opinion(parse("grad(hold(x*y)*sin(x*y)*y, [x, y])", scope, g)).outcome == "agrees"
    f = parse("hold(tanh(x*y))*x**2*y", scope, g)
    x, y = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.5, 1.25))
    theirs = torch.autograd.grad(compile_torch([f], [scope["x"], scope["y"]])(x, y)[0], (x, y))
    ours = [components(expand(parse(f"d(hold(tanh(x*y))*x**2*y, {v})", scope, g)))[0] for v in "xy"]
    found = compile_torch(ours, [scope["x"], scope["y"]])(x, y)
    for a, b in zip(found, theirs, strict=True):
        assert float(a.detach()) == pytest.approx(float(b), rel=1e-14)
