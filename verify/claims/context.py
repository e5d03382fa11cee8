"""The context of a case: what all its claims share while they are judged.

Derivatives are expanded once, entries laid out once, and all the numbers of a case come from one pass over its graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derive.budget import apart
from derive.calculus.reverse import expand_all
from derive.engine.domain import Domain, Range
from derive.errors import Undetermined
from derive.expr.graph import Node, topological
from derive.flint import arb, fmpq
from derive.language.components import components_all
from derive.numbers.balls import evaluate_all, precision, rational
from verify.casefile.model import Case, Claim
from verify.decimals import Printed, parse_printed
from verify.verdict import Verdict

if TYPE_CHECKING:
    from derive.engine.domain import Domain, Range
    from verify.claims.recovery import Recovery

#: Working precisions in bits, tried in turn until a question is decided.
PRECISIONS = (128, 512, 2048, 8192)
SHOWN_BITS = 84  # of a value that is shown: 25 digits


class Wider(BaseException):
    """A judge looks beyond the part of the file that the case is: the claim is judged anew on a wider one. Nothing on the way may
    take it for a failure of its own."""


class CaseContext:
    """The shared work of a case. ``CaseContext(case)`` is cheap; everything is computed on first use. Without ``recover`` inputs
    that are left out have no value, as if no claim asked for them."""

    def __init__(self, case: Case, settle: Callable[[Verdict], None] | None = None, recover: bool = True) -> None:
        self.case = case
        self._recover = recover
        self._settle = settle
        self._expanded: dict[Node, list[Node]] = {}
        self._values: dict[int, dict[Node, Any]] = {}
        self._walked: dict[int, int] = {}  # by precision, how many nodes were walked for single values
        self._not_given: dict[Node, frozenset[str]] = {}
        self.silent: set[Node] = set()  # nodes without limits, suprema and infima (see derive.language.extremes.speaks)

    def settled(self, claim: Claim, verdict: Verdict) -> None:
        """Tells whoever listens that this is the verdict unless more comes of what is left to do: it outlives a time-out.

        Nothing is told of a claim that is judged for the sake of another (at other sizes, under a condition)."""
        if self._settle is not None and not claim.needs and any(c is claim for c in self.case.claims):
            self._settle(verdict)

    @property
    def everything(self) -> Case:
        """The case, for who looks at names that the claim does not speak of. Raises Wider where it has not all of them."""
        if self.case.partial:
            raise Wider
        return self.case

    # -- nodes ----------------------------------------------------------------------------------

    def entries(self, node: Node) -> list[Node]:
        """The entries of a claim's expression as scalar nodes, derivatives worked out."""
        found = self._expanded.get(node)
        if found is None:
            self._lay_out([node])
            found = self._expanded[node]
        return found

    def entry(self, node: Node) -> Node:
        return self.entries(node)[0]

    def lay_out(self, nodes: Sequence[Node]) -> None:
        """The entries of several expressions at once: what they share is laid out once. One at fault is left to ``entries``."""
        with suppress(ValueError):
            self._lay_out([n for n in nodes if n not in self._expanded])

    def _lay_out(self, nodes: Sequence[Node]) -> None:
        with apart():
            for node, laid in zip(nodes, components_all(expand_all(nodes)), strict=True):
                self._expanded[node] = laid

    @cached_property
    def elsewhere(self) -> list[CaseContext]:
        """The same case at the other instances of its sizes; one whose shapes do not fit is left out."""
        from verify.casefile import CaseFaults, at_sizes

        found = []
        for sizes in self.case.instances:
            with apart(), suppress(CaseFaults):
                found.append(CaseContext(at_sizes(self.case, sizes)))
        return found

    @cached_property
    def alone(self) -> CaseContext:
        """The same case at these sizes and no others."""
        alone = copy(self)
        alone.__dict__.update(elsewhere=[], general=None, alone=alone)
        return alone

    @cached_property
    def general(self) -> CaseContext | None:
        """The case at sizes that no number in it equals and no two of which are equal: a shape that fits there fits always."""
        import re

        from verify.casefile import CaseFaults, at_sizes
        from verify.casefile.slices import texts

        if self.case.tree is None:
            return None
        used = {int(d) for text in texts(self.case.tree) for d in re.findall(r"[0-9]{1,4}", text)}
        primes = [p for p in (5, 7, 11, 13, 17, 19, 23, 29, 31, 37) if p not in used]
        if len(primes) < len(self.case.sizes):
            return None
        try:
            with apart():
                return CaseContext(at_sizes(self.case, dict(zip(self.case.sizes, primes, strict=False))))
        except CaseFaults:
            return None

    # -- values ---------------------------------------------------------------------------------

    @cached_property
    def known(self) -> Mapping[Node, Any]:
        """The exact value of every entry of every symbol that has one; of a recovered input a ball that holds all it may be."""
        known: dict[Node, Any] = dict(self.given)
        for name in self.recoveries:
            if (ball := self.recovered(name)) is not None:
                known[self.case.symbols[name].node] = ball
        return known

    @cached_property
    def given(self) -> Mapping[Node, fmpq]:
        """The exact value of every entry of every symbol that has one in the document."""
        symbols = [s for s in self.case.symbols.values() if s.values is not None]
        with apart():
            laid = components_all([s.node for s in symbols])
        return {
            entry: rational(value)
            for symbol, entries in zip(symbols, laid, strict=True)
            for entry, value in zip(entries, symbol.values or (), strict=True)
        }

    @cached_property
    def values(self) -> Mapping[str, Node]:
        """The symbols that have a value, as constants of their shape."""
        g = self.case.graph
        found: dict[str, Node] = {}
        for s in self.case.symbols.values():
            if s.values is not None:
                constants = [g.const(v) for v in s.values]
                found[s.name] = g.reshape(g.stack(constants), s.shape) if s.shape else constants[0]
        return found

    @property
    def units(self) -> list[tuple[str, None]]:
        """All the symbols that have a value, as ``verify.claims.values`` puts them in."""
        return [(name, None) for name in self.values]

    @cached_property
    def ranges(self) -> dict[Node, Range]:
        """The declared ranges of symbols, and those of recovered inputs."""
        symbols = self.case.symbols.values()
        found = {s.node: (s.low, s.high) for s in symbols if s.low is not None or s.high is not None}
        for name, recovery in self.recoveries.items():
            if recovery.enclosure is not None:
                node = self.case.symbols[name].node
                ends = recovery.enclosure.intervals(node)
                found[node] = (ends[0][0], ends[-1][1])
        return found

    def domain(self, hypotheses: Iterable[Node]) -> Domain:
        """Where a claim under these hypotheses is to hold. One for each claim: what it remembers is no other claim's."""
        from derive.engine.domain import Domain

        return Domain(hypotheses, self.ranges)

    @cached_property
    def recoveries(self) -> Mapping[str, Recovery]:
        """What the printed numbers say of each input that a claim recovers."""
        if not self._recover:
            return {}
        from verify.claims.recovery import recover_all

        with apart():
            return recover_all(self)

    def missing(self, node: Node) -> list[str]:
        """The names of the symbols that a scalar node needs and that have no value."""
        needed = self.not_given(node)
        return sorted(n for n in needed if self.recovered(n) is None) if needed else []

    def not_given(self, node: Node) -> frozenset[str]:
        """The names of the symbols below a scalar node to which the document gives no value."""
        found = self._not_given.get(node)
        if found is None:
            with apart():
                collect([node], self.given, self._not_given)
            found = self._not_given[node]
        return found

    def recovered(self, name: str) -> arb | None:
        """A ball that holds all values that a recovered input may have (where these have no bound the line), or None."""
        recovery = self.recoveries.get(name)
        if recovery is None or recovery.enclosure is None:
            return None
        ends = [e for ends in recovery.enclosure.intervals(self.case.symbols[name].node) for e in ends]
        if any(e is None for e in ends):
            return arb(0, "inf")
        low, high = (
            arb(rational(e)) for e in (min(e for e in ends if e is not None), max(e for e in ends if e is not None))
        )
        return low.union(high)

    def gives(self, claim: Claim) -> bool:
        """Whether a printed number is one that inputs were recovered from, and their values give."""
        return any(r.enclosure is not None and claim.id in r.sources for r in self.recoveries.values())

    def value(self, node: Node, prec: int = PRECISIONS[0]) -> Any:
        """The value of a scalar node at the document's point: fmpq, arb, bool or the fault in the way.

        Raises KeyError where a symbol has no value (see ``missing``).
        """
        values = self._values.get(prec)
        if values is None or node not in values:
            with apart():
                if values is None:
                    values = self._values[prec] = self._all_values(prec)
                if node not in values:
                    values.update(evaluate_all(self._together(node, prec), {**self.known, **values}, prec))
        return values[node]

    def _together(self, node: Node, prec: int) -> list[Node]:
        """What is worked out where one value is asked for: it alone; from when on that has cost as much as all, all."""
        self._walked[prec] = walked = self._walked.get(prec, 0) + len(topological([node]))
        return [node, *self._asked] if walked > self._size else [node]

    def _all_values(self, prec: int) -> dict[Node, Any]:
        """One pass over everything that the case's claims ask for; at a high precision only once much of it is asked for."""
        return evaluate_all(self._asked, self.known, prec) if prec == PRECISIONS[0] else {}

    @cached_property
    def _asked(self) -> list[Node]:
        """The numbers that claims print, as far as they have a value."""
        asked = [n for c in self.case.claims if c.prints is not None and c.of is not None for n in (c.of,)]
        try:
            self._lay_out(asked)
        except ValueError:  # the claim at fault will say so itself
            return []
        roots = [e for n in asked for e in self._expanded[n]]
        found: dict[Node, frozenset[str]] = {}  # all anew: it is the walk that the values take, too
        collect(roots, self.given, found)
        self._not_given.update(found)
        return [r for r in roots if not self._not_given[r] or not self.missing(r)]

    @cached_property
    def _size(self) -> int:
        """How many nodes there are below all of these."""
        return len(topological(self._asked))

    def decided(self, node: Node, question: Any) -> tuple[Any, Any]:
        """Asks ``question(value)`` at rising precision until it is not None: (answer, value).

        The answer is None where no precision decides; a fault is then the value. Where the node depends on recovered inputs the
        answer is that of all the values that these may have.
        """
        if self.not_given(node):
            from verify.claims.recovery import decided

            if (found := decided(self, node, question)) is not None:
                return found
        value: Any = None
        for prec in PRECISIONS:
            value = self.value(node, prec)
            if isinstance(value, Undetermined):
                continue
            if isinstance(value, Exception):
                return None, value
            with precision(prec):
                answer = question(value)
            if answer is not None:
                return answer, value
        return None, value

    def separated(self, node: Node, value: Any) -> Any:
        """A value with enough of its digits to be shown: at a precision at which a ball does not reach to 0, where one does."""
        for prec in PRECISIONS:
            if not isinstance(value, arb) or value.rel_accuracy_bits() >= SHOWN_BITS:
                break
            value = self.value(node, prec)
        return value

    # -- printed numbers ------------------------------------------------------------------------

    def printed(self, claim: Claim) -> Printed:
        """The claim's printed number, read."""
        return parse_printed(claim.prints or "")

    def rounds(self, claim: Claim) -> bool:
        """Whether a claim prints what is meant to be the rounding of an exact value, and no other."""
        return not claim.made and not self.printed(claim).special

    @cached_property
    def prints(self) -> Mapping[Node, Sequence[Claim]]:
        """Which claims print a value for a scalar node, in the document's order. Constants are nobody's."""
        table: dict[Node, list[Claim]] = {}
        for claim in self.case.claims:
            if claim.prints is not None and claim.of is not None and not self.printed(claim).special:
                try:
                    node = self.entry(claim.of)
                except ValueError:
                    continue
                if node.op != "const":
                    table.setdefault(node, []).append(claim)
        return table


def collect(roots: Sequence[Node], given: Mapping[Node, Any], found: dict[Node, frozenset[str]]) -> None:
    """Adds to ``found`` the names of symbols without a value in ``given``, for every node below the roots."""
    nothing: frozenset[str] = frozenset()
    names = found.__getitem__
    for n in topological(roots, known=found):
        if n.op == "index" or (n.op == "symbol" and not n.shape):
            found[n] = nothing if n in given else frozenset((n.args[0].attr if n.op == "index" else n.attr,))
        elif not any(map(names, n.args)):
            found[n] = nothing
        else:
            below = {found[a] for a in n.args if found[a]}
            found[n] = next(iter(below)) if len(below) == 1 else nothing.union(*below)
