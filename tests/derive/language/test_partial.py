"""Loops up to a size that leave out entries."""

from __future__ import annotations

import pytest

from derive.errors import ExpressionError
from derive.expr.graph import Graph
from derive.language.partial import parts
from derive.language.reader import parse


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sum(p[k] for k in K)", [("K", 2, "p", 3)]),
        ("sum(p[k]*W[k, j] for k in K for j in L)", [("K", 2, "p", 3)]),
        ("[sum(W[i, j]*p[j] for j in K) for i in 4]", [("K", 2, "W", 3)]),
        ("sum(sum(p[k] for k in K)*q[j] for j in K)", [("K", 2, "p", 3)]),
        ("sum(p[k]*q[k] for k in K)", []),  # q has no more
        ("sum(p[k + 1] - p[k] for k in K)", []),
        ("sum(p[k] for k in range(K))", []),
        ("sum(p[k] for k in 2)", []),
        ("sum(p[k] for k in L)", []),
        ("sum(p[k] for k in K if k > 0)", []),
        ("sum(k for k in K)", []),
        ("sum(f[0] for k in K)", []),
    ],
)
def test_loops_that_leave_out_entries(text: str, found: list[tuple[str, int, str, int]]) -> None:
    g = Graph()
    sizes = {"K": g.define("K", g.const(2)), "L": g.define("L", g.const(3))}
    scope = {**sizes, "p": g.symbol("p", (3,)), "q": g.symbol("q", (2,)), "W": g.symbol("W", (4, 3))}
    made = list(parts(text, scope))
    assert [(m.size, m.reached, m.of, m.entries) for m in made] == found
    assert all(text[m.offset :].startswith(m.size) for m in made)


def test_an_index_that_is_computed_does_not_go_round() -> None:
    g = Graph()
    scope = {"p": g.symbol("p", (3,)), "n": g.define("n", g.const(3))}
    assert parse("p[-1]", scope, g) is parse("p[2]", scope, g)
    assert parse("sum(p[(i - 1) % 3] for i in n)", scope, g)
    for text in ("sum(p[i - 1] for i in n)", "p[1 - n]", "[p[-i] for i in range(1, 3)]"):
        with pytest.raises(ExpressionError, match="before the first entry"):
            parse(text, scope, g)
