"""The table of nodes: equal expressions are one node, however they were made, and ids go up."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from derive.budget import steps
from derive.expr.graph import Graph, topological


def test_equal_expressions_are_one_node() -> None:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    assert g.mul(x, y) is g.mul(y, x) is g.node("mul", (x, y))
    assert g.node("mul", (y, x)) is not g.mul(x, y)  # as it was written
    assert g.add(x, y) is g.add(y, x)
    assert g.mul(g.one, x) is x is g.add(g.zero, x)
    assert g.node("mul", (g.one, x)) is not x
    assert g.const(Fraction(2, 1)) is g.const(2)


def test_an_attribute_tells_nodes_apart() -> None:
    g = Graph()
    v = g.symbol("v", (2,))
    assert g.sum(v) is not g.sum(v, 0)
    assert g.index(v, (0,)) is not g.index(v, (1,))
    assert g.define("a", v) is not g.define("b", v)
    assert g.symbol("v", (2,)) is v


@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "sub", "mul", "div"]), st.integers(0, 99), st.integers(0, 99)), max_size=30
    )
)
def test_arguments_stand_before_users(steps: list[tuple[str, int, int]]) -> None:
    g = Graph()
    made = [g.symbol("x"), g.symbol("y"), g.const(2)]
    for op, i, j in steps:
        made.append(getattr(g, op)(made[i % len(made)], made[j % len(made)]))
    order = topological(made)
    assert all(a.id < n.id for n in order for a in n.args)
    assert len({n.id for n in order}) == len(order) <= len(g)


def test_a_graph_knows_the_operators_that_it_has() -> None:
    g = Graph()
    assert not g.has(["exp", "log"])
    g.call("exp", g.symbol("x"))
    assert g.has(["log", "exp"])
    assert not g.has(["log"])


def test_a_walk_is_the_same_a_second_time_and_after_others() -> None:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    roots = [g.mul(g.add(x, y), y), g.define("a", g.neg(x))]
    first = topological(roots)
    counted = steps()
    again = topological(roots)
    assert again == first
    assert steps() - counted == 2 * len(first)
    again.clear()  # it is the caller's own
    assert topological(iter(roots)) == first
    assert topological(roots[::-1]) == first
    assert topological(roots[:1]) == [x, y, g.add(x, y), roots[0]]
    assert topological(roots, through_definitions=False) == [n for n in first if n is not roots[1].args[0]]
    assert topological(roots, known={y}) == [n for n in first if n is not y]
    made = g.mul(roots[0], roots[1])
    assert topological([made]) == [*first, made]


def test_many_products_are_the_products_one_by_one() -> None:
    g = Graph()
    x, y, v = g.symbol("x"), g.symbol("y"), g.symbol("v", (3,))
    some = [x, g.neg(y), g.const(2), g.mul(g.const(3), y), g.zero, v, g.broadcast(x, (3,)), g.call("exp", x), y, x]
    for a in [*some, g.one, g.const(-1), g.symbol("late")]:
        made = g.products(a, some)
        assert made == [g.mul(a, b) for b in some]
        assert made == [g.mul(b, a) for b in some]
