"""The command line as its users meet it: most of it in a process of its own."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests import ROOT
from tests.fake_work import case
from verify import cli, commands, places, results

COMMANDS = [
    "run",
    "cache",
    "check",
    "coverage",
    "conform",
    "audit",
    "diff",
    "explain",
    "lsp",
    "new",
    "pin",
    "draft",
    "plant",
    "prove",
    "derive",
    "read",
    "schema",
    "report",
    "recheck",
]
REAL, FAKE = "verify", "tests.fake_work"


def errata(*words: object, module: str = REAL, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Any:
    """The finished command."""
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, words)], cwd=cwd, env=environment(env), capture_output=True, text=True
    )


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours, without what would change how output looks, and with this checkout first."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "ERRATA_TRACEBACK")}
    return kept | {"PYTHONPATH": str(ROOT)} | dict(more or {})


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder with two cases: all right in the first, one wrong in the second."""
    folder = tmp_path / "cases" / "book"
    folder.mkdir(parents=True)
    (folder / "one.yaml").write_text(case(["a", "b"]), encoding="utf-8")
    wrong = case(["c", "d"]).replace("id: d, where: here, of: x + 1, prints: 3", "id: d, of: x + 1, prints: 4")
    (folder / "two.yaml").write_text(wrong, encoding="utf-8")
    return folder


# -- help -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([name, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"Examples:\n    errata {name} " in text
    assert "Exit codes:\n    0 " in text


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    assert sorted(COMMANDS) == sorted(commands.COMMANDS)
    assert all(
        re.search(rf"^  {name} +{re.escape(brief[:20])}", text, re.MULTILINE)
        for name, brief in commands.COMMANDS.items()
    )
    assert "130  interrupted" in text


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert re.fullmatch(r"errata \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


HEAVY = {"sympy", "torch", "numpy", "rich", "hypothesis", "pydantic", "verify.results", "tokenize", "multiprocessing"}


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["check", "one.yaml"], ["new", "fresh"]])
def test_light_commands_import_nothing_heavy(cases: Path, words: list[str]) -> None:
    loaded_are = (
        "(n for n, m in sys.modules.items() if type(m) is type(sys))"  # not those that wait until they are asked
    )
    program = f"import sys; from verify import cli; cli.main({words!r}); print('loaded', *{loaded_are})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=cases, env=environment(), capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.partition("\nloaded ")[2].split())
    assert "verify.cli" in loaded
    assert not loaded & HEAVY


# -- run --------------------------------------------------------------------------------------------


def test_all_as_pinned_is_one_line(cases: Path) -> None:
    done = errata("run", "cases/book/one.yaml", cwd=cases.parent.parent)
    assert done.returncode == 0, done
    assert re.fullmatch(r"2 claims: 2 holds; all as pinned(; \d+ checks?, all agree)? \(\d+\.\d s\)\n", done.stdout)
    assert done.stderr.startswith("cases/book/one.yaml: 2 claims: 2 holds")


def test_a_finding_is_told_with_its_place(cases: Path) -> None:
    done = errata("run", cwd=cases.parent.parent)
    assert done.returncode == 1, done
    assert "wrong (pinned holds): 1\n  cases/book/two.yaml:5  d  " in done.stdout
    assert "4 claims: 3 holds, 1 wrong; 3 as pinned, 1 not\n" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stdout + done.stderr


def test_a_pinned_verdict_is_no_finding(cases: Path) -> None:
    two = cases / "two.yaml"
    two.write_text(two.read_text("utf-8").replace("prints: 4}", "prints: 4, verdict: wrong, because: a slip}"), "utf-8")
    done = errata("run", "book", cwd=cases.parent.parent)
    assert done.returncode == 0, done
    assert done.stdout.startswith("4 claims: 3 holds, 1 wrong; all as pinned")


def test_quiet_and_verbose(cases: Path) -> None:
    quiet = errata("run", "--quiet", "--only", "?", cases)
    assert (quiet.returncode, quiet.stderr) == (1, "")
    assert quiet.stdout.startswith("wrong (pinned holds): 1\n")
    assert errata("run", "-q", "--only", "a", cases).stdout == ""
    verbose = errata("run", "--verbose", "--only", "?", cases)
    listed = re.findall(r"\.yaml:\d+  (\w)  (\w+) \(pinned holds\)", verbose.stdout)
    assert listed == [("a", "holds"), ("b", "holds"), ("c", "holds"), ("d", "wrong")]


def test_the_results_are_valid_against_the_schema(cases: Path, tmp_path: Path) -> None:
    done = errata("run", "--json", "results.json", "cases", cwd=tmp_path)
    assert done.returncode == 1, done
    data = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    jsonschema.validate(data, results.json_schema())
    assert [(c["id"], c["verdict"], c["pinned"]) for c in data["claims"]] == [
        ("a", "holds", "holds"),
        ("b", "holds", "holds"),
        ("c", "holds", "holds"),
        ("d", "wrong", "holds"),
    ]
    assert data["claims"][3] | {"reason": "", "evidence": {}} == {
        "id": "d",
        "document": "book",
        "case": "two",
        "where": "",
        "kind": "number",
        "verdict": "wrong",
        "pinned": "holds",
        "printed": "4",
        "exact": "3",
        "reason": "",
        "origin": ["d"],
        "evidence": {},
        "checked": False,
        "unchecked": "",
        "certificates": [],
        "uses": {},
        "file": "cases/book/two.yaml",
        "line": 5,
        "column": 5,
    }


def test_only_selects(cases: Path) -> None:
    done = errata("run", "--only", "two:c", cases)
    assert done.returncode == 0, done
    assert done.stdout.startswith("1 claim: 1 holds; all as pinned (")
    none = errata("run", "--only", "zwei*", cases)
    assert none.returncode == 2
    assert none.stderr == "Error: --only: no claim matches 'zwei*'\n"


def test_results_are_the_same_with_one_worker_and_with_two(cases: Path, tmp_path: Path) -> None:
    texts = []
    for jobs in (1, 2):
        errata("run", "--no-cache", "--json", tmp_path / "results.json", "--jobs", jobs, cases)
        text = (tmp_path / "results.json").read_text(encoding="utf-8")
        texts.append(text)
    assert texts[0] == texts[1]


def test_faulty_cases_run_nothing_and_write_nothing(cases: Path, tmp_path: Path) -> None:
    for name in ("bad", "worse"):
        (cases / f"{name}.yaml").write_text(case(["a"]).replace("x + 1", "nobody + 1"), encoding="utf-8")
    done = errata("run", "cases", "--json", "results.json", "--out", "reports", cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(r"^cases/book/bad\.yaml:4:\d+: .*nobody", done.stderr, re.MULTILINE)
    assert re.search(r"^cases/book/worse\.yaml:4:\d+: .*nobody", done.stderr, re.MULTILINE)
    assert "2 faults in 2 files" in done.stderr
    assert done.stdout == ""
    assert os.listdir(tmp_path) == ["cases"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "nowhere"], "no file, folder or document 'nowhere'"),
        (["check", "/dev/zero"], "/dev/zero is neither a file nor a folder"),
        (["run", "bok"], "did you mean 'book'?"),
        (["run", "cases", "--json", "no/such/results.json"], "--json: "),
        (["run", "cases", "--json", "cases"], "--json: cases is a folder"),
        (["run", "cases", "--out", "cases/book/one.yaml/reports"], "--out: "),
        (["run", "cases", "--jobs", "0"], "--jobs"),
        (["run", "cases", "--timeout", "0"], "--timeout"),
        (["report", "nothing.json"], "nothing.json: No such file"),
        (["report", "cases/book/one.yaml"], "one.yaml:1:1: not JSON"),
        (["new", "../up"], "is no name for a case"),
        (["walk"], "No such command 'walk'"),
    ],
)
def test_arguments_at_fault(
    cases: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    monkeypatch.chdir(cases.parent.parent)
    assert cli.main(words) == 2
    assert message in capsys.readouterr().err


def test_an_internal_error_is_short_and_asks_for_a_report(
    cases: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*paths: object) -> None:
        raise KeyError("an oversight")

    monkeypatch.setattr("verify.casefile.check", broken)
    monkeypatch.setenv("ERRATA_TRACEBACK", "")
    assert cli.main(["check", str(cases)]) == 3
    short = capsys.readouterr().err
    assert re.match(r"internal error at test_cli\.py:\d+: KeyError: 'an oversight'\n", short)
    assert "report" in short
    assert "Traceback" not in short
    assert cli.main(["check", "--traceback", str(cases)]) == 3
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_closed_streams_end_nothing(cases: Path, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m verify run one.yaml {closed}'],
        cwd=cases,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done
    assert "error" not in done.stdout + done.stderr


def test_a_crash_and_a_hang_are_findings(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(case(["a", "b-segv", "c-hang", "d"]), encoding="utf-8")
    done = errata("run", "--timeout", "0.5", "--only", "*", path, module=FAKE)
    assert done.returncode == 4, done
    assert "undecided (pinned holds): 2\n" in done.stdout
    assert re.search(r"case\.yaml:5  b-segv  not judged: the process ended with signal 11", done.stdout)
    assert re.search(r"case\.yaml:6  c-hang  not judged: timed out after 0\.5 s", done.stdout)
    assert "4 claims: 2 holds, 2 undecided; 2 as pinned, 2 not" in done.stdout


def test_ctrl_c_leaves_valid_results_of_what_was_done(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(case(["a", "b"]), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(case(["c-hang"]), encoding="utf-8")
    words = ["run", "--json", "results.json", "--out", "reports", "--only", "*", "--jobs", "1", "--timeout", "100", "."]
    process = subprocess.Popen(
        [sys.executable, "-m", FAKE, *words],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    # one worker, the longer case first: once it is told, the other one hangs or is about to
    assert process.stderr.readline().startswith("a.yaml: 2 claims: 2 holds")
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to the whole group
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in out + err
    assert "interrupted; so far 2 claims: 2 holds; no checks (" in out
    assert "no reports are written of a part" in err
    found = results.load(tmp_path / "results.json")
    assert found.interrupted
    assert [r.id for r in found.claims] == ["a", "b"]
    assert not (tmp_path / "reports").exists()


def test_a_reader_that_leaves_early_is_no_fault(cases: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", REAL, "run", "--only", "?", str(cases)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    assert "Traceback" not in err
    assert "rror" not in err


@pytest.mark.parametrize("plain", [True, False])
def test_colour_is_for_terminals_that_want_it(cases: Path, plain: bool) -> None:
    ours, theirs = pty.openpty()
    env = environment({"NO_COLOR": "1"} if plain else {})
    done = subprocess.run([sys.executable, "-m", REAL, "check", str(cases)], env=env, stdout=theirs, check=False)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "2 case files, no faults" in shown
    assert ("\x1b" not in shown) is plain


def test_progress_on_a_terminal_goes_to_standard_error(cases: Path) -> None:
    ours, theirs = pty.openpty()
    words = ["run", "--only", "a", "--jobs", "1", str(cases)]
    env = environment({"TERM": "xterm"})
    done = subprocess.run(
        [sys.executable, "-m", FAKE, *words], env=env, stdout=subprocess.PIPE, stderr=theirs, text=True, check=False
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "\x1b[" in shown
    assert done.stdout.startswith("1 claim: 1 holds; all as pinned")
    assert "\x1b" not in done.stdout


def test_without_words_the_cases_here_else_the_library(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert places.case_files([]) == [Path("cases/book/one.yaml"), Path("cases/book/two.yaml")]
    assert places.case_files(["book"]) == places.case_files([])
    monkeypatch.chdir(cases)
    library = places.library()
    assert library is not None
    assert places.case_files([]) == places.case_files([str(library)])


# -- check, new, schema, report -----------------------------------------------------------------------


def test_check_tells_all_faults_at_once(cases: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.chdir(cases)
    assert cli.main(["check", "one.yaml", "two.yaml"]) == 0
    assert capsys.readouterr().out == "2 case files, no faults\n"
    Path("bad.yaml").write_text(case(["a", "b"]).replace("x + 1", "nobody + 1"), encoding="utf-8")
    assert cli.main(["check", "."]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert [re.sub(r":\d+: .*", "", line) for line in lines[:2]] == ["bad.yaml:4", "bad.yaml:5"]
    assert lines[0].endswith("nobody + 1'  E301")
    assert lines[2:] == ["2 faults in 1 file; `errata explain E301` says more"]


def test_control_characters_of_a_case_do_not_reach_the_terminal(cases: Path) -> None:
    (cases / "one.yaml").write_text('title: T\n"\\e[2J": 1\nclaims: []\n', encoding="utf-8")
    done = errata("check", cases)
    assert done.returncode == 2
    assert "\x1b" not in done.stdout + done.stderr


def test_the_starter_passes_and_is_never_overwritten(tmp_path: Path) -> None:
    made = errata("new", "my-example", cwd=tmp_path)
    assert made.returncode == 0, made
    assert "errata run my-example.yaml" in made.stdout
    before = (tmp_path / "my-example.yaml").read_bytes()
    again = errata("new", "my-example.yaml", cwd=tmp_path)
    assert again.returncode == 2
    assert "my-example.yaml is there already" in again.stderr
    assert (tmp_path / "my-example.yaml").read_bytes() == before
    assert errata("check", "my-example.yaml", cwd=tmp_path).returncode == 0
    ran = errata("run", "my-example.yaml", cwd=tmp_path)
    assert ran.returncode == 0, ran


def test_starters_live_together(tmp_path: Path) -> None:
    """Two in one folder have the same ids, and two folders may have one name."""
    for words in (["one"], ["two"], ["one", "--dir", "a/notes"], ["one", "--dir", "b/notes"]):
        assert errata("new", *words, cwd=tmp_path).returncode == 0
    assert errata("check", "one.yaml", "two.yaml", cwd=tmp_path).returncode == 0
    words = ["run", "--json", "results.json", "--out", "reports", ".", "--only", "a"]
    for _ in range(2):  # worked out, and remembered
        ran = errata(*words, cwd=tmp_path)
        assert ran.returncode == 0, ran
    documents = [c.document for c in results.load(tmp_path / "results.json").claims]
    assert documents == ["a/notes", "b/notes", tmp_path.name, tmp_path.name]
    assert len(list((tmp_path / "reports").rglob("one.md"))) == 3


def test_schema_prints_valid_schemas(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["schema"], ["schema", "--results"]):
        assert cli.main(words) == 0
        jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_reports_are_written_again_from_results(cases: Path, tmp_path: Path) -> None:
    first = errata("run", "cases", "--json", "results.json", "--out", "first", cwd=tmp_path)
    assert first.returncode == 1, first
    again = errata("report", "results.json", "--out", "again", cwd=tmp_path)
    assert again.returncode == 0, again
    written = {p.relative_to(tmp_path / "first"): p.read_bytes() for p in (tmp_path / "first").rglob("*.md")}
    assert written
    assert written == {p.relative_to(tmp_path / "again"): p.read_bytes() for p in (tmp_path / "again").rglob("*.md")}
    text = (cases / "one.yaml").read_text(encoding="utf-8")
    (cases / "one.yaml").write_text(text.replace("x + 1", "x + 2"), encoding="utf-8")
    other = errata("report", "results.json", cwd=tmp_path)
    assert other.returncode == 2
    assert "cases/book/one.yaml has changed since the run" in other.stderr
    (cases / "one.yaml").write_text(text, encoding="utf-8")
    (cases / "two.yaml").unlink()
    gone = errata("report", "results.json", cwd=tmp_path)
    assert gone.returncode == 2
    assert "cases/book/two.yaml, which is not there" in gone.stderr
    assert not (tmp_path / "reports").exists()


UNIMPORTABLE = """
import sys
sys.modules.update(torch=None, sympy=None)
from verify import cli
sys.exit(cli.main(sys.argv[1:]))
"""


def test_reports_need_neither_torch_nor_sympy(tmp_path: Path) -> None:
    """What they computed stands in the results: the pages are those that the run wrote, columns included."""
    path = tmp_path / "chain.yaml"
    path.write_text(
        "title: A chain\nsymbols: {x: 2, w: 0.5}\ndefine: {a: tanh(w*x), L: a**2}\n"
        "derive: ['grad(L, [w])', 'hessian(L, [w, x])']\n"
        "claims:\n  - {id: a, of: a, prints: 0.7616}\n  - {id: f, of: 'd(a, w)', equals: x*(1 + a**2)}\n",
        encoding="utf-8",
    )
    ran = errata("run", "chain.yaml", "--json", "results.json", "--out", "first", cwd=tmp_path)
    assert ran.returncode == 1, ran
    words = ["report", "results.json", "--out", "again"]
    done = subprocess.run(
        [sys.executable, "-c", UNIMPORTABLE, *words], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done
    pages = {p.relative_to(tmp_path / "first"): p.read_bytes() for p in (tmp_path / "first").rglob("*.md")}
    assert pages == {p.relative_to(tmp_path / "again"): p.read_bytes() for p in (tmp_path / "again").rglob("*.md")}
    page = next(text.decode() for path, text in pages.items() if path.name == "chain.md")
    assert "| 0.7616 | 0.761594155955… | 0.761594156 | 0.761594156 |" in page


def test_results_that_name_no_cases_are_no_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.json"
    path.write_text('{"schema": "errata-results/1", "claims": []}', encoding="utf-8")
    assert cli.main(["report", str(path), "--out", str(tmp_path / "o")]) == 2
    assert '"cases" names no case files' in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_the_examples_of_run_choose_claims_of_the_library() -> None:
    from fnmatch import fnmatchcase

    from verify.casefile import load
    from verify.commands.run import run

    ids = {f"{p.stem}:{c.id}" for p in Path("cases").rglob("2.8*.yaml") for c in load(p).claims}
    globs = re.findall(r"--only '([^']+)'", run.help or "")
    assert len(globs) == 2
    for glob in globs:
        assert any(fnmatchcase(i, glob) or fnmatchcase(i.partition(":")[2], glob) for i in ids)
