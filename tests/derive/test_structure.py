"""Affine dependence: what is proved to be, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.reader import parse
from derive.structure import affine_in


def names() -> dict[str, Node]:
    g = Graph()
    return {**{n: g.symbol(n) for n in "abxyz"}, "W": g.symbol("W", (2, 2)), "v": g.symbol("v", (2,))}


def found(text: str) -> tuple[str, list[str]]:
    scope = names()
    made = affine_in(parse(text, scope, scope["x"].graph))
    return "".join(n.attr for n in made.alone), sorted("".join(n.attr for n in s) for s in made.jointly)


@pytest.mark.parametrize(
    ("text", "alone", "jointly"),
    [
        ("a*x + b", "axb", ["ab", "bx"]),
        ("x*y*z", "xyz", ["x", "y", "z"]),
        ("x*y + z", "xyz", ["xz", "yz"]),
        ("x + y - 3*z", "xyz", ["xyz"]),
        ("tanh(x)*y + exp(z)*a + b", "yab", ["aby"]),
        ("(x + y)**2 - x**2 - y**2", "xy", ["x", "y"]),
        ("relu(x)*y", "y", ["y"]),
        ("relu(x) - relu(-x)", "x", ["x"]),
        ("relu(x*y) - relu(-x*y)", "xy", ["x", "y"]),
        ("where(x > 0, x + 1, x)*z", "z", ["z"]),
        ("where(a > 0, x, y) + z", "xyz", ["xyz"]),
        ("x/y", "x", ["x"]),
        ("sum(W @ v)", "Wv", ["W", "v"]),
        ("sum(tanh(W @ v))", "", []),
        ("dot(v, v)*x", "x", ["x"]),
        ("cos(x)**2 + sin(x)**2 + x*y", "xy", ["x", "y"]),
        ("3", "", []),
    ],
)
def test_affine_in(text: str, alone: str, jointly: list[str]) -> None:
    got_alone, got_sets = found(text)
    assert sorted(got_alone) == sorted(alone)
    assert [sorted(s) for s in got_sets] == [sorted(s) for s in jointly]


@settings(deadline=None, max_examples=20)
@given(st.lists(st.lists(st.sampled_from("abxyz"), min_size=1, max_size=3, unique=True), min_size=1, max_size=4))
def test_of_a_sum_of_products_the_sets_are_those_without_a_common_product(terms: list[list[str]]) -> None:
    text = " + ".join(f"{k + 2}*{'*'.join(t)}" for k, t in enumerate(terms))
    alone, sets = found(text)
    used = sorted({v for t in terms for v in t})
    assert sorted(alone) == used
    for s in sets:
        assert all(len(set(t) & set(s)) <= 1 for t in terms)
        assert all(any(len(set(t) & {*s, other}) > 1 for t in terms) for other in used if other not in s)


def test_a_vector_is_refused() -> None:
    scope = names()
    with pytest.raises(ExpressionError, match="needs a scalar"):
        affine_in(scope["v"])
