"""The conditions of claims in the language: which of those that the text makes a formula needs, and whether they can be said."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from derive.engine.assumptions import contradict
from derive.engine.domain import Domain
from derive.errors import ExpressionError
from derive.expr.graph import Node, topological
from derive.expr.shapes import Size
from derive.language.reader import parse
from derive.records import dataclass
from verify.draft.conditions import Condition, Role, in_language
from verify.draft.scope import Refused, Scope, Waiting, letters, name_in_print


@dataclass(frozen=True, slots=True)
class Hypothesis:
    text: str
    node: Node

    def value(self, name: str) -> str:
        """The number that it says a name to be; "" where it says none."""
        m = re.fullmatch(rf"{re.escape(name)} == (-?\d+(?:\.\d+)?)", self.text)
        return m[1] if m else ""


class Unread(Exception):
    """A condition that could not be said in the language, with the reason."""


class Hypotheses:
    """Those of a section, by its names."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.read: dict[Condition, Hypothesis | Unread] = {}
        self.used: set[str] = set()  # conditions in the document's words that stand in the section and are assumed

    def of(
        self, latex: str, role: Role, nodes: Sequence[Node], truth: Callable[[Domain], str]
    ) -> tuple[Hypothesis, ...]:
        """What is assumed where a statement is claimed: the conditions of its sentence, and of those that stand in the section
        the ones that it needs. ``truth`` decides it under hypotheses. Raises Unread."""
        doubtful = next((c for c in role.conditions if c.doubtful), None)
        own = [self.said(c) for c in role.conditions if not c.value and not c.doubtful]
        if truth(domain(own)) == "proved":
            return tuple(own)
        if doubtful is not None:
            raise Unread(f"whether '{doubtful.words}' is a condition of it is not clear: say it in 'assuming:'")
        spoken = {str(n.attr) for n in topological(nodes) if n.op == "symbol"}
        standing = [c for c in role.standing if not c.value and c.latex != latex and spoken & letters(c.latex)]
        more = list(own)
        for condition in standing:
            if condition.unread and name_in_print(condition.latex) in spoken:
                raise Unread(f"'{condition.words}' was not read, and may be needed: say it in 'assuming:'")
            hypothesis = None if condition.unread else self.standing(condition, spoken)
            if hypothesis is not None and hypothesis not in more:
                more.append(hypothesis)
                self.used.add(condition.latex)
        if contradict(domain(more)):
            more = list(own)
        values = [
            c for c in (*role.standing, *role.conditions) if c.value and c.latex != latex and spoken & letters(c.latex)
        ]
        put_in = [*more, *(self.said(c) for c in {c.latex.partition("=")[0].strip(): c for c in values}.values())]
        if (
            values
            and not contradict(domain(put_in))
            and truth(domain(more)) != "proved"
            and truth(domain(put_in)) == "proved"
        ):
            return tuple(put_in)
        return tuple(more)

    def standing(self, condition: Condition, spoken: set[str]) -> Hypothesis | None:
        """One that stands in the section, where it is of free symbols of the claim alone."""
        try:
            hypothesis = self.said(condition)
        except Unread:
            if name_in_print(condition.latex) in spoken:
                raise
            return None
        free = {str(n.attr) for n in topological([hypothesis.node]) if n.op == "symbol"}
        return hypothesis if free and free <= spoken else None

    def said(self, condition: Condition) -> Hypothesis:
        """A condition in the language. Raises Unread."""
        if condition not in self.read:
            try:
                self.read[condition] = self._said(condition)
            except Unread as why:
                self.read[condition] = why
        found = self.read[condition]
        if isinstance(found, Unread):
            raise found
        return found

    def _said(self, condition: Condition) -> Hypothesis:
        asks = f"said under the condition '{condition.words}', which"
        if condition.unread:
            raise Unread(f"{asks} was not read: say it in 'assuming:'")
        try:
            text = self._adjective(condition) if condition.adjective else self._relation(condition)
            if not text:
                raise Unread(f"{asks} the draft can't say: say it in 'assuming:'")
            node = parse(text, self.scope.names, self.scope.graph, boolean=None)
            if node.shape and node.op != "eq":
                text = f"all({text})"
                node = parse(text, self.scope.names, self.scope.graph, boolean=True)
        except (Refused, Waiting, ExpressionError) as why:
            told = f"speaks of '{why}'" if isinstance(why, Waiting) else f"was not read: {why}"
            raise Unread(f"{asks} {told}") from None
        return Hypothesis(text, node)

    def _adjective(self, condition: Condition) -> str:
        name = name_in_print(condition.latex, lambda n: n in self.scope.names)
        node = self.scope.names.get(name)
        if node is None:
            return ""
        size = node.shape[0] if node.shape else ""
        return in_language(
            condition.adjective, name, tuple(map(int, node.shape)), size.name if isinstance(size, Size) else str(size)
        )

    def _relation(self, condition: Condition) -> str:
        found = self.scope.read(condition.latex).statements
        if len(found) != 1 or (found[0].prints is not None and len(found[0].parts) != 1):
            return ""
        parts = [*found[0].parts, *([str(found[0].prints)] if isinstance(found[0].prints, str) else [])]
        return found[0].holds or (" == ".join(parts) if len(parts) > 1 else "")


def domain(found: Sequence[Hypothesis]) -> Domain:
    return Domain([h.node for h in found])
