"""Small readers of a positioned tree: each gives what stands there, or tells the fault and gives something harmless."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from fractions import Fraction
from pathlib import Path, PurePosixPath

from derive.errors import ExpressionError, UnknownSize, nearest
from derive.expr.shapes import Size, show, size
from verify.casefile.faults import Fault
from verify.casefile.model import Place
from verify.casefile.rules import FALSE, TRUE, Rule
from verify.casefile.schema import MAX_ENTRIES, MAX_SIZES, Field
from verify.casefile.tree import MAX_FAULTS, Items, Mapping, Text, Tree

MAX_DIGITS = 1_000  # of one number, and its exponent
_NUMBER = re.compile(r"[-+]?(?!0[0-9])[0-9.]+(?:[eE][-+]?[0-9]+|/[0-9]+)?")


class TooMany(Exception):
    """As many faults as are worth telling."""


class Reader:
    """The faults of a file, and the readers that find them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        self._told = {(f.file, f.line, f.column) for f in self.faults}
        self.warnings: list[tuple[Place, str]] = []
        self.count = 0  # of faults met, also of those that are told already

    def fault(self, place: Place, message: str, cause: ExpressionError | None = None) -> None:
        """Notes a fault, unless it follows from one that the tree has told of that place."""
        self.count += 1
        if (place.file, place.line, place.column) in self._told:
            return
        self.faults.append(Fault(place.file, place.line, place.column, message, cause))
        if len(self.faults) >= MAX_FAULTS:
            raise TooMany

    def fields(self, tree: Tree, table: dict[str, Field], what: str) -> dict[str, Tree]:
        """The known keys of a mapping; unknown, empty and missing ones are faults."""
        if not isinstance(tree, Mapping):
            keys = ", ".join(list(table)[:4])
            self.fault(tree.place, f"expected {what}: a mapping with keys such as {keys}")
            return {}
        found = {}
        for key, (label, value) in tree.entries.items():
            empty = isinstance(value, Text) and not value.value
            if key not in table:
                hint = nearest(key, table)
                if tree.flow and empty and not hint:
                    hint = "; inside {...} a comma ends an unquoted value: put quotes round the text before it"
                known = hint or f"; known: {', '.join(table)}"
                self.fault(label.place, f"unknown key '{short(key)}' in {what}{known}")
            elif empty and key != "note":
                self.fault(label.place, f"'{key}' has no value; expected {table[key].doc}")
            elif table[key].some and isinstance(value, Items) and not value.items:
                self.fault(value.place, f"'{key}' is an empty list; expected {table[key].doc}")
            else:
                found[key] = value
        for key, f in table.items():
            if f.required and key not in tree.entries:
                self.fault(tree.place, f"{what} needs '{key}': {f.doc}")
        return found

    def rules(self, rules: Iterable[Rule], given: dict[str, Tree], place: Place) -> None:
        """Tells which rules are broken: each at the key that it is about, or at the whole, which stands at ``place``."""
        for rule in rules:
            if rule.broken(given):
                self.fault(given[rule.key].place if rule.key else place, rule.message)

    def text(self, tree: Tree | None) -> str:
        if tree is None:
            return ""
        if not isinstance(tree, Text):
            self.fault(tree.place, "expected a text; one with brackets needs quotes here")
            return ""
        return tree.value

    def texts(self, tree: Tree | None, what: str) -> list[Text]:
        """A list of texts; one text stands for a list of one."""
        if tree is None:
            return []
        if isinstance(tree, Text):
            return [tree]
        if isinstance(tree, Mapping):
            self.fault(tree.place, f"expected {what}; a text with ': ' or in braces needs quotes")
            return []
        return [t for t in tree.items if self.is_text(t, what) and isinstance(t, Text)]

    def is_text(self, tree: Tree, what: str) -> bool:
        if not isinstance(tree, Text):
            self.fault(tree.place, f"expected {what}; an expression in brackets needs quotes here")
        return isinstance(tree, Text)

    def number(self, t: Text) -> Fraction:
        """A decimal or a fraction, exactly."""
        text = t.value.replace(" ", "").replace("−", "-")
        exponent = text.lower().partition("e")[2]
        try:
            # 1_000 and 012 are numbers in some languages and not in others, full-width digits in none of them
            if (
                len(text) <= MAX_DIGITS
                and _NUMBER.fullmatch(text)
                and (not exponent or abs(int(exponent)) <= MAX_DIGITS)
            ):
                return Fraction(text)
        except (ValueError, ZeroDivisionError):
            pass
        self.fault(t.place, f"expected a number such as 0.1, -2, 1e-3 or 1/3, not '{short(t.value)}'")
        return Fraction(0)

    def end(self, t: Text) -> Fraction | None:
        """An end of a range; ``inf`` and ``-inf`` are no end at all."""
        return None if t.value in ("inf", "+inf", "-inf") else self.number(t)

    def flag(self, tree: Tree | None) -> bool:
        text = self.text(tree).lower()
        if isinstance(tree, Text) and text not in (*TRUE, *FALSE):
            self.fault(tree.place, "expected true or false")
        return text in TRUE

    def tensor(self, tree: Tree, most: int = 2) -> tuple[tuple[int, ...], list[Text]] | None:
        """Shape and entries of a scalar, a list, a list of rows (and so on, ``most`` lists deep)."""
        if isinstance(tree, Text):
            return (), [tree]
        if isinstance(tree, Mapping) or not tree.items or not most:
            self.fault(tree.place, "expected a number, a vector [1, 2] or a matrix [[1, 2], [3, 4]]")
            return None
        shape: tuple[int, ...] | None = None
        entries: list[Text] = []
        for item in tree.items:
            part = self.tensor(item, most - 1)
            if part is None:
                return None
            if shape is not None and part[0] != shape:
                self.fault(item.place, f"rows of unequal shape: {show(shape)} and {show(part[0])}")
                return None
            shape = part[0]
            entries += part[1]
        if len(entries) > MAX_ENTRIES:
            self.fault(tree.place, f"{len(entries):,} entries; the limit is {MAX_ENTRIES:,}")
            return None
        return (len(tree.items), *(shape or ())), entries

    def sizes(
        self, tree: Tree, known: dict[str, int] | None = None, broken: Container[str] = ()
    ) -> tuple[int, ...] | None:
        """A shape: ``[2, 3]``, ``[m, n]`` with known sizes, ``[]``, or one size. Of names that are ``broken`` a fault is told
        already."""
        found: list[int] = []
        for t in tree.items if isinstance(tree, Items) else [tree]:
            text = t.value if isinstance(t, Text) else ""
            if known and text in known:
                found.append(Size(known[text], text))
            elif text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0:
                found.append(int(text))
            elif text in broken:
                return None
            elif text.isidentifier():
                hint = nearest(text, known or ())
                e = UnknownSize(f"unknown size '{short(text)}'{hint}", letters=() if hint else (short(text),))
                self.fault(t.place, e.message + declared(e), e)
                return None
            else:
                self.fault(t.place, "expected sizes such as [2, 3] or [m, n]")
                return None
        shape = tuple(found)
        if len(shape) > MAX_SIZES or size(shape) > MAX_ENTRIES:
            self.fault(tree.place, f"a shape beyond the limits of {MAX_SIZES} sizes and {MAX_ENTRIES:,} entries")
            return None
        return shape


def beside(folder: Path, said: str) -> Path | None:
    """The path that a case in this folder means; None where that is not in the folder, links followed: a stranger's case sees no
    more than lies beside it."""
    plain = PurePosixPath(said)
    plainly = not plain.is_absolute() and ".." not in plain.parts and "\\" not in said and "\0" not in said
    path = folder / plain
    return path if plainly and path.resolve().is_relative_to(folder.resolve()) else None


def declared(e: UnknownSize) -> str:
    """How a case declares a size that nobody tells."""
    return f"; declare it: sizes: {{{e.letters[0]}: 3}}" if e.letters else ""


def short(text: str) -> str:
    """A text as a message shows it."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."
