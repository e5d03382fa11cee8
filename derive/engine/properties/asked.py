"""A property that is asked for, as a question for tactics: its arguments and the domain, derivatives worked out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.facts import Fact, facts
from derive.engine.tactics import Tactic, walk
from derive.expr.graph import Node
from derive.language.components import components
from derive.records import dataclass


@dataclass
class Asked:
    """Whether what stands first among the arguments has a property, on the whole domain; of most, in what stands second."""

    args: Sequence[Node]
    domain: Domain

    @cached_property
    def f(self) -> Node:
        """A scalar that stands first."""
        return components(self.args[0])[0]

    @cached_property
    def x(self) -> list[Node]:
        """The entries of the variable."""
        return components(self.args[1])

    @cached_property
    def inner(self) -> Domain:
        """The domain entry by entry."""
        return self.domain.entries()

    @cached_property
    def known(self) -> list[Fact]:
        """The assumed properties."""
        return facts(self.domain.hypotheses)


Table = tuple[Tactic[Asked], ...]


def decided(table: Table, args: Sequence[Node], domain: Domain) -> Decision:
    """The answer of a table, whose last row always has one."""
    found = walk(Asked(args, domain), table)
    assert found is not None
    return found
