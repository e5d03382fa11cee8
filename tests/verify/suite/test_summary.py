"""The end of a run: what proofs rest on is told in one line, where some are not checked."""

from __future__ import annotations

from click import unstyle

from verify.suite.glance import ClaimGlance, Glance
from verify.suite.summary import summary


def claims(*told: tuple[str, bool, str]) -> Glance:
    made = [ClaimGlance(str(i), "c.yaml", 1, v, v, "", checked, by) for i, (v, checked, by) in enumerate(told)]
    return Glance(made, [], [])


def test_what_is_trusted_is_counted_by_method() -> None:
    told = [("holds", True, ""), ("holds-if", False, "limit"), ("holds", False, "iteration"), ("holds", False, "limit")]
    first, _ = map(unstyle, summary(claims(*told, ("wrong", True, "")), "1 s"))
    assert first == "1 proved and checked; 3 proved, unchecked: limit 2, iteration 1"


def test_nothing_is_told_where_all_is_checked() -> None:
    assert len(list(summary(claims(("holds", True, ""), ("wrong", False, "")), "1 s"))) == 1
