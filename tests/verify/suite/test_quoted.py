"""A run tells where the document says what claims quote, and what it says no more; what is judged does not hang on it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from tests.verify.cache.test_remembered import cache, judged, whole
from tests.verify.casefile.test_quotes import TEXT, book, written
from verify.baseline import Known
from verify.formats import renderer
from verify.formats.findings import findings
from verify.results import Results

__all__ = ["book"]  # a fixture


def test_what_a_document_says_now_is_told_and_nothing_is_judged_twice(book: Path) -> None:
    path = written(book, "squared error", "It is 0.5 there")
    found, events = whole([path], cache())
    assert judged(events) == ["c0", "c1"]
    assert [c.quoted and str(c.quoted) for c in found.results().claims] == ["book/half.md:3", "book/half.md:6"]
    assert set(found.results().digests) == {"book/own.yaml", "book/half.md"}
    again, events = whole([path], cache())
    assert again.text() == found.text()
    assert again.remembered == found.glance.count
    (book / "half.md").write_text("\n" + TEXT.replace("0.5 there", "0.55 there"), encoding="utf-8")
    found, events = whole([path], cache())
    assert judged(events) == []
    first, second = found.results().claims
    assert (str(first.quoted), second.quoted and second.quoted.lost) == ("book/half.md:4", "stale")
    assert second.judged_as_pinned
    assert not second.as_pinned
    assert not found.glance.as_pinned
    assert Results.model_validate_json(found.text()) == found.results()


def test_findings_stand_in_the_document_and_stale_ones_in_the_case(book: Path) -> None:
    path = written(book, "squared error", "gone with the wind")
    path.write_text(
        path.read_text().replace("id: c0, holds: x == 2", "id: c0, verdict: wrong, because: b, holds: x == 2")
    )
    found, _ = whole([path], None)
    wrong, stale = findings(found.glance)
    assert (wrong.code, wrong.file, wrong.line, wrong.column) == ("V109", "book/half.md", 3, 22)
    assert (stale.code, stale.part, stale.file, stale.line) == ("D501", "quote", "book/own.yaml", 6)
    assert "file=book/half.md,line=3," in renderer("github")(found)
    sarif = json.loads(renderer("sarif")(found))["runs"][0]["results"]
    where = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in sarif]
    assert where == ["book/half.md", "book/own.yaml"]
    junit = renderer("junit")(found)
    assert 'failures="2"' in junit
    assert 'type="D501"' in junit


def test_a_baseline_knows_a_stale_quote_apart_from_the_verdict(book: Path) -> None:
    found, _ = whole([written(book, "gone with the wind")], None)
    known = Known(book / "known.json", date(2026, 1, 1), missing_ok=True)
    assert [f.part for f in known.left(list(findings(found.glance)), whole=True)] == ["quote"]
    known.write()
    assert known.accepted(found).glance.as_pinned
