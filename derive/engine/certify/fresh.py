"""A graph of its own for a claim, so that what a search makes changes nothing that is decided later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.expr.graph import Graph, Node, topological


def in_a_graph_of_its_own(nodes: Sequence[Node]) -> tuple[Graph, Mapping[Node, Node]]:
    """Nodes (with what they need, in topological order) in a graph of their own, with what the calculus noted down of the
    derivatives among them: a copy of each."""
    g, done = Graph(), dict[Node, Node]()

    def copied(order: Sequence[Node]) -> None:
        for n in order:
            done[n] = g.node(n.op, tuple(done[a] for a in n.args), n.attr, n.shape)

    copied(nodes)
    for n, by, of in nodes[0].graph.derived if nodes else ():
        if n in done:
            leaves = [v for pair in by for v in (pair if isinstance(pair, tuple) else (pair,))]
            copied(topological([*leaves, of], known=set(done)))
            variables: Any = tuple(tuple(done[v] for v in p) if isinstance(p, tuple) else done[p] for p in by)
            g.derived[done[n], variables, done[of]] = None
    return g, done
