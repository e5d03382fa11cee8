"""What can be wrong with an expression, said with a position."""

from __future__ import annotations

from collections.abc import Iterable


class ExpressionError(ValueError):
    """An expression that can't be read or typed.

    ``offset`` is the 0-based column in the expression's own text where the fault stands;
    ``message`` says what was expected, and names the nearest known word where there is one;
    ``letters`` are the names that are amiss, where that is what is wrong: two sizes that do not fit together, an unknown symbol,
    sequences whose steps make no sense.
    """

    def __init__(self, message: str, offset: int = 0, letters: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.letters = letters


class UnknownSymbol(ExpressionError):
    """A name that stands for nothing; in a formula as it is printed ``letters`` is the one that it would be read as."""


class UnknownSize(ExpressionError):
    """A size that nobody tells, or what is none; ``letters`` is its name, where that is to be declared."""


class Unclosed(ExpressionError):
    """An opening bracket that nothing closes."""


class BeforeFirst(ExpressionError):
    """An index of an entry before the first one."""


class LooseCondition(ExpressionError):
    """A condition in a formula of which it is no part."""


class ShapeError(ExpressionError):
    """Operands whose shapes do not fit together."""


class NotWrittenOut(ExpressionError):
    """What could be said, and is too large to be: the entries of a large inverse, the derivative of an iteration."""


class OfScalar(ShapeError):
    """A product of matrices, of which one is a scalar."""


class Misfit(ShapeError):
    """Operands of which a size is another than that of the other: what a document claims may be wrong in this way."""


class UndefinedValue(ArithmeticError):
    """A value that does not exist: division by zero, log of a negative number, a derivative at a kink."""


class NotFinite(UndefinedValue):
    """A result of floating-point arithmetic that is an infinity or no number: ``result`` as that arithmetic has it."""

    def __init__(self, format: str, result: float) -> None:
        super().__init__(f"{format} arithmetic gives {result}")
        self.result = result


class Undetermined(ArithmeticError):
    """A ball too wide to decide a sign or a branch at the precision in use; more precision may help."""


class Rejected(Exception):
    """What was to be shown isn't, or not within the limits of what is looked at; says why."""


def nearest(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'w3'?`` for the nearest known word, or nothing."""
    import difflib

    match = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{match[0]}'?" if match else ""
