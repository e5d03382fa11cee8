"""What rises and what bends, by the rules of composition: disciplined convex programming.

Grant, Boyd and Ye, Disciplined convex programming, 2006. What is known of an expression as a function of x is a mask: that it
does not fall, does not rise, is convex, is concave; that it rises or falls strictly. What does not speak of x has the first four.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from derive.expr.below import below
from derive.expr.graph import Node, topological
from derive.expr.operators import OPERATORS
from derive.numbers.rational_functions import Quotient
from derive.proof.evaluation import evaluated
from derive.proof.sequent import Sequent, equation
from derive.proof.signs import ANY, NEGATIVE, NONNEGATIVE, POSITIVE, ZERO

UP, DOWN, CONVEX, CONCAVE = 1, 2, 4, 8
RISING, FALLING = 16 | UP, 32 | DOWN
FIXED, AFFINE, COURSE = UP | DOWN | CONVEX | CONCAVE, CONVEX | CONCAVE, RISING | FALLING
#: Functions that rise strictly.
STRICT = ("exp", "expm1", "log", "log1p", "sqrt", "tanh", "sigmoid", "erf", "Phi", "atan")


def affine(n: Node, x: Sequence[Node]) -> bool:
    """Whether n is affine in x, as it is written."""
    if n in x or not below(n, x):
        return True
    match n.op:
        case "add" | "sub" | "neg" | "def":
            return all(affine(a, x) for a in n.args)
        case "mul":
            return any(not below(a, x) for a in n.args) and all(affine(a, x) for a in n.args)
        case "div":
            return not below(n.args[1], x) and affine(n.args[0], x)
    return False


def norm_of(n: Node) -> tuple[Node, list[Node]] | None:
    """p and the u of (abs(u)**p + ...)**(1/p), or None: convex in the u for p >= 1 (Minkowski's inequality)."""
    order, found, work = None, list[Node](), [n.args[0]]
    while work:
        m = work.pop()
        if m.op in ("def", "add", "sum"):
            work += m.args
        elif m.op == "pow" and m.args[0].op == "abs" and order in (None, m.args[1]):
            order = m.args[1]
            found += m.args[0].args
        else:
            return None
    assert order is not None
    root = n.args[1]
    if root.op == order.op == "const":
        return (order, found) if Fraction(root.attr) * Fraction(order.attr) == 1 else None
    return (order, found) if root.op == "div" and root.args[0] is n.graph.one and root.args[1] is order else None


def turned(m: int) -> int:
    """Of -f what f is: the other way round."""
    return (m & 0b010101) << 1 | (m & 0b101010) >> 1


def scaled(m: int, sign: int) -> int:
    """Of c*f, c fixed and of one of these signs."""
    if sign == ZERO:
        return FIXED
    m = m if sign & ~NONNEGATIVE == 0 else turned(m) if not sign & POSITIVE else 0
    return m if not sign & ZERO else m & FIXED


def added(a: int, b: int) -> int:
    both = a & b & FIXED
    for strict in (RISING & ~UP, FALLING & ~DOWN):
        if (a | b) & strict and both & (UP if strict == 16 else DOWN):
            both |= strict
    return both


class Curvature:
    """``found``: what is known of f as a function of x where the hypotheses hold; ``known``: what was shown of parts of it."""

    def __init__(
        self,
        given: tuple[Node, ...],
        f: Node,
        x: Sequence[Node],
        known: Iterable[tuple[Node, int]],
    ) -> None:
        self.x, self.made = x, evaluated([Sequent(given, equation(f, f))])
        self.masks: dict[Node, int] = {}
        shown = list(known)
        for n in topological([f]):
            m = self._of(n) if below(n, x) else FIXED
            for part, more in shown:
                m |= more if part is n else 0
            self.masks[n] = m
        self.found = self.masks[f]

    def sign(self, n: Node, less: int = 0) -> int:
        """The possible signs of n - less on the domain."""
        value = self.made.values.get(n)
        return self.made.of(value - less) if isinstance(value, Quotient) else ANY

    def fixed(self, n: Node) -> bool:
        return not below(n, self.x)

    def _of(self, n: Node) -> int:
        if n in self.x:
            return RISING | AFFINE if len(self.x) == 1 else AFFINE
        args = [self.masks[a] for a in n.args]
        match n.op:
            case "def":
                return args[0]
            case "add":
                return added(*args)
            case "sub":
                return added(args[0], turned(args[1]))
            case "neg":
                return turned(args[0])
            case "mul":
                return self._product(n, *args)
            case "div":
                if self.fixed(n.args[1]):
                    return scaled(args[0], self.sign(n.args[1]))
                over = self._inverse(args[1], self.sign(n.args[1]))
                if self.fixed(n.args[0]):
                    return scaled(over, self.sign(n.args[0]))
                return args[0] & over & (UP | DOWN) if self._none_negative(*n.args) else 0
            case "pow":
                return self._power(n, *args)
            case "abs":
                s = self.sign(n.args[0])
                return args[0] if not s & NEGATIVE else turned(args[0]) if not s & POSITIVE else self._square(args[0])
            case "where" if self.fixed(n.args[0]):
                return args[1] & args[2]
        return self._monotone(n, args)

    def _monotone(self, n: Node, args: list[int]) -> int:
        """Functions that rise in every argument."""
        o = OPERATORS.get(n.op)
        if o is None or not o.rises or o.boolean:
            return 0
        both = FIXED
        for m in args:
            both &= m
        found = both & (UP | DOWN)
        if n.op in STRICT:
            found |= args[0] & COURSE
        if o.bends:
            found |= both & (CONVEX if o.bends == "convex" else CONCAVE)
        if (n.op == "sqrt" and self._squares(n.args[0])) or (n.op == "log" and self._log_convex(n.args[0])):
            found |= CONVEX
        return found

    def _square(self, m: int) -> int:
        """What is convex and even, of what is affine."""
        return CONVEX if m & AFFINE == AFFINE else 0

    def _none_negative(self, *args: Node) -> bool:
        return not any(self.sign(a) & NEGATIVE for a in args)

    def _product(self, n: Node, a: int, b: int) -> int:
        u, v = n.args
        if self.fixed(u) or self.fixed(v):
            return scaled(b, self.sign(u)) if self.fixed(u) else scaled(a, self.sign(v))
        if u is v:
            return self._even(a, self.sign(u))
        return a & b & (UP | DOWN) if self._none_negative(u, v) else 0

    def _even(self, m: int, sign: int) -> int:
        """An even power."""
        if not sign & NEGATIVE:
            return m & (COURSE | CONVEX)
        if not sign & POSITIVE:
            return turned(m) & (COURSE | CONVEX)
        return self._square(m)

    def _inverse(self, m: int, sign: int) -> int:
        """1/f: falls, convex where f > 0, concave where f < 0."""
        if sign not in (POSITIVE, NEGATIVE):
            return 0
        return turned(m) & (COURSE | (CONVEX if sign == POSITIVE else CONCAVE))

    def _power(self, n: Node, a: int, b: int) -> int:
        u, c = n.args
        if (norm := norm_of(n)) is not None and self.fixed(norm[0]) and not self.sign(norm[0], 1) & NEGATIVE:
            return CONVEX if all(self.masks[v] & AFFINE == AFFINE for v in norm[1]) else 0
        if self.fixed(u):  # exp(c*log(u))
            m = scaled(b, self.sign(u, 1)) if self.sign(u) == POSITIVE else 0
            return m & (COURSE | CONVEX)
        if not self.fixed(c):
            return 0
        if c.op == "const" and isinstance(c.attr, int) and c.attr > 0 and c.attr % 2 == 0:
            return self._even(a, self.sign(u))
        if c.op == "const" and isinstance(c.attr, int) and c.attr > 0 and self.sign(u) & NEGATIVE:
            return a & COURSE
        positive, beside = self.sign(c), self.sign(c, 1)
        if self.sign(u) & NEGATIVE:
            return 0
        if not positive & NEGATIVE:
            way = a & (COURSE if positive == POSITIVE else UP | DOWN)
            bend = CONVEX if not beside & NEGATIVE else CONCAVE if not beside & POSITIVE else 0
            return way | (a & bend)
        if not positive & POSITIVE and self.sign(u) == POSITIVE:
            return turned(a) & ((COURSE if positive == NEGATIVE else UP | DOWN) | CONVEX)
        return 0

    def _squares(self, n: Node) -> bool:
        """Whether n is a sum of squares of affine functions, and of what is fixed and not negative: its root is a norm."""
        if self.fixed(n):
            return self._none_negative(n)
        match n.op:
            case "def" | "add":
                return all(map(self._squares, n.args))
            case "pow":
                return n.args[1].op == "const" and n.args[1].attr == 2 and bool(self._square(self.masks[n.args[0]]))
            case "mul" if n.args[0] is n.args[1]:
                return bool(self._square(self.masks[n.args[0]]))
            case "mul" | "div" if any(map(self.fixed, n.args)):
                return not (n.op == "div" and self.fixed(n.args[0])) and all(map(self._squares, n.args))
        return False

    def _log_convex(self, n: Node) -> bool:
        """Whether log(n) is convex: of sums and products of exponentials of what is convex."""
        if self.fixed(n):
            return self.sign(n) == POSITIVE
        match n.op:
            case "def" | "add" | "mul":
                return all(map(self._log_convex, n.args))
            case "exp":
                return bool(self.masks[n.args[0]] & CONVEX)
            case "div":
                return self.fixed(n.args[1]) and all(map(self._log_convex, n.args))
        return False
