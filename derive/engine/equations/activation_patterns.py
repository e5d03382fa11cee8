"""Deep ReLU networks: every kink as a switch h with h**2 = h, instead of one region for each pattern of the units.

relu(u) = h*u and select(u, p, q) = h*p + (1 - h)*q, with h = 1 where u > 0 and h = 0 where u < 0. Two sides with one normal form
are equal for *every* setting of the switches, the settings on either side of a kink among them. So on a kink, where a derivative
has the value that both of its sides agree on, either both sides of the claim have one value, or neither has one.

where(u > 0, p, q) has a value at u = 0 too, the one of h = 0 (where(u >= 0, p, q): of h = 1). Where it is taken for the switch of
a derivative, both are still equal where both have a value: the derivative's setting h = 0 gives what ``where`` gives. But there
one side may have a value where the other has none. With a switch h' of its own for ``where``, the sides still agree as long as
their difference is a sum of multiples of u*(h - h'); the other kinks are returned as *doubtful*, for a point to show.

Only what has a value for every setting is decided here: denominators that vanish nowhere, no jumps.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import field

from derive.engine.algebra.normal import NOTHING, RULES, Normal, Rule, Value
from derive.engine.algebra.polynomials import Identity, Key, Poly, Quotient, Ring, Unwieldy
from derive.engine.algebra.signs import NEGATIVE, POSITIVE, ZERO, Signs
from derive.engine.counterexamples.points import Sampler
from derive.engine.equations.cells import Cell
from derive.engine.equations.regions import Regions
from derive.expr.folding import nonzero
from derive.expr.graph import Node, topological
from derive.expr.operators import JOINED_PIECES, OPERATORS, ORDERS
from derive.lazily import lazily
from derive.records import dataclass

with lazily():
    from derive.engine.algebra import groebner

KINKED = (*JOINED_PIECES, "where", "select")
MAX_SWITCHES = 24


class Unfit(Exception):
    """Something that switches don't describe."""


@dataclass(frozen=True, slots=True)
class Switched:
    """The sides have one normal form. ``conditions``: where their values exist. ``doubtful``: the u whose u = 0 may give a value
    to one side alone."""

    conditions: tuple[Node, ...]
    doubtful: tuple[Node, ...]
    steps: tuple[object, ...]


@dataclass(slots=True)
class _Kink:
    """What turns at s = 0, s up to a positive factor: ``picked`` by a derivative; ``at_zero``: what ``where`` takes h to be."""

    s: Poly
    node: Node
    picked: bool = False
    at_zero: set[int] = field(default_factory=set)


def kinks(roots: Sequence[Node]) -> list[Node]:
    """The different u at whose u = 0 the roots turn, as they are written; conditions of ``where`` left out."""
    found: dict[Node, None] = {}
    for n in topological(roots):
        if n.op in ("min", "max"):
            found[n.graph.sub(*n.args)] = None
        elif n.op in KINKED and n.op != "where":
            s = n.args[0]
            found[s.args[0] if s.op == "neg" else s] = None
    return list(found)


def switched(sampler: Sampler) -> Switched | None:
    """A proof of a = b by switches, or None. Raises Unwieldy."""
    regions = Regions(sampler, Ring(sampler.graph, len(sampler.symbols) * 2 + 24))
    try:
        _check(sampler)
        found: Switched | None = regions._retrying(lambda: _Board(sampler, regions).decide())
        return found
    except Unfit:
        return None


def _check(sampler: Sampler) -> None:
    """Raises Unfit where a function jumps, or a kink turns on a derivative, which may lack a value."""
    picked: set[Node] = set()
    for n in topological([sampler.a, sampler.b]):
        jumps = n.op in OPERATORS and OPERATORS[n.op].jumps and n.op != "where"
        if jumps or (n.op == "mul" and n.args[0].op == "const" and n.args[0].attr == 0):
            raise Unfit
        if n.op in KINKED:
            turning = n.args if n.op in ("min", "max") else n.args[:1]
            if any(m in picked for m in turning):
                raise Unfit
        if n.op == "select" or any(m in picked for m in n.args):
            picked.add(n)


class _Board:
    """The switches of one claim. ``apart`` are the kinks whose ``where`` has a switch of its own in the present pass."""

    def __init__(self, sampler: Sampler, regions: Regions) -> None:
        self.sampler, self.regions, self.ring = sampler, regions, regions.ring
        self.signs: Signs = regions._signs(Cell())
        self.kinks: dict[Key, _Kink] = {}
        self.apart: Set[Key] = frozenset()
        made: dict[str, Rule] = {
            "relu": lambda nf, n, args: self.ring.mul(args[0], self.switch(nf, args[0], n.args[0])),
            "abs": self.absolute,
            "max": self.extreme,
            "min": self.extreme,
            "select": self.select,
            "where": self.where,
        }
        self.rules = {**RULES, **made}

    # -- rules ----------------------------------------------------------------------------------------

    def switch(self, nf: Normal, s: Quotient, node: Node, at_zero: int | None = None, picked: bool = False) -> Quotient:
        """h, 1 where s > 0 and 0 where s < 0, or what it is known to be."""
        m = nf.signs.of(s)
        exact = picked or at_zero is not None  # what happens at s = 0 matters
        if m == POSITIVE or (not exact and not m & NEGATIVE):
            return self.ring.one
        if m == NEGATIVE or (not exact and not m & POSITIVE):
            return self.ring.zero
        if s.num == 0 or m == ZERO:
            raise Unfit
        ring = self.ring
        p = s.num if s.den.is_constant() else ring.times(s.num, s.den)
        lead = p.leading_coefficient()
        p, flipped = p / lead, bool(lead < 0)
        key = ring.key(p)
        kink = self.kinks.setdefault(key, _Kink(p, node))
        if len(self.kinks) > MAX_SWITCHES:
            raise Unwieldy(f"more than {MAX_SWITCHES} kinks")
        kink.picked |= picked
        if picked:
            kink.node = node
        if at_zero is not None:
            kink.at_zero.add(1 - at_zero if flipped else at_zero)
        h = self.gen(key, at_zero is not None and key in self.apart)
        made = ring.poly(h)
        return ring.sub(ring.one, made) if flipped else made

    def gen(self, key: Key, own: bool) -> Poly:
        """The switch of a kink, or that of its ``where`` alone."""
        ring, g, kink = self.ring, self.sampler.graph, self.kinks[key]
        index = len(ring.kernels)
        itself = ring.gens[index] if index < ring.room else ring.one_poly  # for one that is new
        return ring.gen(
            ring.kernel(
                ("switch", own, key),
                lambda: g.call("where", g.call("gt", kink.node, g.zero), g.one, g.zero),
                ring.free(kink.s),
                (kink.s,),
                (2, itself),
                kinked=True,
            )
        )

    def between(self, h: Quotient, p: Quotient, q: Quotient) -> Quotient:
        """h*p + (1 - h)*q."""
        return self.ring.add(q, self.ring.mul(h, self.ring.sub(p, q)))

    def absolute(self, nf: Normal, n: Node, args: Sequence[Value]) -> Value:
        u = args[0]
        return self.between(self.switch(nf, u, n.args[0]), u, self.ring.neg(u))

    def extreme(self, nf: Normal, n: Node, args: Sequence[Value]) -> Value:
        h = self.switch(nf, self.ring.sub(*args), n.graph.sub(*n.args))
        return self.between(h, *(args if n.op == "max" else args[::-1]))

    def select(self, nf: Normal, n: Node, args: Sequence[Value]) -> Value:
        if NOTHING in args:
            raise Unfit
        return self.between(self.switch(nf, args[0], n.args[0], picked=True), args[1], args[2])

    def where(self, nf: Normal, n: Node, args: Sequence[Value]) -> Value:
        condition, yes, no = args
        if NOTHING in args:
            raise Unfit
        if condition is not None:
            nf.follow(n, n.args[0], n.args[1] if condition else n.args[2])
            return yes if condition else no
        c = n.args[0]
        while c.op == "def":
            c = c.args[0]
        if c.op not in ORDERS or not isinstance(yes, Quotient) or not isinstance(no, Quotient):
            raise Unfit
        upward = c.op in ("gt", "ge")
        big, small = c.args if upward else c.args[::-1]
        s = self.ring.sub(nf.values[big], nf.values[small])
        return self.between(self.switch(nf, s, n.graph.sub(big, small), at_zero=int(c.op in ("ge", "le"))), yes, no)

    # -- the proof ------------------------------------------------------------------------------------

    def passed(self, apart: Set[Key]) -> tuple[Normal, Poly]:
        """One pass, and what is left of a - b."""
        self.apart = apart
        nf = Normal(self.ring, self.signs, rules=self.rules)
        nf.run([self.sampler.a, self.sampler.b])
        x, y = nf.values[self.sampler.a], nf.values[self.sampler.b]
        if not isinstance(x, Quotient) or not isinstance(y, Quotient):
            raise Unfit
        needs = [
            need for root in (self.sampler.a, self.sampler.b) for n in nf.reach(root) for need in nf.needs.get(n, ())
        ]
        if not all(self.regions._given(need, self.signs) for need in needs):
            raise Unfit
        return nf, self.ring.difference(x, y)

    def decide(self) -> Switched | None:
        if self.signs.contradiction:
            return None
        self.kinks.clear()
        nf, gap = self.passed(frozenset())
        if any(len(k.at_zero) > 1 for k in self.kinks.values()):  # u > 0 here, u >= 0 there
            return None
        if not self.regions._vanishes(gap, self.signs):
            return None
        shared = [key for key, k in self.kinks.items() if k.picked and k.at_zero]
        calm = [key for key in shared if self.agree([key])]
        if not self.agree(calm):
            calm = []
        doubtful = tuple(self.kinks[key].node for key in shared if key not in calm)
        x, y = nf.values[self.sampler.a], nf.values[self.sampler.b]
        return Switched(self.conditions(x), doubtful, (Identity(self.ring, x, y),))

    def agree(self, keys: Sequence[Key]) -> bool:
        """Whether the sides agree on these kinks for every setting of the derivatives' switches."""
        if not keys:
            return True
        _, gap = self.passed(frozenset(keys))
        if self.regions._vanishes(gap, self.signs):
            return True
        off = [self.ring.times(self.kinks[k].s, self.gen(k, False) - self.gen(k, True)) for k in keys]
        return groebner.Ideal(self.ring, [*self.signs.zeros, *map(self.ring.reduce, off)]).contains(gap)

    def conditions(self, value: Quotient) -> tuple[Node, ...]:
        """Off which kinks the common value exists for certain: those on which it depends on the side."""
        found = []
        for key, k in self.kinks.items():
            h = self.gen(key, False)
            jumps = value.num.derivative(self.ring.gens.index(h))
            fixed = value.den.derivative(self.ring.gens.index(h)) == 0
            if k.picked and not (fixed and groebner.Ideal(self.ring, [*self.signs.zeros, k.s]).contains(jumps)):
                found.append(nonzero(k.node))
        return tuple(c for c in found if not self.regions.certain(c))
