"""``at(E, x=v)``, ``somewhere:``, and conditions put together by implies and iff."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.calculus.reverse import expand
from derive.engine import decide_equal
from derive.engine.properties.dispatch import decide_condition, decide_somewhere
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.names import names_in
from derive.language.reader import parse, to_text
from verify.casefile import load
from verify.claims import CaseContext, judge

G = Graph()
SCOPE: dict[str, Node] = {n: G.symbol(n) for n in ("x", "w", "c")}
SCOPE["W"] = G.symbol("W", (2, 2))
SCOPE["L"] = G.define("L", parse("(w*x - 1)**2", SCOPE, G))


def node(text: str, boolean: bool | None = None) -> Node:
    return parse(text, SCOPE, G, boolean=boolean)


@pytest.mark.parametrize("text", ["at(L, w=0)", "at(d(L, w), w=0)", "at(x + c, x=c, c=x)", "at(x > c, x=1) and c > 0"])
def test_text_is_kept(text: str) -> None:
    assert to_text(node(text)) == text


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("L(w=0)", "1"),
        ("at(d(L, w), w=0)", "-2*x"),
        ("at(x + 2*c, x=c, c=x)", "c + 2*x"),  # all at once
        ("d(L(w=w**2), w)", "4*w*x*(w**2*x - 1)"),
        ("at(sum(W*W), W=c*W)", "c**2*sum(W*W)"),
        ("L(w=L(w=1), x=1)", "((x - 1)**2 - 1)**2"),  # a value is read outside
    ],
)
def test_symbols_are_replaced(left: str, right: str) -> None:
    assert decide_equal(expand(node(left)), expand(node(right))).status == "proved"


def test_nothing_without_a_value_gets_one() -> None:
    assert decide_equal(expand(node("at(x*log(x), x=0)")), G.zero).status == "undecided"


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("L(v=1)", 4, "unknown symbol 'v'"),
        ("at(L)", 0, "expected at(E, x=v)"),
        ("L(w=[1, 2])", 4, "'w' is a scalar, and its value here has shape [2]"),
        ("at(L, w=x > 1)", 8, "a condition where a value is expected"),
        ("where(convex(L, w), 1, 0)", 0, "has no truth value at a point"),
        ("convex(L, w + 1)", 0, "x is a symbol or a definition"),
        ("convex(W, x)", 0, "f is a scalar"),
        ("convex(L)", 0, "expected convex(f, x)"),
        ("positive_definite([1, 2])", 0, "A is a square matrix"),
        ("minimizer(L, w, [1, 2])", 0, "v has the shape of x"),
    ],
)
def test_faults_are_named(text: str, offset: int, words: str) -> None:
    with pytest.raises(ExpressionError, match=r".") as caught:
        node(text)
    assert words in caught.value.message
    assert caught.value.offset == offset


def test_what_is_replaced_counts_as_used() -> None:
    assert set(names_in("L(w=x) + at(c, c=1)")) == {"L", "w", "x", "c"}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("implies(x > 2, x**2 > 4)", "proved"),
        ("implies(x**2 > 4, x > 2)", "refuted"),
        ("iff(x**2 > 4, abs(x) > 2)", "proved"),
        ("iff(abs(1 - x) < 1, x > 0)", "refuted"),
    ],
)
def test_conditions_put_together(text: str, status: str) -> None:
    assert decide_condition(node(text, True)).status == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("x**2 < 1", "proved"),
        ("x**2 < 0", "refuted"),
        ("L(w=c*w) != L", "proved"),
        ("at(sum(W*W), W=-W) != sum(W*W)", "refuted"),
    ],
)
def test_somewhere(text: str, status: str) -> None:
    assert decide_somewhere(node(text, True)).status == status


def test_a_relation_is_about_the_values_that_the_document_gives(tmp_path: Path) -> None:
    text = "title: t\nsymbols: {eta: 0.1, x: {}}\nclaims:\n"
    text += '  - {id: a, holds: "eta*x**2 < x**2 + 1"}\n  - {id: b, somewhere: "eta*x > 5"}\n'
    (tmp_path / "a.yaml").write_text(text)
    case = load(tmp_path / "a.yaml")
    assert [judge(CaseContext(case), c).verdict for c in case.claims] == ["holds", "holds"]
