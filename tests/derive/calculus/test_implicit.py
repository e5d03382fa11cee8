"""Solutions of equations as definitions: their values, and derivatives by the implicit function theorem."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.implicit import System
from derive.calculus.reverse import expand_all
from derive.errors import ExpressionError, Undetermined
from derive.expr.graph import Graph, Node
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational

WIDE = (Fraction(-9), Fraction(9))


def cubic() -> tuple[Graph, dict[str, Node]]:
    """w with w**3 + w == eta."""
    g = Graph()
    w, eta = g.symbol("w"), g.symbol("eta")
    residual = parse("w**3 + w - eta", {"w": w, "eta": eta}, g)
    return g, {"w": System(w, [residual], [WIDE]).made("w"), "eta": eta}


def value(text: str, g: Graph, scope: dict[str, Node], values: dict[Node, fmpq], prec: int = 128) -> object:
    (node,) = expand_all([parse(text, scope, g)])
    return evaluate(components(node), values, prec)[0]


@settings(max_examples=20)
@given(st.integers(-6, 6).filter(bool))
def test_values_and_slopes_of_a_root(w: int):
    g, scope = cubic()
    at = {scope["eta"]: fmpq(w**3 + w)}
    assert value("w", g, scope, at) == w
    assert value("d(w, eta)", g, scope, at) == fmpq(1, 3 * w * w + 1)
    assert value("d(d(w, eta), eta)", g, scope, at) == fmpq(-6 * w, (3 * w * w + 1) ** 3)
    assert value("d(w**2*eta, eta)", g, scope, at) == fmpq(2 * w * (w**3 + w), 3 * w * w + 1) + w * w


def test_a_root_is_as_close_as_the_precision():
    g, scope = cubic()
    for prec in (64, 500):
        found = value("w", g, scope, {scope["eta"]: fmpq(3, 10)}, prec)
        assert isinstance(found, arb)
        assert found.rel_accuracy_bits() > prec - 16


def test_a_system_is_differentiated_as_the_inverse_is():
    g = Graph()
    x, a, b = g.symbol("x", (2,)), g.symbol("A", (2, 2)), g.symbol("b", (2,))
    scope = {"A": a, "b": b}
    system = System(x, components(parse("A @ x - b", {**scope, "x": x}, g)), [WIDE] * 2)
    scope["x"] = system.made("x")
    numbers = [*components(a), *components(b)]
    at = dict(zip(numbers, (rational(Fraction(v)) for v in (2, 1, 1, 3, 1, 2)), strict=True))
    for ours, theirs in (("d(x, b)", "inv(A)"), ("d(sum(x), A)", "-outer(sum(inv(A), axis=0), inv(A) @ b)")):
        left, right = (components(e) for e in expand_all([parse(t, scope, g) for t in (ours, theirs)]))
        assert evaluate(left, at) == evaluate(right, at)


def test_several_roots_and_none_are_told():
    g = Graph()
    w, a = g.symbol("w"), g.symbol("a")
    scope = {"a": a, "w": System(w, [parse("w**2 - a", {"w": w, "a": a}, g)], [WIDE]).made("w")}
    for number, told in ((4, "one of 2 solutions in its range"), (-4, "no 'w' in its range"), (0, "not settled")):
        found = value("w", g, scope, {a: fmpq(number)})
        assert isinstance(found, Undetermined)
        assert told in str(found)


def test_as_many_equations_as_unknowns():
    g = Graph()
    w = g.symbol("w")
    with pytest.raises(ExpressionError, match="2 equations for 1 unknowns"):
        System(w, [w, w], [WIDE])
