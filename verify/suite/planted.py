"""What would be noticed: errors planted into what holds, one slip each, and judged as the document's own claims are.

A formula gets a slip of the table that repairs are looked for in (``derive.repair.slips``), a printed number other digits. What
of them holds all the same is no error but the same in another form, or the other rounding of a tie.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import filterfalse, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from derive import budget
from derive.errors import ExpressionError
from derive.expr.conditions import is_boolean
from derive.expr.graph import Node
from derive.expr.operators import DEFERRED, DERIVATIVES
from derive.language.reader import to_text
from derive.records import dataclass
from derive.repair.slips import SLIPS, Pool
from derive.repair.spots import Spot, leaves, spots
from verify.casefile import load
from verify.claims import CaseContext, judge

if TYPE_CHECKING:
    from verify.casefile.model import Case, Claim

MOST_SPOTS = 40  # places of a formula that may get a slip
MOST_SLIPS = 400  # of which the planted ones are chosen
_DIGITS = re.compile(r"[-+−]?[0-9]+(?:\.[0-9]+)?")  # of a number that is the rounding of a value, and no more than that


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


def takes(claim: Claim) -> bool:
    """Whether an error can be planted: into what is pinned to hold, and is a formula or a plain number."""
    if claim.pinned != "holds" or claim.ill_formed or claim.misfit:
        return False
    return _sides(claim) is not None or _is_plain(claim)


def plant(path: Path, names: Sequence[str], each: int) -> list[Planted]:
    """Up to ``each`` errors in every claim of these ids that is found to hold as it stands."""
    case, context = _opened(path)
    return [made for c in case.claims if c.id in names for made in _planted(context, c, each)]


@lru_cache(maxsize=1)
def _opened(path: Path) -> tuple[Case, CaseContext]:
    case = load(path)
    return case, CaseContext(case)


def _planted(context: CaseContext, claim: Claim, each: int) -> Iterator[Planted]:
    said = replace(claim, agrees=(), contradicts=(), standard=(), defines=(), shape=None, by=None)
    choice = _digits(said) if _is_plain(claim) else _formulas(said)
    slips = list(islice(choice, MOST_SLIPS))
    if not slips or _judged(context, said)[0] != "holds":
        return
    for k in range(min(each, len(slips))):
        was, now, changed = slips[k * len(slips) // min(each, len(slips))]
        verdict, reason = _judged(_saying(context, changed), changed)
        yield Planted(claim.place.file, claim.place.line, claim.id, was, now, verdict, reason)


def _saying(context: CaseContext, changed: Claim) -> CaseContext:
    """A context in which the case says that. What a claim prints is asked of the case, too; what formulas share stays."""
    if changed.prints is None:
        return context
    claims = tuple(changed if c.id == changed.id else c for c in context.case.claims)
    return CaseContext(replace(context.case, claims=claims))


def _judged(context: CaseContext, claim: Claim) -> tuple[str, str]:
    try:
        with budget.claim():
            found = judge(context, claim)
    except Exception as error:  # as in a run: it is not decided, and the run goes on
        return "undecided", f"failed: {error}"
    return found.verdict, found.reason


Slip = tuple[str, str, "Claim"]  # what was written, what is written now, and the claim that says it


# -- numbers ----------------------------------------------------------------------------------------------


def _is_plain(claim: Claim) -> bool:
    return claim.prints is not None and not claim.made and _DIGITS.fullmatch(claim.prints) is not None


def _digits(claim: Claim) -> Iterator[Slip]:
    """The last digit one off, two digits swapped, a digit one off, the other sign."""
    text = claim.prints or ""
    places = [k for k, c in enumerate(text) if c.isdigit()]
    made = [_with(text, k, str((int(text[k]) + step) % 10)) for k in reversed(places) for step in (1, -1)]
    made += [_with(_with(text, i, text[j]), j, text[i]) for i, j in pairwise(places)]
    made.append(text[1:] if text[0] in "-+−" else f"-{text}")
    for now in dict.fromkeys(made):
        if float(now.replace("−", "-")) != float(text.replace("−", "-")):
            yield text, now, replace(claim, prints=now, equals=(), holds=None)


def _with(text: str, at: int, new: str) -> str:
    return text[:at] + new + text[at + 1 :]


# -- formulas ---------------------------------------------------------------------------------------------


def _sides(claim: Claim) -> tuple[Node, Node, Callable[[Node], Claim]] | None:
    """The two sides of the last equation that it says, and the claim with another right side."""
    if claim.of is not None and claim.equals:
        *before, last = claim.equals
        left = before[-1] if before else claim.of
        return left, last, lambda new: replace(claim, equals=(*before, new), prints=None)
    if claim.holds is not None and claim.holds.op == "eq":
        holds = claim.holds
        left, last = holds.args
        return (
            left,
            last,
            lambda new: replace(claim, holds=holds.graph.node("eq", (left, new), holds.attr, holds.shape)),
        )
    return None


def _formulas(claim: Claim) -> Iterator[Slip]:
    """A slip in the right side, wherever one may be; of each kind in turn."""
    sides = _sides(claim)
    if sides is None:
        return
    left, right, said = sides
    named = tuple(dict.fromkeys(leaves((left, right))))
    pool = Pool(named, tuple(n for n in named if not n.shape))
    seen = {left, right}
    for spot in filterfalse(_in_what_is_derived, spots(right, MOST_SPOTS)):
        for _, maker in SLIPS:
            for new in _tried(lambda: list(maker(spot, pool))):  # noqa: B023  (called at once)
                if new.shape != spot.node.shape or is_boolean(new) != is_boolean(spot.node):
                    continue
                for made in _tried(lambda: [spot.replaced(new)]):  # noqa: B023
                    if made.shape == right.shape and made not in seen:
                        seen.add(made)
                        yield to_text(right), to_text(made), said(made)


def _in_what_is_derived(spot: Spot) -> bool:
    """Whether it stands in a derivative, a limit and the like, where variables are no values."""
    while spot.above is not None:
        spot = spot.above
        if spot.node.op in DERIVATIVES or spot.node.op in DEFERRED:
            return True
    return False


def _tried(make: Callable[[], list[Node]]) -> list[Node]:
    try:
        return make()
    except (ExpressionError, ValueError, ArithmeticError):
        return []
