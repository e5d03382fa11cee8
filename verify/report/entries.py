"""Errors and remarks as an author would want them: each once, with what follows from it, and what is told of it.

An error stands with what follows from it; the same remark at several places stands once, with all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from derive.records import dataclass
from verify.report.chains import Chain, Faults
from verify.report.consequences import (
    ASSUMPTION,
    CONTRADICTION,
    CONVENTION,
    FORMULAS,
    GAP,
    STATEMENT,
    Consequence,
    consequence,
    of_chain,
)
from verify.report.place import Links
from verify.report.words import Item, against, printed, right, sentence, why
from verify.text.escape import one_line
from verify.text.medium import MARKDOWN, Medium
from verify.text.numbers import correct

MAX_SHOWN = 250  # characters of a formula; its page has it whole


@dataclass(frozen=True, slots=True)
class Entry:
    """An error with what follows from it, or a remark with the other places that it is about."""

    consequence: Consequence
    item: Item
    heirs: tuple[Item, ...]
    also: tuple[Item, ...]
    faults: Faults


# -- what belongs together ------------------------------------------------------------------------------


def entries(cases: Iterable[Sequence[Item]]) -> list[Entry]:
    """The errors among the claims of each case, in order, what is the same at several places once."""
    return _merged([e for items in cases for e in _of_case(items)])


def _of_case(items: Sequence[Item]) -> Iterator[Entry]:
    """The errors of a case, in its order."""
    faults = Faults(items)
    at = {i.result.id: k for k, i in enumerate(items)}
    groups = _contradictions(items)
    grouped = {i.result.id for group in groups for i in group}
    chains = [c for c in faults.chains if c.origin.result.id not in grouped]
    listed = {i.result.id for c in chains for i in (c.origin, *c.heirs)} | grouped
    alone = [Chain(i, ()) for i in items if i.result.id not in listed and consequence(i.result) is not None]
    made = [
        *(
            Entry(of_chain([c.origin.result, *(h.result for h in c.heirs)]), c.origin, c.heirs, (), faults)
            for c in chains
        ),
        *(Entry(of_chain([c.origin.result]), c.origin, (), (), faults) for c in alone),
        *(Entry(CONTRADICTION, group[0], (), tuple(group[1:]), faults) for group in groups),
    ]
    yield from sorted(made, key=lambda e: at[e.item.result.id])


def _contradictions(items: Sequence[Item]) -> list[list[Item]]:
    """The claims of a case that can't all stand, those that name each other together; who names most of the others is first."""
    others = {i.result.id: i for i in items if i.result.verdict == "inconsistent"}
    groups: list[set[str]] = []
    for name, item in others.items():
        group = {name, *against(item)} & set(others)
        for other in [g for g in groups if g & group]:
            groups.remove(other)
            group |= other
        groups.append(group)
    order = list(others)
    return [
        sorted((others[n] for n in group), key=lambda i: (-len(against(i)), order.index(i.result.id)))
        for group in groups
    ]


def _merged(entries: Sequence[Entry]) -> list[Entry]:
    """What is the same at several places, word by word, stands once: a remark, or a part to put in the place of another."""
    made: dict[object, Entry] = {}
    for number, e in enumerate(entries):
        first = made.setdefault(_same(e) or number, e)
        if first is not e:
            made[_same(e)] = replace(first, also=(*first.also, e.item))
    return list(made.values())


def _same(e: Entry) -> object:
    """What two entries have in common that need not be told twice; None of what stands by itself."""
    if e.heirs or e.consequence is CONTRADICTION or e.item.result.printed is not None:
        return None
    because, condition = reviewed(e.item), _condition(e.item)
    if e.consequence in (ASSUMPTION, CONVENTION, GAP, STATEMENT):
        name = e.item.claim.texts.get("standard name") if e.item.claim is not None else ""
        return (e.consequence.heading, because, condition, name) if because else None
    put = put_for(e.item)
    return (e.item.case.name, place(e.item), put) if put is not None else None


# -- what is told ---------------------------------------------------------------------------------------


def told(e: Entry, links: Links) -> list[str]:
    """The sentences of an entry, as markup: what is said and what should be, why, where else. Of a contradiction the reason."""
    if e.consequence is CONTRADICTION:
        return [why_so(e.item, links)]
    said = [_told(e, e.item, links.medium), why_so(e.item, links)]
    if _in_words(e.item):
        said = [said[1], _as_formula(e.item, links.medium)]
    return [part for part in (*said, _also(e, links)) if part]


def below(e: Entry, links: Links) -> Iterator[tuple[Item, list[str]]]:
    """What stands below an entry: the claims that follow from it, or that it contradicts, with their sentences."""
    if e.consequence is CONTRADICTION:
        yield from ((i, [printed(i, MAX_SHOWN, links.medium)]) for i in e.also)
        return
    for heir in e.heirs:
        yield heir, [part for part in (_told(e, heir, links.medium), _follows(e, heir, links)) if part]


def where(item: Item, links: Links) -> str:
    """Where it stands, with a link to the claim."""
    return links.claim(item.case.name, item.result.id, links.medium.strong(links.medium.text(place(item))))


def _also(e: Entry, links: Links) -> str:
    others = [i for i in e.also if place(i) != place(e.item)]
    return f"The same in {', '.join(where(i, links) for i in others)}." if others else ""


def _in_words(item: Item) -> bool:
    """Whether the document says in words what the case has put into a formula: then a person's words say it best."""
    by_formula = item.result.printed is None and item.result.evidence.get("method") != "probe"
    return (
        by_formula and item.result.kind not in FORMULAS and bool(reviewed(item)) and consequence(item.result) is not GAP
    )


def _as_formula(item: Item, medium: Medium) -> str:
    said, condition = _said(item, medium), _condition(item, medium)
    if not said:
        return f"(True if {condition}.)" if condition and item.result.verdict == "holds-if" else ""
    if item.result.verdict == "holds-if":
        return f"(As a formula: {said}, if {condition}.)" if condition else f"(As a formula: {said}.)"
    return f"(As a formula, refuted: {said}.)" if item.result.verdict == "wrong" else f"(As a formula: {said}.)"


def _told(e: Entry, item: Item, medium: Medium) -> str:
    """What is printed, and what should stand there, or what it takes to hold."""
    said = _said(item, medium)
    if item.result.verdict == "underspecified" and reviewed(item):
        return ""
    if item.result.verdict == "holds-if":
        condition = _condition(item, medium)
        if item.result.evidence.get("method") == "probe":
            return " ".join([*([f"{said}."] if said else []), *([f"The condition: {condition}."] if condition else [])])
        if condition and e.consequence is ASSUMPTION:
            return f"{said} holds only if {condition}." if said else f"Holds only if {condition}."
        return f"{said}." if said else ""
    if item.result.verdict == "convention":
        name = item.claim.texts.get("standard name", "") if item.claim is not None else ""
        told = f"{said}, unlike {medium.text(name)}" if said and name else said
        standard = right(item, medium, MAX_SHOWN)
        standard = f" The standard form: {standard}." if standard else ""
        return f"{told}.{standard}" if told else standard.strip()
    should = corrected(e.faults, item, medium, MAX_SHOWN)
    if item.result.printed is not None:
        return f"{said}, should be {medium.strong(should)}." if should else f"{said}."
    if (put := put_for(item)) is not None:
        old, new, where = put
        mended = f"for {medium.code(old)} read {medium.strong(medium.code(new))}"
        mended += f" (where {medium.code(where)})" if where else ""
        return f"{said}: {mended}." if said else f"{mended[0].upper()}{mended[1:]}."
    if said and should and item.result.kind in FORMULAS:
        return f"{said}, and the left side is {should}."
    return f"{said}." if said else ""


def _said(item: Item, medium: Medium) -> str:
    """What the document says, typeset; as it was written down where that can't be typeset; "" where it is long."""
    made = printed(item, MAX_SHOWN, medium)
    return "" if made.startswith("(long") else made


def corrected(faults: Faults, item: Item, medium: Medium, longest: int = 10_000) -> str:
    """What should stand there instead: displayed arithmetic mended, or the right number or formula; "" where that is too long."""
    return medium.code(faults.mended(item)) or right(item, medium, longest)


def put_for(item: Item) -> tuple[str, str, str] | None:
    """Of a formula that is right with one part in the place of another: the old part, the new one, and where it is right.

    A step that mends it at the document's values alone, or that mends what was said in words, is none that an author can take.
    """
    put, claim = item.result.evidence.get("put"), item.claim
    if not isinstance(put, list) or claim is None or "values" in item.result.evidence:
        return None
    if item.result.kind not in FORMULAS or item.result.printed is not None:
        return None
    old, new, where = map(str, put)
    return old or claim.texts.get("equals", ""), new, where


def _condition(item: Item, medium: Medium = MARKDOWN) -> str:
    """The condition under which a claim holds: of a library in words, else in the language of cases."""
    evidence: Mapping[str, object] = item.result.evidence
    one, several = evidence.get("condition"), evidence.get("conditions")
    if isinstance(one, str) and one:
        return medium.text(one) if evidence.get("method") == "probe" else medium.code(one)
    return medium.code(" and ".join(map(str, several))) if isinstance(several, list) and several else ""


def reviewed(item: Item) -> str:
    """What was written down by who has looked at it, without the correct digits at its beginning: these stand before it."""
    because = item.claim.because if item.claim is not None else ""
    answer = correct(item.result.exact, item.result.printed)
    lead = re.match(re.escape(answer) + r"(?:[;,] |$)", because) if answer else None
    return because[lead.end() :] if lead else because


def why_so(item: Item, links: Links) -> str:
    """One sentence, by who has looked at it; else the reason of the verdict. What an input may be is told as well."""
    because = reviewed(item)
    allowed = item.result.verdict == "underspecified" and item.result.evidence.get("intervals")
    told = [_sentence(because, item, links)] if because else []
    return " ".join([*told, *([why(item, links)] if allowed or not told else [])])


def _sentence(said: str, item: Item, links: Links) -> str:
    """A sentence; a name at its beginning stays as it is."""
    made = sentence(said, item.case.name, links)
    word = re.match(r"[\w.]+\(?", said)
    names = {*item.case.symbols, *item.case.definitions}
    named = word is not None and (word[0] in names or re.search(r"[._\d]\w|\($", word[0]) is not None)
    return said[0] + made[1:] if named and made[:1] == said[:1].upper() else made


def _follows(e: Entry, heir: Item, links: Links) -> str:
    """What else it started from."""
    others = [i for i in e.faults.items if i.result.id in heir.result.origin and i not in (e.item, heir)]
    return f"It follows from {' and '.join(where(i, links) for i in others)}, too." if others else ""


# -- places ---------------------------------------------------------------------------------------------


def place(item: Item) -> str:
    """Where it stands, as one would say it: ``Section 3.5.4``, ``Eq. (7.1)``, ``Table 2.2 step 8``."""
    where = one_line(item.place)
    if re.match(r"\d+(\.\d+)*\b", where):
        return f"Section {where}"
    return f"Eq. {where}" if where.startswith("(") else where
