"""Inequalities in one variable on its whole line: tails by their growth, the middle by balls, points of contact by derivatives.

At an end of the domain where a function has no value, or at infinity, its tail is enclosed from some place on (``tails``; a
finite end is looked at as a + exp(-t)). Where the sides touch, the first derivative that does not vanish there says what they
do beside it (Taylor's theorem with the remainder in a ball). In between, cells are halved until balls keep the sides apart
(``subdivision``). Which points of contact are tried is a guess; that the sides meet there is proved by normal forms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from derive.calculus.reverse import gradient
from derive.engine.counterexamples.points import Sampler
from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.limits.oracle import Oracle
from derive.engine.limits.stationary import stationary
from derive.engine.properties.side_conditions import analytic, convex_domain, natural, proved
from derive.engine.properties.subdivision import holds_in
from derive.engine.properties.tails import Beyond, Tail
from derive.engine.reasons import Why
from derive.errors import ExpressionError, UndefinedValue
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, topological
from derive.flint import arb, fmpq
from derive.numbers.balls import evaluate, precision, rational

PRECISION = 96
MAX_CELLS = 1500
MAX_NODES = 200
ORDERS = 4  # derivatives looked at in a point of contact
STARTS = (2, 4, 8, 16, 32)  # of tails
WIDTHS = tuple(Fraction(1, 4**k) for k in range(1, 7))  # of neighbourhoods of points of contact
GUESSES = ("0", "1", "-1", "1/2", "2", "-1/2", "-2")


def by_line(h: Node, x: Node, strict: bool, domain: Domain) -> Decision | None:
    """A proof that an analytic h >= 0 (> 0 where ``strict``) for all x of an interval, or None. ``h`` speaks of x alone."""
    order = topological([h])
    if (
        len(order) > MAX_NODES
        or not analytic(h)
        or any(n.op in ("symbol", "index") and not n.shape and n is not x for n in order)
    ):
        return None
    domain = domain.given(*natural(h, [x]))
    domain = domain.under(domain.of([x]))
    if not convex_domain([x], domain):
        return None
    sampler = Sampler(h, h, domain)
    if not any(sampler.judge(p, highest=0).kind == "same" for p in sampler.points(6)):
        return None  # of an empty domain nothing is said
    low, low_in, high, high_in = sampler.interval(x)
    if low is not None and high is not None and low >= high:
        return None
    try:
        line = _Line(h, x, strict)
        left, right = line.cut(low, low_in, high, 1), line.cut(high, high_in, low, -1)
        cells = line.middle(left, right) if left < right else 0
    except (_Open, ExpressionError):
        return None
    return proved(Why.TAILS_AND_CELLS(cells=cells), "balls")


class _Open(Exception):
    """What is not shown."""


class _Line:
    def __init__(self, h: Node, x: Node, strict: bool) -> None:
        self.h, self.x, self.strict = h, x, strict
        self.slopes = [h]
        self.jumps = any(n.op == "pow" and n.args[1].op != "const" for n in topological([h]))  # 0**y

    def slope(self, order: int) -> Node:
        while len(self.slopes) <= order:
            self.slopes.append(gradient(self.slopes[-1], [self.x])[0])
        return self.slopes[order]

    # -- ends -----------------------------------------------------------------------------------------

    def cut(self, end: Fraction | None, attained: bool, other: Fraction | None, inward: int) -> Fraction:
        """From which place inward it is still to be shown; what lies between the end and that place is."""
        if end is None:
            return self.far(other, inward)
        value = evaluate([self.h], {self.x: rational(end)}, PRECISION)[0]
        if not isinstance(value, Exception):
            with precision(PRECISION):
                if bool(value > 0):
                    return end
                if bool(value < 0):
                    raise _Open
            if (beside := self.touching(self.h.graph.const(end), end, (inward,))) is not None:
                if attained and self.strict:
                    raise _Open
                return beside[inward]
        if attained and not isinstance(value, UndefinedValue) and (self.strict or self.jumps):
            raise _Open  # in the end itself; otherwise it follows there by continuity
        return self.near(end, inward)

    def far(self, other: Fraction | None, inward: int) -> Fraction:
        """A tail at infinity, by x or by log(x)."""
        g, t = self.h.graph, self.h.graph.symbol("tail'")
        for grown in (False, True):
            place = g.call("exp", t) if grown else t
            tail = substitute(self.h, {self.x: g.neg(place) if inward > 0 else place})
            for start in STARTS:
                if grown and start > 4:
                    break
                if self.settled(tail, t, start):
                    return -inward * (_rounded(arb(start).exp(), 1) if grown else Fraction(start))
        raise _Open

    def near(self, end: Fraction, inward: int) -> Fraction:
        """A tail at a finite end at which there is no value, or no derivative."""
        g, t = self.h.graph, self.h.graph.symbol("tail'")
        step = g.mul(g.const(inward), g.call("exp", g.neg(t)))
        tail = substitute(self.h, {self.x: g.add(g.const(end), step)})
        for start in STARTS:
            if self.settled(tail, t, start):
                return end + inward * _rounded((-arb(start)).exp(), -1)
        raise _Open

    def settled(self, tail: Node, t: Node, start: int) -> bool:
        try:
            sign = Tail(t, Fraction(start)).sign(tail)
        except Beyond:
            return False
        if sign < 0:
            raise _Open
        return sign > 0 or not self.strict

    # -- points of contact ------------------------------------------------------------------------------

    def touching(self, p: Node, about: Fraction, sides: Sequence[int]) -> dict[int, Fraction] | None:
        """Places beside a point p up to which h >= 0 (> 0 but in p), where h is proved to vanish in p; None where it is not.
        ``about`` is p, or so near to it that every neighbourhood tried holds p."""
        order = 0
        while self.vanishes(self.slope(order), p):
            order += 1
            if order > ORDERS:
                return None
        if not order or (len(sides) == 2 and order % 2):
            return None
        for width in WIDTHS:
            ends = {s: about + s * width for s in (1, -1)}
            span = [about if s not in sides and p.op == "const" else ends[s] for s in (-1, 1)]
            with precision(PRECISION):
                ball = arb(rational(span[0])).union(arb(rational(span[1])))
            value = evaluate([self.slope(order)], {self.x: ball}, PRECISION)[0]
            if isinstance(value, Exception):
                continue
            with precision(PRECISION):
                if all(bool(value * s**order > 0) for s in sides):
                    return {s: ends[s] for s in sides}
        return None

    def vanishes(self, n: Node, p: Node) -> bool:
        value = evaluate([substitute(n, {self.x: p})], {}, PRECISION)[0]
        if isinstance(value, Exception):
            return False
        if isinstance(value, fmpq):
            return bool(value == 0)
        with precision(PRECISION):
            if not value.contains(0):
                return False
        return decide_equal(substitute(n, {self.x: p}), n.graph.zero).status == "proved"

    def contacts(self, left: Fraction, right: Fraction) -> Iterator[tuple[Node, Fraction]]:
        g = self.h.graph
        oracle = Oracle(g, g.symbol("contact'"), EVERYWHERE)
        for p in dict.fromkeys((*_guesses(g), *stationary(self.h, self.x, oracle))):
            value = evaluate([p], {}, PRECISION)[0]
            about = _rounded(arb(value), 1) if not isinstance(value, fmpq) else Fraction(int(value.p), int(value.q))
            if left < about < right:
                yield p, about

    # -- between ----------------------------------------------------------------------------------------

    def middle(self, left: Fraction, right: Fraction) -> int:
        """The number of cells in which balls show it, from left to right."""
        spans = [(left, right)]
        for p, about in self.contacts(left, right):
            k = next((k for k, (a, b) in enumerate(spans) if a < about < b), None)
            if k is None or self.strict or not self.vanishes(self.h, p):
                continue
            beside = self.touching(p, about, (1, -1))
            if beside is None:
                raise _Open
            a, b = spans.pop(k)
            spans += [(a, beside[-1])] if a < beside[-1] else []
            spans += [(beside[1], b)] if beside[1] < b else []
        slopes, spent, shown = [self.slope(1)], 0, 0
        for a, b in spans:
            least = (b - a) / 2**16
            work = [(a, b)]
            while work:
                u, v = work.pop()
                spent += 1
                middle = (u + v) / 2
                if holds_in(self.h, slopes, {self.x: (u, v)}, {self.x: middle}):
                    shown += 1
                elif spent > MAX_CELLS or v - u < least:
                    raise _Open
                else:
                    work += [(middle, v), (u, middle)]
        return shown


def _guesses(g: Graph) -> Iterator[Node]:
    yield from (g.const(Fraction(v)) for v in GUESSES)
    yield from (g.call("exp", g.const(Fraction(v))) for v in ("1", "-1", "1/2", "-1/2"))
    yield g.call("log", g.const(2))


def _rounded(value: arb, way: int) -> Fraction:
    """A short fraction not below (way 1) or not above (way -1) a number, and near to it."""
    with precision(PRECISION):
        scaled = (value * 2**32).upper() if way > 0 else (value * 2**32).lower()
        return Fraction(int(scaled.ceil().unique_fmpz() if way > 0 else scaled.floor().unique_fmpz()), 2**32)
