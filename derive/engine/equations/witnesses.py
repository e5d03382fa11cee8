"""What a decision on two scalars says of points: one that refutes, one at which a condition is missing, one at which it says
anything at all."""

from __future__ import annotations

from dataclasses import replace

from derive.engine.counterexamples.constraints import constraints
from derive.engine.counterexamples.instances import instances
from derive.engine.counterexamples.points import Judged, Point, Sampler
from derive.engine.counterexamples.shown import both_shown
from derive.engine.decision import Decision
from derive.engine.equations.cells import Outcome
from derive.engine.reasons import Reason, Why
from derive.expr.folding import substitute_all
from derive.expr.graph import Node
from derive.numbers.definedness import has_value


def refuted(sampler: Sampler, point: Point, judged: Judged) -> Decision:
    """The decision that two scalars differ at a point, told at the simplest one that shows the same."""
    level = 0 if judged.prec <= 128 else 2

    def still(p: Point) -> bool:
        j = sampler.judge(p, highest=level)
        return j.kind == "differ" and j.on_kink == judged.on_kink

    simple = sampler.simpler(point, still)
    judged = sampler.judge(simple)
    left, right = both_shown(judged.left, judged.right)
    return Decision(
        "refuted",
        Why.NOT_EQUAL(at=simple, left=left, right=right),
        witness=simple,
        left=left,
        right=right,
        method="ball arithmetic",
    )


def proved_if(
    sampler: Sampler, o: Outcome, missing: tuple[Node, ...], conditions: tuple[Node, ...], how: Reason
) -> Decision:
    """The decision that two scalars are equal under conditions, with the simplest point at which a missing one fails."""
    assert o.witness is not None
    assert o.judged is not None
    kind = o.judged.kind
    simple = sampler.simpler(o.witness, lambda p: sampler.judge(p).kind == kind)
    judged = sampler.judge(simple)
    left, right = both_shown(judged.left, judged.right)
    return Decision(
        "proved-if",
        how,
        tuple(dict.fromkeys([*missing, *conditions])),
        missing,
        simple,
        left,
        right,
        method="normal form",
        fails=Why.SIDES_AT(at=simple, left=left, right=right),
    )


def inhabited(sampler: Sampler, found: Decision) -> Decision:
    """A proof, unless no point is found at which it says anything."""
    valued = ("same", "differ", "unknown") if sampler.a is sampler.b else ("same", "differ")  # an abstract function's
    for chosen in [(), *(c for choices in sampler.alternatives for c in choices)]:
        for point in sampler.points(24, chosen):
            if sampler.judge(point, highest=0).kind in valued:
                return found
    needed = [c for n in has_value(sampler.a) for c in constraints(n)]
    if any(sampler.judge(point, highest=0).kind in valued for point in sampler.points(24, needed)):
        return found
    for example in instances(
        [sampler.a, sampler.b, *sampler.domain.hypotheses]
    ):  # where abstract functions leave no values
        a, b, *made = example.nodes
        concrete = Sampler(a, b, sampler.domain.under(made))
        if not example.constant and any(
            concrete.judge(point, highest=0).kind in ("same", "differ") for point in concrete.points(6)
        ):
            return found
    if any(n.op == "apply" for n in sampler.order):  # proved for every function: among them the constant 0
        return inhabited(_with_zero(sampler), found)
    reason = Why.NO_POINT_GIVES_VALUES(assumed=sampler.domain.hypotheses)
    return replace(found, status="undecided", reason=reason, empty=True)


def _with_zero(sampler: Sampler) -> Sampler:
    """The same sides where every abstract function, and with it its derivatives, is 0; its arguments still need a value."""
    g = sampler.graph
    calls = [n for n in sampler.order if n.op == "apply"]
    valued = [g.call("ge", g.call("mul", x, x), g.zero) for n in calls for x in n.args]
    put = dict.fromkeys(calls, g.zero)
    a, b = substitute_all([sampler.a, sampler.b], put)
    return Sampler(a, b, sampler.domain.given(*valued).put(put))
