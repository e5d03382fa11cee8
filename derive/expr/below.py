"""What stands below nodes."""

from __future__ import annotations

from collections.abc import Sequence

from derive.expr.graph import Node, topological


def below(n: Node, x: Sequence[Node]) -> bool:
    """Whether n speaks of any of the scalars x."""
    return not set(x).isdisjoint(topological([n]))


def runs(roots: Sequence[Node]) -> list[Node]:
    """The nodes ``computed`` below these, but for values that are open (``sided``)."""
    return [n for n in topological(roots) if n.op == "computed" and not getattr(n.attr, "open", False)]


def leaves_of(roots: Sequence[Node]) -> list[Node]:
    """The scalar symbols, and entries of symbols, below scalar nodes."""
    return [n for n in topological(roots) if n.op == "index" or (n.op == "symbol" and not n.shape)]


def above(roots: Sequence[Node], stop: set[Node]) -> set[Node]:
    """The nodes below the roots, but not what stands in the nodes ``stop``."""
    seen: set[Node] = set()
    work = list(roots)
    while work:
        n = work.pop()
        if n not in seen and n not in stop:
            seen.add(n)
            work.extend(n.args)
    return seen
