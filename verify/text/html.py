"""Small pieces of HTML for notebooks: text that is shown as it is, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from verify.text.escape import one_line

#: Rows that a notebook shows; who wants more asks for the list.
MOST = 60


def text(value: str) -> str:
    """Plain text, as one line. A dollar sign begins no mathematics."""
    return escape(one_line(value)).replace("$", "<span>&#36;</span>")


def code(value: str) -> str:
    return f"<code>{text(value)}</code>" if value else ""


def strong(value: str) -> str:
    return f"<strong>{text(value)}</strong>"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are HTML already; what is beyond ``MOST`` rows is counted."""
    head = "".join(f'<th style="text-align:left">{text(h)}</th>' for h in heads)
    body = "".join(_row(r) for r in rows[:MOST])
    more = f"<p>and {len(rows) - MOST} more</p>" if len(rows) > MOST else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _row(cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f'<td style="text-align:left">{c}</td>' for c in cells) + "</tr>"
