"""The command's door: it opens, and where another distribution has taken the place of a package it says so in one line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT

DOOR = "import sys; from errata_ml.command import start; sys.argv = ['errata', '--version']; sys.exit(start())"


def started(*places: Path) -> Any:
    path = ":".join(map(str, places))
    return subprocess.run(
        [sys.executable, "-P", "-c", DOOR], env={"PYTHONPATH": path}, capture_output=True, text=True, timeout=60
    )


def test_the_door_opens() -> None:
    done = started(ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("errata ")


@pytest.mark.parametrize("package", ["derive", "verify"])
@pytest.mark.parametrize("text", ["", "raise RuntimeError('foreign')", "import no_such_module"])
def test_a_package_that_stands_before_ours_is_named(package: str, text: str, tmp_path: Path) -> None:
    foreign = tmp_path / package
    foreign.mkdir()
    (foreign / "__init__.py").write_text(text)
    done = started(tmp_path, ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == f"Error: another package '{package}' stands before that of Errata: {foreign / '__init__.py'}\n"
    )


def test_a_package_that_was_overwritten_is_told_with_who_did_it_and_what_mends_it(tmp_path: Path) -> None:
    for package in ("derive", "verify", "errata_ml"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "verify" / "__init__.py").write_text("import no_such_module")
    metadata = tmp_path / "stranger-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (metadata / "top_level.txt").write_text("verify\n")
    done = started(tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "'verify' has been overwritten by the distribution 'stranger'" in done.stderr
    assert "(ModuleNotFoundError: No module named 'no_such_module')" in done.stderr
    assert "pip uninstall stranger, then pip install --force-reinstall --no-deps errata-ml" in done.stderr
