"""Pieces of LaTeX: a text with how tightly it holds together, and the joints between pieces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from derive.expr.graph import Node
from derive.language.typeset.names import GREEK

# How tightly a text holds together; an operand looser than its place asks for is put in brackets.
CASES, OR, AND, NOT, RELATION, SUM, HADAMARD, PRODUCT, FRACTION, POWER, ATOM = range(11)


class Piece(NamedTuple):
    """``unsigned`` is, for "-body", the level of the body, so that signs can merge (else 0); ``row`` says that a product
    began with a transposed vector, and is a row already."""

    text: str
    level: int = ATOM
    unsigned: int = 0
    row: bool = False


#: What has been typeset so far.
Done = Mapping[Node, Piece]


def tall(text: str) -> bool:
    return r"\frac" in text or r"\begin" in text or r"\sum" in text


def group(text: str, opening: str = "(", closing: str = ")") -> str:
    return rf"\left{opening}{text}\right{closing}" if tall(text) else f"{opening}{text}{closing}"


def at_least(level: int, p: Piece) -> str:
    return p.text if p.level >= level else group(p.text)


def factor(p: Piece, level: int, first: bool = False) -> str:
    """An operand of a product; the first may keep its sign: -a b."""
    return p.text if p.level >= level or (first and p.unsigned >= level) else group(p.text)


def signed(text: str, level: int) -> Piece:
    """A text that may begin with a minus sign; then it binds like a sum."""
    return Piece(text, SUM, level) if text.startswith("-") else Piece(text, level)


#: A word, ``\mathrm{rate}``; and a name at the end of a product, with what stands below and above it, but for a transposition.
_WORD = r"\\mathrm\{[^{}]{2,}\}"
_LETTER = rf"(?<!\\)\b[^\W\d_]|\\(?:{'|'.join(sorted(GREEK))})"
_BELOW = r"(?:_\{(?:[^{}]|\{[^{}]*\})*\})?"
_ENDS_IN_WORD = re.compile(rf"{_WORD}{_BELOW}$")
_ENDS_IN_NAME = re.compile(
    rf"(?:{_WORD}|{_LETTER}|\\(?:hat|bar|tilde|dot)\{{(?:{_LETTER})\}}|\]){_BELOW}(?:\^\{{(?!\\top\}})[^{{}}]*\}})?$"
)


def beside(left: str, right: str) -> str:
    r"""A product by juxtaposition; with a dot where numbers would run together, ``2 \cdot 3``, or a word and what stands beside
    it, ``X \cdot \mathrm{ridge}``, and where a name before a bracket would look like a function, ``\psi \cdot (x + k)``."""
    number = left[-1].isdigit() or re.search(r"10\^\{-?\d+\}$", left)
    run_together = right[0].isdigit() or (number and right.startswith((r"\frac", r"\tfrac")))
    words = re.match(_WORD, right) or _ENDS_IN_WORD.search(left)
    call = right.startswith(("(", r"\left(")) and _ENDS_IN_NAME.search(left)
    return rf"{left} \cdot {right}" if run_together or words or call else f"{left} {right}"


def transposed(p: Piece) -> str:
    return rf"{at_least(ATOM, p)}^{{\top}}"
