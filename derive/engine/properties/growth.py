"""Orders of growth by the limit of the ratio: O, o, Theta, and asymptotic equality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.engine.counterexamples.points import Sampler
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.limits import Limit, Unsettled, limit
from derive.engine.limits.oracle import Oracle, brief
from derive.engine.limits.parameters import Case, by_cases
from derive.engine.reasons import Why
from derive.expr.graph import Node
from derive.language.extremes import infinite

POINTS = 6


def growth(name: str, args: Sequence[Node], domain: Domain) -> Decision:
    """Decides ``name(f, g, x, point)``."""
    f, by, x = args[:3]
    g = f.graph
    point: Node | int = 1
    if len(args) == 4:
        point = infinite(args[3]) or args[3]
    if x.op != "symbol":
        return Decision("undecided", Why.GROWTH_OF_SCALARS())
    ratio = g.call("div", f, by)
    if name != "asymptotic":
        ratio = g.call("abs", ratio)

    def work(sides: Sequence[Node], domain: Domain) -> Decision:
        place = point if isinstance(point, int) else sides[1]
        found = limit(sides[0], x, place, domain)
        answer = _answer(name, found, x, domain)
        reason = Why.RATIO(limit="inf" if found.side else brief(found.value), assumed=found.note)
        return Decision("proved" if answer else "refuted", reason, method="limit of the ratio")

    try:
        sides = [ratio, g.zero if isinstance(point, int) else point]
        found: Decision = by_cases(work, _joined, sides, x, domain.expanded().entries())
        return found
    except Unsettled as e:
        return Decision("undecided", Why.RATIO_OPEN(why=str(e)))


def _joined(found: Sequence[tuple[Case, Decision]]) -> Decision | None:
    """Of the signs of a parameter: proved for each, or one for which it fails, where that has points."""
    failing = [(c, d) for c, d in found if d.status == "refuted"]
    for c, d in failing:
        g, zero = c.of.graph, c.of.graph.zero
        sampler = Sampler(zero, zero, c.domain)
        if not any(sampler.judge(p).kind == "same" for p in sampler.points(POINTS)):
            return None
        for_which = Why.FOR_CASE(case=g.call(c.op, c.of, zero), of=d.reason)
        if (
            c.op != "eq"
            or len(failing) == len(found)
            or any(other.status != "proved" for _, other in found if other is not d)
        ):
            return replace(d, reason=for_which)
        missing = g.call("ne", c.of, zero)
        given = (missing,)
        return replace(d, status="proved-if", reason=Why.HOLDS(), missing=given, conditions=given, fails=for_which)
    (one, first), *_ = found
    return replace(first, reason=Why.EVERY_SIGN(of=first.reason, parameter=one.of))


def _answer(name: str, found: Limit, x: Node, domain: Domain) -> bool:
    if found.side:
        return False
    if name == "grows_at_most":
        return True
    g = x.graph
    oracle = Oracle(g, g.symbol("growth'"), domain)
    gap = g.sub(found.value, g.one) if name == "asymptotic" else found.value
    zero = oracle.simple(gap) is g.zero or oracle.sign(gap) == 0
    return not zero if name == "grows_like" else zero
