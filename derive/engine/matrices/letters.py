"""Letters: the matrices and columns that words are made of, and the scalars that stand beside them (``noncommutative``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.engine.algebra.kernels import terms as _terms  # noqa: F401  (registers the rules of functions)
from derive.engine.algebra.normal import Normal
from derive.engine.algebra.polynomials import Quotient, Ring
from derive.engine.algebra.signs import POSITIVE, Mask, Signs
from derive.expr.graph import Graph, Node
from derive.records import dataclass

Word = tuple[int, ...]
Form = dict[Word, Quotient]


class NoForm(ArithmeticError):
    """What this normal form can't say, or only at greater length than the limits allow."""


@dataclass(slots=True)
class Letter:
    """A matrix [rows, cols] or a column of ``rows`` entries. ``entry`` is its generic entry [i, j] or [i] where it is one made
    of other entries; ``diagonal`` the column on the diagonal of a diagonal matrix; ``inverts`` what it is the inverse of."""

    name: str
    rows: int
    cols: int
    vector: bool = False
    symmetric: bool = False
    entry: Quotient | None = None
    diagonal: int = 0
    inverts: Form | None = None


class Alphabet:
    """The letters of one claim."""

    def __init__(self, ring: Ring, sizes: Mapping[int, str]) -> None:
        self.graph: Graph = ring.graph
        self.ring = ring
        self.signs = Signs(ring)
        self.normal = Normal(ring, self.signs)
        self.sizes = sizes
        self.letters: list[Letter] = [Letter("", 0, 0)]
        self.numbers: dict[Any, int] = {}
        self.places: dict[Node, tuple[Word, str]] = {}  # the entry [i], [i, j] of a word, as a scalar

    # -- scalars ----------------------------------------------------------------------------------

    def scalar(self, n: Node) -> Quotient:
        """The normal form of a scalar node. Raises NoForm where it has none."""
        self.normal.run([n])
        value = self.normal.values[n]
        if not isinstance(value, Quotient):
            raise NoForm("a condition, or an expression without a value")
        return value

    def named(self, name: str, mask: Mask = 7) -> Quotient:
        """A scalar of which nothing is known but its name, and perhaps its sign."""
        value = self.scalar(self.graph.node("symbol", (), name))
        if mask != 7:
            self.signs.learn(value, mask)
        return value

    def size(self, n: int) -> Quotient:
        """A size as a scalar: its letter where it has one."""
        if n in self.sizes:
            return self.named(f"size {self.sizes[n]}", POSITIVE)
        return self.ring.const(int(n))

    # -- letters ----------------------------------------------------------------------------------

    def letter(self, key: Any, made: Letter) -> int:
        """The number of the letter of that key, new or known."""
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = len(self.letters)
            self.letters.append(made)
        return found

    def ones(self, n: int) -> int:
        return self.letter(("ones", int(n)), Letter(f"1_{n}", n, 1, vector=True, entry=self.ring.one))

    def column(self, q: Quotient, rows: int) -> int:
        """The letter of the column whose entry [i] is a quotient."""
        if (place := self.single(q)) is not None and len(place[0]) == 1 and place[1] == "i":
            return place[0][0]
        if q == self.ring.one:
            return self.ones(rows)
        key = ("column", int(rows), self.ring.quotient_key(q))
        return self.letter(key, Letter(f"({self.ring.text(q)})", rows, 1, vector=True, entry=q))

    def diagonal(self, column: int) -> Word:
        """The diagonal matrix of a column letter; the identity for that of ones."""
        if self.letters[column].entry == self.ring.one:
            return ()
        of = self.letters[column]
        made = Letter(f"diag({of.name})", of.rows, of.rows, symmetric=True, diagonal=column)
        return (self.letter(("diagonal", column), made),)

    def single(self, q: Quotient) -> tuple[Word, str] | None:
        """The word and pattern that q is the plain entry of, if it is one."""
        if not q.den.is_one() or len(q.num) != 1 or q.num.total_degree() != 1 or q.num.leading_coefficient() != 1:
            return None
        return self.places.get(self.ring.used(q.num)[0].node)

    # -- words ------------------------------------------------------------------------------------

    def turned(self, w: Word) -> Word:
        """The transpose."""
        return tuple(k if self.letters[abs(k)].symmetric else -k for k in reversed(w))

    def text(self, f: Form) -> str:
        """A form for people."""
        parts = []
        for w, c in f.items():
            said = "@".join(self.letters[abs(k)].name + (".T" if k < 0 else "") for k in w) or "I"
            parts.append(said if c == self.ring.one else f"({self.ring.text(c)})*{said}")
        return " + ".join(parts) or "0"
