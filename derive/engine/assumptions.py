"""Do assumptions contradict each other? Of no point at all anything is true, so a claim under such assumptions says nothing."""

from __future__ import annotations

from collections.abc import Sequence

from derive.calculus.reverse import expand_all
from derive.engine.algebra.polynomials import Ring, Unwieldy
from derive.engine.counterexamples.points import Bounds, Domain
from derive.engine.equations.regions import Regions
from derive.engine.matrices.tensor_level import too_large
from derive.errors import ExpressionError
from derive.expr.graph import Node, topological
from derive.language.components import components_all
from derive.language.properties import asks

MAX_ENTRIES = 2_000  # products of entries that conditions are laid out to
CONTRADICTION = "the assumptions contradict each other"


def contradict(assuming: Sequence[Node], bounds: Bounds) -> bool:
    """Whether conditions are shown to contradict each other, or the declared ranges. Properties among them are left out, and what
    is too large to be laid out entry by entry is not looked at."""
    try:
        plain = expand_all([a for a in assuming if not asks(a)])
        if too_large(topological(plain), MAX_ENTRIES):
            return False
        laid = components_all(plain)
        given = [c for entries in laid for c in entries]
        if not given:
            return False
        here = set(topological(given))
        ranged = [s for s in bounds if s in here]
        ends = {e: bounds[s] for s, entries in zip(ranged, components_all(ranged), strict=True) for e in entries}
        one = given[0].graph.one
        return Regions(Domain(one, one, given, ends), Ring(one.graph)).void()
    except (Unwieldy, ExpressionError, RecursionError):
        return False
