"""Kinks, jumps and conditions as kernels: by the sign of what they turn on, where it is known; it is asked for where not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce

from derive.engine.algebra.kernels.functions import (
    abs_power,
    factors,
    half,
    terms,
)
from derive.engine.algebra.normal import BY_MASK, NOTHING, Normal, Value, rule
from derive.engine.algebra.polynomials import Quotient
from derive.engine.algebra.signs import NEGATIVE, POSITIVE, ZERO
from derive.expr.graph import Node
from derive.flint import fmpq, fmpq_mpoly

MAX_NESTED = 3  # operands of max up to which it is written by absolute values


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
    return half(nf, nf.ring.add(args[0], magnitude(nf, n, args[0], n.args[0])))


@rule("max", "min")
def _extreme(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    ring = nf.ring
    if len(operands := _operands(n)) > MAX_NESTED:
        return _greatest(nf, n, operands)
    gap = magnitude(nf, n, ring.sub(*args), n.graph.sub(*n.args))
    middle = ring.add(*args)
    return half(nf, ring.add(middle, gap) if n.op == "max" else ring.sub(middle, gap))


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
        value = half(nf, ring.add(ring.add(*left), magnitude(nf, n, gap, ring.quotient_node(gap))))
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
