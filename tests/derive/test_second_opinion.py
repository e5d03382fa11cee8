"""SymPy's second derivation: it agrees with the calculus, and it notices when the calculus is wrong."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from derive import second_opinion as module
from derive.calculus.local_derivatives import FIRST
from derive.exchange import sympy_form
from derive.expr.graph import Graph, Node
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational
from derive.second_opinion import Opinion, differentiate, second_opinion


def scope(symbols: Mapping[str, tuple[int, ...]], definitions: Mapping[str, str]) -> dict[str, Node]:
    g = Graph()
    found = {name: g.symbol(name, shape) for name, shape in symbols.items()}
    for name, text in definitions.items():
        found[name] = g.define(name, parse(text, found, g))
    return found


def ask(names: Mapping[str, Node], text: str) -> Opinion:
    return second_opinion(parse(text, names, next(iter(names.values())).graph))


NETWORK = scope(
    {"x": (2,), "W1": (2, 2), "b1": (2,), "W2": (2,), "b2": (), "y": (), "u": (2,)},
    {"z1": "W1 @ x + b1", "a1": "relu(z1)", "z2": "W2 @ a1 + b2", "yhat": "sigmoid(z2)", "L": "(y - yhat)**2/2"},
)
CHAIN = scope(
    dict.fromkeys(("x", "w1", "b1", "w2", "b2", "w3", "b3", "y"), ()),
    {
        "z1": "w1*x + b1", "a1": "relu(z1)", "z2": "w2*a1 + b2", "a2": "tanh(z2)", "z3": "w3*a2 + b3",
        "yhat": "sigmoid(z3)", "L": "(y - yhat)**2/2",
    },
)  # fmt: skip
MIXED = scope(
    {"x": (), "y": (), "v": (2,), "A": (2, 2), "t": (3,)},
    {
        "f": "max(x, y)*abs(x - y) + min(x*y, 1)**2 + sign(x)*x",
        "h": "where(x > y, exp(x*y), x**2 + sqrt(y**2 + 1))",
        "q": "norm(v) + norm(v, 1) + norm(v, 3)",
        "r": "sum((A @ v)*v) + sum(diag(A)) + log(1 + sum(A.T**2))",
        "s": "sum(outer(v, v) @ A) + sum(diag(v)[0]*reshape(A, 4)[2]) + sum(A, axis=0) @ broadcast(x, 2)",
    },
)


@pytest.mark.parametrize(
    ("names", "subject"),
    [
        (NETWORK, "grad(L, [W1, b1, W2, b2])"),
        (NETWORK, "hessian(L, [b1, W2, b2])"),
        (NETWORK, "hvp(L, W2, u)"),
        (NETWORK, "d(L, yhat)"),
        (NETWORK, "d(L, a1)"),
        (NETWORK, "jacobian(a1, z1)"),
        (NETWORK, "d(a1, W1)"),
        (NETWORK, "d(yhat, a1[0])"),
        (NETWORK, "d(d(L, W2)[1], b2)"),
        (NETWORK, "d(d(L, a1)[0], W2)"),
        (CHAIN, "grad(L, [w1, b1, w2, b2, w3, b3])"),
        (CHAIN, "hessian(L, [w1, w2, w3])"),
        (CHAIN, "d(L, [z1, w1])"),
        (MIXED, "grad(f, [x, y])"),
        (MIXED, "hessian(f, [x, y])"),
        (MIXED, "grad(h, [x, y])"),
        (MIXED, "grad(q, v)"),
        (MIXED, "hessian(r, [A, v])"),
        (MIXED, "grad(s, [A, v, x])"),
        (MIXED, "d(x**y, y)"),
        (MIXED, "hessian(exp(1)*x**2*y**(-2) + cos(x)*sin(y), [x, y])"),
        (MIXED, "d(log(sqrt(1 + x**2)), x)"),
    ],
)
def test_sympy_derives_the_same(names: Mapping[str, Node], subject: str) -> None:
    opinion = ask(names, subject)
    assert (opinion.outcome, dict(opinion.witness)) == ("agrees", {})
    assert opinion.method in ("proved", "sampled")
    assert (opinion.method == "sampled") == (opinion.points > 0)


def test_a_wrong_rule_of_the_calculus_is_noticed_with_a_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FIRST, "tanh", (lambda g, y, a: g.sub(g.one, y),))  # 1 - y, not 1 - y**2
    names = scope({"x": ()}, {"f": "tanh(x)*x"})
    opinion = ask(names, "d(f, x)")
    assert opinion.outcome == "differs"
    assert set(opinion.witness) == {"x"}
    x = names["x"]
    at = {x: rational(Fraction(opinion.witness["x"]))}
    ours, theirs = evaluate([*_ours(names, "d(f, x)"), *differentiate(parse("d(f, x)", names, x.graph))], at)
    assert abs(ours - theirs) > 0


def _ours(names: Mapping[str, Node], text: str) -> list[Node]:
    from derive.calculus.reverse import expand

    return [expand(parse(text, names, names["x"].graph))]


def test_sampling_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Undecided:
        status, witness = "undecided", None

    monkeypatch.setattr("derive.engine.decide_equal", lambda *_: Undecided)
    opinion = ask(CHAIN, "grad(L, [w1, b1])")
    assert (opinion.outcome, opinion.method, opinion.points) == ("agrees", "sampled", module.POINTS)
    assert "2 of 2 entries" in opinion.reason
    assert "40 digits" in opinion.reason


def test_too_large_an_instance_is_undecided_with_the_reason() -> None:
    texts = {"z0": "sin(x)"} | {f"z{k}": f"z{k - 1}*exp(z{k - 1})" for k in range(1, 14)}
    opinion = ask(scope({"x": ()}, texts), "d(z13, x)")
    assert opinion.outcome == "undecided"
    assert "more than 4000 operations" in opinion.reason


def test_a_derivative_inside_one_by_a_definition_is_not_guessed() -> None:
    opinion = ask(CHAIN, "d(d(L, w2), a1)")
    assert opinion.outcome == "undecided"
    assert "by a definition" in opinion.reason


def test_sympy_itself_does_the_differentiating() -> None:
    """Neither way of the second opinion leads through the calculus or its tables."""
    tree = ast.parse(Path(sympy_form.__file__).read_text())
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert not imported & {
        "derive.calculus.reverse",
        "derive.language.components",
        "derive.calculus.hessian",
        "derive.calculus.local_derivatives",
    }
