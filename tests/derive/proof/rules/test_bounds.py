"""Least upper bounds: shown where they are taken or approached, not where x leaves its range on the way or a value is more."""

from __future__ import annotations

import json

import pytest

from derive.exchange.certificates import carried, read
from derive.proof.certificates import Certificate, Evaluation, Rule
from derive.proof.check import check
from derive.proof.rules.bounds import RULES
from tests.derive.proof.rules.test_limits import ENDS, Limit, repeats
from tests.derive.proof.test_kinds import accepted, mutants

LEAF = Evaluation()


def test_a_bound_that_is_taken() -> None:
    said = Limit("x*(2*a - x)", "x", "supremum", "a**2", given=("x > 0", "a > 1"))
    shown = Rule("taken", (said["a"],), (LEAF, LEAF, LEAF))
    check(said.sequent, shown)
    s, again = read(json.loads(json.dumps(carried(said.sequent, shown))))
    check(s, again)
    assert not [m for m in mutants(shown) if not repeats(m) and accepted(said.sequent, m)]


@pytest.mark.parametrize(
    ("f", "v", "given", "limit"),
    [
        ("1/(x + 1)", "1/3", ("x > 2",), ("tends from above", "1/3", "2")),
        ("-exp(-x)", "0", (), ("tends far", "0")),
    ],
)
def test_a_bound_that_is_approached(f: str, v: str, given: tuple[str, ...], limit: tuple[str, ...]) -> None:
    said = Limit(f, "x", "supremum", v, given=given)
    check(said.sequent, Rule("approached", (said.fact(f, *limit),), (LEAF, ENDS)))


def test_no_bound() -> None:
    said = Limit("a*x", "x", "unbounded", given=("a > 0",))
    check(said.sequent, Rule("approached", (said.fact("a*x", "grows far"),), (ENDS,)))


WRONG: list[tuple[Limit, tuple[str, ...], str]] = [
    (Limit("x", "x", "supremum", "1", given=("x < 2",)), (), "1"),  # more elsewhere
    (Limit("x", "x", "supremum", "2", given=("x < 2",)), (), "2"),  # taken outside of the range
    (Limit("x", "x", "supremum", "3", given=("x <= 2",)), (), "2"),  # a bound, but not the least
    (Limit("x", "x", "supremum", "2", given=("x < 1",)), ("tends from below", "2", "2"), ""),  # out of range on the way
    (Limit("x", "x", "supremum", "2", given=("x > 2", "x < 3")), ("tends from below", "2", "2"), ""),
    (Limit("1/x", "x", "unbounded", given=("x > 1",)), ("grows from above", "0"), ""),
    (Limit("x", "x", "unbounded", given=("x < 1",)), ("grows far",), ""),
    (Limit("-x", "x", "unbounded"), ("grows far",), ""),
    (Limit("x", "x", "supremum", "y"), (), "y"),
    (Limit("1/x", "x", "supremum", "0", given=("x >= 0",)), (), "0"),
]


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(("said", "limit", "at"), WRONG)
def test_no_least_upper_bound(said: Limit, limit: tuple[str, ...], at: str, name: str) -> None:
    f = said.sequent.conclusion.args[0]
    x = said.sequent.conclusion.args[1]
    fact = said.g.node("property", (f, x, *map(said.__getitem__, limit[1:])), limit[0]) if limit else said[at]
    leaves: tuple[Certificate, ...] = (LEAF, ENDS)
    for of in [(), *((a,) for a in leaves), *((a, b) for a in leaves for b in leaves), (LEAF, LEAF, LEAF)]:
        assert not accepted(said.sequent, Rule(name, (fact,), of))
