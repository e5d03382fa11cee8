"""Do assumptions contradict each other? Of no point at all anything is true, so a claim under such assumptions says nothing."""

from __future__ import annotations

from derive.engine.algebra.polynomials import Ring, Unwieldy
from derive.engine.counterexamples.points import Sampler
from derive.engine.domain import Domain
from derive.engine.equations.regions import Regions
from derive.engine.matrices.tensor_level import too_large
from derive.errors import ExpressionError
from derive.expr.graph import topological

MAX_ENTRIES = 2_000  # products of entries that conditions are laid out to


def contradict(domain: Domain) -> bool:
    """Whether conditions are shown to contradict each other, or the declared ranges. Properties among them are left out, and what
    is too large to be laid out entry by entry is not looked at."""
    return bool(domain.hypotheses) and domain.remembered("contradict", lambda: _contradict(domain))


def _contradict(domain: Domain) -> bool:
    try:
        plain = domain.plain().expanded().about(())
        if not plain.hypotheses or too_large(topological(plain.hypotheses), MAX_ENTRIES):
            return False
        one = plain.hypotheses[0].graph.one
        return Regions(Sampler(one, one, plain.entries()), Ring(one.graph)).void()
    except (Unwieldy, ExpressionError, RecursionError):
        return False
