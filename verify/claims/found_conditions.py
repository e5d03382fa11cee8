"""A limit that was not found for want of a condition: it holds if that is so, where it does then, and fails at a point else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from derive.engine.counterexamples.points import Sampler
from derive.engine.reasons import Why
from derive.expr.graph import Node
from derive.language.printing import point_text, to_text
from derive.language.sequences import states
from verify.casefile.model import Claim, Symbol
from verify.claims import values
from verify.claims.context import CaseContext
from verify.verdict import Verdict

MAX_POINTS = 8  # that do not meet the condition


def holds_if(
    context: CaseContext, claim: Claim, condition: Node, judge: Callable[[CaseContext, Claim], Verdict]
) -> Verdict | None:
    """The verdict under the condition, where the claim fails there, or without it; None where neither is shown."""
    g = condition.graph
    if condition in claim.assuming or values.named(context, [condition]):
        return None
    under = judge(context, replace(claim, assuming=(*claim.assuming, condition)))
    if under.verdict != "holds":
        return under if under.verdict == "wrong" else None
    outside = Sampler(g.zero, g.zero, context.domain([*claim.assuming, g.call("not", condition)]))
    for point in outside.points(MAX_POINTS):
        if outside.judge(point).kind != "same":
            continue
        there = values.supposing(context, [g.call("eq", n, g.const(v)) for n, v in _whole(context, point).items()])
        fails = judge(there, claim)
        if fails.verdict == "wrong":
            evidence = {**under.evidence, "condition": to_text(condition), "as stated": dict(fails.evidence)}
            return Verdict(
                "holds-if",
                Why.HOLDS_IF(missing=(condition,)),
                None,
                (),
                evidence,
                f"at {point_text(point)}: {fails.reason}",
            )
    return None


def _whole(context: CaseContext, point: Mapping[Node, Fraction]) -> dict[Node, Fraction]:
    """A point with values for all numbers of the case that have none."""
    own = states(context.case.graph)
    open_ = [s for s in context.case.symbols.values() if not s.shape and s.values is None and s.node not in own]
    free = {s.node: _some(s, k) for k, s in enumerate(open_, 1)}  # no two the same, where ranges let them differ
    return free | {n: v for n, v in point.items() if n.op == "symbol"}


def _some(s: Symbol, like: int) -> Fraction:
    """A value in the range of a symbol: a number like this one, or its inverse."""
    low, high = s.low, s.high
    for v in (Fraction(like), Fraction(1, like + 1)):
        if (low is None or low < v) and (high is None or v < high):
            return v
    if low is not None and high is not None:
        return (low + high) / 2
    return low + 1 if low is not None else high - 1 if high is not None else Fraction(1)
