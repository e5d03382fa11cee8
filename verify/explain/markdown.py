"""Explanations as GitHub markdown, its formulas as GitHub mathematics."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.expr.graph import Node
from derive.language.typeset import latex
from verify.explain.blocks import Block, Equations, Facts, Piece, Points, Row, Say, Title
from verify.text.escape import display, math, text
from verify.text.tables import table

SHORT = 120  # characters of LaTeX beside which a value stands on the same line


def render(blocks: Sequence[Block], top: int = 1) -> str:
    """The blocks as markdown that ends with a newline; ``top`` is the level of the first heading."""
    return "\n\n".join(_block(b, top) for b in blocks) + "\n"


def _block(block: Block, top: int) -> str:
    match block:
        case Title(level, said):
            return f"{'#' * (level + top - 1)} {text(said)}"
        case Say(pieces):
            return sentence(pieces)
        case Points(items):
            return "\n".join(f"- {sentence(item)}" for item in items)
        case Equations(rows):
            return display(aligned(rows))
        case Facts(headers, rows):
            return table(headers, [[sentence(cell) for cell in row] for row in rows])


def sentence(pieces: Sequence[Piece]) -> str:
    """Text escaped, mathematics typeset; blanks between them kept."""
    made = []
    for p in pieces:
        if isinstance(p, Node):
            made.append(math(latex(p)))
        elif p:
            lead, tail = " " * p[:1].isspace(), " " * (p[-1:].isspace() and bool(p.strip()))
            made.append(f"{lead}{text(p)}{tail}")
    return "".join(made)


def aligned(rows: Sequence[Row]) -> str:
    """The chains as one aligned block, a side a line where a chain has several."""
    lines = []
    for row in rows:
        if not row.rights and not row.value:
            lines.append(f"& {latex(row.left)}")
        sides = list(dict.fromkeys(latex(r) for r in row.rights))
        if row.value and len(sides) == 1 and len(sides[0]) <= SHORT:
            sides[0] += f" = {_digits(row.value)}"
        elif row.value:
            sides.append(_digits(row.value))
        lines += [f"{latex(row.left) if k == 0 else ''} &= {side}" for k, side in enumerate(sides)]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _digits(value: str) -> str:
    """Digits as LaTeX: a power of ten, an ellipsis, the brackets of a vector."""
    made = value.replace("…", r"\ldots")
    return re.sub(r"e([+-]?\d+)", lambda m: rf" \cdot 10^{{{int(m[1])}}}", made)
