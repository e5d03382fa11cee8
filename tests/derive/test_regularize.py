"""Regularized objectives against Torch autograd, SymPy's scalar diff and what is known of them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.calculus.reverse import expand
from derive.engine import decide_equal
from derive.engine.domain import Domain
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.language.reader import parse, to_text
from derive.language.typeset import latex
from derive.numbers.balls import evaluate, rational
from derive.regularize import PENALTIES, penalty, regularize


def names() -> dict[str, Node]:
    g = Graph()
    shapes = {
        "W": (2, 3),
        "v": (2,),
        "b": (2,),
        "x": (3,),
        "y": (),
        "lam": (),
        "mu": (),
        "eta": (),
        "a": (),
        "c": (),
        "M": (3, 2),
    }
    found = {n: g.symbol(n, s) for n, s in shapes.items()}
    for n, text in {"z": "W @ x + b", "h": "relu(z)", "yhat": "dot(v, h)", "E": "(y - yhat)**2/2"}.items():
        found[n] = g.define(n, parse(text, found, g))
    return found


def text(n: Node) -> str:
    return to_text(n)


def test_l2_is_weight_decay() -> None:
    s = names()
    made = regularize(s["E"], penalty("l2", [s["W"], s["v"]], s["lam"]))
    assert made.smooth
    assert text(made.gradient(s["v"])) == "d(E, v) + lam*v"
    step = made.factored_step(s["W"], s["eta"])
    assert step is not None
    assert text(step.node) == "(1 - lam*eta)*W - eta*d(E, W)"
    assert step.decision.status == "proved"
    assert latex(made.gradient(s["v"])) == r"\frac{\partial E}{\partial v} + \lambda v"
    assert made.curvature([s["v"]]) == {(0, 0): s["lam"], (1, 1): s["lam"]}
    assert made.unchanged([s["W"], s["v"], s["b"], s["z"], s["h"], s["yhat"]]) == [
        s[n] for n in ("b", "z", "h", "yhat")
    ]


def test_the_hessian_is_shifted_by_lambda() -> None:
    s = names()
    g = s["E"].graph
    f = parse("sum(tanh(M @ v)**2)", s, g)
    plain, made = regularize(f, g.zero), regularize(f, penalty("l2", [s["v"]], s["lam"]))
    before, after = plain.hessian([s["v"]]), made.hessian([s["v"]])
    assert before.keys() == after.keys() == {(0, 0), (1, 0), (1, 1)}
    for i, j in before:
        shift = s["lam"] if i == j else g.zero
        assert decide_equal(after[i, j], g.add(before[i, j], shift)).status == "proved"


def test_only_where_the_gradient_is_a_multiple_there_is_a_factored_step() -> None:
    s = names()
    g = s["E"].graph
    for made, factored in (
        (penalty("l1", [s["v"]], s["lam"]), False),
        (penalty("lp", [s["v"]], s["lam"], p=3), False),
        (penalty("tikhonov", [s["v"]], s["lam"], matrix=s["M"]), False),
        (penalty("layers", [s["W"], s["v"]], [s["lam"], s["mu"]]), True),
        (parse("lam*sum(v**2) + mu*sum(v**2)", s, g), True),
    ):
        step = regularize(s["E"], made).factored_step(s["v"], s["eta"])
        assert (step is not None) == factored
        assert step is None or step.decision.status == "proved"
    last = regularize(s["E"], parse("lam*sum(v**2)", s, g)).factored_step(s["v"], s["eta"])
    assert last is not None
    assert text(last.coefficient) == "2*lam"


def test_layers_have_each_their_coefficient() -> None:
    s = names()
    made = regularize(s["E"], penalty("layers", [s["W"], s["v"]], [s["lam"], s["mu"]]))
    assert text(made.gradient(s["W"])) == "d(E, W) + lam*W"
    assert text(made.gradient(s["v"])) == "d(E, v) + mu*v"


def test_tikhonov() -> None:
    s = names()
    g = s["E"].graph
    made = regularize(g.zero, penalty("tikhonov", [s["v"]], s["lam"], matrix=s["M"]))
    wanted = parse("lam*(M.T @ (M @ v))", s, g)
    assert decide_equal(expand(made.gradient(s["v"])), wanted).status == "proved"
    normal = components(parse("lam*(M.T @ M)", s, g))
    for (i, j), found in made.curvature([s["v"]]).items():
        assert decide_equal(found, normal[2 * i + j]).status == "proved"


def test_l1_has_a_subdifferential() -> None:
    s = names()
    g = s["E"].graph
    made = regularize(parse("sum((v - b)**2)/2", s, g), penalty("l1", [s["v"]], 2))
    assert not made.smooth
    at = dict(zip([*components(s["v"]), *components(s["b"])], map(Fraction, (0, 1, 1, 4)), strict=True))
    found = made.subdifferential([s["v"]], at)
    assert [str(i) for i in found] == ["[-3, 1]", "-1"]
    slope = components(expand(made.gradient(s["v"])))
    values = evaluate(slope, {n: rational(v) for n, v in at.items()})
    assert isinstance(values[0], Exception)
    assert values[1] == -1


@pytest.mark.parametrize(("name", "power"), [("l2", 2), ("l1", 1)])
def test_rescaling_layers_of_relu(name: str, power: int) -> None:
    """c*W1, W2/c leave a ReLU network as it is, and no norm of its weights."""
    g = Graph()
    s = {n: g.symbol(n) for n in ("x", "y", "w1", "w2", "c", "lam")}
    f = parse("(y - w2*relu(w1*x))**2/2", s, g)
    made = regularize(f, penalty(name, [s["w1"], s["w2"]], s["lam"]))
    positive = parse("c > 0", s, g)
    found = made.rescaled({s["w1"]: s["c"], s["w2"]: g.div(g.one, s["c"])}, [positive])
    assert found.symmetry.status == "proved"
    wanted = (
        "lam/2*((c**2 - 1)*w1**2 + (1/c**2 - 1)*w2**2)" if power == 2 else "lam*((c - 1)*abs(w1) + (1/c - 1)*abs(w2))"
    )
    assert decide_equal(found.change, parse(wanted, s, g), Domain([positive])).status == "proved"
    assert made.rescaled({s["w1"]: s["c"]}, [positive]).symmetry.status == "refuted"


def test_all_penalties_against_torch() -> None:
    import torch

    g = Graph()
    w, lam, p, alpha, m = (
        g.symbol("w", (3,)),
        g.symbol("lam"),
        g.const(3),
        g.const(Fraction(1, 4)),
        g.symbol("m", (2, 3)),
    )
    options = {"lp": {"p": p}, "elastic": {"alpha": alpha}, "tikhonov": {"matrix": m}}
    theirs = {
        "l2": lambda w, m: 0.7 * (w**2).sum() / 2,
        "layers": lambda w, m: 0.7 * (w**2).sum() / 2,
        "l1": lambda w, m: 0.7 * w.abs().sum(),
        "lp": lambda w, m: 0.7 * (w.abs() ** 3).sum(),
        "elastic": lambda w, m: 0.7 * (0.25 * w.abs().sum() + 0.75 / 2 * (w**2).sum()),
        "tikhonov": lambda w, m: 0.7 * ((m @ w) ** 2).sum() / 2,
    }
    assert set(theirs) == set(PENALTIES)
    numbers, matrix = [0.5, -1.25, 2.0], [[1.0, 0.5, -1.0], [2.0, 0.25, 0.0]]
    flat = numbers + [e for row in matrix for e in row]
    at = {n: fmpq(*v.as_integer_ratio()) for n, v in zip([*components(w), *components(m)], flat, strict=True)}
    at[lam] = fmpq(*(0.7).as_integer_ratio())
    for name, theirs_of in theirs.items():
        made = regularize(g.zero, penalty(name, [w], [lam] if name == "layers" else lam, **options.get(name, {})))
        leaf = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
        known = torch.tensor(matrix, dtype=torch.float64)
        slope = torch.autograd.grad(theirs_of(leaf, known), leaf)[0]
        bend = torch.autograd.functional.hessian(lambda v, t=theirs_of, m=known: t(v, m), leaf.detach())  # type: ignore[misc]
        for ours, other in zip(evaluate(components(expand(made.gradient(w))), at), slope, strict=True):
            assert float(arb(ours)) == pytest.approx(float(other), rel=1e-13)
        table = made.hessian([w])
        for i in range(3):
            for j in range(i + 1):
                ours = evaluate([table.get((i, j), g.zero)], at)[0]
                assert float(arb(ours)) == pytest.approx(float(bend[i, j]), rel=1e-13, abs=1e-15)


def test_faults_are_told() -> None:
    s = names()
    with pytest.raises(ExpressionError, match="unknown penalty 'l3'"):
        penalty("l3", [s["v"]], s["lam"])
    with pytest.raises(ExpressionError, match="takes p"):
        penalty("lp", [s["v"]], s["lam"])
    with pytest.raises(ExpressionError, match="coefficient for each parameter"):
        penalty("layers", [s["v"]], s["lam"])
    with pytest.raises(ExpressionError, match="a loss is a scalar"):
        regularize(s["v"], s["lam"])
