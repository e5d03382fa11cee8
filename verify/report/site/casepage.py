"""The page of a case: its findings first, what the document says beside what is right; then the sections of all reports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from markupsafe import Markup

from verify.report import sections
from verify.report.chains import Faults
from verify.report.consequences import ALL, consequence
from verify.report.contents import Part
from verify.report.derived import floats
from verify.report.entries import corrected, place, reviewed
from verify.report.implementations import listed
from verify.report.index import heading, title
from verify.report.page import source, used
from verify.report.place import Links, anchor
from verify.report.site.hypertext import HTML
from verify.report.site.start import words
from verify.report.values import Values
from verify.report.words import Item, evidence, printed, quantity, sentence, why
from verify.results import Implementation
from verify.text import numbers

#: A picture of a claim: its address and what is to be seen.
Pictures = Callable[[Item], Sequence[dict[str, str]]]


def view(
    part: Part,
    links: Links,
    function: Callable[[Implementation], str],
    pictures: Sequence[dict[str, str]],
    of_claim: Pictures,
) -> dict[str, Any]:
    """What the template shows. ``function`` gives the address of a function's page, ``of_claim`` the pictures of a claim."""
    values = Values(part.case, part.values)
    counted = Counter[str](i.result.verdict for i in part.items)
    found = [
        *sections.claims(part, links, values),
        *sections.mathematics(part, links, values),
        *sections.implementations(part, links),
    ]
    if part.named:
        found.append(("Functions that people run", [listed(part.named, HTML, function)]))
    return {
        "document": title(part.case.document),
        "source": source(part.case),
        "heading": heading(part.case),
        "used": Markup(" ").join(map(Markup, used(part.case, links))),
        "total": counted.total(),
        "words": words(counted),
        "findings": list(_findings(part, links, values, of_claim)),
        "pictures": [*pictures, *(p for i in part.items if not sections.is_finding(i) for p in of_claim(i))],
        "sections": [
            {"key": _key(name), "title": name, "parts": [Markup(made) for made in parts]} for name, parts in found
        ],
    }


def _key(name: str) -> str:
    return "section-" + re.sub(r"[^a-z]+", "-", name.lower())


def _findings(part: Part, links: Links, values: Values, of_claim: Pictures) -> Iterable[dict[str, Any]]:
    """The gravest first."""
    faults = Faults(part.items)
    heirs: dict[str, list[Item]] = {c.origin.result.id: list(c.heirs) for c in faults.chains}
    chosen = [i for i in part.items if sections.is_finding(i)]
    for item in sorted(chosen, key=_gravity):
        yield _finding(item, links, values, faults, heirs.get(item.result.id, []), of_claim(item))


def _gravity(item: Item) -> int:
    found = consequence(item.result)
    return ALL.index(found) if found is not None else len(ALL)


def _finding(
    item: Item,
    links: Links,
    values: Values,
    faults: Faults,
    heirs: Sequence[Item],
    pictures: Sequence[dict[str, str]],
) -> dict[str, Any]:
    r, claim = item.result, item.claim
    is_number = claim is not None and claim.prints is not None and claim.of is not None
    texts = claim.texts if claim is not None else {}
    told = [sentence(reviewed(item), item.case.name, links, here=True), why(item, links, here=True)]
    told += [sentence(claim.note, item.case.name, links, here=True)] if claim is not None else []
    if r.quoted and r.quoted.lost:
        told.append(HTML.text(f"{r.quoted.lost.capitalize()}: {r.quoted.reason}."))
    origins = [o for o in r.origin if o != r.id]
    return {
        "verdict": r.verdict,
        "anchor": anchor(r.id),
        "id": r.id,
        "place": place(item),
        "quote": texts.get("quote", ""),
        "own": _own(texts.get("latex", "")),
        "numbers": list(_numbers(item, values)) if is_number else [],
        "said": Markup("" if is_number else printed(item, medium=HTML)),
        "should": Markup("" if is_number else corrected(faults, item, HTML)),
        "told": [Markup(t) for t in dict.fromkeys(told) if t],
        "how": Markup(evidence(r, HTML)[:1].upper() + evidence(r, HTML)[1:]),
        "pinned": "" if r.judged_as_pinned else r.pinned,
        "origins": _linked(origins, item, links),
        "heirs": _linked([h.result.id for h in heirs], item, links),
        "explain": f"{item.case.name} {r.id}",
        "file": f"{r.file}:{r.line}",
        "pictures": pictures,
    }


def _own(latex: str) -> Markup:
    """The formula as the document has it."""
    return Markup(HTML.math(latex)) if latex else Markup("")


def _numbers(item: Item, values: Values) -> Iterable[tuple[str, Markup]]:
    """What is printed, what is right, and what NumPy and Torch give; what is not known is left out."""
    assert item.claim is not None
    assert item.claim.of is not None
    value = values.of(item.claim.of)
    exact = item.result.exact or (value.exact if value is not None else None)
    shown = [
        ("Quantity", quantity(item.claim, HTML)),
        ("Document", HTML.text(item.result.printed or "")),
        ("Should be", HTML.strong(HTML.text(numbers.correct(item.result.exact, item.result.printed)))),
        ("Exact", HTML.text(numbers.exact(exact))),
        *zip(("NumPy", "Torch"), map(HTML.text, floats(value, exact)), strict=True),
    ]
    return [(label, Markup(said)) for label, said in shown if said and said != HTML.strong("")]


def _linked(names: Sequence[str], item: Item, links: Links) -> Markup:
    return Markup(", ").join(Markup(links.claim(item.case.name, n, HTML.code(n), here=True)) for n in names)
