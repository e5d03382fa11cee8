"""What a callable does compute, where that is one known step from the formula: a convention with its exact translation, or
a slip.

Candidates are formulas; points sort out all that the callable's float64 results do not agree with to their last digits. So a
translation is an observation at many points, not a proof, and is told as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from derive.errors import ExpressionError
from derive.expr.graph import Node
from derive.language.reader import is_boolean, parse, to_text
from derive.repair.slips import SLIPS, Pool
from derive.repair.spots import spots
from verify.conform.calls import Call
from verify.conform.formats import FORMATS, Array
from verify.conform.frameworks import Framework
from verify.conform.measure import ULPS, Reference, measure
from verify.conform.outcome import Conformance
from verify.conform.strata import several
from verify.conform.subject import Subject

TRIED = 60  # points
MAX_CANDIDATES = 1500
MAX_SPOTS = 60
NEAR = 1e-9  # relative: what a candidate has to be within, before it is measured exactly

#: Constant factors that are a matter of convention, with what they are called.
FACTORS: tuple[tuple[str, str], ...] = (
    ("2", "a factor of 2"),
    ("1/2", "a factor of 1/2"),
    ("1/log(2)", "the logarithm to base 2"),
    ("1/log(10)", "the logarithm to base 10"),
    ("log(2)", "the natural logarithm in place of base 2"),
    ("log(10)", "the natural logarithm in place of base 10"),
    ("-1", "the opposite sign"),
)


def translated(
    found: Conformance, subject: Subject, call: Call, fw: Framework, against: Callable[[Node], Conformance]
) -> Conformance:
    """The same, with the convention or the slip that explains a wrong formula; where none does, as it was. ``against``
    compares with another formula: what deviates from the convention, too, deviates."""
    if found.kind != "wrong formula":
        return found
    f64 = FORMATS["float64"]
    points = several(f64, subject.ranges, [[] for _ in subject.ranges], TRIED)
    try:
        (computed,) = fw.run("eager", call, points, "float64", ())
    except Exception:
        return found
    for text, words in FACTORS:
        g = subject.formula.graph
        candidate = g.mul(parse(text, {}, g), subject.formula)
        if _explains(candidate, subject, points, computed):
            if text == "-1":
                return replace(found, repair=f"{to_text(candidate)}: {words}")
            rest = {o.path: o for o in against(candidate).outcomes}
            outcomes = tuple(
                replace(o, verdict="convention", kind="", note=words)
                if o.verdict == "deviates" and rest[o.path].verdict != "deviates"
                else o
                for o in found.outcomes
            )
            return replace(found, outcomes=outcomes, convention=f"{words}: it computes {to_text(candidate)}")
    for candidate in _slips(subject):
        if _explains(candidate, subject, points, computed):
            return replace(found, repair=to_text(candidate))
    return found


def _explains(candidate: Node, subject: Subject, points: list[Array], computed: Array) -> bool:
    try:
        other = Subject(candidate, subject.symbols, subject.ranges, ())
        with np.errstate(all="ignore"):
            (value,) = other.quick(0, points)
            close = np.abs(value - computed) <= NEAR * np.abs(value)
        if not (close | ~np.isfinite(value)).mean() > 0.9:
            return False
        m = measure(Reference(other.truth(0), points, FORMATS["float64"]), 0, computed, 4 * ULPS)
    except (ExpressionError, NotImplementedError, ArithmeticError, ValueError, KeyError):
        return False
    return bool(m.judged.any()) and not m.off.any()


def _slips(subject: Subject) -> Iterator[Node]:
    """Formulas one slip away from the subject's, each once."""
    formula = subject.formula
    seen = {formula}
    pool = Pool(subject.symbols, subject.symbols)
    for _, maker in SLIPS:
        for spot in spots(formula, MAX_SPOTS):
            try:
                for new in maker(spot, pool):
                    if new.shape == spot.node.shape and is_boolean(new) == is_boolean(spot.node):
                        candidate = spot.replaced(new)
                        if candidate not in seen and candidate.shape == ():
                            seen.add(candidate)
                            yield candidate
            except (ExpressionError, ValueError, ArithmeticError):
                continue
            if len(seen) > MAX_CANDIDATES:
                return
