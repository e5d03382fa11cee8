"""The action and the hook for pre-commit: they name what there is, and the action's script does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests import ROOT
from tests.fake_work import case
from tests.verify.commands.test_cli import environment
from verify.commands import COMMANDS

ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: Any = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_the_hook_takes_cases_and_no_census() -> None:
    (hook,) = HOOKS
    assert {"id", "name", "entry", "language"} <= set(hook)
    program, name = hook["entry"].split()
    assert program == "errata"
    assert name in COMMANDS
    taken = ["cases/a/b.yaml", "docs/cases/a.yml", "cases/a/census/b.yaml", ".github/workflows/a.yml"]
    chosen = [n for n in taken if re.search(hook["files"], n) and not re.search(hook["exclude"], n)]
    assert chosen == ["cases/a/b.yaml", "docs/cases/a.yml"]


def test_inputs_of_the_action_reach_its_scripts_as_text_alone() -> None:
    steps = ACTION["runs"]["steps"]
    used = {name for step in steps for name in re.findall(r"inputs\.([\w-]+)", str({**step, "run": ""}))}
    assert used == set(ACTION["inputs"])
    assert not any("${{" in step.get("run", "") for step in steps)


def test_the_script_of_the_action_annotates_sums_up_and_ends_as_the_run(tmp_path: Path) -> None:
    (script,) = [step["run"] for step in ACTION["runs"]["steps"] if step.get("id") == "run"]
    path = tmp_path / "bin" / "errata"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.fake_work "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    text = case(["a", "b"]).replace("id: b,", "id: b, verdict: wrong, because: it was,")
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    env = environment({"PATHS": "one.yaml", "OPTIONS": "--no-checks", "SARIF": "out.sarif"})
    env |= {"GITHUB_OUTPUT": "output", "GITHUB_STEP_SUMMARY": "summary", "PATH": f"{path.parent}:{env['PATH']}"}
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done
    assert done.stdout.startswith("::notice file=one.yaml,line=5,col=5,title=V109 b::")
    assert (tmp_path / "output").read_text() == "exit-code=1\n"
    assert "| one.yaml:5 | b | V109 |" in (tmp_path / "summary").read_text()
    assert (tmp_path / "out.sarif").exists()
