"""Sums over samples, compared term by term where one denominator would be too large."""

from __future__ import annotations

import pytest

from derive.calculus.reverse import expand_all
from derive.engine import decide_equal
from derive.engine.decision import Decision
from derive.engine.equations.addends import parts
from derive.expr.graph import Graph, Node
from derive.language.reader import parse

SHAPES = {"X": (5, 2), "v": (2,), "r": (5,), "p": (5,), "s": (), "t": ()}


def _sides(left: str, right: str) -> tuple[Node, Node]:
    g = Graph()
    scope = {name: g.symbol(name, shape) for name, shape in SHAPES.items()}
    a, b = expand_all([parse(text, scope, g) for text in (left, right)])
    return a, b


def _decided(left: str, right: str) -> Decision:
    return decide_equal(*_sides(left, right))


LOSS = "mean(log(1 + exp(X @ v)) - r*(X @ v))"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (f"hessian({LOSS}, v)", "X.T @ diag(sigmoid(X @ v)*(1 - sigmoid(X @ v))) @ X/5"),
        ("hessian(sum(softplus(X @ v)), v)", "X.T @ diag(sigmoid(X @ v)*sigmoid(-X @ v)) @ X"),
        ("sum(1/(1 + exp(-s*r)) - r*s)", "sum(exp(s*r)/(1 + exp(s*r))) - s*sum(r)"),
    ],
)
def test_a_sum_over_samples_is_proved_sample_by_sample(left: str, right: str) -> None:
    found = _decided(left, right)
    assert found.status == "proved", found
    assert not found.conditions


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # one sample of five is wrong
        ("sum(1/(1 + exp(-s*r)))", "sum(exp(s*r)/(1 + exp(s*r))) + r[4]"),
        # the parts agree but for numbers that do not
        ("sum(1/(1 + exp(-s*r)))", "sum(exp(s*r)/(1 + exp(s*r))) + 1/5"),
        (f"hessian({LOSS}, v)", "X.T @ diag(sigmoid(X @ v)*(1 - sigmoid(X @ v))) @ X/4"),
    ],
)
def test_what_is_false_of_one_sample_is_refuted(left: str, right: str) -> None:
    assert _decided(left, right).status == "refuted"


def test_parts_that_cancel_between_samples_are_no_parts_of_their_own() -> None:
    left, right = "sum(s/(1 + exp(r[i])) for i in 5)", "sum(s/(1 + exp(r[4 - i])) for i in 5)"
    assert _decided(left, right).status == "proved"
    # moved by a number from sample to sample: equal in all, though in no part
    moved = "sum(s/(1 + exp(r[i])) + (i - 2) for i in 5)"
    assert _decided(moved, left).status == "proved"


def test_a_part_without_a_value_on_one_side_is_told() -> None:
    # s/s has no value at s = 0, and the other side has
    found = _decided("sum(1/(1 + exp(r))) + log(t)*0 + log(t) - log(t)", "sum(1/(1 + exp(r)))")
    assert found.status == "proved-if" or found.conditions, found


def test_terms_belong_together_by_what_not_most_of_them_share() -> None:
    losses = "sum(log(1 + exp(s*r[i]))/(1 + exp(t*p[i])) for i in 5)"
    assert len(parts(*_sides(losses, losses))) == 5
    assert parts(*_sides("s + t", "t + s")) == []  # no quotients
