"""What is used of FLINT is the same as in its package, most of which is not loaded for it."""

from __future__ import annotations

import re
import subprocess
import sys

import flint as whole
import pytest

from derive import flint
from tests import ROOT

USED = r"from derive\.flint import ([\w, ]+)|\bflint\.([a-z_]+)\("


def test_names_are_those_of_the_package() -> None:
    for name in flint._HOMES:
        assert getattr(flint, name) is getattr(whole, name)
    with pytest.raises(AttributeError, match="no attribute 'nmod'"):
        _ = flint.nmod


@pytest.mark.parametrize("package", ["derive", "verify"])
def test_all_that_is_used_is_there(package: str) -> None:
    texts = [path.read_text() for path in (ROOT / package).rglob("*.py")]
    found = re.findall(USED, "\n".join(texts))
    assert {name.strip() for names, called in found for name in (names or called).split(",")} <= set(flint._HOMES)


def test_the_rest_is_loaded_when_it_is_asked() -> None:
    """By others, too: what a library asks of the package is there."""
    script = """
import sys
from derive.flint import arb, fmpq_mpoly
before = {m for m in sys.modules if m.startswith("flint.types")}
import flint
print(len(before) < 12, "flint.types.nmod" in before, arb is flint.arb, flint.__version__ != "", flint.nmod(3, 5))
"""
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.split() == ["True", "False", "True", "True", "3"]
