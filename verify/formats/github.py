"""Workflow commands of GitHub Actions: each finding is an annotation at its line of the case file."""

from __future__ import annotations

from verify.formats.findings import findings
from verify.suite.found import Found

LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render(found: Found) -> str:
    """A line a finding; nothing where there is none."""
    return "".join(
        f"::{LEVELS[f.message.level]} file={_property(f.file)},line={f.line},col={f.column},"
        f"title={_property(f'{f.code} {f.id}')}::{_data(f'{f.id}: {f.text}')}\n"
        for f in findings(found.glance)
    )


def _data(text: str) -> str:
    """As the runner reads it back: a percent sign and what would end the line, escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
