"""Nothing is collected, and nothing imported, unless cases are asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import ROOT

CASE = "title: T\nclaims:\n  - {id: two, of: 1 + 1, prints: 2}\n"
LIGHT = """
import sys

def test_nothing_is_loaded():
    assert not [m for m in sys.modules if m.split(".")[0] in ("derive", "verify", "torch", "numpy", "sympy", "flint", "pydantic")]
"""


def ran(folder: Path, *words: str) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "errata_ml.pytest_plugin", "-p", "no:cacheprovider", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )


def test_without_being_asked_nothing_is_collected_or_loaded(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE)
    (tmp_path / "test_light.py").write_text(LIGHT)
    (tmp_path / "pyproject.toml").write_text("[tool.errata]\n")
    done = ran(tmp_path, "-q")
    assert "1 passed" in done.stdout, done.stdout


def test_a_project_asks_by_its_settings(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE)
    (tmp_path / "pyproject.toml").write_text("[tool.errata]\npytest = true\n")
    done = ran(tmp_path, "-q", "--collect-only")
    assert done.stdout.startswith("case.yaml::two\n"), done.stdout + done.stderr


def test_a_package_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "verify").mkdir()
    (tmp_path / "verify" / "__init__.py").write_text("")
    assert "no tests ran" in ran(tmp_path).stdout  # whose package it is has its tests in peace
    done = ran(tmp_path, "--errata")
    assert (done.returncode, done.stderr.count("\n")) == (4, 2)
    assert f"ERROR: another package 'verify' stands before that of Errata: {tmp_path}" in done.stderr
