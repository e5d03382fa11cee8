"""The normal form is the function: at random points it has its value, and two texts of one function have one normal form."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.engine.algebra.kernels.functions import primes
from derive.engine.algebra.normal import NOTHING, Normal
from derive.engine.algebra.polynomials import Quotient, Regrow, Ring
from derive.engine.algebra.signs import Signs
from derive.expr.graph import Graph, Node, topological
from derive.flint import fmpq
from tests.banks.reading import nodes
from tests.banks.sampling import Close, equal, value
from tests.banks.strategies import scalar_expressions


def formed(*asked: Node) -> tuple[Ring, list[Quotient], Normal]:
    ring = Ring(asked[0].graph)
    while True:
        nf = Normal(ring, Signs(ring))
        try:
            nf.run(asked)
        except Regrow:
            continue
        found = [nf.values[n] for n in asked]
        assert all(isinstance(q, Quotient) for q in found)
        return ring, found, nf  # type: ignore[return-value]


def assert_same_value(n: Node, point: dict[Node, Fraction]) -> None:
    ring, (q,), _ = formed(n)
    try:
        before, after = value(n, point), value(ring.quotient_node(q), point)
    except Close:
        return
    if before is not None and after is not None and abs(before) < 10**9:
        assert equal(before, after)


COORDINATES = st.fractions(-2, 2, max_denominator=7)


@settings(max_examples=40)
@given(st.data(), COORDINATES, COORDINATES)
def test_the_normal_form_has_the_value_of_the_expression(data: st.DataObject, x: Fraction, y: Fraction) -> None:
    g = Graph()
    symbols = [g.symbol("x"), g.symbol("y")]
    n = data.draw(
        scalar_expressions(g, symbols, size=6, unary=("exp", "tanh", "sigmoid", "sin", "cos", "erf", "abs", "atan"))
    )
    assert_same_value(n, dict(zip(symbols, (x, y), strict=True)))


@pytest.mark.parametrize(
    "text",
    [
        "log(x**2*y**3/z)",
        "log(sqrt(x)*exp(y))",
        "log1p(x*y)",
        "sqrt(x**2*y)",
        "sqrt(8*x**3)/sqrt(2*y)",
        "x**(3/2)*y**(1/3)",
        "(x**2)**(1/4)",
        "x**y",
        "x**(-y)*x**(y + 1)",
        "2**(x + 1/2)",
        "exp(log(x)/2 + y)",
        "exp((x + y)**2/3)",
        "logaddexp(x, y)",
        "Phi(x)*Phi(-x)",
        "sin(2*x + y)*cos(x)",
        "cos(3*x)",
        "max(x, y, z) - min(x, y, z)",
        "relu(x - y)*sign(z - x)",
        "expm1(x)*sigmoid(-y)",
        "1/(sqrt(2) + sqrt(x))",
        "abs(x**3*y)",
    ],
)
def test_every_rule_keeps_the_value(text: str) -> None:
    (n,) = nodes(text)
    symbols = [m for m in topological([n]) if m.op == "symbol"]
    for numbers in ((Fraction(1, 2), Fraction(3), Fraction(2, 3)), (Fraction(5), Fraction(1, 7), Fraction(11, 3))):
        assert_same_value(n, dict(zip(symbols, numbers, strict=False)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tanh(x)", "2*sigmoid(2*x) - 1"),
        ("exp(x/2)**3*exp(y/3)", "exp(3*x/2 + y/3)"),
        ("log(x**2)", "2*log(abs(x))"),
        ("sqrt(x**2)", "abs(x)"),
        ("sin(x)**2", "1 - cos(x)**2"),
        ("sin(2*x)", "2*sin(x)*cos(x)"),
        ("max(x, y)", "(x + y + abs(x - y))/2"),
        ("1/(sqrt(2) - 1)", "sqrt(2) + 1"),
        ("logaddexp(x, y)", "log(exp(x) + exp(y))"),
        ("erf(-x)", "-erf(x)"),
        ("x**0.5*x**1.5", "x**2"),
        ("Phi(x)", "(1 + erf(x/sqrt(2)))/2"),
    ],
)
def test_one_function_has_one_normal_form(one: str, other: str) -> None:
    ring, (p, q), _ = formed(*nodes(one, other))
    assert ring.difference(p, q) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [("tanh(x)", "sigmoid(x)"), ("exp(x*y)", "exp(x)*exp(y)"), ("sqrt(x**2)", "x"), ("log(x + y)", "log(x) + log(y)")],
)
def test_two_functions_have_two(one: str, other: str) -> None:
    ring, (p, q), _ = formed(*nodes(one, other))
    assert ring.difference(p, q) != 0


@pytest.mark.parametrize("text", ["1/(x - x)", "log(-exp(x))", "sqrt(-1 - x**2)", "log(0)", "0**(-1)"])
def test_what_has_a_value_nowhere_has_no_normal_form(text: str) -> None:
    (n,) = nodes(text)
    ring = Ring(n.graph)
    nf = Normal(ring, Signs(ring))
    nf.run([n])
    assert nf.values[n] is NOTHING


@pytest.mark.parametrize(("text", "needed"), [("log(x)", 1), ("sqrt(x)", 1), ("1/x", 1), ("exp(x)", 0), ("x/x", 1)])
def test_what_a_value_needs_is_noted(text: str, needed: int) -> None:
    (n,) = nodes(text)
    assert sum(map(len, formed(n)[2].needs.values())) == needed


@settings(max_examples=25)
@given(st.integers(2, 10**9))
def test_a_number_is_the_product_of_its_primes(n: int) -> None:
    product = 1
    for p, k in primes(fmpq(n)):
        assert all(int(p) % d for d in range(2, min(int(p), 200)))
        product *= int(p) ** int(k)
    assert product == n
