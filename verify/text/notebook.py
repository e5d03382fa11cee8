"""What a run found, as tables for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verify.text import html

if TYPE_CHECKING:
    from verify.results import Result

HEADS = ("claim", "where", "verdict", "exact", "reason")


def claims(results: Sequence[Result]) -> str:
    """A row a claim; what is not as pinned stands first, and stands out."""
    rows = [
        [html.code(r.id), html.text(r.where), _verdict(r), html.text(r.exact or ""), html.text(r.reason)]
        for r in sorted(results, key=lambda r: r.as_pinned)
    ]
    return html.table(HEADS, rows) if rows else ""


def _verdict(r: Result) -> str:
    if r.absent:
        told = html.text("skipped")
    else:
        told = html.text(r.verdict) if r.judged_as_pinned else html.strong(f"{r.verdict} (pinned {r.pinned})")
    return f"{told}, {html.strong(r.quoted.lost)}" if r.quoted and r.quoted.lost else told
