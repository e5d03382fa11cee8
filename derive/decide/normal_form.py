"""Normal form: a scalar expression as a quotient of polynomials over kernels.

Kernels are what is left when sums, products, quotients and integer powers are taken apart: symbols, and functions of
canonical arguments. Exponentials are kept over a Q-basis of their exponents (exp(2x) is exp(x)**2), sigmoid and tanh are
written by them, square roots and cosines carry their relation. Two expressions are equal, wherever both are defined, if
their difference has numerator zero. The converse is not claimed: kernels may be related in ways that are not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from derive.enclose import rational
from derive.graph import Node, topological

MAX_TERMS = 20_000
MAX_POWER = 64
_SIZES = (16, 48, 160, 400)

Poly = Any
Quotient = tuple[Poly, Poly]


class TooLarge(ArithmeticError):
    """The normal form is beyond the limits of work."""


class _Full(Exception):
    """More kernels than the ring has variables: begin again in a larger one."""


class _Finer(Exception):
    """An exponent needs a finer unit: begin again with it."""


#: How far a normal form looks: definitions are kernels; they are looked through, activations are kernels;
#: activations are written by exponentials. Each proves more than the one before, and takes longer.
NAMES, ACTIVATIONS, EXPONENTIALS = range(3)


def difference_vanishes(a: Node, b: Node, depth: int) -> tuple[bool, list[str]]:
    """Whether a - b has the normal form zero, and what was assumed not to vanish, as text. Raises TooLarge."""
    units: dict[Any, int] = {}
    for size in _SIZES:
        for _ in range(8):
            form = NormalForm(size, units, depth)
            try:
                forms = form.of([a, b])
                return form.reduced(forms[0][0] * forms[1][1] - forms[1][0] * forms[0][1]).is_zero(), form.nonzero
            except _Finer:
                continue
            except _Full:
                break
    raise TooLarge("too many kernels")


def sign_key(s: Node, depth: int) -> tuple[Any, int]:
    """A key that expressions of equal sign share, and the orientation: s has the sign of orientation * key."""
    units: dict[Any, int] = {}
    for size in _SIZES:
        for _ in range(8):
            form = NormalForm(size, units, depth)
            try:
                n, d = form.of([s])[0]
                break
            except _Finer:
                continue
            except _Full:
                break
        else:
            continue
        if n.is_zero():
            return "zero", 0
        orientation = 1
        if n.leading_coefficient() < 0:
            n, orientation = -n, -orientation
        if d.leading_coefficient() < 0:
            d, orientation = -d, -orientation
        n = n / n.leading_coefficient()
        d = d / d.leading_coefficient()
        if n.is_constant() and d.is_constant():
            return "one", orientation
        return (form.key(n), form.key(d)), orientation
    raise TooLarge("too many kernels")


class NormalForm:
    """One ring of kernels. Forms of one instance may be compared with each other."""

    def __init__(self, size: int, units: dict[Any, int], depth: int) -> None:
        self.ring = fmpq_mpoly_ctx.get([f"k{i}" for i in range(size)], Ordering.lex)
        self.generators = self.ring.gens()
        self.kernels: dict[Any, int] = {}
        self.units = units  # exp(m/units[m]) is the kernel of the monomial m
        self.deep = depth > NAMES
        self.exponentials = depth >= EXPONENTIALS
        self.one = self.ring.constant(1)
        self.zero = self.ring.constant(0)
        self.roots: list[tuple[int, int, Quotient]] = []  # kernel**q is the quotient
        self.circles: list[tuple[int, int]] = []  # sin and cos of one argument
        self.nonzero: list[str] = []

    def of(self, roots: Sequence[Node]) -> list[Quotient]:
        done: dict[Node, Quotient] = {}
        for n in topological(roots, through_definitions=self.deep):
            name = None if self.deep else n.graph.named.get(n)
            done[n] = (
                self.kernel(("def", name.id))
                if name is not None
                else self.form(n, [done[a] for a in n.args if a in done])
            )
        return [done[r] for r in roots]

    # -- one node ---------------------------------------------------------------------------------

    def form(self, n: Node, args: list[Quotient]) -> Quotient:
        match n.op:
            case "const":
                return self.ring.constant(rational(n.attr)), self.one
            case "def":
                return args[0] if self.deep else self.kernel(("def", n.id))
            case "add" | "sub":
                (a, b), (c, d) = args
                sign = 1 if n.op == "add" else -1
                return self.quotient(a + c * sign, b) if b == d else self.quotient(a * d + c * b * sign, b * d)
            case "mul":
                return self.times(args[0], args[1])
            case "div":
                return self.over(args[0], args[1], n.args[1])
            case "neg":
                return -args[0][0], args[0][1]
            case "pow":
                return self.power(args[0], args[1], n)
            case "sqrt":
                return self.root(args[0], Fraction(1, 2), n.args[0])
            case "exp" if self.exponentials:
                return self.exponential(args[0])
            case "sigmoid" if self.exponentials:
                e = self.exponential(args[0])
                return self.quotient(e[0], e[0] + e[1])
            case "tanh" if self.exponentials:
                n2, d2 = self.times(e := self.exponential(args[0]), e)
                return self.quotient(n2 - d2, n2 + d2)
            case "sin" | "cos":
                return self.circular(n.op, args[0])
        return self.kernel((n.op, n.id) if not args else (n.op, n.attr, *[self.quotient_key(a) for a in args]))

    def times(self, a: Quotient, b: Quotient) -> Quotient:
        return self.quotient(a[0] * b[0], a[1] * b[1])

    def over(self, a: Quotient, b: Quotient, divisor: Node | None) -> Quotient:
        if b[0].is_zero():
            raise TooLarge("a division by zero")
        if divisor is not None and not b[0].is_constant():
            from derive.language import to_text

            text = f"{to_text(divisor)} != 0"
            if text not in self.nonzero:
                self.nonzero.append(text)
        return self.quotient(a[0] * b[1], a[1] * b[0])

    def quotient(self, n: Poly, d: Poly) -> Quotient:
        if len(n) > MAX_TERMS or len(d) > MAX_TERMS:
            raise TooLarge("too many terms")
        if n.is_zero():
            return n, self.one
        if d.is_constant():
            return n / d.leading_coefficient(), self.one
        common = n.gcd(d)
        if not common.is_constant():
            n, d = n / common, d / common
        lead = d.leading_coefficient()
        return n / lead, d / lead

    def power(self, base: Quotient, exponent: Quotient, n: Node) -> Quotient:
        if exponent[0].is_constant() and exponent[1].is_constant():
            value = exponent[0].leading_coefficient() if not exponent[0].is_zero() else fmpq(0)
            e = Fraction(int(value.p), int(value.q))
            if e.denominator == 1:
                return self.integer_power(base, int(e), n.args[0])
            return self.root(base, e, n.args[0])
        # a symbolic power: its integer part apart, so that a**n * a is a**(n+1)
        constant = fmpq(0)
        if exponent[1].is_constant():
            zeros = (0,) * len(self.generators)
            constant = exponent[0].to_dict().get(zeros, fmpq(0))
        whole = int(constant.p) // int(constant.q)
        rest = (exponent[0] - exponent[1] * fmpq(whole), exponent[1])
        made = self.kernel(("power", self.quotient_key(base), self.quotient_key(rest)))
        return self.times(made, self.integer_power(base, whole, n.args[0]))

    def integer_power(self, base: Quotient, e: int, node: Node) -> Quotient:
        if abs(e) > MAX_POWER or len(base[0]) ** min(abs(e), 8) > MAX_TERMS * 1000:
            raise TooLarge(f"a power of {e}")
        if e >= 0:
            return base[0] ** e, base[1] ** e
        return self.over((self.one, self.one), (base[0] ** -e, base[1] ** -e), node)

    def root(self, base: Quotient, e: Fraction, node: Node) -> Quotient:
        """base**e with e a fraction: a kernel r with r**q = base."""
        if e.denominator > MAX_POWER:
            raise TooLarge(f"a root of order {e.denominator}")
        before = len(self.kernels)
        made = self.kernel(("root", e.denominator, self.quotient_key(base)))
        if len(self.kernels) > before:
            self.roots.append((before, e.denominator, base))
        return self.integer_power(made, e.numerator, node)

    def exponential(self, x: Quotient) -> Quotient:
        n, d = x
        if not d.is_constant():
            sign = -1 if n.leading_coefficient() < 0 else 1
            made = self.kernel(("exp", self.key(n * sign), self.key(d)))
            return made if sign > 0 else (made[1], made[0])
        result: Quotient = (self.one, self.one)
        for monomial, coefficient in sorted((n / d.leading_coefficient()).to_dict().items()):
            key = self.monomial_key(monomial)
            unit = self.units.setdefault(key, 1)
            p, q = int(coefficient.p), int(coefficient.q)
            if unit % q:
                self.units[key] = lcm(unit, q)
                raise _Finer
            count = p * unit // q
            if abs(count) > MAX_POWER * unit:
                raise TooLarge("an exponential of a large multiple")
            e = self.kernel(("exp", key))[0]
            result = self.times(result, (e**count, self.one) if count > 0 else (self.one, e**-count))
        return result

    def circular(self, op: str, x: Quotient) -> Quotient:
        n, d = x
        if n.is_zero():
            return (self.zero, self.one) if op == "sin" else (self.one, self.one)
        sign = -1 if n.leading_coefficient() < 0 else 1
        key = (self.key(n * sign), self.key(d))
        before = len(self.kernels)
        s, c = self.kernel(("sin", key)), self.kernel(("cos", key))
        if len(self.kernels) > before:
            self.circles.append((before, before + 1))
        return (s[0] * sign, s[1]) if op == "sin" else c

    # -- kernels ------------------------------------------------------------------------------------

    def kernel(self, key: Any) -> Quotient:
        i = self.kernels.setdefault(key, len(self.kernels))
        if i >= len(self.generators):
            raise _Full
        return self.generators[i], self.one

    def key(self, p: Poly) -> Any:
        names = list(self.kernels)
        return frozenset(
            (frozenset((names[i], e) for i, e in enumerate(m) if e), str(c)) for m, c in p.to_dict().items()
        )

    def monomial_key(self, monomial: Sequence[int]) -> Any:
        names = list(self.kernels)
        return frozenset((names[i], int(e)) for i, e in enumerate(monomial) if e)

    def quotient_key(self, q: Quotient) -> Any:
        return self.key(q[0]), self.key(q[1])

    # -- relations ----------------------------------------------------------------------------------

    def reduced(self, n: Poly) -> Poly:
        """The numerator modulo the relations of roots and circles, the latest kernels first."""
        for s, c in reversed(self.circles):
            n = self._replace(n, s, 2, (self.one - self.generators[c] ** 2, self.one))
        for r, q, base in reversed(self.roots):
            n = self._replace(n, r, q, base)
        return n

    def _replace(self, n: Poly, i: int, q: int, base: Quotient) -> Poly:
        """n with kernel i to the power q replaced by ``base``, denominators cleared."""
        parts: dict[int, Poly] = {}
        for monomial, coefficient in n.to_dict().items():
            times, rest = divmod(int(monomial[i]), q)
            exponents = list(monomial)
            exponents[i] = rest
            term = self.ring.from_dict({tuple(exponents): coefficient})
            parts[times] = parts[times] + term if times in parts else term
        top = max(parts, default=0)
        total = self.zero
        for times, part in parts.items():
            total += part * base[0] ** times * base[1] ** (top - times)
        if len(total) > MAX_TERMS:
            raise TooLarge("too many terms")
        return total
