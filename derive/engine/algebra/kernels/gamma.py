"""The logarithm of the gamma function and its derivatives as kernels, of arguments v + c with c from 0 to 1.

``lgamma(v + k)`` is ``lgamma(v)`` and the logarithms of v, ..., v + k - 1, and derivatives of it are those of that. Upwards that
is so wherever ``lgamma(v)`` has a value; downwards only as far as what is reached is positive wherever what is asked for has one.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.engine.algebra.kernels.functions import half, log_abs, terms
from derive.engine.algebra.normal import Normal, NoValue, Value, rule
from derive.engine.algebra.polynomials import Quotient
from derive.engine.algebra.signs import POSITIVE
from derive.expr.graph import Node
from derive.flint import fmpq, fmpz

MAX_STEPS = 60  # from an argument to the one that is taken; large ones meet at multiples of one more


@rule("lgamma")
def _lgamma(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    """Of whole numbers and halves, too: lgamma(1) is 0, lgamma(1/2) half of log(pi)."""
    ring = nf.ring
    base, passed, up = _moved(nf, n, args[0])
    made = ring.zero
    for v in passed:
        made = ring.sub(made, log_abs(nf, v)) if up else ring.add(made, log_abs(nf, v))
    if base == ring.one:
        return made
    if base == ring.const(fmpq(1, 2)):
        return ring.add(made, half(nf, log_abs(nf, nf.atom(ring.graph.call("pi")))))
    kernel = ring.kernel(
        ("lgamma", ring.quotient_key(base)),
        lambda: ring.graph.call("lgamma", ring.quotient_node(base)),
        ring.free(base.num, base.den),
        kinked=True,
    )
    return ring.add(made, ring.poly(ring.gen(kernel)))


@rule("polygamma")
def _polygamma(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    """polygamma(m, v + 1) - polygamma(m, v) is the m-th derivative of 1/v."""
    ring, m = nf.ring, int(n.args[0].attr)
    base, passed, up = _moved(nf, n, args[1])
    made, above = ring.zero, ring.const(fmpq((-1) ** (m + up) * fmpz.fac_ui(m)))
    for v in passed:
        made = ring.add(made, ring.div(above, ring.power(v, m + 1)))
    kernel = ring.kernel(
        ("polygamma", ring.quotient_key(args[0]), ring.quotient_key(base)),
        lambda: ring.graph.call("polygamma", n.args[0], ring.quotient_node(base)),
        ring.free(base.num, base.den),
        kinked=True,
    )
    return ring.add(made, ring.poly(ring.gen(kernel)))


def _moved(nf: Normal, n: Node, u: Quotient) -> tuple[Quotient, list[Quotient], bool]:
    """Where u is moved to in whole steps; all that is passed, the lower end included; and whether that was upwards."""
    ring = nf.ring
    if not nf.signs.of(u) & POSITIVE:
        raise NoValue
    nf.need(n, u, POSITIVE)
    constant = sum((c for _, c, num, den in terms(nf, u) if num.is_constant() and den.is_one()), fmpq(0))
    steps = int(constant.floor())
    if u == ring.const(constant):  # a number: from above 0 to 1
        steps = int(constant.ceil()) - 1
    if -MAX_STEPS <= steps < 0:
        return ring.add(u, ring.const(fmpq(-steps))), [ring.add(u, ring.const(fmpq(j))) for j in range(-steps)], True
    for k in range(steps % (MAX_STEPS + 1) if steps > 0 else 0, 0, -1):
        base = ring.sub(u, ring.const(fmpq(k)))
        if nf.signs.of(base) == POSITIVE:
            return base, [ring.add(base, ring.const(fmpq(j))) for j in range(k)], False
    return u, [], False
