"""The rules of functions: the one table of what is taken for granted of them.

``MEANINGS`` says what a function is in terms of simpler ones, ``BOUNDS`` what is known of its values; a row is read by the
checker over its field, and by the tests over Arb's balls and over SymPy. ``Functions`` applies the equations that
docs/certificates.md lists, with the conditions under which they are used; the tests hold each of these to Arb at random points
and to SymPy. Where a function lacks a value is not said here but in ``derive.numbers.definedness``: a law is used only where its
function has a value.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import gcd, lcm, prod
from typing import Any

from derive.errors import Rejected
from derive.flint import arb, fmpq, fmpz
from derive.numbers.rational_functions import Atom, Full, Key, Poly, Quotient, Relation, Value
from derive.proof.signs import ANY, NEGATIVE, NONNEGATIVE, POSITIVE, ZERO, Signs, opposite

MAX_ANGLE = 24  # multiples of an angle that are opened
MAX_LOGS = 6  # terms of a sum of logarithms that is a logarithm
MAX_UNIT = 5040  # multiples of one exponent that others are
Units = tuple[fmpq, ...]

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


#: What is known of the value a of a function of x, beside its sign (of a logarithm where x > 0): a difference and its sign.
BOUNDS: dict[str, tuple[tuple[Callable[[Any, Any], Any], int], ...]] = {
    "exp": ((lambda a, x: a - 1 - x, NONNEGATIVE),),
    "log": ((lambda a, x: x - 1 - a, NONNEGATIVE),),
    "abs": ((lambda a, x: a - x, NONNEGATIVE), (lambda a, x: a + x, NONNEGATIVE)),
    "cos": ((lambda a, x: 1 - a, NONNEGATIVE), (lambda a, x: 1 + a, NONNEGATIVE)),
    "sin": ((lambda a, x: 1 - a, NONNEGATIVE), (lambda a, x: 1 + a, NONNEGATIVE)),
    "erf": ((lambda a, x: 1 - a, POSITIVE), (lambda a, x: 1 + a, POSITIVE)),
    "atan": ((lambda a, x: 2 - a, POSITIVE), (lambda a, x: 2 + a, POSITIVE)),
    "floor": ((lambda a, x: x - a, NONNEGATIVE), (lambda a, x: a + 1 - x, POSITIVE)),
}


class Unknown(Exception):
    """A value isn't known: the sign of a polynomial was needed, or there is none."""


class Finer(Rejected):
    """Exponents that are no multiples of their unit: start again with these ``units``."""

    def __init__(self, units: Units) -> None:
        super().__init__("exponents that are no multiples of their unit")
        self.units = units


class Functions(Signs):
    """A field in which exp, log, abs, powers, sines and cosines are worked out by the laws.

    ``units``: of every basis element in the order in which they are met (u of exp(c*u), |p| of |p|**c, u of sin(c*u)), what all
    its exponents c are multiples of; 1 over the denominator of the first where none is known yet.
    """

    def __init__(self, room: int, units: Units = ()) -> None:
        super().__init__(room)
        self.units = units
        self.basis: dict[Key, tuple[int, fmpq]] = {}
        self.deep = self.curved = False  # whether a sign by signs of exponents is sought; whether there are any
        self.exponents: dict[int, Quotient] = {}  # of what the atoms that are exponentials are the exp

    # -- signs, by what functions are --------------------------------------------------------------

    def _sign(self, p: Poly) -> int:
        m = super()._sign(p)
        if m in (POSITIVE, ZERO, NEGATIVE) or self.deep:
            return m
        self.deep = True
        try:
            return m & self._by_exponent(p)
        except Full:
            raise
        except (Rejected, Unknown):
            return m
        finally:
            self.deep = False

    def _by_exponent(self, p: Poly) -> int:
        """p has the sign of exp(p) - 1, and exp(u) - exp(v) that of u - v; x > 0 is exp(log(x))."""
        if not self.curved:
            return ANY
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
            if count.q == 1 or both > 10**9:
                raise Rejected("exponents too far from each other")
            raise Finer(tuple(finer if i == n else u for i, u in self.basis.values()))
        return unit, int(count.p)

    def value(
        self,
        name: str,
        key: Key,
        of: tuple[Poly, ...],
        ball: Value,
        x: Any = None,
        sign: int = ANY,
        is_: Relation = None,
    ) -> Poly:
        """The atom that is a value of a function; once it is new, with what is known of it as one of x."""
        self.curved |= name in ("exp", "log")
        made, new = self.atom((name, *key), sign, of, is_, ball)
        a = self.gen(made)
        for bound, m in BOUNDS.get(name, ()) if new and x is not None else ():
            gap = bound(self.poly(a), x)
            if gap.den.is_one():
                self.note(gap.num, m)
        return a

    def terms(self, u: Quotient) -> list[tuple[Key, fmpq, Poly, Poly]]:
        """u as a sum of c*num/den: (key of num/den, c, num, den), num monomials."""
        whole, rest = (u.num, self.ctx.constant(0)) if u.den.is_one() else divmod(u.num, u.den)
        found = []
        for part, den in ((whole, self.one_poly), (rest, u.den)):
            for e, c in self.form(part).terms.items():
                num = prod((self.gens[i] ** n for i, n in e), start=self.one_poly)
                found.append(((self.form(num), self.form(den)), c, num, den))
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
            x = Quotient(self, num * unit, den)
            made = self.value("exp", (key, unit), (num, den), partial(_scaled, arb.exp, unit), x, POSITIVE)
            self.exponents[self.used(made)[0].index] = x
            result = result * self.poly(made) ** count
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
        x = self.poly(p) if self.sign(p) == POSITIVE else None
        return self.poly(self.value("log", (self.form(p),), (p,), lambda v: abs(v[0]).log(), x))

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
        m, result = self.of(u), self.const(1)
        if not m & NEGATIVE or not m & POSITIVE:
            return u if not m & NEGATIVE else -u
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
        if not m & NEGATIVE or not m & POSITIVE:
            return p if not m & NEGATIVE else -p
        square = 2, self.reduce(p * p)
        return self.value("abs", (self.form(p),), (p,), lambda v: abs(v[0]), self.poly(p), NONNEGATIVE, square)

    def root(self, m: Poly, c: fmpq) -> Quotient:
        """m**c for m >= 0 (m > 0 where c < 0)."""
        alone = self.single(m)
        if alone is not None and alone.key[0] == "root" and alone.relation:
            return self.root(alone.argument, c / alone.relation[0])
        if c.q == 1 and ("root", self.form(m)) not in self.basis:
            return self.poly(m) ** int(c.p)
        unit, count = self.multiple(("root", self.form(m)), c, root=True)
        k = int(unit.q)
        sign = POSITIVE if self.sign(m) == POSITIVE else NONNEGATIVE
        made = m if k == 1 else self.value("root", (self.form(m), k), (m,), lambda v: v[0].root(k), None, sign, (k, m))
        return self.poly(made) ** (count * int(unit.p))  # 1 over k, unless it was found for another key

    def power(self, u: Quotient, c: fmpq) -> Quotient:
        """u**c, c no whole number, u >= 0 (u > 0 where c < 0): the product over the factors of u. Those of unknown sign stay
        together under one root, which is shown not to be negative."""
        result, together = self.const(1), self.one_poly
        if u.num == 0:
            return u
        for p in (u.num, u.den):
            together = together * (1 if self.factored(p)[0] > 0 else -1)
        for p, e in self.factors(u):
            m = self.sign(p)
            odd = int(e.p) % 2 == 1
            if not odd or not m & NEGATIVE or not m & POSITIVE:
                together = together * (-1 if odd and m & NEGATIVE else 1)
                result = result * self.magnitude(p, e * c)
            else:
                together = self.times(together, p)
                result = result * (self.magnitude(p, (e - 1) * c) if e != 1 else 1)
        if self.sign(together) & NEGATIVE:
            raise Unknown("the sign under a root is not known")
        return result if together == 1 else result * self.root(together, c)

    # -- whole numbers --------------------------------------------------------------------------------

    def floor(self, u: Quotient) -> Quotient:
        """floor(u + k) = floor(u) + k for whole k."""
        terms = [(c, num, {a.key[0] for a in self.used(num)}) for _, c, num, den in self.terms(u) if den.is_one()]
        whole = (num * fmpq(c.floor()) for c, num, of in terms if not of or (c.q == 1 and of == {"floor"}))
        outside = self.poly(sum(whole, self.ctx.constant(0)))
        x = u - outside
        if x.constant is not None:
            return outside
        return outside + self.poly(self.value("floor", x.key, (x.num, x.den), lambda v: (v[0] / v[1]).floor(), x))

    # -- odd functions and angles ---------------------------------------------------------------------

    def erf(self, u: Quotient) -> Quotient:
        """Odd; of a quantile over sqrt(2) it is the probability, as 2*p - 1."""
        if (found := self._signed(u * self.power(self.const(2), fmpq(1, 2)), "probit_odds")) is not None:
            v = Quotient(self, *found[0].of)
            return (v - 1) / (v + 1) * found[1]
        return self._odd("erf", u)

    def atan(self, u: Quotient) -> Quotient:
        return self._odd("atan", u)

    def _odd(self, name: str, u: Quotient) -> Quotient:
        if u.num == 0:
            return u
        flip = -1 if u.num.leading_coefficient() < 0 else 1
        x = u * flip
        ball = partial(_scaled, getattr(arb, name), fmpq(1))
        return self.poly(self.value(name, x.key, (x.num, x.den), ball, x, self.of(x))) * flip

    def probit_odds(self, u: Quotient) -> Quotient:
        """Of positive u: odd in its logarithm, and what erf takes to (u - 1)/(u + 1), over sqrt(2)."""
        spread = (u - 1) / (u + 1)
        if spread.num == 0:
            return spread
        if (found := self._signed(spread, "erf")) is not None:
            return Quotient(self, *found[0].of) * found[1] * self.power(self.const(2), fmpq(1, 2))
        turned = self.const(1) / u
        one, other = ([list(form.terms.items()) for form in v.key] for v in (turned, u))
        flip = -1 if one < other else 1
        v = turned if flip < 0 else u
        return self.poly(self.value("probit_odds", v.key, (v.num, v.den), _quantile)) * flip

    def _signed(self, u: Quotient, name: str) -> tuple[Atom, int] | None:
        """The atom that u is, or minus u, if it is of this name, and the sign."""
        for flip in (1, -1) if u.den.is_one() else ():
            a = self.single(u.num * flip)
            if a is not None and a.key[0] == name:
                return a, flip
        return None

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
        of, u = (num, den), Quotient(self, num * unit, den)
        x = self.value("cos", (key, unit), of, partial(_scaled, arb.cos, unit), u)
        y = self.value("sin", (key, unit), of, partial(_scaled, arb.sin, unit), u, ANY, (2, 1 - x * x))
        c1, s1 = self.poly(x), self.poly(y if count > 0 else -y)
        made = self.const(1), self.const(0)
        for _ in range(abs(count)):
            made = made[0] * c1 - made[1] * s1, made[1] * c1 + made[0] * s1
        return made

    def _turned(self, c: fmpq) -> tuple[Quotient, Quotient] | None:
        """cos and sin of c*pi, c a multiple of 1/4 or of 1/6: a quarter turn swaps them."""
        quarters = int((2 * c).floor())
        squares = {fmpq(0): (4, 0), fmpq(1, 6): (3, 1), fmpq(1, 4): (2, 2), fmpq(1, 3): (1, 3)}
        if (rest := c - fmpq(quarters, 2)) not in squares:
            return None
        x, y = (self.power(self.const(fmpq(s, 4)), fmpq(1, 2)) for s in squares[rest])
        for _ in range(quarters % 4):
            x, y = -y, x
        return x, y


def _quantile(of: list[arb]) -> arb:
    """The number z with Phi(z) = u/(1 + u), u = num/den, on balls."""
    return arb(2).sqrt() * ((of[0] - of[1]) / (of[0] + of[1])).erfinv()


def _scaled(f: Callable[[arb], arb], unit: fmpq, of: list[arb]) -> arb:
    """f(unit*num/den) on balls."""
    return f(arb(unit) * of[0] / of[1])
