"""What a document displays to its readers: sections, formulas, tables and numbers, each at its place.

Code, comments and blocks of claims are no part of it. One pass over the text, in which every search has an end, whatever is not
closed.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from itertools import islice

from derive.records import dataclass
from verify.document import tabular
from verify.document.blocks import blanked, fences, hidden
from verify.document.macros import Expanded, Macro, expanded, macros
from verify.document.passages import Passage
from verify.document.tabular import Line

MAX_FORMULA = 10_000  # characters of one that is read
MAX_FORMULAS = 20_000  # of one document
MAX_ROWS = 20_000
MAX_NUMBERS = 50_000
BEFORE = 60  # characters before a number that may say that it is that of a place
MAX_CELLS = 40  # of one of them
MAX_HEADING = 300

_ENVIRONMENTS = ("equation", "align", "gather", "multline", "eqnarray", "alignat", "flalign", "displaymath", "math")
_OPENING = re.compile(r"\\\\|\\[$%]|\$\$|\$|\\\[|\\\(|\\begin\{(" + "|".join(_ENVIRONMENTS) + r")(\*?)\}")
_NUMBERED = re.compile(r"(?:chapter\s+)?(\d+(?:\.\d+)*)\.?(?=\s|$)", re.I)
#: What is counted as a printed number: digits with a decimal point, perhaps times a power of ten, or with an exponent.
NUMBER = re.compile(
    r"(?<![\w.])[-−]?(?:\d+\.\d+(?!\.?\d)(?!\w)(?:\s*(?:\\times|\\cdot|×|\*)\s*10\s*\^\s*\{?\s*[-−]?\d+\s*\}?)?|\d+(?:\.\d+)?[eE][-+−]?\d+\b)"
)
#: In a cell of its own, digits in groups of three, too.
GROUPED = re.compile(r"[-−]?\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:\.\d+)?")
#: What a number stands behind that is that of a place.
_PLACE = re.compile(
    r"(?:Tables?|Figures?|Figs?|Sections?|Chapters?|Eqs?|Equations?|Appendix|Algorithm|Theorem|Lemma|Example|Exercise|Listing|Definition|Version|v|§)"
    r"\.?\s*(?:\d+(?:\.\d+)*\s*(?:,|and|to|-|–)\s*)*\(?$",
    re.I,
)
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]|[ \t]*\\(?:sub)*section")
_WORDS = re.compile(r"\\(?:text|mbox|textrm|textit|textbf|intertext)\s*\{[^{}]*\}")
_TAG = re.compile(
    r"\\l?eqno\s*\([^()]*\)|\(\s*[A-Z]?\d+\.\d+[a-z]?\s*\)\s*[.,]?\s*$|\\tag\*?\{[^{}]*\}|\\label\{[^{}]*\}"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a passage. ``section`` is the number of its section in the document's list of them."""

    passage: Passage
    start: int
    stop: int
    section: int

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.stop]

    @property
    def line(self) -> int:
        """Of the file; of a notebook in its cell."""
        return self.passage.lines.place(self.start)[0]


@dataclass(frozen=True, slots=True)
class Formula(Piece):
    """A formula without its delimiters, which it has in ``outer``; ``display`` where it stands on its own. ``unread`` says why it
    is not looked at further."""

    display: bool = True
    outer: tuple[int, int] = (0, 0)
    unread: str = ""
    expanded: Expanded | None = None  # where it has commands of the document's own

    @property
    def latex(self) -> str:
        """Without commands of the document's own."""
        return self.expanded.text if self.expanded else self.text

    def stretch(self, start: int, stop: int) -> tuple[int, int]:
        """Where in the passage a stretch of ``latex`` stands."""
        a, b = self.expanded.stretch(start, stop) if self.expanded else (start, stop)
        return self.start + a, self.start + b


@dataclass(frozen=True, slots=True)
class Row(Piece):
    """A row of a table: its cells, and the words above them; ``heads`` empty where there are none."""

    cells: tuple[Piece, ...] = ()
    heads: tuple[str, ...] = ()
    table: int = 0


@dataclass(slots=True)
class Section:
    """A heading and what stands below it. ``number`` is "2.8.1" or ""; ``level`` that of the heading. ``line`` is that in the
    ``cell`` of a notebook."""

    title: str
    number: str
    level: int
    line: int
    cell: int = 0


@dataclass(slots=True)
class Said:
    sections: list[Section] = field(default_factory=list)
    formulas: list[Formula] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    numbers: list[Piece] = field(default_factory=list)
    left_out: str = ""  # why not all of it was looked at
    texts: dict[int, str] = field(
        default_factory=dict
    )  # of the passages, without code, comments and blocks, by their cells


def said(passages: Sequence[Passage]) -> Said:
    """What a document displays, in its order."""
    found = Said([Section("", "", 0, 1)])
    tables = 0
    own = macros(p.text for p in passages if p.kind in ("markdown", "latex"))
    for p, text in hidden(passages):
        if p.kind not in ("markdown", "latex"):
            continue
        math, text = _without_code(p, text)
        found.texts[p.cell] = text
        starts, numbers = [0], [len(found.sections) - 1]
        for start, heading in _headings(p, text):
            found.sections.append(heading)
            starts.append(start)
            numbers.append(len(found.sections) - 1)

        section = partial(_section, starts, numbers)

        formulas = [Formula(p, *_bare(p.text, a, b), section(a), display, o) for a, b, display, o in math]
        for a, b, display, outer, why in _formulas(text):
            if len(found.formulas) + len(formulas) >= MAX_FORMULAS:
                found.left_out = f"more than {MAX_FORMULAS:,} formulas: what follows is left out"
                break
            formulas.append(Formula(p, *_bare(text, a, b), section(a), display, outer, why))
        formulas.sort(key=lambda f: f.start)
        formulas = [_without_own(f, own) for f in formulas]
        found.formulas += formulas
        rows = list(islice(_rows(p, text, section, tables), MAX_ROWS - len(found.rows)))
        tables = max([tables, *(r.table + 1 for r in rows)])
        found.rows += rows
        text = _with(text, p.text, [(a, b) for a, b, _, _ in math])
        left = MAX_NUMBERS - len(found.numbers)
        grouped = [(c.start, c.stop) for r in rows for c in r.cells if GROUPED.fullmatch(c.text)]
        each = sorted({*islice(_numbers(text, formulas, grouped), left + 1), *grouped[: left + 1]})
        found.numbers += [Piece(p, a, b, section(a)) for a, b in each]
        if len(found.numbers) > MAX_NUMBERS:
            del found.numbers[MAX_NUMBERS:]
            found.left_out = f"more than {MAX_NUMBERS:,} printed numbers: what follows is left out"
    return found


def _without_own(f: Formula, own: Mapping[str, Macro]) -> Formula:
    """A formula with the commands of the document's own written out."""
    if not own or f.unread:
        return f
    made = expanded(f.text, own)
    return f if made.text == f.text else replace(f, expanded=made)


# -- what is no part of it ----------------------------------------------------------------------------


#: Where a formula begins and ends, whether it is displayed, and where it does with its marks.
Marked = tuple[int, int, bool, tuple[int, int]]
#: As MyST has it (https://mystmd.org): options at the start of a block, blocks of colons, roles in a line.
_OPTIONS = re.compile(r"(?:[ \t]*:[A-Za-z-]+:[^\r\n]*(?:\r\n|\r|\n)|[ \t]*(?:\r\n|\r|\n))*")
_COLONS = re.compile(
    r"^[ \t]*(?P<colons>:{3,})[ \t]*\{math\}[^\r\n]*\r?\n(?:[ \t]*:[A-Za-z-]+:[^\r\n]*\r?\n)*"
    r"(?P<math>(?:[^:]|:(?!::)){1,10000}?)^[ \t]*(?P=colons)[ \t]*(?=[\r\n]|\Z)",
    re.M,
)
_ROLE = re.compile(r"\{math\}`(?P<math>[^`\r\n]{1,1000})`")


def _without_code(p: Passage, text: str) -> tuple[list[Marked], str]:
    """The text with blanks for code and comments; and formulas in fences, ```math, and in roles, {math}`x`."""
    math: list[Marked] = []
    if p.kind == "latex":
        body = re.search(r"\\begin\s*\{document\}", text)
        if body:
            text = blanked(text, [(0, body.end())])
        text = re.sub(r"(?<!\\)%[^\r\n]*", lambda m: " " * len(m[0]), text)
        for name in ("verbatim", "lstlisting", "minted", "comment"):
            text = _cut(text, f"\\begin{{{name}}}", f"\\end{{{name}}}")
        return math, _cut(text, "\\iffalse", "\\fi")
    code = list(fences(text))
    for info, start, stop, inner, end in code:
        if info.strip().lower() in ("math", "{math}") and end >= 0:
            said_ = _OPTIONS.match(text, inner, end)
            math.append((said_.end() if said_ else inner, end, True, (start, stop)))
    text = blanked(text, [(start, stop) for _, start, stop, _, _ in code])
    for m in _COLONS.finditer(text):
        math.append((*m.span("math"), True, m.span()))
    text = blanked(text, [m.span() for m in _COLONS.finditer(text)])
    math += [(*m.span("math"), False, m.span()) for m in _ROLE.finditer(text)]
    math.sort()
    text = _cut(text, "<!--", "-->")
    text = re.sub(r"(?<!`)(`{1,2})(?!`)[^`\r\n]{1,500}\1(?!`)", lambda m: " " * len(m[0]), text)
    return math, text


def _with(text: str, other: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text, in these stretches that of the other."""
    made, at = list[str](), 0
    for start, stop in spans:
        made += [text[at:start], other[start:stop]]
        at = stop
    return "".join([*made, text[at:]])


def _cut(text: str, opening: str, closing: str) -> str:
    spans, at = list[tuple[int, int]](), 0
    while (start := text.find(opening, at)) >= 0 and (stop := text.find(closing, start)) >= 0:
        at = stop + len(closing)
        spans.append((start, at))
    return blanked(text, spans)


# -- what is --------------------------------------------------------------------------------------------


_LEVELS = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5}


def _headings(p: Passage, text: str) -> Iterator[tuple[int, Section]]:
    if p.kind == "latex":
        counts = [0] * 7
        for m in re.finditer(r"\\(part|chapter|(?:sub){0,2}section|paragraph)(\*?)\s*\{([^{}\r\n]*)", text):
            level = _LEVELS[m[1]]
            counts[level] += not m[2]
            counts[level + 1 :] = [0] * (6 - level)
            number = ".".join(str(c) for c in counts[1 : level + 1] if c) if not m[2] and level < 5 else ""
            yield m.start(), Section(m[3].strip()[:MAX_HEADING], number, level, p.lines.place(m.start())[0], p.cell)
        return
    for h in re.finditer(r"^ {0,3}(#{1,6})(?P<title>[ \t]+[^\r\n]*)", text, re.M):
        title, written = h["title"], p.text[h.start("title") : h.end()]
        if "`" in written:  # names of code are words of it
            title = re.sub(r"<!--.*?-->", "", written).replace("`", "")
        title = title.rstrip(" \t#").strip().strip("*_")
        if not title:
            continue
        numbered = _NUMBERED.match(title)
        name = title[numbered.end() :].strip() if numbered else title
        line, _ = p.lines.place(h.start())
        yield h.start(), Section(name[:MAX_HEADING], numbered[1] if numbered else "", len(h[1]), line, p.cell)


LONG = f"longer than {MAX_FORMULA:,} characters"
_PARTED = re.compile(r"\n[ \t]*\r?\n")
#: What no display holds: a heading, or formulas in a line of text.
_FOREIGN = re.compile(r"^[ ]{0,3}#{1,6}[ \t]|^[ \t]*\\(?:sub)*section\b|(?<!\\)\$", re.M)


def _formulas(text: str) -> Iterator[tuple[int, int, bool, tuple[int, int], str]]:
    """Where each formula begins and ends, whether it is displayed, where it does with its delimiters, and why it can't be read. A
    display that is not closed ends with its paragraph."""
    at = 0
    last: dict[str, int] = {}  # where each closing sign stands last
    while (m := _OPENING.search(text, at)) is not None:
        at = m.end()
        sign = m[0]
        if sign in ("\\\\", "\\$", "\\%"):
            continue
        if sign == "$":
            closing = re.compile(r"(?<!\\)\$").search(text, at, at + MAX_FORMULA)
            inside = text[at : closing.start()] if closing else ""
            if not closing or not inside.strip() or re.search(r"\n[ \t]*\n|\n[ \t]*[|#]", inside):
                continue
            if text[closing.end() : closing.end() + 1].isdigit():  # two prices
                continue
            yield at, closing.start(), False, (m.start(), closing.end()), ""
            at = closing.end()
            continue
        end = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}.get(sign) or f"\\end{{{m[1]}{m[2]}}}"
        stop = text.find(end, at, at + MAX_FORMULA)
        if stop < 0 and sign == "\\(":
            continue
        if stop < 0 and last.setdefault(end, text.rfind(end)) >= at:
            stop = text.find(end, at)
        most = min(at + MAX_FORMULA, len(text) if stop < 0 else stop)
        gap = _PARTED.search(text, at, most)
        if stop < 0 or (gap and _FOREIGN.search(_WORDS.sub("", text[at:most]))):
            stop = gap.start() if gap else most
            begins = not text[text.rfind("\n", 0, m.start()) + 1 : m.start()].strip()
            if text[at:stop].strip() and (m[1] or (begins and (sign == "$$" or text[at : at + 1].isspace()))):
                yield at, stop, True, (m.start(), stop), f"not closed: no '{end}' follows"
            at = stop
            continue
        whole = m.start(), stop + len(end)
        plain = sign in ("$$", "\\[", "\\(") or m[1] in ("equation", "displaymath", "math")
        if text[at:stop].strip():
            yield *((at, stop) if plain else whole), sign != "\\(", whole, LONG if stop - at > MAX_FORMULA else ""
        at = whole[1]


def _bare(text: str, start: int, stop: int) -> tuple[int, int]:
    """A stretch without the blanks at its ends."""
    inside = text[start:stop]
    return start + len(inside) - len(inside.lstrip()), stop - len(inside) + len(inside.rstrip())


def _section(starts: Sequence[int], numbers: Sequence[int], at: int) -> int:
    """The number of the section that a character stands in."""
    return numbers[bisect.bisect_right(starts, at) - 1]


def _rows(p: Passage, text: str, section: Callable[[int], int], tables: int) -> Iterator[Row]:
    """The rows of tables: those of LaTeX, and cells parted by bars or by tabs, of at least two lines one after the other."""
    rows: list[Line] = []
    sign = ""

    def flush(ruled: bool = False) -> Iterator[Row]:
        nonlocal rows, tables
        lines, rows = rows, []
        if len(lines) < 2:
            return
        heads = tuple(text[a:b] for a, b in lines[0][2]) if ruled else _heads(text, lines)
        for start, stop, cells in lines[1 if heads else 0 :]:
            if any(re.fullmatch(r"\s*:?-+:?\s*", text[a:b]) for a, b in cells):
                continue
            k = section(start)
            yield Row(p, start, stop, k, tuple(Piece(p, a, b, k) for a, b in cells), heads, tables)
        tables += 1

    spans = []
    for lines, ruled, span in tabular.tables(text) if p.kind == "latex" else ():
        rows = [line for line in lines if len(line[2]) <= MAX_CELLS]
        yield from flush(ruled)
        spans.append(span)
    text = blanked(text, spans)
    for m in re.finditer(r"[^\r\n]+|\r\n|\r|\n", text):
        line = m[0]
        if line in ("\n", "\r", "\r\n"):
            continue
        blank = text[m.start() - 1 : m.start()] in ("\n", "\r") and text[max(m.start() - 2, 0) : m.start()] in (
            "\n\n",
            "\r\r",
        )
        here = "\t" if line.count("\t") >= 2 and line.strip() else "|" if re.match(r"\s*\|.*\|\s*$", line) else ""
        if here != sign or blank or not here:
            yield from flush()
        sign = here
        if here:
            cells = list(_split(line, here, m.start()))
            if len(cells) <= MAX_CELLS:
                rows.append((m.start(), m.end(), cells))
    yield from flush()


def _split(line: str, sign: str, at: int) -> Iterator[tuple[int, int]]:
    """The cells of a line, without the blanks around them. A bar in a formula parts none, nor one with a backslash."""
    start, stops = 0, list[int]()
    inside = False
    for k, c in enumerate(line):
        if c == "$":
            inside = not inside
        elif c in "()" and line[k - 1 : k] == "\\" and line[k - 2 : k - 1] != "\\":
            inside = c == "("
        elif c == sign and not (sign == "|" and (inside or line[k - 1 : k] == "\\")):
            stops.append(k)
    bounds = [*stops, len(line)]
    if sign == "|":
        start, bounds = bounds[0] + 1, bounds[1:-1] if not line[bounds[-2] + 1 :].strip() else bounds[1:]
    for stop in bounds:
        cell = line[start:stop]
        left = len(cell) - len(cell.lstrip())
        yield at + start + left, at + start + max(left, len(cell.rstrip()))
        start = stop + 1


def _heads(text: str, lines: Sequence[Line]) -> tuple[str, ...]:
    """What stands above the columns: a first row with a rule below it, or one without numbers and formulas."""
    first, second = ([text[a:b] for a, b in cells] for _, _, cells in lines[:2])
    if second and all(re.fullmatch(r":?-+:?", c) for c in second):
        return tuple(first)
    if all("$" in c for c in first) and not any("$" in c for c in second):
        return tuple(first)
    return tuple(first) if all(c and not re.search(r"[\d$=]", c) for c in first) else ()


def _numbers(
    text: str, formulas: Sequence[Formula], others: Sequence[tuple[int, int]] = ()
) -> Iterator[tuple[int, int]]:
    """The printed numbers, but for those of places and versions, in headings and in the tags of formulas, and in ``others``."""
    tags = [(f.start + m.start(), f.start + m.end()) for f in formulas for m in _TAG.finditer(text[f.start : f.stop])]
    begins = [a for a, _ in tags]
    for m in NUMBER.finditer(text):
        k = bisect.bisect_right(begins, m.start()) - 1
        if k >= 0 and m.start() < tags[k][1]:
            continue
        k = bisect.bisect_right(others, (m.start(), len(text))) - 1
        if k >= 0 and m.start() < others[k][1]:
            continue
        low = max(0, m.start() - MAX_HEADING)
        begin = max(text.rfind("\n", low, m.start()), text.rfind("\r", low, m.start()), low - 1) + 1
        before = text[max(begin, m.start() - BEFORE) : m.start()]
        if _HEADING.match(text, begin) or _PLACE.search(before):
            continue
        if not before.strip() and re.match(r"\s+[A-Z]", text[m.end() : m.end() + 3]):
            continue  # the number of an entry of a list of contents
        yield m.start(), m.end()
