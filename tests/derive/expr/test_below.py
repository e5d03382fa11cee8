"""What stands below nodes."""

from __future__ import annotations

from derive.api import scope
from derive.expr.below import above, leaves_of, runs
from derive.language import reader


def test_leaves_and_what_is_not_below_a_stop() -> None:
    known, graph = scope("x*(y + 2) + x", {})
    root = reader.parse("x*(y + 2) + x", known, graph)
    x, y = graph.symbol("x"), graph.symbol("y")
    assert set(leaves_of([root])) == {x, y}
    assert not runs([root])
    product = next(n for n in root.args if n.op == "mul")
    assert above([root], {product}) == {root, x}
    assert y in above([root], {x})


def test_iterations_and_sums_are_runs() -> None:
    known, graph = scope("sum(k for k in range(1, n))", {})
    root = reader.parse("sum(k for k in range(1, n))", known, graph)
    from derive.calculus.reverse import expand_all

    (found,) = runs(expand_all([root]))
    assert found.op == "computed"
