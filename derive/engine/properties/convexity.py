"""Is a function convex? By rules of composition, by its Hessian; or a midpoint above its chord says no.

The rules are those of disciplined convex programming (Grant, Boyd and Ye, 2006), each tried before derivatives are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from derive.calculus.directional import turns
from derive.calculus.reverse import second_derivatives
from derive.engine.counterexamples.points import Sampler
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.matrices.tensor_level import too_large
from derive.engine.properties import regularity
from derive.engine.properties.asked import Asked, Table, decided
from derive.engine.properties.chords import above_chord
from derive.engine.properties.composition import by_structure
from derive.engine.properties.curves import Curve
from derive.engine.properties.facts import restricts
from derive.engine.properties.line_pieces import convex_by_pieces
from derive.engine.properties.side_conditions import (
    convex_domain,
    points,
    proved,
    refuted,
    regular_at,
    undecided,
    value,
)  # fmt: skip
from derive.engine.reasons import Reason, Why
from derive.engine.relation import decide_holds
from derive.engine.tactics import HALF, OPEN, POINT, PROOF, Tactic, needing
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.expr.kinks import both_sides
from derive.expr.operators import CONDITIONS, JOINED_PIECES, OPERATORS, SMOOTH
from derive.language.components import components
from derive.numbers.balls import Value, precision

MAX_NODES = 400
MAX_BRANCHES = 32
MAX_WORK = 4_000  # products of entries up to which a function is laid out

_BRANCHES = (*JOINED_PIECES, "where", "select")
#: Analytic on the whole line.
_ENTIRE = {"const", "symbol", "index", "def", *(n for n in SMOOTH if OPERATORS[n].total)}


def tactics(sign: int) -> Table:
    """Convex for ``sign`` 1, concave for -1."""
    word = "convex" if sign > 0 else "concave"

    def f(q: Asked) -> Node:
        return q.f if sign > 0 else q.f.graph.neg(q.f)

    def shown(way: Callable[[Asked], bool]) -> Callable[[Asked], Decision | None]:
        return lambda q: proved(Why.COMPOSITION_AND_DERIVATIVES(way=word)) if way(q) else None

    return (
        Tactic("composition of tensors", lambda q: by_structure(q.args[0], q.args[1], q.domain, sign), emits=PROOF),
        Tactic("chords", lambda q: above_chord(q.args[0], q.args[1], q.domain, sign), emits=POINT),
        *needing(
            _few_entries,
            Tactic("midpoints", lambda q: _against(f(q), q.x, q.inner), lambda q: not _held(q), emits=POINT),
            *needing(
                _a_convex_domain,
                Tactic("composition", shown(lambda q: Curve(q.x, q.inner, q.known).convex(f(q))), emits=PROOF),
                Tactic(
                    "slopes that nowhere fall",
                    shown(lambda q: _bends_up_between_kinks(f(q), q.x, q.inner)),
                    emits=PROOF,
                    cost=HALF,
                ),
                Tactic(
                    "pieces",
                    shown(lambda q: convex_by_pieces(f(q), q.x[0], q.inner, q.known)),
                    lambda q: len(q.x) == 1,
                    emits=PROOF,
                ),
                Tactic("open", lambda _: undecided(Why.CONVEXITY_OPEN()), emits=OPEN),
            ),
        ),
    )


def _held(q: Asked) -> bool:
    """Whether something holds the variable that is not looked at point by point."""
    return any(restricts(c, (*q.x, q.args[1])) for c in q.domain.hypotheses)


def _few_entries(q: Asked) -> Reason | None:
    return Why.CHORDS_OPEN() if too_large(topological(q.args), MAX_WORK) else None


def _a_convex_domain(q: Asked) -> Reason | None:
    return Why.NO_CONVEX_DOMAIN() if _held(q) or not convex_domain(q.x, q.inner) else None


def fails(sign: int) -> Callable[[Sequence[Node], Domain], Decision]:
    """Convex for no values of the other symbols: at one point the second derivative is negative for all of them."""

    def decide(args: Sequence[Node], domain: Domain) -> Decision:
        f, x = components(args[0])[0], components(args[1])
        g = f.graph
        f = f if sign > 0 else g.neg(f)
        domain = domain.entries()
        if domain.binds(x):
            return undecided(Why.RESTRICTED())
        if len(x) == 1 and len(topological([f])) <= MAX_NODES:
            bend = second_derivatives(f, x).get((0, 0))
            for v in (Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 2)):
                here = substitute(bend, {x[0]: g.const(v)}) if bend is not None else g.zero
                found = decide_holds(g.call("lt", here, g.zero), domain)
                there = {x[0]: g.const(v)}
                if found.status == "proved" and not found.conditions and regular_at(f, there, domain):
                    return proved(Why.BENDS_OTHERWISE(at=v))
        return undecided(Why.BEND_OPEN())

    return decide


def _bends_up_between_kinks(f: Node, x: Sequence[Node], domain: Domain) -> bool:
    """Of a function of one number and nothing else: differentiable throughout, and f'' >= 0 but at single points. There the slope
    does not jump, as a derivative takes all values between two of its own (Darboux), so it does not fall."""
    order = topological([f])
    if len(x) != 1 or any(n.op in ("symbol", "index") and n is not x[0] for n in order):
        return False
    if not all(n.op in _BRANCHES or n.op in CONDITIONS or _entire(n) for n in order):
        return False
    if not all(map(_vanishes_at_points, turns(f))):
        return False
    if decided(regularity.tactics(1), [f, x[0]], domain).status != "proved":
        return False
    bend = second_derivatives(f, x).get((0, 0), f.graph.zero)
    found = decide_holds(f.graph.call("ge", bend, f.graph.zero), domain)
    return found.status == "proved" and all(
        c.op == "ne" and _vanishes_at_points(f.graph.sub(*c.args)) for c in found.conditions
    )


def _vanishes_at_points(s: Node) -> bool:
    """Whether a function of one number is 0 at single points at most: whichever branches are taken, it is analytic on the whole
    line and not 0 everywhere."""
    work = [s]
    for _ in range(MAX_BRANCHES):
        if not work:
            return True
        n = work.pop()
        order = topological([n])
        if turn := next((m for m in order if m.op in _BRANCHES), None):
            work += [substitute(n, {turn: b}) for b in both_sides(turn) or turn.args[1:]]
            continue
        symbols = [m for m in order if m.op in ("symbol", "index")]
        if not all(map(_entire, order)) or not any(
            _is_not_zero(value(n, dict.fromkeys(symbols, v))) for v in (Fraction(3, 7), Fraction(-2))
        ):
            return False
    return False


def _entire(n: Node) -> bool:
    """Whether an operator is analytic, with a value, on the whole line."""
    if n.op in ("pow", "div") and n.args[1].op == "const":
        c = n.args[1].attr
        return c != 0 if n.op == "div" else isinstance(c, int) and c >= 0
    return n.op in _ENTIRE


def _is_not_zero(v: Value) -> bool:
    with precision(128):
        return not isinstance(v, Exception) and bool(v != 0)


def _against(f: Node, x: Sequence[Node], domain: Domain) -> Decision | None:
    """Two points of the domain whose midpoint, in the domain too, lies above their chord."""
    sampler = Sampler(f, f, domain)
    tried = 0
    for group in points(f, x, domain):
        for i, (p, v) in enumerate(group):
            for q, w in group[:i]:
                tried += 1
                if tried > 600:
                    return None
                middle = {s: (p[s] + q[s]) / 2 for s in p}
                with precision(128):
                    m = value(f, middle)
                    above = not isinstance(m, Exception) and bool(2 * m > v + w)
                if above and sampler.judge(middle, highest=0).kind == "same":
                    return refuted(Why.ABOVE_CHORD(middle=middle, low=q, high=p), middle)
    return None
