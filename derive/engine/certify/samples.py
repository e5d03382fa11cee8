"""What stays unchecked is tried at a few points: a proof that one contradicts is a fault of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derive.budget import apart
from derive.engine.certify.faults import FAULTS
from derive.engine.matrices.tensor_level import too_large
from derive.expr.graph import Node, topological
from derive.language.components import components_all
from derive.numbers.balls import evaluate, rational
from derive.proof.sequent import Sequent

SAMPLES = 12  # points
MAX_SAMPLED = 2_000  # nodes of what is tried
MAX_LAID_OUT = 20_000  # products of entries
SAMPLED = tuple(Fraction(v) for v in ("1", "2", "1/2", "-1", "3", "0", "-2", "1/3", "-1/2", "10", "-3"))


def contradicting(s: Sequent) -> Mapping[Node, Fraction] | None:
    """One of a few points at which the hypotheses hold for certain and the conclusion fails for certain."""
    try:
        with apart():
            if too_large(topological([*s.hypotheses, s.conclusion]), MAX_LAID_OUT):
                return None
            *given, wanted = components_all([*s.hypotheses, s.conclusion])
            hypotheses = [c for part in given for c in part]
            order = topological([*hypotheses, *wanted])
            leaves = [n for n in order if n.op == "index" or (n.op == "symbol" and not n.shape)]
            for i in range(SAMPLES if len(order) <= MAX_SAMPLED else 0):
                point = {n: SAMPLED[(i + j * (1 + i // 2)) % len(SAMPLED)] for j, n in enumerate(leaves)}
                done = evaluate([*hypotheses, *wanted], {n: rational(v) for n, v in point.items()})
                if all(v is True for v in done[: len(hypotheses)]) and False in done[len(hypotheses) :]:
                    return point
    except FAULTS:
        pass
    return None
