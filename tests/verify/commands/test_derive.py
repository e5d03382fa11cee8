"""``errata derive``: formulas and programs from one line, and faults with a caret."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from verify import cli

LOGISTIC = ["mean((sigmoid(X @ w + b) - y)**2) + lam*sum(w**2)", "--wrt", "w,b"]
LOGISTIC += ["--shape", "X=20,3", "--shape", "w=3", "--shape", "y=20"]


def derive(capsys: Any, *words: str) -> tuple[int, str, str]:
    code = cli.main(["derive", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_gradient_of_somebody_elses_loss(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = derive(capsys, *LOGISTIC)
    assert code == 0
    assert out.splitlines() == [
        "# X [20, 3], w [3], y [20]",
        "s1 = sigmoid(X @ w + b)",
        "f = mean((s1 - y)**2) + lam*sum(w**2)",
        "s2 = 0.1*(s1 - y)*(s1*(1 - s1))",
        "d(f, w) = 2*lam*w + X.T @ s2",
        "d(f, b) = sum(s2)",
    ]


def test_the_only_name_is_the_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert derive(capsys, "exp(2*z)")[1] == "f = exp(2*z)\nd(f, z) = 2*f\n"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--hessian"], "hessian(L, [w, b])[0, 1] = 2*x"),
        (["--hvp", "u"], "Hu_w = 2*x*s1"),
        (["--jacobian"], "d(L, [w, b])[1] = 2*s1"),
        (["--gradient", "--hessian"], "d(L, b) = 2*s1"),
        (["--to", "latex"], r"\frac{\partial L}{\partial b} &= 2 s_{1}"),
        (["--to", "sympy"], "dL_db = 2*s1"),
        (["--to", "numpy"], "def L(w, x, b):"),
        (["--to", "torch"], "import torch"),
        (["--to", "numpy", "--points"], "import numpy as np"),
    ],
)
def test_what_is_derived_and_how_it_is_written(words: list[str], line: str, capsys: Any) -> None:
    code, out, err = derive(capsys, "(w*x + b)**2", "--wrt", "w, b", "--name", "L", *words)
    assert (code, err) == (0, "")
    assert any(said.strip().removesuffix(r" \\") == line for said in out.splitlines()), out


@pytest.mark.parametrize("form", [["numpy"], ["numpy", "--points"], ["torch"], ["sympy"]])
@pytest.mark.parametrize("sizes", [["W=2,3", "x=3"], ["W=1,1", "x=1"]])
def test_a_printed_program_runs_by_itself(sizes: list[str], form: list[str], capsys: Any, tmp_path: Path) -> None:
    _, source, _ = derive(capsys, "sum(relu(W @ x)**2)", "--wrt", "W[0, 0],x", "--shape", sizes[0], "--shape", sizes[1],
                          "--hessian", "--to", *form)  # fmt: skip
    (tmp_path / "made.py").write_text(source, encoding="utf-8")
    subprocess.run([sys.executable, "made.py"], cwd=tmp_path, check=True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a*(b", "--wrt", "a"], "EXPR:3: can't be read at '(b': '(' was never closed\n  a*(b\n    ^"),
        (["1 + simgoid(a)"], "EXPR:5: unknown function 'simgoid'; did you mean 'sigmoid'?\n  1 + simgoid(a)\n      ^"),
        (["1 + W @ x", "--wrt", "x", "--shape", "W=2,3", "--shape", "x=2"], "EXPR:5: [2, 3] @ [2] does not conform"),
        (["a*b"], "EXPR:1: --wrt must say by which of its symbols to differentiate: a, b"),
        (["a*b", "--wrt", "a,e"], "--wrt:1: unknown symbol 'e'\n  e\n  ^"),
        (["a*b", "--wrt", "2"], "--wrt:1: a derivative is by a symbol"),
        (["a*b", "--wrt", "a", "--shape", "c=2"], "--shape:1: 'c' does not stand in the expression"),
        (["a*b", "--wrt", "a", "--shape", "a=z"], "--shape:3: expected NAME=SIZE,SIZE such as W=2,3\n  a=z\n    ^"),
        (["a*b", "--wrt", "a", "--shape", "a=0"], "--shape:3: a size is at least 1"),
        (["sum(W)", "--hessian", "--shape", "W=20,20"], "a Hessian of 400 x 400 entries"),
        (["W", "--hessian", "--shape", "W=2"], "hessian needs a scalar"),
        (["a > 1", "--wrt", "a"], "EXPR:1: expected a value, not a condition"),
        (["a", "--points"], "--points goes with --to numpy"),
        (["a", "--name", "a b"], "--name: 'a b' is no name"),
        (["a", "--hvp", "2*a"], "--hvp:1: expected a name"),
        (["a*u", "--wrt", "a", "--hvp", "u"], "the direction 'u' has the name of what stands in the expression"),
        (["a*b*u_a", "--wrt", "a,b", "--hvp", "u"], "the direction 'u_a' has the name"),
        (["a*b", "--wrt", "a,b,a"], "'a' stands twice among the variables"),
        (["a", "--shape", "a=2", "--shape", "a=3"], "--shape:1: 'a' has a shape already"),
        (["9" * 5000 + "*a"], "a number of 5000 digits"),
        (["limit(a, a, 0)"], "no derivative is known for 'limit'"),
    ],
)  # fmt: skip
def test_faults_are_told_with_their_place(words: list[str], message: str, capsys: Any) -> None:
    code, out, err = derive(capsys, *words)
    assert (code, out) == (2, "")
    assert message in err


def test_words_are_set_apart_in_latex(capsys: Any) -> None:
    _, out, _ = derive(capsys, "lr*seed", "--wrt", "lr", "--to", "latex")
    assert r"f &= \mathrm{lr} \cdot \mathrm{seed}" in out


def test_the_derivative_of_a_trace_has_no_identity_matrix_in_it(capsys: Any) -> None:
    _, out, _ = derive(capsys, "trace(A.T @ A)", "--wrt", "A", "--shape", "A=2,3")
    assert out.splitlines()[-1] == "d(f, A) = 2*A"
    _, out, _ = derive(capsys, "trace(A @ B)", "--wrt", "A,B", "--shape", "A=2,3", "--shape", "B=3,2")
    assert out.splitlines()[-2:] == ["d(f, A) = B.T", "d(f, B) = A.T"]


def test_a_formula_may_begin_with_a_minus(capsys: Any) -> None:
    assert derive(capsys, "-exp(h)")[:2] == (0, "f = -exp(h)\nd(f, h) = -exp(h)\n")
    assert derive(capsys, "--wrt", "x", "-x*y", "--to", "text")[:2] == (0, "f = -(x*y)\nd(f, x) = -y\n")
    assert derive(capsys, "--wrt", "x", "--", "-x*y")[0] == 0
    assert cli.main(["prove", "-x**2 <= y", "--assuming", "-y <= 0"]) == 0
    for words, message in ((["x", "--hesian"], "'--hesian'"), (["-x", "-shape"], "extra argument (-shape)")):
        code, _, err = derive(capsys, *words)
        assert code == 2
        assert message in err


@pytest.mark.parametrize(
    "name", ["np", "torch", "math", "given", "select", "in_blocks", "max", "f_of_block", "w", "len"]
)
@pytest.mark.parametrize("form", [["numpy"], ["numpy", "--points"], ["torch"], ["sympy"]])
def test_no_name_breaks_a_program(form: list[str], name: str, capsys: Any) -> None:
    code, source, _ = derive(
        capsys, "relu(w)**2*given*select_*max(w, out)", "--wrt", "w", "--name", name, "--to", *form
    )
    assert code == 0
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    if form == ["sympy"]:
        return
    made = namespace[source.split("\ndef ")[-1].split("(")[0]]
    value: Any = 2.0
    if form == ["torch"]:
        import torch

        value = torch.tensor(2.0, dtype=torch.float64)
    assert [float(r) for r in made(value, 3.0 * value, value, 0.0 * value)] == [
        12 * 2**3,
        36 * 2**2,
    ]  # 12*w**3, and its derivative
    assert ("given_2: scalar, given in the formula" in source) == (len(form) == 1)  # points have no helper of that name


def test_a_format_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = derive(capsys, "a", "--to", "fortran")
    assert code == 2
    assert "'numpy'" in err


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["hold(x)*y", "--wrt", "x"], ["d(f, x) = 0"]),
        (["x*y", "--wrt", "x", "--hvp", "u"], ["hvp(f, x, u) = 0"]),
        (["d(k*x**2, x)", "--wrt", "k", "--hvp", "u"], ["hvp(f, k, u) = 0"]),
        (["sum(x)*y", "--wrt", "x", "--hessian", "--shape", "x=2"], ["hessian(f, x) = zeros(2, 2)"]),
        (["nu*d(k*x, x)", "--wrt", "k,nu", "--hvp", "u"], ["Hu_k = u_nu", "Hu_nu = u_k"]),
        (["hessian(k*x**3, x)*k", "--wrt", "k", "--hvp", "u"], ["hvp(f, k, u) = 12*x*u"]),
        (["where(y > hold(x), y, 2)", "--wrt", "y", "--hessian"], ["hessian(f, y) = 0"]),
    ],
)
def test_what_is_zero_and_what_holds_derivatives_itself(words: list[str], lines: list[str], capsys: Any) -> None:
    code, out, err = derive(capsys, *words)
    assert (code, err) == (0, "")
    assert out.splitlines()[-len(lines) :] == lines


@pytest.mark.parametrize("form", ["numpy", "torch"])
def test_a_direction_is_a_parameter_even_where_the_product_is_zero(form: str, capsys: Any) -> None:
    _, source, _ = derive(capsys, "x*y", "--wrt", "x", "--hvp", "u", "--to", form)
    assert "def f(x, y, u):" in source


def test_parameters_come_in_the_order_of_the_expression(capsys: Any) -> None:
    _, source, _ = derive(capsys, "(c*(b + a) - d)**2 + exp(a)", "--wrt", "a", "--to", "numpy")
    assert "def f(c, b, a, d):" in source


@pytest.mark.parametrize("text", ["9" * 5000 + "*a", "a + " * 2000 + "b)", "b) + " + "a*" * 2000 + "a"])
def test_a_long_input_is_cut_where_it_is_repeated_around_its_fault(text: str, capsys: Any) -> None:
    code, _, err = derive(capsys, text)
    assert code == 2
    assert len(err) < 1_000
    place = int(err.split("EXPR:")[1].split(":")[0]) - 1
    *_, shown, caret = err.rstrip("\n").splitlines()
    assert (shown + " ")[caret.index("^")] == (text + " ")[place]
