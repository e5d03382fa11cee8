"""Is a function continuous, differentiable, smooth? Analytic operators are; at a kink its one-sided slopes say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.components import components
from derive.decide.cascade import Decision
from derive.decide.properties.shape import (
    KINKED,
    at,
    below,
    conditions,
    proved,
    refuted,
    scalar_bounds,
    undecided,
)  # fmt: skip
from derive.decide.refute import SIMPLE, Bounds, Domain, shown
from derive.decide.relation import decide_holds
from derive.enclose import precision
from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.graph import Node, topological
from derive.subdifferential import PRECISION, one_sided

_CONTINUOUS = ("relu", "abs", "min", "max", "sqrt", "pow", "hold")


def decider(order: int) -> Callable[[Sequence[Node], Sequence[Node], Bounds], Decision]:
    """Continuous for order 0, differentiable for 1, smooth for 2."""

    def decide(args: Sequence[Node], assuming: Sequence[Node], bounds: Bounds) -> Decision:
        f, x = components(args[0])[0], components(args[1])
        given, ends = conditions(assuming), scalar_bounds(bounds)
        rough = [n for n in topological([f]) if _rough(n) and below(n, x) and not _settled(n, given, ends)]
        if not rough:
            return proved("every operator in it is analytic where it has a value", "structure")
        if order == 0:
            if all(n.op in _CONTINUOUS for n in rough):
                return proved("every operator in it is continuous where it has a value", "structure")
            return undecided("whether its branches meet is not settled")
        for s in x:
            if (found := _broken(f, s, rough, given, ends)) is not None:
                return found
        return undecided("at a kink the slopes from both sides were not told apart")

    return decide


def _rough(n: Node) -> bool:
    """Whether a node may fail to be analytic where it has a value."""
    if n.op == "pow":
        return n.args[1].op != "const" or not isinstance(n.args[1].attr, int)
    return n.op in KINKED or n.op == "sqrt"


def _settled(n: Node, given: Sequence[Node], ends: Bounds) -> bool:
    """Whether a kink is never met: what it turns on has one sign on the whole domain."""
    g = n.graph
    match n.op:
        case "relu" | "abs" | "sign":
            turns, ways = n.args[0], ("gt", "lt")
        case "min" | "max":
            turns, ways = g.sub(*n.args), ("gt", "lt")
        case "sqrt" | "pow":
            turns, ways = n.args[0], ("gt", "gt")
        case _:
            return False
    return any(decide_holds(g.call(op, turns, g.zero), given, ends).status == "proved" for op in ways)


def _broken(f: Node, x: Node, rough: Sequence[Node], given: Sequence[Node], ends: Bounds) -> Decision | None:
    """A point in the open domain at which the slopes by x from both sides differ."""
    domain = Domain(f, f, given, ends)
    low, high = ends.get(x, (None, None))
    for start in domain.points(6):
        for v in SIMPLE:
            point = {**start, x: v}
            if x not in start or (low is not None and v <= low) or (high is not None and v >= high):
                continue
            if any(below(c, [x]) for c in given) or domain.judge(point, highest=0).kind != "same":
                continue
            try:
                left, right = one_sided(f, x, point)
            except (UndefinedValue, Undetermined, ExpressionError):
                continue
            with precision(PRECISION):
                apart = bool(left < right) or bool(left > right)
            if apart:
                return refuted(f"at {at(point)} the slope is {shown(left)} from the left, {shown(right)} from the right",
                               point)  # fmt: skip
    return None
