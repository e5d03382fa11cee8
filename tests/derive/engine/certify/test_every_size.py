"""Equations of every size, by rewriting words of matrices: what is found, that it travels, and what is not found."""

from __future__ import annotations

import json

import pytest

from derive.engine.certify.every_size import by_action, every_size
from derive.exchange.certificates import carried, read
from derive.expr.graph import Graph, Node
from derive.language.reader import parse
from derive.proof.check import Rejected, check
from derive.proof.sequent import Sequent, equation

SIZES = ((5, "n"), (7, "m"))
SHAPES = {
    "A": (7, 5), "B": (5, 5), "H": (5, 5), "P": (5, 5), "R": (5, 5), "U": (5, 5), "b": (7,), "lam": (5,), "c": (),
    "u": (5,), "v": (5,), "x": (5,),
}  # fmt: skip


def sequent(said: str, *given: str) -> Sequent:
    """An equation of tensors, said of every entry, and hypotheses that are."""
    g = Graph()
    scope = {n: g.symbol(n, shape) for n, shape in SHAPES.items()}

    def condition(text: str) -> Node:
        op = "!=" if "!=" in text else "=="
        left, right = (parse(t, scope, g) for t in text.split(op))
        return g.call("eq" if op == "==" else "ne", left, right)

    return Sequent(tuple(map(condition, given)), condition(said), SIZES)


RIDGE = "inv(A.T @ A + c*eye(5))"
FOUND = [
    ("sqrt(sum((R @ x)**2)) == sqrt(sum(x**2))", ["R.T @ R == eye(5)"]),
    ("sum((R @ x)*(R @ u)) == x @ u", ["R.T @ R == eye(5)"]),
    ("R @ (R.T @ x) == x", ["R.T @ R == eye(5)"]),
    ("R.T @ (R @ P @ R.T) @ R == P", ["R.T @ R == eye(5)"]),
    ("P @ (P @ (P @ x)) == P @ x", ["P @ P == P"]),
    ("(eye(5) - P) @ (eye(5) - P) == eye(5) - P", ["P @ P == P"]),
    ("B @ (R @ x) == R @ (B @ x)", ["B @ R == R @ B"]),
    ("x @ (H + B) @ x == x @ H @ x", ["B @ x == 0*x"]),
    ("U.T @ (x - c*((U @ diag(lam) @ U.T) @ x)) == (1 - c*lam)*(U.T @ x)", ["U.T @ U == eye(5)"]),
    ("sum((u - v)**2) == 2*(1 - u @ v)", ["sqrt(sum(u**2)) == 1", "sqrt(sum(v**2)) == 1"]),
    (f"A.T @ (A @ ({RIDGE} @ (A.T @ b)) - b) + c*({RIDGE} @ (A.T @ b)) == 0*x", ["det(A.T @ A + c*eye(5)) != 0"]),
    ("inv(B) @ (B @ x) == x", ["det(B) != 0"]),
    (f"{RIDGE}.T == {RIDGE}", ["det(A.T @ A + c*eye(5)) != 0"]),
    ("sum((A @ x - b)**2) == x @ (A.T @ (A @ x)) - 2*(b @ (A @ x)) + b @ b", []),
]


@pytest.mark.parametrize(("said", "given"), FOUND, ids=[said for said, _ in FOUND])
def test_found_and_checked_again_elsewhere(said: str, given: list[str]) -> None:
    s = sequent(said, *given)
    certificate = every_size(s)
    check(s, certificate)
    check(*read(json.loads(json.dumps(carried(s, certificate)))))


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("sqrt(sum((R @ x)**2)) == sqrt(sum(x**2))", []),
        ("sqrt(sum((R @ x)**2)) == sqrt(sum(x**2))", ["R @ P == eye(5)"]),
        ("P @ (P @ x) == x", ["P @ P == P"]),
        ("B @ (R @ x) == R @ (B @ x)", ["B @ U == U @ B"]),
        ("x @ (H + B) @ x == x @ H @ x", ["B @ u == 0*x"]),
        ("inv(B) @ (B @ x) == x", ["det(H) != 0"]),
        ("inv(B) @ (B @ x) == x", []),
        ("inv(B).T == inv(B)", ["det(B) != 0"]),
        ("sum((u - v)**2) == 2*(1 - u @ v)", ["sqrt(sum(u**2)) == 1"]),
        ("sum((A @ x - b)**2) == x @ (A.T @ (A @ x)) - b @ (A @ x) + b @ b", []),
    ],
)
def test_what_is_not_so_is_not_found(said: str, given: list[str]) -> None:
    with pytest.raises(Rejected):
        every_size(sequent(said, *given))


def test_a_jacobian_is_what_it_does_to_a_row() -> None:
    g = Graph()
    u0, x, v = (g.symbol(n, (5,)) for n in ("u0", "x", "v"))
    jacobian = g.node("linear", (g.mul(g.mul(g.const(2), x), v), v), None, (5, 5))
    wrong, right = g.diag(g.mul(x, u0)), g.diag(g.mul(g.const(2), x))
    for matrix, holds in ((right, True), (wrong, False)):
        sides = by_action(jacobian, matrix)
        assert not any(n.op == "linear" for n in sides)
        s = Sequent((), equation(*sides), SIZES)
        if holds:
            check(s, every_size(s))
        else:
            with pytest.raises(Rejected):
                every_size(s)
