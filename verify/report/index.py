"""The index of a document's report: the errata list first, then the verdicts of every case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify.casefile.model import Case
from verify.report.escape import text
from verify.report.place import MARKER, Links
from verify.report.tables import table
from verify.report.words import MEANING, Item, count, printed, right, sentence, tally, verdict, why

#: Verdicts that ask for a change by themselves; an inherited number asks for it through its origin.
ERRORS = ("wrong", "inconsistent", "convention")

#: The rest, a section each.
REMARKS = (
    ("holds-if", "True only under a condition", "The document does not state the condition."),
    ("truncated", "Cut off instead of rounded", "The printed digits are right but for the rounding of the last."),
    ("underspecified", "Left out", "An input is missing. Where printed numbers determine it, this is what they allow."),
    ("undecided", "Not decided", "Errata could neither prove nor refute these. They count as open, not as right."),
)


@dataclass(frozen=True, slots=True)
class Chain:
    """An error and the numbers that inherited it, in the document's order."""

    origin: Item
    heirs: tuple[Item, ...]


def title(document: str) -> str:
    words = document.replace("-", " ").replace("_", " ").strip()
    return (words[:1].upper() + words[1:]) or "Report"


def index(document: str, items: Sequence[Item], links: Links, interrupted: bool) -> str:
    """The page, as markdown."""
    return "\n\n".join(_parts(document, items, links, interrupted)) + "\n"


def _parts(document: str, items: Sequence[Item], links: Links, interrupted: bool) -> Iterator[str]:
    yield MARKER
    yield f"# {text(title(document))}: errata"
    cases = _by_case(items)
    yield f"{tally(Counter[str](i.result.verdict for i in items))}, in {count(len(cases), 'case')}."
    if interrupted:
        yield "**The run was interrupted; what follows is a part.**"
    yield from _errors(cases, links)
    yield from _rounding(cases, links)
    for word, heading, explained in REMARKS:
        yield from _remarks(word, heading, explained, cases, links)
    yield "## All cases"
    yield _summary(cases, links)
    yield "## How to read this"
    yield "\n".join(f"- {verdict(word)}: {meaning}" for word, meaning in MEANING.items())
    yield (
        "Printed numbers are judged from the document's own inputs by exact arithmetic, never by floating point. "
        "In formulas, entries of vectors and matrices are counted from 1; in claim ids and expressions, from 0."
    )


def _by_case(items: Sequence[Item]) -> dict[str, list[Item]]:
    cases: dict[str, list[Item]] = {}
    for item in items:
        cases.setdefault(item.case.name, []).append(item)
    return cases


def chains(items: Sequence[Item]) -> list[Chain]:
    """The errors of a case, each with the numbers that inherited it; a number of several origins stands at the first."""
    by_id = {i.result.id: i for i in items}
    heirs: dict[str, list[Item]] = {}
    for item in items:
        start = _start(item, by_id)
        if start is not None:
            heirs.setdefault(start, []).append(item)
    return [
        Chain(item, tuple(heirs.get(item.result.id, ())))
        for item in items
        if item.result.verdict in ERRORS or item.result.id in heirs
    ]


def _start(item: Item, by_id: dict[str, Item]) -> str | None:
    """The first origin of an inherited number that is a fault itself; None where it comes from rounded numbers."""
    if item.result.verdict != "inherited":
        return None
    for origin in item.result.origin:
        found = by_id.get(origin)
        if found is not None and found is not item and found.result.verdict not in ("holds", "inherited"):
            return origin
    return None


_COLUMNS = ("Where", "Printed", "Should be", "Verdict", "Why")


def _row(item: Item, links: Links, heir_of: Item | None = None) -> list[str]:
    where = links.claim(item.case.name, item.result.id, text(item.place))
    because = sentence(item.claim.because, item.case.name, links) if item.claim and heir_of is None else ""
    reasons = [why(item, links), because]
    if heir_of is not None:
        where = f"↳ {where}"
        others = [o for o in item.result.origin if o not in (heir_of.result.id, item.result.id)]
        if others:
            reasons.append(sentence(f"it also started at {', '.join(others)}", item.case.name, links))
    told = " ".join(dict.fromkeys(r for r in reasons if r))
    return [where, printed(item), right(item), verdict(item.result.verdict), told]


def _errors(cases: dict[str, list[Item]], links: Links) -> Iterator[str]:
    yield "## What to change"
    found = {name: chains(items) for name, items in cases.items()}
    starts = sum(len(c) for c in found.values())
    if not starts:
        yield "Nothing: no claim was found wrong."
        return
    carried = sum(len(c.heirs) for each in found.values() for c in each)
    tail = f" A row with ↳ carries the error above it on; {count(carried, 'number')} do." if carried else ""
    yield f"{count(starts, 'place')} to mend, first things first.{tail}"
    for name, each in found.items():
        if not each:
            continue
        yield f"### {_heading(cases[name][0], links)}"
        rows = []
        for chain in each:
            rows.append(_row(chain.origin, links))
            rows.extend(_row(heir, links, chain.origin) for heir in chain.heirs)
        yield table(_COLUMNS, rows)


def _rounding(cases: dict[str, list[Item]], links: Links) -> Iterator[str]:
    """Inherited numbers whose origins are no faults."""
    rows = []
    for items in cases.values():
        in_chains = {id(h) for c in chains(items) for h in c.heirs}
        rows += [_row(i, links) for i in items if i.result.verdict == "inherited" and id(i) not in in_chains]
    if rows:
        yield "## Carried on from rounded numbers"
        yield (
            "These were computed from numbers that are correctly rounded themselves. The last digits suffer; "
            "with unrounded intermediates they would be as given here."
        )
        yield table(_COLUMNS, rows)


def _remarks(word: str, heading: str, explained: str, cases: dict[str, list[Item]], links: Links) -> Iterator[str]:
    rows = []
    for items in cases.values():
        heads = {id(c.origin) for c in chains(items)}
        rows += [_row(i, links) for i in items if i.result.verdict == word and id(i) not in heads]
    if not rows:
        return
    yield f"## {heading}"
    yield explained
    columns = [c for c in _COLUMNS if c != "Verdict"]
    shown = [[*r[:3], r[4]] for r in rows]
    if not any(r[2] for r in shown):
        columns.remove("Should be")
        shown = [[r[0], r[1], r[3]] for r in shown]
    yield table([{"Should be": "Value"}.get(c, c) if word == "underspecified" else c for c in columns], shown)


def _summary(cases: dict[str, list[Item]], links: Links) -> str:
    total = Counter[str](i.result.verdict for items in cases.values() for i in items)
    words = [w for w in dict.fromkeys(("holds", *MEANING)) if w in total]
    rows = []
    for items in cases.values():
        counts = Counter[str](i.result.verdict for i in items)
        rows.append([_heading(items[0], links), str(len(items)), *(str(counts[w] or "") for w in words)])
    if len(rows) > 1:
        rows.append(["all", str(total.total()), *(str(total[w]) for w in words)])
    return table(["Case", "Claims", *words], rows, right=("Claims", *words))


def heading(case: Case) -> str:
    """Section and title of a case, as plain text."""
    return f"{case.source.get('section', '')} {case.title}".strip() or case.name


def _heading(item: Item, links: Links) -> str:
    return links.case(item.case.name, text(heading(item.case)))
