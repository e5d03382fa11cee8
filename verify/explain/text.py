"""Explanations in a terminal: plain text of a given width, derivatives as they are written by hand (dL/dz3)."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from derive.calculus.steps import is_identity, rebuild
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.language.reader import to_text
from verify.explain.blocks import Block, Equations, Facts, Piece, Points, Row, Say, Title

LEAST = 40  # columns below which nothing is wrapped further
INDENT = "  "
GLUE = "\x00"  # a blank at which a line is not broken

#: What a derivative must not stand beside without brackets round it.
_TIGHT = ("div", "pow", "transpose", "index", "not")


def render(blocks: Sequence[Block], width: int = 100) -> str:
    """The blocks as text that ends with a newline."""
    width, fractions = max(width, LEAST), not _taken(blocks)
    return "\n\n".join("\n".join(_lines(b, width, fractions)) for b in blocks) + "\n"


def _taken(blocks: Sequence[Block]) -> bool:
    """Whether a name of the document reads as a differential: beside its own dv2, dv2/dx2 would be a quotient."""
    names = {n.attr for n in topological(_nodes(blocks)) if n.op in ("symbol", "def") and isinstance(n.attr, str)}
    return any(f"d{name}" in names for name in names)


def _nodes(blocks: Sequence[Block]) -> Iterator[Node]:
    for block in blocks:
        match block:
            case Say(pieces):
                yield from (p for p in pieces if isinstance(p, Node))
            case Points(items):
                yield from (p for item in items for p in item if isinstance(p, Node))
            case Equations(rows):
                yield from (n for r in rows for n in (r.left, *r.rights))
            case Facts():
                yield from (p for r in block.rows for cell in r for p in cell if isinstance(p, Node))


def plain(node: Node, fractions: bool = True) -> str:
    """The expression on one line: the language of cases, with I for the identity and, if wanted, derivatives as fractions."""
    tight: set[Node] = set()
    order = topological([node], through_definitions=False)
    for n in order:
        if n.op in _TIGHT:
            tight.update(n.args)
    names = {n: made for n in order if (made := _written(n, n in tight and n is not node, fractions))}
    if not names:
        return to_text(node)
    text = to_text(rebuild(node, {n: n.graph.node("symbol", (), made, n.shape) for n, made in names.items()}))
    # beside a fraction, a product is easier to read with room round its sign
    return re.sub(r"(?<=\S)\*(?=[^\s*])(?<!\*\*)", " * ", text) if "/d" in text else text


def _written(n: Node, tight: bool, fractions: bool) -> str:
    """How a derivative is written by hand; "" for anything else."""
    if fractions and n.op == "d" and not n.attr:
        made = _fraction(n)
        return f"({made})" if made and tight else made
    if fractions and n.op == "index" and n.args[0].op == "hessian" and not n.shape:
        made = _second(n)
        return f"({made})" if made and tight else made
    if n.op == "select" and [a.op for a in n.args[1:]] == ["const", "const"]:
        name = {(1, 0): "relu'", (1, -1): "abs'"}.get((n.args[1].attr, n.args[2].attr))
        return f"{name}({plain(n.args[0], fractions)})" if name else ""
    return "I" if is_identity(n) else ""


def _fraction(n: Node) -> str:
    f, *by = n.args
    while f.op == "d" and not f.attr and len(f.args) == 2:
        f, by = f.args[0], [f.args[1], *by]
    if any(v.op not in ("symbol", "def", "index") for v in (f, *by)):
        return ""
    if len(by) == 1:
        return f"d{to_text(f)}/d{to_text(by[0])}"
    return f"d{len(by)}{to_text(f)}/({' '.join(f'd{to_text(v)}' for v in by)})"


def _second(n: Node) -> str:
    """An entry of a Hessian: d2L/(dw1 db1)."""
    f, *variables = n.args[0].args
    scalars = [c for v in variables for c in components(v)]
    if f.op not in ("symbol", "def") or len(n.attr) != 2:
        return ""
    return f"d2{f.attr}/({' '.join(f'd{to_text(scalars[k])}' for k in n.attr)})"


# -- blocks -----------------------------------------------------------------------------------------


def _lines(block: Block, width: int, fractions: bool) -> Iterator[str]:
    match block:
        case Title(level, text):
            lines = _wrap(text, width)
            yield from lines
            text = max(lines, key=len)
            yield ("=" if level == 1 else "-") * min(len(text), width)
        case Say(pieces):
            yield from _wrap(sentence(pieces, fractions), width)
        case Points(items):
            for item in items:
                yield from _wrap(sentence(item, fractions), width, "- ", INDENT)
        case Equations(rows):
            for row in rows:
                yield from _chain(row, width, fractions)
        case Facts():
            yield from _table(block, width, fractions)


def sentence(pieces: Sequence[Piece], fractions: bool = True) -> str:
    return "".join(plain(p, fractions) if isinstance(p, Node) else p for p in pieces)


def _chain(row: Row, width: int, fractions: bool) -> Iterator[str]:
    """One line where it fits, else one side a line under the first sign of equality."""
    if not row.rights and not row.value:
        yield from _wrap(plain(row.left, fractions), width, INDENT, INDENT * 2)
        return
    left = f"{INDENT}{plain(row.left, fractions)} = "
    sides = list(dict.fromkeys([*(plain(r, fractions) for r in row.rights), *([row.value] if row.value else [])]))
    whole = left + " = ".join(sides)
    if len(whole) <= width:
        yield whole
        return
    margin = " " * (len(left) - 2) if len(left) < width // 2 else INDENT * 2
    for k, side in enumerate(sides):
        lead = left if k == 0 and len(left) < width // 2 else f"{margin}= "
        if k == 0 and lead is not left:
            yield left.rstrip(" =")
        yield from (
            line.replace(GLUE, " ")
            for line in _wrap(_glued(side, width - len(margin) - 4), width, lead, margin + INDENT * 2)
        )


def _glued(text: str, room: int) -> str:
    """A formula whose brackets are kept whole where they fit: it breaks at its outermost signs."""
    for kept in range(1, 6):
        depth, made = 0, []
        for c in text:
            depth += (c in "([") - (c in ")]")
            made.append(GLUE if c == " " and depth >= kept else c)
        if all(len(word) <= room for word in "".join(made).split(" ")):
            return "".join(made)
    return text


def _wrap(text: str, width: int, lead: str = "", indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=lead, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) or [lead.rstrip()]


def _table(block: Facts, width: int, fractions: bool) -> Iterator[str]:
    """Columns side by side where they fit; else every row as a list of its cells."""
    rows = [[sentence(cell, fractions) for cell in row] for row in block.rows]
    heads = [list(block.headers)] if any(block.headers) else []
    widths = [max(len(r[k]) for r in (*heads, *rows)) for k in range(len(block.headers))]
    room = width - len(INDENT) - sum(w + 2 for w in widths[:-1])
    if room >= min(widths[-1], 30):
        for r in (*heads, *rows):
            lead = INDENT + "".join(f"{cell:<{w}}  " for cell, w in zip(r[:-1], widths, strict=False))
            yield from (line.rstrip() for line in _wrap(r[-1], width, lead, " " * len(lead)))
        return
    for r in rows:
        yield from _wrap(r[0], width, INDENT, INDENT * 2)
        for head, cell in zip(block.headers[1:], r[1:], strict=True):
            if cell:
                yield from _wrap(f"{head}: {cell}" if head else cell, width, INDENT * 2, INDENT * 3)
