"""Of what a document displays, which formulas and printed numbers the claims of its cases speak of.

A claim speaks of what its ``quote`` overlaps, of each formula that holds its ``latex``, and of the digits that it prints in the
section, the table or the equation that its ``where`` names; the values of symbols are those in the section of their case. Nothing
else is taken for it: a claim without any of these is about nothing that is seen here.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from itertools import accumulate
from pathlib import Path

from derive.records import dataclass
from verify.casefile.model import Case, Claim
from verify.casefile.quotes import Document
from verify.casefile.quotes import plain as without_space
from verify.document.passages import is_document, read
from verify.document.said import Formula, Piece, Said, Section, said

_TAG = re.compile(r"\(\s*(\d+(?:\.\d+)*[a-z]?)\s*\)\s*[.,]?\s*$|\\tag\*?\{([^{}]*)\}")

FORMULA, NUMBER = "formula", "number"
_WORD = {FORMULA: "displayed formulas", NUMBER: "printed numbers"}


@dataclass(frozen=True, slots=True)
class Thing:
    """A displayed formula or a printed number, with the ids of the claims that speak of it."""

    kind: str
    piece: Piece
    section: Section
    claims: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(self.piece.text.split())

    @property
    def unread(self) -> str:
        return self.piece.unread if isinstance(self.piece, Formula) else ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A document and what of it is spoken of."""

    file: str
    things: tuple[Thing, ...]
    left_out: str = ""

    def of(self, kind: str) -> tuple[int, int]:
        """How many there are of a kind, and of how many of them a claim speaks."""
        chosen = [t for t in self.things if t.kind == kind]
        return len(chosen), sum(bool(t.claims) for t in chosen)

    @property
    def percent(self) -> float | None:
        """Of what is displayed; None where nothing is."""
        return 100 * sum(bool(t.claims) for t in self.things) / len(self.things) if self.things else None

    @property
    def silent(self) -> list[Thing]:
        return [t for t in self.things if not t.claims]

    def sections(self) -> Iterator[tuple[str, Spoken]]:
        """By section, in the order of the document; those that display nothing are left out."""
        groups: dict[int, list[Thing]] = {}
        for t in self.things:
            groups.setdefault(t.piece.section, []).append(t)
        for things in groups.values():
            s = things[0].section
            yield " ".join(p for p in (s.number, s.title) if p) or "(no heading)", Spoken(self.file, tuple(things))


def cases_of(document: Path, cases: Iterable[Case]) -> list[Case]:
    """Those of the cases that name the document as their source, or stand in it."""
    there = document.resolve()
    found = []
    for case in cases:
        own = case.source.get("file")
        if Path(case.path).resolve() == there or (own and (Path(case.path).parent / own).resolve() == there):
            found.append(case)
    return found


def spoken(path: Path, cases: Sequence[Case]) -> Spoken:
    """What the claims of cases speak of in a document. Raises Unreadable."""
    assert is_document(path)
    passages = read(path)
    shown = said(passages)
    document = Document(path)
    index = _Index(shown)
    found: dict[int, dict[str, None]] = {}
    for case in cases:
        for k, name in index.given(case):
            found.setdefault(k, {})[f"symbols: {name}"] = None
        for claim in case.claims:
            for k in {*index.quoted(document, claim), *index.written(claim), *index.printed(claim)}:
                found.setdefault(k, {})[claim.id] = None
    things = tuple(
        Thing(kind, piece, shown.sections[piece.section], tuple(found.get(k, ())))
        for k, (kind, piece) in enumerate(index.things)
    )
    return Spoken(str(path), things, shown.left_out)


@dataclass(slots=True)
class _Index:
    """What a document displays, to be looked up."""

    shown: Said
    things: list[tuple[str, Piece]] = field(default_factory=list)
    joined: str = ""  # all formulas without white space, one a line
    begins: list[int] = field(default_factory=list)  # where each thing begins in it
    tagged: dict[str, list[int]] = field(default_factory=dict)  # formulas by their numbers
    digits: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.things = [
            *((FORMULA, f) for f in self.shown.formulas if f.display),
            *((NUMBER, n) for n in self.shown.numbers),
        ]
        self.things.sort(key=lambda t: (t[1].passage.cell, t[1].start))
        plain = [without_space(p.text) if kind == FORMULA else "" for kind, p in self.things]
        self.joined = "\n".join(plain)
        self.begins = list(accumulate((len(text) + 1 for text in plain), initial=0))[:-1]
        for k, (kind, piece) in enumerate(self.things):
            if kind == NUMBER:
                self.digits.setdefault(_digits(piece.text), []).append(k)
            else:
                for m in _TAG.finditer(piece.text):
                    self.tagged.setdefault(m[1] or m[2], []).append(k)

    def quoted(self, document: Document, claim: Claim) -> Iterator[int]:
        """What the quote overlaps, where it has one place."""
        spans = document.spans(claim.quote) if claim.quote else []
        if len(spans) != 1:
            return
        ((cell, start, stop),) = spans
        for k, (_, piece) in enumerate(self.things):
            if piece.passage.cell == cell and piece.start < stop and start < piece.stop:
                yield k

    def written(self, claim: Claim) -> Iterator[int]:
        """The formulas that say what its ``latex`` does, and the numbers in these."""
        latex = without_space(claim.texts.get("latex", "")).rstrip(".,;")
        if not latex:
            return
        at = self.joined.find(latex)
        while at >= 0:
            k = bisect.bisect_right(self.begins, at) - 1
            yield k
            yield from (j for j in self.inside(k) if without_space(self.things[j][1].text) in latex)
            at = self.joined.find(latex, at + len(latex))

    def inside(self, k: int) -> Iterator[int]:
        """The numbers in a formula: what follows it as long as it goes on."""
        formula = self.things[k][1]
        for j in range(k + 1, len(self.things)):
            kind, piece = self.things[j]
            if piece.passage is not formula.passage or piece.start >= formula.stop:
                return
            if kind == NUMBER:
                yield j

    def printed(self, claim: Claim) -> Iterator[int]:
        """Its digits, and those of displayed arithmetic, in the place that it names; and the formula of that number."""
        tags = set(re.findall(r"\(?(?<![\w.])(\d+(?:\.\d+)*)\)?", claim.where)) if claim.where else set()
        if not tags:
            return
        if re.search(r"\b(Eq|Equation|Formula)", claim.where, re.I):
            yield from (k for tag in tags for k in self.tagged.get(tag, ()))
        for text in (claim.prints or "", *claim.literals):
            for k in self.digits.get(_digits(text), ()) if text else ():
                if any(self._stands(self.things[k][1], tag) for tag in tags):
                    yield k

    def given(self, case: Case) -> Iterator[tuple[int, str]]:
        """The digits of symbols, in the section that is the case's source; with their names."""
        section = case.source.get("section", "")
        for symbol in case.symbols.values() if section else ():
            for text in symbol.texts:
                yield from (
                    (k, symbol.name)
                    for k in self.digits.get(_digits(text), ())
                    if self._stands(self.things[k][1], section)
                )

    def _stands(self, piece: Piece, tag: str) -> bool:
        """Whether a piece stands in the section, or under the caption of the table, of that number."""
        section = self.shown.sections[piece.section]
        number = section.number or section.title
        return number == tag or number.startswith(f"{tag}.") or self._table(piece) == tag

    def _table(self, piece: Piece) -> str:
        """The number of the table that a piece may stand in: that of the last caption above it, in its section."""
        above = piece.passage.text[max(0, piece.start - 4_000) : piece.start]
        captions = re.findall(r"^[^\n]{0,4}Table\s+(\d+(?:\.\d+)*)", above, re.M)
        return captions[-1] if captions else ""


def _digits(text: str) -> str:
    """A printed number as text alone: 4.16e-7 however it is written, without its sign."""
    plain = re.sub(r"\s+", "", text).replace("−", "-").lstrip("-+=")
    return re.sub(r"(?:\\times|\\cdot|×|\*|x)10\^\{?(-?\d+)\}?", r"e\1", plain).replace("e+", "e")


def described(found: Spoken) -> str:
    """The whole in a line."""
    if found.percent is None:
        return f"{found.file}: no displayed formula and no printed number was found"
    parts = []
    for kind, word in _WORD.items():
        count, claimed = found.of(kind)
        parts.append(f"{claimed:,} of {count:,} {word}")
    return f"{found.file}: claims speak of {' and '.join(parts)}, {int(found.percent * 10 + 1e-9) / 10:.1f} %"


__all__ = ["FORMULA", "NUMBER", "Spoken", "Thing", "cases_of", "described", "spoken"]
