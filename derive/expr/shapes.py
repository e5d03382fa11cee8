"""Shape rules. A shape is a tuple of sizes: () a scalar, (n,) a vector, (m, n) a matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from derive.errors import Misfit, OfScalar, ShapeError

Shape = tuple[int, ...]


class Size(int):
    """A size that a document writes as a letter. It is the number that it is in an instance, and says its name."""

    name: str

    def __new__(cls, value: int, name: str) -> Size:
        made = super().__new__(cls, value)
        made.name = name
        return made

    def __reduce__(self) -> tuple[type[Size], tuple[int, str]]:
        return Size, (int(self), self.name)


def show(shape: Shape) -> str:
    """A shape as a person says it: ``scalar``, ``[3]``, ``[m, n]``."""
    return f"[{', '.join(map(word, shape))}]" if shape else "scalar"


def word(size: int) -> str:
    """A size as a person says it: its letter, where it has one."""
    return size.name if isinstance(size, Size) else str(size)


def letters(m: int, n: int) -> tuple[str, ...]:
    """The names of two sizes that are two letters of a document."""
    return (m.name, n.name) if isinstance(m, Size) and isinstance(n, Size) and m.name != n.name else ()


def broadcast(a: Shape, b: Shape) -> Shape:
    """NumPy's rule: sizes are aligned from the right; a size of 1 stretches."""
    if not a:
        return b
    if not b:
        return a
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    head = longer[: len(longer) - len(shorter)]
    tail = []
    for m, n in zip(longer[len(head) :], shorter, strict=True):
        if m != n and m != 1 and n != 1:
            raise Misfit(f"shapes {show(a)} and {show(b)} do not fit elementwise", letters=letters(m, n))
        tail.append(n if m == 1 else m)
    return head + tuple(tail)


def matmul(a: Shape, b: Shape) -> Shape:
    """The shape of a product: [m, k] @ [k, n], [m, k] @ [k], [k] @ [k, n], [k] @ [k]. Raises ShapeError, Misfit."""
    if not a or not b:
        raise OfScalar(f"'@' needs vectors or matrices, not {show(a)} @ {show(b)}; use '*' for a scalar")
    if len(a) > 2 or len(b) > 2:
        raise ShapeError(f"'@' takes vectors and matrices, not {show(a)} @ {show(b)}")
    inner_a, inner_b = a[-1], b[0]
    if inner_a != inner_b:
        fits = (
            f"; it fits only where {word(inner_a)} = {word(inner_b)}" if {type(inner_a), type(inner_b)} & {Size} else ""
        )
        message = f"{show(a)} @ {show(b)} does not conform: {word(inner_a)} columns against {word(inner_b)} rows"
        raise Misfit(message + fits, letters=letters(inner_a, inner_b))
    return a[:-1] + b[1:]


def outer(a: Shape, b: Shape) -> Shape:
    """[m] and [n] give [m, n]. Raises ShapeError."""
    if len(a) != 1 or len(b) != 1:
        raise ShapeError(f"outer(u, v) needs two vectors, not {show(a)} and {show(b)}")
    return a + b


def diag(a: Shape) -> Shape:
    """[n] gives [n, n], [n, n] gives [n]. Raises ShapeError."""
    if len(a) == 1:
        return (a[0], a[0])
    if len(a) == 2 and a[0] == a[1]:
        return (a[0],)
    raise ShapeError(f"diag needs a vector or a square matrix, not {show(a)}")


def reduce(a: Shape, axis: int | None) -> Shape:
    """A shape without an axis (counted from the end where negative), scalar where it is None. Raises ShapeError."""
    if axis is None:
        return ()
    if not -len(a) <= axis < len(a):
        raise ShapeError(f"axis {axis} does not exist in shape {show(a)}")
    axis %= len(a)
    return a[:axis] + a[axis + 1 :]


def stack(parts: Sequence[Shape]) -> Shape:
    """A row more in front: n parts of one shape. Raises ShapeError."""
    if not parts:
        raise ShapeError("an empty list has no shape")
    for p in parts[1:]:
        if p != parts[0]:
            raise ShapeError(f"rows of unequal shape: {show(parts[0])} and {show(p)}")
    return (len(parts), *parts[0])


def concat(parts: Sequence[Shape]) -> Shape:
    """Vectors end to end, matrices below each other; a part of one rank less is one entry or row. Raises ShapeError."""
    rank = max(1, *map(len, parts))
    rows = [p if len(p) == rank else (1, *p) for p in parts]
    for r, p in zip(rows, parts, strict=True):
        if len(r) != rank or r[1:] != rows[0][1:]:
            raise ShapeError(f"{show(parts[0])} and {show(p)} can't be joined end to end")
    return (sum(r[0] for r in rows), *rows[0][1:])


def square(a: Shape, who: str) -> None:
    """Raises Misfit where a shape is none of a square matrix; ``who`` asks for one."""
    if len(a) != 2 or a[0] != a[1]:
        raise Misfit(f"{who} needs a square matrix, not {show(a)}", letters=letters(*a) if len(a) == 2 else ())


def normal_index(a: Shape, where: tuple[int, ...]) -> tuple[int, ...]:
    """Indices counted from 0, negatives resolved. Raises ShapeError when out of range."""
    if len(where) > len(a):
        raise ShapeError(f"{len(where)} indices into shape {show(a)}")
    normal = []
    for i, n in zip(where, a[: len(where)], strict=True):
        if not -n <= i < n:
            raise ShapeError(f"index {i} is outside 0..{n - 1} (indices count from 0)")
        normal.append(i % n)
    return tuple(normal)


def size(a: Shape) -> int:
    """How many entries a shape has."""
    return prod(a)


def indices(a: Shape) -> Iterator[tuple[int, ...]]:
    """All indices of a shape in row-major order."""
    return product(*(range(n) for n in a))
