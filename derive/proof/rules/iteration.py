"""Claims about every step of an iteration, by induction.

``every step(p, t, first, x, start, next, ...)``: p holds for each whole t >= first, where x is what comes after t steps from
``start``, each from x to ``next``, which may speak of t, the number of the steps before it. These have values at each step.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.expr.below import below
from derive.expr.folding import substitute_all
from derive.expr.graph import Node
from derive.proof.evaluation import wants
from derive.proof.rules.properties import Claim
from derive.proof.sequent import Sequent, conjunction, equation

MAX_FIRST = 20  # steps that are written out


def induction(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """``nodes``: how many steps from the first on are looked at on their own; an invariant; bases u of powers u**t, which stand
    for any number: for whole t, u**(t + 1) is u**t times u."""
    ((first,), *rest), (count, invariant, *bases), g = c.more, nodes, c.f.graph
    x, starts, after = ([e for (e,) in rest[i::3]] for i in range(3))
    t = c.x[0]
    wants(c.name == "every step" and len(rest) % 3 == 0 and all(n.op == "symbol" for n in (t, *x)), "no iteration")
    wants(len({t, *x}) == len(x) + 1 and not any(below(n, [t, *x]) for n in (*c.given, *starts)), "no start")
    low, many = first.attr, count.attr
    wants(type(low) is type(many) is int and 0 <= low <= MAX_FIRST and 0 < many <= MAX_FIRST, "no first steps")

    def at(number: Node, states: Sequence[Node], *of: Node) -> list[Node]:
        return substitute_all(of, dict(zip((t, *x), (number, *states), strict=True)))

    found, states = [], starts
    for k in range(low + many):
        here = at(g.const(k), states, c.f, invariant) if k >= low else []
        if shown := [*here, *(equation(v, v) for v in states)]:
            found.append(c.plain(*shown))
        states = at(g.const(k), states, *after)
    ahead = g.add(t, g.one)
    later = c.plain(invariant).given(invariant, g.call("ge", t, g.const(low + many - 1)))
    step = [*at(ahead, after, invariant), *(equation(v, v) for v in after)]
    powers = dict(zip(bases, c.fresh("p", len(bases), nodes), strict=True)) if bases else {}
    values = {g.pow(u, t): p for u, p in powers.items()} | {g.pow(u, ahead): g.mul(p, u) for u, p in powers.items()}
    found += [later.concluding(equation(u, u)) for u in bases]
    return [*found, *(later.concluding(conjunction(p)).put(values) for p in (step, [c.f]))]
