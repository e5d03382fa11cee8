"""Is the subdifferential of f what is claimed? Of a convex f its ends are the slopes to both sides: [-f'(x; -e), f'(x; e)].

Entry by entry that is all of it where the set is a box: no kink turns on two variables at once (Rockafellar, Convex Analysis,
1970, thm. 23.2 and 23.4). A number that is claimed and is no subgradient is shown by a point below its line, of any f.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from derive.calculus.directional import directional, turns
from derive.engine.counterexamples.points import Sampler
from derive.engine.counterexamples.shown import shown
from derive.engine.decision import Decision, joined
from derive.engine.domain import Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.properties.curves import Curve
from derive.engine.properties.facts import Fact, facts
from derive.engine.properties.side_conditions import (
    _moves,
    convex_domain,
    proved,
    refuted,
    undecided,
    value,
)  # fmt: skip
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.engine.sufficiency import compatible
from derive.errors import ExpressionError
from derive.expr.below import below
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.flint import fmpq
from derive.language.components import components
from derive.numbers.balls import Value, evaluate, precision, rational

PRECISION = 128
MAX_STARTS = 8


def subdifferential(args: Sequence[Node], domain: Domain) -> Decision:
    """``subdifferential(f, x) == interval(lo, hi)``, args f, x, lo, hi and, if it is at a point, that point."""
    f, x = components(args[0])[0], components(args[1])
    low, high = (components(f.graph.broadcast(n, args[1].shape)) for n in args[2:4])
    p = components(args[4]) if len(args) > 4 else None
    known, domain = facts(domain.hypotheses), domain.entries()
    if p is not None and any(below(e, x) for e in (*p,)):
        return undecided(Why.POINT_SPEAKS_OF_VARIABLE())
    if p is not None and not _inside(x, p, domain):
        return undecided(Why.POINT_INSIDE_OPEN())
    found: Decision | None = None
    if _convex(f, x, domain, known):
        try:
            found = _ends(f, x, low, high, p, domain)
        except ExpressionError as e:
            found = undecided(Why.FAULT(fault=e.message))
        if found.status != "undecided":
            return found
    against = _excluded(f, x, low, high, p, domain)
    return against or found or undecided(Why.CONVEX_OPEN())


def _convex(f: Node, x: Sequence[Node], domain: Domain, known: Sequence[Fact]) -> bool:
    """Convex wherever it has a value, or on the domain that the assumptions leave, if that is open."""
    about = domain.of(x)
    opened = not any(s in domain.ranges for s in x) and all(_open(c) for c in about)
    if Curve(x, domain.free_of(x), known if opened else ()).convex(f):
        return True
    return bool(about) and opened and convex_domain(x, domain) and Curve(x, domain, known).convex(f)


def _open(c: Node) -> bool:
    return all(_open(a) for a in c.args) if c.op in ("and", "all") else c.op in ("gt", "lt", "ne")


def _inside(x: Sequence[Node], p: Sequence[Node], domain: Domain) -> bool:
    """Whether the point lies inside the domain, off its boundary."""
    g = x[0].graph
    about, free = domain.of(x), domain.free_of(x)
    if not all(_open(c) or c.op in ("ge", "le") for c in about):
        return False
    strict = [g.call({"ge": "gt", "le": "lt"}.get(c.op, c.op), *c.args) for c in about]
    wanted = substitute_all(strict, dict(zip(x, p, strict=True)))
    for s, t in zip(x, p, strict=True):
        low, high = domain.range(s)
        wanted += [g.call("gt", t, g.const(low))] if low is not None else []
        wanted += [g.call("lt", t, g.const(high))] if high is not None else []
    return all(decide_holds(c, free).status == "proved" for c in wanted)


def sides(f: Node, e: Node) -> tuple[Node, Node]:
    """The slopes of f to the left and to the right of x in its entry e."""
    g = f.graph
    return g.neg(directional(f, {e: g.const(-1)})), directional(f, {e: g.one})


def box(f: Node, x: Sequence[Node], at_p: Mapping[Node, Node], domain: Domain) -> bool:
    """Whether no kink turns on several of the variables at once, where it is met."""
    g = f.graph
    for t in turns(f):
        if sum(below(t, [s]) for s in x) < 2:
            continue
        here = substitute_all([t], at_p)[0]
        if not any(decide_holds(g.call(op, here, g.zero), domain).status == "proved" for op in ("gt", "lt")):
            return False
    return True


def _ends(f: Node, x: Sequence[Node], low: Sequence[Node], high: Sequence[Node], p: Sequence[Node] | None,
          domain: Domain) -> Decision:  # fmt: skip
    at_p = dict(zip(x, p, strict=True)) if p is not None else {}
    domain = domain if p is None else domain.free_of(x)
    decisions: list[Decision] = []
    for s, lo, hi in zip(x, low, high, strict=True):
        for slope, claimed, side in zip(sides(f, s), (lo, hi), ("left", "right"), strict=True):
            ours, theirs = substitute_all([slope, claimed], at_p)
            found = decide_equal(ours, theirs, domain)
            if found.status in ("refuted", "proved-if"):
                found = _told(found, ours, theirs, side)
            if found.status == "refuted":
                return found
            decisions.append(found)
    if (whole := joined(decisions)).status != "proved":
        return compatible(whole, domain)
    if not box(f, x, at_p, domain):
        return undecided(Why.NO_BOX())
    made = proved(Why.SUBDIFFERENTIAL())
    return replace(made, conditions=whole.conditions)


def _told(found: Decision, ours: Node, theirs: Node, side: str) -> Decision:
    """A refutation stands where both ends have a value and these differ."""
    if found.witness is None or any(n.op == "apply" for n in topological([ours, theirs])):  # of an example, perhaps
        return undecided(found.told)
    a, b = evaluate([ours, theirs], {s: rational(v) for s, v in found.witness.items()}, PRECISION)
    if isinstance(a, Exception):
        return undecided(Why.NO_RULE_AT_KINK())
    if found.status == "proved-if":
        return found
    with precision(PRECISION):
        if isinstance(b, Exception) or not (bool(a < b) or bool(a > b)):
            return undecided(found.told)
    reason = Why.SLOPE_IS_NOT_END(at=found.witness, side=side, slope=shown(a), end=shown(b))
    return replace(found, reason=reason)


def _excluded(f: Node, x: Sequence[Node], low: Sequence[Node], high: Sequence[Node], p: Sequence[Node] | None,
              domain: Domain) -> Decision | None:  # fmt: skip
    """A claimed g that is no subgradient: a point y of the domain with f(y) < f(x) + g.(y - x)."""
    g = f.graph
    together = f
    for n in (*low, *high, *(p or ())):
        together = g.node("add", (together, n))
    for start in Sampler(together, together, domain).points(MAX_STARTS):
        here = {**dict.fromkeys(x, Fraction(1)), **start}  # what none of them speaks of may be anything
        for s, e in zip(x, p or (), strict=p is not None):
            v = value(e, start)
            if not isinstance(v, fmpq):
                break
            here[s] = Fraction(int(v.p), int(v.q))
        else:
            inside = Sampler(f, f, domain)
            judged = inside.judge(here, highest=0)
            if judged.kind != "same":
                continue
            for slopes in _claimed(low, high, here):
                for y in _moves(here, [s for s in x if s in here]):
                    there = inside.judge(y, highest=0)
                    if there.kind != "same":
                        continue
                    with precision(PRECISION):
                        line = judged.left
                        for s, k in zip(x, slopes, strict=True):
                            line = line + k * rational(y.get(s, 0) - here.get(s, 0))
                        if bool(there.left < line):
                            said = ", ".join(shown(k) for k in slopes)
                            least, bound = shown(there.left), shown(line)
                            reason = Why.NO_SUBGRADIENT(slopes=said, at=here, there=y, value=least, line=bound)
                            return refuted(reason, here)
    return None


def _claimed(low: Sequence[Node], high: Sequence[Node], here: Mapping[Node, object]) -> Iterator[list[Value]]:
    """Some of the numbers claimed at a point: the ends and the middle."""
    lows, highs = ([value(n, here) for n in part] for part in (low, high))  # type: ignore[arg-type]
    if any(isinstance(v, Exception) for v in (*lows, *highs)):
        return
    with precision(PRECISION):
        if not all(bool(a <= b) for a, b in zip(lows, highs, strict=True)):
            return
        yield lows
        yield highs
        yield [(a + b) / 2 for a, b in zip(lows, highs, strict=True)]
