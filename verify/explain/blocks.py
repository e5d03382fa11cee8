"""An explanation as data: blocks that a terminal and a markdown page lay out each in its own way."""

from __future__ import annotations

from collections.abc import Sequence

from derive.expr.graph import Node
from derive.records import dataclass

#: A part of a sentence: plain text, or mathematics.
Piece = str | Node


@dataclass(frozen=True, slots=True)
class Title:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """A paragraph."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    items: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A chain of equal expressions, and its value in digits ("" where it has none)."""

    left: Node
    rights: tuple[Node, ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Equations:
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """A table; cells are sentences. The first column names what the row is about."""

    headers: tuple[str, ...]
    rows: tuple[tuple[tuple[Piece, ...], ...], ...]


Block = Title | Say | Points | Equations | Facts


def say(*pieces: Piece) -> Say:
    return Say(pieces)


def facts(headers: Sequence[str], rows: Sequence[Sequence[Piece | tuple[Piece, ...]]]) -> Facts:
    """A table; a cell is a piece or several."""
    return Facts(tuple(headers), tuple(tuple(c if isinstance(c, tuple) else (c,) for c in row) for row in rows))


def row(left: Node, rights: Sequence[Node | None], value: str = "") -> Row:
    """A chain without the sides that are missing or stand twice."""
    kept = [r for r in dict.fromkeys(rights) if r is not None and r is not left]
    return Row(left, tuple(kept), value)
