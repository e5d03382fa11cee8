r"""Letters for sizes and the data that they count: of ``\sum_{i=1}^n x_i`` the letter n is how many entries x has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from derive.records import dataclass
from verify.draft.scope import RANGE, name_in_print

ENTRY = re.compile(
    r"(?P<letter>(?:\\[A-Za-z]+\s*\{\s*\\?[A-Za-z]+\s*\}|\\[A-Za-z]+|[A-Za-z]))\s*_\s*"
    r"(?:\{\s*(?P<braced>[a-z](?:\s*,?\s*[a-z])*)\s*\}|(?P<bare>[a-z])(?![A-Za-z]))"
)


def counted(texts: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """The letters up to which sums go over entries: the letter, the name of what has the entries, which of its indices runs."""
    for text in texts:
        ends = dict(RANGE.findall(text))
        for m in ENTRY.finditer(text) if ends else ():
            for axis, index in enumerate(re.findall(r"[a-z]", m["braced"] or m["bare"])):
                if not ends.get(index, "0").isdigit() and (name := name_in_print(m["letter"])):
                    yield ends[index], name, axis


@dataclass(slots=True)
class Lengths:
    """What numbers the letters for sizes are by what the document says, each with its reason; ``wrong`` are those of which it
    says two."""

    of: dict[str, tuple[int, str]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    def add(self, letter: str, number: int, why: str) -> None:
        """That a letter is a number, as ``why`` tells."""
        before = self.of.setdefault(letter, (number, why))
        if before[0] != number:
            self.wrong.setdefault(letter, f"{before[1]}, and {why}")

    def fault(self, latex: str) -> str:
        """Why a formula can't be meant with these numbers: it goes over entries up to a letter that is two numbers."""
        for letter, _, _ in counted([latex]):
            if letter in self.wrong:
                return f"'{letter}' is a length, and the document gives two: {self.wrong[letter]}"
        return ""
