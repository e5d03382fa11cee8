"""Functions opened into kernels: one rule a function. To teach the prover a function, add a rule.

A rule turns the normal forms of the arguments into the normal form of the value, and is right wherever the function
has a value: ``log(u)`` may use ``u > 0``. So logarithms split as ``log|p*q| = log|p| + log|q|`` and roots as powers of
``|p|`` without further conditions. Exponentials and angles are kept over a basis of exponents: ``exp(x/2)``, ``exp(x)``
and ``exp(x + y)`` become powers of ``exp(x/2)`` and ``exp(y)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial, reduce
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpz

from derive.engine.algebra.normal import BY_MASK, NOTHING, Normal, NoValue, Value, rule
from derive.engine.algebra.polynomials import Kernel, Key, Poly, Quotient, Unwieldy
from derive.engine.algebra.signs import NEGATIVE, NONNEGATIVE, POSITIVE, ZERO
from derive.expr.graph import Node

MAX_NESTED = 3  # operands of max up to which it is written by absolute values
MAX_ANGLE = 24  # multiples of an angle that are opened
MAX_FACTORIAL = 60  # whose lgamma is written by logarithms of primes
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
            _call(nf, "exp", num, den, scale),
            ring.free(num, den),
            (num, den, ring.ctx.constant(scale)),
        )
        result = ring.mul(result, ring.power(ring.poly(ring.gen(base)), int(c / unit)))
    return result


def _call(nf: Normal, op: str, num: Poly, den: Poly, scale: int | fmpq) -> Callable[[], Node]:
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


@rule("lgamma")
def _lgamma(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    """Of a small whole number the logarithm of a factorial."""
    u = args[0]
    if u.den.is_one() and u.num.is_constant():
        c = u.num.leading_coefficient() if u.num != 0 else fmpq(0)
        if c.q == 1 and 0 < c.p <= MAX_FACTORIAL:
            return log_abs(nf, nf.ring.const(fmpq(fmpz.fac_ui(int(c.p) - 1))))
    return nf.opaque(n, args)


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
    half = rational_constant(nf, fmpq(1, 2))
    return _half(nf, ring.add(ring.one, _odd(nf, ring.mul(args[0], half), "erf")))


@rule("erf", "atan")
def _erf(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    return _odd(nf, args[0], n.op)


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
        (op, ring.quotient_key(v)), lambda: ring.graph.call(op, ring.quotient_node(v)), ring.free(v.num, v.den)
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


# -- kinks -----------------------------------------------------------------------------------------


def magnitude(nf: Normal, n: Node, u: Quotient, s: Node) -> Quotient:
    """|u|; asks for the sign of s, the node of u, where it is not known."""
    m = nf.signs.of(u)
    if not m & NEGATIVE:
        return u
    if not m & POSITIVE:
        return nf.ring.neg(u)
    nf.ask(n, s)
    result = nf.ring.one
    for p, e in factors(nf, u):
        result = nf.ring.mul(result, abs_power(nf, p, e))
    return result


@rule("abs")
def _abs(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    return magnitude(nf, n, args[0], n.args[0])


@rule("relu")
def _relu(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    return _half(nf, nf.ring.add(args[0], magnitude(nf, n, args[0], n.args[0])))


@rule("max", "min")
def _extreme(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    ring = nf.ring
    if len(operands := _operands(n)) > MAX_NESTED:
        return _greatest(nf, n, operands)
    gap = magnitude(nf, n, ring.sub(*args), n.graph.sub(*n.args))
    middle = ring.add(*args)
    return _half(nf, ring.add(middle, gap) if n.op == "max" else ring.sub(middle, gap))


def _operands(n: Node) -> list[Node]:
    """What nested max (or min) range over, definitions looked through."""
    found: dict[Node, None] = {}
    seen: set[Node] = set()
    work = list(n.args)
    while work:
        m = work.pop()
        if m in seen:
            continue
        seen.add(m)
        if m.op in (n.op, "def"):
            work.extend(m.args)
        else:
            found[m] = None
    return list(found)


def _greatest(nf: Normal, n: Node, operands: Sequence[Node]) -> Quotient:
    """The greatest of many as one kernel, whatever their order; min is -max of the negatives. What another is certainly
    not below is left out."""
    ring = nf.ring
    nf.follow(n, *operands)
    values = [nf.values[m] if n.op == "max" else ring.neg(nf.values[m]) for m in operands]
    left = list({ring.quotient_key(v): v for v in values}.values())
    for v in list(left):
        if any(w is not v and not nf.signs.of(ring.sub(v, w)) & POSITIVE for w in left):
            left.remove(v)
    if len(left) == 1:
        value = left[0]
    elif len(left) == 2:
        gap = ring.sub(*left)
        value = _half(nf, ring.add(ring.add(*left), magnitude(nf, n, gap, ring.quotient_node(gap))))
    else:
        left, shift, factor = _reduced(nf, left)
        left.sort(key=lambda v: repr(ring.quotient_key(v)))
        nf.ask(n, ring.quotient_node(ring.sub(left[0], left[1])))
        key = ("max", *(ring.quotient_key(v) for v in left))
        free = ring.free(*(p for v in left for p in (v.num, v.den)))
        made = partial(_written_max, nf, left)
        value = ring.poly(ring.gen(ring.kernel(key, made, free, kinked=True)))
        value = ring.add(shift, ring.mul(factor, value))
    return value if n.op == "max" else ring.neg(value)


def _reduced(nf: Normal, values: list[Quotient]) -> tuple[list[Quotient], Quotient, Quotient]:
    """Values less the terms that all have, over a positive factor that all have: max(v + c) = c + max(v)."""
    ring = nf.ring
    if not all(v.den.is_one() for v in values):
        return values, ring.zero, ring.one
    terms_of = [dict(v.num.terms()) for v in values]
    common = {e: c for e, c in terms_of[0].items() if all(t.get(e) == c for t in terms_of)}
    shift = fmpq_mpoly(common, ring.ctx)
    nums = [v.num - shift for v in values]
    factor = reduce(lambda p, q: p.gcd(q), nums)
    if factor.is_zero() or nf.signs.mask(factor) != POSITIVE:
        factor = ring.one_poly
    return [ring.poly(p // factor) for p in nums], ring.poly(shift), ring.poly(factor)


def _written_max(nf: Normal, values: Sequence[Quotient]) -> Node:
    return reduce(lambda a, b: nf.ring.graph.call("max", a, b), map(nf.ring.quotient_node, values))


def _half(nf: Normal, x: Quotient) -> Quotient:
    return nf.ring.mul(x, nf.ring.const(fmpq(1, 2)))


@rule("sign")
def _sign(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    u = args[0]
    m = nf.signs.of(u)
    if m in (POSITIVE, ZERO, NEGATIVE):
        return nf.ring.const({POSITIVE: 1, ZERO: 0, NEGATIVE: -1}[m])
    nf.ask(n, n.args[0])
    return nf.atom(n)


@rule("floor")
def _floor(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    """floor(u + k) = floor(u) + k for whole k; floor(u) = k for k <= u < k + 1."""
    ring = nf.ring
    outside, inside = ring.zero, ring.zero
    for key, c, num, den in terms(nf, args[0]):
        term = ring.mul(ring.const(c), ring.make(num, den))
        if num.is_constant() and den.is_one():
            outside = ring.add(outside, ring.const(fmpq(c.floor())))
            inside = ring.add(inside, ring.const(c - c.floor()))
        elif c.q == 1 and den.is_one() and (key in nf.signs.whole or nf.signs.is_whole(next(iter(num.monoms())))):
            outside = ring.add(outside, term)
        else:
            inside = ring.add(inside, term)
    for k in (0, -1):  # a quotient is less by 1 where it was divided out
        low = ring.sub(inside, ring.const(fmpq(k)))
        if not nf.signs.of(low) & NEGATIVE and nf.signs.of(ring.sub(ring.one, low)) == POSITIVE:
            return ring.add(outside, ring.const(fmpq(k)))
    kernel = ring.kernel(
        ("floor", ring.quotient_key(inside)),
        lambda: ring.graph.call("floor", ring.quotient_node(inside)),
        ring.free(inside.num, inside.den),
        (inside.num, inside.den),
        kinked=True,
    )
    return ring.add(outside, ring.poly(ring.gen(kernel)))


@rule("where")
def _where(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    condition, yes, no = args
    if condition is NOTHING:
        return NOTHING
    if condition is not None:
        nf.follow(n, n.args[0], n.args[1] if condition else n.args[2])
        return yes if condition else no
    made = nf.atom(n)
    if any(nf.needs.get(m) for branch in n.args[1:] for m in nf.reach(branch)) or NOTHING in args:
        nf.need_atom(n, made, n.args[0])
    nf.follow(n, n.args[0])
    return made


@rule("select")
def _select(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    s, p, q = args
    if s is NOTHING:
        return NOTHING
    side = nf.signs.of(s)
    if side == ZERO:
        group, flipped = nf.groups.get(n, (("select", n.id), False))
        nf.vanished[n] = group
        return q if nf.sides.get(group, True) == flipped else p
    if side in (POSITIVE, NEGATIVE):
        taken = 1 if side == POSITIVE else 2
        nf.follow(n, n.args[0], n.args[taken])
        return args[taken]
    nf.ask(n, n.args[0])
    nf.follow(n, n.args[0])
    made = nf.atom(n)
    nf.need_atom(n, made)
    return made


# -- conditions ------------------------------------------------------------------------------------


@rule(*BY_MASK)
def _compare(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    m = nf.signs.of(nf.ring.sub(*args))
    true, false = BY_MASK[n.op]
    if not m & ~true:
        return True
    if not m & ~false:
        return False
    nf.ask(n, n.graph.sub(*n.args))
    return None


@rule("not")
def _not(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    return None if args[0] is None else not args[0]


@rule("and", "or")
def _both(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    decisive = n.op == "or"
    taken = next((a for a, v in zip(n.args, args, strict=True) if v is decisive), None)
    if taken is not None:  # whatever the other is, or were it nothing: a premise that is false
        nf.follow(n, taken)
        return decisive
    if NOTHING in args:
        return NOTHING
    return None if None in args else not decisive


# -- angles ----------------------------------------------------------------------------------------


@rule("sin", "cos")
def _angle(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    cos, sin = nf.ring.one, nf.ring.zero
    for key, c, num, den in terms(nf, args[0]):
        more_cos, more_sin = _multiple(nf, key, c, num, den)
        cos, sin = _rotate(nf, cos, sin, more_cos, more_sin)
    return sin if n.op == "sin" else cos


def _rotate(nf: Normal, c: Quotient, s: Quotient, d: Quotient, t: Quotient) -> tuple[Quotient, Quotient]:
    ring = nf.ring
    return (
        ring.sub(ring.mul(c, d), ring.mul(s, t)),
        ring.add(ring.mul(s, d), ring.mul(c, t)),
    )


def _multiple(nf: Normal, key: Key, c: fmpq, num: Poly, den: Poly) -> tuple[Quotient, Quotient]:
    """cos and sin of c*num/den."""
    ring = nf.ring
    used = ring.used(num)
    turn = den.is_one() and len(used) == 1 and used[0].kind == "pi" and num == ring.gen(used[0])
    if turn and (known := _of_turn(nf, c)) is not None:
        return known
    scale = ring.scale(("angle", *key), int(c.q))
    free = ring.free(num, den)
    cos = ring.gen(ring.kernel(("cos", *key, scale), _call(nf, "cos", num, den, scale), free))
    circle = ring.one_poly - cos * cos
    sin = ring.gen(ring.kernel(("sin", *key, scale), _call(nf, "sin", num, den, scale), free, (), (2, circle)))
    n = int(c * scale)
    if abs(n) > MAX_ANGLE:
        raise Unwieldy(f"the {abs(n)}-fold of an angle")
    x, y = ring.poly(cos), ring.poly(sin if n > 0 else -sin)
    result = (ring.one, ring.zero)
    for _ in range(abs(n)):
        result = _rotate(nf, *result, x, y)
    return result


def _of_turn(nf: Normal, c: fmpq) -> tuple[Quotient, Quotient] | None:
    """cos and sin of c*pi, where c is a multiple of 1/4 or of 1/6."""
    ring = nf.ring
    quarters = (2 * c).floor()
    within = {fmpq(0): (4, 0), fmpq(1, 6): (3, 1), fmpq(1, 4): (2, 2), fmpq(1, 3): (1, 3)}
    if (squares := within.get(c - fmpq(quarters, 2))) is None:
        return None
    x, y = (rational_constant(nf, fmpq(s, 4)) if s else ring.zero for s in squares)
    for _ in range(int(quarters) % 4):
        x, y = ring.neg(y), x
    return x, y


__all__ = ["absolute", "exponential", "log_abs", "magnitude"]
