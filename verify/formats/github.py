"""Workflow commands of GitHub Actions: each finding is an annotation at its line of the case file."""

from __future__ import annotations

from collections.abc import Sequence

from verify.formats.findings import Finding, findings
from verify.messages import Message
from verify.suite.found import Found

LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render(found: Found) -> str:
    """A line a finding; nothing where there is none."""
    return "".join(
        annotation(f.message, f.file, f.line, f.column, f.id, f"{f.id}: {f.text}") + "\n"
        for f in findings(found.glance)
    )


def faults(found: Sequence[Finding]) -> str:
    """Of cases that are not well-formed."""
    return "".join(annotation(f.message, f.file, f.line, f.column, f.id, f.text) + "\n" for f in found)


def annotation(message: Message, file: str, line: int, column: int, title: str, text: str) -> str:
    """One workflow command."""
    title = f"{message.code} {title}".strip()
    where = {"file": file, "line": str(line), "col": str(column), "title": title}
    told = ",".join(f"{key}={_property(value)}" for key, value in where.items())
    return f"::{LEVELS[message.level]} {told}::{_data(text)}"


def _data(text: str) -> str:
    """As the runner reads it back: a percent sign and what would end the line, escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
