"""The options of ``errata run``: what is chosen, what is told, and with which exit code it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.fake_work import case
from tests.verify.commands.test_cli import FAKE, environment, errata
from verify import cli

FINDING = "verdict: wrong, because: it was, "  # every claim of the fake workload holds


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two cases, with one finding each."""
    for name, ids in (("one", ["a", "b"]), ("two", ["c", "d"])):
        text = case(ids).replace(f"id: {ids[1]},", f"id: {ids[1]}, {FINDING}")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: object) -> subprocess.CompletedProcess[str]:
    done: subprocess.CompletedProcess[str] = errata("run", *words, module=FAKE)
    return done


def test_exit_codes_of_nothing_and_of_undecided(folder: Path) -> None:
    (folder / "empty.yaml").write_text("title: t\nsymbols: {x: 1}\n", encoding="utf-8")
    assert run("--only", "?", ".").returncode == 1
    assert run("--no-checks", "empty.yaml").returncode == 5
    (folder / "hang.yaml").write_text(case(["a-raise", "b"]), encoding="utf-8")
    assert run("--no-checks", "hang.yaml").returncode == 4


def test_formats_have_standard_output_to_themselves_or_a_file(folder: Path) -> None:
    done = run("--format", "github", ".")
    assert done.returncode == 1
    assert [line.split(",")[0] for line in done.stdout.splitlines()] == [
        "::notice file=one.yaml",
        "::notice file=two.yaml",
    ]
    done = run("--format", "json", "--output-file", "out.json", "one.yaml")
    assert "2 claims: 2 holds; 1 as pinned, 1 not" in done.stdout
    assert [c["id"] for c in json.loads((folder / "out.json").read_text())["claims"]] == ["a", "b"]
    assert json.loads(run("--json", "-", "one.yaml").stdout)["cases"] == ["one.yaml"]


def test_faults_are_annotations_too(folder: Path) -> None:
    (folder / "bad.yaml").write_text("title: t\nclams: []\n", encoding="utf-8")
    done = run("--format", "github", "bad.yaml")
    assert done.returncode == 2
    assert done.stdout.startswith(
        "::error file=bad.yaml,line=2,col=1,title=E201 unknown-key::unknown key 'clams' in a case; did"
    )


def test_cases_that_are_not_well_formed_are_told_in_formats_for_machines(folder: Path) -> None:
    (folder / "bad.yaml").write_text('title: t\nclaims:\n  - {id: a, of: 2x, equals: "<y>"}\n', encoding="utf-8")
    done = run("--format", "junit", ".")
    assert done.returncode == 2
    (suite,) = ET.fromstring(done.stdout)
    assert (suite.get("name"), suite.get("errors")) == ("bad.yaml", "2")
    assert suite[0][0].get("type") == "E400"
    assert str(suite[0][0].text).endswith("again: errata check bad.yaml")
    assert run("--format", "sarif", "--output-file", "bad.sarif", ".").returncode == 2
    (told,) = json.loads((folder / "bad.sarif").read_text(encoding="utf-8"))["runs"]
    assert not told["invocations"][0]["executionSuccessful"]
    assert {r["ruleId"] for r in told["results"]} == {r["id"] for r in told["tool"]["driver"]["rules"]}
    assert told["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 17}
    assert len({r["partialFingerprints"]["errata/v1"] for r in told["results"]}) == len(told["results"])


def test_a_case_comes_on_standard_input(folder: Path) -> None:
    text = (folder / "one.yaml").read_text()
    words = [sys.executable, "-m", FAKE, "run", "-", "--format", "github"]
    done = subprocess.run(words, input=text, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("::notice file=<stdin>,line=5,col=5,title=V109 b::")
    words = [sys.executable, "-m", "verify", "check", "-"]
    bad = subprocess.run(words, input="clams: []\n", env=environment(), capture_output=True, text=True, check=False)
    assert bad.returncode == 2
    assert "<stdin>:1:1: unknown key 'clams'" in bad.stdout
    assert "errata-" not in bad.stdout + done.stdout


def test_the_last_failed_are_judged_again_alone(folder: Path) -> None:
    assert run("--lf", ".").stdout.count("4 claims: 4 holds") == 1  # nothing has failed yet
    again = run("--last-failed", "--verbose", ".").stdout
    assert "2 claims: 2 holds; 0 as pinned, 2 not" in again
    (folder / "one.yaml").write_text(case(["a", "b"]), encoding="utf-8")
    assert "2 claims: 2 holds; 1 as pinned, 1 not" in run("--last-failed", ".").stdout
    last = run("--last-failed", ".").stdout
    assert "1 claim: 1 holds; 0 as pinned, 1 not" in last
    assert last.endswith("of 1 that had failed: 0 mended, 1 failing, 0 gone\n")


def test_what_had_failed_is_told_as_mended_failing_or_gone_and_what_is_gone_is_let_go(folder: Path) -> None:
    (folder / "three.yaml").write_text(case(["e"]).replace("id: e,", f"id: e, {FINDING}"), encoding="utf-8")
    run(".")
    (folder / "one.yaml").write_text(case(["a", "b"]), encoding="utf-8")  # b was pinned wrong, and holds
    (folder / "three.yaml").write_text(case(["f"]), encoding="utf-8")
    assert "of 3 that had failed: 1 mended, 1 failing, 1 gone\n" in run("--lf", ".").stdout
    assert "of 1 that had failed: 0 mended, 1 failing, 0 gone\n" in run("--lf", ".").stdout


def test_a_run_writes_pages(folder: Path) -> None:
    done = run("--format", "html", "--out", "site", "--no-checks", "one.yaml")
    assert "2 claims: 2 holds; 1 as pinned, 1 not" in done.stdout
    assert "<!doctype html>" in (folder / "site/index.html").read_text(encoding="utf-8").lower()


def test_it_ends_with_the_first_finding(folder: Path) -> None:
    (folder / "two.yaml").write_text(case(["c", "d-hang"]), encoding="utf-8")
    done = run("-x", "--jobs", "1", "--no-checks", "one.yaml", "two.yaml")  # the longer case first, else in their order
    assert done.returncode == 1
    assert "ended with the first finding; so far " in done.stdout
    again = run("-x", "--jobs", "1", "--no-checks", "one.yaml", "two.yaml")  # it is remembered
    assert again.returncode == 1
    assert "ended with the first finding; so far 2 claims: 2 holds; no checks" in again.stdout


def test_the_slowest_and_the_list(folder: Path) -> None:
    told = run("--durations", "2", "--no-checks", "one.yaml").stdout
    assert "the slowest 2 of 2:\n" in told
    assert "one.yaml:5  b" in told
    listed = run("--list", "--only", "two:*", ".")
    assert listed.returncode == 0
    assert listed.stdout == (
        "two.yaml:4: c number, pinned holds\ntwo.yaml:5: d number, pinned wrong\n2 entries in 2 cases; nothing is judged\n"
    )


def test_a_baseline_makes_known_findings_pass_until_they_expire(folder: Path) -> None:
    first = run("--baseline", "known.json", "--update-baseline", "--expires", "9999-12-31", ".")
    assert first.returncode == 0, first
    assert "2 findings in known.json" in first.stdout
    known = run("--baseline", "known.json", "--format", "github", "--json", "r.json", ".")
    assert (known.returncode, known.stdout) == (0, "")
    assert json.loads((folder / "r.json").read_text())["claims"][1]["pinned"] == "wrong"  # results say what was found
    (folder / "one.yaml").write_text(case(["a", "b"]).replace("id: a,", f"id: a, {FINDING}"), encoding="utf-8")
    new = run("--baseline", "known.json", ".")
    assert new.returncode == 1
    assert "mended, and still in known.json: one:b (V109)" in new.stdout
    path = folder / "known.json"
    path.write_text(path.read_text().replace("9999-12-31", "2000-01-01"))
    over = run("--baseline", "known.json", "two.yaml")
    assert over.returncode == 1
    assert "known until 2000-01-01, and not mended: two:d" in over.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--update-baseline"], "--update-baseline goes with --baseline"),
        (["--baseline", "k.json", "--update-baseline"], "goes with --expires"),
        (["--baseline", "k.json", "--update-baseline", "--expires", "soon"], "'soon' is no day"),
        (["--baseline", "k.json", "--update-baseline", "--expires", "never", "-x"], "goes with a whole run"),
        (["--baseline", "none.json"], "none.json: No such file"),
        (["--output-file", "x"], "--output-file goes with --format"),
        (["-", "one.yaml"], "stands alone"),
        (["--format", "json", "--json", "-"], "both write to standard output"),
        (["--format", "pdf"], "'pdf' is not one of"),
        (["--format", "html"], "--format html goes with --out DIR"),
    ],
)
def test_options_that_do_not_go_together(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    files = [] if words[0] == "-" else ["one.yaml"]
    assert cli.main(["run", *words, *files]) == 2
    assert said in capsys.readouterr().err


def test_it_runs_again_when_a_case_changes(folder: Path) -> None:
    words = [sys.executable, "-m", FAKE, "run", "--watch", "--no-checks", "one.yaml"]
    watching = subprocess.Popen(
        words,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests may run where it is ignored
    )
    assert watching.stdout is not None
    try:
        lines = iter(watching.stdout.readline, "")
        assert any("1 as pinned, 1 not" in line for line in lines)
        (folder / "one.yaml").write_text(case(["a", "b", "c"]), encoding="utf-8")
        assert any("3 claims: 3 holds; all as pinned" in line for line in lines)
    finally:
        os.kill(watching.pid, signal.SIGINT)
        watching.communicate(timeout=60)
    assert watching.returncode in (0, 1, 130)  # 1: of the run before, as this one had told its end but not come to it
