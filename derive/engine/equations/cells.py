"""Parts of a domain in which some signs are known, and what was found of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from derive.engine.algebra.normal import Need
from derive.engine.algebra.polynomials import Key
from derive.engine.algebra.signs import NEGATIVE, POSITIVE, ZERO
from derive.engine.counterexamples.constraints import Constraint
from derive.engine.counterexamples.points import Judged, Point
from derive.engine.reasons import Reason
from derive.expr.graph import Node
from derive.records import dataclass

#: ``equal``: proved. ``empty``: no point. ``nothing``: neither side has a value. ``differ``, ``left``, ``right`` (that
#: side has no value): shown by a witness. ``open``: none of these could be shown.
Kind = Literal["equal", "empty", "nothing", "differ", "left", "right", "open"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of the domain. ``boundary`` holds the s of every s = 0 that it lies on."""

    facts: tuple[Constraint, ...] = ()
    bound: tuple[tuple[Node, Node], ...] = ()
    boundary: tuple[Node, ...] = ()

    def text(self) -> str:
        from derive.language.reader import to_text

        sign = {POSITIVE: "> 0", NEGATIVE: "< 0", ZERO: "= 0"}
        parts = [f"{to_text(s)} {sign[m]}" for s, m in self.facts if m in sign]
        return ", ".join(parts) or "everywhere"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found of a cell.

    ``missing`` are conditions that fail at the witness, and under which the claim holds in the cell. ``whole``: the side
    that lacks a value lacks it in the whole cell.
    """

    kind: Kind
    cell: Cell
    reason: Reason | None = None
    witness: Point | None = None
    judged: Judged | None = None
    missing: tuple[Node, ...] = ()
    whole: bool = False


@dataclass
class Side:
    """One side in one cell: its value (None: depends on the side of a kink), what it needs, where to split.

    ``sure`` are the needs that follow from the cell alone; ``needs`` may have been found on the strength of the others.
    """

    value: Any
    needs: dict[Key, Need]
    asks: list[Node]
    sure: dict[Key, Need]


def describe(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """The regions with their outcomes, for people."""
    said: Mapping[str, str] = {
        "equal": "equal", "empty": "no point", "nothing": "neither side has a value", "differ": "not equal",
        "left": "the left side has no value", "right": "the right side has no value", "open": "not decided",
    }  # fmt: skip
    return tuple(f"{o.cell.text()}: {said[o.kind]}" for o in outcomes)
