"""floor, and what is said by it: values, proofs by bounds, derivatives beside jumps, limits, integrals, programs."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from derive.expr.graph import Graph, Node
from derive.flint import arb
from derive.language.components import components
from derive.language.names import names_in
from derive.language.reader import parse
from derive.numbers.balls import evaluate, precision, rational
from verify.backends.numpy_source import compile_numpy
from verify.backends.torch_source import compile_torch
from verify.claims.spans import Span, spans
from verify.commands.proof import decide
from verify.conform.running import Running


def read(text: str) -> Node:
    g = Graph()
    return parse(text, {n: g.symbol(n) for n in names_in(text) if n != "pi"}, g)


def decided(text: str) -> str:
    return decide(read(text), []).status


@pytest.mark.parametrize(
    "text",
    [
        "floor(x) <= x", "x - floor(x) < 1", "floor(x + 1) == floor(x) + 1", "floor(floor(x) + y) == floor(x) + floor(y)",
        "mod(x, 1) == x - floor(x)", "mod(x + y, y) == mod(x, y)", "implies(y > 0, mod(x, y) < y)", "ceil(x) < x + 1",
        "floor(2*x) <= 2*floor(x) + 1", "floor(x) + floor(y) <= floor(x + y)", "floor(x) + floor(-x) >= -1",
        "implies(x >= 1, floor(x) >= 1)", "iff(floor(x) >= 2, x >= 2)", "2*floor(x) != 1", "floor(sigmoid(x)) == 0",
        "floor(x)**2 >= floor(x)", "round(x + 2) == round(x) + 2", "round(x) - x <= 1/2", "floor(100*pi) == 314",
        "implies(x != floor(x), floor(-x) == -floor(x) - 1)", "nondecreasing(floor(x), x)", "nonincreasing(floor(-x), x)",
    ],
)  # fmt: skip
def test_proved(text: str) -> None:
    assert decided(text) == "proved"


@pytest.mark.parametrize(
    "text",
    [
        "floor(-x) == -floor(x)", "round(x) == floor(x + 1/2)", "ceil(x) == floor(x) + 1", "round(x + 1) == round(x) + 1",
        "floor(x/2) == floor(x)/2", "floor(2*x) == 2*floor(x)", "floor(x)*floor(y) <= floor(x*y)", "mod(x, y) >= 0",
        "floor(ceil(x)) == floor(x)", "floor(x) + floor(-x) == -1", "increasing(floor(x), x)", "convex(x - floor(x), x)",
        "nondecreasing(x - floor(x), x)", "limit(floor(x), x, 1) == 1", "integral(floor(x), x, 0, 3) == 4",
    ],
)  # fmt: skip
def test_refuted(text: str) -> None:
    assert decided(text) == "refuted"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("d(floor(x), x) == 0", "proved-if"),
        ("d(mod(x, 1), x) == 1", "proved-if"),
        ("d(round(x), x) == 0", "proved-if"),
        ("d(x**2*floor(x), x) == 2*x*floor(x)", "proved-if"),  # at 0 the derivative is 0, at 1 there is none
        ("d(x**2*floor(x), x) == x*floor(x)", "refuted"),
        ("d(sin(pi*floor(x)), x) == 0", "proved"),  # a constant
        ("d(sin(pi*floor(x)) + y**2, x) == 0", "proved"),  # which hangs on y, though its derivative does not
        ("limit(floor(x)/x, x, inf) == 1", "proved"),
        ("limit(floor(x/2), x, 1) == 0", "proved"),
        ("limit(x - floor(x), x, inf) == 0", "undecided"),
        ("limit(ceil(1/x), x, inf) == 1", "proved"),
        ("integral(x - floor(x), x, 0, 5/2) == 9/8", "proved"),
        ("integral(floor(x), x, 0, a) == a", "undecided"),
        ("continuous(floor(x), x)", "refuted"),
    ],
)
def test_beside_jumps(text: str, status: str) -> None:
    assert decided(text) == status


def test_a_derivative_that_exists_is_not_said_to_be_missing() -> None:
    """x**2*floor(x) has the derivative 0 at 0, whatever is added that does not move."""
    found = decide(read("d(x**2*floor(x) + floor(y), x) == 2*x*floor(x)"), [])
    assert found.status == "proved-if"
    assert found.witness
    assert Fraction(0) not in found.witness.values()


AT_HALVES = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999999999999994, -0.49999999999999994, 2.0**52 + 1, 1e17, -3.0, 0.3]
BY: dict[str, Callable[[Fraction], Fraction | int]] = {
    "floor(x)": lambda x: math.floor(x), "ceil(x)": lambda x: math.ceil(x), "round(x)": lambda x: round(x),
    "round(-x)": lambda x: -round(x), "mod(x, 3)": lambda x: x % 3, "mod(x, -3)": lambda x: x % -3,
}  # fmt: skip


@pytest.mark.parametrize("text", BY)
def test_values_are_those_of_python_in_every_program(text: str) -> None:
    n = read(text)
    x = n.graph.symbol("x")
    want = [Fraction(BY[text](Fraction(v))) for v in AT_HALVES]
    points = [{x: rational(Fraction(v))} for v in AT_HALVES]
    assert [evaluate(components(n), p)[0] for p in points] == [rational(w) for w in want]
    floats = [float(w) for w in want]
    assert compile_numpy(components(n), [x])(np.array(AT_HALVES))[0].tolist() == floats
    assert compile_torch([n], [x])(torch.tensor(AT_HALVES, dtype=torch.float64))[0].tolist() == floats


@given(st.fractions(-20, 20, max_denominator=12), st.integers(0, 40))
def test_balls_spans_and_running_errors_hold_the_floor(middle: Fraction, bits: int) -> None:
    """Of every point of a range of width 2/2**bits."""
    n = read("floor(x)")
    x = n.graph.symbol("x")
    ends = [middle - Fraction(1, 2**bits), middle + Fraction(1, 2**bits)]
    with precision(128):
        ball = arb(rational(ends[0])).union(arb(rational(ends[1])))
    (value,) = evaluate([n], {x: ball})
    (span,) = spans([n], {x: Span(rational(ends[0]), rational(ends[1]))})
    for v in (*ends, middle):
        exact = math.floor(v)
        assert arb(value).contains(arb(exact))
        assert span.low <= exact <= span.high
    wide = read("floor(x/3*3)")
    found = Running([wide], [wide.graph.symbol("x")])(np.array([float(middle)]))[0]
    assert abs(found.value[0] - math.floor(Fraction(float(middle)))) <= found.error[0]
