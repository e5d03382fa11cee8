"""Exponentials, logarithms, powers and what is made of them, as kernels.

A rule turns the normal forms of the arguments into the normal form of the value, and is right wherever the function
has a value: ``log(u)`` may use ``u > 0``. So logarithms split as ``log|p*q| = log|p| + log|q|`` and roots as powers of
``|p|`` without further conditions. Exponentials are kept over a basis of exponents: ``exp(x/2)``, ``exp(x)`` and ``exp(x + y)``
become powers of ``exp(x/2)`` and ``exp(y)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from derive.engine.algebra.normal import Normal, NoValue, Value, rule
from derive.engine.algebra.polynomials import Kernel, Key, Poly, Quotient
from derive.engine.algebra.signs import NEGATIVE, NONNEGATIVE, POSITIVE, ZERO
from derive.expr.graph import Node
from derive.flint import fmpq, fmpq_mpoly, fmpz

MAX_PRIME_BITS = 96  # numbers up to this size are split into primes

Term = tuple[Key, fmpq, Poly, Poly]


def terms(nf: Normal, u: Quotient) -> Iterator[Term]:
    """u as a sum over Q of basis elements num/den: (key, coefficient, num, den)."""
    ring = nf.ring
    whole, rest = (u.num, ring.zero_poly) if u.den.is_one() else divmod(u.num, u.den)
    for part, den in ((whole, ring.one_poly), (rest, u.den)):
        for e, c in part.terms():
            num = fmpq_mpoly({e: 1}, ring.ctx)
            yield (ring.key(num), ring.key(den)), c, num, den


# -- exponential and what is made of it ------------------------------------------------------------


def exponential(nf: Normal, u: Quotient) -> Quotient:
    """exp(u): a product of powers of kernels exp(num/den/scale), and |p|**c for what is c*log|p| in u."""
    ring = nf.ring
    result = ring.one
    for key, c, num, den in terms(nf, u):
        log = _single(nf, num, "log") if den.is_one() else None
        if log is not None:  # exp(c*log|p|) = |p|**c
            result = ring.mul(result, abs_power(nf, log.parts[0], c))
            continue
        unit = ring.unit(("exp", *key), c)
        scale = 1 / unit
        base = ring.kernel(
            ("exp", *key, scale),
            call(nf, "exp", num, den, scale),
            ring.free(num, den),
            (num, den, ring.ctx.constant(scale)),
        )
        result = ring.mul(result, ring.power(ring.poly(ring.gen(base)), int(c / unit)))
    return result


def call(nf: Normal, op: str, num: Poly, den: Poly, scale: int | fmpq) -> Callable[[], Node]:
    """How exp(num/den/scale), sin(...) is written."""
    ring, g = nf.ring, nf.ring.graph
    below = g.const(Fraction(int(scale.p), int(scale.q)) if isinstance(scale, fmpq) else scale)
    return lambda: g.call(op, g.div(g.div(ring.node(num), ring.node(den)), below))


def _single(nf: Normal, p: Poly, *kinds: str) -> Kernel | None:
    """The kernel that a polynomial consists of, if it is one of these kinds."""
    if len(p) != 1 or p.total_degree() != 1 or p.leading_coefficient() != 1:
        return None
    k = nf.ring.used(p)[0]
    return k if k.kind in kinds else None


@rule("exp")
def _exp(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    return exponential(nf, args[0])


@rule("sigmoid")
def _sigmoid(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    e = exponential(nf, args[0])
    return nf.ring.div(e, nf.ring.add(e, nf.ring.one))


@rule("tanh")
def _tanh(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    ring = nf.ring
    e = exponential(nf, ring.add(args[0], args[0]))
    return ring.div(ring.sub(e, ring.one), ring.add(e, ring.one))


# -- logarithm -------------------------------------------------------------------------------------


@rule("log")
def _log(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    u = args[0]
    if not nf.signs.of(u) & POSITIVE:
        raise NoValue
    nf.need(n, u, POSITIVE)
    return log_abs(nf, u)


@rule("log1p")
def _log1p(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    u = nf.ring.add(args[0], nf.ring.one)
    if not nf.signs.of(u) & POSITIVE:
        raise NoValue
    nf.need(n, u, POSITIVE)
    return log_abs(nf, u)


@rule("expm1")
def _expm1(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    return nf.ring.sub(exponential(nf, args[0]), nf.ring.one)


@rule("logaddexp")
def _logaddexp(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    return log_abs(nf, nf.ring.add(*(exponential(nf, a) for a in args)))


@rule("Phi")
def _phi(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    """(1 + erf(x/sqrt(2)))/2, by the kernel of erf, which is odd."""
    ring = nf.ring
    scaled = ring.mul(args[0], rational_constant(nf, fmpq(1, 2)))
    return half(nf, ring.add(ring.one, error_function(nf, scaled)))


@rule("atan")
def _atan(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    return _odd(nf, args[0], n.op)


@rule("erf")
def _erf(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    return error_function(nf, args[0])


def error_function(nf: Normal, v: Quotient) -> Quotient:
    """erf(v): odd; of a quantile over sqrt(2) it is the probability, as 2*p - 1."""
    ring = nf.ring
    if (found := _signed(nf, ring.mul(v, rational_constant(nf, fmpq(2))), "probit_odds")) is not None:
        k, sign = found
        u = Quotient(*k.parts)
        return ring.mul(ring.const(sign), ring.div(ring.sub(u, ring.one), ring.add(u, ring.one)))
    return _odd(nf, v, "erf")


@rule("probit_odds")
def _probit_odds(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    """Odd in the logarithm of u; where u/(1 + u) is (1 + erf(v))/2, it is sqrt(2)*v."""
    ring, u = nf.ring, args[0]
    if not nf.signs.of(u) & POSITIVE:
        raise NoValue
    nf.need(n, u, POSITIVE)
    spread = ring.div(ring.sub(u, ring.one), ring.add(u, ring.one))
    if spread.num == 0:
        return ring.zero
    if (found := _signed(nf, spread, "erf")) is not None:
        k, sign = found
        return ring.mul(ring.mul(ring.const(sign), rational_constant(nf, fmpq(2))), Quotient(*k.parts))
    turned = ring.div(ring.one, u)
    sign = -1 if repr(ring.quotient_key(turned)) < repr(ring.quotient_key(u)) else 1
    v = turned if sign < 0 else u
    kernel = ring.kernel(
        ("probit_odds", ring.quotient_key(v)),
        lambda: ring.graph.call("probit_odds", ring.quotient_node(v)),
        ring.free(v.num, v.den),
        (v.num, v.den),
    )
    return Quotient(ring.gen(kernel) * sign, ring.one_poly)


def _signed(nf: Normal, u: Quotient, kind: str) -> tuple[Kernel, int] | None:
    """The kernel that u is, or minus u, if it is of this kind, and the sign."""
    for sign in (1, -1) if u.den.is_one() else ():
        if (k := _single(nf, u.num * sign, kind)) is not None:
            return k, sign
    return None


def rational_constant(nf: Normal, c: fmpq) -> Quotient:
    """The square root of a positive rational."""
    result = nf.ring.one
    for prime, e in primes(c):
        result = nf.ring.mul(result, abs_power(nf, nf.ring.ctx.constant(prime), fmpq(e, 2)))
    return result


def _odd(nf: Normal, u: Quotient, op: str) -> Quotient:
    """An odd function of u as a kernel."""
    ring = nf.ring
    if u.num == 0:
        return ring.zero
    sign = -1 if u.num.leading_coefficient() < 0 else 1
    v = Quotient(u.num * sign, u.den)
    kernel = ring.kernel(
        (op, ring.quotient_key(v)),
        lambda: ring.graph.call(op, ring.quotient_node(v)),
        ring.free(v.num, v.den),
        (v.num, v.den),
    )
    return Quotient(ring.gen(kernel) * sign, ring.one_poly)


def log_abs(nf: Normal, u: Quotient) -> Quotient:
    """log|u| as a sum over the factors of u."""
    ring = nf.ring
    result = ring.zero
    for p, e in factors(nf, u):
        result = ring.add(result, ring.mul(ring.const(e), _log_of_factor(nf, p)))
    return result


def _log_of_factor(nf: Normal, p: Poly) -> Quotient:
    ring = nf.ring
    k = _single(nf, p, "exp", "root", "abs")
    if k is None:
        kernel = ring.kernel(("log", ring.key(p)), _log_node(nf, p), ring.free(p), (p,))
        return ring.poly(ring.gen(kernel))
    if k.kind == "exp":
        num, den, scale = k.parts
        return ring.make(num, ring.times(den, scale))
    inner = log_abs(nf, ring.poly(k.parts[0]))
    return ring.mul(inner, ring.const(fmpq(1, k.relation[0]))) if k.kind == "root" and k.relation else inner


def _log_node(nf: Normal, p: Poly) -> Callable[[], Node]:
    g, known = nf.ring.graph, nf.signs.mask(p) == POSITIVE
    return lambda: g.call("log", nf.ring.node(p) if known else g.call("abs", nf.ring.node(p)))


def factors(nf: Normal, u: Quotient) -> list[tuple[Poly, fmpq]]:
    """|u| as powers of irreducible polynomials and primes, denominators with negative exponents."""
    ring = nf.ring
    out: list[tuple[Poly, fmpq]] = []
    for p, sign in ((u.num, 1), (u.den, -1)):
        content, parts = ring.factor(p)
        out += [(ring.ctx.constant(prime), fmpq(sign * e)) for prime, e in primes(abs(content))]
        out += [(f, fmpq(sign * int(e))) for f, e in parts]
    return out


def primes(c: fmpq) -> list[tuple[Any, int]]:
    """A positive rational as powers of primes; large numbers stay whole."""
    out: list[tuple[Any, int]] = []
    for number, sign in ((fmpz(c.p), 1), (fmpz(c.q), -1)):
        if number == 1:
            continue
        split = number.factor() if number.bit_length() <= MAX_PRIME_BITS else [(number, 1)]
        out += [(prime, sign * int(e)) for prime, e in split]
    return out


# -- absolute values and roots ---------------------------------------------------------------------


def absolute(nf: Normal, p: Poly) -> Poly:
    """|p| for an irreducible polynomial: p, -p or a kernel with |p|**2 = p**2."""
    ring = nf.ring
    m = nf.signs.mask(p)
    if not m & NEGATIVE:
        return p
    if not m & POSITIVE:
        return -p
    if nf.now is not None and nf.now.op in ("sqrt", "pow"):  # others ask for the sign of their argument
        nf.ask(nf.now, ring.node(p))
    kernel = ring.kernel(
        ("abs", ring.key(p)),
        lambda: ring.graph.call("abs", ring.node(p)),
        ring.free(p),
        (p,),
        (2, ring.times(p, p)),
        kinked=True,
    )
    return ring.gen(kernel)


def abs_power(nf: Normal, p: Poly, c: fmpq) -> Quotient:
    """|p|**c for an irreducible polynomial (or a prime) p."""
    ring = nf.ring
    if c.q == 1:
        n = int(c.p)
        if n % 2 == 0:
            return ring.power(ring.poly(p), n)
        return ring.mul(ring.poly(absolute(nf, p)), ring.power(ring.poly(p), n - 1))
    k = _single(nf, p, "exp", "root", "abs")
    if k is None:
        return _root(nf, p, absolute(nf, p), c)
    if k.kind == "exp":
        num, den, scale = k.parts
        return exponential(nf, ring.mul(ring.const(c), ring.make(num, ring.times(den, scale))))
    if k.kind == "root" and k.relation:
        c = c / k.relation[0]
        if k.key[1] == "whole":
            return _root(nf, k.parts[0], k.relation[1], c, "whole")
    return abs_power(nf, k.parts[0], c)


def _root(nf: Normal, p: Poly, value: Poly, c: fmpq, mode: str = "") -> Quotient:
    """value**c, value = |p| (or p itself, ``whole``, where it is known to be >= 0 only as a whole)."""
    ring = nf.ring
    key = ring.key(p)
    how = mode or ("+" if value == p else "-" if value == -p else "abs")
    scale = ring.scale(("root", key), int(c.q))
    if scale == 1:
        return ring.power(ring.poly(value), int(c.p))
    kernel = ring.kernel(
        ("root", how, key, scale),
        lambda: ring.graph.call("pow", ring.node(value), ring.graph.const(_inverse(scale))),
        ring.free(p),
        (p,),
        (scale, value),
    )
    return ring.power(ring.poly(ring.gen(kernel)), int(c * scale))


def _inverse(scale: int) -> Any:
    from fractions import Fraction

    return Fraction(1, scale)


def rational_power(nf: Normal, n: Node, u: Quotient, c: fmpq) -> Value:
    """u**c, c not an integer, where u >= 0: a product of powers of |p| over the factors p of u. Factors of odd
    multiplicity whose sign is not known stay together under one root."""
    ring = nf.ring
    if u.num == 0:
        if c < 0:
            raise NoValue
        return ring.zero
    side = nf.signs.of(u)
    if not side & (POSITIVE if c < 0 else NONNEGATIVE):
        raise NoValue
    nf.need(n, u, NONNEGATIVE if c > 0 else POSITIVE)
    result = ring.one
    together = ring.ctx.constant(1 if ring.factor(u.num)[0] * ring.factor(u.den)[0] > 0 else -1)
    for p, e in factors(nf, u):
        m = nf.signs.mask(p)
        odd = int(e) % 2
        if not odd or not m & NEGATIVE:
            result = ring.mul(result, abs_power(nf, p, e * c))
        elif not m & POSITIVE:
            result = ring.mul(result, abs_power(nf, p, e * c))
            together = -together
        else:
            result = ring.mul(result, abs_power(nf, p, (e - 1) * c))
            together = ring.times(together, p)
    if together == 1:
        return result
    if together.is_constant():  # u <= 0: a value only where it is zero
        nf.ask(n, n.args[0])
        return nf.atom(n)
    return ring.mul(result, _root(nf, together, together, c, "whole"))


@rule("sqrt")
def _sqrt(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    return rational_power(nf, n, args[0], fmpq(1, 2))


@rule("pow")
def _pow(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    """Powers other than whole constant ones, which are arithmetic."""
    u, v = args
    ring = nf.ring
    if v.den.is_one() and v.num.is_constant():
        return rational_power(nf, n, u, v.num.leading_coefficient())
    side = nf.signs.of(u)
    if side == POSITIVE:
        nf.need(n, u, POSITIVE)
        return exponential(nf, ring.mul(v, log_abs(nf, u)))
    if side == NEGATIVE and v.den.is_one():
        return _negative_base(nf, n, u, v)
    if side == ZERO:
        sign = nf.signs.of(v)
        if sign in (POSITIVE, ZERO):
            return ring.zero if sign == POSITIVE else ring.one
        if sign == NEGATIVE:
            raise NoValue
        nf.ask(n, n.args[1])
    else:
        nf.ask(n, n.args[0])
    made = nf.atom(n)
    nf.need_atom(n, made)
    return made


def _negative_base(nf: Normal, n: Node, u: Quotient, v: Quotient) -> Value:
    """u**v for u < 0: a value only where v is whole, |u|**v times its parity. Parities of sums are products where the
    monomials are known to be whole (as where another power needs it); parity**2 = 1."""
    ring = nf.ring
    constant, rest = fmpq(0), []
    for key, c, num, _ in terms(nf, v):
        if num.is_constant():
            constant = c
        else:
            rest.append((key, c, num))
    if constant.q != 1:  # the rest makes up for it, or there is no value; too rare to follow
        made = nf.atom(n)
        nf.need_atom(n, made)
        return made
    w = v.num - ring.ctx.constant(constant)
    sign = ring.const(-1 if int(constant.p) % 2 else 1)
    if all(key in nf.signs.whole and c.q == 1 for key, c, _ in rest):
        odd = [num for _, c, num in rest if int(c.p) % 2]
    else:
        odd = [w if w.leading_coefficient() > 0 else -w]
    for num in odd:
        kernel = ring.kernel(
            ("parity", ring.key(num)), _parity_node(nf, num), ring.free(num), (num,), (2, ring.one_poly), kinked=True
        )
        sign = ring.mul(sign, ring.poly(ring.gen(kernel)))
    alone = rest[0][0] if len(rest) == 1 and abs(rest[0][1]) == 1 else ring.key(w)
    nf.need_whole(n, alone)
    return ring.mul(sign, exponential(nf, ring.mul(v, log_abs(nf, u))))


def _parity_node(nf: Normal, p: Poly) -> Callable[[], Node]:
    g = nf.ring.graph
    return lambda: g.call("pow", g.const(-1), nf.ring.node(p))


def half(nf: Normal, x: Quotient) -> Quotient:
    """x/2."""
    return nf.ring.mul(x, nf.ring.const(fmpq(1, 2)))
