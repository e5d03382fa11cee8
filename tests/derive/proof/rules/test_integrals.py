"""Integrals: certificates that travel and are rejected once they are changed, and rules that do not apply."""

from __future__ import annotations

import json

import pytest

from derive.engine.certify.values import of_values
from derive.engine.domain import Domain
from derive.engine.limits.values import resolve
from derive.exchange.certificates import carried, read
from derive.expr.graph import Graph
from derive.language.names import names_in
from derive.language.reader import parse
from derive.proof.certificates import Evaluation, Rule
from derive.proof.check import Theorem, check
from derive.proof.rules.integrals import RULES
from tests.derive.proof.rules.test_limits import Limit, repeats
from tests.derive.proof.test_kinds import accepted, mutants

INTEGRALS = [
    ("integral(x**2, x, 0, 1)", ()),
    ("integral(sqrt(r**2 - t**2), t, -r, r)", ("r > 0",)),
    ("integral(exp(-x), x, 0, inf)", ()),
    ("integral(exp(x), x, -inf, a)", ()),
    ("integral(1/(1 + x**2), x, -inf, inf)", ()),
    ("integral(abs(x), x, -1, 2)", ()),
    ("integral(where(x > a, 1, x), x, 0, 1)", ("a > 0", "a < 1")),
    ("integral(1/sqrt(x), x, 0, 1)", ()),
    ("integral(x, x, a, b)", ()),
]


def theorem(text: str, given: tuple[str, ...]) -> Theorem | str:
    g = Graph()
    scope = {n: g.symbol(n) for n in sorted({n for t in (text, *given) for n in names_in(t)} - {"inf"})}
    held = [parse(t, scope, g, boolean=True) for t in given]
    (found,) = of_values(resolve([parse(text, scope, g)], Domain(held)).worked)
    return found


@pytest.mark.parametrize(("text", "given"), INTEGRALS)
def test_a_certificate_travels_and_is_of_this_value_alone(text: str, given: tuple[str, ...]) -> None:
    found = theorem(text, given)
    assert isinstance(found, Theorem)
    s, certificate = read(json.loads(json.dumps(carried(found.sequent, found.certificate))))
    check(s, certificate)
    g, (f, x, v, *ends) = s.conclusion.graph, s.conclusion.args
    for other in (g.add(v, g.one), g.neg(v), g.mul(v, g.const(2))):
        if other is not v:
            claim = s.concluding(g.node("property", (f, x, other, *ends), s.conclusion.attr))
            assert not accepted(claim, certificate)


@pytest.mark.parametrize(("text", "given"), INTEGRALS[:4])
def test_a_changed_certificate_is_rejected(text: str, given: tuple[str, ...]) -> None:
    found = theorem(text, given)
    assert isinstance(found, Theorem)
    wrong = [m for m in mutants(found.certificate) if not repeats(m) and accepted(found.sequent, m)]
    assert all(moved(m) for m in wrong)


def moved(c: object) -> bool:
    """Whether a certificate is of another primitive: one more, a constant."""
    return isinstance(c, Rule) and c.name == "primitive"


ENDS, SLOPE = Rule("ends", (), ()), Rule("analytic", (), (Evaluation(),))


@pytest.mark.parametrize(
    ("f", "where", "more", "primitive"),
    [
        ("1/x**2", "integral", ("-2", "-1", "1"), ("-1/x", "1", "-1")),  # over a pole
        ("x", "integral", ("1/2", "1", "0"), ("x**2/2", "1/2", "0")),  # the ends are the other way round
        ("x", "integral", ("1/2", "0", "1"), ("x**2", "0", "1")),  # another slope
        ("x", "integral", ("1/2", "0", "1"), ("x**2/2 + 1", "0", "1/2")),  # another value at the ends
        ("cos(x)", "integral far", ("0", "0"), ("sin(x)", "0", "0")),  # no limit
        ("1/x", "integral far", ("0", "1"), ("log(x)", "0", "0")),
        ("x", "integral", ("a", "0", "1"), ("x**2/2", "0", "1/2")),
        ("x", "integral", ("x/2", "0", "1"), ("x**2/2", "0", "x/2")),  # a value that depends on the variable
    ],
)
def test_no_integral(f: str, where: str, more: tuple[str, ...], primitive: tuple[str, ...]) -> None:
    said = Limit(f, "x", where, *more)
    nodes = tuple(said[t] for t in primitive)
    for first in (Evaluation(), Evaluation()):
        for tried in (
            (first, SLOPE, SLOPE, ENDS, ENDS),
            (first, SLOPE, Rule("analytic", (), (Evaluation(),)), ENDS, ENDS),
        ):
            assert not accepted(said.sequent, Rule("primitive", nodes, tried))


@pytest.mark.parametrize("name", RULES)
def test_rules_of_integrals_show_no_limits(name: str) -> None:
    said = Limit("x", "x", "tends from above", "0", "0")
    for nodes in ((), (said["x"],) * 3):
        for of in ((), (ENDS,), (ENDS,) * 3):
            assert not accepted(said.sequent, Rule(name, nodes, of))


def test_from_a_point_to_itself() -> None:
    for said, shown in (
        (Limit("1/x", "x", "integral", "0", "a", "a"), True),
        (Limit("1", "x", "integral", "1", "a", "a"), False),
    ):
        assert any(accepted(said.sequent, Rule("no range", (), (c,))) for c in (Evaluation(), Evaluation())) == shown
