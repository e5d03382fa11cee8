"""What would be noticed: errors planted into what holds, one slip each, and judged as the document's own claims are.

The slip is made in the text of the case (``verify.suite.slips``), which is read again. What holds all the same is no error but
the same in another form, or the other rounding of a tie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from derive import budget
from derive.records import dataclass
from verify.casefile import CaseFaults, load
from verify.casefile.loader import case_of
from verify.casefile.tree import Items, Text, Tree
from verify.casefile.tree import Mapping as Map
from verify.claims import CaseContext, judge
from verify.suite.slips import in_formula, in_number, names_in, sides

if TYPE_CHECKING:
    from verify.casefile.model import Case, Claim

MOST_SLIPS = 400  # of which the planted ones are chosen
_DIGITS = re.compile(r"[-+−]?[0-9]+(?:\.[0-9]+)?")  # of a number that is the rounding of a value, and no more than that
#: What else a claim may say, which is not what the error is in.
_BESIDE = ("agrees", "contradicts", "standard", "defines", "shape", "by", "quote")


@dataclass(frozen=True, slots=True)
class Planted:
    """An error in a claim that holds, and the verdict on it."""

    file: str
    line: int
    claim: str
    was: str
    now: str
    verdict: str
    reason: str

    @property
    def is_error(self) -> bool:
        return self.verdict != "holds"

    @property
    def noticed(self) -> bool:
        return self.verdict not in ("holds", "undecided")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a claim takes an error: its key, what it says there, and what is written in full with something else in its place."""

    key: str
    text: str
    before: tuple[str, ...] = ()  # of a chain, the links before the last; of an equation, its left side

    def slips(self) -> Iterator[str]:
        if self.key == "prints":
            return in_number(self.text)
        return in_formula(self.text, frozenset[str]().union(*map(names_in, (self.text, *self.before))))

    def written(self, new: str) -> str | list[str]:
        if self.key == "holds":
            return f"{self.before[0]} == {new}"
        return [*self.before, new] if self.before and self.key == "equals" else new


def takes(case: Case, claim: Claim) -> bool:
    """Whether an error can be planted: into what is pinned to hold, and is a formula or a plain number."""
    return claim.pinned == "holds" and _place(case, claim.id) is not None


def plant(path: Path, names: Sequence[str], each: int) -> list[Planted]:
    """Up to ``each`` errors in every claim of these ids that is found to hold as it stands. Raises CaseFaults."""
    case = _opened(path)
    return [made for c in case.claims if c.id in names for made in _planted(case, c, each)]


@lru_cache(maxsize=1)
def _opened(path: Path) -> Case:
    return load(path)


def _planted(case: Case, claim: Claim, each: int) -> Iterator[Planted]:
    place = _place(case, claim.id)
    if place is None or _judged(case, claim.id, place, place.text)[0] != "holds":
        return
    slips = list(islice(place.slips(), MOST_SLIPS))
    left = each
    for now in _spread(slips, each):
        verdict, reason = _judged(case, claim.id, place, now)
        if verdict:
            yield Planted(claim.place.file, claim.place.line, claim.id, place.text, now, verdict, reason)
            left -= 1
        if not left:
            return


def _spread(slips: Sequence[str], each: int) -> Iterator[str]:
    """All of them, ``each`` that lie far apart first: what is ill-formed is passed over."""
    step = max(1, len(slips) // each)
    for start in range(step):
        yield from slips[start::step]


def _judged(case: Case, name: str, place: _Place, text: str) -> tuple[str, str]:
    """The verdict on the claim with that text; "" where it is ill-formed."""
    try:
        said = _saying(case, name, {place.key: place.written(text)})
    except CaseFaults:
        return "", ""
    (claim,) = (c for c in said.claims if c.id == name)
    if claim.misfit or claim.ill_formed:
        return "", ""
    try:
        with budget.claim():
            found = judge(CaseContext(said), claim)
    except Exception as error:  # as in a run: it is not decided, and the run goes on
        return "undecided", f"failed: {error}"
    return found.verdict, found.reason


# -- in the tree of the case ------------------------------------------------------------------------------


def _place(case: Case, name: str) -> _Place | None:
    found = next((m for m in _claims(case.tree) if _text(m, "id") == name), None)
    if found is None or "verbatim" in found.entries or "latex" in found.entries:
        return None
    equals = found.entries["equals"][1] if "equals" in found.entries else None
    if isinstance(equals, Text):
        return _Place("equals", equals.value)
    if isinstance(equals, Items) and equals.items and all(isinstance(i, Text) for i in equals.items):
        *before, last = [i.value for i in equals.items if isinstance(i, Text)]
        return _Place("equals", last, tuple(before))
    if (holds := _text(found, "holds")) and (both := sides(holds)):
        return _Place("holds", both[1], (both[0],))
    made = {"computed", "within", "from", "shows"}
    if (printed := _text(found, "prints")) and _DIGITS.fullmatch(printed) and not made & found.entries.keys():
        return _Place("prints", printed)
    return None


def _text(claim: Map, key: str) -> str:
    value = claim.entries[key][1] if key in claim.entries else None
    return value.value if isinstance(value, Text) else ""


def _claims(tree: Map | None) -> Iterator[Map]:
    claims = tree.entries["claims"][1] if tree is not None and "claims" in tree.entries else None
    if isinstance(claims, Items):
        yield from (c for c in claims.items if isinstance(c, Map))


def _saying(case: Case, name: str, new: Mapping[str, str | list[str]]) -> Case:
    """The case with other words in one claim, which says nothing else. Raises CaseFaults."""
    assert case.tree is not None  # it was read from a file
    made = Map(case.tree.place, case.tree.flow, dict(case.tree.entries))
    label, claims = made.entries["claims"]
    changed = [_put(c, new) if _text(c, "id") == name else _without(c, _BESIDE[:2]) for c in _claims(case.tree)]
    made.entries["claims"] = label, Items(claims.place, list[Tree](changed))
    for key in ("derive", "implementations"):
        made.entries.pop(key, None)
    return case_of(made, Path(case.path), case.path, used=case.used, partial=False)


def _put(claim: Map, new: Mapping[str, str | list[str]]) -> Map:
    made = _without(claim, (*_BESIDE, *({"equals", "holds", "prints"} - new.keys())))
    for key, words in new.items():
        label, old = made.entries[key]
        one = next(iter(old.items), None) if isinstance(old, Items) else old
        assert isinstance(one, Text)
        texts: list[Tree] = [
            replace(one, value=w, source=w, start=0, stop=len(w), style="", origin=None)
            for w in ([words] if isinstance(words, str) else words)
        ]
        made.entries[key] = label, Items(old.place, texts) if isinstance(old, Items) else texts[0]
    return made


def _without(claim: Map, keys: Sequence[str]) -> Map:
    return Map(claim.place, claim.flow, {k: v for k, v in claim.entries.items() if k not in keys})
