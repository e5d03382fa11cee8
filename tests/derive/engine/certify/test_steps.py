"""Claims about every step of a case's iteration: the theorem says of the steps what the case says of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from derive.calculus.reverse import expand_all
from derive.engine.certify.steps import at_every_number, at_every_step
from derive.engine.domain import Domain
from derive.expr.graph import Graph
from derive.language.reader import parse
from derive.proof.check import Rejected, Theorem, check
from verify.casefile import load

CASE = """
title: Steps
symbols:
  a: {{}}
  c: {{}}
  t: {{}}
sequences:
  x: {{start: c, step: "{next}"}}
claims:
  - {{id: one, where: "1", of: "x(t)", equals: "{equals}", assuming: "{given}"}}
"""


def theorem(tmp_path: Path, after: str, equals: str, given: str = "a < 1") -> Theorem:
    path = tmp_path / "steps.yaml"
    path.write_text(CASE.format(next=after, equals=equals, given=given))
    (claim,) = load(path).claims
    assert claim.of is not None
    left, right, *held = expand_all([claim.of, *claim.equals, *claim.assuming])
    return at_every_step([left, right], Domain(held))


@pytest.mark.parametrize(
    ("after", "equals", "given"),
    [("(1 - a)*x", "(1 - a)**t*c", "a < 1"), ("(1 - a)*x", "(1 - a)**t*c", "t >= 1"), ("x + a", "c + t*a", "a < 1")],
)
def test_shown(tmp_path: Path, after: str, equals: str, given: str) -> None:
    s = theorem(tmp_path, after, equals, given).sequent
    assert s.conclusion.attr == "every step"
    claim, t, first, x, start, further = s.conclusion.args
    assert (t.attr, first.attr, start.attr) == ("t", int("t >= 1" in given), "c")
    assert further is not x
    assert claim.op == "eq"
    assert claim.args[0] is x


def test_not_shown(tmp_path: Path) -> None:
    for after, equals in (("(1 + a)*x", "(1 - a)**t*c"), ("x + a", "c + 2*t*a"), ("x + a*t", "c + t*a")):
        with pytest.raises(Rejected):
            theorem(tmp_path, after, equals)


def of_powers(claim: str, first: int, *given: str) -> Theorem:
    g = Graph()
    scope = {n: g.symbol(n) for n in "nx"}
    n = scope["n"]
    wanted, *held = expand_all([parse(c, scope, g) for c in (claim, *given)])
    return at_every_number([wanted], Domain([g.call("eq", n, g.call("floor", n)), *held], {n: (Fraction(first), None)}))


@pytest.mark.parametrize(
    ("claim", "first", "given"),
    [
        ("2**n >= n + 1", 0, ()),
        ("2**n >= n**2", 4, ()),
        ("2**(n - 1) >= n", 1, ()),
        ("(-1)**n*(-1)**n == 1", 0, ()),
        ("x**n <= 1", 0, ("x >= 0", "x <= 1")),
    ],
)
def test_powers_of_whole_numbers(claim: str, first: int, given: tuple[str, ...]) -> None:
    shown = of_powers(claim, first, *given)
    _, n, begin = shown.sequent.conclusion.args
    assert (shown.sequent.conclusion.attr, n.attr, begin.attr) == ("every step", "n", first)
    assert check(shown.sequent, shown.certificate).sequent == shown.sequent


@pytest.mark.parametrize(
    ("claim", "first", "given"),
    [
        ("2**n >= n**2", 0, ()),
        ("2**n >= n + 2", 1, ()),
        ("2**n <= n + 1", 0, ()),
        ("(-1)**n == 1", 0, ()),
        ("x**n <= 1", 0, ("x <= 1",)),
        ("x**n >= 0", 0, ()),
        ("x**n >= 2", 1, ("x >= n",)),  # what is assumed of x speaks of n
    ],
)
def test_false_claims_of_powers_are_no_theorems(claim: str, first: int, given: tuple[str, ...]) -> None:
    with pytest.raises(Rejected):
        of_powers(claim, first, *given)
