"""``latex:`` in a case: what a formula of the document says, put in the place of the keys that say it in the language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from verify.casefile import rules
from verify.casefile.readers import Reader, short
from verify.casefile.tree import Items, Text, Tree
from verify.casefile.tree import Mapping as Map

if TYPE_CHECKING:
    from derive.language.latex import Said


#: What a letter after a backslash in double quotes has become.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\xa0\u2028\u2029]")
ESCAPED = (
    r"a backslash in double quotes starts an escape (\f is a form feed, \t a tab); use single quotes: '\frac{a}{b}'"
)


def escaped(t: Text) -> bool:
    """Whether double quotes have made something else of its commands."""
    return t.style == '"' and _CONTROL.search(t.value) is not None


class Formulas:
    """Reads LaTeX by the names of a case and its table ``names:``."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.names: dict[str, str] = {}

    def read_names(self, tree: Tree | None) -> None:
        """The table from the document's symbols to the language."""
        if tree is None:
            return
        if not isinstance(tree, Map):
            self.reader.fault(tree.place, r"expected names as a mapping such as {'\mathbf{w}_j': 'W[j]'}")
            return
        from derive.language.latex.given import table

        for key, (label, value) in tree.entries.items():
            if not isinstance(value, Text):
                self.reader.fault(value.place, "expected an expression of the language; one with brackets needs quotes")
                continue
            if escaped(label) or escaped(value):
                self.reader.fault(label.place, ESCAPED)
                continue
            try:
                table({key: value.value})
            except ExpressionError as e:
                self.reader.fault(label.place, e.message.removeprefix("names: "))
            else:
                self.names[key] = value.value

    def said(
        self,
        t: Text,
        scope: Mapping[str, Node],
        graph: Graph,
        layout: str,
        *,
        left: str = "",
        broken: Iterable[str] = (),
    ) -> Said | None:
        """The one statement of a formula; None where it is at fault, or speaks of a name that is."""
        from derive.language.latex import mentioned, read

        if escaped(t):
            self.reader.fault(t.place, ESCAPED)
            return None
        try:
            found = read(t.value, scope, graph, names=self.names, layout=layout, left=left)
        except ExpressionError as e:
            if not mentioned(t.value, broken):
                self.reader.fault(t.at(e.offset), f"{e.message} in '{short(t.value)}'")
            else:
                self.reader.count += 1
            return None
        if len(found.statements) > 1:
            each = "; ".join(s.text for s in found.statements)
            second = found.statements[1]
            self.reader.fault(
                t.at(second.start), f"{len(found.statements)} statements, each a claim of its own: {short(each)}"
            )
            return None
        return found.statements[0]

    def claim(
        self, given: dict[str, Tree], scope: Mapping[str, Node], graph: Graph, layout: str, broken: Iterable[str] = ()
    ) -> dict[str, Tree]:
        """The keys of a claim with those that its formula says."""
        tree = given["latex"]
        rest = {key: value for key, value in given.items() if key not in ("latex", "reads")}
        if not self.reader.is_text(tree, "a formula in LaTeX") or not isinstance(tree, Text):
            return rest
        if clash := [rule for rule in rules.LATEX if rule.broken(given)]:
            self.reader.rules(clash[:1], given, tree.place)
            return rest
        said = self.said(tree, scope, graph, layout, broken=broken)
        if said is None:
            return rest
        if "reads" in given:
            self.pinned(given["reads"], said)
        made: dict[str, Tree] = {}
        if not said.holds and len(said.parts) == 1 and said.prints is None and rest.keys().isdisjoint(rules.SAYS):
            wanted = "an equation or a relation such as 'y = x^2', or 'prints' beside it"
            self.reader.fault(
                tree.place, f"'{short(tree.value)}' is an expression and claims nothing: expected {wanted}"
            )
            return rest
        if said.holds:
            made["holds"] = _text(said.holds, tree)
        if said.parts:
            made["of"] = _text(said.parts[0], tree)
            if len(said.parts) > 1:
                made["equals"] = Items(tree.place, [_text(p, tree) for p in said.parts[1:]])
        if said.shows and "shows" not in given:
            made["shows"] = _text(said.shows, tree)
        if said.prints is not None and "prints" not in given:
            made["prints"] = _digits(said.prints, tree)
        return {**rest, **made}

    def pinned(self, tree: Tree, said: Said) -> None:
        """Whether the formula is read as it was when somebody looked at it."""
        if not self.reader.is_text(tree, "the reading of the formula") or not isinstance(tree, Text):
            return
        now = said.holds or " == ".join(said.parts)
        if "".join(tree.value.split()) != "".join(now.split()):
            self.reader.fault(tree.place, f"the formula reads '{short(now)}' now")


def _text(value: str, at: Text) -> Text:
    """A text of the language where the formula stands."""
    return replace(at, value=value, flawed=True)


def _digits(prints: str | list[str] | list[list[str]], at: Text) -> Tree:
    if isinstance(prints, str):
        return _text(prints, at)
    return Items(at.place, [_digits(p, at) for p in prints])


def definition(given: Mapping[str, Tree], reader: Reader) -> Text | None:
    """The LaTeX of ``z: {latex: 'z = w x + b'}``; None, and a fault, for anything else that is a mapping."""
    value = given.get("latex")
    if value is not None and reader.is_text(value, "a formula in LaTeX") and isinstance(value, Text):
        return value
    return None
