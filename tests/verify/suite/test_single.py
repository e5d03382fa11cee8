"""Units judged one at a time: what is lost is undecided, the next is judged, and what was found is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fake_work import case
from verify.cache.remembered import Asked, Cache, opened
from verify.casefile import CaseFaults
from verify.suite import WORK
from verify.suite.single import Single


def cache() -> Cache:
    found = opened(Asked(WORK, 0, 50, ()), lambda line: None)
    assert found is not None
    return found


def test_what_is_lost_is_undecided_and_the_next_is_judged(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(case(["a", "b-exit", "c"]))
    single = Single(None, work="tests.fake_work:Fake")
    try:
        file = single.open(path)
        lost = single.claim(file, "b-exit")
        assert (lost.verdict, lost.line) == ("undecided", 5)
        assert lost.reason == "not judged: the process ended with exit code 3, twice"
        assert single.claim(file, "c").as_pinned
        (check,) = single.check(file, "numpy: b-exit")
        assert (check.outcome, check.backend, check.subject) == ("undecided", "numpy", "b-exit")
        assert "exit code 3, twice" in check.reason
    finally:
        single.close()


def test_what_was_found_is_remembered_until_the_claim_changes(tmp_path: Path) -> None:
    text = """\
title: T
symbols: {x: 2}
claims: [{id: a, of: x + 1, prints: 3}]
implementations: [{name: numpy.log1p, of: log(1 + x), in: {x: [0, 1]}, dtypes: [float64]}]
"""
    path = tmp_path / "case.yaml"
    path.write_text(text)
    single = Single(cache())
    try:
        file = single.open(path)
        found = single.claim(file, "a"), single.implementation(file, "numpy.log1p")
    finally:
        single.close()
    assert (found[0].verdict, found[1].verdict) == ("holds", "conforms")
    again = Single(cache(), work="no_such_module:Work")  # it is not needed
    file = again.open(path)
    remembered = again.claim(file, "a"), again.implementation(file, "numpy.log1p")
    assert [r.model_dump() for r in remembered] == [r.model_dump() for r in found]
    path.write_text(text.replace("x + 1", "x + 2"))
    changed = Single(cache())
    try:
        assert changed.claim(changed.open(path), "a").verdict == "wrong"
    finally:
        changed.close()


def test_a_file_with_faults_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("claims: []\n")
    with pytest.raises(CaseFaults, match="needs 'title'"):
        Single(None).open(path)
