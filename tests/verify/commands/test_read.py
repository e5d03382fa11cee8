"""``errata read``: a formula in LaTeX, by names that are given or those of a case."""

from __future__ import annotations

import pytest

from verify.cli import main


def test_a_formula_is_shown_in_the_language_and_typeset(capsys: pytest.CaptureFixture[str]) -> None:
    formula = r"\frac{\partial L}{\partial w} = (\hat{y} - y) x \quad (2.3)"
    assert main(["read", formula, "--define", "yhat=w*x", "--define", "L=(yhat - y)**2/2"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "d(L, w) == (yhat - y)*x",
        r"  typeset: \frac{\partial L}{\partial w} = (\hat{y} - y) x",
        "set aside: (2.3)",
    ]
    assert (
        main(["read", r"\mathbf{w}_j^\top x", "--shape", "W=2,3", "--shape", "x=3", "--name", r"\mathbf{w}_j=W[0]"])
        == 0
    )
    assert capsys.readouterr().out.startswith("W[0] @ x\n")


def test_what_can_not_be_read_is_a_fault_with_its_column(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", r"x + \hat{q}", "--scalars", "x"]) == 2
    assert r"FORMULA:5: unknown symbol '\hat{q}': no name 'qhat' in scope" in capsys.readouterr().err
    assert main(["read", "a/b c", "--scalars", "a b, c"]) == 2
    assert "can be read as a/b*c" in capsys.readouterr().err


def test_a_definition_may_say_its_variables_and_what_is_taken_for_granted_is_noted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["read", "g(y)", "--define", "g(x)=x**2 + y"]) == 0
    assert capsys.readouterr().out.startswith("at(g, x=y)\n")
    assert main(["read", "g(y)", "--define", "g=x**2 + y"]) == 0
    assert "note: g(y) is read as g, which depends on x, too" in capsys.readouterr().out
    assert main(["read", "f(W)", "--define", "f(w)=w @ w", "--shape", "w=3", "--shape", "W=3"]) == 0
    assert capsys.readouterr().out.startswith("at(f, w=W)\n")
    for wrong, why in (("g(x, x)=x", "twice"), ("g(2)=x", "'2' is not a name"), ("g(g)=1", "the name itself")):
        assert main(["read", "x", "--define", wrong, "--scalars", "x"]) == 2
        assert why in capsys.readouterr().err


def test_definitions_stand_in_any_order_and_shapes_may_have_letters(capsys: pytest.CaptureFixture[str]) -> None:
    two = ["--define", "L=(yhat - 1)**2", "--define", "yhat=w*x"]
    assert main(["read", r"\frac{dL}{dw} = 2(\hat{y} - 1)x", *two]) == 0
    assert main(["read", r"\sum_{i=1}^n x_i", "--shape", "x=n", "--size", "n=4"]) == 0
    assert capsys.readouterr().out.splitlines()[2] == "sum(x[i] for i in n)"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--define", "x=x"], "--define:1: a cyclic definition: x -> x"),
        (["--define", "a=b", "--define", "b=a"], "a cyclic definition: a -> b -> a"),
        (["--define", "a=1", "--define", "a=2"], "'a' is given already"),
        (["--shape", "x=3", "--define", "x=2"], "'x' is given already"),
        (["--shape", "x=3", "--scalars", "x"], "'x' is given already"),
        (["--shape", "x=n"], "unknown size 'n': give --size n=3, too"),
        (["--size", "n=0"], "expected NAME=NUMBER such as n=4"),
    ],
)
def test_names_are_given_once(options: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "1 = 1", *options]) == 2
    assert why in capsys.readouterr().err
