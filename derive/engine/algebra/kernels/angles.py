"""Sines and cosines as kernels: over a basis of angles, of which multiples are opened; sin**2 is 1 - cos**2."""

from __future__ import annotations

from collections.abc import Sequence

from derive.engine.algebra.kernels.functions import (
    call,
    rational_constant,
    terms,
)
from derive.engine.algebra.normal import Normal, Value, rule
from derive.engine.algebra.polynomials import Key, Poly, Quotient, Unwieldy
from derive.expr.graph import Node
from derive.flint import fmpq

MAX_ANGLE = 24  # multiples of an angle that are opened


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
    cos = ring.gen(ring.kernel(("cos", *key, scale), call(nf, "cos", num, den, scale), free))
    circle = ring.one_poly - cos * cos
    sin = ring.gen(ring.kernel(("sin", *key, scale), call(nf, "sin", num, den, scale), free, (), (2, circle)))
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
