"""An expression as the algorithm reads it: kinks resolved by the branch taken for all large t, functions by exp, log and erf.

What only stays bounded (sin of what grows; a power of a negative base, t a whole number) becomes a symbol in [-1, 1] that
nothing but sums and products may depend on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from math import floor
from typing import Any

from derive.engine.algebra.signs import NEGATIVE, POSITIVE
from derive.engine.limits.gruntz import Gruntz
from derive.engine.limits.oracle import Unsettled, brief, leaves, said
from derive.engine.whole_numbers import affine, says_whole
from derive.expr.folding import FOLDING
from derive.expr.graph import Node, topological
from derive.expr.kinks import both_sides, turns_on
from derive.expr.operators import BY_SIGN, OPERATORS
from derive.records import dataclass

MAX_NODES = 3000

_PASSED = ("add", "sub", "mul", "neg")


@dataclass
class Prepared:
    """``whole``: t was taken to run over the whole numbers. ``wild``: the symbols of what is only bounded."""

    gruntz: Gruntz
    counting: bool  # whether t is the document's own variable, growing
    whole: bool = False
    wild: list[Node] = field(default_factory=list)
    #: Of these, those that take the values 1 and -1 again and again, and whether they do so at whole numbers.
    swinging: dict[Node, bool] = field(default_factory=dict)

    def of(self, root: Node) -> Node:
        """The prepared expression. Raises Unsettled."""
        order = topological([self.spread_abs(root)])
        if len(order) > MAX_NODES:
            raise Unsettled(f"{len(order)} subexpressions")
        done: dict[Node, Any] = {}
        for n in order:
            self.gruntz.step()
            done[n] = n if self.gruntz.free(n) or n is self.gruntz.t else self.tried(n, [done[a] for a in n.args])
        if isinstance(found := done[order[-1]], Unsettled):
            raise found
        return self.gruntz.oracle.simple(found)

    def tried(self, n: Node, args: list[Any]) -> Any:
        """The prepared node, or what stands in its way: in a branch that is not taken that is no harm."""
        needed = args[:1] if n.op == "where" else args
        if (fault := next((a for a in needed if isinstance(a, Unsettled)), None)) is not None:
            return fault
        try:
            return self.node(n, args)
        except Unsettled as e:
            return e

    def node(self, n: Node, args: list[Any]) -> Any:
        g, op = n.graph, n.op
        if op in ("def", "hold"):
            return args[0]
        if op in _PASSED:
            return FOLDING[op](g, *args)
        for a in args[1:] if op == "div" else args[:1] if op == "where" else args:
            if isinstance(a, Node) and any(w in leaves(a) for w in self.wild):
                raise Unsettled(f"{said(n)}: its argument oscillates")
        if op in BY_SIGN:
            return BY_SIGN[op](self.sign(g.sub(*args)))
        if op in _RULES:
            return _RULES[op](self, n, args)
        raise Unsettled(f"no asymptotics are known of {said(n)}")

    # -- absolute values ----------------------------------------------------------------------------

    def spread_abs(self, root: Node) -> Node:
        """abs(u*v) = abs(u)*abs(v), abs(u**v) = abs(u)**v: right wherever the left has a value."""
        g = root.graph
        done: dict[Node, Node] = {}
        for n in topological([root]):
            args = tuple(done[a] for a in n.args)
            made = args[0] if n.op == "def" else n if args == n.args else g.node(n.op, args, n.attr, n.shape)
            done[n] = self.absolute(made.args[0]) if made.op == "abs" else made
        return done[root]

    def absolute(self, n: Node, depth: int = 0) -> Node:
        g = n.graph
        if depth < 50:
            match n.op:
                case "const":
                    return g.const(abs(n.attr))
                case "neg" | "abs":
                    return self.absolute(n.args[0], depth + 1)
                case "mul" | "div":
                    return FOLDING[n.op](g, *(self.absolute(a, depth + 1) for a in n.args))
                case "pow" if self.spreads(*n.args):
                    return g.pow(self.absolute(n.args[0], depth + 1), n.args[1])
        return g.call("abs", n)

    def spreads(self, base: Node, exponent: Node) -> bool:
        """Whether a power has a value for either sign of its base: abs(x - 2)**(1/2) has one below 2, (x - 2)**(1/2) has none."""
        oracle, t = self.gruntz.oracle, self.gruntz.t
        if exponent.op == "const":
            return isinstance(exponent.attr, int)
        if self.gruntz.free(exponent) or not self.gruntz.free(base):
            return any(says_whole(h, exponent) for h in oracle.domain.hypotheses)
        if not oracle.mask(base) & NEGATIVE:
            return True
        steps = self.counting and affine(exponent, t) is not None
        self.whole |= steps
        return steps

    def sign(self, n: Node) -> int:
        return self.gruntz.sign(n)

    def truth(self, c: Any) -> bool:
        if isinstance(c, bool):
            return c
        match c.op:
            case "and" | "or":
                both = [self.truth(a) for a in c.args]
                return all(both) if c.op == "and" else any(both)
            case "not":
                return not self.truth(c.args[0])
        if c.op in BY_SIGN:
            return BY_SIGN[c.op](self.sign(c.graph.sub(*c.args)))
        raise Unsettled(f"whether {said(c)} is not known")

    def bounded(self, n: Node) -> Node:
        made: Node = n.graph.symbol(f"bounded'{len(self.wild)}")
        self.wild.append(made)
        return made

    def positive(self, n: Node, what: Node, zero: bool = False) -> Node:
        s = self.sign(n)
        if s < 0 or (s == 0 and not zero):
            raise Unsettled(f"{said(what)} has no value: {said(n)} is not positive")
        return n

    # -- rules ------------------------------------------------------------------------------------

    def div(self, n: Node, args: list[Any]) -> Node:
        if self.gruntz.free(args[1]):
            return n.graph.div(*args)
        if self.sign(args[1]) == 0:
            raise Unsettled(f"{said(n)} divides by zero")
        return n.graph.div(*args)

    def pow(self, n: Node, args: list[Any]) -> Node:
        g, (a, b) = n.graph, args
        if self.gruntz.free(b):
            whole = b.op == "const" and type(b.attr) is int
            if not whole:
                if self.sign(a) == 0 and self.gruntz.oracle.sign(b) > 0:
                    return g.zero
                self.positive(a, n)
            elif b.attr < 0 and self.sign(a) == 0:
                raise Unsettled(f"{said(n)} divides by zero")
            if b.op != "const" and not self.gruntz.free(a):  # a letter in the exponent
                return self.gruntz.exponential(g.mul(b, g.call("log", a)))
            return g.pow(a, b)
        if not self.gruntz.free(a):
            return self.gruntz.exponential(g.mul(b, g.call("log", self.positive(a, n))))
        mask = self.gruntz.oracle.mask(a)
        if mask == POSITIVE:
            return self.gruntz.exponential(g.mul(b, g.call("log", a)))
        oracle = self.gruntz.oracle
        if self.counting and b is self.gruntz.t and oracle.simple(a) is g.const(-1):
            self.whole = True
            self.swinging[made := self.bounded(n)] = True
            return made
        try:
            shrinks = oracle.sign(g.sub(g.one, a)) > 0 and oracle.sign(g.add(g.one, a)) > 0
        except Unsettled:
            shrinks = False
        if not shrinks or self.gruntz.limit(b)[0] != 1:
            inside = g.call("lt", g.call("abs", a), g.one)
            reason = f"{said(n)}: whether {said(a)} is positive, or abs({brief(a)}) < 1, is not known"
            raise Unsettled(reason, condition=None if self.wild or leaves(a) & set(self.wild) else inside)
        if mask & NEGATIVE:
            if not self.counting:
                raise Unsettled(f"{said(n)} has no value: {said(a)} may be negative")
            self.whole = True
        rate = g.symbol("rate'")  # some number in (0, 1) that is not less than |a|
        return g.mul(self.bounded(n), self.gruntz.exponential(g.mul(b, g.call("log", rate))))

    def exp(self, n: Node, args: list[Any]) -> Node:
        return self.gruntz.exponential(args[0])

    def log(self, n: Node, args: list[Any]) -> Node:
        return n.graph.call("log", self.positive(args[0], n))

    def log1p(self, n: Node, args: list[Any]) -> Node:
        return n.graph.call("log", self.positive(n.graph.add(n.graph.one, args[0]), n))

    def sqrt(self, n: Node, args: list[Any]) -> Node:
        g = n.graph
        if self.sign(args[0]) == 0:
            return g.zero
        from fractions import Fraction

        return g.pow(self.positive(args[0], n), g.const(Fraction(1, 2)))

    def expm1(self, n: Node, args: list[Any]) -> Node:
        return n.graph.sub(self.gruntz.exponential(args[0]), n.graph.one)

    def logaddexp(self, n: Node, args: list[Any]) -> Node:
        g = n.graph
        return g.call("log", g.add(*(self.gruntz.exponential(a) for a in args)))

    def sigmoid(self, n: Node, args: list[Any]) -> Node:
        g = n.graph
        return g.div(g.one, g.add(g.one, self.gruntz.exponential(g.neg(args[0]))))

    def tanh(self, n: Node, args: list[Any]) -> Node:
        g = n.graph
        e = self.gruntz.exponential(g.mul(g.const(2), args[0]))
        return g.sub(g.one, g.div(g.const(2), g.add(e, g.one)))

    def erf(self, n: Node, args: list[Any]) -> Node:
        g, u = n.graph, args[0]
        side = self.gruntz.limit(u)[0]
        if not side:
            return g.call("erf", u)
        far = u if side > 0 else g.neg(u)
        tail = g.mul(self.gruntz.exponential(g.neg(g.pow(u, g.const(2)))), g.node("erfcx", (far,)))
        return g.sub(g.one, tail) if side > 0 else g.sub(tail, g.one)

    def atan(self, n: Node, args: list[Any]) -> Node:
        """atan(u) = pi/2 - atan(1/u) for u > 0."""
        g, u = n.graph, args[0]
        side = self.gruntz.limit(u)[0]
        if not side:
            return g.call("atan", u)
        quarter = g.div(g.call("pi"), g.const(2 * side))
        return g.sub(quarter, g.call("atan", g.div(g.one, u)))

    def normal(self, n: Node, args: list[Any]) -> Node:
        g = n.graph
        inner = self.erf(n, [g.div(args[0], g.call("sqrt", g.const(2)))])
        return g.div(g.add(g.one, inner), g.const(2))

    def angle(self, n: Node, args: list[Any]) -> Node:
        if not self.gruntz.limit(args[0])[0]:
            return n.graph.call(n.op, args[0])
        self.swinging[made := self.bounded(n)] = False
        return made

    def abstract(self, n: Node, args: list[Any]) -> Node:
        if any(not self.gruntz.free(a) and self.gruntz.limit(a)[0] for a in args):
            raise Unsettled(f"nothing is known of {said(n)} far out")
        return n.graph.node("apply", tuple(args), n.attr)

    def piece(self, n: Node, args: list[Any]) -> Any:
        """What it is for all large t, by the sign of what it turns on."""
        on, parts = turns_on(n, args), both_sides(n, args)
        assert on is not None
        assert parts is not None
        s = self.sign(on)
        if s == 0 and n.op == "select":
            raise Unsettled(f"{said(n)} has no value at its kink")
        return n.graph.zero if s == 0 and n.op == "sign" else parts[0] if s >= 0 else parts[1]

    def floor(self, n: Node, args: list[Any]) -> Node:
        """u less what is in [0, 1) where u grows; else by the side from which u comes to its limit."""
        g, u = n.graph, args[0]
        side, value = self.gruntz.limit(u)
        if side:
            return g.sub(u, self.bounded(n))
        if value.op != "const":
            raise Unsettled(f"whether {said(value)} is a whole number is not known")
        k = floor(value.attr)
        return g.const(k - 1 if k == value.attr and self.sign(g.sub(u, value)) < 0 else k)

    def where(self, n: Node, args: list[Any]) -> Any:
        return args[1] if self.truth(args[0]) else args[2]

    def condition(self, n: Node, args: list[Any]) -> bool:
        parts = [self.truth(a) for a in args]
        return not parts[0] if n.op == "not" else all(parts) if n.op == "and" else any(parts)


_RULES: dict[str, Callable[[Prepared, Node, list[Any]], Any]] = {
    "div": Prepared.div, "pow": Prepared.pow, "exp": Prepared.exp, "log": Prepared.log, "log1p": Prepared.log1p,
    "sqrt": Prepared.sqrt, "expm1": Prepared.expm1, "logaddexp": Prepared.logaddexp, "sigmoid": Prepared.sigmoid,
    "tanh": Prepared.tanh, "erf": Prepared.erf, "atan": Prepared.atan, "Phi": Prepared.normal,
    "apply": Prepared.abstract, "sin": Prepared.angle, "cos": Prepared.angle,
    **{o.name: Prepared.piece for o in OPERATORS.values() if o.pieces is not None}, "floor": Prepared.floor,
    "where": Prepared.where, "and": Prepared.condition,
    "or": Prepared.condition, "not": Prepared.condition,
}  # fmt: skip
