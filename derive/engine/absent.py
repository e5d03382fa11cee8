"""Why there is no value at a point: what was divided by zero, or the slopes of a derivative that differ there."""

from __future__ import annotations

from collections.abc import Mapping

from derive.calculus.joints import sides_of
from derive.engine.counterexamples.points import Sampler
from derive.engine.counterexamples.shown import shown
from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE
from derive.engine.reasons import Reason, Why
from derive.errors import UndefinedValue
from derive.expr.graph import Node, topological
from derive.expr.operators import COMPARISONS
from derive.flint import fmpq
from derive.language.components import components
from derive.numbers.balls import evaluate, evaluate_all

PRECISION = 128


def no_value(root: Node, values: Mapping[Node, fmpq], fault: Exception) -> str:
    """The reason why a scalar has no value at a point, in words."""
    done = evaluate_all([root], values, PRECISION)
    for n in sorted(done, key=lambda n: -n.id):
        if isinstance(done[n], UndefinedValue) and (sides := sides_of(n)) is not None:
            known = {**values, n: done[n]}
            joins = [c for c in _parts(sides.agree) if c.op == "eq" and c.args[0] is not sides.right]
            if False in evaluate(joins, known, PRECISION):
                return "it jumps there"
            slopes = evaluate([sides.left, sides.right], known, PRECISION)
            if not any(isinstance(v, Exception) for v in slopes):
                return "the slopes there are " + " and ".join(map(shown, slopes))
    return str(fault)


def _parts(condition: Node) -> list[Node]:
    return [p for a in condition.args for p in _parts(a)] if condition.op == "and" else [condition]


def lacking(a: Node, b: Node) -> Reason | None:
    """Which of two derivative-free sides has no value though it speaks of no symbol, and why; None where neither is so."""
    for name, side in (("left", a), ("right", b)):
        if any(n.op in ("symbol", "apply", "computed") for n in topological([side])):
            continue  # in double arithmetic inf is a value
        for entry in components(side):
            found = Sampler(entry, entry, EVERYWHERE).judge({})
            if found.kind == "neither" and isinstance(found.left, UndefinedValue):
                return Why.SIDE_LACKS_VALUE(side=name, why=no_value(entry, {}, found.left))
    return None


def at_a_point(found: Decision, condition: Node) -> Decision:
    """A decision on a condition, derivatives worked out; false where a side is asked for at a point and has no value there."""
    if found.status == "refuted":
        return found
    for n in _parts(condition):
        if n.op in COMPARISONS and (why := lacking(*n.args)):
            return Decision("refuted", why, method="ball arithmetic")
    return found
