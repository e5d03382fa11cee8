"""The statements of a section, in its order: those of its formulas, and those that the rows of its tables make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from derive.errors import ExpressionError, LooseCondition
from derive.language.latex.displays import statements
from derive.language.latex.identifiers import parts
from derive.language.latex.library import library
from derive.language.latex.statements import Printed, printed
from derive.language.latex.symbols import candidates, layer, pieces, raised
from derive.language.latex.tree import Group, Product, Relation, Scripted, Symbol, Tree
from derive.records import dataclass
from verify.document.passages import Passage, spot
from verify.document.said import GROUPED, NUMBER, Formula, Piece, Row
from verify.draft.conditions import ELEMENT, Role

_CELL = re.compile(
    r"\s*(?:\$(?P<dollars>[^$]+)\$|\\\((?P<round>.+)\\\))\s*|(?P<number>\s*\$?[-−]?\d[^$A-Za-z]*(?:[eE][-+−]?\d+|\\times[^$A-Za-z]*)?\$?\s*)"
)
_STEP = re.compile(r"\s*[Ss]tep\s+(\d+)\s*(?:\$?\s*(?:\\times|\\cdot|×|\*)\s*\$?\s*[Ss]tep\s+(\d+)\s*)?")
_LOST = re.compile(r"\s*=\s*\$?\s*\d[\d.]*.*")
#: What the columns of a table are called whose cell says what the quantity before it is.
_SAYS = re.compile(r"formula|expression|definition|equation|derivative|computation|value of|rule", re.I)
_INDEX = "ijklmnrst"
#: An element of something behind a statement.
_BESIDE = re.compile(rf"(?:(?<=quad)|(?<=[,;}}]))\s*{ELEMENT.pattern}")
#: What stands before a condition on what may be any number.
_FOR_ALL = re.compile(r"\\forall(?![A-Za-z])|\\(?:text|mbox|textrm)\s*\{[^{}]*\b(?:all|every|any|each)\b[^{}]*\}")
#: From where to where an index runs: no value of it.
_RUNS = re.compile(r"\\?[A-Za-z]+\s*=\s*[\w-]+\s*,(?:\s*\w+\s*,)*\s*\\[lc]?dots\s*(?:,\s*.+)?", re.S)
#: Bounds of several names at once: ``a, b > 0``, ``0 \le x, y \le 1``.
_NAME = r"\\?[A-Za-z]+(?:\s*_\s*(?:\{[^{}]*\}|\w))?"
_BOUND = r"\s*(?:[<>]|\\(?:leq?|geq?|neq?)(?![A-Za-z]))\s*"
_END = rf"(?:[-+]?\s*(?:\d+(?:\.\d+)?|{_NAME}))"
_BOX = re.compile(
    rf"(?P<low>[-+]?\s*\d+(?:\.\d+)?{_BOUND})?(?P<names>{_NAME}(?:\s*,\s*{_NAME})+)(?P<high>{_BOUND}{_END})?"
)
#: A line of a table.
_BAR = re.compile(r"[ \t]*\|")
ABOVE = "stands above a column of a table: what it says of the cells below is not read"


@dataclass(slots=True)
class Statement:
    """One thing that a formula says: ``latex`` as the document has it. ``prints`` is a number beside it in a table."""

    latex: str
    passage: Passage
    start: int
    stop: int
    where: str
    line: int
    tree: Tree | None = None
    ends: tuple[int, ...] = ()  # where the parts of a relation begin, in ``latex``
    prints: str = ""
    note: str = ""
    reason: str = ""  # why it is no statement that could be read
    role: Role = field(default_factory=Role)  # in its sentence
    apart: bool = False  # ``latex`` is no stretch of the document: put together of a row, or said of one of many

    @property
    def spot(self) -> str:
        return spot(self.passage.cell, self.line)

    def stretch(self, start: int, stop: int) -> tuple[int, int]:
        """Where a stretch of ``latex`` stands; the whole, where ``latex`` is not as the document has it."""
        literal = not self.apart and self.stop - self.start == len(self.latex)
        return (self.start + start, self.start + stop) if literal else (self.start, self.stop)


@dataclass(slots=True)
class Section:
    """What is drafted as one case: its formulas and rows, with the headings that they stand under."""

    number: str
    title: str
    line: int
    cell: int = 0
    level: int = 0
    parent: Section | None = None  # the one that it is a part of
    formulas: list[Formula] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    numbers: list[Piece] = field(default_factory=list)
    heads: dict[int, str] = field(default_factory=dict)  # of its sections, by their numbers in the document
    titles: dict[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)  # of its passages, without code and comments, by their cells

    @property
    def readable(self) -> list[Formula]:
        return [f for f in self.formulas if not f.unread]

    @property
    def name(self) -> str:
        return " ".join(p for p in (self.number, self.title) if p) or "Beginning"


def statements_of(section: Section, words: frozenset[str]) -> Iterator[Statement]:
    """All of a section, in its order."""
    in_rows = {(r.passage.cell, k) for r in section.rows for c in r.cells for k in range(c.start, c.stop + 1)}
    made = [
        s for f in section.formulas if (f.passage.cell, f.start) not in in_rows for s in _of_formula(f, section, words)
    ]
    made += _of_rows(section, words)
    yield from sorted(made, key=lambda s: (s.passage.cell, s.start))


def _of_formula(f: Formula, section: Section, words: frozenset[str]) -> Iterator[Statement]:
    text = f.latex
    where = section.heads.get(f.section, "")
    if f.unread:
        yield Statement(text, f.passage, f.start, f.stop, where, f.line, reason=f.unread)
        return
    if not f.display and not re.search(r"=|\\in\b|\\le|\\ge|\\ne|<|>|\\approx|:=", text):
        return
    if _RUNS.fullmatch(text.strip()):
        return
    if not f.display and _BAR.match(f.passage.text, f.passage.text.rfind("\n", 0, f.start) + 1, f.start):
        yield Statement(text, f.passage, f.start, f.stop, where, f.line, reason=ABOVE)
        return
    if tag := re.search(
        r"\\l?eqno\s*\(([^()]*)\)|\(\s*(\d+(?:\.\d+)+[a-z]?)\s*\)\s*[.,]?\s*$|\\tag\*?\{([^{}]*)\}", text
    ):
        where = f"{where}, Eq. {tag[1] or tag[2] or tag[3]}".lstrip(", ")
    text = re.sub(r"\\l?eqno\s*\([^()]*\)", lambda m: " " * len(m[0]), text)
    for s in split(Statement(text, f.passage, 0, len(text), where, f.line), words):
        s.start, s.stop = f.stretch(s.start, s.stop)
        s.line = f.passage.lines.place(s.start)[0]
        yield s


def split(whole: Statement, words: frozenset[str]) -> Iterator[Statement]:
    """The statements of a formula; one with a ``reason`` where it has none."""
    text = whole.latex
    box = _BOX.fullmatch(text.strip(" \n\t.,;~"))
    if box and (box["low"] or box["high"]) and "dots" not in text:
        for name in box["names"].split(","):
            yield from split(replace(whole, latex=f"{box['low'] or ''}{name.strip()}{box['high'] or ''}"), words)
        return
    try:
        found = statements(text, words)
    except ExpressionError as e:
        if m := _BESIDE.search(text):
            apart = replace(
                whole, latex=m[0], start=whole.start + m.start(), stop=whole.start + m.end(), reason=e.message
            )
            yield from split(replace(whole, latex=text[: m.start()] + " " * len(m[0]) + text[m.end() :]), words)
            yield apart
            return
        bare = _FOR_ALL.sub(lambda m: "\\quad".ljust(len(m[0])), text)
        if bare != text and isinstance(e, LooseCondition):
            yield from split(replace(whole, latex=bare), words)
            return
        whole.reason = e.message
        yield whole
        return
    if found.quantified or (text.lstrip().startswith("\\begin") and len(found.statements) == 1):
        if len(found.statements) == 1:
            whole.tree = found.statements[0].tree
            whole.ends = _ends(whole.tree, 0, text)
        else:
            whole.reason = "several statements of an index: each is a claim of its own"
        yield whole
        return
    for s in found.statements:
        start = _whole(text, s.start, s.stop)
        latex = text[start : s.stop]
        if "\\begin" not in latex:
            latex = re.sub(r"(?<!\\)&", " ", latex)  # of aligned lines
        made = Statement(
            latex, whole.passage, whole.start + start, whole.start + s.stop, whole.where, whole.line, s.tree,
            _ends(s.tree, start, latex), whole.prints, whole.note, role=whole.role
        )  # fmt: skip
        if whole.apart:
            made.start, made.stop, made.apart = whole.start, whole.stop, True
        yield made


def _ends(tree: Tree, start: int, latex: str) -> tuple[int, ...]:
    if not isinstance(tree, Relation):
        return ()
    begins = [t.start - start for t in tree.parts]
    stops = [*begins[1:], len(latex)]
    return tuple(_whole(latex, max(a, 0), b) for a, b in zip(begins, stops, strict=True))


def _whole(text: str, start: int, stop: int) -> int:
    """Where a stretch begins with the command whose braces it begins in: of ``\\mathbf{w}_3`` the reader tells the letter."""
    for _ in range(5):
        inside = re.sub(r"\\[{}]", "", text[start:stop])
        if inside.count("}") <= inside.count("{") or not (m := re.search(r"\\[A-Za-z]+\s*\{\s*$", text[:start])):
            return start
        start = m.start()
    return start


def part(s: Statement, k: int) -> str:
    """The k-th part of a chain of equalities, as it is written."""
    stop = s.ends[k + 1] if k + 1 < len(s.ends) else len(s.latex)
    return re.sub(r"(?:=|:=|\\coloneqq|\\equiv|:|\\approx|&|\\\\|\s)+$", "", s.latex[s.ends[k] : stop]).strip()


def name_of(tree: Tree, known: Callable[[str], bool]) -> str:
    """The name that a symbol on its own has: one that is known, or else the first that it may have; "" for anything else, and for
    what has an index."""
    if not (isinstance(tree, Symbol) or (isinstance(tree, Scripted) and isinstance(tree.base, Symbol))):
        return ""
    s, below, above, primes = parts(tree)
    inside = layer(above) if above else None
    sub, layers, sup = (
        pieces(below) if below else [],
        pieces(inside) if inside else [],
        raised(above) if above else None,
    )
    if primes or sub is None or layers is None or (above and not (sup or layers)):
        return ""
    names = list(candidates(s.word, s.accents, [*layers, *sub], sup))
    found = [n for n in names if known(n)]
    if found:
        return found[0]
    if any(len(p) == 1 and p[0] in _INDEX for p in (*layers, *sub)):
        return ""
    return next((n for n in names if n.isidentifier()), "")


def base_of(tree: Tree) -> str:
    """The name of a symbol without its index; "" for what has none."""
    if not isinstance(tree, Scripted) or not isinstance(tree.base, Symbol) or not parts(tree)[1]:
        return ""
    return name_of(tree.base, lambda n: False)


def function_of(tree: Tree) -> str:
    """The name before a bracket of nothing but symbols, ``f(x, y)``, but for functions of the language; "" for anything else."""
    match tree:
        case Product(items=(("", Symbol() | Scripted() as f), ("", Group(bracket="(", items=inside)))):
            pass
        case _:
            return ""
    base = f.base if isinstance(f, Scripted) else f
    plain = all(isinstance(t, Symbol) or (isinstance(t, Scripted) and isinstance(t.base, Symbol)) for t in inside)
    if not plain or not isinstance(base, Symbol) or (not base.accents and library(base.word)):
        return ""
    return name_of(f, lambda n: False)


def digits_of(tree: Tree) -> str:
    """A numeral, or a vector or matrix of them, as a case writes it; "" for anything else."""
    base = tree.base if isinstance(tree, Scripted) and [t.text for t in tree.above] in (["top"], ["T"]) else tree
    found = printed(base)
    return "" if found is None else _written(found)


def _written(digits: Printed) -> str:
    return digits if isinstance(digits, str) else f"[{', '.join(map(_written, digits))}]"


def listed(tree: Tree) -> tuple[Tree, ...]:
    """The entries of a list in brackets."""
    return tree.items if isinstance(tree, Group) and tree.bracket == "(" and len(tree.items) > 1 else ()


# -- tables -------------------------------------------------------------------------------------------


def _of_rows(section: Section, words: frozenset[str]) -> Iterator[Statement]:
    quantities: Mapping[tuple[int, str], str] = _quantities(section.rows)
    for row in section.rows:
        yield from _of_row(row, quantities, section.heads.get(row.section, ""), words)


def _quantities(rows: Sequence[Row]) -> dict[tuple[int, str], str]:
    """What a row numbered so in the first column is about."""
    found: dict[tuple[int, str], str] = {}
    for row in rows:
        formulas = [formula for c in row.cells[1:] if (formula := _formula(_CELL.fullmatch(c.text)))]
        if row.cells and row.cells[0].text.isdigit() and formulas:
            found.setdefault((row.section, row.cells[0].text), formulas[0].partition("=")[0].strip())
    return found


def _of_row(
    row: Row, quantities: Mapping[tuple[int, str], str], where: str, words: frozenset[str]
) -> Iterator[Statement]:
    """A row says that its quantity is what its formula says, and what number that is."""
    cells = [(c, _CELL.fullmatch(c.text)) for c in row.cells]
    first = 1 if row.cells and re.fullmatch(r"\d+", row.cells[0].text) else 0
    step = f" step {row.cells[0].text}" if first and row.heads and row.heads[0].lower().startswith("step") else ""
    place = f"{where}{',' if where and step else ''}{step}".strip()
    formulas = [(k, formula) for k, (_, m) in enumerate(cells) if k >= first and (formula := _formula(m))]
    if not formulas or any("$" in h for h in row.heads[formulas[0][0] + 1 :]):
        return  # no quantity; or one for each of the columns, which have formulas above them
    at, quantity = formulas[0]
    whole = Statement(quantity, row.passage, row.start, row.stop, place, row.line, apart=True)
    rest = [(k, c, m) for k, (c, m) in enumerate(cells) if k > at]
    number = next(
        (_plain_number(m["number"]) for _, _, m in rest if m and m["number"] and _plain_number(m["number"])), ""
    )
    if lost := next((c.text for _, c, _ in rest if _LOST.fullmatch(c.text)), ""):
        whole.note = f"the table has '{lost}': a minus sign that was lost, or an equals sign that is none; not taken"
        number = ""
    if any(re.search(r"shape|dimension|size", h, re.I) for h in row.heads[at + 1 :]):
        return
    says = next((f for k, f in formulas[1:] if k == at + 1 or (k < len(row.heads) and _SAYS.search(row.heads[k]))), "")
    if not says and "=" not in quantity:
        says = _by_steps(rest, quantities, row)
    if re.search(r"=|<|>|\\le|\\ge|\\in\b", quantity):
        pass
    elif says and "=" not in says and not re.fullmatch(r"\s*\([^()]*,[^()]*\)\s*", says):
        whole.latex = f"{quantity.strip()} = {says.strip()}"
    elif number:
        whole.latex = f"{quantity.strip()} = {number}"
        whole.prints, number = "", ""
    else:
        return
    whole.prints = number
    yield from split(whole, words)


def _by_steps(
    rest: Sequence[tuple[int, Piece, re.Match[str] | None]], known: Mapping[tuple[int, str], str], row: Row
) -> str:
    """``Step 7 x Step 8`` by what these rows are about."""
    for _, cell, _ in rest:
        m = _STEP.fullmatch(cell.text)
        if m and all((row.section, n) in known for n in m.groups() if n):
            return " ".join(
                rf"\left({known[row.section, n]}\right)" if m[2] else known[row.section, n] for n in m.groups() if n
            )
    return ""


def _formula(m: re.Match[str] | None) -> str:
    """The formula of a cell."""
    return (m["dollars"] or m["round"] or "") if m else ""


def _plain_number(text: str) -> str:
    """A cell that is a number: without dollars, and as formulas have it."""
    bare = text.strip().strip("$").strip().replace("−", "-")
    if GROUPED.fullmatch(bare):
        return re.sub(r"\s", "", bare)
    if m := re.fullmatch(r"(-?\d+(?:\.\d+)?)[eE]\+?(-?\d+)", bare):
        return rf"{m[1]} \times 10^{{{m[2]}}}"
    return bare if re.fullmatch(r"-?\d+(?:\.\d+)?", bare) or NUMBER.fullmatch(bare) else ""
