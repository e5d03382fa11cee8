"""Random expressions for property tests."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import strategies as st

from derive.expr.graph import Graph, Node

SMOOTH = ("exp", "sin", "cos", "tanh", "sigmoid")
KINKED = ("relu", "abs")


@st.composite
def scalar_expressions(
    draw: st.DrawFn, graph: Graph, symbols: Sequence[Node], *, size: int = 8, unary: Sequence[str] = SMOOTH
) -> Node:
    """A scalar node built as the parser builds (no folding), of at most ``size`` operations over the symbols."""
    constants = st.fractions(min_value=-4, max_value=4, max_denominator=8).map(graph.const)
    pool = [*symbols, *draw(st.lists(constants, min_size=1, max_size=3))]
    for _ in range(draw(st.integers(1, size))):
        kind = draw(st.sampled_from(["add", "sub", "mul", "div", "neg", "square", "unary"]))
        a, b = draw(st.sampled_from(pool)), draw(st.sampled_from(pool))
        match kind:
            case "neg":
                made = graph.neg(a)
            case "square":
                made = graph.pow(a, graph.const(draw(st.integers(2, 3))))
            case "unary":
                made = graph.call(draw(st.sampled_from(list(unary))), a)
            case "div":  # kept away from zero, so that values exist everywhere
                made = graph.call("div", a, graph.add(graph.one, graph.call("pow", b, graph.const(2))))
            case _:
                made = graph.call(kind, a, b)
        pool.append(made)
    return pool[-1]


def points(symbols: Sequence[Node]) -> st.SearchStrategy[dict[Node, Fraction]]:
    """Small exact rational points."""
    return st.fixed_dictionaries({s: st.fractions(min_value=-2, max_value=2, max_denominator=16) for s in symbols})
