"""The findings as a table in markdown, for a comment or a job summary."""

from __future__ import annotations

from verify.formats.findings import findings
from verify.suite.found import Found
from verify.suite.progress import counted, counted_checks, counted_implementations
from verify.text.escape import text
from verify.text.tables import table


def render(found: Found) -> str:
    glance = found.glance
    rows = [[text(f"{f.file}:{f.line}"), text(f.id), f.code, text(f.text)] for f in findings(glance)]
    told = [counted(glance.claims), counted_checks(glance.checks)]
    told += [counted_implementations(glance.implementations)] if glance.implementations else []
    verdict = "All as pinned." if not rows else f"{len(rows)} to look at."
    head = f"**Errata**: {'; '.join(told)}. {'Interrupted. ' if found.interrupted else ''}{verdict}"
    return "\n\n".join([head, *([table(["Where", "What", "Code", "Found"], rows)] if rows else [])]) + "\n"
