"""Rounding to a format, against NumPy's own types; the format's operations, against those of NumPy and C."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.calculus.reverse import expand_all
from derive.expr.graph import Graph
from derive.expr.operators import FLOATS
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational
from derive.numbers.formats import FORMATS
from derive.numbers.ieee import operation

DOUBLES = st.floats(allow_nan=False, allow_infinity=False, width=64)
TYPES = {"float16": np.float16, "float32": np.float32, "float64": np.float64}


def test_the_language_has_a_function_for_every_format():
    assert tuple(FORMATS) == FLOATS


@given(DOUBLES, st.sampled_from(list(TYPES)))
def test_rounding_is_numpys(x: float, name: str):
    with np.errstate(all="ignore"):
        assert FORMATS[name].number(Fraction(x)) == float(TYPES[name](x))


@given(DOUBLES)
def test_bfloat16_is_the_nearer_of_its_neighbours(x: float):
    fmt = FORMATS["bfloat16"]
    y = fmt.number(Fraction(x))
    if math.isinf(y):
        assert abs(x) > fmt.greatest
        return
    unit = 2.0 ** (max(math.frexp(y)[1] - 1, fmt.emin) - 7)
    assert y / unit == int(y / unit)
    assert abs(Fraction(x) - Fraction(y)) <= Fraction(unit) / 2


def test_halves_go_to_the_even_number_and_the_end_to_infinity():
    fmt = FORMATS["float32"]
    assert fmt.number(Fraction(2**24 + 1)) == 2**24
    assert fmt.number(Fraction(2**24 + 3)) == 2**24 + 4
    assert fmt.number(Fraction(3, 2) * Fraction(fmt.least)) == 2 * fmt.least
    assert fmt.number(Fraction(fmt.least) / 2) == 0.0
    over = Fraction(fmt.greatest) + Fraction(2) ** 103  # half a unit beyond
    assert fmt.number(over) == math.inf
    assert fmt.number(over - 1) == fmt.greatest


@given(
    st.floats(width=32), st.floats(width=32), st.sampled_from(["add", "sub", "mul", "div", "sqrt", "max", "min", "lt"])
)
def test_operations_are_numpys(a: float, b: float, op: str):
    g = Graph()
    node = g.node(op, (g.symbol("a"),) if op == "sqrt" else (g.symbol("a"), g.symbol("b")))
    x, y = np.float32(a), np.float32(b)
    with np.errstate(all="ignore"):
        due = {
            "add": lambda: x + y, "sub": lambda: x - y, "mul": lambda: x * y, "div": lambda: x / y, "sqrt": lambda: np.sqrt(x),
            "max": lambda: np.maximum(x, y), "min": lambda: np.minimum(x, y), "lt": lambda: x < y,
        }[op]()  # fmt: skip
    found = operation(node, [a] if op == "sqrt" else [a, b], FORMATS["float32"])
    assert (math.isnan(found) and np.isnan(due)) or found == float(due)


SPECIAL = (math.inf, -math.inf, math.nan, 0.0, -0.0, 1.0, -1.0, 0.25, -2.0, 3.0, 1e300, -1e300)


@pytest.mark.parametrize("op", ["exp", "expm1", "log", "log1p", "tanh", "atan", "sin", "cos", "pow"])
def test_infinities_and_poles_are_those_of_the_c_library(op: str):
    g = Graph()
    named = {"log": np.log, "atan": np.arctan, "pow": np.power}.get(op) or getattr(np, op)
    two = op == "pow"
    node = g.node(op, (g.symbol("a"), g.symbol("b")) if two else (g.symbol("a"),))
    for a in SPECIAL:
        for b in SPECIAL if two else (0.0,):
            args = [a, b] if two else [a]
            with np.errstate(all="ignore"):
                due = float(named(*args))
            found = operation(node, args, FORMATS["float64"])
            same = found == due or abs(found - due) <= 4 * np.spacing(abs(due))
            assert (math.isnan(found) and math.isnan(due)) or same, args


def value(text: str, **values: Fraction) -> object:
    g = Graph()
    scope = {name: g.symbol(name) for name in values}
    (node,) = expand_all([parse(text, scope, g)])
    return evaluate([node], {scope[n]: rational(v) for n, v in values.items()})[0]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("float32(x + 0.2)", np.float32(0.1) + np.float32(0.2)),
        ("float32(x*x*x)", np.float32(0.1) * np.float32(0.1) * np.float32(0.1)),
        ("float16(x/3)", np.float16(0.1) / np.float16(3)),
        ("float64(d(x**3, x))", 3 * 0.1**2),
        ("float64(sum([0.1, 0.2, 0.3]))", 0.1 + 0.2 + 0.3),  # numbers are not put together exactly before
        ("float64(sum([1e16, 1, -1e16]))", 1e16 + 1 - 1e16),
        ("float64(mean([0.1, x, 0.3]))", (0.1 + 0.1 + 0.3) / 3),
        ("float32(sum([x, 0.2, 0.3]))", (np.float32(0.1) + np.float32(0.2)) + np.float32(0.3)),
        ("float64(leaky_relu(-x))", 0.01 * -0.1),
    ],
)
def test_what_is_computed_in_a_format_is_what_that_computes(text: str, due: float):
    assert value(text, x=Fraction(1, 10)) == rational(Fraction(float(due)))


@pytest.mark.parametrize(
    ("text", "told"), [("float32(exp(1000*x))", "float32 arithmetic gives inf"), ("float64(log(-x))", "gives nan")]
)
def test_what_is_no_number_is_told(text: str, told: str):
    assert told in str(value(text, x=Fraction(1, 10)))
