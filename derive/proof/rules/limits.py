"""Limits: what they mean, and the rules by which they follow.

``tends from above(f, x, v, a)``: wherever x > a is close enough to a, f has a value, and these tend to v as x goes to a; ``from
below``: x < a; ``beside``: both; ``far(f, x, v)``: as x grows beyond all bounds, ``far by steps``: over the whole numbers, ``far
below``: as it falls. ``grows`` and ``falls`` in the place of ``tends``: the values of f do so beyond all bounds. Hypotheses do
not speak of x. A declared function (``apply``) has derivatives of every order.

A limit follows from what the parts do in the end (``ends``); from the limit of a function that is the same near the point, as a
sequent shows; or by de l'Hospital's rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from derive.calculus.reverse import gradient
from derive.expr.below import below
from derive.expr.graph import Node
from derive.language.extremes import infinite
from derive.language.properties import LIMITS
from derive.proof.axioms import Units, Unknown
from derive.proof.evaluation import Evaluated, Lacking, is_variable, roomy, wants
from derive.proof.rules.ends import Ends, Known
from derive.proof.rules.properties import Claim, regular
from derive.proof.sequent import Sequent
from derive.proof.signs import NEGATIVE, NONZERO, POSITIVE, ZERO

#: Where x goes, as the sign of its distance from the point; far out there is no point.
NEAR = {"from above": POSITIVE, "from below": NEGATIVE, "beside": NONZERO}
FAR = {"far": POSITIVE, "far below": NEGATIVE, "far by steps": POSITIVE}
WHAT = {"tends": 0, "grows": POSITIVE, "falls": NEGATIVE}
DECLARED = frozenset(("apply",))  # has derivatives
T = TypeVar("T")


def in_the_end(c: Claim, then: Callable[[Ends], T], known: Mapping[Node, Known] | None = None) -> T:
    """What ``then`` makes of what expressions do as x goes where a claim says. Raises Lacking."""
    wants(c.name in LIMITS, "no limit")
    what, where = LIMITS[c.name]
    wants(len(c.more) == (what == "tends") + (where in NEAR), "no limit")
    wants(not any(below(h, c.x) for h in c.given), "a hypothesis about the variable of a limit")
    at = c.free([v for (v,) in c.more])[-1] if where in NEAR else None

    def worked_out(room: int, units: Units) -> T:
        made = Evaluated(c.given, [c.f.graph.zero], room, units)
        try:
            return then(Ends(made, c.x[0], at, (NEAR | FAR)[where], known or {}, where == "far by steps"))
        except Unknown as fault:
            raise Lacking(fault, made) from fault

    return roomy(worked_out)


def facts(c: Claim, nodes: Sequence[Node]) -> dict[Node, Known]:
    """What limits of parts, as x goes where it does, say of these."""
    found: dict[Node, Known] = {}
    for p in nodes:
        wants(p.op == "property" and p.attr in LIMITS and len(p.args) > 1, "no fact of a part")
        (what, where), (f, x, *more) = LIMITS[p.attr], p.args
        place = [a for (a,) in c.more[-1:]] if where in NEAR else []
        wants(LIMITS[c.name][1] == where and [x] == [*c.x] and more[what == "tends" :] == place, "another limit")
        found[f] = c.free(more[:1])[0] if what == "tends" else None, WHAT[what]
    return found


def by_ends(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """By what the parts tend to; ``nodes``: limits of parts, shown on their own."""
    wants(c.name in LIMITS, "no limit")
    what, _ = LIMITS[c.name]

    def shown(ends: Ends) -> bool:
        end = ends.of(c.f)
        if what != "tends":
            return bool(end.infinite and end.mask == WHAT[what])
        return end.value is not None and ends.made.vanishes((end.value - ends.number(c.more[0][0])).num)

    wants(in_the_end(c, shown, facts(c, nodes)), "the parts tend elsewhere")
    return [c.plain(p) for p in nodes]


def otherwise(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """Of another function that f equals in the end: where the conditions hold that come after it in ``nodes``, as they do in the
    end."""
    wants(bool(nodes), "no other function")
    other, *near = nodes
    wants(
        in_the_end(c, lambda ends: all(ends.of(n) is True for n in near)),
        "conditions that fail in the end",
    )
    return [c.plain(c.f.graph.call("eq", c.f, other), given=near), also(c, other)]


def also(c: Claim, f: Node, what: str = "", *v: Node) -> Sequent:
    """Another function's limit there: the same, if none is said."""
    x, *rest = c.sequent.conclusion.args[1:]
    said, where = LIMITS[c.name]
    more = [*v, *(rest[-1:] if where in NEAR else ())] if what else rest
    return c.plain(f.graph.node("property", (f, x, *more), f"{what or said} {where}"))


def one_by_one(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """From both sides."""
    wants(c.name in LIMITS and LIMITS[c.name][1] == "beside", "no two sides")
    args, what = c.sequent.conclusion.args, LIMITS[c.name][0]
    return [c.plain(c.f.graph.node("property", args, f"{what} from {side}")) for side in ("above", "below")]


def by_slopes(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """p/q where both tend to 0, or where q grows or falls beyond all bounds: as the quotient of their derivatives (de l'Hospital;
    Rudin 1976, theorem 5.13). ``nodes``: limits of parts."""
    wants(c.name in LIMITS and c.f.op == "div" and LIMITS[c.name][1] != "far by steps", "no quotient of functions")
    p, q = c.f.args

    def shown(ends: Ends) -> bool:
        above, beneath = ends.of(p), ends.of(q)
        wants(all(ends.of(n) is True for f in (p, q) for n in regular(f, c.x, DECLARED)[1:]), "not smooth in the end")
        return bool(beneath.infinite or all(e.value is not None and e.settled == ZERO for e in (above, beneath)))

    wants(in_the_end(c, shown, facts(c, nodes)), "no 0/0, nor anything over inf")
    top, bottom = gradient(p, c.x)[0], gradient(q, c.x)[0]
    return [also(c, c.f.graph.node("div", (top, bottom))), *map(c.plain, nodes)]


def by_ratio(s: Sequent, v: Node) -> list[Sequent]:
    """Orders of growth, by what f/g, or its absolute value, tends to: v. What is said of x is left aside."""
    f, by, x, *at = s.conclusion.args
    wants(is_variable(x) and len(at) < 2 and not below(v, [x]), "no growth of a function of a number")
    far = infinite(at[0]) if at else 1
    where, place = ("far" if far > 0 else "far below", []) if far else ("beside", at)
    g, name = f.graph, s.conclusion.attr
    ratio = g.node("div", (f, by))
    ratio = ratio if name == "asymptotic" else g.call("abs", ratio)
    free = replace(s, hypotheses=tuple(h for h in s.hypotheses if not below(h, [x])))
    value = {"grows_like": ("ne", g.zero), "grows_slower": ("eq", g.zero), "asymptotic": ("eq", g.one)}.get(name)
    more = [free.concluding(g.call(value[0], v, value[1]))] if value else []
    return [free.concluding(g.node("property", (ratio, x, v, *place), f"tends {where}")), *more]


RULES: dict[str, Callable[..., list[Sequent]]] = {
    "ends": by_ends,
    "in the end": otherwise,
    "both sides": one_by_one,
    "l'hospital": by_slopes,
}
