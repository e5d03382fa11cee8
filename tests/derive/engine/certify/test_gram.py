"""Definite matrices by squares: which are shown so, and that the checker follows it."""

from __future__ import annotations

import pytest

from derive.engine.certify.gram import squares
from derive.engine.certify.properties import prove_property
from derive.expr.graph import Graph
from derive.language.reader import parse
from derive.proof.check import Rejected
from derive.proof.sequent import Sequent

SHAPES = {"J": (3, 2), "A": (2, 2), "u": (2,), "d": (2,), "q": (), "lam": ()}


def sequent(said: str, *given: str) -> Sequent:
    g = Graph()
    scope = {n: g.symbol(n, shape) for n, shape in SHAPES.items()}
    wanted, *held = (parse(t, scope, g, boolean=True) for t in (said, *given))
    return Sequent(tuple(held), wanted)


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("positive_semidefinite(J.T @ J)", []),
        ("positive_semidefinite(J.T @ (q*J))", ["q >= 0"]),
        ("positive_semidefinite(J.T @ J/3 + outer(u, u))", []),
        ("positive_definite(J.T @ J + lam*eye(2))", ["lam > 0"]),
        ("positive_definite(2*outer(u, u) + diag(d))", ["d[0] > 0", "d[1] > 0"]),
    ],
)
def test_shown(said: str, given: list[str]) -> None:
    s = sequent(said, *given)
    assert prove_property(s).sequent == s


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("positive_definite(J.T @ J)", []),
        ("positive_semidefinite(J.T @ (q*J))", []),
        ("positive_definite(J.T @ J + lam*eye(2))", ["lam >= 0"]),
        ("positive_definite(outer(u, u) + diag(d))", ["d[0] > 0"]),
    ],
)
def test_not_shown(said: str, given: list[str]) -> None:
    with pytest.raises(Rejected):
        prove_property(sequent(said, *given))


def test_what_is_no_sum_of_squares() -> None:
    g = Graph()
    a, v = g.symbol("A", (2, 2)), [g.symbol("x"), g.symbol("y")]
    for matrix in (a, g.matmul(a, a), g.sub(g.matmul(g.transpose(a), a), a), g.outer(g.stack(v), g.stack(v[::-1]))):
        with pytest.raises(ValueError, match="no "):
            squares(matrix, v)
