"""What an expression does in the end, as x goes where a limit says: from the inside out, by the rules of every textbook.

Of each part its *end* (Rudin 1976, theorems 3.3, 4.9 and 4.14): what it tends to, and the signs that its distance from there has
in the end, by which 1/f, or the branch of a kink, is told. What the rules leave open (inf - inf, 0*inf) is no end: Open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.errors import Rejected
from derive.expr.graph import Node, topological
from derive.flint import fmpq
from derive.numbers.rational_functions import ARITHMETIC, Quotient
from derive.proof.axioms import MEANINGS, Unknown
from derive.proof.evaluation import MAX_NODES, Evaluated, wants
from derive.proof.rules.properties import CONTINUOUS, kink
from derive.proof.signs import (
    ANY,
    NEGATIVE,
    NONNEGATIVE,
    OF_COMPARISON,
    POSITIVE,
    ZERO,
    opposite,
    power,
    product,
    total,
)  # fmt: skip
from derive.records import dataclass

MAX_POWER = 64
KINKS = ("where", "select", "max", "min", "relu", "abs", "sign")
AS_SIGNS = {m: op for op, m in OF_COMPARISON.items()}
Known = tuple[Node | None, int]  # what a part tends to; or the sign of what grows or falls beyond all bounds


class Open(Unknown):
    """What the rules leave open; ``of``: the number whose sign would tell more, if there is one."""

    def __init__(self, reason: str, of: Quotient | None = None) -> None:
        super().__init__(reason)
        self.of = of


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """What f tends to, ``value``, and the signs that f - value has in the end; or, where f grows or falls beyond all bounds
    (``infinite``), and where it is only known to stay bounded, the signs of f itself."""

    ends: Ends
    value: Quotient | None
    mask: int
    infinite: bool = False

    @property
    def bounded(self) -> bool:
        return self.value is None and not self.infinite

    @property
    def sign(self) -> int:
        """The signs that f has in the end."""
        if self.value is None:
            return self.mask
        m = self.ends.made.of(self.value)
        return (m & ~ZERO) | (self.mask if m & ZERO else 0)

    @property
    def settled(self) -> int:
        """The sign of the value; of what is infinite its own. Raises Open where it may have several."""
        m = self.ends.made.of(self.value) if self.value is not None else self.mask
        if self.bounded or m not in (POSITIVE, ZERO, NEGATIVE):
            raise Open("the sign of a limit is not known", self.value)
        return m

    def _of(self, other: End | int) -> End:
        return other if isinstance(other, End) else self.ends.exact(self.ends.made.const(other))

    def __neg__(self) -> End:
        return End(self.ends, None if self.value is None else -self.value, opposite(self.mask), self.infinite)

    def __add__(self, more: End | int) -> End:
        other = self._of(more)
        if self.infinite or other.infinite:
            if self.infinite and other.infinite and self.mask != other.mask:
                raise Open("inf - inf")
            return self if self.infinite else other
        if self.value is None or other.value is None:
            return End(self.ends, None, total((self.sign, other.sign)))
        return End(self.ends, self.value + other.value, total((self.mask, other.mask)))

    __radd__ = __add__

    def __sub__(self, other: End | int) -> End:
        return self + -self._of(other)

    def __rsub__(self, other: int) -> End:
        return -self + other

    def __mul__(self, more: End | int) -> End:
        other = self._of(more)
        if ZERO in (self.sign, other.sign):
            return self.ends.exact(self.ends.made.const(0))
        if self.infinite or other.infinite:
            sign = product(self.settled, other.settled)
            if sign == ZERO:
                raise Open("0*inf")
            return End(self.ends, None, sign, True)
        values = [e.value for e in (self, other) if e.value is not None]
        zero = next((v for v in values if self.ends.made.of(v) == ZERO), None)
        if zero is not None or self.value is None or other.value is None:
            return End(self.ends, zero, product(self.sign, other.sign))
        of_b = self.ends.made.of(other.value)  # u*v - a*b = u*(v - b) + b*(u - a)
        return End(
            self.ends, self.value * other.value, total((product(self.sign, other.mask), product(of_b, self.mask)))
        )

    __rmul__ = __mul__

    def over(self) -> End:
        """1/f."""
        if self.infinite:
            return End(self.ends, self.ends.made.const(0), self.mask)
        if self.value is None:
            raise Open("1/f of what stays bounded")
        m = self.ends.made.of(self.value)
        if not m & ZERO:
            return End(self.ends, 1 / self.value, opposite(self.mask))
        if m == ZERO and self.mask in (POSITIVE, NEGATIVE):
            return End(self.ends, None, self.mask, True)
        raise Open("1/0", self.value if m != ZERO else None)

    def __truediv__(self, more: End | int) -> End:
        other = self._of(more)
        if self.sign == ZERO and not other.sign & ZERO:
            return self
        return self * other.over()

    def __rtruediv__(self, other: int) -> End:
        return self.over() * other

    def __pow__(self, n: int) -> End:
        if abs(n) > MAX_POWER and self.value is not None and self.value.constant is None:
            raise Open("a large power")
        if n < 0:
            return (self**-n).over()
        if n == 0:
            return self._of(1)
        if self.value is None:
            return End(self.ends, None, power(self.mask, n), self.infinite)
        m = self.ends.made.of(self.value)
        side = power(self.mask, n) if m == ZERO else self.mask if n % 2 else product(self.mask, m)
        return End(self.ends, self.value**n, side if n % 2 or m in (POSITIVE, ZERO, NEGATIVE) else ANY)


class Ends:
    """The ends of expressions as x goes where a limit says: by the rules, and by ``known`` ends of some. What ``MEANINGS`` says
    of functions it says of their ends, too."""

    def __init__(
        self, made: Evaluated, x: Node, at: Node | None, mask: int, known: Mapping[Node, Known], whole: bool = False
    ) -> None:
        """``mask``: the signs of x - at; without a point, on which side x goes far out. ``whole``: over the whole numbers."""
        self.made, self.x, self.known, self.whole = made, x, known, whole
        self.found: dict[Node, Any] = {}
        self.turning: set[Node] = set()  # what speaks of x
        self.branches: dict[Node, tuple[Node, Node]] = {}  # of kinks: the branch that is taken, and where
        self.found[x] = End(self, None, mask, True) if at is None else End(self, self.number(at), mask)

    def number(self, n: Node) -> Quotient:
        """The value of what does not speak of x. Raises Rejected where it is not known."""
        self.made.work([n])
        found = self.made.known(n)
        if not isinstance(found, Quotient):
            raise Rejected("no number")
        return found

    def exact(self, q: Quotient) -> End:
        return End(self, q, ZERO)

    def of(self, root: Node) -> Any:
        """The end of an expression, or of a condition the truth that it has in the end. Raises Open or Unknown."""
        order = topological([root])
        wants(len(order) <= MAX_NODES, "an expression that is too large")
        for n in order:
            if n is self.x or not self.turning.isdisjoint(n.args):
                self.turning.add(n)
        self.made.work([n for n in order if n not in self.turning])
        for n in order:
            if n not in self.found:
                try:
                    self.found[n] = self._of(n)
                except Unknown as fault:
                    self.found[n] = fault
        return self._known(self.found[root])

    def _known(self, found: Any) -> Any:
        if isinstance(found, Unknown):
            raise found
        return found

    def _of(self, n: Node) -> Any:
        if n in self.known:
            value, sign = self.known[n]
            return End(self, None, sign, True) if value is None else End(self, self.number(value), ANY)
        if n not in self.turning:
            value = self._known(self.made.values[n])
            return self.exact(value) if isinstance(value, Quotient) else value
        if n.op in KINKS:
            return self.kink(n)
        if n.op in ("and", "or"):
            first, second = n.args
            return self.of(second) if self.of(first) is (n.op == "and") else n.op == "or"
        return self.function(n, [self._known(self.found[a]) for a in n.args])

    def function(self, n: Node, args: list[Any]) -> Any:
        op = n.op
        match op:
            case "add" | "sub" | "mul" | "div":
                return ARITHMETIC[op](*args)
            case "neg":
                return -args[0]
            case "not":
                return not args[0]
            case "def" | "hold":
                return args[0]
            case "pow":
                return self.raised_to(n, *args)
            case "exp" | "log" | "erf" | "atan":
                return getattr(self, op)(args[0])
            case "sin" | "cos":
                return self.angle(op, *args)
            case "apply":
                if any(a.value is None for a in args):
                    raise Open("a function far out")
                return End(self, self.made.function(n, [a.value for a in args]), ANY)
        if op in OF_COMPARISON:
            return self.truth(op, args[0] - args[1])
        if op in MEANINGS:
            return MEANINGS[op](self, *args)
        raise Open(f"no rule for {op}")

    # -- what MEANINGS speaks of ---------------------------------------------------------------------

    def const(self, value: Any) -> End:
        return self.exact(self.made.const(value))

    def exp(self, a: End) -> End:
        if a.infinite:
            return a if a.mask == POSITIVE else End(self, self.made.const(0), POSITIVE)
        return End(self, None, POSITIVE) if a.value is None else End(self, self.made.exp(a.value), a.mask)

    def log(self, a: End) -> End:
        sign = a.settled
        if sign == NEGATIVE or (sign == ZERO and a.mask != POSITIVE):
            raise Open("a logarithm of what is not positive")
        if a.value is not None and sign == POSITIVE:
            return End(self, self.made.log(a.value), a.mask)
        return a if a.infinite else End(self, None, NEGATIVE, True)

    def abs(self, a: End) -> End:
        sign = a.sign
        if not sign & NEGATIVE or not sign & POSITIVE:
            return a if not sign & NEGATIVE else -a
        if a.value is None:
            return End(self, None, NONNEGATIVE & power(a.mask, 2))
        at_zero = self.made.of(a.value) == ZERO
        return End(self, self.made.abs(a.value), power(a.mask, 2) if at_zero else ANY)

    def erf(self, a: End) -> End:
        if a.infinite:
            return End(self, self.made.const(1 if a.mask == POSITIVE else -1), opposite(a.mask))
        return a if a.value is None else End(self, self.made.erf(a.value), a.mask)

    def atan(self, a: End) -> End:
        if a.infinite:
            half = self.made.function(self.x.graph.call("pi"), []) / (2 if a.mask == POSITIVE else -2)
            return End(self, half, opposite(a.mask))
        return a if a.value is None else End(self, self.made.atan(a.value), a.mask)

    def angle(self, op: str, a: End) -> End:
        """sin(u) and cos(u): near u = 0 the one has the sign of u, and the other is less than 1."""
        if a.value is None:
            return End(self, None, ANY)
        near = a.mask if op == "sin" else opposite(power(a.mask, 2))
        return End(self, getattr(self.made, op)(a.value), near if self.made.of(a.value) == ZERO else ANY)

    def power(self, a: End, c: fmpq) -> End:
        """f**c, c no whole number: of what is not negative in the end."""
        if c < 0:
            return self.power(a, -c).over()
        sign = a.settled
        if sign == NEGATIVE or (sign == ZERO and a.mask & NEGATIVE):
            raise Open("a root of what is not positive", a.value)
        return a if a.value is None or sign == ZERO else End(self, self.made.power(a.value, c), a.mask)

    def raised_to(self, n: Node, a: End, b: End) -> End:
        if b.mask == ZERO and b.value is not None and (c := b.value.constant) is not None:
            return a ** int(c.p) if c.q == 1 else self.power(a, c)
        if a.sign == ZERO and b.sign == POSITIVE:
            return a
        if a.mask == ZERO and a.value is not None and b.infinite and b.mask == POSITIVE:  # a number, |a| < 1
            small = self.made.of(1 - a.value) == self.made.of(1 + a.value) == POSITIVE
            if small and (not a.sign & NEGATIVE or (self.whole and n.args[1] is self.x)):
                return End(self, self.made.const(0), ANY if a.sign & NEGATIVE else NONNEGATIVE)
        return self.exp(b * self.log(a))

    # -- kinks and conditions --------------------------------------------------------------------------

    def truth(self, op: str, gap: End) -> bool:
        m = gap.sign
        if m & OF_COMPARISON[op] and m & ~OF_COMPARISON[op]:
            raise Open("the sign of a difference is not known", gap.value)
        return bool(m & OF_COMPARISON[op])

    def kink(self, n: Node) -> Any:
        """The branch that is taken in the end; where both are possible, and it is continuous, what it is by its meaning."""
        g = n.graph
        if n.op == "where":
            true = self.of(n.args[0])
            self.branches[n] = n.args[1 if true else 2], n.args[0] if true else g.call("not", n.args[0])
            return self.of(self.branches[n][0])
        on, *sides = switch(n)
        turn = self.of(on)
        m = turn.sign
        if m & POSITIVE and m & NEGATIVE and n.op in CONTINUOUS:
            return MEANINGS[n.op](self, *map(self.of, n.args)) if n.op in MEANINGS else self.abs(turn)
        if n.op == "sign" and m == ZERO:
            self.branches[n] = g.zero, g.call("eq", on, g.zero)
            return self.const(0)
        if (m & POSITIVE and m & NEGATIVE) or (m & ZERO and n.op in ("sign", "select")):
            raise Open("a jump", turn.value)
        side = 1 if m & NEGATIVE else 0
        self.branches[n] = sides[side], g.call(AS_SIGNS[m], on, g.zero)
        return self.of(sides[side])


def switch(n: Node) -> tuple[Node, ...]:
    """What a kink but ``where`` turns on, and what it is where that is positive, and negative."""
    return n.args if n.op == "select" else (n.args[0], n.graph.one, n.graph.const(-1)) if n.op == "sign" else kink(n)
