"""Does a function rise, or fall? By the sign of its slope on an interval; by what rises with what; or two points that say no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from derive.calculus.reverse import gradient
from derive.engine import dispatch
from derive.engine.counterexamples.points import Sampler
from derive.engine.counterexamples.shown import shown
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.asked import Asked, Table
from derive.engine.properties.facts import Fact, of_function, restricted
from derive.engine.properties.facts import known as known_to_be
from derive.engine.properties.line_pieces import rises_by_pieces
from derive.engine.properties.side_conditions import (
    analytic,
    convex_domain,
    natural,
    points,
    proved,
    refuted,
    smooth,
    undecided,
    value,
    valued,
)  # fmt: skip
from derive.engine.reasons import Reason, Why
from derive.engine.relation import decide_holds
from derive.engine.tactics import HALF, OPEN, POINT, PROOF, Tactic, needing
from derive.expr.below import below
from derive.expr.graph import Node, topological
from derive.expr.operators import OPERATORS
from derive.numbers.balls import precision
from derive.proof.certificates import Evaluation, Rule
from derive.proof.check import Rejected, check
from derive.proof.sequent import Sequent

Way = Literal["increasing", "nondecreasing", "decreasing", "nonincreasing"]

MAX_NODES = 400
STEP = Fraction(1, 1024)  # to both sides of a point that is to lie inside a domain
_OPPOSITE = {"increasing": "decreasing", "nondecreasing": "nonincreasing"}
_RISING = {o.name for o in OPERATORS.values() if o.rises and o.name not in ("add", "hold", "sign")}


def tactics(way: Way) -> Table:
    """Whether f rises, or falls, in x on the whole domain, strictly or not."""
    up, strict = way in ("increasing", "nondecreasing"), way in ("increasing", "decreasing")

    def f(q: Asked) -> Node:
        return q.f if up else q.f.graph.neg(q.f)

    def shown(on: Callable[[Asked, Callable[[Node, Domain], bool]], bool]) -> Callable[[Asked], Decision | None]:
        def attempt(q: Asked) -> Decision | None:
            if not on(q, lambda branch, part: rises(branch, q.x[0], part, strict, q.known)):
                return None
            return proved(Why.MONOTONE(way=way))

        return attempt

    return (
        Tactic("points", lambda q: _against(f(q), q.x[0], q.inner, up, strict), emits=POINT),
        *needing(
            _an_interval,
            Tactic("sign of the slope", shown(lambda q, on: on(f(q), q.inner)), emits=PROOF, cost=HALF),
            Tactic("pieces", shown(lambda q, on: rises_by_pieces(f(q), q.x[0], q.inner, on)), emits=PROOF, cost=HALF),
            Tactic("slopes at points", lambda q: _slopes_down(f(q), q.x[0], q.inner, up), emits=POINT),
            Tactic("composition", lambda q: proved(Why.COMPOSED(way=way)) if _composed(q, way) else None, emits=PROOF),
            Tactic("open", lambda _: undecided(Why.SLOPE_OPEN()), emits=OPEN),
        ),
    )


def _composed(q: Asked, way: Way) -> bool:
    """Whether the checker's rule of composition shows it as it is: signs on the domain, ends included, tell how parts go."""
    from derive.engine.certify.fresh import in_a_graph_of_its_own

    s = q.domain.sequent(q.f.graph.node("property", (q.f, q.x[0]), way))
    _, put = in_a_graph_of_its_own(topological([*s.hypotheses, s.conclusion]))
    own = Sequent(tuple(put[h] for h in s.hypotheses), put[s.conclusion])
    try:
        check(own, Rule("composition", (), (Evaluation(),)))
    except Rejected:
        return False
    return True


def _an_interval(q: Asked) -> Reason | None:
    return None if convex_domain(q.x[:1], q.inner) else Why.NO_INTERVAL()


def rises(f: Node, x: Node, domain: Domain, strict: bool, assumed: Sequence[Fact] = ()) -> bool:
    """Whether f is (strictly) increasing in x on a domain that is an interval, proved."""
    g = f.graph
    ways = ("increasing",) if strict else ("increasing", "nondecreasing")
    if known_to_be(assumed, f, [x], ways) or (
        f.op == "neg" and known_to_be(assumed, f.args[0], [x], [_OPPOSITE[w] for w in ways])
    ):
        return True
    if f.op == "apply" and of_function(assumed, f, restricted(assumed, domain), ways):
        return rises(f.args[0], x, domain, strict, assumed)
    if not below(f, [x]):
        return not strict
    if smooth(f) and valued(f, [x], domain, strict=True):
        slope = gradient(f, [x])[0]
        inner = domain.given(*natural(f, [x]))
        if valued(slope, [x], inner, strict=True):
            sign = g.call("gt" if strict else "ge", slope, g.zero)
            # at single points the slope may be 0: f rises strictly up to each and from it on
            apart = [g.call("ne", x, g.const(c)) for c in (0, *domain.range(x)) if c is not None] if strict else []
            if any(decide_holds(sign, inner.given(*out)).status == "proved" for out in ([], apart)[: 1 + strict]):
                return True
    if strict and f.op == "def":
        return rises(f.args[0], x, domain, True, assumed)
    if (
        strict
        and f.op == "add"
        and any(  # one of the two rises strictly, the other does not fall
            rises(a, x, domain, True, assumed) and rises(b, x, domain, False, assumed)
            for a, b in (f.args, f.args[::-1])
        )
    ):
        return True
    if strict:  # analytic, not constant, nowhere falling: the slope vanishes at single points only
        alone = all(n is x for n in topological([f]) if n.op in ("symbol", "index") and not n.shape)
        return (
            alone
            and analytic(f)
            and valued(f, [x], domain, strict=True)
            and valued(gradient(f, [x])[0], [x], domain, strict=True)
            and rises(f, x, domain, False, assumed)
            and _varies(f, x, domain)
        )
    if len(topological([f])) > MAX_NODES:
        return False

    def up(n: Node) -> bool:
        return rises(n, x, domain, False, assumed)

    match f.op:
        case "def":
            return up(f.args[0])
        case "add":
            return up(f.args[0]) and up(f.args[1])
        case "sub":
            return up(f.args[0]) and up(g.neg(f.args[1]))
        case "neg":
            return _falls(f.args[0], x, domain, assumed)
        case "mul" if (
            not below(f.args[0], [x]) and decide_holds(g.call("ge", f.args[0], g.zero), domain).status == "proved"
        ):
            return up(f.args[1])
        case _ if f.op in _RISING:
            return all(up(a) for a in f.args)
    return False


def _varies(f: Node, x: Node, domain: Domain) -> bool:
    with precision(128):
        return any(bool(v < w) for group in points(f, [x], domain) for _, v in group for _, w in group)


def _falls(f: Node, x: Node, domain: Domain, assumed: Sequence[Fact]) -> bool:
    g = f.graph

    def up(n: Node) -> bool:
        return rises(n, x, domain, False, assumed)

    match f.op:
        case "neg":
            return up(f.args[0])
        case "sub":
            return up(g.sub(f.args[1], f.args[0]))
        case _ if f.op in ("def", "add", *_RISING):
            return all(up(g.neg(a)) for a in f.args)
    return False


def _against(f: Node, x: Node, domain: Domain, up: bool, strict: bool) -> Decision | None:
    """Two points that differ in x only at which f falls, or stays where it should rise."""
    for group in points(f, [x], domain):
        line = sorted(((p[x], v, p) for p, v in group if x in p), key=lambda entry: entry[0])
        with precision(128):
            for (s, v, p), (t, w, _) in pairwise(line):
                if s < t and (bool(w < v) or (strict and v == w)):
                    one, two = (shown(v), shown(w)) if up else (shown(-v), shown(-w))
                    return refuted(Why.VALUES_AT(at=p, one=one, there=t, two=two), p)
    return None


def _slopes_down(f: Node, x: Node, domain: Domain, up: bool) -> Decision | None:
    """A point inside the domain at which the slope by x is negative."""
    g = f.graph
    if not smooth(f):
        return None
    slope = gradient(f, [x])[0]
    found = dispatch.holds_with_properties(g.call("ge", slope, g.zero), domain)
    point = {**(found.witness or {})}
    sampler = Sampler(f, f, domain)
    if found.status != "refuted" or x not in point or any(s not in point for s in sampler.symbols):
        return None
    if any(sampler.judge({**point, x: point[x] + d}, highest=0).kind != "same" for d in (-STEP, 0, STEP)):
        return None
    with precision(128):
        down = value(slope, point)
        if isinstance(down, Exception) or not down < 0:
            return None
        told = shown(down if up else -down)
    return refuted(Why.SLOPE_AT(at=point, slope=told), point)
