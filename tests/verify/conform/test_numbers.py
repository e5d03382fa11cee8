"""Formats, bounds, exact values and measures of ``verify.conform``, each against something that shares no code with it."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from derive import api
from derive.expr.graph import Node, free_symbols
from derive.flint import arb, fmpq
from derive.numbers.balls import precision
from verify.conform import extended
from verify.conform.engine import conform
from verify.conform.formats import FORMATS
from verify.conform.measure import Reference, beside, conditions, measure
from verify.conform.running import EXTENDED, Running, unit_of
from verify.conform.simplest import shortest
from verify.conform.strata import Range, dense, points, several
from verify.conform.subject import Subject
from verify.conform.sweep import sweep, ulps_of
from verify.conform.truth import Balls, Truth, pair

NUMPY = {"float16": np.float16, "float32": np.float32, "float64": np.float64}
FORMULAS = (
    "gelu(x)", "silu(x)", "tanh(x)", "softplus(x)", "log(cosh(x))", "selu(x)", "mish(x)", "x**3 - 0.1*x", "sin(x)/x",
    "sqrt(1 + x**2)", "erfc(x)", "huber(x)", "1/(1 + exp(-x))", "exp(x)*pi", "atan(x)", "where(x > 1/10, x*log(x), 2)", "2**x",
    "abs(x)**1.5", "x/3 - 0.7", "cos(10*x)", "logaddexp(x, 1)", "min(x, 1)*sign(x)", "relu(x - 1/3)", "log1p(x**2)", "expm1(x)",
)  # fmt: skip


def read(text: str) -> tuple[Node, list[Node]]:
    node = api.parse(text)
    return node, sorted(free_symbols([node]), key=lambda n: n.id)


# -- formats -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NUMPY)
def test_formats_know_what_numpy_knows(name: str):
    fmt, info = FORMATS[name], np.finfo(NUMPY[name])
    assert (fmt.epsilon, fmt.greatest, fmt.tiny) == (float(info.eps), float(info.max), float(info.tiny))
    assert fmt.least == float(info.smallest_subnormal)


@given(st.floats(width=64, allow_nan=False), st.sampled_from(sorted(NUMPY)))
def test_rounding_is_numpys(x: float, name: str):
    with np.errstate(over="ignore"):
        assert FORMATS[name].rounded(np.array(x)) == np.float64(NUMPY[name](x))


@given(st.floats(width=32, allow_nan=False))
def test_rounding_to_bfloat16_is_torchs(x: float):
    torch = pytest.importorskip("torch")
    assert float(FORMATS["bfloat16"].rounded(np.array(x))) == torch.tensor(x, dtype=torch.float32).bfloat16().item()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_neighbours_and_ulps_are_those_of_math(x: float):
    fmt = FORMATS["float64"]
    k = fmt.ordinal(np.array(x))
    assert float(fmt.at(k)) == x
    assert float(fmt.at(k + 1)) == math.nextafter(x, math.inf)
    assert math.ldexp(1.0, int(fmt.exponents(np.array(x)))) == math.ulp(x)


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_all_numbers_of_a_half_format(name: str):
    every = FORMATS[name].all()
    assert len(every) == 2 * (FORMATS[name].last + 1)
    assert (np.diff(every) >= 0).all()
    assert np.count_nonzero(every == 0) == 2
    assert (FORMATS[name].rounded(every) == every).all()


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_errors_at_zero_at_subnormals_and_at_the_top(name: str):
    fmt = FORMATS[name]
    assert fmt.ulps(fmt.least, 0.0) == 1.0
    assert fmt.ulps(2 * fmt.least, fmt.least) == 1.0
    assert fmt.ulps(fmt.tiny + fmt.least, fmt.tiny) == 1.0
    assert fmt.ulps(np.inf, fmt.greatest) == np.inf
    assert fmt.ulps(np.inf, np.inf) == 0.0
    assert fmt.ulps(fmt.greatest, np.inf) == 1.0
    assert fmt.ulps(np.nan, 1.0) == np.inf
    assert fmt.ulps(1.0 + fmt.epsilon, 1.0) == 1.0
    assert fmt.ulps(1.0 - fmt.epsilon / 2, 1.0) == 0.5


# -- bounds --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize(
    "long", [False, pytest.param(True, marks=pytest.mark.skipif(not EXTENDED, reason="no such type"))]
)
def test_bounds_hold_against_balls(text: str, long: bool):
    node, symbols = read(text)
    truth = Truth([node], symbols)
    rng = np.random.default_rng(len(text))
    x = np.concatenate([rng.normal(size=20) * 3, rng.normal(size=10) * 1e-6, rng.normal(size=10) * 30])
    (found,) = Running(truth.nodes, truth.symbols, long)(x)
    for i, point in enumerate(x):
        (exact,) = truth.balls([point])
        if isinstance(exact, Exception) or not np.isfinite(found.error[i]):
            continue
        with precision(400):
            value, error = (fmpq(*v[i].as_integer_ratio()) for v in found)
            assert abs(arb(exact) - arb(value)) <= arb(error), point


def test_a_bound_of_a_half_format_covers_programs_that_round_every_operation():
    node, symbols = read("x*sigmoid(x) - tanh(x)/3")
    fmt = FORMATS["float16"]
    x = fmt.rounded(np.linspace(-6, 6, 200))
    (bound,) = Running([node], symbols, unit=unit_of(fmt.epsilon / 2, fmt.least))(x)
    half = x.astype(np.float16)
    with np.errstate(all="ignore"):
        s = (1 / (1 + np.exp(-half))).astype(np.float16)
        computed = half * s - np.tanh(half) / np.float16(3)
    assert (np.abs(computed.astype(float) - bound.value) <= 2 * bound.error).all()


@pytest.mark.skipif(not EXTENDED, reason="no such type")
@pytest.mark.parametrize(("text", "function"), [("erf(x)", extended.erf), ("Phi(x)", extended.normal_cdf)])
def test_erf_in_extended_precision(text: str, function):
    node, symbols = read(text)
    balls = Balls([node], symbols)
    x = np.concatenate([np.linspace(-37, 37, 150), [-2, 2, 1, -1, 1.0000001, 1e-300, 2**0.5, 2 * 2**0.5]])
    for point, value in zip(x, function(x.astype(np.longdouble)), strict=True):
        exact = balls([point])[0]
        with precision(200):
            assert abs(arb(fmpq(*value.as_integer_ratio())) / arb(exact) - 1) < 2.0**-60, point


def test_erf_in_extended_precision_at_its_ends():
    x = np.array([0.0, np.inf, -np.inf], np.longdouble)
    with np.errstate(all="ignore"):
        assert extended.erf(x)[0] == 0
        assert extended.normal_cdf(x)[0] == 0.5


# -- exact values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS[:12])
def test_values_in_bulk_are_those_of_balls(text: str):
    node, symbols = read(text)
    truth, fmt = Truth([node], symbols), FORMATS["float64"]
    x = points(fmt, Range(-20, 20), (), 60)
    (bulk,) = truth([x], fmt)
    for i in np.flatnonzero(bulk.known & ~bulk.undefined)[::7]:
        high, low = pair(truth.balls([x[i]])[0])
        if abs(high) < 1e-290:
            continue  # what is left of it is below all floats
        ulp = math.ulp(high)
        assert (
            abs(Fraction(high) + Fraction(low) - Fraction(bulk.high[i]) - Fraction(bulk.low[i])) <= Fraction(ulp) / 32
        )


def test_where_there_is_no_value_that_is_known():
    node, symbols = read("1/x + log(x)")
    (exact,) = Truth([node], symbols)([np.array([-1.0, 0.0, 1.0])], FORMATS["float32"])
    assert exact.undefined.tolist() == [True, True, False]
    assert exact.known.all()


# -- measures --------------------------------------------------------------------------------------------------------------


def of(text: str, x, computed, name: str = "float64", order: int = 0, value=None):
    node, symbols = read(text)
    subject = Subject(node, symbols, [Range()] * len(symbols), range(len(symbols)))
    reference = Reference(subject.truth(order), [np.asarray(x, float)], FORMATS[name])
    with np.errstate(all="ignore"):
        return measure(reference, 0, np.asarray(computed, float), value=value)


def test_condition_numbers_are_those_of_the_textbook():
    x = np.array([0.5, 3.0, 10.0])
    node, symbols = read("exp(x)")
    truth = Truth([node], symbols)
    found = conditions(truth, 0, [x], truth([x], FORMATS["float64"])[0])
    assert np.allclose(found, x, rtol=1e-5)


def test_ill_conditioned_is_not_off_and_inaccurate_is():
    x = 1e5
    exact = math.sin(x)
    assert not of("sin(x)", [x], [exact + 1e-12]).off.any()  # the input's own rounding moves it by as much
    assert of("sin(x)", [1.0], [math.sin(1.0) + 1e-12]).off.all()


def test_where_the_value_is_0_something_else_is_off():
    assert of("sin(x)", [0.0], [5.0]).off.all()
    assert of("(x - 1)**2", [1.0], [0.5]).off.all()
    assert not of("log(x)", [1.0], [1e-17]).off.any()


def test_small_values_are_judged_relatively():
    assert of("exp(x)", [-50.0], [0.0]).off.all()
    assert of("Phi(x)", [-10.0], [0.0]).off.all()


def test_results_near_the_ends_of_a_format_are_excused():
    m = of("exp(x)", [709.5, -740.0, 709.5 - 5], [np.inf, 0.0, np.inf])
    assert m.excused.tolist() == [True, True, False]
    assert m.off.tolist() == [False, False, True]


def test_any_element_of_the_subdifferential_is_right():
    value = np.zeros(4)
    m = of("abs(x)", [0.0] * 4, [-1.0, 1.0, 0.3, 1.5], order=1, value=value)
    assert m.off.tolist() == [False, False, False, True]
    m = of("where(x > 0, x, x/10)", [0.0] * 3, [1.0, 0.1, 2.0], order=1, value=np.zeros(3))
    assert m.off.tolist() == [False, False, True]


def test_nan_is_right_only_where_there_is_no_value():
    assert of("abs(x)", [0.0], [np.nan], order=1, value=np.zeros(1)).off.all()
    assert not of("log(x)", [-1.0], [np.nan]).off.any()
    assert of("log(x)", [1.0], [np.nan]).off.all()


def test_values_beside_a_point():
    node, symbols = read("sign(x)")
    assert beside(Truth([node], symbols), 0, [0.0]) == (-1.0, 1.0)
    node, symbols = read("1/x")
    assert beside(Truth([node], symbols), 0, [0.0]) == (-math.inf, math.inf)
    node, symbols = read("sin(x)/x")
    assert beside(Truth([node], symbols), 0, [0.0]) == (1.0, 1.0)


def test_the_slope_by_the_rounded_value_is_excused_and_told_a_wrong_sign_is_not():
    x = np.array([8.0, 20.0])
    textbook = 1 - np.tanh(x) ** 2
    m = of("tanh(x)", x, textbook, order=1, value=np.tanh(x))
    assert m.excused.all()
    assert not m.off.any()
    assert of("tanh(x)", x[:1], -textbook[:1], order=1, value=np.tanh(x[:1])).off.all()
    assert of("tanh(x)", x[:1], 10 * textbook[:1], order=1, value=np.tanh(x[:1])).off.all()
    assert of("tanh(x)", x[:1], [0.0], order=1, value=np.tanh(x[:1])).off.all()


# -- points ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_points_lie_in_the_range_and_meet_its_ends_its_marks_and_both_zeros(name: str):
    fmt = FORMATS[name]
    x = points(fmt, Range(-1, 3), [0.75], 300)
    assert x.min() == -1
    assert x.max() == 3
    assert 0.75 in x
    assert (np.diff(x) >= 0).all()
    assert (fmt.rounded(x) == x).all()
    assert sorted(np.copysign(1.0, x[x == 0]).tolist()) == [-1.0, 1.0]
    k = fmt.ordinal(np.array(0.75))
    assert float(fmt.at(k + 1)) in x
    assert float(fmt.at(k - 1)) in x


def test_open_ends_are_left_out_and_an_empty_range_has_no_points():
    x = points(FORMATS["float32"], Range(0, 1, True, True), (), 100)
    assert x.min() > 0
    assert x.max() < 1
    assert not len(points(FORMATS["float16"], Range(1.0001, 1.0002), (), 100))


def test_points_are_the_same_every_time_and_others_with_another_seed():
    fmt = FORMATS["float64"]
    assert (points(fmt, Range(), (), 100) == points(fmt, Range(), (), 100)).all()
    assert not np.array_equal(points(fmt, Range(), (), 100), points(fmt, Range(), (), 100, seed=1))


def test_several_variables_meet_equal_and_opposite_values():
    x, y = several(FORMATS["float32"], [Range(), Range()], [[], []], 200)
    assert (x == y).any()
    assert (x == -y).any()
    assert ((x == 0) & (y == 0)).any()


def test_a_dense_sweep_misses_no_band_of_1e_4():
    x = dense(FORMATS["float32"], Range(), 1 << 20)
    low = np.arange(-29.9, 29.9, 0.37)
    first = np.sort(x)
    assert (np.searchsorted(first, low + 1e-4) > np.searchsorted(first, low)).all()


# -- sweeps ------------------------------------------------------------------------------------------------------------------


@given(st.floats(width=32), st.floats(allow_nan=False))
def test_ulps_by_exponent_bits_are_those_of_the_format(computed: float, value: float):
    fmt = FORMATS["float32"]
    assume(abs(value) <= fmt.greatest)
    slow = fmt.ulps(np.array([computed]), np.array([value]))
    fast = ulps_of(np.array([computed]), np.array([value]))
    assert (fast == slow) | (fast == 2 * slow)  # at the top of a binade the format rounds up


@pytest.mark.parametrize("stride", [1, 7])
def test_a_sweep_meets_every_float_once_and_finds_the_worst(stride: int):
    fmt = FORMATS["float32"]
    first, last = (int(fmt.ordinal(np.array(v))) for v in (-1e-40, 1e-40))
    seen = []

    def values(x):
        seen.append(x.copy())
        y = x.copy()
        y[fmt.ordinal(x.astype(float)) == first + 700 * stride] += np.float32(3e-44)
        return y

    found = sweep(values, lambda x: x, first, last, stride, bins=5)
    k = fmt.ordinal(np.concatenate(seen).astype(float))
    assert k.tolist() == list(range(first, last + 1, stride))
    assert found.worst[np.argmax(found.tops)] == first + 700 * stride
    assert np.count_nonzero(found.tops) == 1


SIMPLE = st.one_of(
    st.builds(lambda n, d: n / 10**d, st.integers(-(10**15), 10**15), st.integers(0, 3)),
    st.floats(allow_nan=False).map(lambda x: x if x == round(x, 3) else float(round(x))),
    st.sampled_from([0.0, -0.0, 0.001, 9.99, 10.0, 999.999, 1e11, 1e12, 1e15, 1e16, 1e22, math.inf, -math.inf]),
)


@given(st.integers(1, 3).flatmap(lambda n: st.lists(st.tuples(*[SIMPLE] * n), min_size=1, max_size=20)))
def test_the_point_that_is_written_shortest(points: list[tuple[float, ...]]) -> None:
    points = [p for p in points if all(x == np.round(x, 3) for x in p)]
    assume(points)
    lengths = [sum(len(repr(x)) for x in p) for p in points]
    assert shortest([np.array(c) for c in zip(*points, strict=True)]) == lengths.index(min(lengths))


@pytest.mark.parametrize(
    ("code", "formula", "computes"),
    [
        (lambda p: -np.log(p + 1e-7), "-log(p)", "-log(p + 0.0000001)"),
        (lambda p: -np.log(np.maximum(p, 1e-6)), "-log(p)", "-log(max(p, 0.000001))"),
        (lambda p: -(p * np.log(p + 1e-8) + (1 - p) * np.log(1 - p + 1e-8)), "-(p*log(p) + (1 - p)*log(1 - p))",
         "-(p*log(p + 0.00000001) + (1 - p)*log(1 - p + 0.00000001))"),
    ],
)  # fmt: skip
def test_small_constants_that_code_adds_are_told(code: Any, formula: str, computes: str) -> None:
    found = conform(code, formula, domain={"p": (0, 1)}, dtypes=["float64"])
    assert found.verdict == "deviates"
    assert found.repair == computes


def test_a_module_says_the_shapes_of_its_parameters() -> None:
    torch = pytest.importorskip("torch")
    found = conform(torch.nn.Linear(4, 3), "x @ weight.T + bias", shapes={"x": (5, 4)}, dtypes=["float64"])
    assert found.verdict == "conforms"
