"""What arithmetic in a format may give encloses what it gives: of programs in NumPy, in any order of sums, fused or not."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand_all
from derive.errors import Undetermined
from derive.expr.graph import Graph, Node
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import rational
from derive.numbers.formats import FORMATS
from derive.numbers.roundoff import Results, results
from verify.backends.numpy_source import compile_numpy

X, Y = "x", "y"
f32 = np.float32


def enclosed(text: str, fmt: str = "float32", **values: float | Fraction) -> Results:
    g = Graph()
    scope: dict[str, Node] = {name: g.symbol(name) for name in values}
    node = components(expand_all([parse(text, scope, g)])[0])[0]
    return results(node, {scope[n]: rational(Fraction(v)) for n, v in values.items()}, FORMATS[fmt])


def inside(found: Results, value: float) -> bool:
    if not math.isfinite(value):
        return str(float(value)) in found.special
    ends = found.ends
    return ends is not None and ends[0] <= Fraction(float(value)) <= ends[1]


FORMULAS = {
    "x*y - x/y": lambda x, y: x * y - x / y,
    "(x + y) - x": lambda x, y: (x + y) - x,
    "exp(x) - 1": lambda x, y: np.exp(x) - f32(1),
    "log(1 + exp(x))": lambda x, y: np.log(f32(1) + np.exp(x)),
    "sqrt(x**2 + y**2)": lambda x, y: np.sqrt(x * x + y * y),
    "1/(1 + exp(-x))*tanh(y)": lambda x, y: f32(1) / (f32(1) + np.exp(-x)) * np.tanh(y),
    "exp(x)/(exp(x) + exp(y))": lambda x, y: np.exp(x) / (np.exp(x) + np.exp(y)),
    "where(x > y, x - y, y*y)": lambda x, y: x - y if x > y else y * y,
    "max(x, y)*abs(x - y)": lambda x, y: max(x, y) * abs(x - y),
    "x**5*y": lambda x, y: x * x * x * x * x * y,
    "d(tanh(x)*y, x)": lambda x, y: (f32(1) - np.tanh(x) * np.tanh(x)) * y,
}


@pytest.mark.parametrize("text", FORMULAS)
@given(x=st.floats(-100, 100, width=32), y=st.floats(-100, 100, width=32))
def test_a_program_in_float32_gives_what_is_enclosed(text: str, x: float, y: float):
    try:
        found = enclosed(text, x=x, y=y)
    except Undetermined:
        assume(False)
    with np.errstate(all="ignore"):
        value = float(FORMULAS[text](f32(x), f32(y)))
    assert inside(found, value)


@given(st.lists(st.floats(-1000, 1000, width=32), min_size=2, max_size=8), st.randoms())
def test_a_sum_in_any_order(terms: list[float], chance: object):
    names = {f"a{i}": v for i, v in enumerate(terms)}
    found = enclosed(" + ".join(names), **names)
    order = [f32(v) for v in terms]
    chance.shuffle(order)  # type: ignore[attr-defined]
    total = order[0]
    for v in order[1:]:
        total = total + v
    assert inside(found, float(total))
    assert inside(found, float(f32(math.fsum(terms))))


@settings(max_examples=25)
@given(st.floats(1e-3, 50), st.floats(1e-3, 50))
def test_a_generated_program_in_float64(x: float, y: float):
    g = Graph()
    scope = {X: g.symbol(X), Y: g.symbol(Y)}
    text = "d(log(softplus(x) + gelu(y)*sigmoid(x*y)), x)"
    (node,) = components(expand_all([parse(text, scope, g)])[0])
    (array,) = compile_numpy([node], [scope[X], scope[Y]])(np.array([x]), np.array([y]))
    assert inside(enclosed(text, "float64", x=x, y=y), float(array[0]))


@pytest.mark.parametrize(
    ("text", "special", "finite"),
    [
        ("exp(100*x)", {"inf"}, False),
        ("-exp(100*x)", {"-inf"}, False),
        ("exp(10**6*x)", {"inf"}, False),
        ("log(x - x)", {"-inf"}, False),
        ("sqrt(-x)", {"nan"}, False),
        ("exp(100*x) - exp(100*x)*2", {"nan"}, False),
        ("exp(-exp(100*x))", set(), True),
        ("min(x, exp(100*x))", set(), True),
        ("tanh(exp(100*x))", set(), True),
        ("where(x > 0, x, 1/0)", set(), True),
        ("x*3.4028235*10**38", {"inf"}, True),  # the greatest number: rounding decides
    ],
)
def test_infinities(text: str, special: set[str], finite: bool):
    found = enclosed(text, x=Fraction(1))
    assert found.special == special
    assert (found.finite is not None) is finite


def test_subnormal_numbers_have_an_absolute_error():
    found = enclosed("x*y", x=Fraction(3, 2**140), y=Fraction(1, 4))
    assert inside(found, 2.0**-142 * 3)
    assert found.ends is not None
    assert found.ends[1] - found.ends[0] >= Fraction(2) ** -149


def test_a_difference_of_one_number_and_itself_is_nothing():
    assert enclosed("x - x", x=Fraction(1, 3)).ends == (0, 0)


@pytest.mark.parametrize("text", ["1/(x + 1/3 - x - 1/3)", "log(sin(x) - sin(x + 0))", "sum(x for i in range(200))"])
def test_what_has_no_bound_is_told(text: str):
    with pytest.raises(Undetermined):
        enclosed(text, "bfloat16", x=Fraction(1, 10))


def test_both_branches_of_what_rounding_decides():
    found = enclosed("where(x*3 > 0.3, 1, 2)", x=Fraction(1, 10))
    assert inside(found, 1.0)
    assert inside(found, 2.0)
