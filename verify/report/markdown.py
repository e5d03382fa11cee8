"""The report in markdown: a folder a document, in it an index with the errata list and a page a case.

Same results, same bytes: nothing in these pages depends on the time, the machine or where the files lie. What does
goes to ``machine.md``, which is not committed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from verify.casefile.model import Case
from verify.report import implementations, pictures
from verify.report.errata import errata
from verify.report.index import index
from verify.report.machine import machine
from verify.report.page import page
from verify.report.place import ERRATA, INDEX, MACHINE, Links, folder, remove_stale, write_whole
from verify.report.place import page as page_name
from verify.report.words import Item
from verify.results import Check, Implementation, Results, Value


def write(results: Results, cases: Sequence[Case], out: Path) -> list[Path]:
    """Writes the pages of every document that the cases belong to, and returns their paths in order.

    Pages of a document that an earlier run wrote and this one did not are removed. Raises OSError.
    """
    written = []
    for document in dict.fromkeys(c.document for c in cases):
        directory = out / folder(document)
        pages = _pages(document, results, sorted((c for c in cases if c.document == document), key=_natural))
        for name, made in pages.items():
            write_whole(directory / name, made)
        paths = [directory / name for name in pages]
        remove_stale(directory, paths)
        remove_stale(directory / implementations.FOLDER, paths)
        written += paths
    return written


def _natural(case: Case) -> tuple[list[tuple[int, int, str]], str]:
    """Numbers in names by their value: 2.7 before 2.10."""
    parts = re.findall(r"(\d+)|(\D+)", case.name)
    return [(0, int(number), "") if number else (1, 0, word) for number, word in parts], case.name


def _pages(document: str, results: Results, cases: Sequence[Case]) -> dict[str, str]:
    """File name to text, the index first."""
    claims = {c.name: {claim.id: claim for claim in c.claims} for c in cases}
    by_case: dict[str, list[Item]] = {c.name: [] for c in cases}
    found = {c.name: c for c in cases}
    for r in results.claims:
        if r.document == document and r.case in found:
            by_case[r.case].append(Item(r, found[r.case], claims[r.case].get(r.id)))
    links = Links(frozenset(by_case), {name: frozenset(i.result.id for i in items) for name, items in by_case.items()})
    checks: dict[str, list[Check]] = {name: [] for name in by_case}
    for c in results.checks:
        if c.document == document and c.case in checks:
            checks[c.case].append(c)
    values: dict[str, list[Value]] = {name: [] for name in by_case}
    for v in results.values:
        if v.document == document and v.case in found:
            values[v.case].append(v)
    items = [i for each in by_case.values() for i in each]
    named = [i for i in results.implementations if i.document == document and i.case in found]
    named_in: dict[str, list[Implementation]] = {name: [] for name in found}
    for i in named:
        named_in[i.case].append(i)
    pages = {INDEX: index(document, items, links, results.interrupted, named)}
    if items:
        pages[ERRATA] = errata(document, items, links, results.interrupted)
    for case in cases:
        own = named_in[case.name]
        if case.claims or case.definitions or checks[case.name] or not own:
            pages[page_name(case.name)] = page(
                case, by_case[case.name], checks[case.name], links, own, values[case.name]
            )
        entries = {e.id: e for e in case.implementations}
        for i in own:
            pages[implementations.page_name(i)] = implementations.page(i, entries.get(i.id), case, pictures.drawn(i))
    pages[MACHINE] = machine(document, [c for each in checks.values() for c in each], named)
    if pictures.available():
        pages |= {implementations.picture_name(i): pictures.picture(i) for i in named if pictures.drawn(i)}
    return pages
