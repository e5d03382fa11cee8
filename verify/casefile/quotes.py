"""The document as the source: where it says what the claims of a case quote.

A document is text (Markdown, LaTeX, a notebook's cells); nothing in it is run or followed. A quote is found by its characters,
white space aside, and only as whole words and numbers: ``0.5`` is not found in ``10.57``, so a number that was changed is seen.
A quote that is not there, or there more than once, has no place: that is told, with what resembles it, and nothing is guessed.
"""

from __future__ import annotations

import bisect
import difflib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from verify.casefile.model import Case
from verify.document.blocks import hidden
from verify.document.passages import Lines, Unreadable, read, spot
from verify.quoted import Quoted

MAX_PLACES = 6  # of one quote that are looked for

#: What resembles a stale quote is looked for within these bounds: so many quotes of a case, characters of one, lines to compare
#: it with and characters after their beginning, and lines that a word may stand on and still tell something.
MAX_STALE, MAX_COMPARED, MAX_LINES, WINDOW, COMMON = 20, 200, 5, 600, 500
ALIKE = 0.6  # of difflib's ratio

_WORDLIKE = re.compile(r"[\w.]")


class Passage:
    """What a passage of the document says to its readers: blanks in the place of blocks of claims."""

    def __init__(self, text: str, cell: int = 0) -> None:
        self.text, self.cell = text, cell
        self.lines = Lines(text).starts

    @cached_property
    def plain(self) -> tuple[str, list[int], list[int]]:
        return _plain(self.text)

    def find(self, quote: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """The places at which a quote begins: line and column."""
        yield from (self.place(start) for start, _ in self.spans(quote))

    def spans(self, quote: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """The stretches of the text that say the quote."""
        plain, ends, starts = self.plain

        def at(offset: int) -> int:
            k = bisect.bisect_right(ends, offset) - 1
            return starts[k] + offset - ends[k]

        yield from ((at(m.start()), at(m.end() - 1) + 1) for m in quote.finditer(plain) if m[0])

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1


class Document:
    """A document as passages. Raises Unreadable."""

    def __init__(self, path: Path) -> None:
        self.passages = [Passage(text, p.cell) for p, text in hidden(read(path))]

    def find(self, quote: str) -> list[tuple[int, int, int]]:
        """Its first places: cell, line, column."""
        pattern = _pattern(_plain(quote)[0])
        return list(islice(((p.cell, *at) for p in self.passages for at in p.find(pattern)), MAX_PLACES))

    def spans(self, quote: str) -> list[tuple[int, int, int]]:
        """The first stretches that say it: cell, beginning and end."""
        pattern = _pattern(_plain(quote)[0])
        return list(islice(((p.cell, *at) for p in self.passages for at in p.spans(pattern)), MAX_PLACES))

    @cached_property
    def _words(self) -> dict[str, list[tuple[int, int]]]:
        """On which lines, by passage and line, each word stands."""
        found: dict[str, list[tuple[int, int]]] = {}
        for k, passage in enumerate(self.passages):
            starts = [*passage.lines, len(passage.text)]
            for n in range(len(starts) - 1):
                for word in set(re.findall(r"\w+", passage.text[starts[n] : starts[n + 1]])):
                    found.setdefault(word, []).append((k, n))
        return found

    def nearest(self, quote: str) -> str:
        """The passage that resembles a quote most, with its line; "" where none does."""
        quote = " ".join(quote.split())[:MAX_COMPARED]
        shared: Counter[tuple[int, int]] = Counter()
        for word in sorted(set(re.findall(r"\w+", quote))):
            shared.update(self._words.get(word, ())[:COMMON])
        best, told = ALIKE, ""
        for k, n in sorted(shared, key=lambda at: (-shared[at], at))[:MAX_LINES]:
            passage = self.passages[k]
            text = passage.text[passage.lines[n] : passage.lines[n] + WINDOW]
            same = difflib.SequenceMatcher(None, text, quote, autojunk=False).find_longest_match()
            start = max(0, same.a - same.b)
            rest = " ".join(text[start:].split())
            end = re.compile(r"\w*").match(rest, min(len(quote), len(rest)))  # the word in which it would end
            near = rest[: end.end() if end else len(quote)].rstrip()
            alike = difflib.SequenceMatcher(None, near, quote, autojunk=False).ratio()
            if alike > best:
                line, _ = passage.place(passage.lines[n] + start)
                best, told = alike, f"nearest, on {spot(passage.cell, line)}: '{near}'"
        return told


def located(case: Case) -> dict[str, Quoted]:
    """Where the document says what claims quote, by their ids; without reading it where none does."""
    quotes = {c.id: c.quote for c in case.claims if c.quote}
    if not quotes or not case.manuscript:
        return {}
    try:
        document = Document(Path(case.manuscript))
    except Unreadable as bad:
        return dict.fromkeys(
            quotes, Quoted(case.manuscript, lost="stale", reason=f"no quote can be found there: {bad}")
        )
    found: dict[str, Quoted] = {}
    stale = 0
    for quote in dict.fromkeys(quotes.values()):
        places = document.find(quote)
        if len(places) == 1:
            ((cell, line, column),) = places
            found[quote] = Quoted(case.manuscript, line, column, cell)
        elif places:
            more = " and more" if len(places) == MAX_PLACES else ""
            lines = "; ".join(dict.fromkeys(spot(*at[:2]) for at in places[: MAX_PLACES - 1]))
            why = f"the document says what it quotes more than once: {lines}{more}; quote more of it"
            found[quote] = Quoted(case.manuscript, lost="ambiguous", reason=why)
        else:
            near = document.nearest(quote) if stale < MAX_STALE else ""
            stale += 1
            why = "the document does not say what it quotes" + (f"; {near}" if near else "")
            found[quote] = Quoted(case.manuscript, lost="stale", reason=why)
    return {name: found[quote] for name, quote in quotes.items()}


def plain(text: str) -> str:
    """A text as quotes are compared."""
    return _plain(text)[0]


def _plain(text: str) -> tuple[str, list[int], list[int]]:
    """The text without the white space that does not part words or numbers, one blank for that which does; and where its
    stretches begin, in it and in the text."""
    parts: list[str] = []
    ends, starts = [0], [0]
    at = length = 0
    for gap in re.finditer(r"\s+", text):
        start, stop = gap.span()
        parts.append(text[at:start])
        length += start - at
        if start and stop < len(text) and _WORDLIKE.match(text[start - 1]) and _WORDLIKE.match(text[stop]):
            parts.append(" ")
            length += 1
        ends.append(length)
        starts.append(stop)
        at = stop
    parts.append(text[at:])
    return "".join(parts), ends, starts


def _pattern(quote: str) -> re.Pattern[str]:
    """A plain quote where its first and last word or number is whole; an underscore may be emphasis before it, and begins an
    index after it."""
    before = after = ""
    if re.match(r"[^\W_]", quote):
        before = r"(?<![^\W_])"
    if re.match(r"\d", quote):
        before += r"(?<!\d\.)"
    elif re.match(r"\.\d", quote):
        before = r"(?<!\d)"
    if re.search(r"\w$", quote):
        after = r"(?![^\W_]|_[\w{])"
    if re.search(r"\d$", quote):
        after += r"(?!\.\d)"
    elif re.search(r"\d\.$", quote):
        after = r"(?!\d)"
    return re.compile(f"{before}{re.escape(quote)}{after}")
