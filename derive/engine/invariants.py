"""What holds of the states of an iteration from its start on, whatever is claimed of it: invariants."""

from __future__ import annotations

from collections.abc import Sequence

from derive.engine import relation
from derive.engine.domain import Domain
from derive.expr.graph import Node
from derive.language.substitution import put

_TRIED = (("ge", 1), ("gt", 0), ("ge", 0))


def signs_kept(
    states: Sequence[Node], starts: Sequence[Node], after: Sequence[Node], begin: Domain, further: Domain
) -> list[Node]:
    """Signs of states that hold of the starts, on ``begin``, and go from all states to the next, on ``further``: what is left of
    those that are tried."""
    tried = [(s, s.graph.call(op, s, s.graph.const(c))) for s in states for op, c in _TRIED]

    def held(now: Sequence[Node], domain: Domain) -> list[tuple[Node, Node]]:
        at = dict(zip(states, now, strict=True))
        return [(s, c) for s, c in tried if relation.decide_holds(put([c], {s: at[s]})[0], domain).status == "proved"]

    tried, count = held(starts, begin), 0
    while count != len(tried):
        count = len(tried)
        tried = held(after, further.given(*(c for _, c in tried)))
    return [c for _, c in tried]
