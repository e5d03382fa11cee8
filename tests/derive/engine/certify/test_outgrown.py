"""Functions written by what outgrows what: they stay the same, and the term that is taken out outgrows the others."""

from __future__ import annotations

import pytest

from derive.engine.certify.limits import Limits, needs_of
from derive.engine.certify.outgrown import point, spread
from derive.flint import arb, fmpq
from derive.numbers.balls import evaluate
from derive.proof.rules.limits import facts, in_the_end
from derive.proof.rules.properties import laid_out
from tests.derive.proof.rules.test_limits import Limit

SUMS = [
    ("2*x**3 - x + 1", "tends far"),
    ("exp(2*x) + x*exp(x) + 7", "tends far"),
    ("x + sqrt(x)*log(x)", "tends far"),
    ("(x**2 + x)/(3*x**2 - 1)", "tends far below"),
    ("log(1 + exp(x)) + x**2", "tends far"),
    ("sqrt(x**2 + x)", "tends far"),
    ("x**2 - 3*x**5", "tends from above"),
]


@pytest.mark.parametrize(("f", "where"), SUMS)
def test_a_sum_is_what_outgrows_the_others_times_what_tends_to_a_number(f: str, where: str) -> None:
    said = Limit(f, "x", where, "0", *(() if "far" in where else ("0",)))
    c = laid_out(said.sequent)
    x, g, op = c.x[0], said.g, "lt" if "below" in where else "gt"
    sums = spread(Limits(), c, c.f, [g.call(op, x, g.zero), *needs_of(c, c.f)])
    other = sums.outgrown()
    for v in (fmpq(1, 7), fmpq(5, 3)) if "below" not in where else (fmpq(-1, 7), fmpq(-5, 3)):
        there = evaluate([c.f, other], {x: v}, 200)
        assert (arb(there[0]) - arb(there[1])).contains(0)
    rest, taken = other.args if other.op == "mul" else (other, g.one)
    known = facts(c, [p for p, _ in sums.facts])
    found = [in_the_end(c, lambda ends, part=part: ends.of(part), known) for part in (rest, taken)]
    assert any(e.value is not None for e in found)


def test_simple_values_meet_the_hypotheses() -> None:
    c = laid_out(Limit("a*x + b", "x", "tends far", "0", given=("a < 0", "b > 2")).sequent)
    values = point(c, c.f.graph.const(9))
    assert all(evaluate(c.given, values, 64))
    assert values[c.x[0]] == 9
