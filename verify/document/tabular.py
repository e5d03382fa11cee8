r"""Tables of LaTeX: the cells of ``\begin{tabular}``, where they stand.

A cell ends at ``&``, a row at ``\\``, outside of braces and formulas. Rules between rows (``\hline``, ``\midrule``) are no part
of them; a row with a cell over several columns or rows says nothing that its place would tell, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A row: where it begins and ends, and each of its cells does, without the blanks around them.
Line = tuple[int, int, list[tuple[int, int]]]

_BEGIN = re.compile(r"\\begin\s*\{(?P<name>tabular\*?|tabularx|tabulary|longtable|tabu)\}")
_RULES = re.compile(
    r"\s*\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot|[ch]?midrule|cline|addlinespace)"
    r"(?![A-Za-z])\s*(?:\([^()]*\))?(?:\[[^\[\]]*\])?(?:\{[^{}]*\})*(?:\([^()]*\))?"
)
_WIDE = re.compile(r"\\multi(?:column|row)(?![A-Za-z])")
MAX_BODY = 100_000  # characters of a table


def tables(text: str) -> Iterator[tuple[list[Line], bool, tuple[int, int]]]:
    """The rows of each table, whether a rule parts the first of them from the others, and from where to where it goes."""
    for m in _BEGIN.finditer(text):
        stop = text.find(f"\\end{{{m['name']}}}", m.end(), m.end() + MAX_BODY)
        if stop >= 0:
            start = _columns(text, m.end(), stop)
            yield *_rows(text, start, stop), (m.start(), stop)


def _columns(text: str, at: int, stop: int) -> int:
    """Where the body begins: behind the options, in brackets and braces."""
    while at < stop:
        opening = re.compile(r"\s*([\[{])").match(text, at, stop)
        if opening is None:
            return at
        close, depth, at = "]" if opening[1] == "[" else "}", 1, opening.end()
        while at < stop and depth:
            depth += (text[at] == opening[1]) - (text[at] == close)
            at += 1
    return at


def _rows(text: str, start: int, stop: int) -> tuple[list[Line], bool]:
    lines: list[Line] = []
    ruled = False
    for a, b in _parts(text, start, stop, "\\\\"):
        if m := re.compile(r"\s*\[[^\[\]]*\]").match(text, a, b) if lines else None:
            a = m.end()  # of the row before: \\[2pt]
        while (rule := _RULES.match(text, a, b)) is not None:
            ruled |= len(lines) == 1
            a = rule.end()
        cells = [_bare(text, c, d) for c, d in _parts(text, a, b, "&")]
        if text[a:b].strip() and not _WIDE.search(text, a, b):
            lines.append((cells[0][0], cells[-1][1], cells))
    return lines, ruled


def _parts(text: str, start: int, stop: int, sign: str) -> Iterator[tuple[int, int]]:
    """What stands between signs that are in no braces and no formula."""
    depth, inside, first, at = 0, False, start, start
    while at < stop:
        if text.startswith(sign, at) and not depth and not inside:
            yield first, at
            at += len(sign)
            first = at
            continue
        if text[at] == "\\":
            inside = text[at + 1 : at + 2] == "(" or (inside and text[at + 1 : at + 2] != ")")
            at += 2
            continue
        inside ^= text[at] == "$"
        depth += (text[at] == "{") - (text[at] == "}")
        at += 1
    yield first, stop


def _bare(text: str, start: int, stop: int) -> tuple[int, int]:
    cell = text[start:stop]
    left = len(cell) - len(cell.lstrip())
    return start + left, start + max(left, len(cell.rstrip()))
