"""A case, as the rest of the house knows it: typed, with places, nothing left to parse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derive.expr.graph import Graph, Node
from derive.records import dataclass
from verify.decimals import Tolerance

if TYPE_CHECKING:
    from verify.casefile.tree import Mapping as Map


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file, counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A free variable: ``values`` are its entries row by row (None: any), ``texts`` as they are written, ``low`` and ``high`` its
    declared range; ``whole`` where its entries are whole numbers."""

    name: str
    shape: tuple[int, ...]
    values: tuple[Fraction, ...] | None
    low: Fraction | None
    high: Fraction | None
    recover: bool
    node: Node
    place: Place
    whole: bool = False
    texts: tuple[str, ...] = ()

    @property
    def known(self) -> Node | None:
        """What is known of it beside its range, as a condition."""
        return self.node.graph.call("eq", self.node, self.node.graph.call("floor", self.node)) if self.whole else None


@dataclass(frozen=True, slots=True)
class Definition:
    """A named expression; ``node`` is the graph's definition node."""

    name: str
    node: Node
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class State:
    """What an iteration carries on, as it is written; ``index`` is the symbol of a step's number, from ``first`` on, or ""."""

    name: str
    start: str
    step: str
    index: str = ""
    first: int = 0


@dataclass(frozen=True, slots=True)
class Derivation:
    """Something to derive, typeset and check: an entry of ``derive:``."""

    text: str
    node: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Printing:
    """A number as it is printed by another claim; ``file`` is that of the claim, "" where it is the same."""

    id: str
    prints: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that the document says. Which keys are set decides who judges it (verify.claims)."""

    id: str
    where: str
    kind: str
    place: Place
    order: int
    of: Node | None = None
    equals: tuple[Node, ...] = ()
    misfit: str = ""  # why what it equals has no value at these sizes: shapes that do not fit together
    ill_formed: str = ""  # why the document's own formula, said to be copied, has no value: shapes, an index
    prints: str | None = None
    by: Node | None = None
    computed: str = ""  # the format in which its number was computed (derive.numbers.formats)
    within: Tolerance | None = None  # how far its number may be from the exact value
    rounded_inputs: bool = False  # its number was computed from inputs that are printed rounded
    shows: Node | None = None
    holds: Node | None = None
    somewhere: Node | None = None
    standard: tuple[Node, ...] = ()
    contradicts: tuple[str, ...] = ()
    agrees: tuple[Printing, ...] = ()  # other printings of its number
    probe: str = ""  # the name of a probe of what a library does (verify.probes)
    recover: str | None = None
    sources: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    shape: tuple[int, ...] | None = None
    assuming: tuple[Node, ...] = ()
    needs: tuple[Node, ...] = ()
    pinned: str = "holds"
    because: str = ""
    note: str = ""
    quote: str = ""  # its own characters in the document
    texts: Mapping[str, str] = field(default_factory=dict)
    literals: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)  # of its keys' values

    @property
    def made(self) -> bool:
        """Whether it says of its number how that was made, so that it need not be the rounding of the exact value."""
        return bool(self.computed or self.within or self.rounded_inputs)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """An optimizer as a formula: the starts of its states, its updates in order, and its constants, exactly."""

    states: Mapping[str, str]
    updates: tuple[tuple[str, str], ...]
    constants: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Implementation:
    """A function that people run, and the formula (``of``) or, for an optimizer, the recurrence that it should compute.

    ``arguments``: symbols by position or by parameter; None: by name where there are such parameters, else in their order.
    ``result``: an entry of the tuple that it returns, an index a level, or the symbol of an argument, for what it becomes.
    ``ranges`` of symbols, where they are others here than the case declares; ``wrt`` empty: by all that vary.
    """

    id: str
    name: str
    place: Place
    of: Node | None = None
    text: str = ""
    arguments: tuple[str, ...] | Mapping[str, str] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    result: str | tuple[int, ...] | None = None
    ranges: Mapping[str, tuple[Fraction | None, Fraction | None]] = field(default_factory=dict)
    wrt: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    recurrence: Recurrence | None = None
    pinned: str = "conforms"
    pinned_class: str = ""
    because: str = ""
    note: str = ""

    @property
    def said(self) -> str:
        """The formula, or the updates of the optimizer, as they are written."""
        return self.text if self.recurrence is None else "; ".join(f"{n} = {t}" for n, t in self.recurrence.updates)


@dataclass(frozen=True, slots=True)
class Case:
    """One file of the case library, for one instance of its sizes. ``instances`` are the others to prove it at. ``tree`` is what
    it was read from; of one that is ``partial``, a part of the file (verify.casefile.slices), with more to see elsewhere."""

    name: str
    document: str
    path: str
    title: str
    source: Mapping[str, str]
    graph: Graph
    symbols: Mapping[str, Symbol]
    definitions: Mapping[str, Definition]
    derivations: tuple[Derivation, ...]
    claims: tuple[Claim, ...]
    sizes: Mapping[str, int] = field(default_factory=dict)
    instances: tuple[Mapping[str, int], ...] = ()
    listed: frozenset[str] = frozenset()  # sizes of which it gives several values, none more its own than the others
    states: Mapping[str, State] = field(default_factory=dict)
    warnings: tuple[tuple[Place, str], ...] = ()  # of what is well-formed and may not be meant
    implementations: tuple[Implementation, ...] = ()
    used: tuple[str, ...] = ()  # the other files that it takes names from
    manuscript: str = ""  # the file of the document, where claims quote it
    partial: bool = False
    tree: Map | None = field(default=None, repr=False, compare=False)

    @property
    def elsewhere(self) -> dict[str, Place]:
        """The symbols and definitions that stand in another file, with their places."""
        places = {s.name: s.place for s in self.symbols.values()} | {d.name: d.place for d in self.definitions.values()}
        return {name: place for name, place in places.items() if place.file != self.path}
