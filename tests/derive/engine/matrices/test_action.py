"""Derivatives of many entries by what they do to a vector; large entries without the names of definitions."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.engine.matrices.action import by_action
from derive.expr.graph import Graph
from derive.language.reader import parse
from verify.casefile import load
from verify.claims import CaseContext, judge

N = 24


def decided(left: str, right: str, n: int = N) -> str:
    g = Graph()
    shapes = {"A": (n, n), "W": (n, n), "x": (n,), "y": (n,), "b": (n,)}
    scope = {name: g.symbol(name, shape) for name, shape in shapes.items()}
    found = by_action(parse(left, scope, g), parse(right, scope, g))
    return found.status if found is not None else "open"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("hessian(x @ A @ x/2 + b @ x, x)", "(A + A.T)/2"),
        ("d(A @ x + b, x)", "A"),
        ("hessian(sum((W @ x - y)**2), x)", "2*W.T @ W"),
        ("d(exp(A @ x), x)", "diag(exp(A @ x)) @ A"),
        ("hessian(logsumexp(x), x)", "diag(softmax(x)) - outer(softmax(x), softmax(x))"),
    ],
)
def test_a_derivative_is_the_matrix_that_does_the_same_to_every_vector(left: str, right: str) -> None:
    assert decided(left, right) == "proved"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("hessian(x @ A @ x/2, x)", "A"),
        ("d(A @ x, x)", "A.T"),
        ("hessian(sum((W @ x - y)**2), x)", "2*W @ W.T"),
        ("d(softmax(x), x)", "diag(softmax(x))"),
    ],
)
def test_what_is_not_so_stays_open(left: str, right: str) -> None:
    assert decided(left, right) == "open"


def test_few_entries_are_written_out() -> None:
    assert decided("d(A @ x, x)", "A", 3) == "open"


def test_claims_about_large_derivatives_and_entries(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text(
        """title: Large
symbols: {A: {shape: [24, 24]}, B: {shape: [24, 24]}, x: {shape: [24]}}
define:
  f: x @ A @ x/2
  P: A @ B @ A
claims:
  - {id: right, of: "hessian(f, x)", equals: "(A + A.T)/2"}
  - {id: wrong, of: "hessian(f, x)", equals: A}
  - {id: entry, of: "P[3, 4]", equals: "A[3] @ B @ A.T[4]"}
  - {id: other, of: "P[3, 4]", equals: "A[3] @ A @ B.T[4]"}
"""
    )
    context = CaseContext(load(path))
    assert {c.id: judge(context, c).verdict for c in context.case.claims} == {
        "right": "holds",
        "wrong": "wrong",
        "entry": "holds",
        "other": "wrong",
    }
