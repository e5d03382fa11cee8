"""The rank of a matrix: for all values of its symbols, by minors; of numbers, and at the points that refute, by elimination."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import comb

from derive.engine.counterexamples.points import Sampler
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.properties.side_conditions import proved, refuted, undecided
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.expr.folding import nonzero
from derive.expr.graph import Node
from derive.flint import fmpq, fmpq_mat
from derive.language.components import components
from derive.numbers.balls import evaluate, rational, truth

MAX_MINORS = 60
MAX_SIDE = 5
MAX_POINTS = 8


def rank(args: Sequence[Node], domain: Domain) -> Decision:
    """``rank(A) == r`` and the like, args A, the least and the greatest rank claimed."""
    a, low, high = args[0], int(args[1].attr), int(args[2].attr)
    entries, (rows, columns) = components(a), a.shape
    domain = domain.entries()
    if (found := _at_points(entries, rows, columns, low, high, domain)) is not None:
        return found
    if not _at_most(entries, rows, columns, high, domain):
        return undecided(Why.MINORS_NOT_ZERO(rows=high + 1))
    if not _at_least(entries, rows, columns, low, domain):
        return undecided(Why.MINORS_NOT_NONZERO(rows=low))
    return proved(Why.RANK_BY_MINORS())


def _at_points(
    entries: Sequence[Node], rows: int, columns: int, low: int, high: int, domain: Domain
) -> Decision | None:
    """A point at which the rank is another; of a matrix of numbers, the decision."""
    total = entries[0].graph.zero
    for e in entries:
        total = total.graph.node("add", (total, e))
    sampler = Sampler(total, total, domain)
    zero = dict.fromkeys(sampler.symbols, Fraction(0))
    inside = [zero] if sampler.judge(zero, highest=0).kind == "same" else []
    inside += [dict(p) for p in sampler.points(MAX_POINTS) if sampler.judge(p, highest=0).kind == "same"]
    for point in inside:
        values = {s: rational(v) for s, v in point.items()}
        found = evaluate(entries, values)
        if all(isinstance(v, fmpq) for v in found) and all(truth(c, values) is True for c in domain.hypotheses):
            r = fmpq_mat(rows, columns, found).rank()
            if not low <= r <= high:
                return refuted(Why.RANK_AT(rank=r, at=point), point)
            if not sampler.symbols and not domain.hypotheses:
                return proved(Why.RANK_BY_ELIMINATION(rank=r), "elimination")
    return None


def _minors(entries: Sequence[Node], rows: int, columns: int, size: int) -> list[Node] | None:
    from derive.language.components import _minor

    if max(rows, columns) > MAX_SIDE or comb(rows, size) * comb(columns, size) > MAX_MINORS:
        return None
    g = entries[0].graph
    side = max(rows, columns)  # a minor is of a square: the rest of it is not looked at
    square = [
        entries[i * columns + j] if i < rows and j < columns else g.zero for i in range(side) for j in range(side)
    ]
    return [
        _minor(g, square, r, c) for r in combinations(range(rows), size) for c in combinations(range(columns), size)
    ]


def _at_most(entries: Sequence[Node], rows: int, columns: int, high: int, domain: Domain) -> bool:
    if high >= min(rows, columns):
        return True
    minors = _minors(entries, rows, columns, high + 1)
    zero = entries[0].graph.zero
    return minors is not None and all(m is zero or _is(decide_equal(m, zero, domain)) for m in minors)


def _at_least(entries: Sequence[Node], rows: int, columns: int, low: int, domain: Domain) -> bool:
    if low <= 0:
        return True
    minors = _minors(entries, rows, columns, low) if low <= min(rows, columns) else None
    if minors is None:
        return False
    g = entries[0].graph
    if any(_is(decide_holds(nonzero(m), domain)) for m in minors):
        return True
    squares = g.zero
    for m in minors:
        squares = g.add(squares, g.mul(m, m))
    return _is(decide_holds(g.call("gt", squares, g.zero), domain))


def _is(found: Decision) -> bool:
    return found.status == "proved" and not found.conditions
