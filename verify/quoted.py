"""Where a document says what a claim quotes. Light to import: what only tells results needs no documents."""

from __future__ import annotations

from derive.records import dataclass


@dataclass(frozen=True, slots=True)
class Quoted:
    """The place of a claim's quote in its document, counted from 1; of a notebook ``line`` and ``column`` are those in the cell
    of that number (0: no notebook). Where it has no one place, ``lost`` says so ("stale", "ambiguous") and ``reason`` why."""

    file: str
    line: int = 0
    column: int = 0
    cell: int = 0
    lost: str = ""
    reason: str = ""

    def __str__(self) -> str:
        """``chapter2.md:17``, ``notes.ipynb, cell 3, line 2``; the file alone where the quote has no place in it."""
        if not self.line:
            return self.file
        return f"{self.file}, cell {self.cell}, line {self.line}" if self.cell else f"{self.file}:{self.line}"
