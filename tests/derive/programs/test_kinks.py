"""Derivatives as programs compute them: on kinks against difference quotients from both sides, and in the range of floats."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive import derivation
from derive.errors import Undetermined
from derive.expr.graph import Graph, Node
from derive.flint import arb
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate, precision, rational
from derive.programs.derived import Derivation
from derive.programs.kinks import first_joined, for_programs
from derive.programs.stable import stable
from verify.backends import to_numpy, to_torch

G = Graph()
X, Y = G.symbol("x"), G.symbol("y")
STEP = Fraction(1, 2**80)
#: A one-sided quotient of step h is off by h/2 * f''; what stands in these expressions is far below 2**40.
CLOSE = arb(2) ** -40


@st.composite
def kinked(draw: st.DrawFn) -> Node:
    """An expression of x and y that has kinks on many of the points 0, 1, -1; a continuous one."""
    pool = [X, Y, G.one, G.const(-1)]
    for _ in range(draw(st.integers(2, 8))):
        a, b = draw(st.sampled_from(pool)), draw(st.sampled_from(pool))
        match draw(st.sampled_from(["add", "sub", "mul", "square", "relu", "abs", "min", "max", "where", "exp"])):
            case "square":
                made = G.call("pow", a, G.const(draw(st.integers(2, 3))))
            case "where":
                made = G.call("where", G.call("gt", a, b), a, b)
            case ("relu" | "abs") as op:
                made = G.call(op, a)
            case "exp":
                made = G.call("tanh", a)
            case op:
                made = G.call(op, a, b)
        pool.append(made)
    return pool[-1]


def value(n: Node, at: dict[Node, Fraction]) -> Any:
    return evaluate(components(n), {s: rational(v) for s, v in at.items()}, 512)[0]


def quotient(n: Node, at: dict[Node, Fraction], x: Node, h: Fraction) -> arb:
    ends = value(n, {**at, x: at[x] + h}), value(n, at)
    assume(not any(isinstance(v, Undetermined) for v in ends))  # tanh(x) > tanh(x): balls don't say
    with precision(512):
        return (arb(ends[0]) - arb(ends[1])) / rational(h)


POINTS = st.fixed_dictionaries(dict.fromkeys((X, Y), st.sampled_from([Fraction(0), Fraction(1), Fraction(-1)])))


@settings(deadline=None, max_examples=150)
@given(kinked(), POINTS)
def test_a_first_derivative_has_a_value_only_where_the_slopes_of_both_sides_agree(
    f: Node, at: dict[Node, Fraction]
) -> None:
    d = derivation(f, [X, Y])
    for parts in (for_programs(d), first_joined(d)):
        for joined, plain, x in zip(parts[1:], d.parts[1:], (X, Y), strict=True):
            found, before = value(joined.right, at), value(plain.right, at)
            if isinstance(found, Exception):
                assert isinstance(before, Exception)  # no value is lost
                continue
            with precision(512):
                for h in (STEP, -STEP):
                    assert abs(quotient(f, at, x, h) - arb(found)) < CLOSE


@settings(deadline=None, max_examples=150)
@given(kinked(), POINTS)
def test_a_second_derivative_has_a_value_only_where_the_first_has_one_that_changes_alike(
    f: Node, at: dict[Node, Fraction]
) -> None:
    d = for_programs(derivation(f, [X, Y], ["gradient", "hessian"]))
    slopes, table = [p.right for p in d[1:3]], components(d[3].right)
    for (i, j), second in zip(product(range(2), repeat=2), table, strict=True):
        found = value(second, at)
        if isinstance(found, Exception):
            continue
        changes = []
        for a, x in (
            (i, (X, Y)[j]),
            (j, (X, Y)[i]),
        ):  # the slope by one of them, along the other, in one order at least
            around = [value(slopes[a], {**at, x: at[x] + h}) for h in (STEP, -STEP)]
            assert not isinstance(value(slopes[a], at), Exception)
            if not any(isinstance(v, Exception) for v in around):
                changes.append([quotient(slopes[a], at, x, h) for h in (STEP, -STEP)])
        with precision(512):
            assert any(all(abs(q - arb(found)) < CLOSE for q in both) for both in changes)


def run(d: Derivation, form: str, **at: Any) -> list[Any]:
    """What the exported program returns."""
    source = to_torch(d) if form == "torch" else to_numpy(d, points=form == "points")
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    made = {k: torch.tensor(v, dtype=torch.float64) if form == "torch" else np.asarray(v, float) for k, v in at.items()}
    return [np.asarray(r).tolist() for r in namespace["f"](**made)]


FORMS = pytest.mark.parametrize("form", ["numpy", "torch", "points"])
NAN = math.nan


@FORMS
@pytest.mark.parametrize(
    ("text", "slope", "bend"),
    [  # from the definition of a derivative, at 0
        ("relu(x)**2", 0, NAN), ("abs(x)**2", 0, 2), ("x*abs(x)", 0, NAN), ("abs(x)**3", 0, 0), ("elu(x)", 1, NAN),
        ("relu(x) - relu(-x)", 1, 0), ("abs(x)", NAN, NAN), ("exp(abs(x))", NAN, NAN), ("relu(x)", NAN, NAN),
        ("tanh(abs(x))", NAN, NAN), ("sign(x)", NAN, NAN), ("x*sign(x)", NAN, NAN), ("where(x > 0, x**3, -x**3)", 0, 0),
        ("tanh(min(x, x))", 1, 0), ("select(x, 1, 2)*x**2", NAN, NAN),
    ],
)  # fmt: skip
def test_on_a_kink(form: str, text: str, slope: float, bend: float) -> None:
    _, first, second = run(derivation(text, "x", ["gradient", "hessian"]), form, x=0.0)
    assert [first, second] == pytest.approx([slope, bend], nan_ok=True)


@FORMS
def test_inside_the_clip_range_the_two_branches_of_ppo_are_one(form: str) -> None:
    d = derivation("min(r*A, clip(r, 1 - eps, 1 + eps)*A)**2", "r", ["gradient", "hessian"])
    assert run(d, form, r=1.0, A=2.0, eps=0.2) == [4.0, 8.0, 8.0]  # (r*A)**2


@FORMS
@pytest.mark.parametrize(
    ("text", "at", "value", "slope"),
    [
        ("log(1 + exp(z))", 800.0, 800.0, 1.0),
        ("log(exp(-z) + 1)", -800.0, 800.0, -1.0),
        ("log(1 + exp(z) + exp(2*z))", 800.0, 1600.0, 2.0),
        ("-log(sigmoid(z))", -800.0, 800.0, -1.0),
        ("-log(1 - sigmoid(z))", 800.0, 800.0, 1.0),
        ("1/(1 + exp(-z))", -800.0, 0.0, 0.0),
        ("exp(z)/(1 + exp(z))", 800.0, 1.0, 0.0),
        ("log(sum(exp(z)))", [800.0, 0.0, -800.0], 800.0, [1.0, 0.0, 0.0]),
        ("log(softmax(z)[0])", [-1000.0, 999.0, 0.0], -1999.0, [1.0, -1.0, 0.0]),
        ("sum(log(softmax(z)))", [-1000.0, 1000.0], -2000.0, [1.0, -1.0]),
        ("(exp(z)/sum(exp(z)))[0]", [800.0, -800.0], 1.0, [0.0, 0.0]),
    ],
)  # the limits that the derivatives, softmax and sigmoid, have to the precision of float64
def test_out_of_the_range_of_the_exponential(form: str, text: str, at: Any, value: float, slope: Any) -> None:
    shapes = {"z": len(at)} if isinstance(at, list) else {}
    d = derivation(text, "z", **shapes)
    assert d.stable is not None
    found = run(d, form, z=at)
    assert found == [value, slope]


@pytest.mark.parametrize(
    "text",
    [
        "log(1 + exp(x*y))", "log(exp(x) + exp(y) + 1)", "log(sigmoid(x*y))", "log(1 - sigmoid(x))", "log(exp(x))",
        "1/(1 + exp(x - y))", "exp(x)/(exp(x) + exp(y))", "log(sum(exp([x, y, 1])))", "log(softmax([x, y]))[1]",
        "log(softmax([x, y])[0])", "sum(exp([x, y])/sum(exp([x, y])))",
    ],
)  # fmt: skip
def test_what_stays_in_range_is_the_same_function(text: str) -> None:
    f = parse(text, {"x": X, "y": Y}, G)
    other = stable([f])[f]
    assert other is not f
    for at in ({X: Fraction(1, 3), Y: Fraction(-7, 5)}, {X: Fraction(-4), Y: Fraction(9, 2)}):
        with precision(512):
            assert abs(arb(value(f, at)) - arb(value(other, at))) < CLOSE


def test_what_is_to_be_computed_as_written_stays_as_it_is() -> None:
    assert derivation("float64(log(1 + exp(2)))*x", "x").stable is None


def test_joining_does_not_give_a_value_where_a_factor_has_none() -> None:
    d = derivation("relu(x)**2*log(x)", "x")
    (slope,) = [p.right for p in for_programs(d)[1:]]
    at = {next(n for n in d.symbols): rational(-1)}
    assert isinstance(evaluate([slope], at, 128)[0], Exception)
