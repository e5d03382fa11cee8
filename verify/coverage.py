"""How much of a document is checked, and how strongly: its census beside its claims and, of a run, their verdicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from derive.records import dataclass
from verify.casefile.census import Entry
from verify.casefile.faults import CaseFaults, Fault
from verify.casefile.model import Case, Claim

if TYPE_CHECKING:
    from verify.results import Result

#: How strongly something is checked, the strongest first: ``method`` of a verdict's evidence, and what the trusted core says.
CHECKED = ("proved and checked", "proved", "certified", "exhaustive", "sampled", "probe")
#: What is said and not checked. "claimed" and not more: what a run found of it is not known.
UNCHECKED = ("not decided", "no result", "left out", "missing")
CLAIMED = "claimed"
NOTHING = "nothing to check"
#: Every state that an entry may be in, in the order of the table.
STATES = (CLAIMED, *CHECKED, *UNCHECKED, NOTHING)


@dataclass(frozen=True, slots=True)
class Covered:
    """An entry of the census with the ids of its claims; ``state`` is one of STATES."""

    entry: Entry
    claims: tuple[str, ...]
    state: str

    @property
    def checked(self) -> bool:
        return self.state in CHECKED or self.state == CLAIMED

    @property
    def why(self) -> str:
        """Why it is not checked, as far as anybody has said so."""
        return self.entry.left_out if self.state == "left out" else ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A document's entries, and the claims that its census does not know (``beyond``)."""

    document: str
    entries: tuple[Covered, ...]
    beyond: tuple[Claim, ...] = field(default=())

    @property
    def total(self) -> Tally:
        return Tally(Counter(c.state for c in self.entries))

    def by(self, depth: int) -> dict[str, Tally]:
        """Tallies by chapter (depth 1), section (2), and so on, in natural order."""
        counts: dict[str, Counter[str]] = {}
        for c in self.entries:
            counts.setdefault(".".join(c.entry.section.split(".")[:depth]), Counter())[c.state] += 1
        return {name: Tally(counts[name]) for name in sorted(counts, key=natural)}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many entries are in each state."""

    states: Mapping[str, int]

    @property
    def checkable(self) -> int:
        return sum(n for state, n in self.states.items() if state != NOTHING)

    @property
    def checked(self) -> int:
        return sum(self.states.get(state, 0) for state in (CLAIMED, *CHECKED))

    @property
    def percent(self) -> float:
        """100 where there is nothing to check."""
        return 100 * self.checked / self.checkable if self.checkable else 100.0


def compare(
    document: str, entries: Sequence[Entry], cases: Sequence[Case], results: Iterable[Result] | None
) -> Coverage:
    """The census beside the claims of the document's cases, and their verdicts where there are ``results``.

    A claim is about the entry of its id; the claims ``id[0]``, ``id[1]`` of a printed tensor are about the entry ``id``. An entry
    is checked as strongly as the weakest of its claims. Raises CaseFaults where an entry is left out and a claim all the same, or
    the claim of two files.
    """
    claims = [c for case in cases for c in case.claims]
    known = {e.id for e in entries}
    of: dict[str, list[Claim]] = {}
    beyond = []
    for claim in claims:
        about = next((name for name in (claim.id, claim.id.partition("[")[0]) if name in known), None)
        if about is None:
            beyond.append(claim)
        else:
            of.setdefault(about, []).append(claim)
    if twice := [fault for name, about_it in of.items() for fault in _claimed_twice(name, about_it)]:
        raise CaseFaults(twice)
    both = [e for e in entries if e.left_out and e.id in of]
    if both:
        raise CaseFaults([_left_out_and_claimed(e, of[e.id][0]) for e in both])
    found = None if results is None else {r.id: r for r in results if r.document == document}
    covered = []
    for e in entries:
        about_it = of.get(e.id, [])
        covered.append(Covered(e, tuple(c.id for c in about_it), _state(e, about_it, found)))
    return Coverage(document, tuple(covered), tuple(beyond))


def _claimed_twice(name: str, claims: Sequence[Claim]) -> Iterator[Fault]:
    """Ids are told apart by file; a census, which is of the whole document, can't do that."""
    for claim in claims:
        first = next(c for c in claims if c.id == claim.id)
        if first is not claim:
            message = f"the id '{claim.id}' stands in {first.place.file}, too, and the census of the document has one '{name}'"
            yield Fault(claim.place.file, claim.place.line, claim.place.column, message)


def _left_out_and_claimed(entry: Entry, claim: Claim) -> Fault:
    place = entry.place
    return Fault(place.file, place.line, place.column, f"'{entry.id}' is left out here, and a claim in {claim.place}")


def _state(entry: Entry, claims: Sequence[Claim], found: Mapping[str, Result] | None) -> str:
    if not claims:
        return NOTHING if not entry.checkable else "left out" if entry.left_out else "missing"
    if found is None:
        return CLAIMED
    return max((strength(found[c.id]) if c.id in found else "no result" for c in claims), key=STATES.index)


def strength(result: Result) -> str:
    """How a verdict was earned: of a claim that says several things, by the weakest of the parts that bear its verdict."""
    if result.verdict == "undecided":
        return "not decided"
    methods = [m for m in _methods(result.evidence, result.verdict) if m in CHECKED]
    if not methods:
        return "not decided"
    weakest = max(methods, key=CHECKED.index)
    return CHECKED[0] if weakest == "proved" and result.checked else weakest


def _methods(evidence: Mapping[str, Any], verdict: str) -> list[str]:
    parts = evidence.get("parts")
    if isinstance(parts, list):
        bearing = [p for p in parts if isinstance(p, dict) and p.get("verdict", verdict) == verdict]
        found = [m for p in bearing for m in _methods(p, verdict)]
        if found:
            return found
    method = evidence.get("method")
    return [method] if isinstance(method, str) else []


def natural(section: str) -> list[tuple[int, int, str]]:
    """2.8 before 2.10."""
    return [(0, int(t), "") if t.isdecimal() else (1, 0, t) for t in re.findall(r"\d+|\D+", section)]
