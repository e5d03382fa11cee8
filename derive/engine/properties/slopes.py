"""Inequalities in one variable by calculus: a function that falls before a point and rises after it is least there.

log(x) <= x - 1: the difference falls up to 1, rises from 1, and is 0 at 1. The sign of the slope is decided in the same way
where it has to be. A function that falls for ever lies above its limit: softplus(x) >= x. At kinks the domain is cut in two:
relu(x) is x on one side and 0 on the other. Everything is proved on the whole domain, an interval; the value at a point is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from derive.calculus.reverse import gradient
from derive.engine.counterexamples.points import Sampler
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.limits import Unsettled, limit
from derive.engine.properties.line import by_line
from derive.engine.properties.side_conditions import affine, analytic, convex_domain, proved, valued
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.expr.kinks import both_sides, turns_on
from derive.expr.operators import JOINED_PIECES, ORDERS
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.numbers.balls import evaluate, rational, truth

MAX_DEPTH = 3  # slopes of slopes
MAX_KINKS = 4
TURNS = (Fraction(0), Fraction(1))
STRICT = {"le": "lt", "ge": "gt"}


def by_slopes(
    condition: Node, domain: Domain, depth: int = MAX_DEPTH, more: Sequence[Fraction] = ()
) -> Decision | None:
    """A proof of an inequality of scalars in one symbol, or None. ``more``: further points where the difference may be least."""
    if condition.shape or condition.op not in ORDERS:
        return None
    (condition,) = components(condition)  # softplus(x) as what it means
    domain = domain.entries()
    g = condition.graph
    a, b = condition.args if condition.op in ("gt", "ge") else condition.args[::-1]
    h, strict = g.sub(a, b), condition.op in ("gt", "lt")
    symbols = Sampler(h, h, domain).symbols
    if len(symbols) != 1 or any(n.op == "symbol" and n.shape for n in topological([h])):
        return None
    x = symbols[0]
    if not convex_domain([x], domain):
        return None
    if not analytic(h):
        return _by_pieces(g.call("gt" if strict else "ge", h, g.zero), x, domain, depth)
    if not valued(h, [x], domain, strict=True):
        return None
    slope = gradient(h, [x])[0]
    if not valued(slope, [x], domain, strict=True):
        return None
    for p in dict.fromkeys((*more, *TURNS)):
        low, high = domain.range(x)
        at = {x: rational(p)}
        if (low is not None and p < low) or (high is not None and p > high):
            continue
        if any(truth(c, at) is not True for c in domain.hypotheses):
            continue
        turn = g.const(p)
        least = evaluate([h], at)[0]
        if isinstance(least, fmpq):
            if least < 0 or (strict and least == 0):
                continue
        elif not _least(h, substitute(h, {x: turn}), least, strict):
            continue
        sides = (("ge", "le"), ("le", "ge"))  # beyond p, unless the domain ends there, the slope leads upwards
        shown = []
        for way, none in sides:
            found = decide_holds(g.call(none, x, turn), domain)
            if found.status != "proved":
                found = _settled(g.call(way, slope, g.zero), domain.given(g.call(way, x, turn)), depth) or found
            shown.append(found)
        if all(d.status == "proved" for d in shown):
            exact = isinstance(least, fmpq)
            reason = Why.FALLS_AND_RISES(at=p, least=str(least)) if exact else Why.FALLS_AND_RISES_NOT_BELOW(at=p)
            return proved(reason, _by(shown))
    return by_line(h, x, strict, domain) or _towards_limit(h, slope, strict, x, domain, depth)


def _least(h: Node, at_turn: Node, least: object, strict: bool) -> bool:
    """Whether a value that is no rational number is positive (by its ball), or 0 (by its normal form)."""
    if isinstance(least, arb) and least > 0:
        return True
    return not strict and decide_equal(at_turn, h.graph.zero).status == "proved"


def _towards_limit(h: Node, slope: Node, strict: bool, x: Node, domain: Domain, depth: int) -> Decision | None:
    """Where the difference falls (strictly) all the way to one end at infinity, it lies above its limit there."""
    g = h.graph
    for way, sign in (("le", 1), ("ge", -1)):
        if not _reaches(x, sign, domain):
            continue
        try:
            end = limit(h, x, sign)
        except Unsettled:
            continue
        if end.side < 0 or (not end.side and decide_holds(g.call("ge", end.value, g.zero)).status != "proved"):
            continue
        falls = g.call(STRICT[way] if strict else way, slope, g.zero)
        if (found := _settled(falls, domain, depth)) is not None:
            return proved(Why.ABOVE_LIMIT(end="inf" if sign > 0 else "-inf"), _by([found]))
    return None


def _reaches(x: Node, sign: int, domain: Domain) -> bool:
    """Whether the domain, of affine inequalities, goes on for ever in that direction (if it has points at all)."""
    if domain.range(x)[1 if sign > 0 else 0] is not None:
        return False
    for c in domain.of([x]):
        if c.op not in ORDERS:
            return False
        big, small = c.args if c.op in ("gt", "ge") else c.args[::-1]
        grows = evaluate([gradient(c.graph.sub(big, small), [x])[0]], {x: fmpq(0)})[0]
        if not isinstance(grows, fmpq) or grows * sign < 0:
            return False
    return True


def _by_pieces(condition: Node, x: Node, domain: Domain, depth: int) -> Decision | None:
    """The inequality on either side of a kink, or with the sign that what turns there has throughout."""
    h = condition.args[0]
    g = h.graph
    kinks = [n for n in topological([h]) if n.op in BRANCHES]
    if not 0 < len(kinks) <= MAX_KINKS or depth < 1:
        return None
    n = kinks[0]
    try:
        s, above, under = BRANCHES[n.op](n)
    except ExpressionError:
        return None
    for way, value in (("ge", above), ("le", under)):
        if (sign := _settled(g.call(way, s, g.zero), domain, depth - 1)) is not None:
            whole = _decided(substitute(condition, {n: value}), domain, depth)
            return None if whole is None else replace(whole, method=_by([sign, whole], whole.method))
    if not affine(s, [x]):
        return None
    slope, start = (evaluate([m], {x: fmpq(0)})[0] for m in (gradient(s, [x])[0], s))
    if not isinstance(slope, fmpq) or not isinstance(start, fmpq) or slope == 0:
        return None
    turn = -start / slope
    p = Fraction(int(turn.p), int(turn.q))
    shown = []
    for way, value in (("ge", above if slope > 0 else under), ("le", under if slope > 0 else above)):
        piece = domain.given(g.call(way, x, g.const(p)))
        found = _decided(substitute(condition, {n: value}), piece, depth, (p,))
        if found is None:
            return None
        shown.append(found)
    return proved(Why.BOTH_SIDES_OF(at=p), _by(shown))


def _by(parts: Sequence[Decision], method: str = "slopes") -> str:
    """How a whole is shown: by balls, where a part of it is."""
    return "balls" if any(d.method == "balls" for d in parts) else method


def _by_table(n: Node) -> tuple[Node, Node, Node]:
    s, parts = turns_on(n), both_sides(n)
    assert s is not None
    assert parts is not None
    return s, *parts


#: What turns at s = 0, as (s, the value where s >= 0, the value where s <= 0).
BRANCHES: dict[str, Callable[[Node], tuple[Node, Node, Node]]] = {
    **dict.fromkeys(sorted(JOINED_PIECES), _by_table),
    "where": lambda n: _sides(n),
}


def _sides(n: Node) -> tuple[Node, Node, Node]:
    """A branch that turns on one comparison. Where it turns both of its values are looked at: more than is asked for."""
    c, a, b = n.args
    if c.op not in ORDERS:
        raise ExpressionError("a branch on more than one comparison")
    more, less = c.args if c.op in ("gt", "ge") else c.args[::-1]
    return n.graph.sub(more, less), a, b


def _settled(condition: Node, domain: Domain, depth: int) -> Decision | None:
    return _decided(condition, domain, depth - 1)


def _decided(condition: Node, domain: Domain, depth: int, more: Sequence[Fraction] = ()) -> Decision | None:
    found = decide_holds(condition, domain)
    if found.status == "proved":
        return found
    return by_slopes(condition, domain, depth, more) if depth > 0 and found.status == "undecided" else None
