"""What a run found, for machines: one text a format. A new format is one module with a ``render`` and one entry here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from verify.formats.findings import Finding
    from verify.suite.found import Found

    Render = Callable[[Found], str]

#: Format to what it is for. The module of its name is imported when it is asked for.
FORMATS = {
    "json": "the results file: all of it",
    "ndjson": "the same, a line a claim, a check, an implementation",
    "junit": "JUnit XML: a test a claim, a check, an implementation",
    "sarif": "SARIF 2.1.0: findings for code scanning",
    "github": "annotations of GitHub Actions",
    "markdown": "a table of findings, to paste or for a job summary",
}


def renderer(name: str) -> Render:
    """What writes a format. Raises KeyError for an unknown one."""
    assert name in FORMATS
    return cast("Render", import_module(f"verify.formats.{name}").render)


def teller(name: str) -> Callable[[Sequence[Finding]], str] | None:
    """What writes, in a format that has a way to say it, that cases are not well-formed."""
    told = getattr(import_module(f"verify.formats.{name}"), "faults", None) if name in FORMATS else None
    return cast("Callable[[Sequence[Finding]], str] | None", told)
