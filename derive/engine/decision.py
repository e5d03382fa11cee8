"""What was decided, and how decisions on the parts of a claim become one on the whole.

A claim that says several things (``and``, ``all``, the entries of a tensor, the cases of an assumption) holds where each of them
does: its conditions are those of all its parts, whatever their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from derive.engine.reasons import MAX_TOLD, Reason, Why
from derive.expr.graph import Node
from derive.language.printing import to_text
from derive.proof.check import Theorem
from derive.records import dataclass

Status = Literal["proved", "proved-if", "refuted", "undecided"]
ORDER: tuple[Status, ...] = ("refuted", "undecided", "proved-if", "proved")  # from the gravest down


@dataclass(frozen=True)
class Decision:
    """What was decided, and on what grounds.

    ``reason``: the grounds, without what the other fields say; ``told`` and ``str`` are all of it. ``conditions``: what must
    hold for both sides to have a value; for ``proved-if`` the ``missing`` ones come first, and ``fails`` says what is so at the
    witness. ``witness``: an exact point at which the claim fails, ``left`` and ``right`` the values there (``undefined`` where
    there is none). ``index``: the entry of a tensor that decided. ``regions``: parts of the domain and what was found there.
    ``steps``: the normal forms, for explanations, as ``str`` tells them. ``empty``: undecided as no point was found at
    which it says anything. ``open``: undecided as neither a proof nor a point was found. ``place``: a point that fails, in
    words where it is no point of rationals. ``tactic``: which row of a table decided (``engine.tactics``). ``theorem``:
    what the trusted core made of a proof; ``unchecked``: the tactic that is trusted instead (``engine.certify``).
    """

    status: Status
    reason: Reason
    conditions: tuple[Node, ...] = ()
    missing: tuple[Node, ...] = ()
    witness: Mapping[Node, Fraction] | None = None
    left: str = ""
    right: str = ""
    index: tuple[int, ...] | None = None
    regions: tuple[str, ...] = ()
    method: str = ""
    steps: tuple[object, ...] = ()
    empty: bool = False
    open: bool = False
    place: str = ""
    tactic: str = ""
    theorem: Theorem | None = None
    unchecked: str = ""
    fails: Reason | None = None

    @property
    def told(self) -> Reason:
        """The grounds, with the entry that decided, the conditions, and what is so where they fail."""
        if self.status in ("refuted", "undecided"):
            return self.reason if self.index is None else Why.ENTRY(index=self.index, of=self.reason)
        rest = tuple(c for c in self.conditions if c not in self.missing)
        if self.status == "proved":
            return Why.WHERE(of=self.reason, conditions=rest) if rest else self.reason
        grounds = None if self.reason.term is Why.HOLDS else self.reason
        return Why.HOLDS_IF(missing=self.missing, rest=rest, fails=self.fails, of=grounds)

    def __str__(self) -> str:
        return str(self.told)


def joined(decisions: Sequence[Decision]) -> Decision:
    """The decision on what holds where all of these do: the gravest, with the conditions of all.

    Of several that are as grave, the first entry of a tensor tells its reason; of other parts that of the first sentence in the
    alphabet, so that ``A and B`` and ``B and A`` have one answer. Raises ValueError where there are none.
    """
    if len(decisions) == 1:
        return decisions[0]
    worst = min(decisions, key=lambda d: (ORDER.index(d.status), d.empty, d.index or (), "" if d.index else str(d)))
    if worst.status in ("refuted", "undecided"):
        return worst
    missing = _all(decisions, [d.missing for d in decisions])
    reason = worst.reason
    if worst.status == "proved" and worst.index is None:
        reasons = sorted({str(d.reason): d.reason for d in decisions}.items())
        if len(reasons) > 1:
            shown = tuple(r for _, r in reasons[:MAX_TOLD])
            reason = Why.ALL_OF(reasons=shown, more=len(reasons) > MAX_TOLD or None)
    return replace(
        worst,
        reason=reason,
        missing=missing,
        conditions=tuple(dict.fromkeys([*missing, *_all(decisions, [d.conditions for d in decisions])])),
        index=worst.index if worst.status == "proved-if" else None,
        regions=tuple(dict.fromkeys(r for d in decisions for r in d.regions)),
        steps=tuple(dict.fromkeys(s for d in decisions for s in d.steps)),
    )


def _all(decisions: Sequence[Decision], lists: Sequence[Sequence[Node]]) -> tuple[Node, ...]:
    """The conditions of all parts: of the entries of a tensor in their order, of others by their text."""
    found = dict.fromkeys(c for part in lists for c in part)
    return tuple(found if any(d.index is not None for d in decisions) else sorted(found, key=to_text))
