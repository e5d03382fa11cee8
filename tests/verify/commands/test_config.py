"""``[tool.errata]`` in pyproject.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from verify import cli
from verify.commands.config import defaults
from verify.commands.run import run


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.yaml").write_text("title: t\nclams: []\n", encoding="utf-8")
    (tmp_path / "src" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(project: Path, table: str) -> None:
    (project / "pyproject.toml").write_text(
        f'[project]\nname = "x"\nseed = 1\n\n[tool.errata]\n{table}', encoding="utf-8"
    )


def told() -> dict[str, Any]:
    context = run.make_context("run", [])
    return context.params


def test_options_have_their_defaults_from_the_nearest_table(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        project,
        'paths = ["notes"]\njobs = 2\nformat = "github"\nno-checks = true\nbaseline = "known.json"\npytest = true\n',
    )
    for here, place in ((project, Path()), (project / "src" / "deep", Path("../.."))):
        (here / "pyproject.toml").exists() or (here / "pyproject.toml").write_text("[tool.other]\n")
        monkeypatch.chdir(here)
        params = told()
        assert (params["jobs"], params["form"], params["no_checks"]) == (2, "github", True)
        assert params["baseline"] == place / "known.json"
        assert params["what"] == (str(place / "notes"),)
        assert params["seed"] == 0
    context = run.make_context("run", ["--jobs", "3", "other.yaml"])
    assert (context.params["jobs"], context.params["what"]) == (3, ("other.yaml",))


def test_check_looks_at_the_same_paths(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, 'paths = ["notes"]\njobs = 2\n')
    assert cli.main(["check"]) == 2
    assert "notes/a.yaml:2:1: unknown key 'clams'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("  jobz = 2\n", "pyproject.toml:6:3: [tool.errata]: unknown key 'jobz'; did you mean 'jobs'?"),
        ("jobs = 0\n", "pyproject.toml:6:1: jobs: 0 is not in the range x>=1"),
        ('jobs = "two"\n', "pyproject.toml:6:1: jobs: 'two' is not a valid integer"),
        ("seed = true\n", "pyproject.toml:6:1: seed: expected a value as after --seed"),
        ('no-checks = "yes"\n', "pyproject.toml:6:1: no-checks: expected true or false"),
        ('paths = "notes"\n', "pyproject.toml:6:1: paths: expected a list of texts"),
        ("paths = [1]\n", "pyproject.toml:6:1: paths: expected a text"),
        ('allow-import = ["os"]\n', "'allow-import' is not taken from a file: it lets code run"),
        ("watch = true\n", "unknown key 'watch'"),
        ("jobs = \n", "pyproject.toml: not TOML: "),
    ],
)
def test_what_is_wrong_with_the_table_is_told(
    project: Path, capsys: pytest.CaptureFixture[str], table: str, said: str
) -> None:
    write(project, table)
    assert cli.main(["run"]) == 2
    assert said in capsys.readouterr().err
    assert cli.main(["run", "--help"]) == 0  # which teaches all the same


def test_every_key_is_an_option_that_does_not_let_code_run(project: Path) -> None:
    write(project, "")
    assert defaults(run) == {}
    assert isinstance(run, click.Command)
