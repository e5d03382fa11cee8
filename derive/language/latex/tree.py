"""The syntax tree of a formula. It keeps what only scope can tell: what is applied and what is multiplied, what a script says."""

from __future__ import annotations

from collections.abc import Sequence

from derive.language.latex.tokens import Tokens
from derive.records import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    start: int
    text: str
    font: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """A letter, a Greek letter or a word, with its accents from the inside out."""

    start: int
    word: str
    accents: tuple[str, ...] = ()
    font: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What the table of names says that a stretch of the formula is: a text of the language. ``closed``: a bracket closes the
    stretch, so that one that follows is no argument."""

    start: int
    text: str
    closed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Scripted:
    """Subscript and superscript are read when it is known what they are to say."""

    start: int
    base: Tree
    below: Tokens = ()
    above: Tokens = ()
    primes: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """``bracket``: ``(``, ``[``, ``{``, and ``|``, ``||``, ``floor``, ``ceil``, ``!`` for what these signs compute."""

    start: int
    bracket: str
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fraction:
    start: int
    top: Tokens
    bottom: Tokens


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    start: int
    inside: Tree
    order: Tree | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Big:
    """A sum, a product, a maximum over an index, with all that it is of."""

    start: int
    op: str
    below: Tokens
    above: Tokens
    body: Tree
    written: Tokens = ()  # the body


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    r"""``x_1 + \dots + x_n``, ``(x_1, \dots, x_n)``: one for every whole number from the first to the last. ``holes``: where in
    the body the number stands; ``op``: sum, prod or list."""

    start: int
    op: str
    body: Tokens
    holes: tuple[int, ...]
    first: Tokens
    last: Tokens


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """Factors with the sign before each: nothing for what only stands beside it."""

    start: int
    items: tuple[tuple[str, Tree], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """The bar that says where a value is taken; the last item of a product."""

    start: int
    below: Tokens


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    start: int
    terms: tuple[tuple[str, Tree], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    start: int
    parts: tuple[Tree, ...]
    ops: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Logic:
    """``op``: and, or, not, implies, iff."""

    start: int
    op: str
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """``row``: of one row, where dots hide how long it is."""

    start: int
    rows: tuple[tuple[Tree, ...], ...]
    row: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Values with their conditions; the last may have none."""

    start: int
    rows: tuple[tuple[Tree, Tree | None], ...]


Tree = (
    Number
    | Symbol
    | Given
    | Scripted
    | Group
    | Fraction
    | Root
    | Big
    | Run
    | Product
    | Place
    | Sum
    | Relation
    | Logic
    | Matrix
    | Cases
)


def bracket(items: Sequence[tuple[str, Tree]], k: int) -> Group | None:
    """The brackets that stand right beside the factor before them, with or without scripts."""
    if k >= len(items) or items[k][0]:
        return None
    tree = items[k][1]
    base = tree.base if isinstance(tree, Scripted) else tree
    return base if isinstance(base, Group) and base.bracket in ("(", "[", "{") else None


def listed(tree: Tree) -> bool:
    """Whether it is a list in brackets, with or without scripts."""
    base = tree.base if isinstance(tree, Scripted) else tree
    return (
        isinstance(base, Group)
        and base.bracket in ("(", "[", "{")
        and (len(base.items) > 1 or any(isinstance(t, Run) and t.op == "list" for t in base.items))
    )
