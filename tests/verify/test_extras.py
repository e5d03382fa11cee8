"""Without what comes as an extra: skipped and told in one line, or a clear error; never a finding."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from verify import extras
from verify.results import load

#: Makes a library look as if it were not installed, in every process that starts with this in its path.
ABSENT = """
from importlib.machinery import PathFinder

found = PathFinder.find_spec
PathFinder.find_spec = staticmethod(lambda name, *more: None if name.split(".")[0] == "torch" else found(name, *more))
"""
CASE = """\
title: With and without
symbols: {x: 2}
define: {L: x**2 + x}
claims:
  - {id: slope, of: "d(L, x)", prints: 5}
  - {id: seen, probe: gradients-accumulate}
implementations:
  - {name: torch.nn.functional.relu, of: relu(x)}
  - {name: numpy.log1p, of: log(1 + x), in: {x: [0, 1]}, dtypes: [float64]}
"""
TOLD = "'torch' is not installed: pip install 'errata-ml[torch]'"


def without_torch(folder: Path, *words: str) -> Any:
    (folder / "absent").mkdir(exist_ok=True)
    (folder / "absent" / "sitecustomize.py").write_text(ABSENT)
    path = os.pathsep.join([str(folder / "absent"), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-m", "verify", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )


def test_what_is_absent_is_skipped_and_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE)
    done = without_torch(tmp_path, "run", "case.yaml", "--json", "results.json", "--out", "reports")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"skipped 1 claim, 1 check, 1 implementation: {TOLD}" in done.stdout.splitlines()
    assert "2 claims: 1 holds, 1 skipped; 2 implementations: 1 conforms, 1 skipped; all as pinned" in done.stdout
    results = load(tmp_path / "results.json")
    assert results.as_pinned
    (claim,) = (r for r in results.claims if r.absent)
    assert (claim.id, claim.verdict, claim.reason) == ("seen", "undecided", TOLD)
    (page,) = (tmp_path / "reports").rglob("case.md")
    assert "| skipped |" in page.read_text()


@pytest.mark.parametrize("target", ["torch.nn.functional:gelu", "torch.optim:SGD"])
def test_a_function_of_it_is_a_fault_that_names_the_extra(target: str, tmp_path: Path) -> None:
    done = without_torch(tmp_path, "conform", target, "--formula", "x")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"Error: {TOLD}\n")


def test_extras_are_those_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["name"] == extras.DISTRIBUTION
    declared = project["optional-dependencies"]
    for library, extra in extras.EXTRAS.items():
        assert any(line.startswith(library.replace("_", "-")) for line in declared[extra]), library
    (everything,) = declared["all"]
    assert set(extras.EXTRAS.values()) <= set(everything.partition("[")[2].rstrip("]").split(","))


def test_a_library_of_no_extra_is_named_alone() -> None:
    assert not extras.installed("no_such_library")
    assert extras.installed("numpy")
    assert extras.missing("no_such_library") == "'no_such_library' is not installed"
