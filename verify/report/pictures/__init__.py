"""Pictures of what was found, where there is something to see. Drawn by matplotlib; without it there are none."""

from __future__ import annotations

from collections.abc import Iterator

from verify.extras import installed
from verify.report.contents import Document, Part
from verify.report.pictures import coverage, curves, descent, spread, ulps
from verify.report.pictures.draw import Picture
from verify.report.words import Item
from verify.results import Implementation


def available() -> bool:
    """Whether there is a library to draw with."""
    return installed("matplotlib")


def of_document(document: Document) -> Iterator[Picture]:
    """How much of it is checked."""
    if (made := coverage.drawn(document)) is not None:
        yield made


def of_case(part: Part) -> Iterator[Picture]:
    """How its errors spread, and where its iterations lead."""
    if (made := spread.drawn(part.items)) is not None:
        yield made
    yield from descent.drawn(part.case)


def of_claim(item: Item) -> Iterator[Picture]:
    """Its two sides where they differ, or a function beside its bound."""
    if (made := curves.drawn(item)) is not None:
        yield made


def of_implementation(found: Implementation) -> Iterator[Picture]:
    """Its error over the whole range."""
    if ulps.swept(found):
        yield ulps.drawn(found)
