"""The sentences of a section: the words, the statements and the other formulas of each, in their order.

A sentence goes on through a display, where the text behind it does; it ends where a paragraph, a heading, an entry of a list or a
row of a table does. What an entry of a list stands under, a sentence with a colon, leads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from derive.records import dataclass
from verify.document.said import Formula
from verify.draft.conditions import ELEMENT
from verify.draft.statements import Section, Statement

AFTER = 600  # characters behind the last formula that may end its sentence

_BREAK = re.compile(
    r"(?P<item>(?:[ \t]*\r?\n)+[ \t]*(?=(?:[-*+]|\d+[.)])[ \t])|\\item\b)"
    r"|(?P<part>\n[ \t]*\r?\n\s*|\n(?=[ \t]*[#|])|\\(?:begin|end|(?:sub)*section|paragraph|chapter)\b\*?\s*\{[^{}\n]*\})"
    r"|(?P<stop>(?:(?<=[.!?])|(?<=[.!?][)\"'*_”])|(?<=[.!?][*_][*_]))\s+(?=[A-Z\"“(*_\[>|\\-]|$))"
)
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|eqs?|figs?|secs?|w\.r\.t|resp|vs|approx|no|thm|lem|ref|refs|al)|\b[A-Z])\.[)]?$", re.I
)
_WORDS = re.compile(r"\\(?:text|mbox|textrm|textit|textbf|intertext|mathrm)\s*\{([^{}]*)\}")
_STOPPED = re.compile(r"\.\s*(?:\\l?eqno\s*|\\(?:label|tag\*?|end)\s*\{[^{}]*\}\s*|\(\d[\d.]*[a-z]?\)\s*)*$")


@dataclass(frozen=True, slots=True)
class Bare:
    """A formula that makes no statement: a symbol that the sentence speaks of."""

    latex: str


Part = str | Bare | Statement


@dataclass(slots=True)
class Sentence:
    """``start`` is its place in the passage; ``lead`` the sentence that an entry of a list stands under."""

    start: int
    parts: list[Part] = field(default_factory=list)
    lead: Sentence | None = None
    heading: str = ""
    of: dict[int, int] = field(default_factory=dict)  # where the formula begins that a statement is of, by its id

    @property
    def words(self) -> str:
        """All of its words, a sign in the place of each formula."""
        return " ".join(" ".join(p if isinstance(p, str) else "@" for p in self.parts).split())

    @property
    def statements(self) -> list[Statement]:
        return [p for p in self.parts if isinstance(p, Statement)]


def sentences(section: Section, found: Sequence[Statement]) -> Iterator[list[Sentence]]:
    """The sentences of each passage of a section, with these statements of its formulas."""
    cells: dict[int, list[Formula]] = {}
    for f in section.formulas:
        cells.setdefault(f.passage.cell, []).append(f)
    for cell, formulas in cells.items():
        own = sorted((s for s in found if s.passage.cell == cell and not s.apart), key=lambda s: s.start)
        yield _Reader(section, section.texts.get(cell, formulas[0].passage.text)).all(formulas, own)


class _Reader:
    def __init__(self, section: Section, text: str) -> None:
        self.section, self.text = section, text
        self.found = [Sentence(0)]
        self.lead: Sentence | None = None  # that of the list that is being read

    def all(self, formulas: Sequence[Formula], statements: Sequence[Statement]) -> list[Sentence]:
        at, k = max(formulas[0].outer[0] - AFTER, 0), 0
        shown = stopped = False  # whether a display has just ended, and with a full stop
        self.found[0].start = at
        for f in formulas:
            start, stop = f.outer
            self.outside(self.text[at:start], at, shown, stopped, f.display)
            self.found[-1].heading = self.section.titles.get(f.section, "")
            inside = f.start
            while k < len(statements) and statements[k].start < f.stop:
                s = statements[k]
                if s.start >= f.start:
                    self.add(_inner(f.passage.text[inside : max(s.start, inside)]))
                    inside = self.statement(f, s)
                k += 1
            self.add(_inner(f.passage.text[inside : f.stop])) if inside > f.start else self.add(Bare(f.text))
            at, shown = max(at, stop), f.display
            stopped = shown and bool(_STOPPED.search(f.text))
        self.outside(self.text[at : at + AFTER], at, shown, stopped, False)
        return self.found

    def statement(self, f: Formula, s: Statement) -> int:
        """A statement, or what is an element of something; where it ends."""
        of = ELEMENT.match(f.passage.text, s.start, f.stop)
        if of:
            self.add(Bare(f"{of['names'].strip()} \\in {of['of'].strip()}"))
            return max(of.end(), s.stop)
        self.found[-1].of[id(s)] = f.start
        self.add(*([_inner(m[0])] if (m := _WORDS.match(s.latex)) else []), s)
        return s.stop

    def add(self, *parts: Part) -> None:
        self.found[-1].parts += [p for p in parts if p]

    def begin(self, at: int, item: bool = False) -> None:
        before = self.found[-1]
        if item and self.lead is None and before.words.endswith(":"):
            self.lead = before
        elif not item:
            self.lead = None
        self.found.append(Sentence(at, lead=self.lead if item else None))

    def outside(self, text: str, at: int, shown: bool, stopped: bool, to_display: bool) -> None:
        """The text between two formulas; ``shown``: behind a display, which ``stopped`` with a full stop."""
        bare = text.strip()
        if shown and to_display and not bare:
            self.add(";")
        goes_on = shown and not stopped and (not bare or bool(re.match(r"[a-z,;:)]", bare)))
        if shown and not goes_on:
            self.begin(at)
        first = len(text) - len(text.lstrip()) if goes_on or shown else 0
        last = len(text.rstrip()) if to_display else len(text)
        for m in _BREAK.finditer(text, first):
            if m.start() < first or (m["stop"] is not None and _SHORT.search(text[max(m.start() - 8, 0) : m.start()])):
                continue
            if m.start() >= last and not (m["stop"] is not None or re.search(r"[.!?][)\"'*_”]*$", text[:last])):
                continue
            self.add(_plain(text[first : m.start()]))
            self.begin(at + m.end(), m["item"] is not None or (self.lead is not None and m["stop"] is not None))
            first = m.end()
        if to_display and first < last and re.search(r"[.!?][)\"'*_”]*$", text[first:last]):
            self.add(_plain(text[first:last]))
            self.begin(at + last)
            return
        self.add(_plain(text[first:]))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_`]+|\\(?:emph|textbf|textit)\b|[{}~]", " ", text).split())


def _inner(text: str) -> str:
    """The words that a formula has between its statements; a new line parts them."""
    words = re.sub(r"\\\\", " ; ", _WORDS.sub(r" \1 ", text))
    return " ".join(
        re.sub(r"\\(?:begin|end|label|tag)\s*\{[^{}]*\}|\\[A-Za-z]+|[^A-Za-z,;.:()'\s-]", " ", words).split()
    )
