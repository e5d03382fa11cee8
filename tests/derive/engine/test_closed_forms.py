"""Closed forms put into claims about sums: what is proved with them, and what is left open."""

from __future__ import annotations

from derive.budget import share
from derive.calculus.reverse import expand_all
from derive.engine.closed_forms import decide_equal, decide_holds
from derive.engine.domain import Domain
from derive.expr.graph import Graph, Node
from derive.language.reader import parse


def read(g: Graph, text: str) -> Node:
    return expand_all([parse(text, {n: g.symbol(n) for n in ("n", "r")}, g)])[0]


def test_with_closed_forms() -> None:
    g = Graph()
    found = decide_equal(read(g, "sum(k**3 for k in range(1, n + 1))"), read(g, "sum(k for k in range(1, n + 1))**2"))
    assert found.status == "proved"
    assert "closed forms" in str(found.reason)
    above = decide_holds(read(g, "sum(k**3 for k in range(1, n + 1)) >= sum(k for k in range(1, n + 1))"), Domain([]))
    assert above.status in ("proved", "undecided")


def test_a_sum_without_a_closed_form_stays_open() -> None:
    g = Graph()
    found = decide_equal(
        read(g, "sum(1/k for k in range(1, n + 1))**2 + n"), read(g, "sum(1/k**2 for k in range(1, n + 1)) + n")
    )
    assert found.status == "refuted"


def test_what_used_up_its_work_is_undecided_and_no_fault() -> None:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    left = expand_all([parse("logsumexp([x, y, x*y, x - y, exp(x)])", {"x": x, "y": y}, g)])[0]
    right = expand_all([parse("logsumexp([y, x, x*y, exp(x), x - y])", {"x": x, "y": y}, g)])[0]
    for steps in (100, 1_000, 10_000):
        with share(steps):
            assert decide_equal(left, right).status in ("undecided", "proved")
