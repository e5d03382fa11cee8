"""Conditions with floors, such as ``abs(s*round(x/s) - x) <= s/2``: part by part of one period (``certify.periods``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from derive.engine.assumptions import contradict
from derive.engine.certify.periods import MAX_GROUPS, Part, period
from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.reductions import coefficient
from derive.engine.properties.side_conditions import inhabited, proved, refuted
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.expr.below import below
from derive.expr.composites import ROUNDED
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, topological
from derive.language.components import components
from derive.numbers.balls import evaluate, rational

Decide = Callable[[Node, Domain], Decision]

FIRST = (0, 1, -1, 2)  # whole numbers that are tried for a point
POINTS = 4  # of the other symbols, for each
SHARES = (Fraction(1, 2), Fraction(0), Fraction(1), Fraction(1, 4))  # of a part, where t is tried


def by_periods(condition: Node, domain: Domain, decide: Decide) -> Decision | None:
    """A proof, or a point at which it fails, of a condition with floors; None where neither is found."""
    if not any(n.op in ROUNDED for n in topological([condition])):
        return None
    entries, domain = components(condition), domain.entries()
    parts = 0
    for entry in entries:
        found = _by_period(entry, domain, decide)
        if not isinstance(found, int):
            return found
        parts += found
    return proved(Why.PERIODS(parts=parts), "periods")


def _by_period(entry: Node, domain: Domain, decide: Decide) -> Decision | int | None:
    """The number of parts, where the condition is proved on each."""
    g, found = entry.graph, period(entry, domain.hypotheses)
    if found is None:
        if any(n.op == "floor" for n in topological([entry])):
            return None
        shown = decide(entry, domain)
        return 1 if shown.status == "proved" and not shown.conditions else None
    if not inhabited(entry, domain):
        return None
    n, t = _new(g, "n", [entry, *domain.hypotheses]), _new(g, "t", [entry, *domain.hypotheses])
    if n.attr.count("'") > MAX_GROUPS:
        return None
    solved = _solved(found.v, g.add(n, t), domain)
    tied = [] if solved else [g.call("eq", found.v, g.add(n, t))]
    parts = found.parts()
    for part in parts:
        put = {**found.put(n, part), **solved}
        held = [*tied, *part.holds(t), g.call("eq", g.call("floor", n), n)]
        here = domain.put(put).given(*held)
        if part.low == part.high:
            here, put = (
                here.put({t: g.const(part.low)}),
                {f: substitute(e, {t: g.const(part.low)}) for f, e in put.items()},
            )
        if contradict(here):
            continue
        shown = decide(substitute(entry, put), here)
        if shown.status != "proved" or any(below(c, [n, t]) for c in shown.conditions):
            return _fails(entry, domain, solved, (n, t), part)
    return len(parts)


def _solved(v: Node, whole: Node, domain: Domain) -> dict[Node, Node]:
    """A symbol that v is affine in, as what it is where v is ``whole``; {} where there is none."""
    g = v.graph
    for x in (n for n in topological([v]) if n.op == "index" or (n.op == "symbol" and not n.shape)):
        share = coefficient(v, x)
        if share is None or below(share, [x]):
            continue
        if decide_holds(g.call("ne", share, g.zero), domain).status == "proved":
            return {x: g.div(g.sub(whole, substitute(v, {x: g.zero})), share)}
    return {}


def _fails(
    entry: Node, domain: Domain, solved: Mapping[Node, Node], nt: tuple[Node, Node], part: Part
) -> Decision | None:
    """A point on this part of the period at which the condition fails."""
    g = entry.graph
    judge = Sampler(g.call("where", entry, g.one, g.zero), g.one, domain)
    for point in _points(judge, solved, nt, part):
        if judge.judge(point).kind in ("differ", "left"):
            return refuted(Why.FAILS_AT(at=point), point)
    return None


def _points(judge: Sampler, solved: Mapping[Node, Node], nt: tuple[Node, Node], part: Part) -> Iterator[Point]:
    for start in judge.points(POINTS):
        for x, e in solved.items():
            for whole in FIRST:
                for share in SHARES:
                    t = part.low + share * (part.high - part.low)
                    values = {**start, nt[0]: Fraction(whole), nt[1]: t}
                    value = evaluate([e], {s: rational(w) for s, w in values.items()}, 128)[0]
                    if hasattr(value, "p"):
                        yield {**start, x: Fraction(int(value.p), int(value.q))}


def _new(g: Graph, name: str, beside: list[Node]) -> Node:
    used = {n.attr for n in topological(beside) if n.op == "symbol"}
    name += "'"
    while name in used:
        name += "'"
    return g.symbol(name)
