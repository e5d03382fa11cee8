"""Pieces of LaTeX: a text with how tightly it holds together, and the joints between pieces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from derive.expr.graph import Node

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


def beside(left: str, right: str) -> str:
    r"""A product by juxtaposition, with a dot where numbers would run together, ``2 \cdot 3``, ``2 \cdot \frac{a}{b}``, and a
    space between words: ``\mathrm{lr}\,\mathrm{seed}``."""
    number = left[-1].isdigit() or re.search(r"10\^\{-?\d+\}$", left)
    if right[0].isdigit() or (number and right.startswith((r"\frac", r"\tfrac"))):
        return rf"{left} \cdot {right}"
    if right.startswith(r"\mathrm{") and re.search(r"\\mathrm\{[^{}]*\}(_\{[^{}]*\})?$", left):
        return rf"{left}\,{right}"
    return f"{left} {right}"


def transposed(p: Piece) -> str:
    return rf"{at_least(ATOM, p)}^{{\top}}"
