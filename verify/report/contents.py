"""What a report is about: documents, the cases of each in natural order, and what was found of every case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from derive.records import dataclass
from verify.casefile.model import Case
from verify.report.words import Item
from verify.results import Check, Implementation, Results, Value


@dataclass(slots=True)
class Part:
    """A case with its claims, the checks of it, the functions that it is about, and the values of its quantities."""

    case: Case
    items: list[Item] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    named: list[Implementation] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)

    @property
    def has_page(self) -> bool:
        """Not of a case that is nothing but a list of functions: these have pages of their own."""
        return bool(self.case.claims or self.case.definitions or self.checks or not self.named)


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    parts: tuple[Part, ...]

    @property
    def items(self) -> list[Item]:
        return [i for part in self.parts for i in part.items]

    @property
    def named(self) -> list[Implementation]:
        return [i for part in self.parts for i in part.named]

    @property
    def claims(self) -> dict[str, frozenset[str]]:
        """The ids of the claims by case."""
        return {part.case.name: frozenset(i.result.id for i in part.items) for part in self.parts}


def documents(results: Results, cases: Sequence[Case]) -> Iterator[Document]:
    """The documents in the order of their first cases. Results of cases that are not there are left out."""
    parts = {(c.document, c.name): Part(c) for c in cases}
    claims = {key: {claim.id: claim for claim in part.case.claims} for key, part in parts.items()}
    for r in results.claims:
        if part := parts.get((r.document, r.case)):
            part.items.append(Item(r, part.case, claims[r.document, r.case].get(r.id)))
    for c in results.checks:
        if part := parts.get((c.document, c.case)):
            part.checks.append(c)
    for i in results.implementations:
        if part := parts.get((i.document, i.case)):
            part.named.append(i)
    for v in results.values:
        if part := parts.get((v.document, v.case)):
            part.values.append(v)
    for name in dict.fromkeys(c.document for c in cases):
        own = (part for (document, _), part in parts.items() if document == name)
        yield Document(name, tuple(sorted(own, key=lambda part: natural(part.case.name))))


def natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Numbers in names by their value: 2.7 before 2.10."""
    parts = re.findall(r"(\d+)|(\D+)", name)
    return [(0, int(number), "") if number else (1, 0, word) for number, word in parts], name
