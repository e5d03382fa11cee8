"""Tensors of every size in the checker: hypotheses about entries, squares of sums, inverses, and what is false of a size."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.expr.graph import Graph, Node
from derive.language.reader import parse
from derive.proof.certificates import Lemma, Rule
from derive.proof.check import Rejected, check
from derive.proof.sequent import Sequent

SHAPES = {"A": (5, 7), "S": (5, 5), "T": (5, 5), "X": (7, 5), "v": (5,), "w": (7,), "u": (5,), "c": ()}
OPERATORS = {"==": "eq", "!=": "ne", ">=": "ge", "<=": "le", ">": "gt", "<": "lt"}

GENERIC = Rule("generic", (), ())


def sized(said: str, *given: str) -> Sequent:
    """Comparisons of tensors, said of every entry; 5 and 7 stand for sizes."""
    g = Graph()
    scope = {n: g.symbol(n, shape) for n, shape in SHAPES.items()}

    def condition(text: str) -> Node:
        op = next(o for o in OPERATORS if f" {o} " in text)
        return g.call(OPERATORS[op], *(parse(t, scope, g) for t in text.split(f" {op} ")))

    return Sequent(tuple(map(condition, given)), condition(said), ((5, "n"), (7, "m")))


ACCEPTED = [
    ("sum(v) > 0", ["v > 0"]),
    ("v*u > 0*v", ["v > 0", "u > 0"]),
    ("abs(v) == v", ["v >= 0"]),
    ("v == u", ["v == u"]),
    ("1/v == 1/v", ["v != 0"]),
    ("sum(A**2, axis=1) > 0", ["A != 0"]),
    ("abs(v)*sign(v) == v", ["v != 0"]),
    ("sum((A @ w)**2) == sum((w @ A.T)*(A @ w))", []),
    ("sum((A @ w - v)**2) == w @ (A.T @ (A @ w)) - 2*(v @ (A @ w)) + v @ v", []),
    ("sum(softmax(v)) == 1", []),
    ("sum(softmax(A, axis=1), axis=1) == 1 + 0*v", []),
    ("logsumexp(v + c) == c + logsumexp(v)", []),
    ("exp(logsumexp(v)) == sum(exp(v))", []),
    ("inv(S) @ v == inv(S) @ v", ["det(S) != 0"]),
    ("v @ (c*S/2 - 3*eye(5)) == c*(v @ S)/2 - 3*v", []),
]


@pytest.mark.parametrize(("said", "given"), ACCEPTED, ids=[said for said, _ in ACCEPTED])
def test_accepted(said: str, given: list[str]) -> None:
    check(sized(said, *given), GENERIC)


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("sum(v) > 0", ["v >= 0"]),
        ("sum(v) > 0", ["u > 0"]),
        ("1/v == 1/v", ["v >= 0"]),
        ("1/v == 1/v", ["u != 0"]),
        ("1/sum(v) == 1/sum(v)", ["v != 0"]),  # entries that are not 0 may add up to it
        ("c > 0", ["c*v > 0"]),
        ("v[0] > 0", ["v > 0"]),
        ("sum((A @ w)**2) == sum(A @ w)**2", []),
        ("sum((A @ w)**2) == sum((A*w)**2)", []),
        ("sum(softmax(A, axis=0), axis=1) == 1 + 0*v", []),
        ("logsumexp(v) == sum(v)", []),
        ("logsumexp(S) == logsumexp(S, axis=0)", []),
        ("inv(S) @ v == inv(S) @ v", ["det(T) != 0"]),
        ("inv(S) == inv(S).T", ["det(S) != 0"]),
        ("inv(S) @ S == eye(5)", ["det(S) != 0"]),
        ("v @ (c/S) == v @ (c/S)", []),
        ("v @ (eye(5)/c) == v/c", []),
        ("mean(A, axis=1) == mean(A, axis=1)", []),
        # at n = 1 nothing lies off the diagonal, and these hypotheses hold
        ("0*S == 1 + 0*S", ["S == eye(5)", "S == 1 + 0*S"]),
    ],
)
def test_rejected(said: str, given: list[str]) -> None:
    with pytest.raises(Rejected):
        check(sized(said, *given), GENERIC)


def test_hypotheses_of_entries_that_contradict() -> None:
    check(sized("v == 1 + v", "v > 0", "v < 0"), GENERIC)
    with pytest.raises(Rejected):
        check(sized("v == 1 + v", "v > 0", "u < 0"), GENERIC)


def test_entries_that_are_variables() -> None:
    s = sized("sum(exp(v)*v) == v @ exp(v)")
    g = s.conclusion.graph
    inner = g.call("exp", g.symbol("v", (5,)))
    check(s, replace(GENERIC, nodes=(inner,)))
    lacking = sized("1/v == 1/v")
    with pytest.raises(Rejected):  # what has no value is no variable
        check(lacking, replace(GENERIC, nodes=(lacking.conclusion.args[0],)))
    with pytest.raises(Rejected):
        check(sized("v + u == 2*v"), replace(GENERIC, nodes=(g.symbol("u", (5,)),)))


def test_sizes_that_are_not_told_apart() -> None:
    s = sized("v == v")
    for sizes in (((5, "n"), (5, "m")), ((5, "n"), (7, "n")), ((1, "n"),)):
        with pytest.raises(Rejected):
            check(Sequent((), s.conclusion, sizes), GENERIC)


def test_an_inverse_beside_what_it_inverts() -> None:
    def of(said: str, *given: str) -> bool:
        try:
            check(sized(said, *given), Rule("inverse", (), ()))
        except Rejected:
            return False
        return True

    assert of("S @ inv(S) == eye(5)", "det(S) != 0")
    assert not of("S @ inv(S) == eye(5)")
    assert not of("S @ inv(S) == eye(5)", "det(T) != 0")
    assert not of("S @ inv(T) == eye(5)", "det(T) != 0")
    assert not of("S @ inv(S) == 2*eye(5)", "det(S) != 0")
    assert of("T @ S == eye(5)", "S @ T == eye(5)")
    assert not of("X @ A == eye(7)", "A @ X == eye(5)")


def test_a_lemma_of_every_size_is_shown_of_every_size() -> None:
    s = sized("sum(v) + sum(u) > 0", "v > 0", "u > 0")
    fact = sized("sum(v) > 0").conclusion
    g = s.conclusion.graph
    fact = g.call("gt", g.sum(g.symbol("v", (5,))), g.zero)
    check(s, Lemma(fact, GENERIC, GENERIC))
    with pytest.raises(Rejected):
        check(s, Lemma(g.call("lt", g.sum(g.symbol("v", (5,))), g.zero), GENERIC, GENERIC))
