"""Properties and inequalities: the bank of questions, and proofs held to random points by arithmetic of its own."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Callable

import pytest

from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph
from derive.language.reader import parse
from tests.banks.questions import FALSE, SYMBOLS, TRUE


def _decide(question: str, assuming: tuple[str, ...]) -> str:
    g = Graph()
    scope = {name: g.symbol(name, shape) for name, shape in SYMBOLS.items()}
    return decide_condition(parse(question, scope, g), Domain(parse(a, scope, g) for a in assuming)).status


@pytest.mark.parametrize(("question", "assuming"), TRUE)
def test_a_true_question_is_proved(question: str, assuming: tuple[str, ...]) -> None:
    assert _decide(question, assuming) == "proved"


@pytest.mark.parametrize(("question", "assuming"), FALSE)
def test_a_false_question_is_refuted(question: str, assuming: tuple[str, ...]) -> None:
    assert _decide(question, assuming) in ("refuted", "proved-if")


#: Python's own functions of floats, which share no code with the prover.
PLAIN: dict[str, Callable[..., float]] = {
    "exp": math.exp, "tanh": math.tanh, "abs": abs, "max": max, "min": min, "sin": math.sin, "cos": math.cos,
    "sqrt": lambda t: math.sqrt(t), "log": lambda t: math.log(t), "relu": lambda t: max(t, 0.0),
    "sigmoid": lambda t: 1 / (1 + math.exp(-t)), "softplus": lambda t: math.log1p(math.exp(t)),
    "silu": lambda t: t / (1 + math.exp(-t)),
}  # fmt: skip

FUNCTIONS = [
    "x**2", "x**3", "abs(x)", "relu(x)", "exp(x)", "softplus(x)", "tanh(x)", "sigmoid(x)", "silu(x)", "max(x,0-x,1)",
    "min(x,1-x)", "x**4-x**2", "x**2+sin(x)", "abs(x)-x**2", "exp(x)-x", "relu(x)**2", "abs(x-1)+abs(x+1)", "x**3+x",
    "x-tanh(x)", "1/(1+x**2)", "sqrt(1+x**2)", "log(1+x**2)", "x/(1+abs(x))", "max(x**2,x)", "cos(x)+x**2",
]  # fmt: skip


@pytest.mark.parametrize("text", FUNCTIONS)
def test_no_proof_of_shape_is_contradicted_by_floats(text: str) -> None:
    rng = random.Random(text)
    code = compile(ast.parse(text, mode="eval"), "bank", "eval")

    def f(x: float) -> float:
        return float(eval(code, {"__builtins__": {}}, {**PLAIN, "x": x}))  # our own texts, above

    pairs = [sorted((rng.uniform(-6, 6), rng.uniform(-6, 6))) for _ in range(300)]
    gaps = [f(b) - f(a) for a, b in pairs]
    bends = [f(a) + f(b) - 2 * f((a + b) / 2) for a, b in pairs]
    seen = {
        "convex": min(bends) >= -1e-9, "concave": max(bends) <= 1e-9,
        "nondecreasing": min(gaps) >= -1e-9, "nonincreasing": max(gaps) <= 1e-9,
    }  # fmt: skip
    for name, may_hold in seen.items():
        status = _decide(f"{name}({text},x)", ())
        assert status != "proved" or may_hold, name
        assert status != "refuted" or not may_hold or text in ("cos(x)+x**2",), name


def test_a_kink_is_named_with_its_two_slopes() -> None:
    g = Graph()
    x = g.symbol("x")
    found = decide_condition(parse("differentiable(abs(x - 1), x)", {"x": x}, g))
    assert found.status == "refuted"
    assert found.witness == {x: 1}
    assert "slope is -1 from the left, 1 from the right" in str(found)


def test_what_is_not_settled_stays_undecided() -> None:
    assert _decide("continuous(where(x > 0, x/(2 + sin(exp(1/x))), 0), x)", ()) == "undecided"
    assert _decide("convex(x**2,x)", ("x**2 > 1",)) == "undecided"  # the domain has a hole
    assert _decide("convex(where(x>1,x**2,x),x)", ()) != "refuted"  # it is: the slope rises from 1 to 2
    assert _decide("convex(where(x>1,x**2,3*x-2),x)", ()) == "refuted"
    assert _decide("convex(where(relu(x)>0,x**2,-x**2),x)", ()) == "refuted"
    assert (
        _decide("minimizer(0-log(x)-x, x, 0-1)", ()) != "proved"
    )  # the gradient is 0 there, and the function has no value
    assert _decide("stationary(0-log(x)-x, x, 0-1)", ()) != "proved"
    assert _decide("not convex(x*log(x)+a*x, x)", ()) != "proved"
    assert _decide("increasing(0-1/x,x)", ("x!=0",)) != "proved"
