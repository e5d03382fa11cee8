"""A number that is not the rounding of the exact value, and need not be: what a claim says of how it was made.

``computed: float32``: some result of that arithmetic, of the formula as it is written, rounds to the print. ``within: 3e-6``:
some number that is no further from the exact value does. ``from: rounded inputs``: the formula gives the print at inputs that
round to those of the case. And unsaid: 15 digits or more that are those of the float64 number
nearest to the exact value. All of these hold if that is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from derive.errors import Undetermined
from derive.expr.graph import Node, topological
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.language.reader import to_text
from derive.numbers.balls import precision, rational
from derive.numbers.formats import FORMATS, exact
from derive.numbers.roundoff import PREC, results
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.claims.reach import Unsettled, simplified
from verify.decimals import Printed, Span, closer, fit, parse_printed, show, significant
from verify.verdict import Verdict, undecided

DOUBLE_DIGITS = 15  # significant ones that a double is known by
TOLD = 3  # digits of how far off something is
MAX_TOLD = 4  # inputs of a witness that are told


class Told(NamedTuple):
    """Whether a print may be that, as far as it is known, and what is to say of it."""

    answer: bool | None
    reason: str
    evidence: dict[str, Any]


def allowed(context: CaseContext, claim: Claim, node: Node, printed: Printed, value: Any) -> tuple[Verdict | None, str]:
    """holds-if, by the first of what the claim allows that gives the print; undecided, where none does and one is open. Else
    None, and what each of them gives instead. ``value`` is the exact one, or the fault that there is in its place."""
    said: list[tuple[bool, Callable[..., Told | None]]] = [
        (bool(claim.computed), _in_a_format),
        (claim.within is not None, _within),
        (claim.rounded_inputs, _of_unrounded_inputs),
        (True, _nearest_double),
    ]
    open_: list[str] = []
    missed: list[str] = []
    for is_said, judge in said:
        found = judge(context, claim, node, printed, value) if is_said else None
        if found is None:
            continue
        if found.answer:
            known = "" if isinstance(value, Exception) else f"; the exact value is {_shown(value, printed)}"
            exact_text = None if isinstance(value, Exception) else show(value)
            evidence = {"method": "certified", "made": found.reason, **found.evidence}
            return Verdict("holds-if", f"{found.reason}{known}", exact_text, (), evidence), ""
        (missed if found.answer is False else open_).append(found.reason)
    if open_:
        return undecided("; ".join(open_), None if isinstance(value, Exception) else show(value)), ""
    return None, "; ".join(missed)


def _shown(value: Any, printed: Printed) -> str:
    return show(value, 12) if printed.special else closer(value, printed)


def _meets(printed: Printed, low: Fraction, high: Fraction) -> bool:
    """Whether a number between these rounds to the print."""
    span = printed.span
    return low <= span.high and high >= span.low


# -- in a format ---------------------------------------------------------------------------------------


def _in_a_format(context: CaseContext, claim: Claim, node: Node, printed: Printed, value: Any) -> Told:
    name = claim.computed
    try:
        found = results(node, context.known, FORMATS[name])
    except Undetermined as why:
        return Told(None, f"what {name} arithmetic may give is not bounded: {why}", {})
    ends = found.ends
    evidence: dict[str, Any] = {"computed": name}
    if printed.special:
        said = f"{name} arithmetic gives {printed.special}" + (" or a finite number" if ends else "")
        if printed.special in found.special:
            return Told(True, f"holds if computed in {name}: {said}", evidence)
    if ends is None:
        return Told(printed.special in found.special, f"{name} arithmetic gives {_or(found.special)}", evidence)
    low, high = ends
    evidence["between"] = [show(rational(low), 20), show(rational(high), 20)]
    if not printed.special and _meets(printed, low, high):
        off = "" if isinstance(value, Exception) else f", which may be off by {_distance(value, low, high)}"
        return Told(True, f"holds if computed in {name}{off}", evidence)
    shown = max(significant(printed.text) + 2, 9)
    between = f"{show(rational(low), shown)} to {show(rational(high), shown)}"
    special = f", or {_or(found.special)}" if found.special else ""
    return Told(False, f"{name} arithmetic gives {between}{special}", evidence)


def _or(special: frozenset[str]) -> str:
    return " or ".join(sorted(special)) or "no number"


def _distance(value: Any, low: Fraction, high: Fraction) -> str:
    """How far from a value the ends are, in a few digits, rounded up."""
    with precision(PREC):
        far = exact(abs(arb(rational(high)) - value).max(abs(value - arb(rational(low)))).upper())
    if not far:
        return "0"
    digits = len(str(far.numerator)) - len(str(far.denominator))  # or one less
    unit = Fraction(10) ** (digits - TOLD + 1)
    return f"{float(-(-far // unit) * unit):.{TOLD - 1}g}"


# -- within a tolerance ---------------------------------------------------------------------------------


def _within(context: CaseContext, claim: Claim, node: Node, printed: Printed, value: Any) -> Told | None:
    tolerance = claim.within
    assert tolerance is not None
    if isinstance(value, Exception) or printed.special:
        return None
    span = printed.span

    def inside(v: Any) -> bool | None:
        reach, low, high = tolerance.around(v), v - rational(span.high), v - rational(span.low)
        if low <= reach and -high <= reach:
            return True
        return False if low > reach or -high > reach else None

    answer, _ = context.decided(node, inside)
    if answer:
        return Told(True, f"holds within the tolerance {tolerance.text}", {"within": tolerance.text})
    distance = (lambda v: v.str(TOLD, radius=False))(arb(abs(value - rational(printed.value))))
    why = "is not" if answer is False else "may or may not be"
    return Told(answer, f"{distance} away from the exact value, which {why} within {tolerance.text}", {})


# -- from inputs that were rounded ------------------------------------------------------------------------


def _of_unrounded_inputs(context: CaseContext, claim: Claim, node: Node, printed: Printed, value: Any) -> Told:
    below = set(topological([node]))
    spans = {n: s for n, s in _spans(context).items() if n in below}
    if not spans:
        return Told(False, "no input is written with decimals, none can be rounded", {})
    try:
        found = simplified(node, context.known, spans, printed)
    except Unsettled as why:
        return Told(None, f"whether unrounded inputs give it is not settled: {why}", {})
    if found is None:
        return Told(False, "no inputs that round to the given ones give it", {})
    moved = {to_text(n): show(rational(v), 30) for n, v in found.items() if rational(v) != context.known[n]}
    listed = ", ".join(f"{n} = {v}" for n, v in list(moved.items())[:MAX_TOLD])
    more = ", ..." if len(moved) > MAX_TOLD else ""
    return Told(True, f"holds if inputs were rounded, such as from {listed}{more}", {"witness": moved})


def _spans(context: CaseContext) -> dict[Node, Span]:
    """What the inputs that are written with decimals may have been before they were rounded."""
    found = {}
    for s in context.case.symbols.values():
        for node, text in zip(components(s.node), s.texts, strict=True) if s.texts else ():
            written = text.lower().replace(" ", "")
            if "/" not in written and ("." in written or "e" in written):
                try:
                    found[node] = parse_printed(written).span
                except ValueError:  # more digits than anybody rounds to
                    continue
    return found


# -- as a double ------------------------------------------------------------------------------------------


def _nearest_double(context: CaseContext, claim: Claim, node: Node, printed: Printed, value: Any) -> Told | None:
    if isinstance(value, Exception) or printed.special or "%" in printed.suffix:
        return None
    if significant(printed.text) < DOUBLE_DIGITS:
        return None

    def nearest(v: Any) -> float | None:
        try:
            return FORMATS["float64"].nearest(v)
        except Undetermined:
            return None

    double, _ = context.decided(node, nearest)
    if double is None or abs(double) == float("inf"):
        return None
    if Fraction(repr(double)) == printed.value:
        how = "as it is printed"
    elif fit(printed, fmpq(*double.as_integer_ratio())) in ("rounded", "tie"):
        how = f"to {significant(printed.text)} digits"
    else:
        return None
    return Told(True, f"holds as the float64 number nearest to the exact value, {how}", {"computed": "float64"})
