"""What is wrong with case files: placed lines, and the error that carries them. Light, for whoever only tells them."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from derive.records import dataclass

if TYPE_CHECKING:
    from derive.errors import ExpressionError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a case file, with its place (counted from 1); ``cause``: what is wrong with an expression in it."""

    file: str
    line: int
    column: int
    message: str
    cause: ExpressionError | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class CaseFaults(ValueError):
    """All the faults that were found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))
