"""The results file (docs/results.schema.json)."""

from __future__ import annotations

from verify.suite.found import Found


def render(found: Found) -> str:
    return found.text()
