"""The table of messages: every code has a case that is told so, and one that is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import ROOT
from verify import cli, messages
from verify.casefile import CaseFaults, load
from verify.claims.misuse import doubts
from verify.commands.frame import FAULT

HEAD = "title: t\n"
SYMBOLS = "symbols: {x: 1, z: {}, L: {}, v: [1, 2], y: {}}\n"
TABLE = messages.table()


def codes(text: str, folder: Path) -> list[str]:
    """Of all that is told of a case."""
    head = (
        text if text.startswith("title") else HEAD + ("" if "symbols:" in text or "clams" in text else SYMBOLS) + text
    )
    path = folder / ("f.md" if text.startswith("```") else "f.yaml")
    path.write_text(text if text.startswith("```") else f"{head}\n", encoding="utf-8")
    (folder / "other.yaml").write_text(HEAD, encoding="utf-8")
    try:
        case = load(path)
    except CaseFaults as e:
        return [messages.of_fault(f.message).code for f in e.faults]
    return [messages.of_warning(m).code for _, m in (*case.warnings, *doubts(case))]


@pytest.mark.parametrize("code", [m.code for m in TABLE.values() if m.bad])
def test_the_examples_of_a_message_are_told_so_and_not(tmp_path: Path, code: str) -> None:
    assert code in codes(TABLE[code].bad, tmp_path)
    assert codes(TABLE[code].good, tmp_path) == []


def test_codes_and_names_are_told_apart() -> None:
    names = [m.name for m in TABLE.values()]
    assert len(names) == len(set(names))
    assert {m.code[0] for m in TABLE.values()} == set(messages.KINDS)
    assert all(m.level in ("error", "warning", "note") and m.says and m.means for m in TABLE.values())
    tables = messages.VERDICTS, messages.QUOTES, messages.CHECKS, messages.IMPLEMENTATIONS
    assert {code for t in tables for code in t.values()} == {m.code for m in messages.of_findings()}


def test_words_of_a_case_do_not_choose_the_code() -> None:
    for word in ("quotes", "shape", "limit", "put quotes round", "expected"):
        assert messages.of_fault(f"unknown symbol '{word}' in '{word} + 1'").code == "E301"
        assert messages.of_fault(f"'{word}' is a condition where a value is expected").code == "E402"


def test_the_page_is_written_from_the_table() -> None:
    assert (ROOT / "docs" / "messages.md").read_text(encoding="utf-8") == messages.page()


def test_explain_takes_codes_and_words_and_a_case_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["explain", "v106"]) == cli.main(["explain", "truncated"]) == 0
    first, second = capsys.readouterr().out.split("V106 truncated (warning)\n")[1:]
    assert first == second
    assert cli.main(["explain", "E999"]) == FAULT
    assert "no message has the code 'E999'" in capsys.readouterr().err
    Path("V106.yaml").write_text("title: A case of that name\nsymbols: {x: 1}\ndefine: {a: x}\n")
    assert cli.main(["explain", "V106.yaml"]) == 0
    assert "A case of that name" in capsys.readouterr().out
    assert cli.main(["explain", "--codes"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(TABLE)
