"""A function of one number by its branches between the places where it turns, joined at these.

x*abs(x) is -x**2 up to 0 and x**2 from there. It rises if each branch does and none ends above the next; it is convex if each
branch is, the next starts where it ends, and no slope steps down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from derive.calculus.reverse import gradient
from derive.engine.counterexamples.points import Sampler
from derive.engine.domain import Domain
from derive.engine.equations import constants
from derive.engine.properties.curves import Curve
from derive.engine.properties.facts import Fact
from derive.engine.properties.side_conditions import affine, convex_domain, valued_at
from derive.engine.relation import decide_holds
from derive.expr.below import below
from derive.expr.folding import fold_all, substitute
from derive.expr.graph import Node, topological
from derive.expr.kinks import both_sides, turns_on
from derive.expr.operators import COMPARISONS, OPERATORS
from derive.flint import fmpq
from derive.numbers.balls import evaluate, truth
from derive.records import dataclass

MAX_PIECES = 8
MAX_NODES = 200
_KINKS = (*(o.name for o in OPERATORS.values() if o.pieces is not None), *COMPARISONS)


@dataclass(frozen=True, slots=True)
class Piece:
    """What the function is for low < x < high (None: no end there)."""

    low: Fraction | None
    high: Fraction | None
    branch: Node


def pieces(f: Node, x: Node, domain: Domain) -> list[Piece]:
    """The branches in order; [] where the function does not turn at rational places, jumps at an end of its domain, or that is no
    interval."""
    order = topological([f])
    if len(order) > MAX_NODES or any(n.op in ("floor", "hold") for n in order) or not convex_domain([x], domain):
        return []
    low, low_in, high, high_in = Sampler(f, f, domain).intervals.get(x, (None, False, None, False))
    found: list[Piece] = []
    work = [Piece(low, high, f)]
    while work:
        p = work.pop()
        if len(found) + len(work) > MAX_PIECES:
            return []
        turn = _turn(p.branch, x)
        if turn is None:
            branch = _taken(p.branch)
            if any(n.op in (*_KINKS, "where") and below(n, [x]) for n in topological([branch])):
                return []
            found.append(Piece(p.low, p.high, branch))
            continue
        n, s, place, way = turn
        left, right = (_on_side(p.branch, n, s, side) for side in (-way, way))
        if p.high is None or place < p.high:
            work.append(Piece(place if p.low is None else max(place, p.low), p.high, right))
        if p.low is None or place > p.low:
            work.append(Piece(p.low, place if p.high is None else min(place, p.high), left))
    for end, attained, p in ((low, low_in, found[0]), (high, high_in, found[-1])):
        at = {x: x.graph.const(end or 0)}
        if end is not None and attained:
            if not valued_at(p.branch, at, domain):
                return []
            if not _settled("eq", substitute(f, at), substitute(p.branch, at), domain):
                return []
    return found


def _turn(f: Node, x: Node) -> tuple[Node, Node, Fraction, int] | None:
    """A kink that turns at a rational number, what turns there, the number, and the sign of its slope."""
    for n in topological([f]):
        if n.op not in _KINKS or not below(n, [x]):
            continue
        s = turns_on(n)
        if s is None or not below(s, [x]) or not affine(s, [x]):
            continue
        slope, start = (evaluate([m], {x: fmpq(0)})[0] if _numbers(m, x) else None for m in (gradient(s, [x])[0], s))
        if isinstance(slope, fmpq) and isinstance(start, fmpq) and slope != 0:
            place = -start / slope
            return n, s, Fraction(int(place.p), int(place.q)), 1 if slope > 0 else -1
    return None


def _numbers(n: Node, x: Node) -> bool:
    return not any(m.op in ("symbol", "index", "apply") and m is not x for m in topological([n]))


def _on_side(f: Node, n: Node, s: Node, side: int) -> Node:
    """The function where the kink n has s > 0 (side 1) or s < 0."""
    g, up = f.graph, side > 0
    if (parts := both_sides(n)) is not None:
        return substitute(f, {n: parts[0] if up else parts[1]})
    holds = n.op in (("gt", "ge", "ne") if up else ("lt", "le", "ne"))
    return substitute(f, {n: g.call("eq", g.zero, g.zero if holds else g.one)})


def _taken(f: Node) -> Node:
    """Branches whose conditions are numbers taken, and products with 0 and 1 folded."""
    for _ in range(MAX_PIECES):
        n = next((m for m in topological([f]) if m.op == "where" and _decided(m.args[0])), None)
        if n is None:
            break
        f = substitute(f, {n: n.args[1] if truth(n.args[0], {}) else n.args[2]})
    return fold_all([f], {})[0]


def _decided(c: Node) -> bool:
    return not any(m.op in ("symbol", "index", "apply") for m in topological([c])) and truth(c, {}) is not None


def rises_by_pieces(f: Node, x: Node, domain: Domain, rises: Callable[[Node, Domain], bool]) -> bool:
    """Whether f is increasing: on every piece, where ``rises(branch, part)`` says so, with no step down between them."""
    parts = pieces(f, x, domain)
    if len(parts) < 2 or not all(rises(p.branch, _inside(p, x, domain)) for p in parts):
        return False
    for left, right in pairwise(parts):
        at = _values(left, right, f, x, domain)
        if at is None or not (_settled("le", at[0], at[1], domain) and _settled("le", at[1], at[2], domain)):
            return False
    return True


def convex_by_pieces(f: Node, x: Node, domain: Domain, assumed: Sequence[Fact] = ()) -> bool:
    """Whether f is convex: on every piece, with no jump and no step down of the slope between them."""
    parts = pieces(f, x, domain)
    if len(parts) < 2 or not all(Curve([x], _inside(p, x, domain), assumed).convex(p.branch) for p in parts):
        return False
    for left, right in pairwise(parts):
        at = _values(left, right, f, x, domain)
        if at is None or not all(_settled("eq", at[1], v, domain) for v in (at[0], at[2])):
            return False
        one, two = (Piece(p.low, p.high, gradient(p.branch, [x])[0]) for p in (left, right))
        steps = _values(one, two, one.branch, x, domain)
        if steps is None or not _settled("le", steps[0], steps[2], domain):
            return False
    return True


def _inside(p: Piece, x: Node, domain: Domain) -> Domain:
    g = x.graph
    return domain.given(*(g.call(op, x, g.const(e)) for op, e in (("gt", p.low), ("lt", p.high)) if e is not None))


def _values(left: Piece, right: Piece, f: Node, x: Node, domain: Domain) -> tuple[Node, Node, Node] | None:
    """At the place between two pieces: where the left one ends, the function, where the right one starts."""
    if left.high is None or left.high != right.low:
        return None
    at = {x: x.graph.const(left.high)}
    if not all(valued_at(n, at, domain) for n in (left.branch, right.branch)):
        return None
    a, b, c = (substitute(n, at) for n in (left.branch, f, right.branch))
    return a, b, c


def _settled(op: str, a: Node, b: Node, domain: Domain) -> bool:
    g = a.graph
    sign = constants.sign(g.sub(a, b))
    if sign is not None:
        return sign <= 0 if op == "le" else sign == 0
    about = domain.under([c for c in domain.hypotheses if not _speaks_of_none(c, (a, b))])
    found = decide_holds(g.call(op, a, b), about)
    return found.status == "proved" and not found.conditions


def _speaks_of_none(c: Node, of: Sequence[Node]) -> bool:
    return not set(topological([c])) & {n for n in topological(of) if n.op in ("symbol", "index")}
