"""The rules of functions: the one table of what is taken for granted of them.

``MEANINGS`` says what a function is in terms of simpler ones; a row is read by the checker over its field, and by the tests over
Arb's balls and over SymPy. ``LAWS`` are the equations that ``Functions`` applies, with the conditions under which they are used;
the tests hold each to Arb at random points and to SymPy, and ``BOUNDS`` and ``SIGNS`` to Arb. Where a function lacks a value is
not said here but in ``derive.numbers.definedness``: a law is used only where its function has a value.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import gcd, lcm
from typing import Any

from derive import flint
from derive.errors import Rejected
from derive.flint import arb, fmpq, fmpq_mpoly, fmpz
from derive.numbers.rational_functions import Atom, Full, Key, Poly, Quotient
from derive.proof.signs import ANY, NEGATIVE, NONNEGATIVE, POSITIVE, ZERO, Signs, opposite
from derive.records import dataclass

MAX_ANGLE = 24  # multiples of an angle that are opened
MAX_LOGS = 6  # terms of a sum of logarithms that is a logarithm
MAX_ROOTS = 40  # degree up to which real roots are enclosed
MAX_UNIT = 5040  # multiples of one exponent that others are

#: What a function is: ``k`` has exp, log, abs, erf and power, the rest is arithmetic.
MEANINGS: dict[str, Callable[..., Any]] = {
    "sigmoid": lambda k, x: 1 - 1 / (k.exp(x) + 1),
    "tanh": lambda k, x: 1 - 2 / (k.exp(2 * x) + 1),
    "expm1": lambda k, x: k.exp(x) - 1,
    "log1p": lambda k, x: k.log(x + 1),
    "logaddexp": lambda k, a, b: k.log(k.exp(a) + k.exp(b)),
    "sqrt": lambda k, x: k.power(x, fmpq(1, 2)),
    "Phi": lambda k, x: (k.erf(x / k.power(k.const(2), fmpq(1, 2))) + 1) / 2,
    "relu": lambda k, x: (x + k.abs(x)) / 2,
    "max": lambda k, a, b: (a + b + k.abs(a - b)) / 2,
    "min": lambda k, a, b: (a + b - k.abs(a - b)) / 2,
}


@dataclass(frozen=True, slots=True)
class Law:
    """left = right for all values of the letters (k a whole number) that meet the condition, in the language."""

    left: str
    right: str
    where: str = ""


LAWS = (
    Law("exp(x + y)", "exp(x)*exp(y)"),
    Law("exp(k*x)", "exp(x)**k"),
    Law("exp(x*log(abs(y)))", "abs(y)**x", "y != 0"),
    Law("log(abs(x*y))", "log(abs(x)) + log(abs(y))", "x != 0 and y != 0"),
    Law("log(abs(x)**k)", "k*log(abs(x))", "x != 0"),
    Law("log(exp(x))", "x"),
    Law("abs(x*y)", "abs(x)*abs(y)"),
    Law("abs(x)**2", "x**2"),
    Law("abs(x)", "x", "x >= 0"),
    Law("abs(x)", "-x", "x <= 0"),
    Law("(x*y)**(1/k)", "x**(1/k)*y**(1/k)", "x >= 0 and y >= 0 and k >= 1"),
    Law("(x**(1/k))**k", "x", "x >= 0 and k >= 1"),
    Law("sin(x + y)", "sin(x)*cos(y) + cos(x)*sin(y)"),
    Law("cos(x + y)", "cos(x)*cos(y) - sin(x)*sin(y)"),
    Law("sin(x)**2", "1 - cos(x)**2"),
    Law("sin(-x)", "-sin(x)"),
    Law("cos(-x)", "cos(x)"),
    Law("erf(-x)", "-erf(x)"),
    Law("atan(-x)", "-atan(x)"),
    Law("probit_odds(1/x)", "-probit_odds(x)", "x > 0"),
    Law("erf(probit_odds(x)/sqrt(2))", "(x - 1)/(x + 1)", "x > 0"),
    Law("probit_odds(Phi(x)/Phi(-x))", "x", "x < 4 and x > -4"),
    Law("sin(pi/2)", "1"),
    Law("sin(pi/6)", "1/2"),
    Law("cos(pi/4)", "sqrt(2)/2"),
    Law("cos(pi/6)", "sqrt(3)/2"),
    Law("cos(x + pi/2)", "-sin(x)"),
    Law("floor(x + k)", "floor(x) + k"),
    Law("sign(x)", "abs(x)/x", "x != 0"),
    Law("x**y", "exp(y*log(x))", "x > 0"),
    Law("0**x", "0", "x > 0"),
)

#: left and right have one sign.
SIGNS = (Law("log(x)", "x - 1", "x > 0"), Law("x", "exp(x) - 1"), Law("exp(x) - exp(y)", "x - y"))


#: left >= right: what is known of a new atom beside its sign.
BOUNDS = (
    Law("exp(x)", "1 + x"),
    Law("x - 1", "log(x)", "x > 0"),
    Law("abs(x)", "x"),
    Law("abs(x)", "-x"),
    Law("1", "erf(x)"),
    Law("1", "-erf(x)"),
    Law("2", "atan(x)"),
    Law("2", "-atan(x)"),
    Law("1", "sin(x)"),
    Law("1", "-sin(x)"),
    Law("1", "cos(x)"),
    Law("1", "-cos(x)"),
    Law("x", "floor(x)"),
    Law("floor(x) + 1", "x"),
)


class Unknown(Exception):
    """A value isn't known: the sign of a polynomial was needed, or there is none."""


class Finer(Rejected):
    """The exponents of the n-th basis element are no multiples of its unit, but of ``unit``; ``firsts`` are the units so far."""

    def __init__(self, n: int, unit: fmpq, firsts: list[fmpq]) -> None:
        super().__init__("exponents that are no multiples of their unit")
        self.n, self.unit, self.firsts = n, unit, firsts


class Functions(Signs):
    """A field in which exp, log, abs, powers, sines and cosines are worked out by the laws.

    ``units``: of every basis element in the order in which they are met (u of exp(c*u), |p| of |p|**c, u of sin(c*u)), what all
    its exponents c are multiples of; 1 over the denominator of the first where none is given.
    """

    def __init__(self, room: int, units: tuple[fmpq, ...] = ()) -> None:
        super().__init__(room)
        self.units = units
        self.basis: dict[Key, tuple[int, fmpq]] = {}
        self.deep = False
        self.exponents: dict[int, Quotient] = {}  # of what the atoms that are exponentials are the exp

    def needed(self, p: Poly) -> None:
        """Called with what has no known sign where knowing it would say more."""

    # -- signs, by what functions are --------------------------------------------------------------

    def _sign(self, p: Poly) -> int:
        m = super()._sign(p)
        if m in (POSITIVE, ZERO, NEGATIVE) or self.deep:
            return m
        self.deep = True
        try:
            return m & self._by_exponent(p) & self._by_real_roots(p)
        except Full:
            raise
        except (Rejected, Unknown):
            return m
        finally:
            self.deep = False

    def _by_exponent(self, p: Poly) -> int:
        """p has the sign of exp(p) - 1, and exp(u) - exp(v) that of u - v; x > 0 is exp(log(x))."""
        used = self.used(p)
        if len(p) <= MAX_LOGS and any(a.key[0] == "log" for a in used) and all(p.degrees()[a.index] == 1 for a in used):
            return self.of(self.exp(self.poly(p)) - 1)
        logs = [a for a in used if a.index not in self.exponents]
        if len(p) == 2 and sum(p.coeffs()) == 0 and logs != used and all(self.atom_sign(a) == POSITIVE for a in logs):
            (first, c), (second, _) = p.terms()
            gap = self.const(0)
            for a in used:
                exponent = self.exponents.get(a.index) or self.log(self.poly(self.gen(a)))
                gap = gap + exponent * (int(first[a.index]) - int(second[a.index]))
            return self.of(gap) if c > 0 else opposite(self.of(gap))
        return ANY

    def _by_real_roots(self, p: Poly) -> int:
        """A polynomial in one atom has one sign between its real roots, which FLINT encloses."""
        used = self.used(p)
        if len(used) != 1 or used[0].relation or not 2 < p.total_degree() <= MAX_ROOTS:
            return ANY
        coefficients = [fmpq(0)] * (p.total_degree() + 1)
        for e, c in p.terms():
            coefficients[int(e[used[0].index])] = fmpq(c)
        whole, (low, high) = flint.fmpq_poly(coefficients), self.range(used[0])
        for root, _ in whole.numer().complex_roots():
            below, above = low is not None and root.real < low, high is not None and root.real > high
            if root.imag.contains(0) and not below and not above:
                return ANY
        low = (high or fmpq(0)) - 2 if low is None else low
        at = (low + (low + 2 if high is None else high)) / 2
        return POSITIVE if whole(fmpq(at)) > 0 else NEGATIVE

    def range(self, a: Atom) -> tuple[fmpq | None, fmpq | None]:
        """The ends between which an atom is known to lie."""
        m = self.atom_sign(a)
        low, high = None if m & NEGATIVE else fmpq(0), None if m & POSITIVE else fmpq(0)
        for f in self.facts.values():
            if f.poly.total_degree() == 1 and self.used(f.poly) == [a]:  # a - end
                end = -f.form.terms.get((), fmpq(0))
                if not f.sign & NEGATIVE and (low is None or end > low):
                    low = end
                if not f.sign & POSITIVE and (high is None or end < high):
                    high = end
        return low, high

    def multiple(self, key: Key, c: fmpq, root: bool = False) -> tuple[fmpq, int]:
        """The unit of a basis element, and how many of it c is."""
        if key not in self.basis:
            n = len(self.basis)
            first = fmpq(1, c.q) if root or c.q <= MAX_UNIT else abs(c)
            self.basis[key] = n, self.units[n] if n < len(self.units) else first
        n, unit = self.basis[key]
        count = c / unit
        if count.q != 1 or abs(count) > MAX_UNIT * 4:
            both = lcm(int(c.q), int(unit.q))
            finer = fmpq(1, both) if root else fmpq(gcd(int(c.p * (both // c.q)), int(unit.p * (both // unit.q))), both)
            firsts = [u for _, u in self.basis.values()]
            raise (
                Finer(n, finer, firsts)
                if count.q != 1 and both <= 10**9
                else Rejected("exponents too far from each other")
            )
        return unit, int(count.p)

    def terms(self, u: Quotient) -> list[tuple[Key, fmpq, Poly, Poly]]:
        """u as a sum of c*num/den: (key of num/den, c, num, den), num monomials."""
        whole, rest = (u.num, self.ctx.constant(0)) if u.den.is_one() else divmod(u.num, u.den)
        found = []
        for part, den in ((whole, self.one_poly), (rest, u.den)):
            for e, c in part.terms():
                num = fmpq_mpoly({e: 1}, self.ctx)
                found.append(((self.form(num), self.form(den)), fmpq(c), num, den))
        return found

    # -- exp and log --------------------------------------------------------------------------------

    def exp(self, u: Quotient) -> Quotient:
        """exp of a sum is a product, and exp(c*log|p|) = |p|**c."""
        result = self.const(1)
        for key, c, num, den in self.terms(u):
            alone = self.single(num) if den.is_one() else None
            if alone is not None and alone.key[0] == "log":
                result = result * self.magnitude(alone.argument, c)
                continue
            unit, count = self.multiple(("exp", key), c)
            ball = partial(_scaled, arb.exp, unit)
            made, new = self.atom(("exp", key, unit), POSITIVE, (num, den), None, ball)
            if new and den.is_one():
                self.note(self.gen(made) - 1 - num * unit, NONNEGATIVE)
            self.exponents[made.index] = Quotient(self, num * unit, den)
            result = result * self.poly(self.gen(made)) ** count
        return result

    def log(self, u: Quotient) -> Quotient:
        """log|u|, u nowhere 0, is the sum over the factors of u; log(exp(v)) = v."""
        result = self.const(0)
        for p, e in self.factors(u):
            result = result + self.const(e) * self._log(p)
        return result

    def _log(self, p: Poly) -> Quotient:
        alone = self.single(p)
        if alone is not None and alone.index in self.exponents:
            return self.exponents[alone.index]
        if alone is not None and alone.key[0] in ("abs", "root"):
            inner = self.log(self.poly(alone.argument))
            return inner / (alone.relation[0] if alone.key[0] == "root" and alone.relation else 1)
        made, new = self.atom(("log", self.form(p)), ANY, (p,), None, lambda v: abs(v[0]).log())
        if new and self.sign(p) == POSITIVE:
            self.note(p - 1 - self.gen(made), NONNEGATIVE)
        return self.poly(self.gen(made))

    def factors(self, u: Quotient) -> list[tuple[Poly, fmpq]]:
        """|u| as a product of powers of |p|: irreducible polynomials and primes."""
        found: list[tuple[Poly, fmpq]] = []
        for p, sign in ((u.num, 1), (u.den, -1)):
            content, parts = self.factored(p)
            for whole, s in ((abs(fmpz(content.p)), sign), (fmpz(content.q), -sign)):
                split = [] if whole == 1 else whole.factor() if whole.bit_length() <= 96 else [(whole, 1)]
                found += [(self.ctx.constant(prime), fmpq(s * int(n))) for prime, n in split]
            found += [(f, fmpq(sign * n)) for f, n in parts]
        return found

    # -- absolute values and powers -----------------------------------------------------------------

    def abs(self, u: Quotient) -> Quotient:
        """|u| = u or -u where its sign is known, else the product over its factors."""
        m = self.of(u)
        if not m & NEGATIVE:
            return u
        if not m & POSITIVE:
            return -u
        self.needed(u.num)
        result = self.const(1)
        for p, e in self.factors(u):
            result = result * self.magnitude(p, e)
        return result

    def magnitude(self, p: Poly, c: fmpq) -> Quotient:
        """|p|**c for an irreducible polynomial or a prime p, nowhere 0 where c < 0."""
        alone = self.single(p)
        if alone is not None and alone.index in self.exponents:
            return self.exp(self.const(c) * self.exponents[alone.index])
        if c.q == 1 and int(c.p) % 2 == 0:
            return self.poly(p) ** int(c.p)
        return self.root(self._absolute(p), c)

    def _absolute(self, p: Poly) -> Poly:
        m = self.sign(p)
        if not m & NEGATIVE:
            return p
        if not m & POSITIVE:
            return -p
        self.needed(p)
        made, new = self.atom(("abs", self.form(p)), NONNEGATIVE, (p,), (2, self.reduce(p * p)), lambda v: abs(v[0]))
        a = self.gen(made)
        for q in (a - p, a + p) if new else ():  # |p| >= p and |p| >= -p
            self.note(q, NONNEGATIVE)
        return a

    def root(self, m: Poly, c: fmpq) -> Quotient:
        """m**c for m >= 0 (m > 0 where c < 0)."""
        alone = self.single(m)
        if alone is not None and alone.key[0] == "root" and alone.relation:
            return self.root(alone.argument, c / alone.relation[0])
        if c.q == 1 and ("root", self.form(m)) not in self.basis:
            return self.poly(m) ** int(c.p)
        unit, count = self.multiple(("root", self.form(m)), c, root=True)
        k = int(unit.q)
        if k == 1:
            return self.poly(m) ** count
        sign = POSITIVE if self.sign(m) == POSITIVE else NONNEGATIVE
        made, _ = self.atom(("root", self.form(m), k), sign, (m,), (k, m), lambda v: v[0].root(k))
        return self.poly(self.gen(made)) ** count

    def power(self, u: Quotient, c: fmpq) -> Quotient:
        """u**c, c no whole number, u >= 0 (u > 0 where c < 0): the product over the factors of u. Those of unknown sign stay
        together under one root, which is shown not to be negative."""
        if u.num == 0:
            return u
        result, together, flip = self.const(1), self.one_poly, 1
        for p in (u.num, u.den):
            flip *= 1 if self.factored(p)[0] > 0 else -1
        for p, e in self.factors(u):
            m = self.sign(p)
            odd = int(e.p) % 2 == 1
            if not odd or not m & NEGATIVE or not m & POSITIVE:
                flip *= -1 if odd and m & NEGATIVE else 1
                result = result * self.magnitude(p, e * c)
            else:
                together = self.times(together, p)
                result = result * (self.magnitude(p, (e - 1) * c) if e != 1 else 1)
        together = together * flip
        if together.is_constant():
            if together != 1:
                raise Unknown("a root of what is not positive")
            return result
        if self.sign(together) & NEGATIVE:
            self.needed(u.num)
            raise Unknown("the sign under a root is not known")
        return result * self.root(together, c)

    # -- whole numbers --------------------------------------------------------------------------------

    def floor(self, u: Quotient) -> Quotient:
        """floor(u + k) = floor(u) + k for whole k, and floor(u) <= u < floor(u) + 1."""
        terms = [(c, num, {a.key[0] for a in self.used(num)}) for _, c, num, den in self.terms(u) if den.is_one()]
        whole = (num * fmpq(c.floor()) for c, num, of in terms if not of or (c.q == 1 and of == {"floor"}))
        outside = self.poly(sum(whole, self.ctx.constant(0)))
        inside = u - outside
        if inside.constant is not None:
            return outside
        key, of = ("floor", *inside.key), (inside.num, inside.den)
        made, new = self.atom(key, ANY, of, None, lambda v: (v[0] / v[1]).floor())
        g = self.gen(made)
        for p, m in ((of[0] - g, NONNEGATIVE), (g + 1 - of[0], POSITIVE)) if new and of[1].is_one() else ():
            self.note(p, m)
        return outside + self.poly(g)

    # -- odd functions and angles ---------------------------------------------------------------------

    def probit_odds(self, u: Quotient) -> Quotient:
        """Of positive u: odd in its logarithm, and what erf takes to (u - 1)/(u + 1), over sqrt(2)."""
        spread = (u - 1) / (u + 1)
        if spread.num == 0:
            return spread
        if (found := self._signed(spread, "erf")) is not None:
            a, flip = found
            return Quotient(self, a.of[0], a.of[1]) * flip * self.power(self.const(2), fmpq(1, 2))
        turned = self.const(1) / u
        flip = -1 if repr(turned.key) < repr(u.key) else 1
        v = turned if flip < 0 else u
        made, _ = self.atom(("probit_odds", *v.key), ANY, (v.num, v.den), None, _quantile)
        return self.poly(self.gen(made)) * flip

    def _signed(self, u: Quotient, name: str) -> tuple[Atom, int] | None:
        """The atom that u is, or minus u, if it is of this name, and the sign."""
        for flip in (1, -1) if u.den.is_one() else ():
            a = self.single(u.num * flip)
            if a is not None and a.key[0] == name:
                return a, flip
        return None

    def erf(self, u: Quotient) -> Quotient:
        """Odd, between -1 and 1; of a quantile over sqrt(2) it is the probability, as 2*p - 1."""
        if (found := self._signed(u * self.power(self.const(2), fmpq(1, 2)), "probit_odds")) is not None:
            a, flip = found
            v = Quotient(self, a.of[0], a.of[1])
            return (v - 1) / (v + 1) * flip
        return self._odd("erf", u, partial(_scaled, arb.erf, fmpq(1)), 1)

    def atan(self, u: Quotient) -> Quotient:
        """Odd, between -2 and 2."""
        return self._odd("atan", u, partial(_scaled, arb.atan, fmpq(1)), 2)

    def _odd(self, name: str, u: Quotient, value: Callable[[list[arb]], arb], most: int) -> Quotient:
        if u.num == 0:
            return u
        flip = -1 if u.num.leading_coefficient() < 0 else 1
        num = u.num * flip
        m = self.of(Quotient(self, num, u.den))
        made, new = self.atom((name, self.form(num), self.form(u.den)), m, (num, u.den), None, value)
        a = self.gen(made)
        for q in (most - a, most + a) if new else ():
            self.note(q, POSITIVE)
        return self.poly(a) * flip

    def sin(self, u: Quotient) -> Quotient:
        return self._angle(u)[1]

    def cos(self, u: Quotient) -> Quotient:
        return self._angle(u)[0]

    def _angle(self, u: Quotient) -> tuple[Quotient, Quotient]:
        """cos(u) and sin(u), term by term of u."""
        cos, sin = self.const(1), self.const(0)
        for key, c, num, den in self.terms(u):
            x, y = self._multiple(key, c, num, den)
            cos, sin = cos * x - sin * y, sin * x + cos * y
        return cos, sin

    def _multiple(self, key: Key, c: fmpq, num: Poly, den: Poly) -> tuple[Quotient, Quotient]:
        alone = self.single(num)
        if den.is_one() and alone is not None and alone.key == ("pi",) and (known := self._turned(c)) is not None:
            return known
        unit, count = self.multiple(("angle", key), c)
        if abs(count) > MAX_ANGLE:
            raise Rejected(f"the {abs(count)}-fold of an angle")
        cos, new = self.atom(("cos", key, unit), ANY, (num, den), None, partial(_scaled, arb.cos, unit))
        x = self.gen(cos)
        sin, _ = self.atom(("sin", key, unit), ANY, (num, den), (2, 1 - x * x), partial(_scaled, arb.sin, unit))
        y = self.gen(sin)
        for p in (1 - x, 1 + x, 1 - y, 1 + y) if new else ():
            self.note(p, NONNEGATIVE)
        c1, s1 = self.poly(x), self.poly(y if count > 0 else -y)
        made = self.const(1), self.const(0)
        for _ in range(abs(count)):
            made = made[0] * c1 - made[1] * s1, made[1] * c1 + made[0] * s1
        return made

    def _turned(self, c: fmpq) -> tuple[Quotient, Quotient] | None:
        """cos and sin of c*pi, c a multiple of 1/4 or of 1/6: a quarter turn swaps them."""
        quarters = int((2 * c).floor())
        squares = {fmpq(0): (4, 0), fmpq(1, 6): (3, 1), fmpq(1, 4): (2, 2), fmpq(1, 3): (1, 3)}.get(
            c - fmpq(quarters, 2)
        )
        if squares is None:
            return None
        x, y = (self.power(self.const(fmpq(s, 4)), fmpq(1, 2)) if s else self.const(0) for s in squares)
        for _ in range(quarters % 4):
            x, y = -y, x
        return x, y


def _quantile(of: list[arb]) -> arb:
    """The number z with Phi(z) = u/(1 + u), u = num/den, on balls."""
    return arb(2).sqrt() * ((of[0] - of[1]) / (of[0] + of[1])).erfinv()


def _scaled(f: Callable[[arb], arb], unit: fmpq, of: list[arb]) -> arb:
    """f(unit*num/den) on balls."""
    return f(arb(unit) * of[0] / of[1])
