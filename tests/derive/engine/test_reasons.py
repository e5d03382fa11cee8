"""Reasons are objects: every term is used and given its parts, every wording is a sentence, and nothing reads one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from derive.engine import decide_equal
from derive.engine.decision import Decision, joined
from derive.engine.reasons import Reason, Why, listed
from derive.expr.graph import Graph
from derive.language.reader import parse

ROOT = Path(__file__).parents[3]
PLACES = ("derive", "verify")

#: What would read or cut a sentence.
SURGERY = {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "replace"}


@cache
def trees() -> dict[str, ast.Module]:
    paths = (p for place in PLACES for p in (ROOT / place).rglob("*.py"))
    texts = {str(p.relative_to(ROOT)): p.read_text() for p in paths}
    return {
        path: ast.parse(text)
        for path, text in texts.items()
        if any(w in text for w in ("Why.", ".reason", ".told", ".fails"))
    }


def terms(node: ast.AST) -> Iterator[tuple[str, ast.Attribute]]:
    for n in ast.walk(node):
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "Why":
            yield n.attr, n


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """All calls of a term, with the file."""
    for path, tree in trees().items():
        for n in ast.walk(tree):
            if isinstance(n, ast.Call):
                yield from ((path, name, n) for name, at in terms(n.func) if at is n.func)


def test_every_term_is_used() -> None:
    used = {name for path, tree in trees().items() if path != "derive/engine/reasons.py" for name, _ in terms(tree)}
    inside = {"ENTRY", "WHERE", "HOLDS_IF"}  # of the decision itself
    assert {w.name for w in Why} == used | inside


def test_every_term_gets_its_parts() -> None:
    for path, name, call in calls():
        given = {k.arg for k in call.keywords}
        assert not call.args
        optional = {f for part in re.findall(r"\[(.*?)\]", Why[name].value) for f in re.findall(r"\{(\w+)\??\}", part)}
        where = f"{path}:{call.lineno} {name}"
        assert given <= set(Why[name].parts), where
        assert set(Why[name].parts) - optional <= given, where


def test_parts_are_no_sentences() -> None:
    """What a term is given is an object, a name, a number in print, or the message of an error."""
    for path, name, call in calls():
        for k in call.keywords:
            texts = [n.value for n in ast.walk(k.value) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            assert not any(isinstance(n, ast.JoinedStr) for n in ast.walk(k.value)), f"{path}:{call.lineno} {name}"
            assert not any(" " in t for t in texts), f"{path}:{call.lineno} {name}"


def test_nothing_reads_the_grounds_of_a_decision() -> None:
    """A sentence is made to be shown, and never looked into."""
    for path, tree in trees().items():
        if not path.startswith(("derive/engine/", "derive/repair/")):
            continue
        for n in ast.walk(tree):
            cut = isinstance(n, ast.Attribute) and n.attr in SURGERY
            told = ast.unparse(n.value) if isinstance(n, ast.Attribute) else ""
            assert not (cut and re.search(r"\.(reason|told|fails)\b", told)), f"{path}: {told}"
            if isinstance(n, ast.Compare):
                sides = [ast.unparse(s) for s in (n.left, *n.comparators)]
                assert not any(re.search(r"\.(reason|told|fails)$", s) for s in sides), f"{path}: {sides}"
            if isinstance(n, ast.JoinedStr):
                assert not re.search(r"\.(reason|told|fails)\b", ast.unparse(n)), f"{path}: {ast.unparse(n)}"


@pytest.mark.parametrize("term", Why, ids=lambda t: t.name)
def test_a_wording_is_a_sentence(term: Why) -> None:
    """With all its parts and with those alone that it can't do without: plain words, no gap, no full stop."""
    optional = re.findall(r"\[(.*?)\]", term.value)
    least = [p for p in term.parts if not any(f"{{{p}" in part for part in optional)]
    for given in (term.parts, least):
        said = str(term(**dict.fromkeys(given, "such")))
        assert said == said.strip()
        assert not re.search(r"[{}\[\]]|  | ,|[^.]\.$|\bturns?\b", said), said
        assert said.count("(") == said.count(")")


def test_parts_are_told_as_people_write_them() -> None:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    conditions = tuple(g.call("ne", x, g.const(k)) for k in range(6))
    assert str(Why.FAILS_AT(at={x: Fraction(1, 2), y: Fraction(-3)})) == "does not hold at x = 1/2, y = -3"
    assert str(Why.NOT_EQUAL(at={}, left="1", right="2")) == "not equal: the left side is 1, the right side 2"
    assert str(Why.ENTRY(index=(0, 1), of=Why.FAILS())) == "entry [0, 1]: does not hold"
    assert str(Why.FORM_IS_NEGATIVE(vector=("1", "-1/2"))) == "v.T @ A @ v is negative for v = [1, -1/2]"
    assert str(Why.ALL_OF(reasons=(Why.HOLDS(), Why.FAILS()))) == "holds; does not hold"
    assert str(Why.NO_POINT_GIVES_VALUES(assumed=())) == "no point was found that gives both sides a value"
    assert listed(conditions) == "x != 0 and x != 1 and x != 2 and x != 3 and 2 more"
    odd = g.symbol("[{x}]")  # a part is told as it is, whatever it is called
    assert str(Why.SLOPES_DIFFER_AT(variable=odd, at=g.one)).startswith("at [{x}] = 1 the slopes")


def test_reasons_are_values() -> None:
    g = Graph()
    x = g.symbol("x")
    one, same = (Why.FAILS_AT(at={x: Fraction(2)}) for _ in range(2))
    assert one == same
    assert hash(one) == hash(same)
    assert one != Why.FAILS_AT(at={x: Fraction(3)})
    assert isinstance(one, Reason)


def test_a_decision_tells_its_conditions_once() -> None:
    g = Graph()
    x = g.symbol("x")
    scope = {"x": x}
    first, second = (g.call("ne", x, g.const(k)) for k in (0, 1))
    how = Why.NORMAL_FORM(regions=2)
    assert str(Decision("proved", how)) == "one normal form in each of 2 regions"
    assert str(Decision("proved", how, (first,))) == "one normal form in each of 2 regions, where x != 0"
    fails = Why.SIDES_AT(at={x: Fraction(0)}, left="1", right="2")
    told = Decision("proved-if", how, (first, second), (first,), fails=fails)
    at = "at x = 0 the left side is 1, the right side 2"
    assert str(told) == f"holds if x != 0, where x != 1; {at}; one normal form in each of 2 regions"
    assert str(Decision("proved-if", Why.HOLDS(), (first,), (first,))) == "holds if x != 0"
    assert str(Decision("refuted", Why.FAILS(), index=(0,))) == "entry [0]: does not hold"
    parts = [Decision("proved", Why.EVERYWHERE(), (second,)), Decision("proved", how, (first,))]
    both = "holds on the whole domain; one normal form in each of 2 regions, where x != 0 and x != 1"
    assert str(joined(parts)) == str(joined(parts[::-1])) == both
    found = decide_equal(parse("x/x", scope, g), g.one)
    assert found.reason.term is Why.RATIONAL_IN_DEFINITIONS
    assert str(found).endswith(", where x != 0")
