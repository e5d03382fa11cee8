"""What an error means for a reader of the document: one table from what was found to its consequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from derive.records import dataclass
from verify.decimals import parse_printed
from verify.results import Result


@dataclass(frozen=True, slots=True)
class Consequence:
    """A section of the errata; ``one`` and ``many`` are what its entries do where they are counted."""

    heading: str
    one: str
    many: str
    explained: str


RESULT = Consequence(
    "Changes a result",
    "changes a result",
    "change a result",
    "Formulas that are wrong as they stand, and numbers that are off by more than their last digit.",
)
STATEMENT = Consequence(
    "A statement that is not so",
    "is a statement that is not so",
    "are statements that are not so",
    "What the document says in words, put into a formula or looked at in a library, and refuted.",
)
DIGIT = Consequence(
    "A digit",
    "concerns a digit",
    "concern a digit",
    "The last printed digit is off by one, or displayed arithmetic does not give the digits that are displayed: cut off where it "
    "should be rounded, or computed from numbers that were rounded before.",
)
CONVENTION = Consequence(
    "A convention",
    "is a matter of convention",
    "are a matter of convention",
    "Sound as they stand, and not what the named or usual definition says: worth a remark.",
)
ASSUMPTION = Consequence(
    "An assumption that is not stated",
    "needs an assumption that is not stated",
    "need an assumption that is not stated",
    "True under a condition, which the document does not give, and false without it.",
)
CONTRADICTION = Consequence(
    "Two things that can't both stand",
    "contradicts another place",
    "contradict another place",
    "Two places of the document say different things of the same.",
)
GAP = Consequence(
    "Something left out",
    "leaves something out",
    "leave something out",
    "A definition or an input is missing. Where the printed numbers determine it, this is what they allow.",
)

#: In the order of the page, the gravest first.
ALL = (RESULT, STATEMENT, CONTRADICTION, DIGIT, ASSUMPTION, CONVENTION, GAP)
#: What asks for another text, and what for a remark.
CORRECTIONS = (RESULT, STATEMENT, CONTRADICTION, DIGIT)
REMARKS = (ASSUMPTION, CONVENTION, GAP)

#: Kinds of claims that are formulas as the document has them; others put into a formula what it says in words.
FORMULAS = frozenset(
    {"formula", "identity", "derivative", "definition", "update-rule", "number", "arithmetic", "invariance"}
)


#: How much, of the exact value, the last digit may be off and no more than a digit.
SMALL = Fraction(1, 20)


def units_off(result: Result) -> Fraction | None:
    """By how many units of its last place a printed number is off the exact value; None where that is not known."""
    if result.printed is None or result.exact is None:
        return None
    try:
        printed, exact = parse_printed(result.printed), Fraction(result.exact)
    except ValueError:
        return None
    if printed.special or not printed.unit:
        return None
    return abs(printed.value - exact) / printed.unit


def _of_printed_factors(r: Result) -> bool:
    return r.evidence.get("from") == "printed factors"


def _off_by_a_digit(r: Result) -> bool:
    """Not of a whole number, which counts something, nor of one that has so few digits that one of them is much."""
    off = units_off(r)
    if off is None or r.printed is None or r.exact is None:
        return False
    printed, exact = parse_printed(r.printed), Fraction(r.exact)
    small = abs(printed.value - exact) <= SMALL * abs(exact)
    return printed.unit != 1 and off <= Fraction(3, 2) and small


#: The first whose test a result passes says what it means; what passes none (``holds``, ``undecided``) is no error.
RULES: tuple[tuple[Callable[[Result], bool], Consequence], ...] = (
    (lambda r: r.verdict == "inconsistent", CONTRADICTION),
    (lambda r: r.verdict == "convention" or (r.verdict == "holds-if" and "made" in r.evidence), CONVENTION),
    (lambda r: r.verdict == "underspecified", GAP),
    (lambda r: r.verdict == "holds-if" and _of_printed_factors(r), DIGIT),
    (lambda r: r.verdict == "holds-if", ASSUMPTION),
    (lambda r: r.verdict == "truncated", DIGIT),
    (lambda r: r.verdict in ("wrong", "inherited") and _off_by_a_digit(r), DIGIT),
    (lambda r: r.verdict == "wrong" and r.printed is None and r.kind not in FORMULAS, STATEMENT),
    (lambda r: r.verdict in ("wrong", "inherited"), RESULT),
)


def consequence(result: Result) -> Consequence | None:
    """What a result means by itself; None where it is no error."""
    return next((c for test, c in RULES if test(result)), None)


def of_chain(results: Sequence[Result]) -> Consequence:
    """What an error and all that follows from it mean: the gravest of them. Raises ValueError where none is an error."""
    return min((c for r in results if (c := consequence(r)) is not None), key=ALL.index)
