"""Ranks against SymPy's, of random matrices of fractions; of symbols by hand."""

from __future__ import annotations

import random

import pytest
import sympy

from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.reader import parse, to_text


def scope(g: Graph) -> dict[str, Node]:
    vectors = {n: g.symbol(n, (3,)) for n in ("u", "v")}
    return {
        **vectors,
        "x": g.symbol("x"),
        "A": g.symbol("A", (2, 2)),
        "B": g.symbol("B", (3, 2)),
        "C": g.symbol("C", (2, 3)),
    }


def decide(claim: str, *assuming: str) -> str:
    g = Graph()
    s = scope(g)
    node = parse(claim, s, g)
    assert parse(to_text(node), s, g) is node
    return decide_condition(node, Domain(parse(a, s, g) for a in assuming)).status


@pytest.mark.parametrize("seed", range(12))
def test_of_numbers(seed: int) -> None:
    rng = random.Random(seed)
    m, n, r = rng.randint(1, 5), rng.randint(1, 5), rng.randint(1, 3)
    left = sympy.Matrix(m, r, lambda i, j: sympy.Rational(rng.randint(-4, 4), rng.randint(1, 3)))
    a = left * sympy.Matrix(r, n, lambda i, j: rng.randint(-3, 3))
    text = "[" + ", ".join("[" + ", ".join(f"({v})" for v in a.row(i)) + "]" for i in range(m)) + "]"
    true = a.rank()
    for k in range(-1, 6):
        for sign, holds in (("==", true == k), ("<=", true <= k), (">", true > k), ("!=", true != k)):
            assert decide(f"rank({text}) {sign} {k}") == ("proved" if holds else "refuted"), (text, sign, k)


@pytest.mark.parametrize(
    ("claim", "assuming", "status"),
    [
        ("rank(outer(u, v)) <= 1", (), "proved"),
        ("rank(outer(u, v)) == 1", (), "refuted"),
        ("rank(outer(u, v)) == 1", ("u[0] > 0", "v[1] < 0"), "proved"),
        ("rank(outer(u, v) + outer(v, u)) <= 2", (), "proved"),
        ("rank(B @ C) <= 2", (), "proved"),
        ("rank(B @ C) <= 1", (), "refuted"),
        ("rank(A) == 2", (), "refuted"),
        ("rank(A) == 2", ("det(A) != 0",), "proved"),
        ("rank([[1, x], [x, 1 + x**2]]) == 2", (), "proved"),
        ("rank([[1, x], [x, x**2]]) == 1", (), "proved"),
        ("2 == rank(A.T @ A + eye(2))", (), "proved"),
    ],
)
def test_of_symbols(claim: str, assuming: tuple[str, ...], status: str) -> None:
    assert decide(claim, *assuming) == status


def test_a_rank_is_only_compared() -> None:
    g = Graph()
    s = scope(g)
    for text in ("rank(A)", "rank(A) + 1 == 2", "rank(A) == x", "rank(A) == 1/2", "rank(u) == 1", "rank(A) == rank(B)"):
        with pytest.raises(ExpressionError, match="rank"):
            parse(text, s, g)
