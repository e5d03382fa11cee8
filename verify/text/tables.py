"""Markdown tables, laid out by tabulate without padding: a long formula in one row does not widen all of them."""

from __future__ import annotations

from collections.abc import Sequence


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> str:
    """A GitHub table; ``right`` names the columns aligned to the right. Cells are markdown already."""
    from tabulate import TableFormat, tabulate

    def line(cells: Sequence[str], widths: object, aligns: object) -> str:
        return "| " + " | ".join(c.strip() for c in cells) + " |"

    def rule(widths: object, aligns: Sequence[str]) -> str:
        return "|" + "|".join(" --: " if a == "right" else " --- " for a in aligns) + "|"

    return tabulate(
        rows,
        headers=headers,
        tablefmt=TableFormat(None, rule, None, None, line, line, 0, None),
        colalign=["right" if h in right else "left" for h in headers],
        disable_numparse=True,
    )
