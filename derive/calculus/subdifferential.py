"""One-sided derivatives and subdifferentials at exact points, kinks included.

Close to a point and on one side of it every kink has a side: the sign of what it turns on, or, where that is zero, of the
first of its derivatives in that direction that is not. Put in, the function is smooth there, and its derivative at the
point is the one-sided one. Values are exact rationals where they are rational, balls beyond.

A subdifferential is given entry by entry where that says all: no kink at the point turns on two variables at once. (At
such a point the directional derivative is a sum over the variables, and its subdifferential a box: Rockafellar, Convex
Analysis, 1970, thm. 23.4 and 25.2.) It is for convex functions; a kink that bends down is noticed and refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.calculus.reverse import gradient
from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr.folding import FOLDING
from derive.expr.graph import Graph, Node, topological
from derive.expr.kinks import both_sides, turns_on
from derive.expr.operators import BY_SIGN, CONNECTIVES
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.numbers.balls import evaluate, precision, rational, sign
from derive.records import dataclass

Point = Mapping[Node, fmpq | Fraction | int]
Value = Any  # fmpq or arb

MAX_ORDER = 8  # derivatives looked at, to see on which side of a kink a line leaves it
PRECISION = 256


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval, or one number where ``low`` is ``high``."""

    low: Value
    high: Value

    @property
    def single(self) -> bool:
        return bool(self.low == self.high)

    def holds(self, value: Fraction | int) -> bool:
        """Whether a number lies in it, certainly."""
        v = rational(value)
        return bool(self.low <= v) and bool(v <= self.high)

    def __str__(self) -> str:
        return str(self.low) if self.single else f"[{self.low}, {self.high}]"


def one_sided(f: Node, x: Node, point: Point) -> tuple[Value, Value]:
    """The derivatives from the left and from the right of a scalar ``f`` by ``x``, a scalar symbol or an entry of one.

    ``f`` is derivative-free (``calculus.expand``); ``point`` has a value for every scalar symbol and entry. Raises
    UndefinedValue where there is none (a jump, an infinite slope), Undetermined where a side is not decided.
    """
    if f.shape or x.shape:
        raise ExpressionError("a one-sided derivative is of a scalar, by a scalar")
    root = components(f)[0]
    at = _values(root, point)
    left, right = (_slope(root, x, at, direction) for direction in (-1, 1))
    return left, right


def jumps(f: Node, x: Node, point: Point) -> tuple[Value, Value] | None:
    """The value of a scalar at a point and another one that it tends to from a side, along ``x``; None where it does not jump.
    Raises UndefinedValue and Undetermined as ``one_sided``."""
    root = components(f)[0]
    at = _values(root, point)
    for direction in (-1, 1):
        here, limit = evaluate([root, _Line(root.graph, x, at, direction).resolved(root)], at, PRECISION)
        for v in (here, limit):
            if isinstance(v, Exception):
                raise v
        with precision(PRECISION):
            if bool(here < limit) or bool(here > limit):
                return here, limit
    return None


def subdifferential(f: Node, variables: Sequence[Node], point: Point) -> list[Interval]:
    """The subdifferential of a convex scalar ``f`` at a point: an interval for each entry of the variables, row by row.

    Raises ExpressionError where it is no box (a kink at the point turns on several variables: a norm at 0, max(x, y) at
    x = y) or ``f`` is not convex at the point; UndefinedValue and Undetermined as ``one_sided``.
    """
    root = components(f)[0]
    scalars = [e for v in variables for e in components(v)]
    at = _values(root, point)
    _separable(root, scalars, at)
    found = []
    for x in scalars:
        left, right = one_sided(root, x, at)
        if left > right:
            raise ExpressionError(f"not convex at the point: by {x!r} the slope falls from {left} to {right}")
        found.append(Interval(left, right))
    return found


def _values(root: Node, point: Point) -> dict[Node, fmpq]:
    """The point's numbers. Raises ExpressionError where one is missing."""
    at = {n: rational(v) if not isinstance(v, fmpq) else v for n, v in point.items()}
    for n in topological([root]):
        if n not in at and (n.op == "index" or (n.op == "symbol" and not n.shape)):
            raise ExpressionError(f"the point has no value for {n!r}")
    return at


# -- which kinks there are, and on which side ------------------------------------------------------------


def _turns(n: Node) -> list[Node]:
    """What the kinks of a node turn on."""
    if n.op == "sqrt" or (n.op == "pow" and (n.args[1].op != "const" or Fraction(n.args[1].attr).denominator > 1)):
        return [n.args[0]]
    s = turns_on(n)
    return [] if s is None else [s]


def _separable(root: Node, scalars: Sequence[Node], at: Mapping[Node, fmpq]) -> None:
    depends: dict[Node, int] = {x: 1 << i for i, x in enumerate(scalars)}
    for n in topological([root]):
        mask = depends.get(n, 0)
        for a in n.args:
            mask |= depends.get(a, 0)
        depends[n] = mask
        if mask.bit_count() < 2:
            continue
        for s in _turns(n):
            on = depends.get(s, mask)
            value = evaluate([s], at, PRECISION)[0]
            if on.bit_count() > 1 and not isinstance(value, Exception) and not value > 0 and not value < 0:
                names = [repr(x)[1:-1] for i, x in enumerate(scalars) if on >> i & 1]
                raise ExpressionError(f"the subdifferential is no box: a kink turns on {' and '.join(names)} at once")


def _slope(root: Node, x: Node, at: Mapping[Node, fmpq], direction: int) -> Value:
    g = root.graph
    line = _Line(g, x, at, direction)
    smooth = line.resolved(root)
    here, limit = evaluate([root, smooth], at, PRECISION)
    for v in (here, limit):
        if isinstance(v, Exception):
            raise v
    with precision(PRECISION):
        if (isinstance(here, fmpq) and isinstance(limit, fmpq) and here != limit) or not arb(here).overlaps(arb(limit)):
            raise UndefinedValue("a jump has no derivative from this side")
    return line.derivative(smooth)


class _Line:
    """The graph as it is close to the point on one side, along one variable; the others are numbers."""

    def __init__(self, g: Graph, x: Node, at: Mapping[Node, fmpq], direction: int) -> None:
        self.g, self.x, self.at, self.direction = g, x, at, direction
        self.rough: set[Node] = set()  # right in value and slope only

    def resolved(self, root: Node) -> Node:
        done: dict[Node, Node] = {}
        truth: dict[Node, bool] = {}
        for n in topological([root]):
            if n is self.x:
                done[n] = n
            elif n in self.at:
                v = self.at[n]
                done[n] = self.g.const(Fraction(int(v.p), int(v.q)))
            elif n.op == "def":
                done[n] = done[n.args[0]]
            elif n.op in _TRUTH:
                truth[n] = self.truth(n, done, truth)
            elif n.op == "where":
                done[n] = done[n.args[1] if truth[n.args[0]] else n.args[2]] if n.args[0] in truth else n
            elif n.args and n.op != "index":
                done[n] = self.smooth(n, [done[a] for a in n.args])
            else:
                done[n] = n
        return done[root]

    def truth(self, n: Node, done: Mapping[Node, Node], truth: Mapping[Node, bool]) -> bool:
        if n.op in CONNECTIVES:
            return _TRUTH[n.op](*[truth[a] for a in n.args])
        return _TRUTH[n.op](self.side(self.g.sub(*[done[a] for a in n.args])))

    def smooth(self, n: Node, args: list[Node]) -> Node:
        g, s, parts = self.g, turns_on(n, args), both_sides(n, args)
        if s is not None and parts is not None:
            side = self.side(s)
            return g.zero if n.op == "sign" and not side else parts[0] if side > 0 else parts[1]
        match n.op:
            case "floor":
                here = self.value(g.call("floor", args[0]))
                if not isinstance(here, fmpq):
                    raise Undetermined("which whole number is met is not decided")
                k = int(here.p)
                return g.const(k if self.side(g.sub(args[0], g.const(k))) >= 0 else k - 1)
            case "sqrt":
                return self.root(args[0])
            case "pow" if args[1].op == "const" and args[1].attr == Fraction(1, 2):
                return self.root(args[0])
        made = FOLDING[n.op](g, *args) if n.op in FOLDING else g.node(n.op, tuple(args), n.attr, n.shape)
        if self.rough.intersection(args):
            self.rough.add(made)
        return made

    def root(self, s: Node) -> Node:
        """sqrt(s). Where s vanishes with its slope, as x**2 at 0, its root leaves along a straight line."""
        g = self.g
        if not self.vanishes(s) or not self.vanishes(first := gradient(s, [self.x])[0]) or s in self.rough:
            return g.call("sqrt", s)
        bend = self.value(gradient(first, [self.x])[0])
        if not isinstance(bend, fmpq):
            raise Undetermined("the bend under a root is no rational number")
        half = g.call("sqrt", g.const(Fraction(int(bend.p), int(bend.q)) / 2))
        start = self.at[self.x]
        made = g.mul(half, g.mul(g.const(self.direction), g.sub(self.x, g.const(Fraction(int(start.p), int(start.q))))))
        self.rough.add(made)
        return made

    def vanishes(self, s: Node) -> bool:
        value = evaluate([s], self.at, PRECISION)[0]
        return isinstance(value, fmpq) and value == 0

    def value(self, n: Node) -> Value:
        found = evaluate([n], self.at, PRECISION)[0]
        if isinstance(found, Exception):
            raise found
        return found

    def derivative(self, n: Node) -> Value:
        return self.value(gradient(n, [self.x])[0])

    def side(self, s: Node) -> int:
        """The sign that s has close to the point on this side; 0 where it is zero all along."""
        rough = bool(self.rough.intersection(topological([s])))
        orientation = 1
        for order in range(MAX_ORDER + 1):
            if s is self.g.zero:
                return 0
            if rough and order > 1:
                break
            found = sign(self.value(s))
            if found:
                return found * orientation
            s, orientation = gradient(s, [self.x])[0], orientation * self.direction
        raise Undetermined("on which side of a kink the point is left")


_TRUTH: dict[str, Callable[..., bool]] = {
    **BY_SIGN,
    "and": lambda a, b: a and b, "or": lambda a, b: a or b, "not": lambda a: not a,
}  # fmt: skip
