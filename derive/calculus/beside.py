"""A function beside a point, on one side of it along a line: its limit and its slope there, as formulas that are right at every
point, kinks, ties of kinks and jumps among them.

Close to a point and on one side of it, what a branch turns on has one sign: that of the first of its derivatives along the line
that is not 0 there, as the function is piecewise analytic. So each node has a one-sided expansion, limit + t*slope + ..., made
of those of its arguments: forward mode, with an exact rule at every kink (Shapiro, On concepts of directional differentiability,
1990; Griewank, On stable piecewise linearization and generalized algorithmic differentiation, 2013). Min, max, relu and abs
need the slopes alone; a condition of ``where`` needs as many derivatives as it takes to leave 0.

A function is continuous along the line where the limits of both sides are its value; there, its derivative is the slope that
both sides have (``common``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import factorial
from typing import NamedTuple

from derive.calculus.directional import by_sign, folded, squares
from derive.calculus.local_derivatives import FIRST
from derive.errors import ExpressionError
from derive.expr.folding import FOLDING, marks_a_jump
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import COMPARISONS, OPERATORS
from derive.language.abstract import partial as partial_of

MAX_ORDER = 4  # derivatives of what a branch turns on
MAX_NODES = 1500  # of a formula

#: Makes what stands for a value that is not known, with the reason and what it hangs on.
Unknown = Callable[..., Node]


class Beside(NamedTuple):
    """What a function tends to on one side of a point, and its slope in that direction."""

    limit: Node
    slope: Node


def beside(
    f: Node,
    direction: Mapping[Node, Node],
    known: Mapping[Node, Beside] | None = None,
    unknown: Unknown | None = None,
    ends: bool = True,
) -> Beside:
    """The expansion of a derivative-free scalar laid out in components (``components``), close to a point and on its side in a
    direction: how far each entry moves, those left out not at all. ``known`` are expansions of nodes that need not be worked out.

    It has no value where these rules find none, such as sqrt(x) at 0. With ``unknown`` it has none only where there is none for
    certain, because f has no values on that side (unless ``ends`` is false), and what is not settled is what that makes.
    Raises ExpressionError for what is rounded or held.
    """
    return _Line(f.graph, direction, known or {}, MAX_ORDER, unknown, ends).run(f)


def common(f: Node, left: Beside, right: Beside) -> Node:
    """The condition under which a function with these expansions to the left and to the right (in that direction: its slope
    changes sign) has a derivative."""
    g = f.graph
    made = g.call("eq", right.slope, g.neg(left.slope))
    for limit in dict.fromkeys((left.limit, right.limit)):
        if limit is not f:
            made = g.call("and", g.call("eq", f, limit), made)
    return made


class _Line:
    def __init__(
        self,
        g: Graph,
        direction: Mapping[Node, Node],
        known: Mapping[Node, Beside],
        order: int,
        unknown: Unknown | None = None,
        ends: bool = True,
    ) -> None:
        self.ends = ends
        self.g, self.direction, self.known, self.order, self.unknown = g, direction, known, order, unknown
        self.limits: dict[Node, Node] = {}  # of what may jump
        self.slopes: dict[Node, Node] = {}
        self.moving: set[Node] = set()
        self.root: Node | None = None
        for n, (limit, slope) in {**{x: Beside(x, v) for x, v in direction.items()}, **known}.items():
            self.put(n, limit, slope)

    def put(self, n: Node, limit: Node, slope: Node) -> None:
        self.moving.add(n)
        if limit is not n:
            self.limits[n] = limit
        if slope is not self.g.zero:
            self.slopes[n] = slope

    def limit(self, n: Node) -> Node:
        return self.limits.get(n, n)

    def slope(self, n: Node) -> Node:
        return self.slopes.get(n, self.g.zero)

    def run(self, root: Node) -> Beside:
        self.root = root
        order = topological([root], known=self.known)
        if len(order) > MAX_NODES:
            raise ExpressionError("a formula too long to be followed along a line")
        for n in order:
            if n in self.moving or self.moving.isdisjoint(n.args):
                continue
            if n.op in OPERATORS and OPERATORS[n.op].boolean:
                self.moving.add(n)
            else:
                limit, slope = self.expanded(n)
                self.put(n, limit, self.at_its_end(n, limit, slope))
        return Beside(self.limit(root), self.slope(root))

    # -- one node -----------------------------------------------------------------------------------

    def expanded(self, n: Node) -> tuple[Node, Node]:
        g, args = self.g, [self.limit(a) for a in n.args]
        match n.op:
            case "def":
                return (n if args[0] is n.args[0] else args[0]), self.slope(n.args[0])
            case "where":
                c, a, b = n.args
                return self.chosen(c, *args[1:]), self.chosen(c, self.slope(a), self.slope(b))
            case "select":
                s, a, b = n.args
                return (
                    self.after(s, args[1], args[2], None),
                    self.after(s, self.slope(a), self.slope(b), None),
                )
            case "sign":
                return self.after(n.args[0], g.one, g.const(-1), g.zero), g.zero
            case "floor":  # beside a whole value it is that value, or one less
                on = g.call("floor", args[0])
                return self.by_signs(g.sub(args[0], on), self.slope(n.args[0]), on, g.sub(on, g.one), on), g.zero
            case "hold" if self.unknown is not None and self.ends:
                return n, g.zero
            case "hold" | "computed":
                raise ExpressionError(f"'{n.op}' is not followed along a line")
        if marks_a_jump(n):
            raise ExpressionError("a derivative of something else is not followed along a line")
        limit = n if all(a is b for a, b in zip(args, n.args, strict=True)) else _with(n, args)
        slopes = [self.slope(a) for a in n.args]
        match n.op:
            case "relu":
                return limit, by_sign(g, args[0], slopes[0], g.zero, folded(g, "relu", slopes[0]))
            case "abs":
                return limit, by_sign(g, args[0], slopes[0], g.neg(slopes[0]), folded(g, "abs", slopes[0]))
            case "max" | "min":
                up, down = slopes if n.op == "max" else slopes[::-1]
                return limit, by_sign(g, g.sub(*args), up, down, folded(g, n.op, *slopes))
            case "sqrt" if limit is n and (parts := squares(n.args[0])) is not None:
                # where all of them vanish, the norm leaves with the norm of their slopes
                total = g.zero
                for p in parts:
                    total = g.add(total, g.mul(self.slope(p), self.slope(p)))
                on = folded(g, "abs", self.slope(parts[0])) if len(parts) == 1 else g.call("sqrt", total)
                off = g.div(slopes[0], g.mul(g.const(2), n))
                return limit, by_sign(g, args[0], off, off, on)
        total = g.zero
        for i, a in enumerate(n.args):
            if a not in self.slopes:
                continue
            if n.op == "apply":
                partial = partial_of(limit, i)
            elif (rule := FIRST[n.op][i] if n.op in FIRST else None) is not None:
                partial = rule(g, limit, *args)
            else:
                raise ExpressionError(f"no slope is known for '{n.op}'")
            total = g.add(total, g.mul(partial, slopes[i]))
        return limit, total

    def at_its_end(self, n: Node, limit: Node, slope: Node) -> Node:
        """The slope of a node, where it matters on which side f has values: a root has none below the zero of what it is of."""
        if not self.ends or self.unknown is None or n.op not in ("sqrt", "pow") or (s := n.args[0]) not in self.moving:
            return slope
        power: Fraction | None = None
        if n.op == "sqrt":
            if limit is n and squares(s) is not None:
                return slope
            power = Fraction(1, 2)
        elif n.args[1].op == "const":
            power = Fraction(n.args[1].attr)
            if power.denominator == 1:
                return slope
        g = self.g
        return g.call("where", g.call("ne", self.limit(s), g.zero), slope, self.leaving(n, s, power))

    def leaving(self, n: Node, s: Node, power: Fraction | None) -> Node:
        """The slope of a power of s where s is 0: if c*t**k is the first term of s along the line that does not vanish, that of
        (c*t**k)**power, which is 0 or a number from k*power = 1 on; before that it is infinite, and what an infinite slope comes
        to in something else is not known."""
        g, none = self.g, self.g.call("div", self.g.zero, self.g.zero)
        terms, whole = self.derivatives(self.slope(s))
        end = g.zero if whole else self.not_known("on which side of its zero a root is left", n)
        for k, t in reversed(list(enumerate(terms, 1))):
            if power is not None and k * power >= 1:
                flat = k * power > 1
                inside = g.zero if flat else g.call("pow", g.div(t, g.const(factorial(k))), g.const(power))
            else:
                infinite = power is not None and n is self.root
                inside = none if infinite else self.not_known("the slope of a root at its zero", n)
            end = by_sign(g, t, inside, none, end)
        return end

    def not_known(self, reason: str, on: Node) -> Node:
        assert self.unknown is not None
        return self.unknown(reason, on)

    def derivatives(self, slope: Node) -> tuple[list[Node], bool]:
        """The first derivatives along the line of something with this slope; and whether all others are 0, or don't matter."""
        found: list[Node] = []
        while slope is not self.g.zero:
            found.append(slope)
            if slope.op == "const":
                break
            if len(found) >= self.order:
                return found, False
            slope = _Line(self.g, self.direction, self.known, self.order - 1, self.unknown, self.ends).run(slope).slope
        return found, True

    # -- branches -----------------------------------------------------------------------------------

    def chosen(self, c: Node, a: Node, b: Node) -> Node:
        """a where a condition holds beside the point, else b."""
        g = self.g
        if a is b:
            return a
        match c.op:
            case "def":
                return self.chosen(c.args[0], a, b)
            case "not":
                return self.chosen(c.args[0], b, a)
            case "and":
                return self.chosen(c.args[0], self.chosen(c.args[1], a, b), b)
            case "or":
                return self.chosen(c.args[0], a, self.chosen(c.args[1], a, b))
        if self.moving.isdisjoint(c.args):
            return g.call("where", c, a, b)
        if c.op not in COMPARISONS:
            raise ExpressionError(f"no slope is known for a condition '{c.op}'")
        above, below, on = {
            "gt": (a, b, b), "ge": (a, b, a), "lt": (b, a, b), "le": (b, a, a), "eq": (b, b, a), "ne": (a, a, b),
        }[c.op]  # fmt: skip
        p, q = c.args
        return self.by_signs(g.sub(self.limit(p), self.limit(q)), g.sub(self.slope(p), self.slope(q)), above, below, on)

    def after(self, s: Node, above: Node, below: Node, on: Node | None) -> Node:
        """One of three, by the sign that s has beside the point; without ``on`` the third has no value of its own."""
        return self.by_signs(self.limit(s), self.slope(s), above, below, on)

    def by_signs(self, s: Node, slope: Node, above: Node, below: Node, on: Node | None) -> Node:
        g = self.g
        if above is below is on:
            return above
        alike = above if above is below else g.call("select", g.zero, above, below)
        end = alike if on is None else on
        terms, whole = self.derivatives(slope)
        if not whole and self.unknown is not None:
            end = self.unknown("on which side of a kink the point is left", s)
        elif not whole and on is not None:  # it may stay 0 or not
            end = g.call("select", g.zero, alike, on)
        for t in (*reversed(terms), s):
            end = by_sign(g, t, above, below, end)
        return end


def _with(n: Node, args: Sequence[Node]) -> Node:
    g = n.graph
    return FOLDING[n.op](g, *args) if n.op in FOLDING else g.node(n.op, tuple(args), n.attr, n.shape)
