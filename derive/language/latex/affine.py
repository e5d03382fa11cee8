"""Whole numbers that indices are put together from: ``i + 1``, ``n - 1``, as print counts, from 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from derive.expr.graph import Node
from derive.language.latex.symbols import candidates
from derive.language.latex.tree import Given, Group, Number, Product, Scripted, Sum, Symbol, Tree
from derive.records import dataclass


@dataclass(slots=True)
class Index:
    """A variable that a loop binds: its name in the language, from which number print counts it, up to what it runs, the sizes
    that it was used to pick an entry of, and whether its loop is not unrolled (it is then what print counts)."""

    name: str
    first: int = 1
    limit: int | None = None
    sizes: list[int] = field(default_factory=list)
    endless: bool = False
    ends: tuple[str, int] | None = None  # the letter of a size up to which it runs, and that size


@dataclass(slots=True)
class Affine:
    constant: int = 0
    names: dict[str, int] = field(default_factory=dict)
    indices: list[Index] = field(default_factory=list)

    def plus(self, other: Affine, sign: int = 1) -> Affine:
        names = dict(self.names)
        for name, k in other.names.items():
            names[name] = names.get(name, 0) + sign * k
        kept = {name: k for name, k in names.items() if k}
        return Affine(self.constant + sign * other.constant, kept, [*self.indices, *other.indices])

    def text(self) -> str:
        made = ""
        for name, k in self.names.items():
            size = name if abs(k) == 1 else f"{abs(k)}*{name}"
            made += f" {'-' if k < 0 else '+'} {size}" if made else f"{'-' if k < 0 else ''}{size}"
        if self.constant or not made:
            c = self.constant
            made += f" {'-' if c < 0 else '+'} {abs(c)}" if made else str(c)
        return made

    def position(self) -> str:
        """As an index of the language, which counts from 0."""
        zero = any(i.first == 0 for i in self.indices)
        return Affine(self.constant - (not zero), self.names).text()

    def counted(self) -> int | None:
        """The number that it is, where it is one."""
        return None if self.names else self.constant


def affine(tree: Tree, scope: Mapping[str, Node], indices: Mapping[str, Index], symbols: bool = False) -> Affine | None:
    """The whole number that a tree is in print; None where it is none. ``symbols``: scalar symbols are taken for such, too,
    as they are where a sum ends at one."""
    match tree:
        case Number(text=digits) if digits.isdigit() and len(digits) < 6:
            return Affine(int(digits))
        case Group(bracket="(" | "[" | "{", items=(inner,)):
            return affine(inner, scope, indices, symbols)
        case Symbol(word=word, accents=()) if word in indices:
            i = indices[word]
            return Affine(i.first, {i.name: 1}, [i])
        case Given(text=name) if size_of(name, scope) is not None:
            return Affine(0, {name: 1})
        case Symbol() | Scripted():
            return _size(tree, scope, symbols)
        case Sum(terms=terms):
            made = Affine()
            for sign, t in terms:
                if (part := affine(t, scope, indices, symbols)) is None:
                    return None
                made = made.plus(part, -1 if sign == "-" else 1)
            return made
        case Product(items=((_, Number(text=digits)), (op, factor))) if (
            digits.isdigit() and op in ("", ".") and len(digits) < 6
        ):
            part = affine(factor, scope, indices, symbols)
            if part is None:
                return None
            k = int(digits)
            return Affine(k * part.constant, {n: k * c for n, c in part.names.items()}, part.indices)
    return None


def _size(tree: Symbol | Scripted, scope: Mapping[str, Node], symbols: bool = False) -> Affine | None:
    """A size of the case: a name that is a whole number."""
    from derive.language.latex.symbols import pieces

    base = tree.base if isinstance(tree, Scripted) else tree
    if not isinstance(base, Symbol) or (isinstance(tree, Scripted) and (tree.above or tree.primes)):
        return None
    below = pieces(tree.below) if isinstance(tree, Scripted) else []
    if below is None:
        return None
    named = list(candidates(base.word, base.accents, below))
    sizes = [name for name in named if size_of(name, scope) is not None]
    scalars = [
        name for name in named if symbols and name in scope and scope[name].op == "symbol" and not scope[name].shape
    ]
    return next((Affine(0, {name: 1}) for name in (*sizes, *scalars)), None)


def size_of(name: str, scope: Mapping[str, Node]) -> int | None:
    """The whole number that a name is defined to be; None where it is anything else."""
    n = scope.get(name)
    n = n.args[0] if n is not None and n.op == "def" else None
    return n.attr if n is not None and n.op == "const" and isinstance(n.attr, int) else None
