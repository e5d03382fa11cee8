"""Does a function rise, or fall? By the sign of its slope on an interval; by what rises with what; or two points that say no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

from derive.calculus.reverse import gradient
from derive.engine.counterexamples.points import Bounds, scalar_bounds, shown
from derive.engine.decision import Decision
from derive.engine.properties.facts import Fact, facts, of_function, restricted
from derive.engine.properties.facts import known as known_to_be
from derive.engine.properties.line_pieces import rises_by_pieces
from derive.engine.properties.side_conditions import (
    analytic,
    at,
    below,
    conditions,
    convex_domain,
    natural,
    points,
    proved,
    refuted,
    smooth,
    undecided,
    valued,
)  # fmt: skip
from derive.engine.relation import decide_holds
from derive.expr.graph import Node, topological
from derive.expr.operators import OPERATORS
from derive.language.components import components
from derive.numbers.balls import precision

Way = Literal["increasing", "nondecreasing", "decreasing", "nonincreasing"]

MAX_NODES = 400
_OPPOSITE = {"increasing": "decreasing", "nondecreasing": "nonincreasing"}
_RISING = {o.name for o in OPERATORS.values() if o.rises and o.name not in ("add", "hold", "sign")}


def decider(way: Way) -> Callable[[Sequence[Node], Sequence[Node], Bounds], Decision]:
    up, strict = way in ("increasing", "nondecreasing"), way in ("increasing", "decreasing")

    def decide(args: Sequence[Node], assuming: Sequence[Node], bounds: Bounds) -> Decision:
        f, x = components(args[0])[0], components(args[1])[0]
        given, ends = conditions(assuming), scalar_bounds(bounds)
        if not up:
            f = f.graph.neg(f)
        if (found := _against(f, x, given, ends, up, strict)) is not None:
            return found
        if not convex_domain([x], given):
            return undecided("the assumptions leave a domain that is not known to be an interval")
        known = facts(assuming)

        def on(branch: Node, where: Sequence[Node]) -> bool:
            return rises(branch, x, where, ends, strict, known)

        if on(f, given) or rises_by_pieces(f, x, given, ends, on):
            word = "rises" if up else "falls"
            return proved(f"it {word} on its whole domain, by the sign of its slope{' (strictly)' if strict else ''}")
        return undecided("the sign of the slope is not settled on the whole domain")

    return decide


def rises(f: Node, x: Node, given: Sequence[Node], ends: Bounds, strict: bool, assumed: Sequence[Fact] = ()) -> bool:
    """Whether f is (strictly) increasing in x on a domain that is an interval, proved."""
    g = f.graph
    ways = ("increasing",) if strict else ("increasing", "nondecreasing")
    if known_to_be(assumed, f, [x], ways) or (
        f.op == "neg" and known_to_be(assumed, f.args[0], [x], [_OPPOSITE[w] for w in ways])
    ):
        return True
    if f.op == "apply" and of_function(assumed, f, restricted(assumed, given, ends), ways):
        return rises(f.args[0], x, given, ends, strict, assumed)
    if not below(f, [x]):
        return not strict
    if smooth(f) and valued(f, [x], given, ends, strict=True):
        slope = gradient(f, [x])[0]
        where = [*given, *natural(f, [x])]
        if valued(slope, [x], where, ends, strict=True):
            sign = g.call("gt" if strict else "ge", slope, g.zero)
            # at single points the slope may be 0: f rises strictly up to each and from it on
            apart = [g.call("ne", x, g.const(c)) for c in (0, *ends.get(x, ())) if c is not None] if strict else []
            if any(decide_holds(sign, [*where, *out], ends).status == "proved" for out in ([], apart)[: 1 + strict]):
                return True
    if strict and f.op == "def":
        return rises(f.args[0], x, given, ends, True, assumed)
    if (
        strict
        and f.op == "add"
        and any(  # one of the two rises strictly, the other does not fall
            rises(a, x, given, ends, True, assumed) and rises(b, x, given, ends, False, assumed)
            for a, b in (f.args, f.args[::-1])
        )
    ):
        return True
    if strict:  # analytic, not constant, nowhere falling: the slope vanishes at single points only
        alone = all(n is x for n in topological([f]) if n.op in ("symbol", "index") and not n.shape)
        return (
            alone
            and analytic(f)
            and valued(f, [x], given, ends, strict=True)
            and valued(gradient(f, [x])[0], [x], given, ends, strict=True)
            and rises(f, x, given, ends, False, assumed)
            and _varies(f, x, given, ends)
        )
    if len(topological([f])) > MAX_NODES:
        return False

    def up(n: Node) -> bool:
        return rises(n, x, given, ends, False, assumed)

    match f.op:
        case "def":
            return up(f.args[0])
        case "add":
            return up(f.args[0]) and up(f.args[1])
        case "sub":
            return up(f.args[0]) and up(g.neg(f.args[1]))
        case "neg":
            return _falls(f.args[0], x, given, ends, assumed)
        case "mul" if (
            not below(f.args[0], [x]) and decide_holds(g.call("ge", f.args[0], g.zero), given, ends).status == "proved"
        ):
            return up(f.args[1])
        case _ if f.op in _RISING:
            return all(up(a) for a in f.args)
    return False


def _varies(f: Node, x: Node, given: Sequence[Node], ends: Bounds) -> bool:
    with precision(128):
        return any(bool(v < w) for group in points(f, [x], given, ends) for _, v in group for _, w in group)


def _falls(f: Node, x: Node, given: Sequence[Node], ends: Bounds, assumed: Sequence[Fact]) -> bool:
    g = f.graph

    def up(n: Node) -> bool:
        return rises(n, x, given, ends, False, assumed)

    match f.op:
        case "neg":
            return up(f.args[0])
        case "sub":
            return up(g.sub(f.args[1], f.args[0]))
        case _ if f.op in ("def", "add", *_RISING):
            return all(up(g.neg(a)) for a in f.args)
    return False


def _against(f: Node, x: Node, given: Sequence[Node], ends: Bounds, up: bool, strict: bool) -> Decision | None:
    """Two points that differ in x only at which f falls, or stays where it should rise."""
    for group in points(f, [x], given, ends):
        line = sorted(((p[x], v, p) for p, v in group if x in p), key=lambda entry: entry[0])
        with precision(128):
            for (s, v, p), (t, w, _) in pairwise(line):
                if s < t and (bool(w < v) or (strict and v == w)):
                    one, two = (shown(v), shown(w)) if up else (shown(-v), shown(-w))
                    return refuted(f"at {at(p)} the value is {one}, at {t} it is {two}", p)
    return None
