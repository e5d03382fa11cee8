"""What is known of signs: of kernels, of polynomials, under assumptions.

A sign is a mask of what is possible: POSITIVE, ZERO, NEGATIVE bits. Polynomials get theirs from the ranges of their
kernels, from known facts, from their factors, from discriminants of quadratics, and from linear arithmetic over monomials
(Fourier-Motzkin elimination: do the facts contradict the opposite sign?). Everything is exact; what can't be shown
stays possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from derive import flint
from derive.budget import spend
from derive.engine.algebra.between import between_ends, exponents, near_exp, span
from derive.engine.algebra.fourier_motzkin import (
    ABSURD,
    MAX_ROWS,
    Row,
    above_zero,
    common,
    contradictory,
    linear,
    rest,
    scaled,
)
from derive.engine.algebra.masks import (
    ANY,
    NEGATIVE,
    NONNEGATIVE,
    NONPOSITIVE,
    NONZERO,
    POSITIVE,
    ZERO,
    Mask,
    opposite,
    power,
    product,
    total,
)
from derive.engine.algebra.polynomials import Kernel, Key, Poly, Quotient, Ring
from derive.expr.operators import OPERATORS
from derive.flint import fmpq, fmpq_mpoly
from derive.numbers.forms import Form

__all__ = [
    "ANY",
    "NEGATIVE",
    "NONNEGATIVE",
    "NONPOSITIVE",
    "NONZERO",
    "POSITIVE",
    "ZERO",
    "Mask",
    "Signs",
    "opposite",
    "power",
    "product",
    "total",
]

MAX_MONOMIALS = 24
MAX_ROOTS = 60  # degree up to which real roots are isolated


class Signs:
    """Facts about a ring's polynomials."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.contradiction = False
        self._facts: dict[Form, Mask] = {}
        self._linear: list[Row] = []
        self._known: dict[Form, Mask] = {}
        self._compound: list[Poly] = []  # of several factors of unknown sign
        self.zeros: list[Poly] = []  # known to vanish
        self.whole: set[Key] = set()  # monomials known to be whole numbers

    def copy(self) -> Signs:
        twin = Signs(self.ring)
        twin.contradiction, twin._facts, twin._linear = self.contradiction, dict(self._facts), list(self._linear)
        twin._compound = list(self._compound)
        twin.zeros, twin.whole = list(self.zeros), set(self.whole)
        twin._known = dict(self._known)  # until more is learnt
        return twin

    # -- facts ------------------------------------------------------------------------------------

    def learn(self, x: Quotient, possible: Mask) -> None:
        """x has one of these signs (at points where it has a value)."""
        den = self.mask(x.den) & NONZERO
        if den in (POSITIVE, NEGATIVE):
            self.learn_poly(x.num, possible if den == POSITIVE else opposite(possible))
        elif possible in (NONZERO, ZERO):
            self.learn_poly(x.num, possible)
        else:
            self.learn_poly(self.ring.times(x.num, x.den), possible)

    def learn_poly(self, p: Poly, possible: Mask) -> None:
        before = self.mask(p)
        now = before & possible
        if not now:
            self.contradiction = True
        if now == before or p.is_constant():
            return
        self._known.clear()
        self._note(p, now)
        self._spread(p, now)
        for inner in self._without_abs(p, now):
            self.learn_poly(inner, now)
        if (gap := exponents(p, self.ring)) is not None:
            self.learn(gap, now)
        for other in list(self._compound):  # what is new of a factor may settle the others
            self._spread(other, self.mask(other))

    def _without_abs(self, p: Poly, now: Mask) -> list[Poly]:
        """What a bound on |u| says of u and -u: r - |u| > 0 gives r - u > 0 and r + u > 0."""
        if now not in (POSITIVE, NONNEGATIVE, NEGATIVE, NONPOSITIVE):
            return []
        found = []
        for k in self.ring.used(p):
            mine = tuple(int(i == k.index) for i in range(self.ring.room))
            c = dict(p.terms()).get(mine) if k.kind == "abs" and p.degrees()[k.index] == 1 else None
            alone = c is not None and all(not e[k.index] or tuple(e) == mine for e, _ in p.terms())
            if c is not None and alone and (c < 0) == bool(now & POSITIVE):
                rest = p - c * self.ring.gen(k)
                found += [rest + c * k.parts[0], rest - c * k.parts[0]]
        return found

    def _spread(self, p: Poly, now: Mask) -> None:
        """What the sign of p says of its factors."""
        content, factors = self.ring.factor(p)
        unknown = []
        rest = POSITIVE if content > 0 else NEGATIVE
        for f, n in factors:
            m = power(self.mask(f), n)
            if m in (POSITIVE, NEGATIVE):
                rest = product(rest, m)
            else:
                unknown.append((f, n))
        if len(unknown) > 1 and p not in self._compound:
            self._compound.append(p)
        if len(unknown) == 1 and unknown[0][0] != p:
            f, n = unknown[0]
            left = now if rest == POSITIVE else opposite(now)
            allowed = left if n % 2 else (left & ZERO) | (NONZERO if left & POSITIVE else 0)
            if allowed:
                self.learn_poly(f, allowed)
            else:
                self.contradiction = True
        elif not now & ZERO:  # no factor of something that is not zero is zero
            for f, _ in unknown:
                if f != p:
                    self.learn_poly(f, NONZERO)
        for k in self.ring.used(p):
            if p == self.ring.gen(k) and k.kind in ("abs", "root") and not now & ZERO:
                self.learn_poly(k.parts[0], NONZERO)

    def _note(self, p: Poly, m: Mask) -> None:
        monic = self.ring.form.monic(self.ring.form(p))
        self._facts[monic] = self._facts.get(monic, ANY) & (m if p.leading_coefficient() > 0 else opposite(m))
        row = linear(p)
        if m in (POSITIVE, NONNEGATIVE):
            self._linear.append((row, m == POSITIVE))
        elif m in (NEGATIVE, NONPOSITIVE):
            self._linear.append((scaled(row, fmpq(-1)), m == NEGATIVE))
        elif m == ZERO:
            self._linear += [(row, False), (scaled(row, fmpq(-1)), False)]
            self.zeros.append(p)

    # -- questions --------------------------------------------------------------------------------

    def of(self, x: Quotient) -> Mask:
        """The possible signs of a quotient where it has a value."""
        m = product(self.mask(x.num), self.mask(x.den) & NONZERO)
        if m in (POSITIVE, ZERO, NEGATIVE) or x.den.is_constant():
            return m
        return m & self.mask(self.ring.times(x.num, x.den))

    def mask(self, p: Poly) -> Mask:
        """The possible signs of a polynomial where its kernels have values."""
        if p.is_constant():
            c = p.leading_coefficient().p if p != 0 else 0
            return POSITIVE if c > 0 else NEGATIVE if c < 0 else ZERO
        spend(4 + len(p) * (2 + self.ring.room // 8), "signs of polynomials")  # for the key alone
        form = self.ring.form(p)
        found = self._known.get(form)
        if found is None:
            self._known[form] = ANY  # what a question about p may assume of p while it is answered
            try:
                found = self._known[form] = self._work_out(p)
            except Exception:
                self._known.pop(form, None)
                raise
        return found

    def _work_out(self, p: Poly) -> Mask:
        spend(600 + len(p) * (30 + self.ring.room), "signs of polynomials")
        m = self._simple(p)
        if m in (POSITIVE, ZERO, NEGATIVE):
            return m
        content, factors = self.ring.factor(p)
        whole = POSITIVE if content > 0 else NEGATIVE
        for f, n in factors:
            alone = len(factors) == 1 and n == 1
            whole = product(whole, power(self._irreducible(f, m if alone and content > 0 else ANY), n))
        m &= whole
        if m not in (POSITIVE, ZERO, NEGATIVE, 0) and len(factors) > 1:
            m = self._linear_arithmetic(p, m)
        return m

    def _simple(self, p: Poly) -> Mask:
        """By known facts, and term by term."""
        form = self.ring.form(p)
        fact = self._facts.get(self.ring.form.monic(form), ANY)
        m = fact if p.leading_coefficient().p > 0 else opposite(fact)
        if m in (POSITIVE, ZERO, NEGATIVE):
            return m
        if len(p) > 1:
            of = {i: self.kernel(self.ring.kernels[i]) for i in form.degrees}
            signs = []
            for e, c in form.terms.items():
                s = POSITIVE if c.p > 0 else NEGATIVE
                for i, n in e:
                    s = product(s, power(of[i], n))
                signs.append(s)
            m &= total(signs)
        elif len(used := self.ring.used(p)) == 1 and p == self.ring.gen(used[0]):
            m &= self.kernel(used[0])
        return m

    def _irreducible(self, f: Poly, m: Mask) -> Mask:
        m &= self._simple(f)
        if m not in (POSITIVE, ZERO, NEGATIVE):
            m &= self._quadratic(f) & self._one_variable(f)
            if (gap := exponents(f, self.ring)) is not None:
                m &= self.of(gap)
        if m not in (POSITIVE, ZERO, NEGATIVE, 0):
            m = self._linear_arithmetic(f, m)
        if m not in (POSITIVE, ZERO, NEGATIVE, 0):
            m &= between_ends(f, self.ring, self.mask, self._range)
        return m

    def kernel(self, k: Kernel) -> Mask:
        """The possible signs of a kernel."""
        fact = self._facts.get(self.ring.form(self.ring.gen(k)), ANY)
        match k.kind:
            case "exp" | "pi":
                return POSITIVE
            case "switch":
                return fact & NONNEGATIVE
            case "abs":
                return fact & (POSITIVE if not self.mask(k.parts[0]) & ZERO else NONNEGATIVE)
            case "root":
                return fact & (POSITIVE if not self.mask(k.parts[0]) & ZERO else NONNEGATIVE)
            case "floor":
                m = self.of(Quotient(*k.parts))
                return fact & (NEGATIVE if m == NEGATIVE else ANY if m & NEGATIVE else NONNEGATIVE)
            case "log" if fact == ANY and self.mask(k.parts[0]) == POSITIVE:  # log(u) has the sign of u - 1
                return self.mask(k.parts[0] - 1)
        o = OPERATORS.get(k.node.op)
        if o is not None and o.sign is not None and (s := o.sign(k.node)):
            return POSITIVE if s > 0 else NEGATIVE
        return fact

    def _quadratic(self, p: Poly) -> Mask:
        """A quadratic a*g**2 + b*g + c in a kernel g, by the sign of a and of its discriminant."""
        seen = ANY
        for k in self.ring.used(p):
            if p.degrees()[k.index] != 2 or k.relation:
                continue
            spend(len(p) * (4 + self.ring.room // 2), "signs of polynomials")
            parts: list[dict[tuple[int, ...], fmpq]] = [{}, {}, {}]
            for e, c in p.terms():
                parts[e[k.index]][(*e[: k.index], 0, *e[k.index + 1 :])] = c
            c, b, a = (fmpq_mpoly(d, self.ring.ctx) for d in parts)
            lead = self.mask(a)
            if lead in (NONNEGATIVE, NONPOSITIVE, POSITIVE, NEGATIVE):
                seen &= self._completed(a, b, c, NONNEGATIVE if lead & POSITIVE else NONPOSITIVE)
            if lead in (NONNEGATIVE, NONPOSITIVE) and seen == ANY and len(p) <= MAX_MONOMIALS:
                # where a is 0, so is b, as 4*a*c >= b**2; and there p is c
                flat = self.mask(c)
                if not flat & ~lead and not self.mask(4 * a * c - b * b) & NEGATIVE:
                    seen &= lead
            if lead not in (POSITIVE, NEGATIVE):
                continue
            bend = self.mask(4 * a * c - b * b)
            if bend == POSITIVE:
                return lead
            if bend in (NONNEGATIVE, ZERO):
                return (lead | ZERO) & seen
        return seen

    def _completed(self, a: Poly, b: Poly, c: Poly, lead: Mask) -> Mask:
        """a*g**2 + b*g + c as (2*a*g + b)**2/(4*a) + rest, where 4*a divides b**2: a form in which squares are split off."""
        square, left = divmod(self.ring.times(b, b), 4 * a)
        if left != 0 or product(self.mask(square), lead) & NEGATIVE:  # where a is 0 the square is b**2/(4*a)
            return ANY
        return total((lead, self.mask(c - square)))

    def _one_variable(self, p: Poly) -> Mask:
        """The signs of an irreducible polynomial in one kernel: exact isolation of its real roots, against what is known of
        the kernel's range."""
        used = self.ring.used(p)
        degree = p.total_degree()
        if len(used) != 1 or used[0].relation or not 2 < degree <= MAX_ROOTS:
            return ANY
        low, high = self._range(used[0])
        coefficients = [fmpq(0)] * (degree + 1)
        for e, c in p.terms():
            coefficients[e[used[0].index]] = c
        whole = flint.fmpq_poly(coefficients).numer()
        places = []
        for root, _ in whole.complex_roots():
            if root.imag.contains(0):
                x = root.real
                if (low is None or not x < low) and (high is None or not x > high):
                    places.append(x)
        if places:
            return ANY
        inside = fmpq(0) if low is None and high is None else low if low is not None else high
        value = flint.fmpq_poly(coefficients)(inside)
        return POSITIVE if value > 0 else NEGATIVE if value < 0 else ANY

    def _range(self, k: Kernel) -> tuple[fmpq | None, fmpq | None]:
        """Rational numbers between which a kernel is known to lie."""
        mine = (*(0,) * k.index, 1)
        rows = [row for row, _ in self._linear if set(row) <= {mine, ()}]
        if not self.kernel(k) & NEGATIVE:
            rows.append({mine: fmpq(1)})
        if not self.kernel(k) & POSITIVE:
            rows.append({mine: fmpq(-1)})
        low, high = self._of_exponent(k) if k.kind == "exp" else span(k.kind)
        for row in rows:
            c = row.get(mine, fmpq(0))
            edge = -row.get((), fmpq(0)) / c if c != 0 else None
            if edge is not None and c > 0 and (low is None or edge > low):
                low = edge
            if edge is not None and c < 0 and (high is None or edge < high):
                high = edge
        return low, high

    def _of_exponent(self, k: Kernel) -> tuple[fmpq | None, fmpq | None]:
        """Rational numbers on either side of exp(g/scale), by those of the kernel g."""
        num, den, scale = k.parts
        used = self.ring.used(num)
        if not den.is_one() or len(used) != 1 or num != self.ring.gen(used[0]) or used[0].kind == "exp":
            return None, None
        low, high = (None if e is None else near_exp(e / scale.leading_coefficient()) for e in self._range(used[0]))
        return None if low is None else low[0], None if high is None else high[1]

    def inequalities(self) -> list[tuple[Poly, bool]]:
        """What is known, as p > 0 (True) and p >= 0 (False): facts, and the signs of their kernels."""
        found: list[tuple[Poly, bool]] = []
        for fact in self._linear:
            row, strict = self._tightened(*fact)
            found.append((self.ring.combination(row), strict))
        for k in self.ring.used(*(p for p, _ in found)):
            m, g = self.kernel(k), self.ring.gen(k)
            if m in (POSITIVE, NONNEGATIVE):
                found.append((g, m == POSITIVE))
            elif m in (NEGATIVE, NONPOSITIVE):
                found.append((-g, m == NEGATIVE))
            found += self._bounds(k)
        return found

    def _bounds(self, k: Kernel) -> list[tuple[Poly, bool]]:
        """What a kernel lies between, beside its sign: p > 0 (True), p >= 0 (False)."""
        g = self.ring.gen(k)
        match k.kind:
            case "abs":  # |p| >= p, |p| >= -p
                return [(g - k.parts[0], False), (g + k.parts[0], False)]
            case "sin" | "cos" | "erf":
                return [(1 - g, k.kind == "erf"), (1 + g, k.kind == "erf")]
            case "floor" if k.parts[1].is_one():  # floor(p) <= p < floor(p) + 1
                p, others = k.parts[0], (o for o in self._floors() if o.parts[1].is_one())
                sums = ((self.ring.gen(o), p + o.parts[0]) for o in others)
                # floor(p) + floor(n - p) is floor(n), or floor(n) - 1
                return [
                    (p - g, False),
                    (g + 1 - p, True),
                    *((g + o - self._whole(n) + 1, False) for o, n in sums if n.is_constant()),
                ]
        return []

    # -- linear arithmetic ------------------------------------------------------------------------

    def _linear_arithmetic(self, p: Poly, m: Mask) -> Mask:
        """Drops from m the signs that the facts, linear in monomials, contradict."""
        row = self._reduced(linear(p))
        if len(row) > MAX_MONOMIALS:
            return m
        rows = self._about(row)
        if not rows:
            return m
        negative = scaled(row, fmpq(-1))
        step = self._step(row)
        trials = (
            (POSITIVE, [above_zero(row, step)]),
            (ZERO, [(row, False), (negative, False)] if not step or rest(row, step) == 0 else [ABSURD]),
            (NEGATIVE, [above_zero(negative, step)]),
        )
        for sign, hypothesis in trials:
            if m & sign and contradictory(rows + hypothesis):
                m &= ~sign
        return m

    def _step(self, row: dict[Key, fmpq]) -> fmpq:
        """What the values of a sum of whole numbers, each times a number, are apart; 0 where they may be any."""
        monomials = [mono for mono in row if mono]
        whole = monomials and all(map(self.is_whole, monomials))
        return reduce(common, (row[mono] for mono in monomials)) if whole else fmpq(0)

    def _whole(self, n: Poly) -> Poly:
        """The greatest whole number that is not above a number."""
        return self.ring.ctx.constant(fmpq(n.leading_coefficient() if n != 0 else 0).floor())

    def _floors(self) -> list[Kernel]:
        return [k for k in self.ring.kernels if k.kind == "floor"]

    def _tightened(self, row: dict[Key, fmpq], strict: bool) -> Row:
        """A fact; that a sum of whole numbers is above 0, as what that makes it at least."""
        if strict and self._floors() and (step := self._step(reduced := self._reduced(row))):
            return above_zero(reduced, step)
        return row, strict

    def _reduced(self, row: dict[Key, fmpq]) -> dict[Key, fmpq]:
        """A sum where the known equations hold, in terms of whole numbers as far as they say how."""
        for zero in map(linear, self.zeros) if self._floors() else ():
            mono = next((m for m in zero if m and m in row and not self.is_whole(m)), None)
            if mono is not None:
                by = row[mono] / zero[mono]
                sums = {m: row.get(m, fmpq(0)) - by * zero.get(m, fmpq(0)) for m in {**row, **zero}}
                row = {m: c for m, c in sums.items() if c != 0}
        return row

    def is_whole(self, mono: Iterable[int]) -> bool:
        """Whether a monomial (its exponents) is a whole number wherever it has a value."""
        return all(self.ring.kernels[i].kind == "floor" for i, n in enumerate(mono) if n)

    def _about(self, row: dict[Key, fmpq]) -> list[Row]:
        """The facts that bear on the monomials of a row, and the signs of these monomials."""
        seen = {mono for mono in row if mono}
        rows: list[Row] = []
        bounds = (
            b for k in self._floors() for b in self._bounds(k)
        )  # they lead on to facts of what they are the floor of
        waiting = [*(self._tightened(*fact) for fact in self._linear), *((linear(p), strict) for p, strict in bounds)]
        grown = True
        while grown and len(rows) < MAX_ROWS // 3:
            grown = False
            later = []
            for fact in waiting:
                if any(mono in seen for mono in fact[0] if mono):
                    rows.append(fact)
                    seen.update(mono for mono in fact[0] if mono)
                    grown = True
                else:
                    later.append(fact)
            waiting = later
        if len(seen) > MAX_MONOMIALS:
            return []
        for mono in sorted(seen):
            m = POSITIVE
            for i, n in enumerate(mono):
                if n:
                    k = self.ring.kernels[i]
                    m = product(m, power(self.kernel(k), n))
                    if sum(mono) == 1 and k.kind != "floor":
                        rows += [(linear(p), strict) for p, strict in self._bounds(k)]
            if sum(mono) > 1 and all(not n or self.ring.kernels[i].kind in ("sin", "cos") for i, n in enumerate(mono)):
                rows += [({mono: fmpq(s), (): fmpq(1)}, False) for s in (1, -1)]
            if m in (POSITIVE, NONNEGATIVE):
                rows.append(({mono: fmpq(1)}, m == POSITIVE))
            elif m in (NEGATIVE, NONPOSITIVE):
                rows.append(({mono: fmpq(-1)}, m == NEGATIVE))
        return rows
