"""Errors and what follows from them: the faults of a case, each under the one that it started from.

An inherited number stands under its origin. A displayed arithmetic (``0.2 * 3.1 = 0.7``) is a claim of its own, but to an
author it is one place with the number that it displays, or with a factor that was printed wrong before: it stands under
that, and is shown mended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from derive.records import dataclass
from verify.report.words import ERRORS, Item
from verify.text import numbers

_LITERAL = re.compile(r"(?<![\w.])\d+\.\d+(?:[eE][+-]?\d+)?(?![\w.])")
_FAULTS = (*ERRORS, "inherited", "truncated")


@dataclass(frozen=True, slots=True)
class Chain:
    """An error and what follows from it, in the document's order."""

    origin: Item
    heirs: tuple[Item, ...]


class Faults:
    """The faults among the claims of one case."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self._by_id = {i.result.id: i for i in items}
        self._numbers = [i for i in items if i.claim is not None and i.claim.of is not None and i.result.printed]

    @cached_property
    def chains(self) -> list[Chain]:
        """The errors, each with its heirs; what has several origins stands at the first."""
        heirs: dict[str, list[Item]] = {}
        for item in self.items:
            head = self._head(item)
            if head is not item:
                heirs.setdefault(head.result.id, []).append(item)
        return [
            Chain(item, tuple(heirs.get(item.result.id, ())))
            for item in self.items
            if self._head(item) is item and (item.result.verdict in ERRORS or item.result.id in heirs)
        ]

    @cached_property
    def listed(self) -> frozenset[str]:
        """The ids of all claims that stand in a chain."""
        return frozenset(i.result.id for c in self.chains for i in (c.origin, *c.heirs))

    def _head(self, item: Item) -> Item:
        seen = {item.result.id}
        while (cause := self._cause(item)) is not None and cause.result.id not in seen:
            item = cause
            seen.add(item.result.id)
        return item

    def _cause(self, item: Item) -> Item | None:
        """The fault that a fault follows from; None where it starts there, or comes from rounded numbers."""
        word = item.result.verdict
        if word == "inherited":
            found = [self._by_id[o] for o in item.result.origin if o in self._by_id]
            return next((i for i in found if i is not item and i.result.verdict in (*ERRORS, "truncated")), None)
        if word in ("wrong", "truncated") and _is_arithmetic(item):
            shown = self._displayed(item)
            if shown is not None and shown.result.verdict in _FAULTS:
                return shown
            return next(iter(self._faulty_factors(item).values()), None)
        return None

    def _displayed(self, item: Item) -> Item | None:
        """The number claim of the same place whose digits an arithmetic ends in."""
        same = [i for i in self._numbers if i.result.where == item.result.where]
        return next((i for i in same if _digits(i.result.printed) == _digits(item.result.printed)), None)

    def _faulty_factors(self, item: Item) -> dict[str, Item]:
        """The literals of an arithmetic that were printed before and are wrong: digits -> the claim that printed them."""
        assert item.claim is not None
        found = {}
        for literal in _LITERAL.findall(item.claim.texts.get("shows", "")):
            for before in self._numbers:
                if before.claim is None or before.claim.order > item.claim.order or before.result.id == item.result.id:
                    continue
                if _digits(before.result.printed) == literal and before.result.verdict in _FAULTS:
                    found[literal] = before
        return found

    def mended(self, item: Item) -> str:
        """A displayed arithmetic as it should read, in its own notation; "" where it is none, or right as it is."""
        if not _is_arithmetic(item) or item.result.verdict not in ("wrong", "truncated"):
            return ""
        assert item.claim is not None
        put = {
            digits: _digits(numbers.correct(before.result.exact, before.result.printed))
            for digits, before in self._faulty_factors(item).items()
        }
        shows = _LITERAL.sub(lambda m: put.get(m.group(), m.group()), item.claim.texts.get("shows", ""))
        shown, given = self._displayed(item), numbers.correct(_value(shows), item.result.printed)
        result = numbers.correct(shown.result.exact, item.result.printed) if shown is not None else given
        # where even the right factors don't give the last digit, only the result can be said
        return f"{shows} = {result}" if result and result == given else result


def _is_arithmetic(item: Item) -> bool:
    return item.claim is not None and item.claim.shows is not None


def _digits(printed: str | None) -> str:
    return (printed or "").lstrip("-−+~≈ ")


def _value(text: str) -> str | None:
    """The exact value of an expression of numbers, in decimal."""
    from derive.expr.graph import Graph
    from derive.language.reader import parse
    from derive.numbers.balls import evaluate
    from verify.decimals import show

    try:
        (value,) = evaluate([parse(text, {}, Graph())], {})
    except (ValueError, ArithmeticError):
        return None
    return None if isinstance(value, Exception | bool) else show(value)
