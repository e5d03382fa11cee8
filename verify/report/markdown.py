"""The report in markdown: a folder a document, in it an index with the errata list and a page a case.

Same results, same bytes: nothing in these pages depends on the time, the machine or where the files lie. What does
goes to ``machine.md``, which is not committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from verify.casefile.model import Case
from verify.report import implementations, pictures
from verify.report.contents import Document, documents
from verify.report.errata import errata
from verify.report.index import index
from verify.report.machine import machine
from verify.report.page import page
from verify.report.place import ERRATA, INDEX, MACHINE, Links, folder, remove_stale, write_whole
from verify.report.place import page as page_name
from verify.results import Results


def write(results: Results, cases: Sequence[Case], out: Path) -> list[Path]:
    """Writes the pages of every document that the cases belong to, and returns their paths in order.

    Pages of a document that an earlier run wrote and this one did not are removed. Raises OSError.
    """
    written = []
    for document in documents(results, cases):
        directory = out / folder(document.name)
        pages = dict(_pages(document, results.interrupted))
        for name, made in pages.items():
            write_whole(directory / name, made)
        paths = [directory / name for name in pages]
        remove_stale(directory, paths)
        remove_stale(directory / implementations.FOLDER, paths)
        written += paths
    return written


def _pages(document: Document, interrupted: bool) -> Iterator[tuple[str, str]]:
    """File name and text of each, the index first."""
    name, items, named = document.name, document.items, document.named
    links = Links(frozenset(document.claims), document.claims)
    yield INDEX, index(name, items, links, interrupted, named)
    if items:
        yield ERRATA, errata(name, items, links, interrupted)
    for part in document.parts:
        if part.has_page:
            yield page_name(part.case.name), page(part, links)
        entries = {e.id: e for e in part.case.implementations}
        for i in part.named:
            drawn = list(pictures.of_implementation(i)) if pictures.available() else []
            yield implementations.page_name(i), implementations.page(i, entries.get(i.id), bool(drawn))
            for picture in drawn:
                yield implementations.picture_name(i), picture.svg
    yield MACHINE, machine(name, [c for part in document.parts for c in part.checks], named)
