"""One-sided derivatives against difference quotients; subdifferentials against what they are defined by."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.subdifferential import one_sided, subdifferential
from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr.graph import Graph, Node
from derive.flint import arb, fmpq
from derive.language.reader import parse
from derive.numbers.balls import evaluate, precision, rational

G = Graph()
X, Y, W = G.symbol("x"), G.symbol("y"), G.symbol("w", (3,))
SCOPE = {"x": X, "y": Y, "w": W}
STEP = Fraction(1, 2**60)


def read(text: str) -> Node:
    return parse(text, SCOPE, G)


def entries(*values: int | Fraction) -> dict[Node, Fraction]:
    return {G.index(W, (i,)): Fraction(v) for i, v in enumerate(values)}


@pytest.mark.parametrize(
    ("text", "x", "left", "right"),
    [
        ("abs(x)", 0, -1, 1),
        ("relu(x)", 0, 0, 1),
        ("relu(x)**2", 0, 0, 0),
        ("max(x, x**3)", 0, 0, 1),
        ("max(x**3, x**5)", 1, 3, 5),
        ("abs(x**3)", 0, 0, 0),
        ("sqrt(x**2)", 0, -1, 1),
        ("sqrt((3*x - 3)**2)", 1, -3, 3),
        ("sqrt(2*x**2 + 2*x**2)", 0, -2, 2),
        ("where(x > 0, sqrt(x + 1), x/2 + 1)", 0, Fraction(1, 2), Fraction(1, 2)),
        ("where(x >= 1, 2*x, x + 1)", 1, 1, 2),
        ("min(x, 1 - x) + abs(x - 1/2)*3", Fraction(1, 2), -2, 2),
        ("abs(relu(x) - relu(-x))", 0, -1, 1),
        ("abs(abs(x) - 1)", 1, -1, 1),
        ("abs(abs(x) - 1)", 0, 1, -1),
        ("relu(x*0)", 0, 0, 0),
        ("abs(x)**3", 0, 0, 0),
        ("hold(x)*abs(x)", 2, 2, 2),
    ],
)
def test_one_sided(text: str, x: int, left: int, right: int) -> None:
    assert one_sided(read(text), X, {X: x}) == (rational(left), rational(right))


@pytest.mark.parametrize("text", ["where(x > 0, x + 1, x)", "sqrt(abs(x))", "abs(x)**(1/2)", "1/x"])
def test_no_derivative_from_a_side(text: str) -> None:
    with pytest.raises(UndefinedValue):
        one_sided(read(text), X, {X: 0})


def test_what_is_not_decided_says_so() -> None:
    with pytest.raises(Undetermined, match="side of a kink"):
        one_sided(read("abs(x**11)"), X, {X: 0})


PARTS = [
    "abs(x - 1)",
    "relu(x)",
    "max(x, 2 - x)",
    "x**2",
    "min(x**3, x)",
    "exp(x)",
    "where(x > 1, x**2, x)",
    "sqrt(x**2 - 2*x + 1)",
]


@settings(deadline=None, max_examples=120)
@given(
    st.sampled_from(PARTS),
    st.sampled_from(PARTS),
    st.sampled_from("+-*"),
    st.sampled_from([-1, 0, 1, 2, Fraction(1, 2)]),
)
def test_one_sided_derivatives_are_limits_of_one_sided_quotients(a: str, b: str, op: str, x: Fraction) -> None:
    f = read(f"({a}) {op} abs({b})")
    found = one_sided(f, X, {X: x})
    values = [evaluate([f], {X: rational(x + k * STEP)}, 512)[0] for k in (-1, 0, 1)]
    with precision(512):
        low, here, high = map(arb, values)
        quotients = (here - low) / rational(STEP), (high - here) / rational(STEP)
        for ours, theirs in zip(found, quotients, strict=True):
            assert abs(arb(ours) - theirs) < arb(2) ** -40


def test_lasso() -> None:
    f = read("sum(w**2)/2 - w[0] + 3*norm(w, 1)")
    found = subdifferential(f, [W], entries(0, -2, 1))
    assert [str(i) for i in found] == ["[-4, 2]", "-5", "4"]
    assert found[0].holds(0)
    assert not found[0].holds(3)
    assert found[1].single


def test_subgradients_lie_below_the_function() -> None:
    """The definition: f(v) >= f(w) + <s, v - w> for all v, for the corners of the box."""
    f = read("2*abs(w[0]) + max(w[1], 2*w[1]) + relu(w[2] - 1) + (w[0] + w[1] + w[2])**2")
    at = entries(0, 0, 1)
    box = subdifferential(f, [W], at)
    here = evaluate([f], {n: rational(v) for n, v in at.items()})[0]
    for corner in ([i.low for i in box], [i.high for i in box], [box[0].low, box[1].high, box[2].low]):
        for v in ((1, 2, 3), (-1, 0, 1), (0, -2, 0), (2, -1, Fraction(1, 2)), (0, 0, 1)):
            there = entries(*v)
            value = evaluate([f], {n: rational(q) for n, q in there.items()})[0]
            plane = sum((s * rational(there[n] - at[n]) for s, n in zip(corner, at, strict=True)), fmpq(0))
            assert value >= here + plane


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        ("norm(w)", entries(0, 0, 0), "no box"),
        ("max(w[0], w[1])", entries(1, 1, 0), "no box"),
        ("abs(w[0] + w[1])", entries(1, -1, 0), "no box"),
        ("-abs(w[0])", entries(0, 0, 0), "not convex"),
    ],
)
def test_where_it_is_not_applicable(text: str, at: dict[Node, Fraction], why: str) -> None:
    with pytest.raises(ExpressionError, match=why):
        subdifferential(read(text), [W], at)


def test_kinks_away_from_the_point_do_not_matter() -> None:
    assert [str(i) for i in subdifferential(read("norm(w) + max(w[0], w[1])"), [W], entries(3, 0, 4))] == [
        "8/5",
        "0",
        "4/5",
    ]


def test_a_point_without_a_value_for_a_symbol_is_refused() -> None:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    f = parse("abs(x) + y", {"x": x, "y": y}, g)
    with pytest.raises(ExpressionError, match="no value for <y>"):
        subdifferential(f, [x], {x: 0})
