"""Inequalities on bounded boxes, by balls: cell by cell, each halved until the difference of the sides is certainly positive.

In a cell the difference lies in the ball that evaluation gives, and in f(middle) + f'(cell)*(cell - middle), which is sharper
where cells are small (Moore, Kearfott and Cloud, Introduction to Interval Analysis, 2009, sec. 6.4). For inequalities with
room between the sides; where they touch, no cell is small enough, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derive.calculus.reverse import gradient
from derive.engine.counterexamples.points import Sampler
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.side_conditions import refuted
from derive.engine.reasons import Why
from derive.errors import ExpressionError
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.flint import arb
from derive.language.components import components
from derive.numbers.balls import evaluate, precision, rational, truth

MAX_CELLS = 10_000
MAX_HALVED = 2**16  # the least part of a side that is looked at: where the sides touch, it is reached soon
MAX_VARIABLES = 2
MAX_NODES = 200
PRECISION = 96

Cell = dict[Node, tuple[Fraction, Fraction]]


def by_cells(condition: Node, domain: Domain) -> Decision | None:
    """A decision on inequalities of scalars in one or two symbols that are held to closed or open intervals, or None."""
    if condition.shape:
        return None
    domain = domain.entries()
    (root,) = components(condition)
    wanted = _positive(root)
    if wanted is None:
        return None
    spent, cells = [0], 0
    for difference in wanted:
        found = _everywhere(difference, root, domain, spent)
        if isinstance(found, Decision):
            return found
        if not found:
            return None
        cells += found
    return Decision("proved", Why.CELLS(cells=cells), method="balls")


def _positive(condition: Node) -> list[Node] | None:
    """The differences that the condition wants to be positive, |u| < c as two; None for conditions of another form."""
    g = condition.graph
    if condition.op == "def":
        return _positive(condition.args[0])
    if condition.op == "and":
        parts = [_positive(a) for a in condition.args]
        return [d for part in parts for d in part or ()] if all(parts) else None
    if condition.op not in ORDERS:
        return None
    more, less = condition.args if condition.op in ("gt", "ge") else condition.args[::-1]
    if less.op == "abs":
        return [g.sub(more, less.args[0]), g.add(more, less.args[0])]
    return [g.sub(more, less)]


def _everywhere(f: Node, condition: Node, domain: Domain, spent: list[int]) -> int | Decision:
    """The number of cells in which f is shown to be positive; 0 where it is not shown; a refutation."""
    order = topological([f])
    if len(order) > MAX_NODES or any(n.op in ("apply", "hold", "floor") for n in order):
        return 0
    sampler = Sampler(f, f, domain)
    symbols = [n for n in order if n.op == "index" or (n.op == "symbol" and not n.shape)]
    start: Cell = {}
    for s in symbols:
        low, _, high, _ = sampler.interval(s)
        if low is None or high is None or len(symbols) > MAX_VARIABLES:
            return 0
        start[s] = (low, high)
    if not any(sampler.judge(p, highest=0).kind == "same" for p in sampler.points(6)):
        return 0  # of an empty domain nothing is said
    try:
        slopes = gradient(f, symbols)
    except ExpressionError:
        return 0
    work, shown = [start], 0
    while work:
        cell = work.pop()
        spent[0] += 1
        if spent[0] > MAX_CELLS:
            return 0
        middle = {s: (a + b) / 2 for s, (a, b) in cell.items()}
        if holds_in(f, slopes, cell, middle):
            shown += 1
            continue
        values = {s: rational(v) for s, v in middle.items()}
        free = [
            n
            for n in topological(domain.hypotheses)
            if (n.op == "index" or (n.op == "symbol" and not n.shape)) and n not in values
        ]
        if not free and truth(condition, values) is False and all(truth(c, values) is True for c in domain.hypotheses):
            return refuted(Why.FAILS_AT(at=middle) if middle else Why.FAILS(), middle)
        if not cell:
            return 0
        s = max(cell, key=lambda v: cell[v][1] - cell[v][0])
        a, b = cell[s]
        if (b - a) * MAX_HALVED < start[s][1] - start[s][0]:
            return 0
        work += [{**cell, s: (middle[s], b)}, {**cell, s: (a, middle[s])}]
    return shown


def holds_in(f: Node, slopes: Sequence[Node], cell: Cell, middle: Mapping[Node, Fraction]) -> bool:
    """Whether f is certainly positive in the whole cell."""
    with precision(PRECISION):
        balls = {s: arb(rational(a)).union(arb(rational(b))) for s, (a, b) in cell.items()}
    whole, *turns = evaluate([f, *slopes], balls, PRECISION)
    if isinstance(whole, Exception):  # it may have no value somewhere in the cell
        return False
    with precision(PRECISION):
        if bool(whole > 0):
            return True
        if any(isinstance(t, Exception) for t in turns):
            return False
        value = evaluate([f], {s: rational(v) for s, v in middle.items()}, PRECISION)[0]
        if isinstance(value, Exception):
            return False
        for (s, ball), t in zip(balls.items(), turns, strict=True):
            value = value + t * (ball - rational(middle[s]))
        return bool(value > 0)
