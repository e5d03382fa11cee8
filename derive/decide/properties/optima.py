"""Is a point stationary, a minimizer, the only one? By the inequality itself, or by convexity and a gradient of 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.calculus import gradient
from derive.components import components
from derive.decide.cascade import Decision, decide_equal
from derive.decide.properties.curves import Curve
from derive.decide.properties.facts import facts
from derive.decide.properties.shape import (
    below,
    conditions,
    convex_domain,
    proved,
    regular_at,
    scalar_bounds,
    smooth,
    undecided,
    valued,
    valued_at,
)  # fmt: skip
from derive.decide.properties.subgradients import box, sides
from derive.decide.refute import Bounds
from derive.decide.relation import decide_holds
from derive.errors import ExpressionError
from derive.graph import Node, substitute_all


def stationary(args: Sequence[Node], assuming: Sequence[Node], bounds: Bounds) -> Decision:
    f, x, v = components(args[0])[0], components(args[1]), components(args[2])
    at_v = dict(zip(x, v, strict=True))
    g = f.graph
    if not valued_at(f, at_v, conditions(assuming), scalar_bounds(bounds)):
        return undecided("whether the function has a value there is not settled")
    slopes = substitute_all(gradient(f, x), at_v)
    given = substitute_all(conditions(assuming), at_v)
    found = [decide_equal(s, g.zero, given, scalar_bounds(bounds)) for s in slopes]
    for wanted in ("refuted", "undecided", "proved-if"):
        for d in found:
            if d.status == wanted:
                return d
    if not regular_at(f, at_v, conditions(assuming), scalar_bounds(bounds)):
        return undecided("whether the function is differentiable there is not settled")
    return proved("every entry of the gradient is 0 there")


def minimizer(args: Sequence[Node], assuming: Sequence[Node], bounds: Bounds) -> Decision:
    return _least(args, assuming, bounds, False)


def unique_minimizer(args: Sequence[Node], assuming: Sequence[Node], bounds: Bounds) -> Decision:
    return _least(args, assuming, bounds, True)


def _least(args: Sequence[Node], assuming: Sequence[Node], bounds: Bounds, only: bool) -> Decision:
    f, x, v = components(args[0])[0], components(args[1]), components(args[2])
    g, at_v = f.graph, dict(zip(x, v, strict=True))
    given, ends = conditions(assuming), scalar_bounds(bounds)
    if any(below(e, x) for e in v):
        return undecided("the point speaks of the variable itself")
    if any(below(c, x) for c in given) or any(ends.get(s, (None, None)) != (None, None) for s in x):
        inside = _inside(x, v, given, ends)
        if not inside:
            return undecided("whether the point lies in the domain is not settled")
    if not valued_at(f, at_v, given, ends):
        return undecided("whether the function has a value at the point is not settled")
    gap = g.sub(f, substitute_all([f], at_v)[0])
    found = decide_holds(g.call("ge", gap, g.zero), given, ends)
    if found.status == "refuted":
        return found
    curve = Curve(x, given, ends, facts(assuming))
    convex_here = convex_domain(x, given)
    # a convex function with a gradient of 0 at a point is least there
    critical = convex_here and (
        stationary(args, assuming, bounds).status == "proved"
        if smooth(f)
        else _rises_on_all_sides(f, at_v, given, ends)
    )
    least = (found.status == "proved" and not found.conditions) or (
        critical and valued(f, x, given, ends, strict=True) and curve.convex(f)
    )
    if not least:
        return undecided("neither the inequality nor convexity was proved")
    if not only:
        return proved("nowhere is the function less")
    if smooth(f) and convex_here and valued(f, x, given, ends, strict=True) and curve.hessian(f, x, True):
        return proved("it is least there, and its Hessian is positive definite: nowhere else")
    apart = [decide_holds(g.call("gt", gap, g.zero), [*given, g.call("ne", s, t)], ends)
             for s, t in at_v.items()]  # fmt: skip
    if all(d.status == "proved" and not d.conditions for d in apart):
        return proved("everywhere else the function is greater")
    return next((d for d in apart if d.status == "refuted"), undecided("whether it is the only one is not settled"))


def _rises_on_all_sides(f: Node, at_v: Mapping[Node, Node], given: Sequence[Node], ends: Bounds) -> bool:
    """Whether 0 lies in the subdifferential at a point, a box: to the left no slope is positive, to the right none negative."""
    g, x = f.graph, list(at_v)
    held = substitute_all(given, at_v)
    try:
        pairs = [substitute_all(sides(f, s), at_v) for s in x]
    except ExpressionError:
        return False
    wanted = [g.call(op, slope, g.zero) for pair in pairs for op, slope in zip(("le", "ge"), pair, strict=True)]
    return box(f, x, at_v, held, ends) and all(
        (found := decide_holds(c, held, ends)).status == "proved" and not found.conditions for c in wanted
    )


def _inside(x: Sequence[Node], v: Sequence[Node], given: Sequence[Node], ends: Bounds) -> bool:
    g = x[0].graph
    wanted = substitute_all([c for c in given if below(c, x)], dict(zip(x, v, strict=True)))
    for s, t in zip(x, v, strict=True):
        low, high = ends.get(s, (None, None))
        wanted += [g.call("ge", t, g.const(low))] if low is not None else []
        wanted += [g.call("le", t, g.const(high))] if high is not None else []
    free = [c for c in given if not below(c, x)]
    return all(decide_holds(c, free, ends).status == "proved" for c in wanted)
