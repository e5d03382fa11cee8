"""A quote of the document that stands in it once: a formula, with as much around it as tells it from its copies."""

from __future__ import annotations

from verify.casefile.quotes import Document
from verify.casefile.schema import MAX_QUOTE
from verify.document.passages import Passage

STEPS = (0, 15, 40, 80, 140, 220, 320)  # characters before and after


def quote(document: Document, passage: Passage, start: int, stop: int) -> str:
    """The stretch of the passage, or more of the document around it; "" where nothing short has one place."""
    text = next((p.text for p in document.passages if p.cell == passage.cell), passage.text)
    for k in STEPS:
        first, last = _whole(text, max(0, start - k), min(len(text), stop + k // 3))
        said = " ".join(text[first:last].split())
        if not said or len(said) > MAX_QUOTE:
            return ""
        if len(document.spans(said)) == 1:
            return said
    return ""


def _whole(text: str, first: int, last: int) -> tuple[int, int]:
    """The stretch with the words at its ends whole."""
    while first > 0 and not text[first - 1].isspace():
        first -= 1
    while last < len(text) and not text[last].isspace():
        last += 1
    return first, last
