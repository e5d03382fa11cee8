"""Induction: claims about every step of an iteration that are shown, and others, close by, that are not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from derive.engine.certify import prove
from derive.exchange.certificates import carried, read
from derive.expr.graph import Graph, Node
from derive.language.names import names_in
from derive.language.reader import parse
from derive.proof.certificates import Evaluation, Numbers, Rule
from derive.proof.check import Rejected, check
from derive.proof.rules.table import premises
from derive.proof.sequent import Sequent


class Said:
    """``claim`` at every step from ``first`` on; ``states``: of each its start and what comes after it."""

    def __init__(self, claim: str, states: dict[str, tuple[str, str]], *given: str, first: int = 0) -> None:
        self.g = g = Graph()
        texts = [claim, *given, *(t for pair in states.values() for t in pair)]
        self.scope = {n: g.symbol(n) for n in sorted({*(n for t in texts for n in names_in(t)), "t", *states})}
        each = [n for x, pair in states.items() for n in (self.scope[x], *map(self, pair))]
        said = g.node("property", (self.condition(claim), self.scope["t"], g.const(first), *each), "every step")
        self.claim = said.args[0]
        self.sequent = Sequent(tuple(map(self.condition, given)), said)

    def __call__(self, text: str) -> Node:
        return parse(text, self.scope, self.g)

    def condition(self, text: str) -> Node:
        return parse(text, self.scope, self.g, boolean=True)

    def shown(self, *bases: str, by: str = "", count: int = 1) -> Rule:
        """The certificate, its parts found by the engine."""
        nodes = (self.g.const(count), self.condition(by) if by else self.claim, *map(self, bases))
        of = tuple(prove(part).certificate for part in premises(self.sequent, "induction", nodes))
        rule = Rule("induction", nodes, of)
        check(self.sequent, rule)
        return rule


DECAY = {"x": ("c", "(1 - a)*x")}
SHOWN = [
    (Said("x == (1 - a)**t*c", DECAY, "a < 1"), (), ""),
    (Said("x == (1 - a)**t*c", DECAY), ("1 - a",), ""),
    (Said("x == t*(t + 1)/2", {"x": ("0", "x + t + 1")}), (), ""),
    (Said("x >= 1", {"x": ("1", "2*x")}), (), ""),
    (Said("x > 0", {"x": ("1", "x*y"), "y": ("1", "y + x")}), (), "x > 0 and y > 0"),
    (Said("x/(1 - b**t) == g", {"x": ("0", "b*x + (1 - b)*g")}, "b >= 0", "b < 1", first=1), (), ""),
    (Said("x**2 + y**2 == 1", {"x": ("1", "(3*x - 4*y)/5"), "y": ("0", "(4*x + 3*y)/5")}), (), ""),
]


@pytest.mark.parametrize(("said", "bases", "by"), SHOWN)
def test_shown_and_shown_again_after_travelling(said: Said, bases: tuple[str, ...], by: str) -> None:
    rule = said.shown(*bases, by=by)
    check(*read(json.loads(json.dumps(carried(said.sequent, rule)))))


@pytest.mark.parametrize(
    ("said", "bases", "by", "count"),
    [
        (Said("x == (1 - a)**t*c", {"x": ("c", "(1 + a)*x")}), ("1 - a",), "", 1),
        (Said("x == (1 - a)**t*c", {"x": ("2*c", "(1 - a)*x")}), ("1 - a",), "", 1),
        (Said("x == t", {"x": ("0", "x + 2*t + 1")}), (), "", 1),  # true at t = 0 and 1
        (Said("x == t", {"x": ("0", "x + 2*t + 1")}), (), "", 2),
        (Said("x > 0", {"x": ("1", "x*y"), "y": ("1", "y - x")}), (), "", 1),
        (Said("x >= 0", {"x": ("1", "x/2")}), (), "x == 1", 1),  # no invariant
        (Said("x == 1", {"x": ("1", "1 + 0*x")}), (), "x > 0", 1),  # an invariant that does not say it
        (Said("x == 0", {"x": ("0", "0*x/(x - 1)"), "y": ("1", "1/y - 1")}), (), "", 1),  # y has no value at 2
        (Said("x == x", {"x": ("1/a", "x")}), (), "", 1),
        (Said("u**t == u**t", {"x": ("0", "x")}), ("1/u",), "", 1),
        (Said("u**t > 0", {"x": ("0", "x")}), ("u",), "", 1),
        (Said("(1/u)**t*0 == 0", {"x": ("0", "x")}, first=1), ("1/u",), "", 1),  # a base without a value
    ],
)
def test_not_shown(said: Said, bases: tuple[str, ...], by: str, count: int) -> None:
    with pytest.raises(Rejected):
        said.shown(*bases, by=by, count=count)


def test_a_start_and_hypotheses_do_not_speak_of_the_steps() -> None:
    for said in (
        Said("x == 1", {"x": ("1", "x")}, "x == 1"),
        Said("x == 1", {"x": ("1", "2*x")}, "t == 0"),
        Said("x == t", {"x": ("t", "x")}),
        Said("x == y", {"x": ("y", "x"), "y": ("0", "y")}),
        Said("t == t", {"t": ("0", "t")}),
    ):
        with pytest.raises(Rejected):
            said.shown()


def mutants(rule: Rule) -> Iterator[Rule]:
    """The certificate with one field, or a part of one, changed."""
    g = rule.nodes[0].graph
    yield replace(rule, name="locally")
    yield replace(rule, nodes=rule.nodes[1:])
    yield replace(rule, nodes=())
    for other in (g.zero, g.const(-1), g.const(21), g.symbol("x"), g.const(2)):
        yield replace(rule, nodes=(other, *rule.nodes[1:]))
    invariant = rule.nodes[1]
    for weaker in (g.call("eq", g.one, g.one), g.call("not", invariant), g.call("ne", *invariant.args)):
        yield replace(rule, nodes=(rule.nodes[0], weaker, *rule.nodes[2:]))
    for i in range(len(rule.of)):
        yield replace(rule, of=rule.of[:i] + rule.of[i + 1 :])
    yield replace(rule, of=(*rule.of, rule.of[-1]))
    yield replace(rule, of=(*rule.of[:-1], Numbers()))
    yield replace(rule, of=(Rule("definition", (), ()), *rule.of[1:]))


def test_mutated_certificates_are_rejected() -> None:
    said = Said("x == (1 - a)**t*c", DECAY)
    rule = said.shown("1 - a")
    for mutant in (
        *mutants(rule),
        replace(rule, nodes=rule.nodes[:2]),
        replace(rule, nodes=(*rule.nodes[:2], said("a"))),
    ):
        with pytest.raises(Rejected):
            check(said.sequent, mutant)


def test_no_split_of_a_claim_about_steps() -> None:
    """x == 1 at every step or x == 2 at every step is not: one of them at each."""
    said = Said("x == 1 or x == 2", {"x": ("1", "3 - x")})
    said.shown()
    with pytest.raises(Rejected):
        check(said.sequent, Evaluation())
