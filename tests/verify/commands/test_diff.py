"""``errata diff``: what became of findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verify import cli
from verify.results import Check, Result, Results, save


def claim(name: str, verdict: str = "holds", reason: str = "", **more: Any) -> Result:
    said = {
        "document": "book",
        "case": "one",
        "where": "",
        "kind": "number",
        "pinned": "holds",
        "file": "one.yaml",
        "line": 4,
    }
    return Result(**{**said, "id": name, "verdict": verdict, "reason": reason, **more})


def check(outcome: str) -> Check:
    return Check(document="book", case="one", subject="L", backend="numpy", outcome=outcome)  # type: ignore[arg-type]


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    old = [
        claim("a"),
        claim("b", "wrong"),
        claim("c", "wrong", "it is 3"),
        claim("d", "wrong"),
        claim("same", "truncated"),
    ]
    new = [
        claim("a", "wrong", "it is 2"),
        claim("b"),
        claim("c", "wrong", "it is 4"),
        claim("same", "truncated", line=9),
    ]
    save(Results(cases=["one.yaml"], claims=old, checks=[check("agrees")]), Path("old.json"))
    save(Results(cases=["one.yaml"], claims=new, checks=[check("differs")]), Path("new.json"))
    save(Results(cases=["one.yaml"], claims=new[1:2], checks=[check("agrees")]), Path("fine.json"))
    save(Results(cases=["one.yaml"], claims=[], interrupted=True), Path("part.json"))
    return tmp_path


def test_new_changed_mended_and_gone(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", "old.json", "new.json", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {kind: [c["id"] for c in found] for kind, found in told.items()} == {
        "new": ["a", "numpy L"],
        "changed": ["c"],
        "mended": ["b"],
        "gone": ["d"],
    }
    assert told["changed"][0]["before"] == "wrong (pinned holds): it is 3"
    assert cli.main(["diff", "old.json", "new.json"]) == 1
    text = capsys.readouterr().out
    assert (
        "changed: 1\n  one.yaml:4  c  wrong (pinned holds): it is 4\n    before: wrong (pinned holds): it is 3\n"
        in text
    )
    assert text.endswith("findings: 2 new, 1 changed, 1 mended, 1 gone\n")
    assert cli.main(["diff", "old.json", "new.json", "--format", "markdown"]) == 1
    assert len([r for r in capsys.readouterr().out.splitlines() if r.startswith("|")]) == 2 + 5


def test_nothing_worse_is_exit_code_0(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", "old.json", "fine.json"]) == 0
    assert cli.main(["diff", "old.json", "old.json"]) == 0
    assert capsys.readouterr().out.endswith("the same findings in both\n")


def test_what_can_not_be_compared_is_told(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in (
        (["old.json", "none.json"], "none.json: No such file"),
        (["part.json", "new.json"], "part.json: of a run that was interrupted"),
    ):
        assert cli.main(["diff", *words]) == 2
        assert said in capsys.readouterr().err
