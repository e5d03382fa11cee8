"""``errata pin``: asks on a terminal, and writes nothing elsewhere unless it is told to."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_work import case
from tests.verify.commands.test_cli import FAKE, environment, errata
from verify import cli

FINDING = "verdict: wrong, because: it was, "  # every claim of the fake workload holds


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "one.yaml"
    text = case(["a", "b", "c"]).replace("id: b,", f"id: b, {FINDING}").replace("id: c,", f"id: c, {FINDING}")
    made.write_bytes(b"\xef\xbb\xbf# by hand\n" + text.encode())
    monkeypatch.chdir(tmp_path)
    return made


def test_it_refuses_what_is_no_terminal(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = path.read_bytes()
    assert cli.main(["pin", "one.yaml"]) == 2
    assert "there is no terminal to answer on: --yes pins all that is found" in capsys.readouterr().err
    assert cli.main(["pin", "-", "--yes"]) == 2
    assert cli.main(["pin", "one.yaml", "--yes", "--because", " "]) == 2
    assert path.read_bytes() == before


def test_yes_pins_what_is_found_and_no_more(path: Path) -> None:
    before = path.read_text("utf-8")
    done = errata("pin", "one.yaml", "--yes", "--only", "?", "--because", "seen", module=FAKE)
    assert done.returncode == 0, done
    assert done.stdout.endswith("2 pinned\n")
    assert path.read_text("utf-8") == before.replace("wrong, because: it was", 'holds, because: "seen"')
    assert errata("pin", "one.yaml", "--yes", module=FAKE).stdout == "all as pinned\n"


def test_on_a_terminal_each_is_asked(path: Path) -> None:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", FAKE, "pin", "one.yaml"]
    env = environment({"TERM": "dumb"})
    asking = subprocess.Popen(words, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    for awaited, answer in ((b"quit", b"y\n"), (b"because", b"a new edition\n"), (b"quit", b"q\n")):
        seen = len(shown)
        while awaited not in shown[seen:] or not shown.rstrip().endswith(b":"):
            shown += os.read(ours, 10_000)
        os.write(ours, answer)
    assert asking.wait(timeout=60) == 1
    os.close(ours)
    text = path.read_text("utf-8")
    assert text.count("because: it was") == 1
    assert 'id: b, verdict: holds, because: "a new edition"' in text
