"""Explanations in a medium, which is GitHub's markdown where nothing else is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.expr.graph import Node
from derive.language.typeset import latex
from verify.explain.blocks import Block, Equations, Facts, Piece, Points, Row, Say, Title
from verify.text.medium import MARKDOWN, Medium

SHORT = 120  # characters of LaTeX beside which a value stands on the same line


def render(blocks: Sequence[Block], top: int = 1, medium: Medium = MARKDOWN) -> str:
    """The blocks as markup that ends with a newline; ``top`` is the level of the first heading."""
    return "\n\n".join(_block(b, top, medium) for b in blocks) + "\n"


def _block(block: Block, top: int, medium: Medium) -> str:
    match block:
        case Title(level, said):
            return medium.heading(level + top - 1, medium.text(said))
        case Say(pieces):
            return medium.paragraph(sentence(pieces, medium))
        case Points(items):
            return medium.points([sentence(item, medium) for item in items])
        case Equations(rows):
            return medium.equations(list(_lines(rows)))
        case Facts(headers, rows):
            return medium.table(headers, [[sentence(cell, medium) for cell in row] for row in rows])


def sentence(pieces: Sequence[Piece], medium: Medium = MARKDOWN) -> str:
    """Text escaped, mathematics typeset; blanks between them kept."""
    made = []
    for p in pieces:
        if isinstance(p, Node):
            made.append(medium.math(latex(p)))
        elif p:
            lead, tail = " " * p[:1].isspace(), " " * (p[-1:].isspace() and bool(p.strip()))
            made.append(f"{lead}{medium.text(p)}{tail}")
    return "".join(made)


def _lines(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """The chains, a side a line where a chain has several."""
    for row in rows:
        if not row.rights and not row.value:
            yield latex(row.left), ""
        sides = list(dict.fromkeys(latex(r) for r in row.rights))
        if row.value and len(sides) == 1 and len(sides[0]) <= SHORT:
            sides[0] += f" = {_digits(row.value)}"
        elif row.value:
            sides.append(_digits(row.value))
        yield from ((latex(row.left) if k == 0 else "", side) for k, side in enumerate(sides))


def _digits(value: str) -> str:
    """Digits as LaTeX: a power of ten, an ellipsis, the brackets of a vector."""
    made = value.replace("…", r"\ldots")
    return re.sub(r"e([+-]?\d+)", lambda m: rf" \cdot 10^{{{int(m[1])}}}", made)
