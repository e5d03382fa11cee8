"""What was decided, and how decisions on the parts of a claim become one on the whole.

A claim that says several things (``and``, ``all``, the entries of a tensor, the cases of an assumption) holds where each of them
does: its conditions are those of all its parts, whatever their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from derive.expr.graph import Node
from derive.proof.check import Theorem

Status = Literal["proved", "proved-if", "refuted", "undecided"]
ORDER: tuple[Status, ...] = ("refuted", "undecided", "proved-if", "proved")  # from the gravest down

MAX_TOLD = 4  # conditions that a reason names


@dataclass(frozen=True)
class Decision:
    """What was decided, and on what grounds.

    ``conditions``: what must hold for both sides to have a value; for ``proved-if`` the ``missing`` ones come first.
    ``witness``: an exact point at which the claim fails, ``left`` and ``right`` the values there (``undefined`` where there
    is none). ``index``: the entry of a tensor that decided. ``regions``: parts of the domain and what was found there.
    ``steps``: the normal forms, for explanations, as ``str`` tells them. ``empty``: undecided as no point was found at
    which it says anything. ``open``: undecided as neither a proof nor a point was found. ``place``: a point that fails, in
    words where it is no point of rationals. ``tactic``: which row of a table decided (``engine.tactics``). ``theorem``:
    what the trusted core made of a proof; ``unchecked``: the tactic that is trusted instead (``engine.certify``).
    """

    status: Status
    reason: str
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


def joined(decisions: Sequence[Decision]) -> Decision:
    """The decision on what holds where all of these do: the gravest, with the conditions of all.

    Of several that are as grave, the first entry of a tensor tells its reason; of other parts that of the first reason in the
    alphabet, so that ``A and B`` and ``B and A`` have one answer. Raises ValueError where there are none.
    """
    worst = min(decisions, key=lambda d: (ORDER.index(d.status), d.empty, d.index or (), "" if d.index else d.reason))
    if worst.status in ("refuted", "undecided"):
        at = f"entry [{', '.join(map(str, worst.index))}]: " if worst.index is not None else ""
        return replace(worst, reason=f"{at}{worst.reason}")
    if len(decisions) == 1:
        return worst
    missing = _all(decisions, [d.missing for d in decisions])
    conditions = tuple(dict.fromkeys([*missing, *_all(decisions, [d.conditions for d in decisions])]))
    told = retold(worst, missing, conditions)
    if worst.status == "proved" and worst.index is None:
        reasons = sorted({d.reason for d in decisions})
        told = "; ".join(reasons[:MAX_TOLD]) + "; ..." * (len(reasons) > MAX_TOLD)
    return replace(
        worst,
        reason=told,
        missing=missing,
        conditions=conditions,
        index=worst.index if worst.status == "proved-if" else None,
        regions=tuple(dict.fromkeys(r for d in decisions for r in d.regions)),
        steps=tuple(dict.fromkeys(s for d in decisions for s in d.steps)),
    )


def _all(decisions: Sequence[Decision], lists: Sequence[Sequence[Node]]) -> tuple[Node, ...]:
    """The conditions of all parts: of the entries of a tensor in their order, of others by their text."""
    from derive.language.reader import to_text

    found = dict.fromkeys(c for part in lists for c in part)
    return tuple(found if any(d.index is not None for d in decisions) else sorted(found, key=to_text))


def retold(found: Decision, missing: Sequence[Node], conditions: Sequence[Node]) -> str:
    """The reason of a decision with other conditions than those that it tells."""

    def said(missing: Sequence[Node], conditions: Sequence[Node], lead: str) -> str:
        rest = [c for c in conditions if c not in missing]
        return f"{lead * bool(missing)}{listed(missing)}{', where ' * bool(rest)}{listed(rest)}"

    for lead in (", if ", "holds if "):
        before, after = said(found.missing, found.conditions, lead), said(missing, conditions, lead)
        if not before:
            return found.reason + after
        if before in found.reason:
            return found.reason.replace(before, after, 1)
    return found.reason


def listed(conditions: Sequence[Node]) -> str:
    """Conditions for people, joined by ``and``; of many the first."""
    from derive.language.reader import to_text

    more = len(conditions) - MAX_TOLD
    return " and ".join(map(to_text, conditions[:MAX_TOLD])) + (f" and {more} more" if more > 0 else "")
