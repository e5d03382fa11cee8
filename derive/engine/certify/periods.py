"""Claims about floors whose arguments are whole multiples of one expression v, but for numbers: one period of v is all there is.

With n = floor(v) and t = v - n, of 0 <= t < 1, floor(c*v + d) is c*n + floor(c*t + d) for a whole c, and that is a number on
each of finitely many parts of the period. ``round`` is made of such floors, and so are quantisers; what is left is plain.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from math import ceil, floor, gcd, lcm

import derive.engine.algebra.kernels  # noqa: F401  (registers the rules)
from derive.engine.algebra.kernels.functions import terms
from derive.engine.algebra.normal import NOTHING, Normal
from derive.engine.algebra.polynomials import Key, Quotient, Regrow, Ring, Unwieldy
from derive.engine.algebra.signs import Signs
from derive.engine.certify.search import Search
from derive.expr.graph import Node, topological
from derive.proof.certificates import Certificate, Evaluation, Lemma, Parts, Rule, Split, Substitution
from derive.proof.check import Theorem, check
from derive.proof.rules.properties import minus
from derive.proof.rules.table import premises
from derive.proof.sequent import HALVES, Sequent, conjunction, equation
from derive.records import dataclass

MAX_FLOORS = 12
MAX_PARTS = 40  # of a period
MAX_ROUNDS = 40  # of a normal form with ever finer exponents
MAX_GROUPS = 3  # of floors, one after the other


@dataclass(frozen=True)
class Part:
    """Where ``low`` <= t <= ``high`` (without an end that is not ``closed``), and what floor(c*t + d) is there for each floor."""

    low: Fraction
    high: Fraction
    closed: tuple[bool, bool]
    wholes: tuple[int, ...]

    def holds(self, t: Node) -> list[Node]:
        """That t lies there."""
        g = t.graph
        if self.low == self.high:
            return [equation(t, g.const(self.low))]
        ends = zip(
            ("ge" if self.closed[0] else "gt", "le" if self.closed[1] else "lt"), (self.low, self.high), strict=True
        )
        return [g.call(op, t, g.const(end)) for op, end in ends]

    @property
    def middle(self) -> Fraction:
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Period:
    """``floors``: each as (floor(c*v + d), c, d)."""

    v: Node
    floors: tuple[tuple[Node, int, Fraction], ...]

    def parts(self) -> list[Part]:
        """The parts of 0 <= t < 1 on which no floor jumps, in order. Raises Unwieldy."""
        if sum(abs(c) for _, c, _ in self.floors) > MAX_PARTS:
            raise Unwieldy(f"more than {MAX_PARTS} jumps in one period")
        ends = {Fraction(0)}
        for _, c, d in self.floors:
            low, high = sorted((d, c + d))
            ends.update(t for k in range(ceil(low), floor(high) + 1) if 0 <= (t := (k - d) / c) < 1)
        places = sorted(ends)
        found = []
        for low, high in zip(places, [*places[1:], Fraction(1)], strict=True):
            for a, b in ((low, low), (low, high)):
                wholes = tuple(floor(c * (a + b) / 2 + d) for _, c, d in self.floors)
                found.append(Part(a, b, (a == b, a == b), wholes))
        merged = []
        for _, same in groupby(found, key=lambda p: p.wholes):
            first, *_, last = [*(run := list(same)), run[-1]]
            merged.append(Part(first.low, last.high, (first.closed[0], last.closed[1]), first.wholes))
        return merged

    def put(self, n: Node, part: Part) -> Mapping[Node, Node]:
        """What each floor is on a part of the period, n = floor(v)."""
        g = n.graph
        return {
            f: g.add(g.mul(g.const(c), n), g.const(k)) for (f, c, _), k in zip(self.floors, part.wholes, strict=True)
        }


def period(condition: Node, hypotheses: Sequence[Node] = (), done: Container[Node] = ()) -> Period | None:
    """The period of floors in a scalar condition, with those in hypotheses that share it; None where it has none but ``done``."""
    own = topological([condition])
    inside = [
        n for n in topological([*hypotheses, condition]) if n.op == "floor" and n not in done and _innermost(n, done)
    ]
    if not 0 < len(inside) <= MAX_FLOORS or not any(n in own for n in inside):
        return None
    inside.sort(key=lambda n: n not in own)
    read = _sums([n.args[0] for n in inside], inside[0])
    for first in (n for n in inside if n in own):
        base = read.get(first.args[0], ({}, Fraction(0)))
        if not base[0]:  # of a number, or of what is no sum
            continue
        alike = [(n, r) for n in inside if (r := _ratio(read[n.args[0]], base)) is not None]
        shared = Fraction(gcd(*(r.numerator for _, (r, _) in alike)), lcm(*(r.denominator for _, (r, _) in alike)))
        counts = [(n, int(r / shared), d) for n, (r, d) in alike]
        f, c, shift = min(counts, key=lambda e: (abs(e[1]), e[1] < 0))
        g, u = f.graph, f.args[0]
        return Period(u if c == 1 else g.div(u, g.const(c)), tuple((n, k, d - k * shift / c) for n, k, d in counts))
    return None


def _innermost(n: Node, done: Container[Node]) -> bool:
    return not any(m.op == "floor" and m not in done for m in topological(n.args))


_Sum = tuple[dict[Key, Fraction], Fraction]  # multiples of basis elements, and a number


def _sums(arguments: Sequence[Node], n: Node) -> dict[Node, _Sum]:
    """The arguments of floors, each as a sum; {} for what has no such form."""
    ring = Ring(n.graph)
    for _ in range(MAX_ROUNDS):
        try:
            nf = Normal(ring, Signs(ring))
            nf.run(arguments)
            return {a: _sum(nf, v) for a in arguments if (v := nf.values[a]) is not NOTHING and isinstance(v, Quotient)}
        except Regrow:
            continue
    return {}


def _sum(nf: Normal, u: Quotient) -> _Sum:
    found: dict[Key, Fraction] = {}
    number = Fraction(0)
    for key, c, num, den in terms(nf, u):
        value = Fraction(int(c.p), int(c.q))
        if num.is_constant() and den.is_one():
            number += value
        else:
            found[key] = value
    return found, number


def _ratio(u: _Sum | None, base: _Sum) -> tuple[Fraction, Fraction] | None:
    """r and d of u = r*base + d, base without its number; r is not 0."""
    if u is None or not base[0] or u[0].keys() != base[0].keys():
        return None
    ratios = {u[0][key] / c for key, c in base[0].items()}
    return (ratios.pop(), u[1]) if len(ratios) == 1 else None


# -- certificates -------------------------------------------------------------------------------------


def by_period(s: Sequent) -> Theorem:
    """The theorem that a condition of scalars holds, part by part of a period of its floors. Raises Rejected."""
    search = Search()
    return check(s, _shown(search, s, ()), search.theorems)


def _shown(search: Search, s: Sequent, done: tuple[Node, ...]) -> Certificate:
    """``done``: the floors of the periods that were taken apart."""
    entries = s.entries()
    if entries != (s,):
        return search.kept(s, Parts(tuple(_shown(search, e, done) for e in entries)))
    found = period(s.conclusion, s.hypotheses, done) if len(done) < MAX_GROUPS else None
    if found is None:
        return search.scalar(s, 0)
    g, v = s.conclusion.graph, found.v
    n = g.call("floor", v)
    t = minus(v, n)
    leaf = Evaluation(opaque=(v,))
    fact = conjunction([g.call("ge", t, g.zero), g.call("lt", t, g.one)])
    within = search.kept(s.concluding(fact), Parts((leaf, leaf)))
    parts = found.parts()

    def among(here: Sequent, left: Sequence[Part]) -> Certificate:
        part, rest = left[0], left[1:]
        if not rest:
            return _on(search, here, found, part, done)
        by = minus(g.const(part.high), t) if part.closed[1] else minus(t, g.const(part.high))
        above, beneath = here.cases(by, HALVES)
        first, later = (above, beneath) if part.closed[1] else (beneath, above)
        of = _on(search, first, found, part, done), among(later, rest)
        return search.kept(here, Split(by, of if part.closed[1] else of[::-1]))

    return search.kept(s, Lemma(fact, within, among(s.given(fact), parts)))


def _on(search: Search, s: Sequent, of: Period, part: Part, done: tuple[Node, ...]) -> Certificate:
    """On a part of the period, with each floor as what it is there."""
    n = s.conclusion.graph.call("floor", of.v)
    put = [(f, whole) for f, whole in of.put(n, part).items() if f is not whole]

    def without(here: Sequent, left: Sequence[tuple[Node, Node]]) -> Certificate:
        if not left:
            return _shown(search, here, (*done, n))
        (f, whole), *rest = left
        wanted = here.concluding(equation(f, whole))
        of = tuple(search.kept(p, Evaluation()) for p in premises(wanted, "whole part", ()))
        because = search.kept(wanted, Rule("whole part", (), of))
        return search.kept(here, Substitution(f, whole, because, without(here.put({f: whole}), rest)))

    return without(s, put)


__all__ = ["MAX_GROUPS", "Part", "Period", "by_period", "period"]
