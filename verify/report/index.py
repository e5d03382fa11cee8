"""The index of a document's report: the errata list first, then the verdicts of every case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from verify.casefile.model import Case
from verify.report import implementations
from verify.report.chains import Chain, Faults
from verify.report.consequences import ALL, CONVENTION, Consequence, of_chain
from verify.report.place import ERRATA, MARKER, Links, page
from verify.report.wide import cell
from verify.report.words import MEANING, Item, count, printed, right, sentence, tally, verdict, why
from verify.results import Implementation
from verify.text.escape import code, text
from verify.text.tables import table

#: The rest, a section each.
REMARKS = (
    ("holds-if", "True only under a condition", "The document does not state the condition."),
    ("truncated", "Cut off instead of rounded", "The printed digits are right but for the rounding of the last."),
    ("underspecified", "Left out", "An input is missing. Where printed numbers determine it, this is what they allow."),
    ("undecided", "Not decided", "Errata could neither prove nor refute these. They count as open, not as right."),
)


def title(document: str) -> str:
    words = document.replace("-", " ").replace("_", " ").strip()
    return (words[:1].upper() + words[1:]) or "Report"


def index(
    document: str, items: Sequence[Item], links: Links, interrupted: bool, named: Sequence[Implementation] = ()
) -> str:
    """The page, as markdown."""
    parts = [
        *(_parts(document, items, links, interrupted) if items or not named else _of_functions(document, interrupted))
    ]
    return "\n\n".join([*parts, *(implementations.index(named) if named else ())]) + "\n"


def _of_functions(document: str, interrupted: bool) -> Iterator[str]:
    """The head of a document that is a catalogue of functions."""
    yield MARKER
    yield f"# {text(title(document))}"
    yield "Functions that people run, against the formulas that they document: value, gradient, second derivative, on every path."
    if interrupted:
        yield "**The run was interrupted; what follows is a part.**"


def _parts(document: str, items: Sequence[Item], links: Links, interrupted: bool) -> Iterator[str]:
    yield MARKER
    yield f"# {text(title(document))}: errata"
    cases = by_case(items)
    counted = f"{tally(Counter[str](i.result.verdict for i in items))}, in {count(len(cases), 'case')}."
    yield f"{counted} [The same by consequence, with a list to paste]({ERRATA})." if items else counted
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


def by_case(items: Sequence[Item]) -> dict[str, list[Item]]:
    cases: dict[str, list[Item]] = {}
    for item in items:
        cases.setdefault(item.case.name, []).append(item)
    return cases


_COLUMNS = ("Where", "Printed", "Should be", "Verdict", "Why")


def _row(item: Item, faults: Faults, links: Links, heir_of: Item | None = None) -> list[str]:
    where = links.claim(item.case.name, item.result.id, text(item.place))
    own = page(item.case.name)
    should = code(faults.mended(item)) or cell(item, right(item), own)
    told, because = why(item, links), sentence(item.claim.because if item.claim else "", item.case.name, links)
    if item.result.verdict == "underspecified":
        told = f"{because} {told}".strip()
    elif because and item.result.verdict != "inherited":
        told = because  # a person has looked at it, and says it better
    if heir_of is not None:
        where = f"↳ {where}"
        others = [o for o in item.result.origin if o not in (heir_of.result.id, item.result.id)]
        if others:
            told += " " + sentence(f"it also started at {', '.join(others)}", item.case.name, links, named=others)
    return [where, cell(item, printed(item), own), should, verdict(item.result.verdict), told]


def _errors(cases: dict[str, list[Item]], links: Links) -> Iterator[str]:
    yield "## What to change"
    found = {name: Faults(items) for name, items in cases.items()}
    graded = [(_means(chain), name, chain) for name, faults in found.items() for chain in faults.chains]
    must = [entry for entry in graded if entry[0] is not CONVENTION]
    if must:
        carried = sum(len(chain.heirs) for *_, chain in must)
        tail = f" A row with ↳ follows from the error above it; there {'are' if carried != 1 else 'is'} {carried}."
        yield f"{count(len(must), 'place')} to mend, the gravest first.{tail if carried else ''}"
    else:
        yield "Nothing: no claim was found wrong."
    for c in (c for c in ALL if c is not CONVENTION):
        if any(entry[0] is c for entry in must):
            yield f"### {c.heading}"
            yield from _tables([(name, chain) for means, name, chain in must if means is c], found, cases, links)
    if len(must) < len(graded):
        yield "## Conventions"
        yield f'{CONVENTION.explained} The standard form stands in "Should be".'
        apart = [(name, chain) for means, name, chain in graded if means is CONVENTION]
        yield from _tables(apart, found, cases, links)


def _means(chain: Chain) -> Consequence:
    return of_chain([chain.origin.result, *(h.result for h in chain.heirs)])


def _tables(
    chains: Sequence[tuple[str, Chain]], found: dict[str, Faults], cases: dict[str, list[Item]], links: Links
) -> Iterator[str]:
    """A table a case: its errors, each with what follows from it."""
    for name in dict.fromkeys(name for name, _ in chains):
        yield f"#### {_heading(cases[name][0], links)}"
        rows = []
        for chain in (chain for own, chain in chains if own == name):
            rows.append(_row(chain.origin, found[name], links))
            rows.extend(_row(heir, found[name], links, chain.origin) for heir in chain.heirs)
        yield table(_COLUMNS, rows)


def _unlisted(word: str, cases: dict[str, list[Item]], links: Links) -> list[list[str]]:
    """The rows of the claims of a verdict that stand in no chain."""
    rows = []
    for items in cases.values():
        faults = Faults(items)
        chosen = [i for i in items if i.result.verdict == word and i.result.id not in faults.listed]
        rows += [_row(i, faults, links) for i in chosen]
    return rows


def _rounding(cases: dict[str, list[Item]], links: Links) -> Iterator[str]:
    """Inherited numbers whose origins are no faults."""
    if rows := _unlisted("inherited", cases, links):
        yield "## Carried on from rounded numbers"
        yield (
            "These were computed from numbers that are correctly rounded themselves. The last digits suffer; "
            "with unrounded intermediates they would be as given here."
        )
        yield table(_COLUMNS, rows)


def _remarks(word: str, heading: str, explained: str, cases: dict[str, list[Item]], links: Links) -> Iterator[str]:
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in _unlisted(word, cases, links)]
    if not rows:
        return
    yield f"## {heading}"
    yield explained
    columns = [c for c in _COLUMNS if c != "Verdict" and any(row[c] for row in rows)]
    names = {"Printed": "Input", "Should be": "Value"} if word == "underspecified" else {}
    yield table([names.get(c, c) for c in columns], [[row[c] for c in columns] for row in rows])


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
    section = case.source.get("section", "")
    return f"{section}: {case.title}" if section and case.title else case.title or section or case.name


def _heading(item: Item, links: Links) -> str:
    return links.case(item.case.name, text(heading(item.case)))
