r"""What one display says: its statements, one after the other, and what stands beside them and is set aside."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import field

from derive.errors import ExpressionError
from derive.language.latex.given import replaced
from derive.language.latex.grammar import Parser
from derive.language.latex.layout import plain
from derive.language.latex.lists import Statement, shared
from derive.language.latex.quantified import Quantified, taken
from derive.language.latex.tokens import Tokens, tokenized
from derive.language.latex.tree import Big, Given, Group, Number, Product, Relation, Scripted, Sum, Symbol, Tree
from derive.language.latex.words import BESIDE, REMARKS
from derive.records import dataclass


@dataclass(slots=True)
class Read:
    statements: list[Statement] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    quantified: list[Quantified] = field(default_factory=list)


def statements(
    text: str, words: Container[str], names: list[tuple[Tokens, str]] | None = None, known: Container[str] = ()
) -> Read:
    """The statements of a formula. ``words`` are the names of several letters that may stand in plain letters; ``names`` says
    what stretches of tokens are in the language; ``known``: letters that are symbols. Raises ExpressionError."""
    tokens, aside = tokenized(text)
    if names:
        tokens = replaced(tokens, names, known)
    kept, more = plain(tokens)
    kept, said, of = taken(kept, known)
    read = Display(kept, words, text).all(aside + more + of)
    read.quantified = said
    return read


class Display(Parser):
    def all(self, aside: list[str]) -> Read:
        read = Read(aside=aside)
        while self.here.kind != "end":
            if self.here.is_(",", ";", ".", "quad", "\\\\"):
                t = self.next()
                if not t.is_("quad", "\\\\"):
                    read.aside.append(t.text)
            elif (number := self.equation_number() or self.remark()) is not None:
                read.aside.append(number)
            elif self.here.kind == "text" or self.beside() in BESIDE or self.beside() == "and":
                t = self.next()
                read.aside.append(self.text[t.start : t.stop])
            else:
                start = self.here.start
                tree = self.statement()
                self.no_number(tree)
                read.statements.append(Statement(tree, start, self.tokens[self.at - 1].stop))
                if not self.separated():
                    self.fail(f"can't be read at {self.shown(self.here)}")
        if not read.statements:
            raise ExpressionError("expected a formula, found nothing", 0)
        read.statements = shared(read.statements, self.text)
        return read

    def separated(self) -> bool:
        """Whether a statement may end here."""
        return self.here.kind in ("end", "text") or self.here.is_(",", ";", ".", "quad", "\\\\") or bool(self.beside())

    def equation_number(self) -> str | None:
        """``(7.8)`` that stands alone before the end or a break."""
        a, rest = self.at, self.tokens[self.at :]
        end = next((i for i, t in enumerate(rest) if t.is_(")")), 0)
        if not self.here.is_("(") or not end or not (a == 0 or self.tokens[a - 1].is_("quad", ",", ".", ";", "\\\\")):
            return None
        inside, after = rest[1:end], rest[end + 1]
        if not all(t.kind in ("number", "letter") or t.is_(".", "-", "*", "'") for t in inside) or len(inside) > 6:
            return None
        if after.kind != "end" and not after.is_("\\\\", "quad", "."):
            return None
        self.at += end + 1
        return self.text[rest[0].start : rest[end].stop]

    def no_number(self, tree: Tree) -> None:
        """Fails where a statement ends with a bracket that may be the number of the equation, or a factor."""
        items: tuple[tuple[str, Tree], ...] = ()
        while not isinstance(tree, Group | Symbol | Number | Scripted):
            match tree:
                case Relation(parts=(*_, last)) | Sum(terms=(*_, (_, last))) | Big(body=last):
                    tree = last
                case Product(items=(*_, (_, last))):
                    items, tree = tree.items, last
                case _:
                    return
        if len(items) < 2 or items[-1][1] is not tree or items[-1][0]:
            return
        before = items[-2][1]
        named = isinstance(before, Symbol | Given) or (isinstance(before, Scripted) and isinstance(before.base, Symbol))
        if named or _numeral_in_brackets(before) or not _numeral_in_brackets(tree, signed=False):
            return
        shown = self.text[tree.start : self.tokens[self.at - 1].stop]
        self.fail(
            f"'{shown}' is a factor, or the number of the equation: write \\cdot {shown}, or \\quad {shown}",
            self.tokens[self.at - 1],
        )

    def remark(self) -> str | None:
        r"""``(\text{since } z > 0)``, in brackets of its own."""
        t = self.tokens[self.at + 1] if self.here.is_("(") else self.here
        if t.kind not in ("text", "word") or t.text.strip().lower().split(" ")[0] not in REMARKS or t is self.here:
            return None
        opening = self.next()
        self.inside("(", opening)
        return self.text[opening.start : self.tokens[self.at - 1].stop]


def _numeral_in_brackets(tree: Tree, signed: bool = True) -> bool:
    """``(3.2)``, or with a sign before the numeral."""
    match tree:
        case Group(bracket="(", items=(Number(),)):
            return True
        case Group(bracket="(", items=(Sum(terms=((_, Number()),)),)):
            return signed
    return False
