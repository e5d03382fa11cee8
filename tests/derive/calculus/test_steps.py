"""Every step of a derivation, in each of its forms, is exactly the derivative that it claims to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand_all, gradient
from derive.calculus.steps import Walk, backward
from derive.engine import decide_equal
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node, topological
from derive.language.reader import parse, to_text
from verify.casefile import find, load
from verify.explain.backward import asked, walks

CASES = find(["cases"])


def assert_true(walk: Walk) -> None:
    """All forms of all steps equal the derivative, which the calculus finds in one sweep over operations."""
    for local in walk.locals:
        assert_equal(*expand_all([local.quantity, local.right]), local.quantity)
    for step in walk.steps:
        truth = step.quantity
        if not walk.objective.shape:
            (truth,) = gradient(walk.objective, [step.quantity.args[1]])
        for form in (step.chain, step.worked, step.expanded):
            if form is not None:
                assert_equal(*expand_all([truth, form]), step.quantity)


def assert_equal(a: Node, b: Node, about: Node) -> None:
    decision = decide_equal(a, b)
    assert decision.status == "proved", f"{to_text(about)}: {decision}"


def assert_ordered(walk: Walk) -> None:
    """A step uses nothing but derivatives of definitions, and steps before it."""
    told = {local.quantity for local in walk.locals}
    for step in walk.steps:
        for q in step.inputs:
            if q.args[0] is walk.objective:
                assert q in told, f"{to_text(step.quantity)} uses {to_text(q)} before it is derived"
        if step.expanded is not None:
            assert not any(n.op == "d" for n in topological([step.expanded], through_definitions=False))
        told.add(step.quantity)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_steps_of_the_library_are_true(path: Path) -> None:
    case = load(path)
    for walk in walks(asked(d.node for d in case.derivations)):
        assert_true(walk)
        assert_ordered(walk)


# -- random networks --------------------------------------------------------------------------------


@st.composite
def networks(draw: st.DrawFn) -> tuple[Node, list[Node]]:
    """A loss and its parameters: layers of vectors or numbers, named or not, sometimes with a shortcut."""
    g = Graph()
    width = draw(st.integers(0, 2))
    a = x = g.symbol("x", (width,) if width else ())
    parameters, earlier = [], [x]
    for k in range(1, draw(st.integers(1, 2 if width == 2 else 3)) + 1):
        size = draw(st.integers(1, 2)) if width else 0
        w = g.symbol(f"W{k}", (size, *a.shape) if width else ())
        b = g.symbol(f"b{k}", (size,) if width else ())
        z = g.add(g.matmul(w, a) if width else g.mul(w, a), b)
        z = g.define(f"z{k}", z) if draw(st.booleans()) else z
        a = g.call(draw(st.sampled_from(["sigmoid", "tanh", "sin", "exp", "relu"])), z)
        like = [e for e in earlier if e.shape == a.shape]
        if like and draw(st.booleans()):
            a = g.add(a, draw(st.sampled_from(like)))
        a = g.define(f"a{k}", a) if draw(st.booleans()) else a
        earlier.append(a)
        parameters += [w, b]
    y = g.symbol("y", a.shape)
    loss = g.sum(g.pow(g.sub(a, y), g.const(2)))
    if draw(st.booleans()):
        loss = g.add(loss, g.sum(g.pow(parameters[0], g.const(2))))
    return g.define("L", loss) if draw(st.booleans()) else loss, [*parameters, x]


@settings(deadline=None, max_examples=40)
@given(networks())
def test_steps_of_random_networks_are_true(network: tuple[Node, list[Node]]) -> None:
    loss, parameters = network
    walk = backward(loss, parameters)
    assert_true(walk)
    assert_ordered(walk)
    assert {s.quantity.args[1] for s in walk.steps} >= set(parameters)


# -- what a step says -------------------------------------------------------------------------------


def _network(definitions: dict[str, str], **symbols: tuple[int, ...]) -> dict[str, Node]:
    g = Graph()
    scope = {n: g.symbol(n, s) for n, s in symbols.items()}
    for name, text in definitions.items():
        scope[name] = g.define(name, parse(text, scope, g))
    return scope


def test_a_step_names_the_quantities_of_the_document() -> None:
    n = _network({"z": "w*x", "yhat": "sigmoid(z)", "L": "(y - yhat)**2/2"}, w=(), x=(), y=())
    steps = {to_text(s.quantity): s for s in backward(n["L"], [n["w"]]).steps}
    assert to_text(steps["d(L, yhat)"].worked) == "yhat - y"
    assert to_text(steps["d(L, z)"].chain) == "d(L, yhat)*d(yhat, z)"  # type: ignore[arg-type]
    assert to_text(steps["d(L, z)"].worked) == "d(L, yhat)*yhat*(1 - yhat)"
    assert to_text(steps["d(L, w)"].worked) == "d(L, z)*x"
    assert list(steps) == ["d(L, yhat)", "d(L, z)", "d(L, w)"]


def test_vectors_are_products_with_jacobians() -> None:
    n = _network({"z": "W @ x + b", "a": "tanh(z)", "L": "sum((a - y)**2)/2"}, W=(2, 3), x=(3,), b=(2,), y=(2,))
    steps = {to_text(s.quantity): s for s in backward(n["L"], [n["W"], n["b"], n["x"]]).steps}
    assert to_text(steps["d(L, z)"].worked) == "d(L, a)*(1 - a**2)"
    assert to_text(steps["d(L, W)"].worked) == "outer(d(L, z), x)"
    assert to_text(steps["d(L, b)"].worked) == "d(L, z)"
    assert to_text(steps["d(L, x)"].chain) == "d(L, z) @ d(z, x)"  # type: ignore[arg-type]
    assert to_text(steps["d(L, x)"].worked) == "W.T @ d(L, z)"


def test_a_direct_path_is_not_called_by_the_name_of_the_whole_derivative() -> None:
    # u depends on x directly and through z: d(u, x) is both, so that the sum over paths must not say d(u, x)
    n = _network({"z": "x**2", "u": "z + x", "L": "u**3"}, x=())
    walk = backward(n["L"], [n["x"]])
    assert_true(walk)
    last = walk.steps[-1]
    assert last.rule == "2 paths"
    assert not any(to_text(q) == "d(u, x)" for q in last.inputs)


def test_a_definition_that_only_renames_passes_its_derivative_on() -> None:
    n = _network({"z": "w*x", "a": "z", "L": "a**2"}, w=(), x=())
    walk = backward(n["L"], [n["w"]])
    assert_true(walk)
    assert to_text(next(s for s in walk.steps if to_text(s.quantity) == "d(L, z)").worked) == "d(L, a)"


def test_a_matrix_has_no_backward_pass() -> None:
    n = _network({"M": "outer(x, x)"}, x=(2,))
    with pytest.raises(ExpressionError, match="scalar or a vector"):
        backward(n["M"], [n["x"]])
