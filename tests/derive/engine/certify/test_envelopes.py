"""Inequalities by the envelopes of their pieces: what is shown so the checker follows, and what is false is not shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.calculus.reverse import expand_all
from derive.engine.certify.envelopes import enveloped, pieces
from derive.engine.domain import Domain
from derive.engine.properties.envelopes import by_envelopes
from derive.expr.graph import Graph, Node
from derive.language.names import names_in
from derive.language.reader import parse
from derive.proof.certificates import Combination
from derive.proof.check import Rejected, check
from derive.proof.sequent import Sequent

SHAPES = {"x": (5,), "y": (2,), "z": (5,)}


def read(said: str, *given: str) -> tuple[Node, list[Node]]:
    g = Graph()
    scope = {n: g.symbol(n, SHAPES.get(n, ())) for n in sorted({n for t in (said, *given) for n in names_in(t)})}
    wanted, *held = expand_all([parse(t, scope, g, boolean=True) for t in (said, *given)])
    return wanted, held


def entries(said: str, *given: str) -> tuple[Sequent, ...]:
    wanted, held = read(said, *given)
    return Sequent(tuple(held), wanted).entries()


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("x <= max(x)", []),
        ("min(x) <= x", []),
        ("mean(x) <= max(x)", []),
        ("abs(sum(x)) <= sum(abs(x))", []),
        ("max(a + b, c + d) <= max(a, c) + max(b, d)", []),
        ("exp(x) <= max(exp(x))", []),
        ("max(x + 2*z) <= max(x) + 2*max(z)", []),  # on the lesser side, one entry after the other
        ("max(r + g*x[0], s + g*x[1]) - max(r + g*y[0], s + g*y[1]) <= g*max(x[0] - y[0], x[1] - y[1])", ["g >= 0"]),
        ("norm(x, 1) <= 5*norm(x, inf)", []),  # by the envelopes alone, though abs(x) stands on the lesser side
        ("q*max(x) >= q*mean(x)", ["q >= 0"]),
        ("a < max(x) + 1", ["a == x[3]"]),
    ],
)
def test_shown_and_checked(said: str, given: list[str]) -> None:
    for s in entries(said, *given):
        shown = enveloped(s)
        assert shown.sequent == s
        assert check(s, shown.certificate).sequent == s  # from nothing that is known


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("x < max(x)", []),
        ("abs(max(a, b) - max(c, d)) <= min(abs(a - c), abs(b - d))", []),
        ("max(x) <= mean(x)", []),
        ("sum(abs(x)) <= abs(sum(x))", []),
        ("q*max(x) >= q*mean(x)", []),
        ("a <= max(max(a, b), max(c, sqrt(d)))", []),  # no value where d < 0
    ],
)
def test_what_is_false_is_not_shown(said: str, given: list[str]) -> None:
    for s in entries(said, *given)[:1]:
        with pytest.raises(Rejected):
            enveloped(s)


def test_a_variable_for_a_piece_has_no_sign_of_its_own() -> None:
    (s,) = entries("abs(a) + abs(b) >= 0")
    g = s.conclusion.graph
    terms = tuple((g.one, n) for n in pieces(s.conclusion))
    assert check(s, Combination(terms)).sequent == s
    with pytest.raises(Rejected):
        check(s, replace(Combination(terms), opaque=pieces(s.conclusion)))


@pytest.mark.parametrize("said", ["x <= max(x)", "max(x) - min(x) >= 0", "sum(relu(x)) >= relu(sum(x))"])
def test_many_orders_are_decided(said: str) -> None:
    wanted, held = read(said)
    found = by_envelopes(wanted, Domain(held))
    assert found is not None
    assert found.status == "proved"
