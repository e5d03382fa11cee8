"""The sections of a document that are a case each, and the draft of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from derive.budget import steps
from derive.errors import nearest
from verify.casefile.quotes import Document
from verify.document.passages import read
from verify.document.said import Said, said
from verify.draft.drafting import Drafter
from verify.draft.inheritance import inherited
from verify.draft.model import Drafted
from verify.draft.statements import Section

MAX_STATEMENTS, MOST = 5_000, 600  # of one document, of one section
MOST_SHOWN = 12  # titles of sections in a message
TRUE = 3  # claims that names of another section make true, for each that they make false
ALL_STEPS = 600_000_000  # of work for looks whether formulas are true, a few minutes


def drafts(
    path: Path, depth: int = 2, only: Sequence[str] = (), shapes: Mapping[str, tuple[str, ...]] | None = None
) -> Iterator[Drafted]:
    """The drafts of the sections of a document that have formulas, or of those that words mean alone; ``shapes`` are those of
    names that it does not say itself. Raises Unreadable, Unclear."""
    passages = read(path)
    until, left = steps() + ALL_STEPS, MAX_STATEMENTS
    document = Document(path)
    earlier: dict[str, str] = {}
    made: dict[int, Drafted] = {}
    found = sections(said(passages), depth)
    meant = chosen(found, only)
    for section in found:
        wanted = any(section is one for one in meant)
        if not (section.formulas or section.rows) or not (wanted or any(_may_need(one, section) for one in meant)):
            continue
        above = [made[id(one)] for one in _above(section) if id(one) in made]
        beside = [d for d in made.values() if d.section.parent is section.parent and d not in above]
        drafter = Drafter(section, document, min(left, MOST), until, dict(earlier), shapes, inherited(above))
        drafted = drafter.drafted()
        if beside and (drafted.notes or drafted.values):
            other = Drafter(
                section, document, min(left, MOST), until, {}, shapes, inherited([*above, *beside])
            ).drafted()
            drafted = other if _reads_more(other, drafted) else drafted
        made[id(section)] = drafted
        left -= drafter.looked_at
        if wanted:
            yield drafted
        place = section.number or f"'{section.name}'"
        earlier |= {d.name: f"{place}, {d.s.spot}: {d.reads}" for d in drafted.definitions if not d.above}
        earlier |= {v.name: f"{place}, {v.s.spot}: {v.digits}" for v in drafted.values if not v.above}


def _may_need(section: Section, other: Section) -> bool:
    """Whether a section may take something over from another."""
    return other.parent is section.parent or any(other is one for one in _above(section))


def _reads_more(one: Drafted, other: Drafted) -> bool:
    """Whether a draft reads more than another, and finds no more that is false, or far more that is true, so that it is the
    document that errs; numbers of what is defined elsewhere are claims where the other defines nothing itself."""
    false, true = ([sum(c.truth == truth for c in d.claims) for d in (one, other)] for truth in ("refuted", "proved"))
    fewer = len(one.notes) - len(other.notes)
    more = len(one.claims) - len(other.claims)
    sound = false[0] <= false[1] or true[0] - true[1] >= TRUE * (false[0] - false[1])
    return sound and more >= 0 and (fewer < 0 or (fewer == 0 and more > 0 and not other.definitions))


def _above(section: Section) -> list[Section]:
    """The sections that one is a part of, the outermost first."""
    found: list[Section] = []
    while section.parent is not None:
        section = section.parent
        found.insert(0, section)
    return found


class Unclear(Exception):
    """A word that means no section, or more than one."""


def chosen(found: Sequence[Section], only: Sequence[str]) -> list[Section]:
    """The sections that the words mean, in the order of the document; all of them without words. Raises Unclear."""
    meant = [_meant(found, word) for word in only]
    return [s for s in found if not only or any(s is one for each in meant for one in each)]


def _meant(found: Sequence[Section], word: str) -> list[Section]:
    """Those of that number, or of that title; else the one whose title has the word."""
    plain = " ".join(word.split()).lower()
    if parts := [s for s in found if s.number and (s.number == word or s.number.startswith(f"{word}."))]:
        return parts
    if whole := [s for s in found if plain in (s.title.lower(), s.name.lower())]:
        return whole
    if plain and re.fullmatch(r"\d+(?:\.\d+)+", plain):
        inside = {head for s in found for head in s.heads.values()}
        parents = [s.number for s in found if s.number and plain in inside and plain.startswith(f"{s.number}.")]
        raise Unclear(
            f"'{word}' is a part of section {parents[-1]}: --depth {plain.count('.') + 1} parts them"
            if parents
            else f"there is no section '{word}'{nearest(word, [s.number for s in found])}"
        )
    some = [s for s in found if re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", s.title.lower())] if plain else []
    if len(some) == 1:
        return some
    if some:
        raise Unclear(f"'{word}' stands in the titles of {len(some)} sections: {_listed(some)}; say which")
    titles = [s.title for s in found if s.title]
    told = nearest(word, titles) or f"; there are {_listed([s for s in found if s.title])}" * bool(titles)
    raise Unclear(f"there is no section '{word}'{told}")


def _listed(found: Sequence[Section]) -> str:
    shown = ", ".join(f"'{s.name}'" for s in found[:MOST_SHOWN])
    return f"{shown} and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else shown


def _parent(new: Section, groups: Sequence[Section], numbered: bool) -> Section | None:
    """The section that a new one is a part of: by their numbers, or by the levels of their headings; else the text before all."""
    first = groups[0] if groups and not groups[0].number and not groups[0].title else None
    if numbered:
        return next((g for g in reversed(groups) if g.number and new.number.startswith(f"{g.number}.")), first)
    return next((g for g in reversed(groups) if g.title and g.level < new.level), first)


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
            new = Section(number, s.title if number == s.number else "", s.line, s.cell, s.level)
            new.parent = _parent(new, groups, numbered)
            groups.append(new)
        of.append(len(groups) - 1)
        groups[-1].heads[len(of) - 1] = s.number or s.title
        groups[-1].titles[len(of) - 1] = s.title
        groups[-1].texts = found.texts
    for f in found.formulas:
        groups[of[f.section]].formulas.append(f)
    for r in found.rows:
        groups[of[r.section]].rows.append(r)
    for n in found.numbers:
        groups[of[n.section]].numbers.append(n)
    return groups
