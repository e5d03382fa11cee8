"""Generated code for many points: agrees with balls at every size of block and kind of input, and writes to no input."""

from __future__ import annotations

import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from derive.calculus.hessian import hessian
from derive.calculus.reverse import gradient
from derive.expr.graph import Graph, Node
from derive.expr.operators import OPERATORS
from derive.flint import arb
from derive.language.reader import parse
from derive.numbers import balls as enclose
from tests.banks.strategies import KINKED, SMOOTH, points, scalar_expressions
from verify.backends.blocked import blocked_source, compile_blocked
from verify.backends.numpy_source import compile_numpy

G = Graph()
X, Y, Z = (G.symbol(n) for n in "xyz")
W = G.symbol("W", (2, 3))


def network() -> tuple[list[Node], list[Node]]:
    """Gradient and Hessian of a three-layer scalar network, and what they depend on."""
    g = Graph()
    scope = {n: g.symbol(n) for n in ("x", "w1", "b1", "w2", "b2", "w3", "b3", "y")}
    loss = parse("(sigmoid(w3*tanh(w2*relu(w1*x + b1) + b2) + b3) - y)**2/2", scope, g)
    parameters = [scope[n] for n in ("w1", "b1", "w2", "b2", "w3", "b3")]
    return [*gradient(loss, parameters), *hessian(loss, parameters).values()], list(scope.values())


OUTPUTS, INPUTS = network()
PROGRAM = compile_blocked(OUTPUTS, INPUTS)
BLOCK = int(PROGRAM.source.partition("\nBLOCK = ")[2].split()[0])


def exact(nodes: list[Node], values: dict[Node, float]) -> list[float]:
    found = enclose.evaluate(nodes, {s: enclose.rational(Fraction(v)) for s, v in values.items()})
    return [math.nan if isinstance(v, Exception) else float(v) if isinstance(v, bool) else float(arb(v)) for v in found]


# -- sizes and kinds of input ------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 10_007])
def test_at_any_number_of_points_it_is_what_the_plain_code_is_and_no_input_is_written_to(size: int) -> None:
    rng = np.random.default_rng(size)
    values = [rng.uniform(-2, 2, size) for _ in INPUTS]
    before = [v.copy() for v in values]
    found = PROGRAM(*values)
    assert all(np.array_equal(v, b) for v, b in zip(values, before, strict=True))
    for a, b in zip(found, compile_numpy(OUTPUTS, INPUTS)(*values), strict=True):
        assert a.shape == (size,)
        assert a.dtype == np.float64
        # the derivative of the logistic function cancels: what is lost is some units of the last digit of 1
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("kind", "tolerance"), [(np.float64, 1e-13), (np.float32, 1e-4)])
def test_it_agrees_with_balls(kind: Any, tolerance: float) -> None:
    rng = np.random.default_rng(1)
    values = [rng.uniform(-2, 2, 25).astype(kind) for _ in INPUTS]
    found = PROGRAM(*values)
    assert {f.dtype for f in found} == {np.dtype(kind)}
    for i in range(25):
        want = exact(OUTPUTS, {n: float(v[i]) for n, v in zip(INPUTS, values, strict=True)})
        assert [float(f[i]) for f in found] == pytest.approx(want, rel=tolerance, abs=tolerance)


def test_inputs_may_be_read_only_strided_whole_numbers_or_the_same_at_all_points() -> None:
    f = parse("x*y + z", {"x": X, "y": Y, "z": Z}, G)
    x = np.arange(20).reshape(4, 5)
    y = np.broadcast_to(np.float64(0.5), (4, 5))
    (found,) = compile_blocked([f], [X, Y, Z])(x, y[:, ::1], 2)
    assert np.array_equal(found, x * 0.5 + 2)
    (found,) = compile_blocked([f], [X, Y, Z])(x[::2, ::-1], np.ones((1, 5)), np.ones((2, 1)))
    assert np.array_equal(found, x[::2, ::-1] + 1.0)
    assert compile_blocked([f], [X, Y, Z])(1, 2, 3)[0] == 5.0
    (found,) = compile_blocked([f], [X, Y, Z])(np.ones(3, np.float32), 2.0, 0.5)
    assert found.dtype == np.float32


def test_tensors_have_their_points_behind_their_own_axes() -> None:
    v = G.symbol("v", (3,))
    program = compile_blocked([parse("W @ v", {"W": W, "v": v}, G), parse("sum(W)", {"W": W}, G), W], [W, v])
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(2, 3, 7)), rng.normal(size=(3, 7))
    product, total, same = program(w, x)
    np.testing.assert_allclose(product, np.einsum("ijp,jp->ip", w, x), rtol=1e-14)
    np.testing.assert_allclose(total, w.sum((0, 1)), rtol=1e-13)
    assert np.array_equal(same, w)
    product, *_ = program(w[..., 0], x)  # one W for all points
    np.testing.assert_allclose(product, w[..., 0] @ x, rtol=1e-14)
    with pytest.raises(ValueError, match=r"shape \(3, 2\)"):
        program(np.ones((3, 2)), x)


# -- results where the caller wants them ---------------------------------------------------------------


def test_results_are_written_over_those_of_an_earlier_call() -> None:
    rng = np.random.default_rng(2)
    first, second = (rng.uniform(-2, 2, (len(INPUTS), BLOCK + 5)) for _ in range(2))
    found = PROGRAM(*first)
    where = [f.__array_interface__["data"] for f in found]
    again = PROGRAM(*second, out=found)
    assert [f.__array_interface__["data"] for f in again] == where
    assert all(a is b for a, b in zip(again, found, strict=True))
    for a, b in zip(again, PROGRAM(*second), strict=True):
        assert np.array_equal(a, b)
    v = G.symbol("v", (3,))
    program = compile_blocked([parse("W @ v", {"W": W, "v": v}, G), W], [W, v])
    w, x = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(3, 4, 5))
    out = [np.full((2, 4, 5), np.nan), np.empty((2, 3, 4, 5))]
    program(w, x, out=out)
    np.testing.assert_allclose(out[0], np.einsum("ijpq,jpq->ipq", w, x), rtol=1e-14)
    assert np.array_equal(out[1], w)


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ([], "0 arrays to write to"),
        ([np.empty(7), np.empty(8)], "shape"),
        ([np.empty(8), np.empty(8, np.float32)], "type float64"),
        ([np.empty(8), np.empty(16)[::2]], "contiguous"),
        ([np.empty(8), np.broadcast_to(0.0, 8)], "contiguous"),
        ([np.empty(8), [0.0] * 8], "contiguous"),
        ([np.ones(12)[:8]] * 2, "two of the arrays"),
    ],
)
def test_results_are_not_written_to_what_does_not_fit(out: Any, message: str) -> None:
    program = compile_blocked([G.call("add", X, Y), G.call("mul", X, Y)], [X, Y])
    x = np.arange(8.0)
    with pytest.raises(ValueError, match=message):
        program(x, x + 1.0, out=out)
    with pytest.raises(ValueError, match="shares memory with an input"):
        program(x, x + 1.0, out=[np.empty(8), x])


# -- every operator ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_has_its_exact_value(name: str) -> None:
    inputs = [X, Y, Z][: OPERATORS[name].arity]
    if name in ("where", "and", "or", "not"):
        inputs[0] = G.call("gt", X, Y)
    if name in ("and", "or"):
        inputs[1] = G.call("gt", Y, Z)
    if OPERATORS[name].orders:
        inputs[0] = G.const(2)
    node = G.call(name, *inputs)
    if OPERATORS[name].boolean:
        node = G.call("where", node, X, Z)
    at = np.array([(1.5, 0.5, -2.0), (0.25, 0.75, 3.0), (2.0, 2.0, 2.0), (0.5, -1.5, 0.125)])
    (found,) = compile_blocked([node], [X, Y, Z])(*at.T)
    want = [exact([node], dict(zip([X, Y, Z], map(float, p), strict=True)))[0] for p in at]
    assert found.tolist() == pytest.approx(want, rel=1e-15, abs=1e-300, nan_ok=True)


@settings(deadline=None, max_examples=100, database=None)
@given(scalar_expressions(G, [X, Y, Z], unary=SMOOTH + KINKED), points([X, Y, Z]))
def test_random_expressions_are_what_the_plain_code_gives(f: Node, point: dict[Node, Fraction]) -> None:
    f = G.call("mul", G.define("f", f), G.call("add", f, X))
    values = [np.full(3, float(v)) for v in point.values()]
    (a,), (b,) = (c([f], list(point))(*values) for c in (compile_blocked, compile_numpy))
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("exponent", [-2, -1, 0, 1, 2, 3, 4, 5, Fraction(1, 2)])
def test_powers(exponent: Fraction) -> None:
    node = G.call("mul", G.call("pow", X, G.const(exponent)), X)
    (found,) = compile_blocked([node], [X])(np.array([0.5, 1.5, 3.0]))
    assert found.tolist() == pytest.approx([v ** float(exponent) * v for v in (0.5, 1.5, 3.0)], rel=1e-15)


def test_tails_kinks_and_not_a_number() -> None:
    at = np.array([-1000.0, -720.0, -100.0, 0.0, 100.0, 1000.0, math.nan])
    jump, joined = G.call("select", X, G.one, G.zero), G.call("select", X, X, G.neg(X))
    s, j, a, c = compile_blocked([G.call("sigmoid", X), jump, joined, G.const(3)], [X])(at)
    want = [0.0, math.exp(-720), math.exp(-100), 0.5, 1.0, 1.0, math.nan]
    assert s.tolist() == pytest.approx(want, rel=1e-15, nan_ok=True)
    assert j.tolist() == pytest.approx([0, 0, 0, math.nan, 1, 1, math.nan], nan_ok=True)
    assert a.tolist() == pytest.approx([1000, 720, 100, 0, 100, 1000, math.nan], nan_ok=True)
    assert set(c) == {3.0}
    (single,) = compile_blocked([G.call("sigmoid", X)], [X])(np.float32([-90, -200]))
    assert single.tolist() == pytest.approx([float(np.float32(math.exp(-90))), 0.0], rel=1e-2)


@pytest.mark.parametrize("name", ["erf", "Phi"])
def test_the_error_function_is_exact_to_some_units_of_the_last_digit(name: str) -> None:
    """Against Arb: on all three ranges of the approximation, at their seams, near zero and in both tails."""
    rng = np.random.default_rng(3)
    seams = [s * math.sqrt(2) ** (name == "Phi") for s in (0.46875, 4.0)]
    near = np.concatenate([s + rng.uniform(-1e-3, 1e-3, 50) for s in seams])
    tiny = 10.0 ** rng.uniform(-300, -1, 100)
    at = np.concatenate([rng.uniform(0, 6, 500), near, tiny])
    at = np.concatenate([at, -at, rng.uniform(-37, -6, 200)])
    node = G.call(name, X)
    for found in (compile_blocked([node], [X])(at)[0], compile_numpy([node], [X])(at)[0]):
        for x, value in zip(at.tolist(), found.tolist(), strict=True):
            with enclose.precision(200):
                (want,) = enclose.evaluate([node], {X: enclose.rational(Fraction(x))}, 200)
                assert abs(arb(value) - arb(want)) < 8 * math.ulp(float(arb(want)))
    special = compile_blocked([node], [X])(np.array([math.inf, -math.inf, 0.0, math.nan, 50.0, -50.0]))[0].tolist()
    low, middle = (-1.0, 0.0) if name == "erf" else (0.0, 0.5)
    assert special == pytest.approx([1.0, low, middle, math.nan, 1.0, low], abs=0, rel=0, nan_ok=True)


@pytest.mark.parametrize(("above", "below"), [(1, 0), (0, 1), (1, -1), (Fraction(1, 2), 3)])
def test_steps_between_two_numbers(above: Fraction, below: Fraction) -> None:
    step = G.call("select", X, G.const(above), G.const(below))
    at = np.array([math.inf, 2.0, 5e-324, 0.0, -0.0, -1.0, -math.inf, math.nan])
    a, b, none = float(above), float(below), math.nan
    for kind in (np.float64, np.float32):
        kinked = at.astype(kind)
        want = [a, a, a if kinked[2] else none, none, none, b, b, none]
        assert compile_blocked([step], [X])(kinked)[0].tolist() == pytest.approx(want, abs=0, rel=0, nan_ok=True)


# -- buffers, and the source -------------------------------------------------------------------------


def test_buffers_are_given_back() -> None:
    f = X
    for _ in range(50):
        f = G.call("add", G.call("exp", f), Y)
    source = blocked_source([f], [X, Y])
    assert source.rstrip().endswith("1, 0, out)")  # one buffer for a hundred operations


def test_the_source_runs_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "made.py"
    path.write_text(blocked_source(OUTPUTS, INPUTS, "slopes", '"""Slopes of a network."""'), encoding="utf-8")
    program = "import numpy as np, made; print(made.slopes.__doc__, *made.slopes(*[np.full(2, 0.5)] * 8)[0])"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    want = exact(OUTPUTS[:1], dict.fromkeys(INPUTS, 0.5))[0]
    assert done.stdout.startswith("Slopes of a network. ")
    assert [float(v) for v in done.stdout.split()[4:]] == pytest.approx([want, want], rel=1e-13)


def test_what_is_missing_is_said() -> None:
    with pytest.raises(ValueError, match="'x' is not among the inputs"):
        compile_blocked([G.call("exp", X)], [Y])


def test_hostile_names_change_nothing() -> None:
    g = Graph()
    names = ["np", "math", "BLOCK", "in_blocks", "f", "f_of_block", "r1", "t1", "sigmoid", "a)(b", '"""']
    symbols = [g.symbol(n) for n in names]
    total = symbols[0]
    for s in symbols[1:]:
        total = g.call("add", g.call("sigmoid", total), s)
    (found,) = compile_blocked([total], symbols)(*[np.zeros(2)] * len(names))
    want = exact([total], dict.fromkeys(symbols, 0.0))[0]
    assert found.tolist() == pytest.approx([want, want], rel=1e-15)
