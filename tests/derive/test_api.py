"""The API for people: derivatives by name, SymPy in and out, and programs that run by themselves."""

from __future__ import annotations

import doctest
import subprocess
import sys
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

import derive
from derive import api
from derive.exchange.sympy import symbol_name
from derive.expr.graph import Node
from derive.flint import arb
from derive.language.components import components
from derive.numbers import balls as enclose
from tests import ROOT
from verify.backends import to_numpy, to_torch

#: Losses as people write them, their shapes, their variables.
LOSSES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "logistic": ("mean((sigmoid(X @ w + b) - y)**2) + lam*sum(w**2)", {"X": (5, 3), "w": 3, "y": 5}, ["w", "b"]),
    "network": ("(sigmoid(w3*tanh(w2*relu(w1*x + b1) + b2) + b3) - y)**2/2", {}, ["w1", "b1", "w2", "b2", "w3", "b3"]),
    "softmax": ("-sum(y*log_softmax(W @ x + b))", {"W": (3, 2), "x": 2, "b": 3, "y": 3}, ["W", "b"]),
    "gauss": ("sum((x - m)**2)/(2*s**2) + log(s) + log(2*pi)/2", {"x": 3}, ["m", "s"]),
    "layers": ("sum(gelu_tanh(W @ relu(V @ x))**3)", {"W": (2, 3), "V": (3, 2), "x": 2}, ["V"]),
    "hinge": ("mean(relu(1 - y*(X @ w)))", {"X": (4, 2), "w": 2, "y": 4}, ["w"]),
    "distance": ("norm(A @ x - [1, 2]) + x @ A.T @ A @ x", {"A": (2, 2), "x": 2}, ["x"]),
}


def made(name: str) -> derive.Derivation:
    text, shapes, by = LOSSES[name]
    return derive.derivation(text, by, ["gradient", "hvp", "hessian"], name="L", **shapes)


def values(d: derive.Derivation) -> dict[Node, Any]:
    """A value in quarters for each symbol; none is on a kink."""
    rng = np.random.default_rng(len(d.symbols))
    return {n: (2 * rng.integers(1, 8, n.shape) + 1) / 8 for n in d.symbols}


def exact(nodes: list[Node], given: dict[Node, Any]) -> list[list[float]]:
    """The entries of each node by ball arithmetic."""
    scalars = {e: v for n, x in given.items() for e, v in zip(components(n), np.reshape(x, -1), strict=True)}
    known = {e: enclose.rational(Fraction(float(v))) for e, v in scalars.items()}
    return [[float(arb(v)) for v in enclose.evaluate(components(n), known)] for n in nodes]


# -- derivatives -----------------------------------------------------------------------------------


def test_what_the_documentation_shows_is_what_comes_out() -> None:
    assert doctest.testmod(api).attempted > 4
    assert doctest.testmod(api).failed == 0
    tried = doctest.testfile(str(ROOT / "docs" / "derive.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert tried.attempted > 10
    assert tried.failed == 0


def test_one_variable_gives_a_node_several_a_list() -> None:
    loss = derive.parse("sum((W @ x + b)**2)", W=(2, 3), x=3, b=(2,))
    w, b = derive.gradient(loss, ["W", "b"])
    assert (w.shape, b.shape) == ((2, 3), (2,))
    assert derive.gradient(loss, "W") is w
    assert derive.gradient(loss, "W[0, 1]").shape == ()
    assert derive.hessian(loss, "b").shape == (2, 2)
    assert derive.hessian(loss, ["W", "b"]).shape == (8, 8)
    assert derive.hvp(loss, ["W", "b"], "u").shape == (8,)
    assert derive.jacobian(derive.parse("W @ x", W=(2, 3), x=3), "x").shape == (2, 3)
    assert derive.gradient(derive.gradient(derive.parse("x**3"), "x"), "x") is not None


def test_an_expression_may_stand_in_another_under_a_name() -> None:
    yhat = derive.parse("sigmoid(w*x)")
    loss = derive.parse("(yhat - y)**2/2", yhat=yhat)
    assert derive.to_text(derive.gradient(loss, "yhat")) == "yhat - y"
    assert derive.to_text(derive.gradient(derive.parse("w*yhat", yhat=yhat), yhat.args[0])) != "0"


def test_it_shows_in_a_notebook() -> None:
    d = made("logistic")
    assert d._repr_latex_().startswith("$$\n\\begin{aligned}\n")
    assert r"\frac{\partial L}{\partial w} &= " in d._repr_latex_()
    assert derive.parse("w**2")._repr_latex_() == "$w^{2}$"
    assert str(d) == d.text()
    assert d["dL_db"].shape == ()
    with pytest.raises(KeyError, match="dL_dw, dL_db"):
        d["dL_dq"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: derive.parse("a*", a=2), "can't be read"),
        (lambda: derive.parse("a*b", c=2), "'c' does not stand in the expression"),
        (lambda: derive.gradient(derive.parse("a*b"), "c"), "unknown symbol 'c'"),
        (lambda: derive.gradient(derive.parse("a*b", a=2), "a"), r"not shape \[2\]; jacobian"),
        (lambda: derive.gradient(derive.parse("a*b"), "a*b"), "not by 'a"),
        (lambda: derive.hessian(derive.parse("sum(W)", W=(20, 20)), "W"), "400 x 400 entries"),
        (lambda: derive.derivation("a*b", "a", ["gradiant"]), "did you mean 'gradient'"),
        (
            lambda: derive.hvp(derive.parse("sum(w**2)", w=3), "w", derive.parse("v", v=2)),
            r"\[2\], the variables \[3\]",
        ),
    ],
)
def test_faults_are_said(call: Any, message: str) -> None:
    with pytest.raises(derive.ExpressionError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: derive.parse("sum(x)", x=(2, -3)), r"whole numbers from 1, not \(2, -3\)"),
        (lambda: derive.parse("sum(x)", x=0), "whole numbers from 1, not 0"),
        (lambda: derive.parse("sum(x)", x=2.5), r"not 2\.5"),
        (lambda: derive.parse("sum(x)", x="3"), "not '3'"),
        (lambda: derive.hessian("x**2", ["x", "x"]), "'x' stands twice"),
        (lambda: derive.hvp("x**2", "x", "x"), "the direction 'x' has the name"),
        (lambda: derive.gradient(3, "x"), "not int 3"),
        (lambda: derive.from_sympy(None), "not NoneType None"),
        (lambda: derive.from_sympy("x"), "not str x"),
        (lambda: derive.from_sympy([x]), "not list"),
        (lambda: derive.from_sympy(sp.Sum(x, (x, 1, 3))), "'Sum'"),
        (lambda: derive.from_sympy(sp.Integral(x, (x, 1, 3)) + 1), "'Integral'"),
        (lambda: derive.from_sympy(sp.Derivative(sp.Function("g")(x), x)), "'Derivative'"),
        (lambda: derive.from_sympy(sp.ImmutableMatrix([[x]])), "Matrix"),
        (lambda: derive.from_sympy(sp.MatrixSymbol("A", 2, 2)), "'MatrixSymbol'"),
    ],
)
def test_what_is_no_expression_is_named(call: Any, message: str) -> None:
    with pytest.raises(derive.ExpressionError, match=message):
        call()


@pytest.mark.parametrize("name", ["lambda", r"\\theta", "x_{1}", "W[0, 1]"])
def test_a_sympy_symbol_may_have_any_name(name: str) -> None:
    s = sp.Symbol(name)
    assert derive.to_sympy(derive.gradient(derive.from_sympy(s**2 * y), s)) == 2 * s * y
    assert derive.to_sympy(derive.gradient(s**2 * y, s)) == 2 * s * y
    d = sp.Dummy()
    assert derive.to_sympy(derive.gradient(d**3, d)) == 3 * d**2


def test_a_text_has_derivatives_too() -> None:
    assert derive.to_text(derive.gradient("x**2", "x")) == "2*x"
    assert derive.hessian("x**2*y", ["x", "y"]).shape == (2, 2)


def test_importing_derive_loads_nothing() -> None:
    program = "import sys, derive; assert 'derive.expr.graph' not in sys.modules; from derive import parse, gradient; "
    program += "gradient(parse('tanh(w*x)**2'), 'w'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"sympy", "numpy", "torch", "verify", "flint"}


# -- SymPy -----------------------------------------------------------------------------------------

x, y = sp.symbols("x y")
BROUGHT = [
    sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi) + x / y,
    sp.log(x) * sp.tanh(y) + sp.sin(x) * sp.cos(y) + sp.cosh(x) / sp.sinh(y) + sp.tan(x / 3),
    sp.Max(x, y, 0) * sp.erf(x) + sp.Min(x, 2 * y) ** 3,
    sp.Abs(x - y) / (1 + sp.E) + sp.Heaviside(x - y) * y**2,
    sp.Piecewise((x**2, x > y), (y, sp.And(x > 0, y > 3)), (x * y, True)),
    sp.Rational(1, 3) * x ** sp.Rational(2, 3) + 0.1 * sp.sqrt(y) + y**-2,
]


@pytest.mark.parametrize("e", BROUGHT, ids=lambda e: str(e)[:30])
def test_a_sympy_expression_comes_back_with_its_derivatives(e: sp.Expr) -> None:
    f = derive.from_sympy(e)
    at = {x: sp.Rational(7, 5), y: sp.Rational(9, 8)}

    def near(a: Any, b: Any) -> bool:
        return abs(sp.N((a - b).subs(at), 30)) < 1e-15

    assert near(derive.to_sympy(f), e)
    slopes = [derive.to_sympy(g) for g in derive.gradient(f, [x, y])]
    assert {s for g in slopes for s in g.free_symbols} <= {x, y}  # the very symbols that were brought
    h = sp.Rational(1, 10**9)
    for v, slope in zip((x, y), slopes, strict=True):
        quotient = (sp.N(e.subs({**at, v: at[v] + h}), 40) - sp.N(e.subs({**at, v: at[v] - h}), 40)) / (2 * h)
        assert abs(sp.N(slope.subs(at), 30) - quotient) < 1e-12
    second = derive.to_sympy(derive.hessian(f, [x, y]))
    assert isinstance(second, sp.MatrixBase)
    want = sp.N(sp.diff(slopes[0], y).subs(at), 30)
    assert abs(sp.N(second[0, 1].subs(at), 30) - want) < 1e-12


def test_tensors_go_out_as_matrices() -> None:
    f = derive.parse("W @ x", W=(2, 2), x=2)
    w = sp.Matrix(2, 2, lambda i, j: sp.Symbol(f"W_{i}_{j}", real=True))
    v = sp.Matrix([sp.Symbol(f"x_{i}", real=True) for i in range(2)])
    assert derive.to_sympy(f) == w * v
    assert derive.to_sympy(derive.jacobian(f, "W")).shape == (2, 2, 2)


def test_decimals_from_sympy_are_what_they_look_like() -> None:
    assert derive.from_sympy(sp.Float(0.1)).attr == Fraction(1, 10)


@pytest.mark.parametrize(
    ("e", "message"),
    [
        (sp.besselj(0, x), "'besselj'"),
        (x + sp.nan, "'NaN'"),
        (sp.Piecewise((x, x > 0)), "without a value for the rest"),
        (sp.Symbol("x") + sp.Symbol("x", real=True), "two different SymPy symbols have the name 'x'"),
    ],
)
def test_what_has_no_counterpart_is_named(e: Any, message: str) -> None:
    with pytest.raises(derive.ExpressionError, match=message):
        derive.from_sympy(e)


# -- programs --------------------------------------------------------------------------------------


def run_alone(sources: dict[str, str], calls: dict[str, str], folder: Path) -> dict[str, list[list[float]]]:
    """What programs return, one list of entries a result, in a process that knows nothing of Errata."""
    lines = [f"import sys; sys.path.insert(0, {str(folder)!r})", "import numpy as np"]
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
        lines += [f"import {name}", f"for r in {calls[name]}: print({name!r}, *np.asarray(r).reshape(-1))"]
    lines.append("assert not {'derive', 'verify'} & {m.partition('.')[0] for m in sys.modules}")
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[list[float]]] = {name: [] for name in sources}
    for line in done.stdout.splitlines():
        name, *numbers = line.split()
        found[name].append([float(v) for v in numbers])
    return found


def agree(found: dict[str, list[list[float]]], parts: list[str] | None = None) -> None:
    for name, results in found.items():
        d = made(name)
        chosen = [p for p in d.parts if parts is None or p.name in parts]
        want = exact([p.right for p in chosen], values(d))
        for p, a, b in zip(chosen, results, want, strict=True):
            assert a == pytest.approx(b, rel=1e-12, abs=1e-13), (name, p.name)


def test_numpy_programs_run_by_themselves_and_agree_with_balls(tmp_path: Path) -> None:
    arrays = {name: [v.tolist() for v in values(made(name)).values()] for name in LOSSES}
    calls = {name: f"{name}.loss(*map(np.array, {a}))" for name, a in arrays.items()}
    agree(run_alone({name: to_numpy(made(name), name="loss") for name in LOSSES}, calls, tmp_path))


def test_programs_for_many_points_run_by_themselves_and_agree_with_balls(tmp_path: Path) -> None:
    arrays = {name: [v.tolist() for v in values(made(name)).values()] for name in LOSSES}
    points = "[np.array(v)[..., None] + np.zeros(3) for v in {}]"
    calls = {name: f"[r[..., 1] for r in {name}.loss(*{points.format(a)})]" for name, a in arrays.items()}
    agree(run_alone({name: to_numpy(made(name), name="loss", points=True) for name in LOSSES}, calls, tmp_path))


def test_torch_programs_run_by_themselves_and_agree_with_balls(tmp_path: Path) -> None:
    arrays = {name: [v.tolist() for v in values(made(name)).values()] for name in LOSSES}
    tensors = "[{}.torch.tensor(v, dtype={}.torch.float64) for v in {}]"
    calls = {name: f"{name}.loss(*{tensors.format(name, name, a)})" for name, a in arrays.items()}
    agree(run_alone({name: to_torch(made(name), name="loss") for name in LOSSES}, calls, tmp_path))


def test_sympy_programs_run_by_themselves_and_agree_with_balls(tmp_path: Path) -> None:
    small = ("network", "gauss", "hinge")  # what SymPy is quick with
    calls = {}
    for name in small:
        given = values(made(name))
        entries = [(e, v) for n, x in given.items() for e, v in zip(components(n), np.reshape(x, -1), strict=True)]
        at = {symbol_name(e): float(v) for e, v in entries}
        at_symbols = f"{{{name}.Symbol(k, real=True): v for k, v in {at}.items()}}"
        calls[name] = (
            f"[np.array({name}.Matrix([{name}.L, *{name}.hessian_L]).subs({at_symbols}).evalf()).astype(float)]"
        )
    sources = {name: made(name).sympy() for name in small}
    for name, ((together,),) in ((n, [r]) for n, r in run_alone(sources, calls, tmp_path).items()):
        agree({name: [together[:1], together[1:]]}, ["L", "hessian_L"])


def test_the_docstring_says_what_is_computed() -> None:
    said = to_numpy(made("logistic"), name="loss")
    for line in (
        "    L = mean((sigmoid(X @ w + b) - y)**2) + lam*sum(w**2), and its derivatives.",
        "    X: shape (5, 3)",
        "    b: scalar",
        "    dL_dw: shape (3,), d(L, w)",
        "    Hu_w: shape (3,), the part by w of the Hessian times (u_w, u_b)",
    ):
        assert line.strip() in said


def test_plain_nodes_are_exported_too(tmp_path: Path) -> None:
    f = derive.parse("exp(w*x)")
    source = to_numpy([f, derive.gradient(f, "w")], name="lambda")
    found = run_alone({"made": source}, {"made": "made.lambda_(0.5, 2.0)"}, tmp_path)
    assert found["made"] == [[pytest.approx(np.e)], [pytest.approx(2 * np.e)]]


WRONG_SHAPES: list[tuple[dict[str, Any], str]] = [
    ({"X": (40, 3), "y": (40,)}, r"X has shape \(40, 3\), where \(20, 3\) was expected"),  # else twice the gradient
    ({"y": (20, 1)}, r"y has shape \(20, 1\), where \(20,\) was expected"),  # else a table of 20 x 20 residuals
    ({"lam": (1,)}, r"lam has shape \(1,\), where \(\) was expected"),
]


@pytest.mark.parametrize(("changed", "message"), WRONG_SHAPES)
@pytest.mark.parametrize("form", ["numpy", "torch"])
def test_a_program_refuses_other_shapes_than_it_is_written_for(
    form: str, changed: dict[str, Any], message: str, tmp_path: Path
) -> None:
    d = derive.derivation("mean((X @ w - y)**2) + lam*sum(w**2)", "w", X=(20, 3), w=3, y=20)
    run = program(to_torch(d) if form == "torch" else to_numpy(d))
    arrays = {n.attr: np.ones(n.shape) for n in d.symbols}
    ones: Any = np.ones
    if form == "torch":
        import torch

        arrays = {k: torch.tensor(v) for k, v in arrays.items()}
        ones = partial(torch.ones, dtype=torch.float64)
    assert [tuple(r.shape) for r in run(**arrays)] == [(), (3,)]
    with pytest.raises(ValueError, match=message):
        run(**{**arrays, **{k: ones(shape) for k, shape in changed.items()}})


def test_whole_numbers_are_read_as_floats() -> None:
    d = derive.derivation("sum((x - y)**2)", "x", x=2, y=2)
    value, slope = program(to_numpy(d))(np.array([1, 2], np.uint8), np.array([2, 2], np.uint8))  # 1 - 2 is 255 in uint8
    assert (float(value), slope.tolist()) == (1.0, [-2.0, 0.0])
    value, slope = program(to_torch(d))([1, 2], [2, 2])
    assert (float(value), slope.tolist()) == (1.0, [-2.0, 0.0])


def program(source: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return namespace["f"]


def test_a_shared_graph_has_a_text_of_bounded_length() -> None:
    f = derive.parse("x")
    for _ in range(60):
        f = f * f  # written out, 2**60 factors
    assert len(repr(f)) < 3_000
    assert len(repr(derive.gradient(f, "x"))) < 3_000
    assert "..." in derive.to_text(f)
    assert len(derive.derivation(f, "x").text()) < 10_000
