"""Sums of hypergeometric series that are known, by the zeros of the quotient of neighbouring terms.

The quotient is x*prod(j + a)/(prod(j + b)*(j + 1)), the first term 1. The table says of each pair of lists a, b what the series
is as a function of x, and for which x it converges (Abramowitz and Stegun, chapters 4 and 15). It is trusted, and held to
mpmath in the tests. Terms with a polynomial C(j) before them are what C(x d/dx) makes of the function.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.expr.graph import Graph, Node
from derive.records import dataclass

TRUSTED = "known series"

#: Where a series converges: for every x; for |x| < 1; for those and -1.
EVERYWHERE, INSIDE, WITH_MINUS_ONE = "everywhere", "inside", "with -1"


@dataclass(frozen=True)
class Known:
    """A series by its zeros a, b (None: any one number, which is handed on); its value for x > 0, and for x < 0 if that is
    written differently ("": there is no form)."""

    upper: tuple[Fraction | None, ...]
    lower: tuple[Fraction, ...]
    where: str
    above: str
    below: str = ""


_HALF, _ONE, _THREE = Fraction(1, 2), Fraction(1), Fraction(3, 2)

#: ``a`` is the number that stands for None.
KNOWN: tuple[Known, ...] = (
    Known((), (), EVERYWHERE, "exp(x)"),
    Known((None,), (), INSIDE, "(1 - x)**(-a)"),
    Known((), (_HALF,), EVERYWHERE, "(exp(2*sqrt(x)) + exp(-2*sqrt(x)))/2", "cos(2*sqrt(-x))"),
    Known((), (_THREE,), EVERYWHERE, "(exp(2*sqrt(x)) - exp(-2*sqrt(x)))/(4*sqrt(x))", "sin(2*sqrt(-x))/(2*sqrt(-x))"),
    Known((_ONE, _ONE), (Fraction(2),), WITH_MINUS_ONE, "-log(1 - x)/x"),
    Known(
        (_ONE, _HALF),
        (_THREE,),
        WITH_MINUS_ONE,
        "log((1 + sqrt(x))/(1 - sqrt(x)))/(2*sqrt(x))",
        "atan(sqrt(-x))/sqrt(-x)",
    ),
    Known((_HALF,), (_THREE,), EVERYWHERE, "", "sqrt(pi)*erf(sqrt(-x))/(2*sqrt(-x))"),
    Known((_ONE,), (_THREE,), EVERYWHERE, "sqrt(pi)*erf(sqrt(x))*exp(x)/(2*sqrt(x))"),
)


def known(upper: Sequence[Fraction | None], lower: Sequence[Fraction]) -> Known | None:
    """The entry of these zeros; an upper None stands for a number that is not known."""
    for k in KNOWN:
        if sorted(k.lower) != sorted(lower) or len(k.upper) != len(upper):
            continue
        if k.upper == (None,) or (None not in upper and sorted(map(str, k.upper)) == sorted(map(str, upper))):
            return k
    return None


def value(g: Graph, form: str, x: Node, a: Node | None) -> Node:
    """A form of the table as an expression."""
    from derive.language.reader import parse

    return parse(form, {"x": x} | ({"a": a} if a is not None else {}), g)
