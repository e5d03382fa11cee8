"""Where a claim is to hold: hypotheses and the declared ranges of symbols, as one immutable object.

The domain of a claim is all real points at which every hypothesis holds and every symbol lies in its closed range. A range means
what the hypotheses low <= s and s <= high mean (of a tensor: of every entry); it is kept apart as signs and points ask for it
by symbol. With a conclusion a domain is a sequent (``derive.proof.sequent``); it is closed under what is done to one: more
hypotheses, the cases of one, other expressions in the place of symbols.

An object lives as long as one question and what is asked on the way, and remembers what is worked out of it (``remembered``):
a question that is asked again works all of it out again, in the same order, and so at the same cost.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, TypeVar

from derive.budget import spent
from derive.calculus.reverse import expand_all
from derive.expr.conditions import conjuncts
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.language.components import components_all
from derive.language.properties import DEFINITE, asks
from derive.proof.sequent import Sequent

Range = tuple[Fraction | None, Fraction | None]  # closed; None: unbounded
T = TypeVar("T")

UNBOUNDED: Range = (None, None)
MAX_CASES = 8  # of hypotheses with an ``or``


def ranges(bounds: Mapping[Node, Range]) -> list[Node]:
    """Declared (closed) ranges as hypotheses: of a tensor, for every entry."""
    found = []
    for s, ends in bounds.items():
        g = s.graph
        found += [g.call(op, s, g.const(end)) for op, end in zip(("ge", "le"), ends, strict=True) if end is not None]
    return found


class Domain:
    """Hypotheses, conjunctions laid open, and the closed ranges of symbols."""

    __slots__ = ("_known", "hypotheses", "ranges")

    def __init__(self, hypotheses: Iterable[Node] = (), ranges: Mapping[Node, Range] | None = None) -> None:
        self.hypotheses: Final[tuple[Node, ...]] = tuple(dict.fromkeys(conjuncts(hypotheses)))
        self.ranges: Final[Mapping[Node, Range]] = MappingProxyType(
            {s: r for s, r in (ranges or {}).items() if r != UNBOUNDED}
        )
        self._known: dict[Hashable, Any] = {}

    def __bool__(self) -> bool:
        """Whether anything is asked of a point."""
        return bool(self.hypotheses or self.ranges)

    def range(self, symbol: Node) -> Range:
        return self.ranges.get(symbol, UNBOUNDED)

    def remembered(self, what: Hashable, work: Callable[[], T]) -> T:
        """What ``work`` found when it was asked first. What a spent budget cut short is no answer, and not kept."""
        if self is EVERYWHERE:  # it outlives all questions
            return work()
        if what in self._known:
            known: T = self._known[what]
            return known
        found = work()
        if not spent():
            self._known[what] = found
        return found

    def sequent(self, conclusion: Node) -> Sequent:
        """That the conclusion holds on the domain."""
        return Sequent((*ranges(self.ranges), *self.hypotheses), conclusion)

    # -- other domains ------------------------------------------------------------------------------

    def given(self, *more: Node) -> Domain:
        """Where further hypotheses hold."""
        new = tuple([h for h in more if h not in self.hypotheses])
        return self.remembered(("given", new), lambda: Domain((*self.hypotheses, *new), self.ranges)) if new else self

    def under(self, hypotheses: Sequence[Node]) -> Domain:
        """Other hypotheses with the same ranges."""
        kept = tuple(hypotheses)
        if kept == self.hypotheses:
            return self
        return self.remembered(("under", kept), lambda: Domain(kept, self.ranges))

    def cases(self) -> list[Domain]:
        """The domain case by case, where one of its hypotheses is an ``or``; few of them are opened. [] where there are none."""
        cases: list[list[Node]] = [[]]
        for n in self.hypotheses:
            parts = [n]
            while any(_splits(p) for p in parts) and len(parts) < MAX_CASES:
                parts = [a for p in parts for a in (p.args if _splits(p) else (p,))]
            if len(parts) * len(cases) > MAX_CASES:
                parts = [n]
            cases = [[*case, p] for case in cases for p in parts]
        return [self.under(case) for case in cases] if len(cases) > 1 else []

    def put(self, values: Mapping[Node, Node]) -> Domain:
        """With other expressions in the place of symbols, which lie in the ranges of these."""
        held = [c for s, v in values.items() if s in self.ranges for c in ranges({v: self.ranges[s]})]
        return Domain([*substitute_all(self.hypotheses, values), *held], self._ranged(lambda s: s not in values))

    def expanded(self) -> Domain:
        """With the derivatives in its hypotheses worked out."""
        return self.under(expand_all(self.hypotheses))

    def plain(self) -> Domain:
        """Without the hypotheses that ask for properties; of a matrix that is assumed to be definite, that it is symmetric."""
        kept = dict.fromkeys(h for h in self.hypotheses if not asks(h))
        for h in conjuncts(self.hypotheses):
            if h.op == "property" and h.attr in DEFINITE and h.args[0].op == "symbol" and h.args[0].shape[0] > 1:
                kept[h.graph.call("eq", h.graph.transpose(h.args[0]), h.args[0])] = None
        return self.under(list(kept))

    def entries(self) -> Domain:
        """Entry by entry, without properties. Raises ExpressionError where a hypothesis has no entries."""
        return self.remembered("entries", self._entries)

    def about(self, roots: Sequence[Node]) -> Domain:
        """With the ranges of what its hypotheses and these roots speak of: no other symbol has a say, nor costs anything."""
        if not self.ranges:
            return self
        below = set(topological([*roots, *self.hypotheses]))
        kept = self._ranged(lambda s: s in below or (s.op == "index" and s.args[0] in below))
        if len(kept) == len(self.ranges):
            return self
        return self.remembered(("about", tuple(kept)), lambda: Domain(self.hypotheses, kept))

    def free_of(self, symbols: Iterable[Node]) -> Domain:
        """Without what is said of these symbols."""
        own = set(symbols)
        about = set(self.of(own))
        if not about and own.isdisjoint(self.ranges):
            return self
        kept = [h for h in self.hypotheses if h not in about]
        return self.remembered(("free of", frozenset(own)), lambda: Domain(kept, self._ranged(lambda s: s not in own)))

    def of(self, symbols: Iterable[Node]) -> list[Node]:
        """The hypotheses that speak of any of these symbols."""
        own = set(symbols)
        return [h for h in self.hypotheses if not own.isdisjoint(topological([h]))]

    def binds(self, symbols: Sequence[Node]) -> bool:
        """Whether anything is said of any of these symbols."""
        return any(s in self.ranges for s in symbols) or bool(self.of(symbols))

    def _entries(self) -> Domain:
        laid = components_all([h for h in self.hypotheses if not asks(h)])
        ranged = components_all(list(self.ranges))
        ends = {e: r for r, entries in zip(self.ranges.values(), ranged, strict=True) for e in entries}
        made = Domain([c for part in laid for c in part], ends)
        return self if made.hypotheses == self.hypotheses and made.ranges == self.ranges else made

    def _ranged(self, kept: Callable[[Node], bool]) -> dict[Node, Range]:
        return {s: r for s, r in self.ranges.items() if kept(s)}


def _splits(n: Node) -> bool:
    """Of a tensor, each entry may have a case of its own: not split."""
    return n.op == "or" and not n.shape and not any(a.shape for a in n.args)


EVERYWHERE: Final = Domain()
