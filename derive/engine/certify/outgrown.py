"""A function written by what outgrows what: a quotient of sums over atoms, of each the term taken out that outgrows the others.

What a product of powers of atoms does is asked of the rules of limits, and where they leave it open of the search in turn: of its
logarithm where exponentials are among the atoms, by de l'Hospital's rule else (Gruntz 1996 compares the same logarithms).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce

from derive.engine.certify.faults import FAULTS
from derive.engine.certify.written import written
from derive.expr.below import below
from derive.expr.folding import substitute_all
from derive.expr.graph import Graph, Node, topological
from derive.flint import arb, fmpq, fmpq_mpoly
from derive.language.properties import LIMITS
from derive.numbers.balls import evaluate
from derive.numbers.rational_functions import Poly, Quotient
from derive.proof.certificates import Certificate
from derive.proof.check import Rejected
from derive.proof.evaluation import evaluated, is_variable
from derive.proof.rules.ends import End
from derive.proof.rules.limits import NEAR, also, in_the_end
from derive.proof.rules.properties import Claim
from derive.proof.sequent import Sequent, equation
from derive.proof.signs import ZERO

MAX_TERMS = 40  # of a sum
BITS = 128
SIMPLE = [fmpq(2), fmpq(1, 2), fmpq(3), fmpq(1), fmpq(1, 3), fmpq(-1), fmpq(-2)]  # values of parameters that are tried
CLOSE, FAR_OUT = Fraction(1, 2**40), 2**40  # where the sizes of terms are looked at

Fact = tuple[Node, Certificate]  # a limit of a part
Powers = tuple[int, ...]  # of atoms


class Ways(ABC):
    """What the search for limits offers here."""

    @abstractmethod
    def show(self, s: Sequent) -> Certificate: ...

    @abstractmethod
    def by_slopes(self, s: Sequent) -> Certificate: ...


def end(c: Claim, f: Node) -> End | None:
    """What the rules alone say that a function does as x goes where a claim says."""
    try:
        found = in_the_end(c, lambda ends: ends.of(f))
    except FAULTS:
        return None
    return found if isinstance(found, End) and not found.bounded else None


class Sums:
    """A function as a quotient over atoms, as x goes where a claim says and ``near`` holds: of a new symbol t, how far x is from
    where it goes, or how far out. ``opaque`` stands for numbers. Raises Rejected where it has no value."""

    def __init__(self, ways: Ways, c: Claim, f: Node, near: Sequence[Node], opaque: Sequence[Node] = ()) -> None:
        (x,), g, where = c.x, f.graph, LIMITS[c.name][1]
        (t,) = c.fresh("t")
        sign = g.const(-1) if where in ("from below", "far below") else g.one
        at = c.more[-1][0] if where in NEAR else g.zero
        inside, *rest = substitute_all([f, *near, *opaque], {x: g.add(at, g.mul(sign, t))})
        held, hidden = rest[: len(near)], rest[len(near) :]
        given = (*c.given, g.call("ne" if where == "beside" else "gt", t, g.zero), *held)
        made = evaluated([Sequent(given, equation(side, side)) for side in (inside, t)], opaque=tuple(hidden))
        value = made.values[inside]
        if not isinstance(value, Quotient):
            raise Rejected("no value near the point")
        self.ways, self.c, self.g, self.made = ways, c, g, made
        self.back = {t: g.mul(sign, g.sub(x, at))}
        own = made.used(made.values[t].num)[0].index
        self.of_t = {i for i, a in enumerate(made.atoms) if own in a.leaves and not self.calm(i)}
        self.point = point(c, g.add(at, g.mul(sign, g.const(CLOSE if where in NEAR else FAR_OUT))))
        self.sides: tuple[Poly, Poly] = (value.num, value.den)
        self.facts: list[Fact] = []

    def calm(self, i: int) -> bool:
        """Whether an atom tends to a number that is not 0: it is as good as one."""
        found = end(self.c, self.written(self.made.gens[i]))
        return found is not None and found.value is not None and not found.ends.made.of(found.value) & ZERO

    def written(self, p: Poly) -> Node:
        """A polynomial as an expression, of x again."""
        return substitute_all([written(self.made, self.made.poly(p))], self.back)[0]

    def quotient(self) -> Node:
        return self.g.node("div", tuple(map(self.written, self.sides)))

    def outgrown(self) -> Node:
        """The whole, with ``facts`` about what stands in it."""
        (above, top), (below, bottom) = map(self.led, self.sides)
        whole = self.product(tuple(a - b for a, b in zip(top, bottom, strict=True)))
        return self.g.mul(self.g.div(above, below), whole)

    def led(self, p: Poly) -> tuple[Node, Powers]:
        """A polynomial over the product of powers beside which no other grows, and these powers."""
        groups: dict[Powers, Poly] = {}
        for e, k in p.terms():
            key = tuple(int(n) if i in self.of_t else 0 for i, n in enumerate(e))
            rest = tuple(0 if i in self.of_t else int(n) for i, n in enumerate(e))
            groups[key] = groups.get(key, self.made.ctx.constant(0)) + fmpq_mpoly({rest: k}, self.made.ctx)
        before = len(self.facts)
        for lead in sorted(groups, key=self.size, reverse=True) if len(groups) <= MAX_TERMS else ():
            try:
                parts = [
                    self.g.mul(
                        self.written(q), self.product(tuple(a - b for a, b in zip(e, lead, strict=True)), tame=True)
                    )
                    for e, q in groups.items()
                ]
            except FAULTS:
                del self.facts[before:]
                continue
            return reduce(self.g.add, parts), lead
        raise Rejected("no term outgrows the others")

    def size(self, powers: Powers) -> float:
        """How large a product of powers is far out, or near the point, roughly: as the power of 2 that it is."""
        whole = multiplied(self.g, [(self.written(self.made.gens[i]), k) for i, k in enumerate(powers) if k])
        found = evaluate([whole], self.point, BITS)[0]
        size = abs(arb(found)) if isinstance(found, arb | fmpq) else arb(0)
        return float(size.log()) if size.is_finite() and size > 0 else 0.0

    def product(self, powers: Powers, tame: bool = False) -> Node:
        """A product of powers of atoms, with a fact about it where the rules alone do not tell its limit. ``tame``: it is not to
        grow."""
        g = self.g
        parts = [(self.written(self.made.gens[i]), k) for i, k in enumerate(powers) if k]
        whole = multiplied(g, parts)
        if (found := end(self.c, whole)) is not None:
            if tame and found.value is None:
                raise Rejected("a term that grows")
            return whole
        if any(a.op == "exp" for a, _ in parts):
            exponent = logarithm(g, parts)
            self.note(
                self.ways.show, *(also(self.c, exponent, what) for what in ("falls", "grows")[: 1 if tame else 2])
            )
            return g.call("exp", exponent)
        large = [(a, k) for a, k in parts if (e := end(self.c, multiplied(g, [(a, k)]))) is not None and e.infinite]
        top, bottom = multiplied(g, large), multiplied(g, [(a, -k) for a, k in parts if (a, k) not in large])
        if any(n.op == "log" for n in topological([bottom])):
            top, bottom = g.pow(bottom, g.const(-1)), g.pow(top, g.const(-1))
        ratio: Node = g.node("div", (top, bottom))
        try:
            self.note(self.ways.by_slopes, also(self.c, ratio, "tends", g.zero))
        except Rejected:
            if tame:
                raise
            return whole
        return ratio

    def note(self, way: Callable[[Sequent], Certificate], *wanted: Sequent) -> None:
        """The first of these that is shown is a fact."""
        for s in wanted:
            try:
                self.facts.append((s.conclusion, way(s)))
                return
            except FAULTS:
                continue
        raise Rejected("no limit of a product")


def multiplied(g: Graph, parts: Iterable[tuple[Node, int]]) -> Node:
    return reduce(g.mul, [g.pow(a, g.const(k)) for a, k in parts], g.one)


def logarithm(g: Graph, parts: Iterable[tuple[Node, int]]) -> Node:
    """The logarithm of a product of powers of what is positive."""
    return reduce(
        g.add, [g.mul(g.const(k), a.args[0] if a.op == "exp" else g.call("log", a)) for a, k in parts], g.zero
    )


def point(c: Claim, x: Node) -> dict[Node, fmpq | arb]:
    """Simple values of the parameters at which the hypotheses hold, if there are some, with x near where it goes."""
    leaves = [n for n in topological([c.f, x, *c.given]) if is_variable(n) and n not in c.x]
    tried = [
        {n: SIMPLE[(i + j * k) % len(SIMPLE)] for j, n in enumerate(leaves)}
        for k in range(len(SIMPLE))
        for i in range(len(SIMPLE))
    ]
    held = (v for v in tried if all(h is True for h in evaluate(c.given, v, BITS)))
    values: dict[Node, fmpq | arb] = next(held, tried[0])
    at = evaluate([x], values, BITS)[0]
    return {**values, c.x[0]: at} if isinstance(at, arb | fmpq) else values


def spread(ways: Ways, c: Claim, f: Node, near: Sequence[Node]) -> Sums:
    """With logarithms and roots of sums as those of the term that outgrows the others and of what is left, which stand for
    numbers: log(1 + exp(x)) as x + log(1 + exp(-x)), sqrt(x**2 + x) as x*sqrt(1 + 1/x)."""
    put: dict[Node, Node] = {}
    left: list[Node] = []
    for n in topological([f]):
        if (
            n.op not in ("log", "sqrt", "pow")
            or n.args[0].op not in ("add", "sub")
            or below(n.args[-1], c.x) != (n.op != "pow")
        ):
            continue
        g, whole, grown = n.graph, end(c, n), end(c, n.args[0])
        if whole is not None and whole.value is not None and not whole.ends.made.of(whole.value) & ZERO:
            left.append(n)
        elif grown is not None and grown.value is None and _root(n):
            sums = Sums(ways, c, n.args[0], near)
            rest, lead = sums.led(sums.sides[0])
            if sums.sides[1].is_one() and not sums.facts:
                parts = [(sums.written(sums.made.gens[i]), k) for i, k in enumerate(lead) if k]
                left.append(g.node(n.op, (rest, *n.args[1:])))
                taken = [g.pow(a, g.const(k * _root(n))) for a, k in parts]
                put[n] = g.add(logarithm(g, parts), left[-1]) if n.op == "log" else reduce(g.mul, taken, left[-1])
    return Sums(ways, c, substitute_all([f], put)[0], near, left)


def _root(n: Node) -> Fraction:
    """The exponent of a root or a power, which is no whole number; 1 of a logarithm, 0 else."""
    if n.op == "pow":
        return (
            Fraction(n.args[1].attr)
            if n.args[1].op == "const" and Fraction(n.args[1].attr).denominator > 1
            else Fraction(0)
        )
    return Fraction(1, 2) if n.op == "sqrt" else Fraction(1)
