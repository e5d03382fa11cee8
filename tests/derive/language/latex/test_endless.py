r"""Sums to a symbol or without an end, limits of states, factorials: how print writes them."""

from __future__ import annotations

import pytest

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.latex import read
from derive.language.reader import parse
from derive.language.typeset import latex
from tests.derive.language.latex.scopes import scope

SCALARS = ("n", "m", "r", "x", "s", "eta", "w0", "w")


def names() -> tuple[dict[str, Node], Graph]:
    return scope(dict.fromkeys(SCALARS, ()) | {"v": (3,)}, sizes={"N": 4}, states=("w",))


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        (r"\sum_{k=1}^{n} k = \frac{n(n+1)}{2}", "sum(k for k in range(1, n + 1)) == n*(n + 1)/2"),
        (r"\sum_{k=1}^{n-1} k", "sum(k for k in range(1, n))"),
        (r"\sum_{k=0}^{2n} k", "sum(k for k in range(0, 2*n + 1))"),
        (r"\sum_{k=0}^{\infty} r^k = \frac{1}{1-r}", "sum(r**k for k in range(0, inf)) == 1/(1 - r)"),
        (r"\sum_{k=1}^\infty \frac{1}{k^2} + x", "sum(1/k**2 for k in range(1, inf)) + x"),
        (r"\prod_{k=2}^{\infty} \left(1 - \frac{1}{k^2}\right)", "prod(1 - 1/k**2 for k in range(2, inf))"),
        (r"\sum_{j=0}^{\infty} \frac{x^j}{j!}", "sum(x**j/factorial(j) for j in range(0, inf))"),
        (r"\sum_{i=1}^{n} \sum_{j=1}^{i} i j", "sum(sum(i*j for j in range(1, i + 1)) for i in range(1, n + 1))"),
        (r"\lim_{s \to \infty} w_s = 0", "limit(w(s), s, inf) == 0"),
        (r"\sum_{t=0}^{n-1} \eta w_t", "sum(eta*w(t) for t in range(0, n))"),
        (r"\frac{(n+1)!}{n!}", "factorial(n + 1)/factorial(n)"),
        (r"3! + n!^2", "factorial(3) + factorial(n)**2"),
        (r"\sum_{i=1}^{N} i", "sum(i + 1 for i in N)"),
    ],
)
def test_meanings(written: str, meaning: str) -> None:
    found, g = names()
    (said,) = read(written, found, g).statements
    assert [latex(n) for n in said.nodes] == [latex(parse(side, found, g)) for side in meaning.split(" == ")]


@pytest.mark.parametrize(
    "text",
    [
        "sum(k**2 for k in range(1, n + 1))",
        "sum(r**k for k in range(0, inf))",
        "prod(1 + 1/k for k in range(1, n + 1))",
        "factorial(n)",
    ],
)
def test_what_is_typeset_is_read_back(text: str) -> None:
    found, g = names()
    node = parse(text, found, g)
    (said,) = read(latex(node), found, g).statements
    assert said.nodes == (node,)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (r"\sum_{k=1}^{q} k", "no number or size in scope"),
        (r"\sum_{k=1}^{n} v_k", "no size"),
        (r"\max_{k=1}^{n} k", "no number or size in scope"),
        (r"v!", "factorial"),
        (r"\sum_{k=1}^{x y} k", "no number or size in scope"),
    ],
)
def test_what_is_refused(written: str, says: str) -> None:
    found, g = names()
    with pytest.raises(ExpressionError, match=says):
        read(written, found, g)
