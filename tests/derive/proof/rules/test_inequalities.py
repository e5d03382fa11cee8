"""Rules of comparisons: the whole part of a number."""

from __future__ import annotations

import pytest

from derive.proof.certificates import Evaluation, Rule, Trusted
from derive.proof.check import Rejected, check
from tests.derive.proof.test_kinds import Said

LEAF = Evaluation()
WHOLE = Rule("whole part", (), (LEAF, LEAF, LEAF))


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("floor(x) == 2", ["x >= 2", "x < 3"]),
        ("floor(x + y) == 2*floor(y) + 1", ["x + y >= 2*floor(y) + 1", "x + y < 2*floor(y) + 2"]),
        ("floor(x/y) == -1", ["y > 0", "x < 0", "x + y >= 0"]),
    ],
)
def test_shown(said: str, given: list[str]) -> None:
    s = Said(said, *given).sequent
    check(s, WHOLE)


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("floor(x) == 2", ["x >= 2", "x <= 3"]),  # 3
        ("floor(x) == 2", ["x > 1", "x < 3"]),
        ("floor(x) == 5/2", ["x >= 5/2", "x < 3"]),  # not whole
        ("floor(x) == y", ["x >= y", "x < y + 1"]),
        ("floor(x/y) == 0", ["x == 0"]),  # no value where y is 0
        ("floor(x) >= 2", ["x >= 2", "x < 3"]),  # another comparison
        ("x == 2", ["x >= 2", "x < 3"]),
        ("floor(x) != 2", ["x >= 2", "x < 3"]),
    ],
)
def test_rejected(said: str, given: list[str]) -> None:
    with pytest.raises(Rejected):
        check(Said(said, *given).sequent, WHOLE)


def test_other_premises_do_not_do() -> None:
    s = Said("floor(x) == 2", "x >= 2", "x < 3").sequent
    for of in ((LEAF, LEAF), (LEAF, LEAF, Trusted("engine")), (LEAF, LEAF, LEAF, LEAF)):
        with pytest.raises(Rejected):
            check(s, Rule("whole part", (), of))
