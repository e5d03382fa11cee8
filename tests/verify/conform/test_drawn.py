"""Structure that Hypothesis draws: found, shrunk, kept and tried first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from verify.conform import drawn
from verify.conform.engine import conform


def right(x):
    return 2 * x


def wrong_of_23_to_30_entries(x):
    return 2 * x + (FIRST <= x.size < 31)


FIRST = 23


def wrong_of_equal_pairs(x):
    return 2 * x + (x.size in (2, 4, 6) and bool(np.all(x == x.flat[0])))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    monkeypatch.chdir(tmp_path)
    return []


def only_drawn(function):
    """Findings of what is drawn, at points at which the function is right."""
    found = conform(function, "2*x", dtypes=["float32"])
    return [f.text for f in found.findings if "entries, " in f.text and ":" in f.text]


@pytest.mark.usefixtures("calls")
def test_a_right_one_has_no_findings() -> None:
    assert not conform(right, "2*x", dtypes=["float32"]).findings
    assert not drawn.KEPT.exists()


@pytest.mark.usefixtures("calls")
def test_a_failure_is_shrunk_to_the_shortest() -> None:
    found = only_drawn(wrong_of_equal_pairs)
    assert len(found) == 1
    assert found[0].startswith("2 equal entries, one after the other: wrong at ")


@pytest.mark.usefixtures("calls")
def test_a_failure_is_kept_and_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    first = only_drawn(wrong_of_23_to_30_entries)
    assert first[0].startswith("23 entries, one after the other")
    assert drawn.KEPT.exists()
    monkeypatch.setattr(drawn, "EXAMPLES", 1)  # too few to find it again
    assert only_drawn(wrong_of_23_to_30_entries) == first
    monkeypatch.setattr("tests.verify.conform.test_drawn.FIRST", 100)  # mended
    assert not only_drawn(wrong_of_23_to_30_entries)
    assert not [p for p in drawn.KEPT.rglob("*") if p.is_file() and b"count" in p.read_bytes()]


@pytest.mark.usefixtures("calls")
def test_what_is_kept_may_be_anything() -> None:
    only_drawn(wrong_of_23_to_30_entries)
    for path in [p for p in drawn.KEPT.rglob("*") if p.is_file()]:
        path.write_bytes(b"not an example")
    assert only_drawn(wrong_of_23_to_30_entries)
