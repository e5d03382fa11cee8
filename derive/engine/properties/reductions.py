"""Inequalities in several variables, brought to simpler ones step by step; each step is an implication that is proved.

|u| <= w is u <= w and -u <= w. log(u) >= w is u >= exp(w), and a sum of two terms of opposite sign is compared by logarithms.
What turns is looked at on both sides, as is what is assumed not to vanish; the greatest of many is a number that none of them
exceeds. Roots are squared away. An expression of s*t, s - t or s/t alone is one of a single variable. Where the slope in one
variable leads up from a place on either side, the place decides (KL divergence: p = q); where it is concave, the ends do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from itertools import permutations
from math import lcm

from derive.calculus.reverse import gradient
from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations.addends import addends
from derive.engine.equations.cascade import decide_equal
from derive.engine.exceptional_sets import factors_of, vanishing, written
from derive.engine.properties.side_conditions import convex_domain, inhabited, proved, smooth, valued, valued_at
from derive.engine.properties.slopes import BRANCHES, by_slopes
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError
from derive.expr.below import below
from derive.expr.folding import substitute, substitute_all
from derive.expr.graph import Node, topological
from derive.expr.operators import JOINED_PIECES, LOOSE, OPERATORS, ORDERS
from derive.flint import arb
from derive.language.components import components
from derive.numbers.balls import evaluate, precision, rational, truth
from derive.records import dataclass

MAX_DEPTH = 7  # moves one after the other
MAX_TRIED = 90  # comparisons looked at for one claim
MAX_NODES = 150
PRECISION = 96
MAX_ROOT = 6
MAX_DEGREE = 2  # of homogeneous expressions
MAX_LOGS = 8
MANY = 3  # of which the greatest stands for a number first
TRANSCENDENTAL = tuple(o.name for o in OPERATORS.values() if o.transcendental)


def by_moves(condition: Node, domain: Domain) -> Decision | None:
    """A proof of an inequality of scalars, or None."""
    if condition.shape or condition.op not in ORDERS:
        return None
    (condition,) = components(condition)
    if len(topological([condition])) > MAX_NODES:
        return None
    domain = domain.entries()
    h = condition.graph.sub(*condition.args)
    if not inhabited(h, domain):
        return None
    try:
        moves = _Moves()
        shown = moves.holds(condition, domain, MAX_DEPTH)
    except (_Spent, ExpressionError):
        return None
    return proved(Why.SIMPLER(), "balls" if moves.balls else "moves") if shown else None


class _Spent(Exception):
    """As much was tried as is worth while."""


Move = Callable[["_Moves", Node, bool, Domain, int], bool]


@dataclass
class _Moves:
    tried: int = 0
    balls: bool = False  # whether a part was shown by balls
    known: dict[tuple[Node, tuple[Node, ...]], str] = field(default_factory=dict)

    def holds(self, condition: Node, domain: Domain, depth: int) -> bool:
        """Whether a comparison follows from conditions, proved."""
        self.tried += 1
        if self.tried > MAX_TRIED:
            raise _Spent
        g = condition.graph
        more, less = condition.args if condition.op in ("gt", "ge") else condition.args[::-1]
        h, strict = g.sub(more, less), condition.op in ("gt", "lt")
        if depth and any(n.op in BRANCHES for n in topological([h])):
            return self.kinks(h, strict, domain, depth - 1)
        if depth and strict and self.beside(h, domain, depth - 1):
            return True
        raised = list(_raised(condition, domain.hypotheses))
        known = domain.given(*raised)
        if raised and self.decided(condition, domain.under(raised)) == "proved":  # by these alone, which say more
            return True
        # cheap where they apply, and of functions such as exp a proof at once is rare
        if depth and len(_symbols(h)) > 1 and not _algebraic(h) and self.early(h, strict, known, domain, depth - 1):
            return True
        found = self.decided(condition, known)
        if found != "undecided":
            return found == "proved"
        if (line := by_slopes(condition, domain)) is not None:
            self.balls = self.balls or line.method == "balls"
            return True
        return depth > 0 and any(move(self, h, strict, domain, depth - 1) for move in _MOVES)

    def early(self, h: Node, strict: bool, known: Domain, domain: Domain, depth: int) -> bool:
        constrained = any(c.op == "eq" for c in domain.hypotheses)
        return (
            self.logarithms(h, strict, known, depth)
            or (constrained and self.tangents(h, strict, domain, 0))
            or self.slopes(h, strict, domain, 0)
        )

    def sign(self, n: Node, op: str, domain: Domain) -> bool:
        return self.decided(n.graph.call(op, n, n.graph.zero), domain) == "proved"

    def decided(self, condition: Node, domain: Domain) -> str:
        about = _related(condition, domain)
        key = condition, about.hypotheses
        if key not in self.known:
            self.known[key] = decide_holds(condition, about).status
        return self.known[key]

    def positive(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        return self.holds(h.graph.call("gt" if strict else "ge", h, h.graph.zero), domain, depth)

    # -- moves ----------------------------------------------------------------------------------------

    def kinks(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        """On either side of what turns; what is the greatest of two, and only taken away, as each of them, with no assumption."""
        g = h.graph
        order = topological([h])
        n = next((n for n in order if n.op in BRANCHES), None)
        if n is None:
            return False
        for m in order[::-1]:
            bends = OPERATORS[m.op].bends if m.op in JOINED_PIECES else ""
            ways = {"convex": ("le", "ge"), "concave": ("ge", "le")}.get(bends)
            if ways is None or (share := coefficient(h, m)) is None:
                continue
            if self.sign(share, ways[0], domain):
                _, above, under = BRANCHES[m.op](m)
                return all(self.positive(substitute(h, {m: v}), strict, domain, depth) for v in (above, under))
            if len(of := _joined(m)) >= MANY and self.sign(share, ways[1], domain):
                s = g.symbol(f"m{self.tried}'")  # all that is said of it
                if self.positive(
                    substitute(h, {m: s}), strict, domain.given(*(g.call(ways[1], s, v) for v in of)), depth
                ):
                    return True
        s, above, under = BRANCHES[n.op](n)
        for way, against, value in (("ge", "lt", above), ("le", "gt", under)):
            if self.sign(s, against, domain):
                continue
            if not self.positive(substitute(h, {n: value}), strict, domain.given(g.call(way, s, g.zero)), depth):
                return False
        return True

    def beside(self, h: Node, domain: Domain, depth: int) -> bool:
        """On either side of what is assumed not to vanish."""
        g = h.graph
        for c in domain.hypotheses:
            if c.op != "ne" or not below(h, _symbols(c)):
                continue
            s, others = g.sub(*c.args), domain.under([d for d in domain.hypotheses if d is not c])
            return all(
                self.sign(s, against, others) or self.positive(h, True, others.given(g.call(way, s, g.zero)), depth)
                for way, against in (("gt", "le"), ("lt", "ge"))
            )
        return False

    def logarithms(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        """c*log(u) + w >= 0 as u >= exp(-w/c) where c is a positive number, as u <= exp(-w/c) where it is negative."""
        g = h.graph
        h = _opened(h)
        logs = [n for n in topological([h]) if n.op == "log" and _moves(n)]
        if len(logs) != 1 or not self.sign(logs[0].args[0], "gt", domain):
            return False
        share = coefficient(h, logs[0])
        if share is None or share.op != "const":
            return False
        u = logs[0].args[0]
        edge = _exponential(g.div(g.neg(substitute(h, {logs[0]: g.zero})), share))
        return self.positive(g.sub(u, edge) if share.attr > 0 else g.sub(edge, u), strict, domain, depth)

    def tangents(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        """By log(u) <= log(p) + u/p - 1 and log(u) >= log(p) + 1 - p/u at a place p, for sums of multiples of logarithms: Gibbs'
        inequality. Two with opposite factors are one, of a quotient; for others p is 1, or one over their number."""
        g = h.graph
        logs = [n for n in topological([h]) if n.op == "log" and _moves(n)]
        if strict or not 0 < len(logs) <= MAX_LOGS or not all(self.sign(n.args[0], "gt", domain) for n in logs):
            return False
        if (terms := _multiples(h, logs)) is None:
            return False
        rest, alone = substitute(h, dict.fromkeys(logs, g.zero)), max(1, 2 * len(terms) - len(logs))
        for place in dict.fromkeys((1, alone)):
            p, total = g.const(Fraction(1, place)), rest
            for c, u in terms:
                rises = self.sign(c, "ge", domain)
                if not rises and not self.sign(c, "le", domain):
                    return False
                q = g.div(p, u) if rises else g.div(u, p)
                bound = g.sub(g.one, q) if rises else g.sub(q, g.one)
                total = g.add(total, g.mul(c, g.add(g.call("log", p), bound) if place > 1 else bound))
            known = _related(g.call("ge", total, g.zero), domain)
            if self.zero(total, known) or self.positive(total, False, domain, depth):
                return True
        return False

    def zero(self, n: Node, domain: Domain) -> bool:
        found = decide_equal(n, n.graph.zero, domain)
        return found.status == "proved" and not found.conditions

    def terms(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        """Two terms of opposite sign, whose factors are positive, by their logarithms."""
        reduced = factors_of(h, domain)
        return reduced is not None and reduced[1] is not None and self.positive(reduced[1], strict, domain, depth)

    def factors(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        """By the one factor whose sign is not known."""
        reduced = factors_of(h, domain)
        return reduced is not None and reduced[0] is not None and self.positive(reduced[0], strict, domain, depth)

    def roots(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        """c*sqrt(u) + w >= 0: c >= 0 and c**2*u >= w**2; or c <= 0, w >= 0 and w**2 >= c**2*u."""
        g = h.graph
        for n in (n for n in topological([h]) if _root(n) == 2 and _moves(n)):
            if strict or not self.sign(n.args[0], "ge", domain) or (share := coefficient(h, n)) is None:
                continue
            rest = substitute(h, {n: g.zero})
            gap = written(g.sub(g.mul(g.mul(share, share), n.args[0]), g.mul(rest, rest)), domain)
            if self.sign(share, "ge", domain):
                if self.positive(gap, False, domain, depth):
                    return True
            elif self.sign(share, "le", domain) and self.positive(rest, False, domain, 0):
                return self.positive(g.neg(gap), False, domain, depth)
        return False

    def together(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        """As a function of s*t, s - t or s/t alone, but for a power of t."""
        g = h.graph
        symbols = _symbols(h)
        point = next(iter(Sampler(h, h, domain).points(1)), None)
        if len(symbols) < 2 or point is None:
            return False
        u = g.symbol("u'" * (1 + max((n.attr.count("'") for n in topological([h]) if n.op == "symbol"), default=0)))
        for s, t in permutations(symbols, 2):
            ways: list[tuple[Node, Node, Node]] = [(g.mul(s, t), g.one, g.one)] if s.id < t.id else []
            ways.append((g.sub(s, t), g.zero, g.one))
            if self.sign(t, "gt", domain):
                ways += [(g.div(s, t), g.one, g.pow(t, g.const(k))) for k in range(MAX_DEGREE + 1)]
            for joined, unit, power in ways:
                alone = substitute(h, {s: u, t: unit})
                whole = g.mul(power, substitute(alone, {u: joined}))
                if not self.same(h, whole, domain, point):
                    continue
                kept: list[Node] = []
                for op, value in (
                    ("gt", 0),
                    ("lt", 0),
                    ("ge", 0),
                    ("le", 0),
                    ("lt", 1),
                    ("gt", 1),
                    ("ge", 1),
                    ("le", 1),
                ):
                    if self.sign(g.sub(joined, g.const(value)), op, domain):
                        kept.append(g.call(op, u, g.const(value)))
                if self.positive(alone, strict, domain.free_of([s, t]).given(*kept), depth):
                    return True
        return False

    def same(self, a: Node, b: Node, domain: Domain, point: Point) -> bool:
        """Whether two expressions are equal; a point that tells them apart spares the proof."""
        with precision(PRECISION):
            values = evaluate([a, b], {s: rational(v) for s, v in point.items()}, PRECISION)
            if any(isinstance(v, Exception) for v in values) or not arb(values[0]).overlaps(arb(values[1])):
                return False
        found = decide_equal(a, b, domain)
        return found.status == "proved" and not found.conditions

    def powers(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        """With r**k in the place of a nonnegative s of which fractional powers are taken."""
        g = h.graph
        k = lcm(*(_root(n) for n in topological([h])))
        if not 1 < k <= MAX_ROOT:
            return False
        put: dict[Node, Node] = {}
        kept = []
        for s in _symbols(h):
            if any(_root(n) > 1 and s in _symbols(n) for n in topological([h])) and self.sign(s, "ge", domain):
                r = g.symbol(f"r{len(put)}'")
                put[s] = g.pow(r, g.const(k))
                kept.append(g.call("gt" if self.sign(s, "gt", domain) else "ge", r, g.zero))
        if not put or any(s in domain.ranges for s in put):
            return False
        rest = [c for c in domain.put(put).hypotheses if _symbols(c)]
        return self.positive(substitute(h, put), strict, domain.under([*kept, *rest]), depth)

    def slopes(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        """From a place in one variable the slope leads up on either side, and there it holds. Where the place itself is left
        out, a strict inequality follows from a slope that is not 0."""
        g = h.graph
        if not smooth(h):
            return False
        for v in _symbols(h):
            if not self.regular(h, v, domain):
                continue
            slope = gradient(h, [v])[0]
            if not valued(slope, [v], domain, strict=True):
                continue
            rest = domain.free_of([v])
            for turn in self.turns(slope, v, domain):
                if not self.touches(domain, {v: turn}) or not valued_at(h, {v: turn}, rest):
                    continue
                apart = strict and self.sign(g.sub(v, turn), "ne", domain)
                if not self.positive(substitute(h, {v: turn}), strict and not apart, rest, min(depth, 2)):
                    continue
                if all(
                    self.sign(g.sub(v, turn), against, domain)
                    or self.positive(
                        g.mul(g.const(sign), slope), apart, domain.given(g.call(way, v, turn)), min(depth, 2)
                    )
                    for way, against, sign in (("ge", "le", 1), ("le", "ge", -1))
                ):
                    return True
        return False

    def touches(self, domain: Domain, place: Mapping[Node, Node]) -> bool:
        """Whether a place lies in the domain or on its boundary, whatever the other variables are."""
        rest = domain.free_of(place)
        loose = [c.graph.call(LOOSE.get(c.op, c.op), *c.args) for c in domain.of(place)]
        return all(_plain_true(c) or self.decided(c, rest) == "proved" for c in substitute_all(loose, place)) and all(
            (low is None or self.decided(v.graph.call("ge", e, v.graph.const(low)), rest) == "proved")
            and (high is None or self.decided(v.graph.call("le", e, v.graph.const(high)), rest) == "proved")
            for v, e in place.items()
            for low, high in [domain.range(v)]
        )

    def regular(self, h: Node, v: Node, domain: Domain) -> bool:
        return convex_domain([v], domain) and valued(h, [v], domain, strict=True)

    def turns(self, slope: Node, v: Node, domain: Domain) -> Iterator[Node]:
        """Where the slope may vanish, and the ends of the domain."""
        g = slope.graph
        parts = vanishing(slope, domain)
        parts += [g.sub(v, g.const(e)) for e in domain.range(v) if e is not None]
        parts += [g.sub(*c.args) for c in domain.of([v])]
        found: dict[Node, None] = {}
        for p in parts:
            if smooth(p) and below(p, [v]):
                share = gradient(p, [v])[0]
                if not below(share, [v]) and self.sign(share, "ne", domain):
                    found[substitute(g.sub(v, g.div(p, share)), {v: g.zero})] = None
        yield from found

    def ends(self, h: Node, strict: bool, domain: Domain, depth: int) -> bool:
        """Concave in a variable that lies between two numbers: at both of them."""
        g = h.graph
        if not smooth(h):
            return False
        for v in _symbols(h):
            if not self.regular(h, v, domain):
                continue
            bend = gradient(gradient(h, [v])[0], [v])[0]
            if not self.sign(bend, "le", domain):
                continue
            low, _, high, _ = Sampler(h, h, domain).interval(v)
            if low is None or high is None:
                continue
            rest = domain.free_of([v])
            if all(
                self.touches(domain, {v: g.const(e)})
                and valued_at(h, {v: g.const(e)}, rest)
                and self.positive(substitute(h, {v: g.const(e)}), strict, rest, depth)
                for e in (low, high)
            ):
                return True
        return False


_MOVES: tuple[Move, ...] = (
    _Moves.terms,
    _Moves.roots,
    _Moves.powers,
    _Moves.slopes,
    _Moves.together,
    _Moves.factors,
    _Moves.ends,
    _Moves.tangents,
)


def _joined(n: Node) -> list[Node]:
    """What a greatest or least of several is the greatest or least of."""
    if n.op not in ("max", "min"):
        return [n]
    return [leaf for a in n.args for leaf in (_joined(a) if a.op == n.op else [a])]


def _related(condition: Node, domain: Domain) -> Domain:
    """With the hypotheses that speak of what the condition speaks of, be it by way of others."""
    about, left = set(_symbols(condition)), domain.hypotheses
    kept: set[Node] = set()
    while more := [c for c in left if c not in kept and about.intersection(_symbols(c))]:
        kept.update(more)
        about.update(s for c in more for s in _symbols(c))
    return domain.under([c for c in left if c in kept])


def _symbols(n: Node) -> list[Node]:
    return [m for m in topological([n]) if m.op == "index" or (m.op == "symbol" and not m.shape)]


def _root(n: Node) -> int:
    """k of a k-th root, or of a power of one; else 1."""
    if n.op == "sqrt":
        return 2
    return Fraction(n.args[1].attr).denominator if n.op == "pow" and n.args[1].op == "const" else 1


def _algebraic(n: Node) -> bool:
    return not any(m.op in TRANSCENDENTAL for m in topological([n]))


def _moves(n: Node) -> bool:
    return bool(_symbols(n))


def _plain_true(c: Node) -> bool:
    return not _symbols(c) and truth(c, {}) is True


def coefficient(h: Node, n: Node) -> Node | None:
    """The factor of n where h is affine in it."""
    g = h.graph
    s = g.symbol("share'")
    put = substitute(h, {n: s})
    if not smooth(put) and any(m.op in BRANCHES and s in topological([m]) for m in topological([put])):
        return None
    try:
        share = gradient(put, [s])[0]
    except ExpressionError:
        return None
    return None if s in topological([share]) else share


def _opened(h: Node) -> Node:
    """logaddexp(u, v) as log(exp(u) + exp(v)); where it stands in another one, as exp(u) + exp(v) in there."""
    g = h.graph
    grown: dict[Node, Node] = {}
    for n in topological([h]):
        if n.op == "logaddexp":
            grown[n] = g.add(*(grown.get(a) or g.call("exp", a) for a in n.args))
    return substitute(h, {n: g.call("log", e) for n, e in grown.items()}) if grown else h


def _exponential(u: Node) -> Node:
    """exp(u), with numbers as factors whose logarithms are among the terms."""
    g = u.graph
    factor, rest = g.one, g.zero
    for c, n in addends(u):
        if n.op == "log" and n.args[0].op == "const" and n.args[0].attr > 0:
            factor = g.mul(factor, g.pow(n.args[0], g.const(c)))
        else:
            rest = g.add(rest, g.mul(g.const(c), n))
    return g.mul(factor, g.call("exp", rest))


def _multiples(h: Node, logs: Sequence[Node]) -> list[tuple[Node, Node]] | None:
    """The terms c*log(u) of h as (c, u), two with opposite factors as one of a quotient; None where h is not a sum of such."""
    g = h.graph
    left = [(coefficient(h, n), n.args[0]) for n in logs]
    found: list[tuple[Node, Node]] = []
    while left:
        c, u = left.pop(0)
        if c is None or any(n in logs for n in topological([c])):
            return None
        k = next(
            (k for k, (d, _) in enumerate(left) if d is not None and written(g.add(c, d), EVERYWHERE) is g.zero), None
        )
        found.append((c, u if k is None else g.div(u, left.pop(k)[1])))
    return found


def _raised(condition: Node, given: Sequence[Node]) -> Iterator[Node]:
    """exp(u) >= exp(v) where u >= v is given, for exponentials that the condition speaks of."""
    g = condition.graph
    known = {n.args[0]: n for n in topological([condition]) if n.op == "exp"}
    for c in given:
        if c.op not in ORDERS:
            continue
        s = g.sub(*c.args)
        for a, b in permutations(known, 2):
            if decide_equal(g.sub(a, b), s).status == "proved":
                yield g.call(c.op, known[a], known[b])
