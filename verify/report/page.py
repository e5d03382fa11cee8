"""The page of a case in markdown: what it is about, then its sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath

from verify.casefile.model import Case
from verify.report import sections
from verify.report.contents import Part
from verify.report.implementations import listed
from verify.report.index import heading
from verify.report.place import INDEX, MARKER, Links
from verify.report.values import Values
from verify.report.words import tally
from verify.text.escape import text


def page(part: Part, links: Links) -> str:
    """The page, as markdown."""
    return "\n\n".join(_parts(part, links)) + "\n"


def _parts(part: Part, links: Links) -> Iterator[str]:
    case, values = part.case, Values(part.case, part.values)
    yield MARKER
    yield f"# {text(heading(case))}"
    yield _source(case)
    yield from used(case, links)
    if part.items:
        yield f"{tally(Counter[str](i.result.verdict for i in part.items))}."
    for title, parts in (
        *sections.mathematics(part, links, values),
        *sections.claims(part, links, values),
        *sections.implementations(part, links),
    ):
        yield f"## {title}"
        yield from parts
    if part.named:
        yield "## Functions that people run"
        yield listed(part.named)


def _source(case: Case) -> str:
    back = f"[All errata of this document]({INDEX})"
    return f"In the document: {text(said)}. {back}" if (said := source(case)) else back


def source(case: Case) -> str:
    """``section 2.7, tables 2.1-2.3``: what a case says of where it is from, as plain text."""
    return ", ".join(f"{k} {v}" for k, v in case.source.items())


def used(case: Case, links: Links) -> Iterator[str]:
    """The names that are those of another case, as markup."""
    medium = links.medium
    by_file: dict[str, list[str]] = {}
    for name, place in case.elsewhere.items():
        by_file.setdefault(PurePath(place.file).stem, []).append(name)
    for stem, names in by_file.items():
        yield f"As in {links.case(stem, medium.text(stem))}: {', '.join(map(medium.code, names))}."
