"""A bounded look whether what a formula says is true, so that a draft tells claims from equations that are to be solved."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from derive.budget import Exhausted, share, steps
from derive.engine.domain import EVERYWHERE, Domain
from derive.errors import ExpressionError
from derive.expr.graph import Node
from derive.records import dataclass

STEPS = 3_000_000  # of work for one


@dataclass(frozen=True, slots=True)
class Look:
    """``until``: the work, counted from the start of the process, at which no more is looked at."""

    until: int

    def equal(self, nodes: Sequence[Node], given: Domain = EVERYWHERE) -> str:
        g = nodes[0].graph
        try:
            verdicts = {self.true(g.call("eq", a, b), given) for a, b in pairwise(nodes)}
        except ExpressionError:
            return "undecided"
        return "proved" if verdicts == {"proved"} else "refuted" if "refuted" in verdicts else "undecided"

    def true(self, node: Node, given: Domain = EVERYWHERE) -> str:
        """proved, refuted or undecided, after a bounded look."""
        from derive.calculus.reverse import expand_all
        from derive.engine.properties.dispatch import decide_condition

        if steps() > self.until:
            return "undecided"
        try:
            with share(STEPS):
                return str(decide_condition(expand_all([node])[0], given).status)
        except (Exhausted, ValueError, ArithmeticError, NotImplementedError):
            return "undecided"
