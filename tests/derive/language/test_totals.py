"""Loops to a symbol, or without an end: how they are read, printed, typeset and refused."""

from __future__ import annotations

import pytest

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.reader import parse, to_text
from derive.language.totals import is_factorial, plain
from derive.language.typeset import latex as to_latex


def scope(g: Graph) -> dict[str, Node]:
    return {n: g.symbol(n) for n in ("n", "m", "r", "x", "k")} | {"v": g.symbol("v", (3,)), "N": g.const(4)}


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("sum(k**2 for k in range(1, n + 1))", "total"),
        ("sum(k**2 for k in n)", "total"),
        ("prod(1 + 1/k for k in range(1, 2*n))", "total"),
        ("sum(r**k for k in range(0, inf))", "series"),
        ("sum(r**k for k in range(m, inf))", "series"),
        ("sum(sum(i*j for j in range(1, i + 1)) for i in range(1, n + 1))", "total"),
        ("sum(x**k/factorial(k) for k in range(0, inf))", "series"),
        ("factorial(n)", "total"),
        ("sum(v[0]*k for k in n)", "total"),
        ("d(sum(x**k for k in n), x)", "d"),
    ],
)
def test_reads_back_what_it_prints(text: str, op: str) -> None:
    g = Graph()
    node = parse(text, scope(g), g)
    assert node.op == op
    assert parse(to_text(node), scope(g), g) is node


def test_loops_of_numbers_are_unrolled_as_ever() -> None:
    g = Graph()
    assert parse("sum(k for k in N)", scope(g), g).op == "add"
    assert parse("sum(k for k in range(1, 3))", scope(g), g).op == "add"


def test_several_loops_in_one_call() -> None:
    g = Graph()
    node = parse("sum(i*j for i in range(1, n + 1) for j in range(1, m + 1))", scope(g), g)
    assert node.op == "total"
    assert node.args[0].op == "total"


def test_an_index_hides_a_symbol_of_its_name() -> None:
    g = Graph()
    node = parse("sum(k for k in range(1, k + 1))", scope(g), g)
    body, index, _, high = node.args
    assert body is index
    assert plain(index) == "k"
    assert high.args[0] is g.symbol("k")
    assert parse(to_text(node), scope(g), g) is node


def test_factorials_are_products() -> None:
    g = Graph()
    assert is_factorial(parse("factorial(n)", scope(g), g))
    assert parse("factorial(N)", scope(g), g) is g.const(24)
    inner = parse("sum(factorial(i) for i in range(0, n))", scope(g), g).args[0]
    assert inner.args[1] not in (inner.args[3].args[0],)  # its own index is another one


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mean(k for k in n)", "sum and prod may run to a symbol"),
        ("sum(k for k in range(1, n, 2))", "counts by one"),
        ("sum(k for k in range(1, n) if k != 2)", "no filter"),
        ("sum(k for k in range(-inf, n))", "upwards"),
        ("sum(k for k in range(n, -inf))", "upwards"),
        ("sum(v for k in n)", "scalar"),
        ("sum(v[k] for k in n)", "is an entry by its number, and 'n' is no size"),
        ("sum(k for k in v)", "size or range"),
        ("sum(k for k in range(0.5))", "size or range"),
        ("sum(k for k in z)", "size or range"),
        ("sum(k > 1 for k in n)", "condition"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    g = Graph()
    with pytest.raises(ExpressionError, match=says):
        parse(text, scope(g), g)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("sum(k**2 for k in range(1, n + 1))", r"\sum_{k = 1}^{n} k^{2}"),
        ("sum(r**k for k in range(0, inf))", r"\sum_{k = 0}^{\infty} r^{k}"),
        ("prod(k for k in range(2, n))", r"\prod_{k = 2}^{n - 1} k"),
        ("factorial(n)", "n!"),
    ],
)
def test_typeset(text: str, latex: str) -> None:
    g = Graph()
    assert to_latex(parse(text, scope(g), g)) == latex
