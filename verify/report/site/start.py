"""The start page: totals, what to change by consequence and case, all functions and cases; and what the search looks through."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from verify.report.consequences import ALL, Consequence
from verify.report.contents import Document, Part
from verify.report.entries import Entry, below, entries, place, told, where
from verify.report.index import heading, title
from verify.report.place import Links, anchor
from verify.report.words import MEANING, Item, sentence
from verify.text.escape import one_line

UNDECIDED = Consequence(
    "Not decided",
    "is not decided",
    "are not decided",
    "Neither proved nor refuted. They count as open, and not as right.",
)
SAID = 160  # characters of a claim in the search
MANY = 400  # entries from which a browser lays out those far below only when they are near


def view(documents: Sequence[Document], links: Mapping[str, Links], interrupted: bool) -> dict[str, Any]:
    """What the template shows; ``links`` of each document, from the root."""
    total = Counter[str](i.result.verdict for d in documents for i in d.items)
    severities = list(_severities(documents, links))
    chapters = dict.fromkeys(g["chapter"] for s in severities for g in s["groups"])
    return {
        "title": title(documents[0].name) if len(documents) == 1 else f"{len(documents)} documents",
        "interrupted": interrupted,
        "total": total.total(),
        "holding": total["holds"],
        "words": words(total),
        "severities": severities,
        "many": sum(s["entries"] for s in severities) > MANY,
        "chapters": [(c, c) for c in chapters if c],
        "documents": [_document(d, links[d.name]) for d in documents],
        "meanings": list(MEANING.items()),
    }


def words(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """The verdicts that there are, the best first."""
    return [(w, n) for w in ("holds", *(w for w in MEANING if w != "holds")) if (n := counted.get(w, 0))]


def chapter(part: Part) -> str:
    """``Chapter 2`` of a case whose section, or else whose name, begins with that number; else ""."""
    found = re.match(r"\D{0,12}(\d+)", part.case.source.get("section", "") or part.case.name)
    return f"Chapter {found[1]}" if found else ""


def _severities(documents: Sequence[Document], links: Mapping[str, Links]) -> Iterable[dict[str, Any]]:
    """The entries of all documents by consequence, in each by case."""
    found: dict[str, list[tuple[Part, Links, Entry]]] = {}
    for d in documents:
        parts = {part.case.name: part for part in d.parts}
        for e in entries(part.items for part in d.parts):
            found.setdefault(e.consequence.heading, []).append((parts[e.item.case.name], links[d.name], e))
    for c in ALL:
        if chosen := found.get(c.heading):
            shown = [(part, own, _entry(e, own)) for part, own, e in chosen]
            yield _severity(c, shown)
    undecided = [
        (part, links[d.name], _undecided(i, links[d.name]))
        for d in documents
        for part in d.parts
        for i in part.items
        if i.result.verdict == "undecided"
    ]
    if undecided:
        yield _severity(UNDECIDED, undecided)


def _severity(c: Consequence, shown: Sequence[tuple[Part, Links, dict[str, Any]]]) -> dict[str, Any]:
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for part, own, e in shown:
        group = groups.setdefault(
            (part.case.document, part.case.name),
            {
                "heading": heading(part.case),
                "address": own.page(part.case.name),
                "chapter": chapter(part),
                "entries": [],
            },
        )
        group["entries"].append(e)
    return {
        "key": re.sub(r"[^a-z]+", "-", c.heading.lower()).strip("-"),
        "heading": c.heading,
        "explained": c.explained,
        "counted": c.one if len(shown) == 1 else c.many,
        "entries": len(shown),
        "groups": list(groups.values()),
    }


def _entry(e: Entry, links: Links) -> dict[str, Any]:
    return {
        "where": Markup(where(e.item, links)),
        "verdict": e.item.result.verdict,
        "told": [Markup(said) for said in told(e, links)],
        "below": [
            {
                "where": Markup(where(item, links)),
                "verdict": item.result.verdict,
                "told": [Markup(part) for part in said],
            }
            for item, said in below(e, links)
        ],
    }


def _undecided(item: Item, links: Links) -> dict[str, Any]:
    return {
        "where": Markup(where(item, links)),
        "verdict": "undecided",
        "told": [Markup(sentence(item.result.reason, item.case.name, links))],
        "below": [],
    }


def _document(d: Document, links: Links) -> dict[str, Any]:
    cases = []
    for part in d.parts:
        if part.has_page:
            counted = Counter[str](i.result.verdict for i in part.items)
            cases.append(
                {
                    "heading": heading(part.case),
                    "address": links.page(part.case.name),
                    "total": counted.total(),
                    "words": words(counted),
                }
            )
    return {"title": title(d.name), "cases": cases}


def searched(documents: Sequence[Document], links: Mapping[str, Links]) -> str:
    """All claims as a script that sets one variable: [number of the page, [anchor, id], verdict, where, what is said]."""
    pages: dict[str, int] = {}
    claims = []
    for d in documents:
        for item in d.items:
            page = pages.setdefault(links[d.name].page(item.case.name), len(pages))
            identity = [anchor(item.result.id), item.result.id]
            claims.append([page, identity, item.result.verdict, place(item), _said(item)])
    return f"window.errataClaims = {json.dumps({'pages': list(pages), 'claims': claims}, separators=(',', ':'))};\n"


def _said(item: Item) -> str:
    texts = item.claim.texts if item.claim is not None else {}
    keys = ("holds", "somewhere") if "of" not in texts else ("of", "equals")
    said = " = ".join(texts[k] for k in keys if texts.get(k)) or texts.get("shows", "")
    printed = f" = {item.result.printed}" if item.result.printed is not None else ""
    return one_line(f"{said}{printed}")[:SAID]
