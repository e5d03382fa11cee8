"""Values as they are put together: the text in the language, how tightly it binds, its shape, and how it lies in print.

Print has rows and columns where the language has vectors: ``row`` says that a vector was transposed. A derivative is written
either way, ``turns``. Products are told by rank; two bare vectors side by side are no product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from derive.errors import ExpressionError
from derive.expr import shapes
from derive.expr.shapes import Shape, show
from derive.records import dataclass

OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(9)

#: Stands in a text for the size of an identity that its neighbours tell.
OPEN = "\0"


@dataclass(frozen=True, slots=True)
class Term:
    text: str
    level: int
    shape: Shape = ()
    row: bool = False
    turns: bool = False
    number: bool = False  # a numeral
    plain: bool = False  # a number or a name: what may be added to every entry of a tensor
    condition: bool = False
    open: bool = False  # an identity matrix, or a vector of ones, of a size that is not said
    rank: int = 2  # of that

    def at(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"

    def sized(self, n: int) -> Term:
        return (
            replace(self, text=self.text.replace(OPEN, shapes.word(n)), shape=(n,) * self.rank, open=False)
            if self.open
            else self
        )


Fail = Callable[[str], ExpressionError]


def number(text: str) -> Term:
    return Term(text, ATOM, number=True, plain=True)


def name(text: str, shape: Shape = ()) -> Term:
    return Term(text, ATOM, shape, plain=True)


def negated(a: Term) -> Term:
    return replace(a, text=f"-{a.at(PRODUCT)}", level=SUM if a.level < SIGN else SIGN)


def added(a: Term, b: Term, sign: str) -> Term:
    """a + b, a - b. Raises ExpressionError where they do not fit."""
    if a.open and len(b.shape) == a.rank:
        a = a.sized(b.shape[0])
    if b.open and len(a.shape) == b.rank:
        b = b.sized(a.shape[0])
    if a.open != b.open or (a.open and a.rank != b.rank):
        raise ExpressionError("an identity matrix or a vector of ones beside what is of another shape")
    if a.shape and b.shape:
        if len(a.shape) != len(b.shape) or (a.row != b.row and not a.turns and not b.turns):
            raise ExpressionError(_unlike(a, b))
        shape = a.shape if a.shape == b.shape else _same(a.shape, b.shape)
    else:
        tensor, scalar = (a, b) if a.shape else (b, a)
        if tensor.shape and not scalar.plain:
            raise ExpressionError(
                f"'{scalar.text}' is a scalar beside '{tensor.text}', which has shape {show(tensor.shape)}"
            )
        shape = tensor.shape
    right = b.at(PRODUCT)
    if right.startswith("-"):
        right = f"({right})"
    return Term(
        f"{a.at(SUM)} {sign} {right}", SUM, shape, a.row or b.row, a.turns and b.turns, open=a.open, rank=a.rank
    )


def _same(a: Shape, b: Shape) -> Shape:
    shapes.broadcast(a, b)
    if a != b:
        raise ExpressionError(f"{show(a)} and {show(b)} do not fit")
    return a


def _unlike(a: Term, b: Term) -> str:
    if len(a.shape) == len(b.shape):
        row, column = (a, b) if a.row else (b, a)
        return f"'{row.text}' is a row here, and '{column.text}' a column"
    return f"'{a.text}' has shape {show(a.shape)}, '{b.text}' has shape {show(b.shape)}"


def elementwise(a: Term, b: Term, sign: str) -> Term:
    """A product or a quotient entry by entry, of equal shapes, or with a scalar."""
    if a.open or b.open:
        raise ExpressionError("an identity matrix of a size that is not said")
    if sign == "*" and not (a.shape and b.shape):
        raise ExpressionError(f"\\odot goes between two of one shape; '{(b if a.shape else a).text}' is a number")
    if a.shape and b.shape and (len(a.shape) != len(b.shape) or (a.row != b.row and not a.turns and not b.turns)):
        raise ExpressionError(_unlike(a, b))
    shape = _same(a.shape, b.shape) if a.shape and b.shape else a.shape or b.shape
    return Term(f"{a.at(PRODUCT)}{sign}{b.at(SIGN)}", PRODUCT, shape, a.row or b.row, a.turns and b.turns)


def times(a: Term, b: Term, dot: bool = False) -> Term:
    r"""A product by rank: numbers, matrices, a row with a column, a column with a row. ``dot``: written with ``\cdot``."""
    if (not a.shape and not a.open) or (not b.shape and not b.open):
        return Term(
            f"{a.at(PRODUCT)}*{b.at(SIGN)}", PRODUCT, a.shape or b.shape, a.row or b.row, a.turns or b.turns,
            plain=a.plain and b.plain and not a.shape and not b.shape, open=a.open or b.open,
            rank=a.rank if a.open else b.rank,
        )  # fmt: skip
    if a.open or b.open:
        if a.open and b.open:
            raise ExpressionError("two of sizes that are not said side by side: write I_n, \\mathbf{1}_n")
        if not dot and ((a.open and a.rank == 1 and not a.row) or (b.open and b.rank == 1 and b.row)):
            raise ExpressionError("a vector of ones of a size that is not said: write \\mathbf{1}_n")
        a, b = (a.sized(b.shape[0]) if a.open else a), (b.sized(a.shape[-1]) if b.open else b)
    if len(a.shape) > 2 or len(b.shape) > 2:
        raise ExpressionError(f"no product of {show(a.shape)} and {show(b.shape)}")
    if len(a.shape) == len(b.shape) == 1:
        if b.row and not a.row:
            return Term(f"outer({a.text}, {b.text})", ATOM, a.shape + b.shape)
        if a.row == b.row and not dot:
            raise ExpressionError(
                f"'{a.text}' and '{b.text}' are two vectors side by side: write u^\\top v, u v^\\top, u \\cdot v or u \\odot v"
            )
    elif len(a.shape) == 1 and not a.row and not a.turns and a.shape != (1,):
        raise ExpressionError(f"'{a.text}' is a column to the left of a matrix: write {a.text}^\\top, or use \\odot")
    elif len(b.shape) == 1 and b.row and not b.turns:
        raise ExpressionError(f"'{b.text}' is a row to the right of a matrix")
    shape = shapes.matmul(a.shape, b.shape)
    row = len(shape) == 1 and len(a.shape) == 1
    turns = row and a.turns
    return Term(
        f"{a.at(PRODUCT)} @ {b.at(SIGN)}",
        PRODUCT,
        shape,
        row and not turns,
        turns or (len(a.shape) == 2 and b.turns and b.row),
    )


def modulo(a: Term, b: Term) -> Term:
    r"""``a \bmod b`` of two numbers that stand alone."""
    if a.shape or b.shape or a.open or b.open or a.level < POWER or b.level < POWER:
        raise ExpressionError("'\\bmod' goes between two numbers; put brackets round what it is of")
    return Term(f"mod({a.text}, {b.text})", ATOM)


def transposed(a: Term) -> Term:
    if (a.open and a.rank == 2) or not (a.shape or a.open):
        return a
    if a.open or len(a.shape) == 1:
        return replace(a, row=not a.row, turns=False)
    if len(a.shape) != 2:
        raise ExpressionError(f"a transpose of shape {show(a.shape)}")
    return Term(f"{a.at(ATOM)}.T", ATOM, a.shape[::-1])


def inverse(a: Term) -> Term:
    if a.open and a.rank == 2:
        return a
    if not a.shape:
        return Term(f"{a.at(ATOM)}**(-1)", POWER)
    shapes.square(a.shape, "an inverse")
    return Term(f"inv({a.text})", ATOM, a.shape)


#: Signs that order matrices by definiteness, and vectors entry by entry: the relation, and whether the sides are swapped.
ORDERS = {">>=": (">=", False), ">>": (">", False), "<<=": ("<=", True), "<<": ("<", True)}


def ordered(parts: Sequence[Term], ops: Sequence[str]) -> Term:
    r"""``A \succeq B``, of two vectors or two square matrices; a number stands for all entries, 0 for the zero matrix."""
    a, b = parts[0], parts[-1]
    if len(parts) != 2 or not (a.shape or b.shape) or any(p.number and p.text != "0" for p in parts):
        raise ExpressionError("'\\succeq' and its like go between two vectors or matrices, or one of them and 0")
    relation, swapped = ORDERS[ops[0]]
    shape = a.shape or b.shape
    if len(shape) == 1:
        sides = [p.text if p.number else f"{p.at(ATOM)}[i_]" for p in (a, b)]
        return Term(f"all({sides[0]} {relation} {sides[1]} for i_ in {shapes.word(shape[0])})", ATOM, condition=True)
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ExpressionError("a matrix that is not square is not ordered by definiteness; say it in 'names:'")
    more, less = (b, a) if swapped else (a, b)
    difference = more if less.number else negated(less) if more.number else added(more, less, "-")
    name = "positive_semidefinite" if "=" in relation else "positive_definite"
    return Term(f"{name}({difference.text})", ATOM, condition=True)
