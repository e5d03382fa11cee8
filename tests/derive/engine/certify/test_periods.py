"""Floors by one period: what each of them is on the parts of it, and claims that are shown so, which the checker follows."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.engine.certify.periods import by_period, period
from derive.expr.graph import Node
from derive.numbers.balls import evaluate, rational
from derive.proof.check import Rejected, check
from derive.proof.sequent import Sequent
from tests.banks import attacks

RATIONALS = st.fractions(min_value=-3, max_value=3, max_denominator=6)
SLOPES = st.fractions(min_value=-3, max_value=3, max_denominator=2).filter(bool)


def entry(line: str) -> Sequent:
    said, held = attacks.read(line)
    (one,) = Sequent(tuple(held), said).entries()
    return one


@given(st.lists(st.tuples(SLOPES, RATIONALS), min_size=1, max_size=3), RATIONALS)
def test_each_floor_is_what_its_part_says(arguments: list[tuple[Fraction, Fraction]], x: Fraction) -> None:
    said = entry(" + ".join(f"floor({c}*x + ({d}))" for c, d in arguments) + " >= 0").conclusion
    found = period(said)
    assert found is not None
    at = {said.graph.symbol("x"): rational(x)}

    def value(n: Node) -> Fraction:
        exact = evaluate([n], at, 64)[0]
        return Fraction(int(exact.p), int(exact.q))

    v = value(found.v)
    t = v - floor(v)
    (part,) = (
        p for p in found.parts() if p.low <= t <= p.high and (t > p.low or p.closed[0]) and (t < p.high or p.closed[1])
    )
    for (f, c, d), k in zip(found.floors, part.wholes, strict=True):
        assert value(f.args[0]) == c * v + d
        assert value(f) == c * floor(v) + k


@pytest.mark.parametrize(
    "line",
    [
        "floor(2*x) == floor(x) + floor(x + 1/2)",
        "floor(x) + floor(-x) <= 0",
        "floor(floor(x/2)/3) == floor(x/6)",
        "abs(round(x) - x) <= 1/2",
        "abs(s*round(x/s) - x) <= s/2 ; if s > 0",
        "ceil(n/2) == floor((n + 1)/2) ; if n == floor(n)",
    ],
)
def test_shown_and_checked(line: str) -> None:
    s = entry(line)
    assert check(s, by_period(s).certificate).sequent == s  # from nothing that is known


@pytest.mark.parametrize(
    "line",
    [
        "floor(2*x) == floor(x) + floor(x + 1/3)",
        "abs(round(x) - x) < 1/2",
        "abs(s*round(x/s) - x) <= s/2 ; if s < 0",
        "abs(s*round(x/s) - x) <= s/2",  # no value where s is 0
        "ceil(x/2) == floor((x + 1)/2)",
        "floor(x) == floor(y)",
    ],
)
def test_what_is_false_is_not_shown(line: str) -> None:
    with pytest.raises(Rejected):
        by_period(entry(line))
