"""The text of a document, by passages whose characters know their place in the file: the file, or the cells of a notebook."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from derive.records import dataclass

MAX_BYTES = 4_000_000  # of a document
MARKDOWN, LATEX, NOTEBOOK = (".md", ".markdown", ".mdx", ".qmd", ".rmd"), (".tex", ".latex"), (".ipynb",)
SUFFIXES = (*MARKDOWN, *LATEX, *NOTEBOOK)

_BREAK = re.compile(r"\r\n|\r|\n")


class Unreadable(Exception):
    """A document that is no text, with the reason."""


@dataclass(frozen=True, eq=False)
class Passage:
    """The text of a file, or of one cell of a notebook: ``kind`` is "markdown", "latex", or of a cell also "code" and "raw".
    ``literals`` are the stretches of the file that say the text as JSON, each with its beginning, where it is a cell."""

    text: str
    kind: str
    cell: int = 0
    literals: Sequence[tuple[int, str]] = ()
    file: Lines | None = None

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column in the file, from 1, of a character: where editors and CI look for what stands in a block."""
        if self.file is None:
            return self.lines.place(offset)
        if not self.literals:
            return self.file.place(0)
        k = max(bisect.bisect_right(self._ends, offset) - 1, 0)
        start, raw = self.literals[min(k, len(self.literals) - 1)]
        return self.file.place(start + _written(raw, offset - self._ends[min(k, len(self.literals) - 1)]))

    @cached_property
    def _ends(self) -> list[int]:
        return [0, *accumulate(len(json.loads(raw)) for _, raw in self.literals)]


def spot(cell: int, line: int) -> str:
    """How a place in a document is told to its readers: of a notebook by the cell and the line in it."""
    return f"cell {cell}, line {line}" if cell else f"line {line}"


class Lines:
    """Where each line of a text begins."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(m.end() for m in _BREAK.finditer(text))]

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def is_document(path: Path | str) -> bool:
    """Whether a file of that name is a document, and no case file."""
    return Path(path).suffix.lower() in SUFFIXES


def read(path: Path, most: int = MAX_BYTES) -> list[Passage]:
    """The passages of the document in a file. Raises Unreadable."""
    try:
        if path.exists() and not path.is_file():
            raise Unreadable("it is not a file")
        with open(path, "rb") as file:
            return passages(file.read(most + 1), path, most)
    except OSError as why:
        raise Unreadable(f"it can't be read: {why.strerror}") from None


def passages(data: bytes, path: Path, most: int = MAX_BYTES) -> list[Passage]:
    """The passages of a document of which these are the bytes; its kind is that of the path. Raises Unreadable."""
    if len(data) > most:
        raise Unreadable(f"it is longer than {most:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        raise Unreadable(f"byte {bad.start} is not UTF-8") from None
    suffix = path.suffix.lower()
    if suffix in NOTEBOOK:
        return _cells(text)
    return [Passage(text, "latex") if suffix in LATEX else Passage(unquoted(text), "markdown")]


def _cells(text: str) -> list[Passage]:
    """The cells of a notebook of nbformat 4 (https://nbformat.readthedocs.io): what was typed in, not what came out."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("it is not the JSON of a notebook") from None
    cells: Any = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("it has no 'cells', as notebooks of nbformat 4 have")
    lines = Lines(text)
    written: dict[int, list[tuple[int, str]]] = {}
    for cell, start, raw in _sources(text):
        written.setdefault(cell, []).append((start, raw))
    found = []
    for number, cell in enumerate(cells, 1):
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        literals = written.get(number - 1, [])
        said = "".join(json.loads(raw) for _, raw in literals)
        said = unquoted(said) if kind == "markdown" else said
        found.append(Passage(said, kind if isinstance(kind, str) else "", number, literals, lines))
    return found


_QUOTED = re.compile(r"(?:[ ]{0,3}>[ \t]?)+")
_FENCE = re.compile(r"[ \t]*(?:[-*+][ \t]+)*(`{3,}|~{3,})")


def unquoted(text: str) -> str:
    """Markdown with blanks in the place of the signs that quote a block, ``> ``, at the start of lines: what is quoted is read as
    what is not. A sign that goes on a paragraph, or stands in a fenced block, is none."""
    if ">" not in text:
        return text
    made, fence, quotable = list[str](), "", True
    for m in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|\Z)", text):
        line = m[0]
        signs = _QUOTED.match(line) if quotable else None
        if signs:
            line = " " * signs.end() + line[signs.end() :]
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and line.strip() == fence[0] * max(len(line.strip()), len(fence)) else fence
        elif mark:
            fence = mark[1]
        quotable = bool(signs) or (not fence and (not line.strip() or bool(mark) or line.lstrip().startswith("#")))
        made.append(line)
    return "".join(made)


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]', re.S)


def _sources(text: str) -> Iterator[tuple[int, int, str]]:
    """The string literals of ``cells[k].source`` in well-formed JSON: k, where each begins, and how it is written."""
    stack: list[str | int] = []  # of open objects and lists the key, or the number of the entry, that is being read
    key = ""
    before = ""
    for m in _TOKEN.finditer(text):
        token = m[0]
        if token in "{[":
            stack.append("" if token == "{" else 0)
        elif token in "}]":
            stack.pop()
        elif token == ":":
            stack[-1] = key
        elif token == ",":
            if isinstance(stack[-1], int):
                stack[-1] += 1
        elif isinstance(stack[-1] if stack else "", str) and before != ":":
            key = json.loads(token)
        elif stack[:1] == ["cells"] and len(stack) in (3, 4) and stack[2] == "source" and isinstance(stack[1], int):
            yield stack[1], m.start(), token
        before = token


def _written(raw: str, offset: int) -> int:
    """Where the character of that number stands in a JSON string as it is written."""
    at = 1
    for m in re.finditer(r'\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u.{4}|\\.|[^"\\]', raw):
        if offset <= 0:
            return m.start()
        offset -= 1
        at = m.end()
    return at
