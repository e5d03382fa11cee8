"""What rises and falls: where the end of a domain is a kink, and where it is not."""

from __future__ import annotations

import pytest

from derive.engine.certify import certified
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph
from derive.language.reader import parse


def decided(said: str, *given: str) -> Decision:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("x", "a")}
    wanted, *held = (parse(t, scope, g, boolean=True) for t in (said, *given))
    return certified(decide_condition(wanted, Domain(held)), [wanted], Domain(held))


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("nonincreasing(abs(x), x)", ["x <= 0"]),
        ("decreasing(abs(x), x)", ["x <= 0"]),
        ("nondecreasing(a*abs(x), x)", ["x >= 0", "a >= 0"]),
    ],
)
def test_a_kink_at_the_end_of_the_domain(said: str, given: list[str]) -> None:
    found = decided(said, *given)
    assert found.status == "proved"
    assert found.theorem is not None


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("nonincreasing(abs(x), x)", ["x <= 1"]),
        ("nondecreasing(abs(x), x)", ["x <= 0"]),
        ("decreasing(a*abs(x), x)", ["x <= 0", "a >= 0"]),
    ],
)
def test_false_ones_close_by(said: str, given: list[str]) -> None:
    assert decided(said, *given).status != "proved"
