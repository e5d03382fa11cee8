"""Known findings, and when they are known no more."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from verify.baseline import BaselineError, Known, expiry
from verify.formats.findings import Finding

TODAY = date(2026, 6, 1)


def finding(name: str, code: str = "V101") -> Finding:
    return Finding(code, "book", "one", name, "book/one.yaml", 3, 1, f"{name} is wrong")


def kept(path: Path, *found: Finding, expires: str = "never", today: date = TODAY) -> Known:
    known = Known(path, today, missing_ok=True, expires=expires)
    known.left(found, whole=True)
    known.write()
    return known


def test_what_is_known_is_left_out_and_what_is_new_is_not(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    assert list(kept(path, finding("a"), finding("b")).lines()) == [f"2 findings in {path}"]
    known = Known(path, TODAY)
    assert known.left([finding("a"), finding("c"), finding("b", "V102")], whole=True) == [
        finding("c"),
        finding("b", "V102"),
    ]
    assert list(known.lines()) == [
        f"1 finding known by {path}",
        f"mended, and still in {path}: one:b (V101); --update-baseline takes it out",
    ]
    known.left([finding("a")], whole=False)
    assert list(known.lines()) == [f"1 finding known by {path}"]  # nothing is said of what was not looked at


def test_an_entry_expires_after_its_day(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    kept(path, finding("a"), expires="2026-06-01")
    assert Known(path, date(2026, 6, 1)).left([finding("a")], whole=True) == []
    known = Known(path, date(2026, 6, 2))
    assert known.left([finding("a")], whole=True) == [finding("a")]
    assert list(known.lines()) == ["known until 2026-06-01, and not mended: one:a"]


def test_an_update_keeps_days_and_words_and_drops_what_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    kept(path, finding("a"), finding("b"), expires="2026-12-31")
    path.write_text(path.read_text().replace("a is wrong", "next edition"))
    kept(path, finding("a"), finding("c"), expires="2027-01-31")
    entries = {e["id"]: (e["expires"], e["because"]) for e in json.loads(path.read_text())["known"]}
    assert entries == {"a": ("2026-12-31", "next edition"), "c": ("2027-01-31", "c is wrong")}
    kept(path, finding("a"), expires="2028-01-01", today=date(2027, 1, 1))  # over: it gets a new day
    assert json.loads(path.read_text())["known"][0]["expires"] == "2028-01-01"
    kept(path)
    assert json.loads(path.read_text())["known"] == []


HEAD = '{"schema": "errata-baseline/1", "known": '
ENTRY = '{"document": "b", "case": "c", "id": "i", "code": "V101", '


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a baseline: "),
        ("[]", 'it has no "schema": "errata-baseline/1"'),
        (HEAD + "[{}]}", "known[0]: expected texts under document, case, id, code, expires"),
        (HEAD + f'[{ENTRY}"expires": "soon"}}]}}', "known[0]: 'soon' is no day: YYYY-MM-DD, or never"),
        (HEAD + f'[{ENTRY}"expires": "never", "why": ""}}]}}', "known[0]: unknown key 'why'"),
    ],
)
def test_what_is_no_baseline_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(BaselineError) as told:
        Known(path, TODAY)
    assert said in str(told.value)
    with pytest.raises(BaselineError, match="No such file"):
        Known(tmp_path / "none.json", TODAY)
    with pytest.raises(BaselineError):
        expiry("31.12.2026")
