"""Float32 inputs by the million: results against float64, in ulps, the worst of each bin.

Everything is done in blocks that stay in the cache. An ulp is read off the exponent bits of the float64 value, so at the very
top of a binade, where that value rounds up, it is half of what ``formats`` says: a hunt may look twice there, and does not miss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from derive.records import dataclass
from verify.conform.formats import FORMATS, Array, Format

BLOCK = 1 << 15  # points
_SINGLE = FORMATS["float32"]
_EXPONENT = np.int64(0x7FF) << np.int64(52)


@dataclass(frozen=True)
class Swept:
    """For each bin the ordinal (``Format.ordinal``) it starts at, the greatest error in ulps, and where that is."""

    starts: Array
    tops: Array
    worst: Array
    count: int


def ulps_of(computed: Array, value: Array, fmt: Format = _SINGLE) -> Array:
    """Errors of results in a format of 16 or 32 bits, in ulps of float64 values. ``computed`` are float64, or of the format."""
    lowest = np.int64(1023 + fmt.emin) << np.int64(52)  # subnormal numbers have the ulp of the least normal one
    highest = np.int64(1023 + fmt.emax) << np.int64(52)
    inverse = np.int64(2 * 1023 + fmt.precision - 1) << np.int64(52)
    with np.errstate(all="ignore"):
        error = np.subtract(computed, value)
        np.abs(error, out=error)
        bits = np.bitwise_and(np.ascontiguousarray(value).view(np.int64), _EXPONENT)
        np.maximum(bits, lowest, out=bits)
        np.minimum(bits, highest, out=bits)
        np.subtract(inverse, bits, out=bits)
        error *= bits.view(np.float64)
        if not np.isfinite(np.max(error, initial=0.0)):  # infinities may be due, and no number has no distance
            odd = ~np.isfinite(error)
            error[odd] = fmt.ulps(computed[odd], value[odd])
            error[odd & np.isnan(value)] = 0.0  # no value there, or none known
    return error


def sweep(
    values: Callable[[Array], Array],
    reference: Callable[[Array], Array],
    first: int,
    last: int,
    stride: int = 1,
    bins: int = 512,
) -> Swept:
    """The floats of ordinals ``first``, ``first + stride``, ... up to ``last``: ``values`` takes float32 and gives what is
    tested, ``reference`` takes the same in float64."""
    count = (last - first) // stride + 1
    size = -(-count // bins)
    starts: list[int] = []
    tops: list[float] = []
    worst: list[int] = []
    for begin in range(0, count, size):
        top, at = -1.0, first + begin * stride
        for raw, k in _blocks(first + begin * stride, min(size, count - begin), stride):
            x = raw.view(np.float32)
            error = ulps_of(values(x), reference(x.astype(np.float64)))
            here = float(np.max(error))
            if here > top:
                top = here
                if here > 1.0:
                    at = k + int(np.argmax(error)) * stride
        starts.append(first + begin * stride)
        tops.append(top)
        worst.append(at)
    return Swept(np.array(starts), np.array(tops), np.array(worst), count)


def _blocks(first: int, count: int, stride: int) -> Iterator[tuple[Array, int]]:
    """Bit patterns of floats in their order, a block at a time, with the first ordinal of each; no block holds both signs."""
    done = 0
    while done < count:
        k = first + done * stride
        n = min(BLOCK, count - done)
        if k < 0:
            n = min(n, (-k - 1) // stride + 1)
        ordinals = np.arange(k, k + n * stride, stride, dtype=np.int64)
        yield (ordinals if k >= 0 else -ordinals - (1 << 31)).astype(np.int32), k
        done += n


def pieces(first: int, last: int, size: int) -> Sequence[tuple[int, int]]:
    """A range of ordinals cut into pieces of a size, the last one shorter."""
    return [(k, min(k + size - 1, last)) for k in range(first, last + 1, size)]
