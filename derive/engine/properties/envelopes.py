"""Inequalities with many pieces, such as ``x <= max(x)``, from what the pieces are never less (or more) than."""

from __future__ import annotations

from derive.engine.certify.envelopes import MANY, enveloped, pieces
from derive.engine.certify.fresh import in_a_graph_of_its_own
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.reasons import Why
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.language.components import components
from derive.lazily import lazily
from derive.proof.check import Rejected

with lazily():
    from derive.engine.properties import side_conditions

MAX_NODES = 600


def by_envelopes(condition: Node, domain: Domain) -> Decision | None:
    """A proof of an inequality, or of each entry of one, or None."""
    if condition.op not in ORDERS:
        return None
    entries, domain = components(condition), domain.entries()
    below = topological([*entries, *domain.hypotheses])
    if max(len(pieces(e)) for e in entries) < MANY or len(below) > MAX_NODES:
        return None
    if not all(side_conditions.inhabited(condition.graph.sub(*e.args), domain) for e in entries):
        return None
    _, put = in_a_graph_of_its_own(below)
    given = Domain([put[h] for h in domain.hypotheses], {put[s]: r for s, r in domain.ranges.items() if s in put})
    try:
        for e in entries:
            enveloped(given.sequent(put[e]))
    except Rejected:
        return None
    return side_conditions.proved(Why.ENVELOPES(), "envelopes")
