"""Limits as t -> inf by most rapidly varying subexpressions.

D. Gruntz, On Computing Limits in a Symbolic Manipulation System, ETH Zurich 1996. An expression in exp, log, powers and
functions that are analytic at their limits is written as a series in its fastest w -> 0; the sign of the leading exponent
decides, or the limit of the leading coefficient, which varies more slowly. Zeros and signs come from the oracle: a proof, or
``Unsettled``. ``erfcx(u)`` stands for exp(u**2)*erfc(u), u -> inf, by its asymptotic series (Abramowitz and Stegun 7.1.23).
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial, prod

from derive.calculus.reverse import gradient
from derive.engine.algebra.signs import ZERO
from derive.engine.limits.oracle import Oracle, Unsettled, leaves, said
from derive.engine.limits.series import Algebra, Series
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.language.abstract import apply, partial

MAX_STEPS = 4000
MAX_VARYING = 4  # arguments of an abstract function
COUNTS = (2, 4, 8)

Limit = tuple[int, Node]  # (0, value), or (+1 or -1, anything): plus or minus infinity


class Gruntz:
    """Limits and eventual signs of prepared expressions in ``t``."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle, self.g, self.t = oracle, oracle.graph, oracle.t
        self.spent = 0
        self._free: dict[Node, bool] = {}
        self._limits: dict[Node, Limit] = {}
        self._leads: dict[Node, tuple[Node, Node] | None] = {}

    def free(self, n: Node) -> bool:
        """Whether an expression does not depend on t."""
        found = self._free.get(n)
        if found is None:
            found = self._free[n] = self.t not in leaves(n)
        return found

    def exponential(self, u: Node) -> Node:
        """exp(u); of what depends on t as a node ``grow`` that the normal form does not take apart: exp(a + b) is to stay one."""
        u = self.oracle.simple(u)
        return self.g.call("exp", u) if self.free(u) else self.g.node("grow", (u,))

    def step(self) -> None:
        self.spent += 1
        if self.spent > MAX_STEPS:
            raise Unsettled(f"more than {MAX_STEPS} steps")

    # -- answers ----------------------------------------------------------------------------------

    def limit(self, e: Node) -> Limit:
        e = self.oracle.simple(e)
        if self.free(e):
            return (0, e)
        if e is self.t:
            return (1, e)
        found = self._limits.get(e)
        if found is None:
            lead = self.lead(e)
            if lead is None:
                found = (0, self.g.zero)
            else:
                exponent, c = lead
                s = self.oracle.sign(exponent)
                found = (0, self.g.zero) if s > 0 else self.limit(c) if s == 0 else (self.sign(c), self.g.zero)
            self._limits[e] = found
        return found

    def sign(self, e: Node) -> int:
        """The sign of e for all large t. Raises Unsettled."""
        e = self.oracle.simple(e)
        while not self.free(e):
            if e is self.t:
                return 1
            lead = self.lead(e, exact=True)
            if lead is None:
                raise Unsettled(f"the sign of {said(e)} is not known: its leading terms cancel")
            e = lead[1]
        return self.oracle.sign(e)

    def lead(self, e: Node, exact: bool = False) -> tuple[Node, Node] | None:
        """(exponent, coefficient) of the leading term; None where e tends to 0 faster than what was computed, unless exact."""
        if e in self._leads and not (exact and self._leads[e] is None):
            return self._leads[e]
        start = e
        fastest = self.fastest(e)
        if self.t in fastest:  # one floor up: t becomes exp(t), log(t) becomes t
            up = {self.t: self.exponential(self.t)}
            e, fastest = substitute(e, up), frozenset(substitute(f, up) for f in fastest)
        base = min(fastest, key=lambda f: (len(topological([f])), f.id))
        h = base.args[0]
        turn = -self.limit(h)[0]  # w = exp(turn*h) tends to 0
        for count in COUNTS:
            work = _Expansion(self, Algebra(self.oracle, count), fastest, h, turn)
            s = work.of(e)
            if s.terms:
                self._leads[start] = s.terms[0]
                return s.terms[0]
            if s.order is None or (not exact and self.oracle.sign(s.order) > 0):
                self._leads[start] = None
                return None
        raise Unsettled(f"the leading terms of {said(e)} cancel")

    # -- comparability ----------------------------------------------------------------------------

    def fastest(self, e: Node) -> frozenset[Node]:
        """The most rapidly varying subexpressions: t, or exponentials that are comparable to each other."""
        found: dict[Node, frozenset[Node]] = {}
        for n in topological([e]):
            self.step()
            if self.free(n):
                found[n] = frozenset()
            elif n is self.t:
                found[n] = frozenset((n,))
            else:
                below: frozenset[Node] = frozenset()
                for a in n.args:
                    below = self.faster(below, found[a])
                if n.op == "grow" and self.limit(n.args[0])[0]:
                    below = self.faster(frozenset((n,)), below)
                found[n] = below
        return found[e]

    def faster(self, a: frozenset[Node], b: frozenset[Node]) -> frozenset[Node]:
        if not a or not b or a & b:
            return a | b
        f, h = (self.logarithm(min(s, key=lambda n: n.id)) for s in (a, b))
        side, value = self.limit(self.g.div(f, h))
        if side:
            return a
        return b if value is self.g.zero or self.oracle.mask(value) == ZERO else a | b

    def logarithm(self, f: Node) -> Node:
        return f.args[0] if f.op == "grow" else self.g.call("log", f)


class _Expansion:
    """Series in w = exp(turn*h) of what varies as fast as w or more slowly."""

    def __init__(self, gruntz: Gruntz, algebra: Algebra, fastest: frozenset[Node], h: Node, turn: int) -> None:
        self.gruntz, self.algebra, self.g = gruntz, algebra, gruntz.g
        self.oracle, self.fastest, self.h, self.turn = gruntz.oracle, fastest, h, turn
        self.done: dict[Node, Series] = {}
        self._touched: dict[Node, bool] = {}

    def of(self, e: Node) -> Series:
        for n in topological([e]):
            if n not in self.done:
                self.gruntz.step()
                self._touched[n] = n in self.fastest or any(self._touched.get(a, False) for a in n.args)
                self.done[n] = self.expand(n) if self._touched[n] else self.algebra.one(n)
        return self.done[e]

    def expand(self, n: Node) -> Series:
        al, g, args = self.algebra, self.g, [self.done[a] for a in n.args]
        if n in self.fastest:
            side, c = self.gruntz.limit(g.div(n.args[0], self.h))
            if side:
                raise Unsettled(f"{said(n)} varies too fast")
            rest = self.of_rest(self.oracle.simple(g.sub(n.args[0], g.mul(c, self.h))))
            return al.scaled(rest, g.one, g.mul(g.const(self.turn), c))
        match n.op:
            case "add":
                return al.add(*args)
            case "sub":
                return al.add(args[0], al.scaled(args[1], g.const(-1), g.zero))
            case "neg":
                return al.scaled(args[0], g.const(-1), g.zero)
            case "mul":
                return al.mul(*args)
            case "div":
                return al.mul(args[0], self.power(n.args[1], args[1], g.const(-1)))
            case "pow":
                return self.power(n.args[0], args[0], n.args[1])
            case "grow":
                return self.exp(args[0])
            case "abs":
                return args[0] if self.gruntz.sign(n.args[0]) >= 0 else al.scaled(args[0], g.const(-1), g.zero)
            case "log":
                return self.log(n.args[0], args[0])
            case "erfcx":
                return self.erfcx(args[0])
            case "apply":
                return self.abstract(n, args)
            case "erf" | "sin" | "cos" | "atan":
                at, small = self.around(args[0])
                return al.compose(small, lambda k: self.taylor(n.op, at, k))
        raise Unsettled(f"no asymptotics are known of {said(n)}")

    def abstract(self, n: Node, args: list[Series]) -> Series:
        """A function of which nothing is known but its derivatives, by Taylor's formula in its arguments that vary."""
        g, al = self.g, self.algebra
        varying = [i for i, a in enumerate(n.args) if not self.gruntz.free(a)]
        if len(varying) > MAX_VARYING:
            raise Unsettled(f"{said(n)} varies in more than {MAX_VARYING} arguments")
        around = {i: self.around(args[i]) for i in varying}
        there = apply(g, n.attr[0], [around[j][0] if j in around else a for j, a in enumerate(n.args)], n.attr[1])
        small = {i: s for i, (_, s) in around.items() if s.terms or s.order is not None}
        total = al.one(there)
        powers: dict[tuple[int, ...], Series] = {(): al.one(g.one)}
        for _ in range(al.count if small else 0):  # the products of so many of them, each once: by whom, in order
            powers = {
                (*by, i): al.mul(p, s) for by, p in powers.items() for i, s in small.items() if not by or i >= by[-1]
            }
            for by, p in powers.items():
                times = Fraction(1, prod(factorial(by.count(i)) for i in small))
                total = al.add(total, al.scaled(p, g.mul(g.const(times), partial(there, *by)), g.zero))
        low = al.least(*(s.terms[0][0] if s.terms else s.order for s in small.values()))
        beyond = None if low is None else self.oracle.simple(g.mul(g.const(al.count + 1), low))
        return al.made(list(total.terms), al.least(total.order, beyond))

    def taylor(self, op: str, at: Node, k: int) -> Node:
        """The k-th coefficient of Taylor's series."""
        found = taylor(op, at, k)
        exps = {n: self.gruntz.exponential(n.args[0]) for n in topological([found]) if n.op == "exp"}
        return substitute(found, exps)

    def of_rest(self, a: Node) -> Series:
        if self.gruntz.free(a):
            return self.algebra.one(self.gruntz.exponential(a))
        inner = _Expansion(self.gruntz, self.algebra, self.fastest, self.h, self.turn)
        return self.exp(inner.of(a))

    def around(self, s: Series) -> tuple[Node, Series]:
        """The part that varies more slowly than w, and the part that vanishes with w."""
        at, rest = self.g.zero, []
        for e, c in s.terms:
            side = self.oracle.sign(e)
            if side < 0:
                raise Unsettled("an argument grows where it should not")
            if side == 0:
                at = c
            else:
                rest.append((e, c))
        if s.order is not None and self.oracle.sign(s.order) <= 0:
            raise Unsettled("too few terms of a series")
        return at, Series(tuple(rest), s.order)

    def split(self, n: Node, s: Series) -> tuple[Node, Node, Series]:
        """Exponent and coefficient of the leading term, and s divided by it, less 1."""
        if not s.terms:
            raise Unsettled(f"the leading terms of {said(n)} cancel")
        e, c = s.terms[0]
        rest = Series(s.terms[1:], s.order)
        return e, c, self.algebra.scaled(rest, self.g.div(self.g.one, c), self.g.neg(e))

    def power(self, n: Node, s: Series, p: Node) -> Series:
        al, g = self.algebra, self.g
        if p.op == "const" and type(p.attr) is int and 0 <= p.attr <= 8:
            total = al.one(g.one)
            for _ in range(p.attr):
                total = al.mul(total, s)
            return total
        e, c, small = self.split(n, s)
        side = self.gruntz.sign(c)
        if side == 0 or (side < 0 and not (p.op == "const" and type(p.attr) is int)):
            raise Unsettled(f"{said(n)} is not known to be positive")

        def binomial(k: int) -> Node:
            out = g.one
            for i in range(k):
                out = g.mul(out, g.div(g.sub(p, g.const(i)), g.const(i + 1)))
            return out

        return al.scaled(al.compose(small, binomial), g.pow(c, p), g.mul(e, p))

    def exp(self, s: Series) -> Series:
        at, small = self.around(s)
        g, number = self.g, Fraction(1)
        factors = [number]
        for k in range(1, self.algebra.count + 1):
            factors.append(factors[-1] / k)
        made = self.algebra.compose(small, lambda k: g.const(factors[k]))
        return self.algebra.scaled(made, self.gruntz.exponential(at), g.zero)

    def log(self, n: Node, s: Series) -> Series:
        e, c, small = self.split(n, s)
        if self.gruntz.sign(c) <= 0:
            raise Unsettled(f"{said(n)} is not positive")
        g = self.g
        made = self.algebra.compose(small, lambda k: g.const(Fraction((-1) ** (k + 1), k)) if k else g.zero)
        first = g.add(g.call("log", c), g.mul(e, g.mul(g.const(self.turn), self.h)))
        return self.algebra.add(made, self.algebra.one(first))

    def erfcx(self, s: Series) -> Series:
        """1/sqrt(pi)*(1/u - 1/(2 u**3) + 3/(4 u**5) - ...), where u grows as a power of 1/w; Taylor's series else."""
        al, g = self.algebra, self.g
        if not s.terms:
            raise Unsettled("the leading terms of the argument of erf cancel")
        if self.oracle.sign(s.terms[0][0]) >= 0:
            at, small = self.around(s)
            return al.compose(small, lambda k: _erfcx_taylor(at, k))
        down = self.power(self.h, s, g.const(-1))
        square = al.mul(down, down)
        factors = [Fraction(1)]
        for k in range(1, al.count + 1):
            factors.append(factors[-1] * Fraction(1 - 2 * k, 2))
        sums = al.compose(square, lambda k: g.const(factors[k]))
        return al.scaled(al.mul(down, sums), g.div(g.one, g.call("sqrt", g.call("pi"))), g.zero)


def taylor(op: str, at: Node, k: int) -> Node:
    """The k-th coefficient of Taylor's series."""
    g = at.graph
    v = g.symbol("expansion'")
    f = g.call(op, v)
    factor = 1
    for i in range(k):
        f = gradient(f, [v])[0]
        factor *= i + 1
    return g.div(substitute(f, {v: at}), g.const(factor))


def _erfcx_taylor(u: Node, k: int) -> Node:
    """The k-th derivative of erfcx is P*erfcx + Q, by erfcx' = 2*u*erfcx - 2/sqrt(pi); over k!."""
    g = u.graph
    p, q, factor = [1], [0], 1
    for i in range(k):
        moved = [0, *(2 * c for c in p)]
        p, q = _sum(_slope(p), moved), _sum(_slope(q), [-2 * c for c in p])
        factor *= i + 1

    def of(c: list[int]) -> Node:
        total = g.zero
        for i, x in enumerate(c):
            total = g.add(total, g.mul(g.const(x), g.pow(u, g.const(i))))
        return total

    tail = g.div(of(q), g.call("sqrt", g.call("pi")))
    return g.div(g.add(g.mul(of(p), g.node("erfcx", (u,))), tail), g.const(factor))


def _slope(c: list[int]) -> list[int]:
    return [i * x for i, x in enumerate(c)][1:]


def _sum(a: list[int], b: list[int]) -> list[int]:
    size = max(len(a), len(b), 1)
    return [x + y for x, y in zip([*a, *[0] * (size - len(a))], [*b, *[0] * (size - len(b))], strict=True)]
