"""What a draft holds: values, definitions, claims, and notes of what is none of these, each with its statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from derive.expr.graph import Node
from derive.records import dataclass
from verify.document.said import Piece
from verify.draft.conditions import Condition
from verify.draft.scope import Scope
from verify.draft.statements import Section, Statement


@dataclass(slots=True)
class Value:
    """A number or a list of them that the document gives a name."""

    name: str
    digits: str
    s: Statement
    above: str = ""  # the section that says so, where it is one above


@dataclass(slots=True)
class Defined:
    name: str
    latex: str  # of the right side alone
    reads: str
    s: Statement
    above: str = ""


@dataclass(slots=True)
class Claimed:
    latex: str
    reads: str
    s: Statement
    nodes: tuple[Node, ...] = ()
    prints: str = ""
    quote: str = ""
    assuming: tuple[str, ...] = ()
    truth: str = ""  # of an equation by a bounded look: proved, refuted, undecided


@dataclass(slots=True)
class Note:
    """What is not drafted, and why."""

    s: Statement
    reason: str


@dataclass(slots=True)
class Drafted:
    """What was read of a section."""

    section: Section
    scope: Scope
    values: list[Value] = field(default_factory=list)
    definitions: list[Defined] = field(default_factory=list)
    claims: list[Claimed] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    numbers: list[Piece] = field(default_factory=list)  # that no formula prints
    standing: list[Condition] = field(default_factory=list)  # what it asks for once and for all
    earlier: Mapping[str, str] = field(default_factory=dict)  # what names are by earlier sections, with their places

    @property
    def empty(self) -> bool:
        """Whether it says nothing itself."""
        return not (self.claims or any(not x.above for x in self.given))

    @property
    def given(self) -> list[Value | Defined]:
        """What names are."""
        return [*self.values, *self.definitions]
