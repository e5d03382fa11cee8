"""Truth and tolerance at a point.

The truth is the value of the derived expression in ball arithmetic at a high precision, at the very floats that
the implementation was given. The tolerance is not a guessed constant: the same expression is evaluated once more
in balls at a precision a few bits *below* float64. Each of its operations then widens the ball by more than the
rounding of that operation in float64, and later operations magnify it as they magnify a rounding error, so the
radius bounds what the implementation may have lost. A well conditioned expression gets a few ulps, a
cancellation gets what it costs.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from derive.expr.graph import Node, topological
from derive.expr.operators import OPERATORS
from derive.numbers.balls import evaluate_all, precision, rational
from derive.numbers.roundoff import ULPS
from derive.records import dataclass

#: Bits of the low precision. A rounding in NumPy is half an ulp, a libm function is within 4 ulp: 2**-50 of the
#: result at most, which a ball of 49 bits holds.
NUMPY_BITS = 49
#: Autograd adds and multiplies in another order than the derived expression: two bits more.
TORCH_BITS = 47

_EXACT_BITS = (128, 1024)
SHARP = 2**10  # how much better than the tolerance the exact value is known
TINY = 2.0**-1000  # below this, float64 is running out of range and not of digits
_HUGE = 2.0**1000


@dataclass(frozen=True)
class Reading:
    """The largest error of a subject at a point, in units of its tolerance, and in which entry."""

    ratio: float
    error: float
    tolerance: float
    entry: int

    @property
    def passes(self) -> bool:
        return self.ratio <= 1


@dataclass(frozen=True)
class Bound:
    """The exact value of an entry at a point, and how far from it an implementation may be."""

    value: Any  # fmpq or arb
    tolerance: float


def bounds(
    roots: Sequence[Node], inputs: Sequence[Node], point: Sequence[float], bits: int, normwise: bool = False
) -> list[Bound | None]:
    """The bound of each scalar root; None where it has no value, stands on a kink, or leaves float64's range.

    ``normwise`` allows what moving every input by a rounding of the greatest one does: a factorization of a matrix is
    backward stable in the norm of the matrix (Higham, Accuracy and Stability of Numerical Algorithms, ch. 9), not entry by entry.
    """
    from derive.flint import arb, fmpq

    blur = max(map(abs, point), default=0.0) * 2.0**-bits if normwise else 0.0
    with precision(bits):
        balls = _constants(roots) | {n: arb(x, blur) for n, x in zip(inputs, point, strict=True)}
    rough = evaluate_all(roots, balls, bits, meeting=False)  # an implementation is of the formula as it is written
    with precision(bits):
        wider = _beside_one(roots, rough)
    if wider:
        rough = evaluate_all(roots, balls | wider, bits, meeting=False)
    exact: Mapping[Node, Any] = {}
    values = {n: fmpq(*x.as_integer_ratio()) for n, x in zip(inputs, point, strict=True)}
    found: list[Bound | None] = []
    for enough in _EXACT_BITS:
        exact = evaluate_all(roots, values, enough, meeting=False)
        found = [_bound(exact[r], rough[r]) for r in roots]
        if all(b is None or _sharp(b) for b in found):
            break
    return [b if b is not None and _sharp(b) else None for b in found]


def _constants(roots: Sequence[Node]) -> dict[Node, Any]:
    """Constants as balls: as exact rationals they would hide the rounding of what is computed from them alone."""
    from derive.flint import arb

    order = topological(roots)
    # whole exponents, and the orders of functions, must stay exact
    whole = {n.args[1] for n in order if n.op == "pow"}
    whole |= {a for n in order if n.op in OPERATORS for a in n.args[: OPERATORS[n.op].orders]}
    return {n: arb(rational(n.attr)) for n in order if n.op == "const" and n not in whole}


def _beside_one(roots: Sequence[Node], rough: Mapping[Node, Any]) -> dict[Node, Any]:
    """Functions of an order, which no library has to the last digit near their zeros, as balls that are off by ulps of 1."""
    from derive.flint import arb

    ordered = [n for n in topological(roots) if n.op in OPERATORS and OPERATORS[n.op].orders]
    found = [n for n in ordered if isinstance(rough[n], arb)]
    return {n: rough[n] + arb(0, ULPS * sys.float_info.epsilon) for n in found}


def _bound(exact: Any, rough: Any) -> Bound | None:
    if isinstance(exact, Exception) or isinstance(rough, Exception):
        return None
    size = _float(abs(exact))
    if not size < sys.float_info.max:
        return None
    return Bound(exact, _radius(rough) + 2 * math.ulp(size) + TINY)


def _sharp(b: Bound) -> bool:
    """Whether the exact value is known far better than the tolerance asks for."""
    return _radius(b.value) * SHARP <= b.tolerance


def reading(bound: Sequence[Bound | None], found: Sequence[float]) -> Reading | None:
    """How far an implementation's values are from the truth; None where no entry has one."""
    worst: Reading | None = None
    for k, (b, x) in enumerate(zip(bound, found, strict=True)):
        if b is None:
            continue
        error = _error(x, b.value)
        ratio = error / b.tolerance
        if worst is None or ratio > worst.ratio:
            worst = Reading(ratio, error, b.tolerance, k)
    return worst


def leaves_range(roots: Sequence[Node], inputs: Sequence[Node], point: Sequence[float]) -> bool:
    """Whether an intermediate value at the point is beyond float64, or so small that its digits are lost."""
    from derive.flint import fmpq

    values = {n: fmpq(*x.as_integer_ratio()) for n, x in zip(inputs, point, strict=True)}
    sizes = [_float(abs(v)) for v in evaluate_all(roots, values).values() if not isinstance(v, Exception | bool)]
    return any(s > _HUGE or 0 < s < TINY for s in sizes)


def _error(x: float, exact: Any) -> float:
    from derive.flint import arb, fmpq

    if not math.isfinite(x):
        return math.inf
    if isinstance(exact, fmpq):
        return _float(abs(fmpq(*x.as_integer_ratio()) - exact))
    return _float((arb(x) - exact).abs_upper())


def _radius(ball: Any) -> float:
    from derive.flint import arb

    return _float(ball.rad()) if isinstance(ball, arb) else 0.0


def _float(x: Any) -> float:
    from derive.flint import fmpq

    try:
        return int(x.p) / int(x.q) if isinstance(x, fmpq) else float(x)
    except OverflowError:
        return math.inf
