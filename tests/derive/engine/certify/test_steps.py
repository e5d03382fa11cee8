"""Claims about every step of a case's iteration: the theorem says of the steps what the case says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.calculus.reverse import expand_all
from derive.engine.certify.steps import at_every_step
from derive.engine.domain import Domain
from derive.proof.check import Rejected, Theorem
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
