"""Claims that stand in the document itself: fenced blocks marked ``errata`` in Markdown and in the cells of notebooks, and an
environment of that name in LaTeX, of lines that may be commented out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.records import dataclass
from verify.document.passages import Passage

WORD = "errata"

_FENCE = re.compile(r"[ \t]*(?:[-*+][ \t]+)*(`{3,}|~{3,})[ \t]*([^\n]*?)[ \t]*")
_MARK = re.compile(rf"(?:\{{?{WORD}\}}?|ya?ml[ \t]+{WORD})(?:[ \t].*)?", re.I)
_TEX = re.compile(r"[ \t]*(%*)[ \t]*\\(begin|end)[ \t]*\{([A-Za-z]+\*?)\}")
_VERBATIM = ("verbatim", "lstlisting", "minted", "Verbatim", "comment")


@dataclass(frozen=True, slots=True)
class Block:
    """What a block says: ``text`` is written from ``start`` on in its passage, and the whole block, with its marks, is
    ``outer``. ``fault`` says what is wrong with the marks, and ``at`` where."""

    passage: Passage
    text: str
    start: int
    outer: tuple[int, int]
    fault: str = ""
    at: int = 0

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column in the file of a character of the block."""
        return self.passage.place(self.start + offset)


def blocks(passages: Sequence[Passage]) -> list[Block]:
    """The blocks of a document, in their order."""
    ways = {"markdown": _fenced, "latex": _environments}
    return [block for p in passages for block in (ways[p.kind](p) if p.kind in ways else ())]


def hidden(passages: Sequence[Passage]) -> Iterator[tuple[Passage, str]]:
    """The passages with blanks in the place of blocks: what the document says to its readers."""
    for p in passages:
        yield p, blanked(p.text, [block.outer for block in blocks([p])])


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with blanks in these stretches, which stand in order; lines stay lines."""
    made, at = list[str](), 0
    for start, stop in spans:
        made += [text[at:start], re.sub(r"[^\r\n]", " ", text[start:stop])]
        at = stop
    return "".join([*made, text[at:]])


def fences(text: str) -> Iterator[tuple[str, int, int, int, int]]:
    """The fenced blocks of Markdown: what is said behind the fence, where the whole begins and ends, and what stands inside. One
    that is not closed ends with the text."""
    inside: tuple[str, str, int, int] | None = None
    for start, stop, line in _lines(text):
        m = _FENCE.fullmatch(line)
        if inside is None:
            if m and not (m[1][0] == "`" and "`" in m[2]):
                inside = m[1], m[2], start, stop
        elif m and m[1][0] == inside[0][0] and len(m[1]) >= len(inside[0]) and not m[2]:
            yield inside[1], inside[2], stop, inside[3], start
            inside = None
    if inside is not None:
        yield inside[1], inside[2], len(text), inside[3], -1


def _fenced(p: Passage) -> Iterator[Block]:
    for info, start, stop, inner, end in fences(p.text):
        if not _MARK.fullmatch(info):
            continue
        if end < 0:
            fault = f"the block '{info}' that begins here is not closed"
            yield Block(p, "", inner, (start, stop), fault, start)
        else:
            yield Block(p, p.text[inner:end], inner, (start, stop))


def _environments(p: Passage) -> Iterator[Block]:
    verbatim = ""
    begun: tuple[int, int, str] | None = None
    for start, stop, line in _lines(p.text):
        m = _TEX.match(line)
        if m is None:
            continue
        percent, which, name = m.groups()
        if verbatim:
            verbatim = "" if which == "end" and name == verbatim else verbatim
        elif begun is None and which == "begin" and name in _VERBATIM and not percent:
            verbatim = name
        elif name == WORD and which == "begin" and begun is None:
            begun = start, stop, percent
        elif name == WORD and which == "end" and begun is not None:
            yield _environment(p, begun, start, stop)
            begun = None
    if begun is not None:
        fault = rf"the block \begin{{{WORD}}} that begins here is not closed"
        yield Block(p, "", begun[1], (begun[0], len(p.text)), fault, begun[0])


def _environment(p: Passage, begun: tuple[int, int, str], start: int, stop: int) -> Block:
    """Lines that are commented out are read without their signs, in the same columns."""
    text, outer = p.text[begun[1] : start], (begun[0], stop)
    if not begun[2]:
        return Block(p, text, begun[1], outer)
    made = []
    for at, end, line in _lines(text):
        bare = line.lstrip()
        if bare and not bare.startswith("%"):
            fault = f"expected '%' at the start of this line, as the block begins with '{begun[2]}'"
            return Block(p, "", begun[1], outer, fault, begun[1] + at)
        signs = re.match(r"[ \t]*%*", line)
        width = signs.end() if signs else 0
        made.append(" " * width + text[at + width : end])
    return Block(p, "".join(made), begun[1], outer)


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each line begins and ends, and what it says."""
    for m in re.finditer(r"([^\r\n]*)(\r\n|\r|\n|\Z)", text):
        if m[0]:
            yield m.start(), m.end(), m[1]
