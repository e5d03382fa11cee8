"""Entries that are asked for: the same nodes as of the whole tensor, and none that nobody asks for."""

from __future__ import annotations

import pytest

from derive.engine.matrices.tensor_level import work
from derive.expr.graph import Graph, Node, topological
from derive.expr.shapes import indices
from derive.language.asked import asked
from derive.language.components import components
from derive.language.reader import parse

SHAPES = {"A": (3, 4), "B": (4, 2), "C": (2, 3), "u": (3,), "v": (4,), "M": (3, 3)}
TENSORS = (
    "A @ B",
    "A @ B @ C",
    "(A @ B).T",
    "A.T * 2 + outer(v, u)",
    "exp(A @ B) + 1",
    "stack([u, A @ v, C.T @ (B.T @ v)])",
    "diag(A @ v)",
    "relu(M @ A)",
    "M @ A @ v",
    "softmax(A @ B)",
    "inv(M) @ A",
    "sum(A @ B, axis=1)",
)


def graph() -> tuple[Graph, dict[str, Node]]:
    g = Graph()
    return g, {name: g.symbol(name, shape) for name, shape in SHAPES.items()}


@pytest.mark.parametrize("text", TENSORS)
def test_an_entry_is_that_of_the_whole_tensor(text: str) -> None:
    g, scope = graph()
    whole = parse(text, scope, g)
    entries = components(whole)
    for at, entry in zip(indices(whole.shape), entries, strict=True):
        assert components(g.index(whole, at)) == [entry]


@pytest.mark.parametrize("text", TENSORS)
def test_a_row_is_that_of_the_whole_tensor(text: str) -> None:
    g, scope = graph()
    whole = parse(text, scope, g)
    if len(whole.shape) == 2:
        columns = whole.shape[1]
        for i in range(whole.shape[0]):
            assert components(g.index(whole, (i,))) == components(whole)[i * columns : (i + 1) * columns]


def test_a_product_is_not_laid_out_for_one_entry() -> None:
    g = Graph()
    a, b, c = (g.symbol(name, (60, 60)) for name in "ABC")
    entry = parse("(A @ B @ C)[3, 4]", {"A": a, "B": b, "C": c}, g)
    assert work(topological([entry])) < 2 * 60 * 60 + 5 * 60 * 60
    before = len(g)
    components(entry)
    assert len(g) - before < 6 * 60 * 60


def test_what_is_asked_for_as_a_whole_and_by_an_entry_is_whole() -> None:
    g, scope = graph()
    p = parse("A @ B", scope, g)
    roots = [p, g.index(p, (0, 0))]
    assert p not in asked(roots, topological(roots))
