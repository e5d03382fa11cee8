"""erf, erfc and Phi in the processor's extended precision, of which NumPy has none.

Near zero the series erf(x) = 2*x/sqrt(pi)*exp(-x**2)*sum((2*x**2)**n/(2*n + 1)!!), whose terms are all positive; beyond, the
continued fraction of erfc (Abramowitz and Stegun, 7.1.6 and 7.1.14). Squares in exponents are split into two parts, so that
exp keeps its digits in the tail.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any  # of np.longdouble

TURN = 2.0  # beyond, the continued fraction
TERMS = 48  # of the series: (2*TURN**2)**48/97!! is 2**-110
LEVELS = ((2.0, 110), (0.0, 500))  # of the fraction, from this argument on; it converges as exp(-4*x*sqrt(levels))
_SPLITTER = float(2**32 + 1)
_ROOT_PI = np.longdouble("1.7724538509055160272981674833411451827975")
_ROOT_2 = np.longdouble("1.4142135623730950488016887242096980785697")


def erf(x: Array) -> Array:
    size = np.abs(x)
    value = np.empty_like(x)
    near = size <= TURN
    value[near] = _near(x[near])
    far = ~near
    value[far] = np.copysign(1 - _tail(size[far], 1), x[far])
    return value


def erfc(x: Array) -> Array:
    size = np.abs(x)
    value = np.empty_like(x)
    near = size <= TURN / 2
    value[near] = 1 - _near(x[near])
    far = ~near
    tail = _tail(size[far], 1)
    value[far] = np.where(x[far] < 0, 2 - tail, tail)
    return value


def normal_cdf(x: Array) -> Array:
    """Phi(x) = erfc(-x/sqrt(2))/2."""
    value = np.empty_like(x)
    near = np.abs(x) <= TURN / 2
    value[near] = (1 + _near(x[near] / _ROOT_2)) / 2
    left, right = ~near & (x < 0), ~near & ~(x < 0)
    value[left] = _tail(-x[left] / _ROOT_2, 2, -x[left]) / 2
    value[right] = 1 - _tail(x[right] / _ROOT_2, 2, x[right]) / 2
    return value


def _near(x: Array) -> Array:
    twice = 2 * x * x
    total = np.ones_like(x)
    for n in range(TERMS, 0, -1):
        total = 1 + twice / (2 * n + 1) * total
    return 2 * x / _ROOT_PI * np.exp(-x * x) * total


def _tail(x: Array, divisor: int, root: Array | None = None) -> Array:
    """erfc(x) of positive x, where x**2 = root**2/divisor (x itself unless ``root`` is given)."""
    f = np.copy(x)
    below = np.inf
    for start, levels in LEVELS:
        here = (x >= start) & (x < below)
        below, part = start, x[here]
        made = part
        if len(part):
            for n in range(levels, 0, -1):
                made = part + np.longdouble(n) / 2 / made
        f[here] = made
    s = x if root is None else root
    return _bell(s, divisor) / (f * _ROOT_PI)


def _bell(x: Array, divisor: int) -> Array:
    """exp(-x**2/divisor), of the square in two parts."""
    c = _SPLITTER * x
    high = c - (c - x)  # of 32 bits: its square is exact (Veltkamp)
    high = np.where(np.isfinite(high), high, x)
    rest = (x - high) * (x + high)
    return np.exp(-(high * high) / divisor) * np.exp(-np.where(np.isfinite(rest), rest, 0) / divisor)
