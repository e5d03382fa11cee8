"""What looks like one reading and may be another: refused, with what to write."""

from __future__ import annotations

import pytest

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.latex import read


def names() -> tuple[dict[str, Node], Graph]:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    return {"x": x, "y": y, "f": g.define("f", g.sub(g.pow(x, g.const(3)), y))}, g


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (r"x = 1\,000.5", "two numbers side by side"),
        ("x = 1 000", "two numbers side by side"),
        ("x = 3.14.15", "two numbers side by side"),
        ("x = 3.5e-2", "power of ten"),
        ("f(y, x) = 2", "in the order of the case, f\\(x, y\\)"),
        ("f(x, x) = 2", "in the order of the case"),
    ],
)
def test_what_is_refused(written: str, says: str) -> None:
    scope, g = names()
    with pytest.raises(ExpressionError, match=says):
        read(written, scope, g)


def test_what_is_read() -> None:
    scope, g = names()
    (said,) = read("f(x, y) = 2 x", scope, g).statements
    assert said.nodes == (scope["f"], g.mul(g.const(2), scope["x"]))


def test_an_index_up_to_a_letter_reaches_all_entries() -> None:
    g = Graph()
    scope = {"v": g.symbol("v", (3,)), "n": g.define("n", g.const(2)), "m": g.define("m", g.const(3))}
    with pytest.raises(ExpressionError, match="n = 2 does not reach all 3 entries"):
        read(r"\sum_{i=1}^{n} v_i = 1", scope, g)
    for whole in (r"\sum_{i=1}^{m} v_i = 1", r"\sum_{i=1}^{2} v_i = 1"):
        assert len(read(whole, scope, g).statements) == 1
