"""Where the branches of a function meet: are they equal there, and is the slope to every side one linear function of the
direction?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.calculus.directional import directional, seams, turns
from derive.calculus.reverse import gradient
from derive.engine.domain import Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.exceptional_sets import vanishing
from derive.engine.limits import Unsettled, limit
from derive.engine.properties.side_conditions import (
    smooth,
)  # fmt: skip
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError
from derive.expr.below import below
from derive.expr.folding import nonzero, substitute_all
from derive.expr.graph import Node, topological
from derive.expr.operators import JOINED_PIECES
from derive.numbers.balls import truth
from derive.numbers.definedness import need, outside

MAX_BRANCHES = 30  # followed to see that a slope has a value
MAX_TURNS = 12
MAX_OPENED = 3  # absolute values in what a branch turns on


def both_slopes(f: Node, s: Node) -> tuple[Node, Node]:
    g = f.graph
    if any(n.op == "hold" for n in topological([f])):
        raise ExpressionError("what is held has a value that changes and a slope of 0")
    return g.neg(directional(f, {s: g.const(-1)})), directional(f, {s: g.one})


def slopes_of(f: Node, x: Sequence[Node]) -> list[Node] | None:
    """The slopes to the right, then those to the left, and of several variables that in a direction of symbols."""
    g = f.graph
    try:
        pairs = [both_slopes(f, s) for s in x]
        made = [right for _, right in pairs] + [left for left, _ in pairs]
        if len(x) > 1:
            made.append(directional(f, {s: g.symbol(f"v{i}'") for i, s in enumerate(x)}))
    except ExpressionError:
        return None
    return made


def linear(f: Node, slopes: Sequence[Node], x: Sequence[Node], domain: Domain) -> bool:
    """Whether the slope has a value in every direction, everywhere, and is linear in it. Off what f turns on it is linear by
    itself; so what is left are the zeros of that."""
    g = f.graph
    count = len(x)
    pairs = list(zip(slopes[:count], slopes[count : 2 * count], strict=True))
    if count > 1:
        total = g.zero
        for i, right in enumerate(slopes[:count]):
            total = g.add(total, g.mul(g.symbol(f"v{i}'"), right))
        pairs.append((slopes[-1], total))
    turning = [t for t in turns(f) if below(t, x)]
    off = domain.given(*(nonzero(t) for t in turning))
    if len(turning) > MAX_TURNS or not all(_has_value(n, off) for n in slopes):
        return False
    for t in turning:
        for place, where in zeros(t, x, domain):
            there = [substitute_all(pair, place) for pair in pairs]
            if not all(_has_value(n, where) for pair in there for n in pair):
                return False
            if not all(a is b or decide_equal(a, b, where).status == "proved" for a, b in there):
                return False
    return True


def zeros(t: Node, x: Sequence[Node], domain: Domain) -> list[tuple[dict[Node, Node], Domain]]:
    """Where t vanishes: what to put in for a variable, and the domain there. An absolute value in it is opened both ways; where
    it can't be solved, nothing is put in, and t = 0 is one of the hypotheses."""
    g = t.graph
    inner = next((n for n in topological([t]) if n.op == "abs" and below(n, x)), None)
    if inner is not None and sum(n.op == "abs" for n in topological([t])) <= MAX_OPENED:
        out = []
        for side, value in (("ge", inner.args[0]), ("lt", g.neg(inner.args[0]))):
            more = domain.given(g.call(side, inner.args[0], g.zero))
            out += zeros(substitute_all([t], {inner: value})[0], x, more)
        return out
    parts = [t]
    if (place := _solved(t, x, domain)) is None:  # exp(x) > 1 turns where x does
        parts = vanishing(t, domain)
    out = []
    for p in parts:
        place = _solved(p, x, domain) or {}
        where = domain.put(place) if place else domain.given(g.call("eq", t, g.zero))
        if (kept := _consistent(where)) is not None:
            out.append((place, kept))
    return out


def _solved(t: Node, x: Sequence[Node], domain: Domain) -> dict[Node, Node] | None:
    """A variable with its value where t vanishes: t is affine in it, with a slope that is never 0."""
    g = t.graph
    for v in x:
        if below(t, [v]) and smooth(t):
            slope = gradient(t, [v])[0]
            if not below(slope, x) and decide_holds(nonzero(slope), domain).status == "proved":
                return {v: substitute_all([g.sub(v, g.div(t, slope))], {v: g.zero})[0]}
    return None


def _consistent(domain: Domain) -> Domain | None:
    """A domain without the hypotheses that hold by themselves; None where these contradict each other."""
    kept = domain.under(())
    for c in domain.hypotheses:
        sides = [a.attr for a in c.args if a.op == "const"]
        known = truth(c, {}) if len(sides) == 2 else None
        if known is False or decide_holds(c.graph.call("not", c), kept).status == "proved":
            return None  # nowhere
        if known is not True:
            kept = kept.given(c)
    return kept


def _has_value(n: Node, domain: Domain) -> bool:
    """Whether an expression has a value on the whole domain; a branch needs one only where it is taken."""
    g = n.graph
    work, steps = [(n, domain)], 0
    while work:
        root, known = work.pop()
        steps += 1
        if steps > MAX_BRANCHES:
            return False
        inner, branches = outside(root, ("where",))
        for m in inner:
            asked = need(m)
            if asked is None or decide_holds(asked, known).status == "proved":
                continue
            on = known.given(g.call("eq", m.args[0], g.zero))
            if m.op != "select" or decide_equal(m.args[1], m.args[2], on).status != "proved":
                return False
        for b in branches:
            c, yes, no = b.args
            other = g.call("not", c)
            for side, against, branch in ((c, other, yes), (other, c, no)):
                if decide_holds(against, known).status != "proved":
                    work.append((branch, known.given(side)))
    return True


def natural_of(f: Node) -> list[Node]:
    """What holds wherever f has a value: of a power of a letter, which 0 has where the letter is positive, only that much."""
    g = f.graph
    held = []
    for m in outside(f, ("where",))[0]:
        if m.op == "pow" and m.args[1].op != "const":
            held.append(g.call("ge", m.args[0], g.zero))
        elif m.op != "select" and (asked := need(m)) is not None:
            held.append(asked)
    return held


CONTINUOUS_OPERATORS = (*JOINED_PIECES, "sqrt", "pow", "hold")


def branches_meet(f: Node, x: Sequence[Node], rough: Sequence[Node], domain: Domain, limits: bool = False) -> bool:
    """Whether f is continuous: what its branches turn on leaves them equal where they meet (or, with ``limits``, f tends there
    to the value that it has; that says nothing of its slopes)."""
    if any(n.op not in (*CONTINUOUS_OPERATORS, "where", "select") for n in rough):
        return False
    try:
        pairs = seams(f, x)
    except ExpressionError:
        return False
    for a, b, s in pairs:
        for place, where in zeros(s, x, domain) if a is not b and s.op != "const" else ():
            one, two = substitute_all([a, b], place)
            found = decide_equal(one, two, where) if one is not two else None
            if found is None or (found.status == "proved" and not found.conditions):
                continue
            if not (limits and _tends(f, x, place, where)):
                return False
    return True


def _tends(f: Node, x: Sequence[Node], place: Mapping[Node, Node], there: Domain) -> bool:
    """Whether a function of one variable tends, from both sides, to its value at a place: x*log(x) to 0, where 0 is put in its
    place for x <= 0."""
    if len(x) != 1 or x[0] not in place or there.hypotheses:
        return False
    (here,) = substitute_all([f], place)
    if not _has_value(here, there):
        return False
    try:
        found = [limit(f, x[0], place[x[0]], there, side) for side in (-1, 1)]
    except (Unsettled, ExpressionError):
        return False
    return all(
        not one.side and not one.note and decide_equal(one.value, here, there).status == "proved" for one in found
    )
