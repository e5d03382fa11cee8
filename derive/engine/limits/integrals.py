"""Definite integrals by the fundamental theorem of calculus: an antiderivative is guessed by SymPy and proved here.

The range is cut where the integrand turns (kinks, branches, jumps). On each open piece an F is accepted whose derivative is
proved to be the integrand there, which is continuous and has a value throughout. So the integral over the piece, improper or
not, is the limit of F towards its upper end less the one towards its lower end. What SymPy answers is never believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import cmp_to_key
from itertools import pairwise
from math import ceil, floor
from typing import Any, NoReturn

from derive.calculus.reverse import expand_all, gradient
from derive.engine.algebra.signs import NEGATIVE, POSITIVE, ZERO, Mask
from derive.engine.counterexamples.points import Sampler
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.exceptional_sets import vanishing
from derive.engine.limits import Limit, gaussian, limit
from derive.engine.limits.oracle import TROUBLES, NoLimit, Oracle, Unsettled, leaves, said
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.expr.kinks import both_sides, turns_on
from derive.expr.operators import BY_SIGN, COMPARISONS, OPERATORS, ORDERS
from derive.language.components import components
from derive.language.extremes import infinite
from derive.numbers.definedness import has_value

POINTS = 6
MAX_NODES = 400  # of an integrand that SymPy is asked about
MAX_STEPS = 64  # of a floor within the range
_JUMPING = {o.name for o in OPERATORS.values() if o.jumps} | {"select"}


def integral(f: Node, x: Node, low: Node, high: Node, domain: Domain = EVERYWHERE) -> Limit:
    """The integral of a scalar f from ``low`` to ``high`` (nodes; ``inf`` and ``-inf`` too), the other symbols held.

    What is known of x elsewhere is left aside: x is bound. Where f has a value only under conditions on the others (a divisor T),
    it is their integral that is meant, and these are its ``needs``. Raises Unsettled.
    """
    (f,) = components(expand_all([f])[0])
    domain = domain.expanded().entries().free_of([x])
    if any(x in leaves(end) for end in (low, high)):
        raise Unsettled("the ends of an integral can't depend on its variable")
    needs = [
        c
        for c in has_value(f)
        if c.op in ("ne", *ORDERS) and leaves(c) and x not in leaves(c) and not _holds(c, domain)
    ]
    return replace(_integral(f, x, low, high, domain.given(*needs) if needs else domain), needs=tuple(needs))


def _integral(f: Node, x: Node, low: Node, high: Node, domain: Domain) -> Limit:
    """``integral`` of a scalar without derivatives."""
    g = f.graph
    range_ = Range(x, Oracle(g, g.symbol("integral'"), domain), domain)
    try:
        if range_.order(low, high) > 0:
            turned = _integral(f, x, high, low, domain)
            return Limit(-turned.side, g.neg(turned.value), turned.note)
    except Unsettled:
        if any(x in leaves(s) for s in _turning(f)) or _floors(f, x):
            raise
        between = g.mul(g.sub(x, low), g.sub(high, x))  # positive from the one end to the other, whichever is greater
        whole = range_.piece(f, low, high, [g.call("gt", between, g.zero)], strict=False)
        return replace(whole, value=range_.oracle.simple(whole.value))
    ends = [low, *range_.cuts(f, low, high), high]
    parts = [range_.piece(f, a, b, range_.between(a, b), strict=range_.less(a, b)) for a, b in pairwise(ends)]
    sides = {p.side for p in parts if p.side}
    if len(sides) > 1:
        range_.without(f"{said(f)} has no integral: pieces of it are infinite with different signs")
    if sides:
        return Limit(sides.pop(), g.zero)
    total = g.zero
    for p in parts:
        total = g.add(total, p.value)
    return Limit(0, range_.oracle.simple(total))


class Range:
    """The variable, and what is known of the other symbols."""

    def __init__(self, x: Node, oracle: Oracle, domain: Domain) -> None:
        self.x, self.oracle, self.domain, self.g = x, oracle, domain, x.graph

    def order(self, a: Node, b: Node) -> int:
        """Whether a >= b (1), a = b (0), or a <= b (-1). Raises Unsettled."""
        mask = self.difference(a, b)
        if mask & POSITIVE and mask & NEGATIVE:
            raise Unsettled(f"which of {said(a)} and {said(b)} is greater is not known")
        return 1 if mask & POSITIVE else -1 if mask & NEGATIVE else 0

    def less(self, a: Node, b: Node) -> bool:
        """Whether a < b is known."""
        return self.difference(a, b) == NEGATIVE

    def difference(self, a: Node, b: Node) -> Mask:
        """The possible signs of a - b."""
        if infinite(a) or infinite(b):
            above, below = infinite(a) > infinite(b), infinite(a) < infinite(b)
            return POSITIVE if above else NEGATIVE if below else ZERO
        return self.oracle.mask(self.g.sub(a, b))

    def without(self, why: str) -> NoReturn:
        """Raises NoLimit with values of the parameters, where there are any; they are all that is left open."""
        sampler = Sampler(self.g.zero, self.g.zero, self.domain)
        point = next((p for p in sampler.points(POINTS) if sampler.judge(p).kind == "same"), None)
        raise NoLimit(why, point) if point is not None else Unsettled(why)

    # -- pieces -----------------------------------------------------------------------------------------

    def cuts(self, f: Node, low: Node, high: Node) -> list[Node]:
        """Where the integrand turns within the range, in order."""
        places: dict[Node, None] = {}
        for s in _turning(f):
            if self.x in leaves(s):
                places[self.root(s)] = None
        for n in _floors(f, self.x):
            places.update(dict.fromkeys(self.steps(n.args[0], low, high)))
        for p in self.poles(f):
            with suppress(Unsettled):
                if self.order(low, p) < 0 and self.order(p, high) < 0:
                    places[p] = None
        inside = [p for p in places if self.order(low, p) < 0 and self.order(p, high) < 0]
        inside.sort(key=cmp_to_key(self.order))
        return [p for k, p in enumerate(inside) if k == 0 or self.order(inside[k - 1], p) < 0]

    def steps(self, s: Node, low: Node, high: Node) -> list[Node]:
        """Where s, affine in x, is a whole number within the range. Raises Unsettled where its ends are no numbers."""
        first, last = sorted(Fraction(self.number(s, end).attr) for end in (low, high))
        wholes = range(ceil(first), floor(last) + 1)
        if len(wholes) > MAX_STEPS:
            raise Unsettled(f"{said(s)} is a whole number at {len(wholes)} places")
        return [self.root(self.g.sub(s, self.g.const(k))) for k in wholes]

    def number(self, s: Node, at: Node) -> Node:
        """The rational value of s at a point. Raises Unsettled."""
        found = self.oracle.simple(substitute(s, {self.x: at})) if not infinite(at) else at
        if found.op != "const":
            raise Unsettled(f"the value of {said(s)} at {said(at)} is not known to be rational")
        return found

    def poles(self, f: Node) -> Iterator[Node]:
        """Where a divisor is 0, or what stands in a logarithm, as far as that is linear in the variable."""
        for n in topological([f]):
            inverse = n.op == "pow" and n.args[1].op == "const" and n.args[1].attr < 0
            s = n.args[1] if n.op == "div" else n.args[0] if inverse or n.op == "log" else None
            if s is None or self.x not in leaves(s):
                continue
            for factor in vanishing(s, self.domain):
                with suppress(Unsettled, ExpressionError):
                    if self.x in leaves(factor):
                        yield self.root(factor)

    def root(self, s: Node) -> Node:
        """Where s = 0, which has to be affine in x."""
        slope = self.oracle.simple(gradient(s, [self.x])[0])
        if self.x in leaves(slope) or not self.oracle.sign(slope):
            raise Unsettled(f"where {said(s)} changes its sign is not known")
        return self.oracle.simple(self.g.neg(self.g.div(substitute(s, {self.x: self.g.zero}), slope)))

    def between(self, low: Node, high: Node) -> list[Node]:
        above = [] if infinite(low) else [self.g.call("gt", self.x, low)]
        return above if infinite(high) else [*above, self.g.call("lt", self.x, high)]

    def piece(self, f: Node, low: Node, high: Node, within: Sequence[Node], strict: bool) -> Limit:
        """The integral over a range in which nothing turns. Of one that may be a point, or turned round, where low < high is not
        known (``strict``), F needs values at the ends: towards them its limits would be those from the wrong side."""
        smooth = self.branch(f, low, high)
        primitive = self.antiderivative(smooth, self.domain.given(*within))
        if not strict and not (self.valued(primitive, low) and self.valued(primitive, high)):
            raise Unsettled(f"whether {said(low)} is less than {said(high)} is not known")
        above, below = self.towards(primitive, high, -1), self.towards(primitive, low, 1)
        if above.side and above.side == below.side:
            self.without(f"{said(f)} has no integral: towards one end it is infinite, towards the other minus that")
        side = above.side or -below.side
        return Limit(side, self.g.zero if side else self.g.sub(above.value, below.value))

    def branch(self, f: Node, low: Node, high: Node) -> Node:
        """The integrand as it is between two neighbouring cuts."""
        done: dict[Node, Node] = {}
        g = self.g
        for n in topological([f]):
            args = [done[a] for a in n.args]
            if (parts := both_sides(n, args)) is not None and (s := turns_on(n)) is not None and self.x in leaves(s):
                done[n] = parts[0] if self.side(s, low, high) > 0 else parts[1]
            elif n.op in COMPARISONS and self.x in leaves(n):
                holds = BY_SIGN[n.op](self.side(g.sub(*n.args), low, high))
                done[n] = g.call("eq", g.zero, g.zero if holds else g.one)
            elif n.op == "floor" and self.x in leaves(n):
                inside = self.number(n.args[0], g.div(g.add(low, high), g.const(2)))
                done[n] = g.const(floor(inside.attr))
            elif n.op == "def":
                done[n] = args[0]
            else:
                done[n] = n if args == list(n.args) else g.node(n.op, tuple(args), n.attr, n.shape)
        return _decided(done[f])

    def side(self, s: Node, low: Node, high: Node) -> int:
        """The sign of what is affine in x, between two neighbouring cuts."""
        slope = self.oracle.sign(gradient(s, [self.x])[0])
        at = self.root(s)
        return slope if self.order(at, low) <= 0 else -slope

    # -- antiderivatives --------------------------------------------------------------------------------

    def antiderivative(self, f: Node, inside: Domain) -> Node:
        """An F whose derivative by x is proved to be f, with a value everywhere inside. Raises Unsettled."""
        if self.x not in leaves(f):
            return self.g.mul(f, self.x)
        why, unknown = "", None
        for guess in self.guesses(f):
            if any(n.op in _JUMPING and self.x in leaves(n.args[0]) for n in topological([guess])):
                continue  # the theorem is about what is continuous
            guess = self.defined(guess, inside)
            found = decide_equal(gradient(guess, [self.x])[0], f, inside)
            if found.status != "proved":
                why = "SymPy's antiderivative was not proved"
            elif lacking := next((c for n in (guess, f) for c in has_value(n) if not _holds(c, inside)), None):
                why = f"whether {said(lacking)} is not known throughout"
                if lacking.op == "ne" and self.x not in leaves(lacking):
                    unknown = self.g.sub(*lacking.args)
            else:
                return guess
        raise Unsettled(f"no antiderivative of {said(f)} by {said(self.x)} is known{': ' * bool(why)}{why}", unknown)

    def defined(self, n: Node, inside: Domain) -> Node:
        """log(u) as log(-u) where u is negative: their derivative is one."""
        g = self.g
        swap = {
            m: g.call("log", g.neg(m.args[0]))
            for m in topological([n])
            if m.op == "log" and self.x in leaves(m) and _holds(g.call("lt", m.args[0], g.zero), inside)
        }
        return substitute(n, swap) if swap else n

    def guesses(self, f: Node) -> Iterator[Node]:
        """What SymPy takes for antiderivatives: by rules, of the integrand as it is and in its normal form; by all its means."""
        import sympy as sp
        from sympy.integrals.manualintegrate import manualintegrate

        if any(n.op == "exp" and self.x in leaves(n) for n in topological([f])) and len(topological([f])) <= MAX_NODES:
            bell = self.guess(f, gaussian.primitive)
            if bell is not None:
                yield bell
        forms = [f]
        with suppress(Unsettled):
            forms.append(self.oracle.simple(f))
        for method, form in (*((manualintegrate, n) for n in dict.fromkeys(forms)), (sp.integrate, f)):
            if len(topological([form])) <= MAX_NODES and (found := self.guess(form, method)) is not None:
                yield found

    def guess(self, f: Node, method: Callable[[Any, Any], Any]) -> Node | None:
        import sympy as sp

        from derive.exchange.sympy import from_sympy, to_sympy_all

        names = self.named(f, sp)
        back = {self.g.symbol(s.name): n for n, s in names.items()}
        try:
            made = method(to_sympy_all([f], names)[0], names[self.x])
            return None if made is None or made.has(sp.Integral) else substitute(from_sympy(made, self.g), back)
        except TROUBLES:
            return None  # SymPy's own troubles; a guess less

    def named(self, f: Node, sp: Any) -> Mapping[Node, Any]:
        """SymPy symbols for the leaves, which know the signs that are known here; each name has one meaning in all calls."""
        found = {}
        for k, n in enumerate(sorted(leaves(f) | {self.x}, key=lambda n: n.id)):
            mask = 0 if n is self.x else self.oracle.mask(n)
            kind = {POSITIVE: "positive", NEGATIVE: "negative"}.get(mask, "real")
            found[n] = sp.Symbol(f"{kind}{k}'", **{kind: True})
        return found

    def towards(self, primitive: Node, end: Node, side: int) -> Limit:
        """The limit of F towards an end of the range, from within; its value there, where it has one."""
        if sign := infinite(end):
            return limit(primitive, self.x, sign, self.domain)
        if self.valued(primitive, end):
            return Limit(0, substitute(primitive, {self.x: end}))
        return limit(primitive, self.x, end, self.domain, side)

    def valued(self, primitive: Node, end: Node) -> bool:
        """Whether F has a value at an end of the range."""
        if infinite(end) or not all(_holds(substitute(c, {self.x: end}), self.domain) for c in has_value(primitive)):
            return False
        try:
            self.oracle.simple(substitute(primitive, {self.x: end}))
        except Unsettled:  # 0 to the power of a parameter
            return False
        return True


def _holds(c: Node, domain: Domain) -> bool:
    return decide_holds(c, domain).status == "proved"


def _turning(f: Node) -> list[Node]:
    """What decides between the branches of f, by its sign."""
    found: dict[Node, None] = {}
    for n in topological([f]):
        if (both_sides(n) is not None or n.op in COMPARISONS) and (s := turns_on(n)) is not None:
            found[s] = None
    return list(found)


def _floors(f: Node, x: Node) -> list[Node]:
    return [n for n in topological([f]) if n.op == "floor" and x in leaves(n)]


def _decided(root: Node) -> Node:
    """Branches whose conditions are 0 = 0 or 0 = 1 taken."""
    g = root.graph
    true, false = g.call("eq", g.zero, g.zero), g.call("eq", g.zero, g.one)
    done: dict[Node, Node] = {}
    for n in topological([root]):
        args = tuple(done[a] for a in n.args)
        match n.op:
            case "where" if args[0] in (true, false):
                done[n] = args[1] if args[0] is true else args[2]
            case "not" if args[0] in (true, false):
                done[n] = false if args[0] is true else true
            case "and" if false in args or args == (true, true):
                done[n] = false if false in args else true
            case "or" if true in args or args == (false, false):
                done[n] = true if true in args else false
            case _:
                done[n] = n if args == n.args else g.node(n.op, args, n.attr, n.shape)
    return done[root]
