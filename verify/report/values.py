"""The values of a case's quantities at the document's inputs: those that the results hold, by what they are of."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from derive.expr.graph import Node
from derive.language.reader import to_text
from verify.casefile.model import Case
from verify.claims.context import CaseContext
from verify.results import Value


class Values:
    """The values of a case; ``context`` has the exact ones of all that it defines, for derivations step by step."""

    def __init__(self, case: Case, found: Iterable[Value] = ()) -> None:
        self._case = case
        self._found = {v.of: v for v in found}

    def of(self, node: Node) -> Value | None:
        """What is told of a quantity: nothing where it has no value, and where the run did without checks."""
        return self._found.get(to_text(node))

    @cached_property
    def context(self) -> CaseContext:
        """Without what is left out: the results tell what is known of that."""
        return CaseContext(self._case, recover=False)
