"""The search for certificates of inequalities that no evaluation shows: from a point of contact on by the slope, or cell by cell.

Where two sides meet their difference is 0, and grows from there: its slope, and that one's slope in turn, is an inequality again,
up to the order of contact. What keeps apart on a bounded range is told apart by balls, on cells that are halved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import ceil, floor

from derive.engine.certify.faults import FAULTS
from derive.engine.certify.search import Search
from derive.expr.below import below
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.flint import arb
from derive.numbers.balls import evaluate, rational
from derive.proof.certificates import Certificate, Evaluation, Numbers, Rule, Split
from derive.proof.check import Rejected
from derive.proof.evaluation import is_variable
from derive.proof.rules.properties import kink
from derive.proof.rules.table import premises
from derive.proof.sequent import Sequent

MAX_CONTACTS = 6  # points at which two sides may meet
MAX_ORDER = 4  # of contact
MAX_CELLS = 64
KINKS = ("abs", "relu", "min", "max", "where")

Show = Callable[[Sequent, int], Certificate]


def by_contact(search: Search, show: Show, s: Sequent, order: int) -> Certificate:
    """A scalar inequality from a point at which both sides meet. ``show`` shows sequents, at an order of contact."""
    if s.conclusion.op not in ORDERS or order > MAX_ORDER:
        raise Rejected("no inequality")
    fault: Exception = Rejected("no point of contact")
    for x, c in _contacts(s):
        try:
            return _around(search, show, s, x, c, order)
        except FAULTS as e:
            fault = e
    for n in topological([s.conclusion]):
        cases = s.cases(kink(n)[0]) if n.op in KINKS else ()
        if cases and not any(part.hypotheses[-1] in s.hypotheses for part in cases):
            return search.kept(s, Split(kink(n)[0], tuple(show(part, order) for part in cases)))
    raise fault


def _around(search: Search, show: Show, s: Sequent, x: Node, c: Node, order: int) -> Certificate:
    """From c on, to the side on which the hypotheses hold x, or to both."""
    g = s.conclusion.graph
    sides = [_holds(search, s.concluding(g.call(op, x, c))) for op in ("ge", "le")]
    if any(sides):
        return _from(search, show, s, x, c, order, right=sides[1])
    above, zero, beneath = s.cases(g.node("sub", (x, c)))
    at = show(zero, MAX_ORDER + 1)
    return search.kept(
        s,
        Split(
            g.node("sub", (x, c)),
            (_from(search, show, above, x, c, order, False), at, _from(search, show, beneath, x, c, order, True)),
        ),
    )


def _holds(search: Search, s: Sequent) -> bool:
    try:
        search.kept(s, Evaluation())
    except Rejected:
        return False
    return True


def _from(search: Search, show: Show, s: Sequent, x: Node, c: Node, order: int, right: bool) -> Certificate:
    side = "from the right" if right else "from the left"
    held = [h for h in s.hypotheses if h.op in ORDERS and below(h, [x]) and not below(h, [c])]
    fault: Exception = Rejected("no end of a range")
    ways = [(side, ()), (side, tuple(held))] if held else [(side, ())]
    if s.conclusion.op in ("gt", "lt"):
        ways = [(f"strictly {name}", kept) for name, kept in ways] + ways
    for name, kept in ways:
        try:
            first, at_end, rises = premises(s, name, (x, c, *kept))
            of = (show(first, MAX_ORDER + 1), show(at_end, MAX_ORDER + 1), show(rises, order + 1))
            return search.kept(s, Rule(name, (x, c, *kept), of))
        except FAULTS as e:
            fault = e
    raise fault


def _contacts(s: Sequent) -> Iterator[tuple[Node, Node]]:
    """Variables with points at which both sides may meet: ends of their range, numbers and other variables of the claim."""
    order = topological([s.conclusion])
    variables = [n for n in order if is_variable(n) and not n.shape]
    numbers = [n for n in order if n.op != "const" and not n.shape and not any(map(is_variable, topological([n])))]
    g = s.conclusion.graph
    for x in variables[:3]:
        ends = [
            b
            for h in s.hypotheses
            for a, b in (h.args, h.args[::-1])
            if h.op in ORDERS and a is x and not below(b, [x])
        ]
        others = [v for v in variables if v is not x]
        exact = [n for n in numbers if n.op == "exp"]
        found = [*ends, *others, *exact, g.zero, g.one, g.const(Fraction(1, 2))]
        for c in list(dict.fromkeys(found))[:MAX_CONTACTS]:
            yield x, c


def by_cells(search: Search, show: Show, s: Sequent, order: int = 0) -> Certificate:
    """An inequality in one number that hypotheses hold to a bounded range, on cells."""
    variables = [n for n in topological([s.conclusion]) if is_variable(n) and not n.shape]
    if s.conclusion.op not in ORDERS or len(variables) != 1 or order:
        raise Rejected("no inequality of one number")
    (x,), g = variables, s.conclusion.graph
    low, high = _end(s.hypotheses, x, ("ge", "gt")), _end(s.hypotheses, x, ("le", "lt"))
    if low is None or high is None or low > high:
        raise Rejected("no bounded range")
    work, ends, tried = [(low, high)], [low], 0
    while work:
        a, b = work.pop()
        tried += 1
        if tried > 2 * MAX_CELLS:
            raise Rejected("too many cells")
        cell = arb(rational(a)).union(arb(rational(b)))
        if evaluate([s.conclusion], {x: cell}, 128, meeting=False)[0] is True:
            ends.append(b)
        else:
            middle = (a + b) / 2
            work += [(middle, b), (a, middle)]
    nodes = (x, *map(g.const, ends))
    first, *cells = premises(s, "cells", nodes)
    return search.kept(s, Rule("cells", nodes, (show(first, MAX_ORDER + 1), *(Numbers() for _ in cells))))


def _end(hypotheses: Sequence[Node], x: Node, ops: tuple[str, str]) -> Fraction | None:
    """A number beyond which the hypotheses don't let x."""
    for h in hypotheses:
        for turned in (False, True) if h.op in ORDERS else ():
            a, b = h.args[::-1] if turned else h.args
            if a is not x or (h.op in ops) == turned or any(map(is_variable, topological([b]))):
                continue
            if b.op == "const":
                return Fraction(b.attr)
            ball = arb(evaluate([b], {}, 128)[0])
            return Fraction((floor if ops[0] == "ge" else ceil)(float(ball.mid()) * 64), 64)
    return None
