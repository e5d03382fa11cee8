"""What words are put into. What a report says of a claim is said once (``verify.report.words``); how text, code, mathematics and
links are marked up is the medium's: ``MARKDOWN`` here, HTML in ``verify.report.site.hypertext``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from verify.text import escape, tables


class Medium(Protocol):
    """What is called ``marked`` is markup of this medium already; everything else is a stranger's, and is made harmless."""

    def text(self, value: str) -> str:
        """Plain text inside a line."""

    def code(self, value: str) -> str:
        """Text in a fixed-width font."""

    def math(self, latex: str) -> str:
        """A formula inside a line."""

    def equations(self, lines: Sequence[tuple[str, str]]) -> str:
        """Equations below each other, in LaTeX, lined up at their signs; a left side that is "" continues the
        line above, and beside a right side that is "" stands an expression alone."""

    def strong(self, marked: str) -> str: ...

    def link(self, marked: str, address: str) -> str: ...

    def anchor(self, name: str, marked: str) -> str:
        """What links to ``#name`` lead to."""

    def heading(self, level: int, marked: str) -> str: ...

    def paragraph(self, marked: str) -> str: ...

    def folded(self, summary: str, marked: str) -> str:
        """Something long below a line that opens it."""

    def points(self, marked: Sequence[str]) -> str:
        """A list."""

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> str:
        """Headers and cells are marked; ``right`` names the columns of numbers."""


class Markdown:
    """GitHub's, with its mathematics."""

    def text(self, value: str) -> str:
        return escape.text(value)

    def code(self, value: str) -> str:
        return escape.code(value)

    def math(self, latex: str) -> str:
        return escape.math(latex)

    def equations(self, lines: Sequence[tuple[str, str]]) -> str:
        if len(lines) == 1:
            return escape.display(" = ".join(dict.fromkeys(side for side in lines[0] if side)))
        inside = " \\\\\n".join(f"{left} &= {right}" if right else f"& {left}" for left, right in lines)
        return escape.display(f"\\begin{{aligned}}\n{inside}\n\\end{{aligned}}")

    def strong(self, marked: str) -> str:
        return f"**{marked}**"

    def link(self, marked: str, address: str) -> str:
        return f"[{marked}]({address})"

    def anchor(self, name: str, marked: str) -> str:
        return f'<a id="{name}"></a>{marked}'

    def heading(self, level: int, marked: str) -> str:
        return f"{'#' * level} {marked}"

    def paragraph(self, marked: str) -> str:
        return marked

    def folded(self, summary: str, marked: str) -> str:
        return f"<details>\n<summary>{escape.text(summary)}</summary>\n\n{marked}\n\n</details>"

    def points(self, marked: Sequence[str]) -> str:
        return "\n".join(f"- {point}" for point in marked)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> str:
        return tables.table(headers, rows, right)


MARKDOWN = Markdown()
