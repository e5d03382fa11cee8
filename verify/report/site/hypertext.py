"""HTML as a medium for what reports say: every text escaped, mathematics as MathML, tables that fit a phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from verify.report.site import mathml
from verify.text.escape import one_line


class Hypertext:
    """A ``verify.text.medium.Medium``."""

    def text(self, value: str) -> str:
        return escape(one_line(value))

    def code(self, value: str) -> str:
        shown = escape(one_line(value))
        return f"<code>{shown}</code>" if shown else ""

    def math(self, latex: str) -> str:
        return mathml.inline(latex)

    def equations(self, lines: Sequence[tuple[str, str]]) -> str:
        """A grid of two columns, whose right sides break where they are long."""
        rows = "".join(
            f"<div>{mathml.display(left) if left else ''}</div><div>{mathml.display(f'= {right}')}</div>"
            if right and left != right
            else f'<div class="both">{mathml.display(left)}</div>'
            for left, right in lines
        )
        return f'<div class="equations">{rows}</div>'

    def strong(self, marked: str) -> str:
        return f"<strong>{marked}</strong>"

    def link(self, marked: str, address: str) -> str:
        return f'<a href="{escape(address)}">{marked}</a>'

    def anchor(self, name: str, marked: str) -> str:
        return f'<span id="{escape(name)}">{marked}</span>'

    def heading(self, level: int, marked: str) -> str:
        return f"<h{level}>{marked}</h{level}>"

    def paragraph(self, marked: str) -> str:
        return f"<p>{marked}</p>"

    def folded(self, summary: str, marked: str) -> str:
        return f"<details><summary>{escape(summary)}</summary>{marked}</details>"

    def points(self, marked: Sequence[str]) -> str:
        return f"<ul>{''.join(f'<li>{point}</li>' for point in marked)}</ul>"

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> str:
        """On a phone each row becomes a block of lines, which say their column themselves."""
        kinds = [' class="number"' if h in right else "" for h in headers]
        head = "".join(f'<th scope="col"{kind}>{h}</th>' for h, kind in zip(headers, kinds, strict=True))
        body = "".join(
            "<tr>"
            + "".join(
                f'<td{kind} data-label="{h}">{cell}</td>' if cell else f"<td{kind}></td>"
                for h, kind, cell in zip(headers, kinds, row, strict=True)
            )
            + "</tr>"
            for row in rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


HTML = Hypertext()
