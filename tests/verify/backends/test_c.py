"""Generated C against exact values, where a compiler is installed; and what a name may do to a source: nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from derive.api import derivation
from derive.calculus.hessian import hessian
from derive.calculus.reverse import gradient
from derive.expr.graph import Graph, Node
from derive.expr.operators import OPERATORS
from derive.language.reader import parse
from derive.programs.digits import LOG_PHI
from tests.verify.backends.test_backends import POINTS, X, Y, Z, exact
from verify.backends import c_source, numpy_source, to_c
from verify.backends.c_source import FORMS, compile_c, compiler
from verify.conformance.measure import NUMPY_BITS, bounds, reading

G = X.graph
VECTOR_ULPS = 4  # of a function of libmvec

needs_compiler = pytest.mark.skipif(compiler() is None, reason="no C compiler is installed")


def call(name: str) -> Node:
    """An operator of x, y and z."""
    inputs: list[Node] = [X, Y, Z][: OPERATORS[name].arity]
    if name in ("where", "and", "or", "not"):
        inputs[0] = G.call("gt", X, Y)
    if name in ("and", "or"):
        inputs[1] = G.call("gt", Y, Z)
    return G.call(name, *inputs)


def test_operators_without_a_form_are_known() -> None:
    assert set(numpy_source.FORMS) - set(FORMS) <= {
        "polygamma",
        *("erfinv", "probit", "probit_odds"),
        LOG_PHI,
        *(n for n, o in OPERATORS.items() if o.orders),
    }
    with pytest.raises(NotImplementedError, match="polygamma"):
        c_source.c_source([G.call("polygamma", G.const(1), X)], [X])


@needs_compiler
def test_operators_have_their_exact_values() -> None:
    names = [n for n in OPERATORS if n in FORMS]
    nodes = [call(n) for n in names]
    places = [
        np.array(column * 9) for column in zip(*POINTS, strict=True)
    ]  # enough points for vectors, and some left over
    for name, node, found in zip(names, nodes, compile_c(nodes, [X, Y, Z])(*places), strict=True):
        for k, got in enumerate(found):
            want = exact(node, dict(zip([X, Y, Z], POINTS[k % len(POINTS)], strict=True)))
            assert got == pytest.approx(float(want), rel=VECTOR_ULPS * 2.3e-16, abs=1e-300, nan_ok=True), name


@needs_compiler
def test_derivatives_of_a_network_are_within_the_bounds() -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("x", "y", "w", "b", "v", "c")}
    loss = parse("(sigmoid(v*relu(w*x + b) + c*tanh(w*x)) - y)**2/2", scope, g)
    parameters = [scope[n] for n in ("w", "b", "v", "c")]
    outputs = [loss, *gradient(loss, parameters), *hessian(loss, parameters).values()]
    inputs = list(scope.values())
    rng = np.random.default_rng(0)
    values = rng.standard_normal((len(inputs), 23))
    results = compile_c(outputs, inputs)(*values)
    for k in range(values.shape[1]):
        point = [float(v) for v in values[:, k]]
        found = reading(bounds(outputs, inputs, point, NUMPY_BITS - 2), [float(r[k]) for r in results])
        assert found is None or found.passes


@needs_compiler
def test_points_broadcast_and_results_may_be_written_over() -> None:
    f = compile_c([G.call("exp", X), G.mul(X, Y)], [X, Y])
    a, b = f(np.zeros((4, 1)), np.ones(5))
    assert (a.shape, b.shape) == ((4, 5), (4, 5))
    again = f(np.ones((4, 1)), np.ones(5), out=(a, b))
    assert again[0] is a
    assert a == pytest.approx(np.full((4, 5), math.e), rel=VECTOR_ULPS * 2.3e-16)
    with pytest.raises(ValueError, match="shares memory"):
        f(a, b, out=(a, b))
    with pytest.raises(ValueError, match="share memory"):
        f(1.0, 2.0 * np.ones((4, 5)), out=(a, a))
    with pytest.raises(ValueError, match="contiguous"):
        f(np.ones(3), 1.0, out=(a, b))


@needs_compiler
@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (1,), (9,), (3, 5)])
def test_points_may_be_of_any_number(shape: tuple[int, ...]) -> None:
    """A result that is computed twice, one that is an input, a constant, and an input that nothing needs."""
    product = G.mul(X, Y)
    f = compile_c([product, X, G.const(3), product], [X, Y, G.symbol("unused")])
    found = f(np.full(shape, 2.0), 5.0, np.ones(shape))
    for got, want in zip(found, (10.0, 2.0, 3.0, 10.0), strict=True):
        assert got.tolist() == np.full(shape, want).tolist()


@needs_compiler
@pytest.mark.parametrize("left_over", [0, 1, c_source.BLOCK - 1])
def test_large_results_are_those_of_each_point(left_over: int) -> None:
    """They are written past the cache where they begin at its lines, and as they come where they don't."""
    outputs = [G.mul(X, Y), G.add(X, Y), X]
    f = compile_c(outputs, [X, Y])
    count = c_source.LARGE // (8 * len(outputs)) // c_source.BLOCK * c_source.BLOCK + c_source.BLOCK + left_over
    x, y = np.arange(count, dtype=float), 1 / np.arange(1, count + 1)
    odd = np.zeros((3, count + 1 + (count % 2 == 0)))[:, 1 : count + 1]
    beyond = np.zeros(4 * (count + 16))
    shifted = [beyond[k * (count + 16) + 1 :][:count] for k in range(3)]
    for out in (None, list(odd), shifted):
        for got, want in zip(f(x, y, out=out), (x * y, x + y, x), strict=True):
            assert np.array_equal(got, want)
    assert not odd.base[:, 0].any()
    assert not any(beyond[k * (count + 16) + count + 1 : (k + 1) * (count + 16) + 1].any() for k in range(3))


@needs_compiler
@pytest.mark.parametrize("more", [0, 1])
def test_as_many_results_as_are_kept_and_one_more(more: int) -> None:
    outputs = [G.add(X, G.const(k)) for k in range(c_source.WIDEST + more)]
    x = np.arange(c_source.LARGE // (8 * len(outputs)) + 2.0)
    for k, got in enumerate(compile_c(outputs, [X])(x)):
        assert np.array_equal(got, x + k)


def test_names_do_nothing_to_a_source() -> None:
    g = Graph()
    odd = [g.symbol(n) for n in ("double", "in", "main", "η", "x1", "exp")]
    total = g.define("*/ system(", odd[0])
    for n in odd:
        total = g.add(total, g.define("*/ evil(); /*", n))
    source = c_source.c_source([total], odd)
    assert source.count("*/") == source.count("/*")
    assert "evil()" not in source
    if compiler() is not None:
        assert compile_c([total], odd)(*[np.ones(2)] * 6)[0].tolist() == [7.0, 7.0]


def test_a_derivation_says_what_is_where() -> None:
    source = to_c(derivation("sum(w**2)", "w", name="L", w=2), name="ridge")
    assert "void ridge(" in source
    assert "out[1] to out[2], row by row: dL_dw" in source
