"""The sections of a document that are a case each, and the draft of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from derive.budget import steps
from verify.casefile.quotes import Document
from verify.document.passages import read
from verify.document.said import Said, said
from verify.draft.drafting import Drafter
from verify.draft.model import Drafted
from verify.draft.statements import Section

MAX_STATEMENTS, MOST = 5_000, 600  # of one document, of one section
ALL_STEPS = 600_000_000  # of work for looks whether formulas are true, a few minutes


def drafts(
    path: Path, depth: int = 2, only: Sequence[str] = (), shapes: Mapping[str, tuple[str, ...]] | None = None
) -> Iterator[Drafted]:
    """The drafts of the sections of a document that have formulas; ``shapes`` are those of names that it does not say itself.
    Raises Unreadable."""
    passages = read(path)
    until, left = steps() + ALL_STEPS, MAX_STATEMENTS
    document = Document(path)
    earlier: dict[str, str] = {}
    for section in sections(said(passages), depth):
        if (section.formulas or section.rows) and (not only or any(_chosen(section, o) for o in only)):
            drafter = Drafter(section, document, min(left, MOST), until, dict(earlier), shapes)
            drafted = drafter.drafted()
            left -= drafter.looked_at
            yield drafted
            place = section.number or f"'{section.title}'"
            earlier |= {d.name: f"{place}, line {d.s.line}: {d.reads}" for d in drafted.definitions}
            earlier |= {v.name: f"{place}, line {v.s.line}: {v.digits}" for v in drafted.values}


def _chosen(section: Section, word: str) -> bool:
    return word == section.number or section.number.startswith(f"{word}.") or word.lower() in section.title.lower()


def sections(found: Said, depth: int) -> list[Section]:
    """What is drafted as one case each: by the numbers of headings up to so many parts; where none has one, by levels."""
    numbered = sum(bool(s.number) for s in found.sections) > len(found.sections) // 3
    levels = sorted({s.level for s in found.sections[1:]})
    deepest = levels[min(depth, len(levels)) - 1] if levels else 0
    groups: list[Section] = []
    of: list[int] = []
    for s in found.sections:
        parts = s.number.split(".")[:depth] if s.number else []
        begins = not groups or (bool(parts) if numbered else s.level <= deepest)
        same = begins and numbered and groups and groups[-1].number == ".".join(parts)
        if begins and not same:
            number = ".".join(parts)
            groups.append(Section(number, s.title if number == s.number else "", s.line))
        of.append(len(groups) - 1)
        groups[-1].heads[len(of) - 1] = s.number or s.title
    for f in found.formulas:
        groups[of[f.section]].formulas.append(f)
    for r in found.rows:
        groups[of[r.section]].rows.append(r)
    for n in found.numbers:
        groups[of[n.section]].numbers.append(n)
    return groups
