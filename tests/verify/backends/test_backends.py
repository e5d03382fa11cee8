"""Generated NumPy and Torch against exact values, operator by operator; and what a name may do to a source: nothing."""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.exchange import sympy_form
from derive.expr.composites import COMPOSITES
from derive.expr.graph import Graph, Node
from derive.expr.operators import OPERATORS, STRUCTURAL
from derive.flint import arb
from derive.language import components, typeset
from derive.language.reader import parse, to_text
from derive.numbers import balls as enclose
from derive.programs.digits import LOG_PHI
from tests.banks.strategies import KINKED, SMOOTH, points, scalar_expressions
from verify.backends import export, numpy_source, torch_source
from verify.backends.numpy_source import compile_numpy
from verify.backends.torch_source import compile_torch
from verify.backends.writer import Names, Program, identifier
from verify.conformance.measure import NUMPY_BITS, bounds, leaves_range, reading

EVERYTHING = {*OPERATORS, *STRUCTURAL}
POINTS = [(1.5, 0.5, -2.0), (0.25, 0.75, 3.0), (2.0, 2.0, 2.0), (0.5, -1.5, 0.125)]

G = Graph()
X, Y, Z = (G.symbol(n) for n in "xyz")
TENSORS = {"v": (2,), "w": (2,), "A": (2, 3), "B": (3, 2), "S": (2, 2), "p": (3,), "s": ()}
SCOPE = {name: G.symbol(name, shape) for name, shape in TENSORS.items()}


# -- every backend knows every entry -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("backend", "known"),
    [
        ("numpy", {*numpy_source.FORMS, *numpy_source.RESOLVED} - {LOG_PHI}),
        ("torch", {*torch_source.FORMS, *torch_source.RESOLVED} - {LOG_PHI}),
        (
            "balls",
            {*enclose._RULES, *components._RULES, *components._SPARSE} - {"all", "any"},
        ),  # of conditions, which are no operators
        ("sympy", sympy_form.KNOWN),
        ("typeset", {o for o in EVERYTHING if o in OPERATORS or o in typeset._RULES}),
    ],
)
def test_every_backend_knows_every_operator(backend: str, known: set[str]) -> None:
    assert EVERYTHING - known == set()
    assert known - EVERYTHING - {*COMPOSITES} == set(), "an entry that no operator needs"


def test_resolved_operators_have_no_form() -> None:
    assert not set(numpy_source.RESOLVED) & set(numpy_source.FORMS)
    assert not set(torch_source.RESOLVED) & set(torch_source.FORMS)


# -- values --------------------------------------------------------------------------------------------


def exact(n: Node, values: Mapping[Node, Any]) -> float | bool:
    """The value of a scalar node, or NaN where it has none."""
    found = enclose.evaluate([n], {s: enclose.rational(Fraction(v)) for s, v in values.items()})[0]
    if isinstance(found, bool):
        return found
    return math.nan if isinstance(found, Exception) else float(arb(found))


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("point", POINTS)
def test_operator_has_its_exact_value_in_numpy_and_torch(name: str, point: tuple[float, ...]) -> None:
    inputs = [X, Y, Z][: OPERATORS[name].arity]
    if name in ("where", "and", "or", "not"):
        inputs[0] = G.call("gt", X, Y)
    if name in ("and", "or"):
        inputs[1] = G.call("gt", Y, Z)
    if OPERATORS[name].orders:
        inputs[0] = G.const(2)
    node = G.call(name, *inputs)
    want = exact(node, dict(zip([X, Y, Z], point, strict=True)))
    (by_numpy,) = compile_numpy([node], [X, Y, Z])(*point)
    (by_torch,) = compile_torch([node], [X, Y, Z])(*(torch.tensor(p, dtype=torch.float64) for p in point))
    if isinstance(want, bool):
        assert (bool(by_numpy), bool(by_torch)) == (want, want)
    else:
        assert float(by_numpy) == pytest.approx(want, rel=1e-15, abs=1e-300, nan_ok=True)
        near_zero = (
            2.3e-16 if name == "lgamma" else 1e-300
        )  # Torch's has an error of an ulp of 1 around its zeros 1 and 2
        assert float(by_torch) == pytest.approx(want, rel=1e-15, abs=near_zero, nan_ok=True)


@settings(deadline=None, max_examples=80, database=None)
@given(scalar_expressions(G, [X, Y, Z], unary=SMOOTH + KINKED), points([X, Y, Z]), st.booleans())
def test_random_expressions_have_their_exact_values(f: Node, point: dict[Node, Fraction], named: bool) -> None:
    if named:
        f = G.call("mul", G.define("f", f), f)  # a name, and the same without it
    nodes, floats = list(point), [float(v) for v in point.values()]
    (by_numpy,) = compile_numpy([f], nodes)(*floats)
    (by_torch,) = compile_torch([f], nodes)(*(torch.tensor(p, dtype=torch.float64) for p in floats))
    bound = bounds([f], nodes, floats, NUMPY_BITS)
    for got in (float(by_numpy), float(by_torch)):
        found = reading(bound, [got])
        assert found is None or found.passes or leaves_range([f], nodes, floats)


@pytest.mark.parametrize(
    "text",
    [
        "A @ p", "v @ A", "A @ B", "v @ w", "A.T", "A.T @ v", "outer(v, p)", "diag(v)", "diag(S)", "sum(A)",
        "sum(A, axis=0)", "sum(A, axis=1)", "broadcast(v, 3, 2)", "reshape(A, 3, 2)", "A[1]", "A[1, 2]", "[v, w]",
        "[s, 2*s, 1]", "(v + w) @ (A - 1) / 2", "s*A", "relu(A) + p", "max(A, p)", "where(v > w, v, -w)",
        "norm(A)", "norm(v, 3)", "broadcast(1, 2)", "[1, 2] @ v", "diag([1, 2])", "min(S, 0) @ S**2 - 2**S",
    ],
)  # fmt: skip
def test_torch_computes_tensors_entry_by_entry(text: str) -> None:
    node = parse(text, SCOPE, G)
    rng = np.random.default_rng(0)
    values = {n: rng.integers(-8, 8, n.shape) / 4 for n in SCOPE.values()}
    entries = {e: x for n, v in values.items() for e, x in zip(components.components(n), v.reshape(-1), strict=True)}
    (got,) = compile_torch([node], list(values))(*(torch.tensor(v, dtype=torch.float64) for v in values.values()))
    assert got.dtype is torch.float64
    assert tuple(got.shape) == node.shape
    want = [exact(e, entries) for e in components.components(node)]
    assert got.reshape(-1).tolist() == pytest.approx(want, rel=1e-14, nan_ok=True)


def test_points_are_arrays_and_results_have_their_shape() -> None:
    a, constant = compile_numpy([G.call("exp", X), G.const(3)], [X, Y])(np.zeros((4, 1)), np.ones(5))
    assert a.shape == constant.shape == (4, 5)
    assert set(a.flat) == {1.0}
    assert set(constant.flat) == {3.0}


# -- numerical manners ---------------------------------------------------------------------------------


def test_tails_branches_and_faults_raise_no_warning() -> None:
    nodes = [G.call("sigmoid", X), parse("where(x > 0, log(x), 1)", {"x": X}, G), G.call("div", G.one, X)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        s, w, d = compile_numpy(nodes, [X])(np.array([-1000.0, 0.0, 1000.0]))
    assert list(s) == [0.0, 0.5, 1.0]
    assert list(w[:2]) == [1.0, 1.0]
    assert d[1] == math.inf


@pytest.mark.parametrize("compiled", [compile_numpy, compile_torch])
def test_no_value_on_a_kink_is_not_a_number(compiled: Any) -> None:
    jump = G.call("select", X, G.one, G.zero)
    joined = G.call("select", X, Y, G.one)
    zero, one = (torch.tensor(v, dtype=torch.float64) for v in (0.0, 1.0))
    assert math.isnan(compiled([jump], [X, Y])(zero, one)[0])
    assert float(compiled([joined], [X, Y])(zero, one)[0]) == 1.0


@pytest.mark.parametrize("compiled", [compile_numpy, compile_torch])
def test_constants_are_correctly_rounded_and_never_python_faults(compiled: Any) -> None:
    third, nothing = G.const(Fraction(1, 3)), G.call("div", G.one, G.zero)
    root, huge = G.call("pow", G.const(-2), G.const(Fraction(1, 2))), G.const(10**400)
    values = compiled([third, nothing, root, huge, G.define("eta", third)], [])()
    assert float(values[0]) == float(values[4]) == 1 / 3
    assert float(values[1]) == float(values[3]) == math.inf
    assert math.isnan(values[2])


# -- readable, and safe --------------------------------------------------------------------------------


def test_source_has_one_line_a_shared_node_and_the_documents_names() -> None:
    scope = dict(SCOPE)
    for name, text in {"z1": "A @ p + v", "a1": "sigmoid(z1)", "L": "sum(a1*a1)/2"}.items():
        scope[name] = G.define(name, parse(text, scope, G))
    source = torch_source.torch_source([scope["L"]], [SCOPE["A"], SCOPE["p"], SCOPE["v"]])
    lines = [line.strip() for line in source.splitlines()]
    assert lines[-4:] == [
        "z1 = A @ p + v",
        "a1 = torch.sigmoid(z1)",
        "L = torch.sum(a1 * a1, dim=None) / 2.0",
        "return (L,)",
    ]
    scalar = numpy_source.numpy_source(
        components.components(scope["L"]), [e for n in ("A", "p", "v") for e in components.components(SCOPE[n])]
    )
    assert scalar.count("sigmoid(z1_0)") == 1
    assert "a1_1 = sigmoid(z1_1)" in scalar
    namespace: dict[str, Any] = {}
    exec(scalar, namespace)  # it runs by itself
    assert "L" in namespace["f"].__doc__


def test_a_derivative_by_a_defined_name_sees_only_the_paths_through_the_name() -> None:
    body = G.call("relu", X)
    named = G.define("a1", body)
    total = G.call("add", G.call("mul", named, G.const(3)), G.call("mul", body, G.const(5)))
    x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    value, a1 = compile_torch([total, named], [X])(x)
    assert torch.autograd.grad(value, [a1, x]) == (torch.tensor(3.0), torch.tensor(8.0))
    alias = G.define("a0", X)
    value, a0 = compile_torch([G.call("mul", alias, X), alias], [X])(x)
    assert torch.autograd.grad(value, [a0, x]) == (torch.tensor(2.0), torch.tensor(4.0))


HOSTILE = [
    "np", "torch", "f", "t1", "sigmoid", "select", "number", "lambda", "match", "__import__", "_", "", " ", "x y",
    '"""', "\\", "x\n    import os", "'; import os #", "a)(b", "1", "ﬁ", "σ", "π/2", "\u202e", "None", "print",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_become_identifiers_and_change_nothing(name: str) -> None:
    g = Graph()
    x, other = g.symbol(name), g.symbol("x")
    inner = g.define(name, g.call("sigmoid", g.call("sub", x, other)))
    outer = g.define(f"{name} ", g.call("select", x, g.call("mul", inner, inner), g.one))
    for compiled in (compile_numpy, compile_torch):
        program: Program = compiled([outer, inner], [x, other])
        one = torch.tensor(1.0, dtype=torch.float64)
        assert [float(v) for v in program(one, one)] == [0.25, 0.5]
        (f,) = [n for n in ast.parse(program.source).body if isinstance(n, ast.FunctionDef) and n.name == "f"]
        assert [type(line) for line in f.body] == [ast.Expr, ast.Assign, ast.Assign, ast.Return]
        called = {ast.unparse(n.func) for n in ast.walk(f) if isinstance(n, ast.Call)}
        assert called <= {"sigmoid", "select", "torch.sigmoid", "number", "np.errstate"}


@given(st.text(max_size=20))
def test_identifiers_are_single_safe_words(text: str) -> None:
    word = identifier(text)
    assert word.isidentifier()
    assert not word.startswith("__")
    compile(f"def f({word}): return {word}", "", "exec")


def test_names_stay_distinct() -> None:
    g, names = Graph(), Names(["np"])
    made = [names.of(g.symbol(n)) for n in ("np", "np_2", "a b", "a_b", "a-b")]
    assert len(set(made)) == len(made)
    assert "np" not in made


def test_what_is_missing_is_said() -> None:
    with pytest.raises(ValueError, match="'x' is not among the inputs"):
        compile_numpy([X], [])
    with pytest.raises(NotImplementedError, match="no form for 'matmul'"):
        compile_numpy([parse("v @ w", SCOPE, G)], [SCOPE["v"], SCOPE["w"]])
    assert to_text(X) == "x"


@pytest.mark.parametrize("name", [name for name in STRUCTURAL if name != "def"])  # a definition is a line of its own
def test_every_structural_operator_has_a_form_in_tensor_level_numpy(name: str) -> None:
    assert name in export.TENSORS
