"""A chord that a function leaves: two points of whole tensors whose midpoint lies on its wrong side."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

from derive.engine.counterexamples.tensor_points import DEFINITE, PREC, Arena, Tensor, evaluate_tensors
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.matrices.tensor_level import effort, entries_of
from derive.engine.properties.facts import restricts
from derive.engine.reasons import Why
from derive.errors import ExpressionError
from derive.expr.graph import Node
from derive.flint import arb, fmpq
from derive.numbers.balls import precision

POINTS = 8
MIN_LINES = 36
MAX_VALUES = 8_000_000  # products of numbers, for all points
SCALES = (Fraction(1), Fraction(1, 4), Fraction(3))


def above_chord(f: Node, x: Node, domain: Domain, sign: int) -> Decision | None:
    """Two points whose midpoint lies above their chord (for ``sign`` -1, below), all three in the domain."""
    if x.op != "symbol" or any(
        restricts(c, [x]) and not (c.op == "property" and c.attr in DEFINITE) for c in domain.hypotheses
    ):
        return None  # whether a point is in the domain is not known
    try:
        arena = Arena(f, f, domain)
        if x not in arena.symbols:
            return None
        for point, step in islice(_lines(arena, x), max(MIN_LINES, MAX_VALUES // (3 * effort(arena.roots)))):
            ends = [{**point, x: [v + k * s for v, s in zip(point[x], step, strict=True)]} for k in (-1, 0, 1)]
            if not all(arena.meets(p) for p in ends):
                continue
            low, middle, high = (evaluate_tensors(arena.roots[:1], p)[arena.roots[0]][0] for p in ends)
            if any(isinstance(v, Exception) for v in (low, middle, high)):
                continue
            with precision(PREC):
                bend = low + high - 2 * middle
                if not isinstance(bend, fmpq | arb) or not sign * bend < 0:
                    continue
            p, m, q = (entries_of({x: p[x]}) for p in ends)
            rest = {s: v for s, v in point.items() if s is not x}
            reason = Why.ABOVE_CHORD(middle=m, low=p, high=q, held=entries_of(rest))
            return Decision("refuted", reason, witness=entries_of(ends[1]), method="ball arithmetic")
    except (ExpressionError, KeyError, RecursionError):
        pass
    return None


def _lines(arena: Arena, x: Node) -> Iterator[tuple[dict[Node, Tensor], Tensor]]:
    """Points, and steps in x; at each point also with x or another symbol 0, and with a scalar of the other sign."""
    for t, drawn in enumerate(arena.points(POINTS)):
        n = len(drawn[x])
        one, other = ([Fraction(int(j == i)) for j in range(n)] for i in (t % n, (3 * t + 1) % n))
        steps = [list(drawn[x]), one, other]
        steps += [[a + k * b for a, b in zip(one, other, strict=True)] for k in (1, -1)]
        places = [drawn, *({**drawn, s: [Fraction(0)] * len(v)} for s, v in drawn.items())]
        places += [{**drawn, s: [-v[0]]} for s, v in drawn.items() if not s.shape]
        for scale in SCALES:
            for point in places:
                for step in steps:
                    if any(step):
                        yield point, [scale * s for s in step]
