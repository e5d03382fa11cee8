"""The catalogue of what libraries document: every name that it gives is there, in the version that is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import ROOT
from verify.casefile import load
from verify.conform.callables import NotInstalled, find

FILES = sorted((ROOT / "cases" / "implementations").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_name_is_of_the_library(file: Path):
    entries = load(file).implementations
    assert entries, "a file of the catalogue without functions"
    missing = False
    for entry in entries:
        try:
            assert callable(find(entry.name))
        except NotInstalled:
            missing = True
    if missing:
        pytest.skip("a library is not installed")


def test_ids_are_of_one_function_each():
    ids = [entry.id for file in FILES for entry in load(file).implementations]
    assert not {i for i in ids if ids.count(i) > 1}
