"""What a callable does compute, where that is one known step from the formula: a convention with its exact translation, or
a slip.

Candidates are formulas; points sort out all that the callable's float64 results do not agree with to their last digits. So a
translation is an observation at many points, not a proof, and is told as such.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from derive.errors import ExpressionError
from derive.expr.conditions import is_boolean
from derive.expr.folding import substitute, with_args
from derive.expr.graph import Node
from derive.language.reader import parse, to_text
from derive.repair.slips import SLIPS, Pool
from derive.repair.spots import Spot, spots
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
STRAY = 0.05  # share of the points at which a candidate may be off, where steps of the code cancel
NEAR = 1e-9  # relative: what a candidate has to be within, before it is measured exactly

#: Classes that a small constant in the code may explain: beside these nothing else is tried.
FLOORED = ("saturation", "documented threshold", "inaccurate")
OPPOSITE = "the opposite sign"
#: Constants that code adds, or takes as a floor, to keep away from 0: powers of ten, and the machine epsilons.
GUARDS = (*(Fraction(1, 10**k) for k in range(2, 17)), Fraction(1, 2**23), Fraction(1, 2**52))
MAX_EXCHANGED = 4  # symbols, of which any two may be exchanged

#: Constant factors that are a matter of convention, with what they are called.
FACTORS: tuple[tuple[str, str], ...] = (
    ("2", "a factor of 2"),
    ("1/2", "a factor of 1/2"),
    ("1/log(2)", "the logarithm to base 2"),
    ("1/log(10)", "the logarithm to base 10"),
    ("log(2)", "the natural logarithm in place of base 2"),
    ("log(10)", "the natural logarithm in place of base 10"),
    ("-1", OPPOSITE),
)


def translated(
    found: Conformance, subject: Subject, call: Call, fw: Framework, against: Callable[[Node], Conformance]
) -> Conformance:
    """The same, with the convention or the slip that explains a wrong formula; where none does, as it was. ``against``
    compares with another formula: what deviates from the convention, too, deviates."""
    if found.kind not in ("wrong formula", *FLOORED):
        return found
    f64 = FORMATS["float64"]
    points = several(f64, subject.ranges, [[] for _ in subject.ranges], TRIED)
    try:
        (computed,) = fw.run("eager", call, points, "float64", ())
    except Exception:
        return found
    if _explains(
        subject.formula, subject, points, computed
    ):  # right in float64 but for few points: nothing else is computed
        return found
    for candidate in guarded(subject.formula, MAX_SPOTS):
        if _explains(candidate, subject, points, computed):
            return replace(found, repair=to_text(candidate))
    if found.kind in FLOORED:
        return found
    for candidate, words in _conventions(subject):
        if _explains(candidate, subject, points, computed):
            if words == OPPOSITE:
                return replace(found, repair=f"{to_text(candidate)}: {words}")
            return as_convention(found, candidate, words, against(candidate))
    for candidate, words in exchanged(subject.formula, subject.symbols):
        if _explains(candidate, subject, points, computed):
            return replace(found, repair=f"{to_text(candidate)}: {words}")
    for candidate in _slips(subject):
        if _explains(candidate, subject, points, computed):
            return replace(found, repair=to_text(candidate))
    return found


def as_convention(found: Conformance, candidate: Node, words: str, against: Conformance) -> Conformance:
    """The same with the convention that the code follows: on the paths on which it is right by that."""
    rest = {o.path: o.verdict for o in against.outcomes}
    outcomes = tuple(
        replace(o, verdict="convention", kind="", note=f"{o.note}; {words}" if o.note else words)
        if o.verdict == "deviates" and rest[o.path] != "deviates"
        else o
        for o in found.outcomes
    )
    return replace(found, outcomes=outcomes, convention=f"{words}: it computes {to_text(candidate)}")


def _conventions(subject: Subject) -> Iterator[tuple[Node, str]]:
    """Formulas that differ by a convention, with its name."""
    g = subject.formula.graph
    for text, words in FACTORS:
        yield g.mul(parse(text, {}, g), subject.formula), words
    for spot in spots(subject.formula, MAX_SPOTS):
        for new, words in epsilons(spot):
            yield spot.replaced(new), words


def epsilons(spot: Spot) -> Iterator[tuple[Node, str]]:
    """sqrt(v + eps) for sqrt(v) + eps, the reverse, and max(sqrt(v), eps)."""
    n, g = spot.node, spot.node.graph

    def small(c: Node) -> bool:
        return c.op == "const" and 0 < c.attr < Fraction(1, 10)

    if n.op == "sqrt" and n.args[0].op == "add":
        for v, eps in (n.args[0].args, n.args[0].args[::-1]):
            if small(eps):
                yield g.add(g.call("sqrt", v), eps), "the epsilon outside the root"
                yield g.add(g.call("sqrt", v), g.call("sqrt", eps)), "the root of the epsilon outside the root"
                yield g.call("sqrt", g.add(v, g.mul(eps, eps))), "the epsilon squared inside the root"
    if n.op == "add":
        for root, eps in (n.args, n.args[::-1]):
            if root.op == "sqrt" and small(eps):
                yield with_args(root, (g.add(root.args[0], eps),)), "the epsilon inside the root"
                yield with_args(root, (g.add(root.args[0], g.mul(eps, eps)),)), "the epsilon squared, inside the root"
                yield g.call("max", root, eps), "the greater of the root and the epsilon"


def guards(spot: Spot) -> Iterator[Node]:
    """What keeps a logarithm, a divisor or a root away from 0 in code: a small constant added, or a floor."""
    n, g = spot.node, spot.node.graph
    place = {"log": 0, "log2": 0, "log10": 0, "sqrt": 0, "div": 1, "norm": 0}.get(n.op)
    if place is None or n.args[place].op == "const":
        return
    for c in map(g.const, GUARDS):
        guarded = [g.add(n.args[place], c), g.call("max", n.args[place], c)]
        if n.op.startswith("log"):
            guarded.append(g.call("min", g.call("max", n.args[place], c), g.sub(g.one, c)))
        for a in guarded:
            yield with_args(n, (*n.args[:place], a, *n.args[place + 1 :]))


def guarded(formula: Node, limit: int) -> Iterator[Node]:
    """The formula with one guard, or the same guard of all that is like it: log(p + eps) and log(1 - p + eps)."""
    places = [(spot, list(guards(spot))) for spot in spots(formula, limit)]
    places = [(spot, made) for spot, made in places if made and made[0].shape == spot.node.shape]
    for spot, made in places:
        yield from (spot.replaced(new) for new in made)
    for op in dict.fromkeys(spot.node.op for spot, _ in places):
        alike = [(spot.node, made) for spot, made in places if spot.node.op == op]
        if len(alike) > 1:
            for news in zip(*(made for _, made in alike), strict=True):
                yield substitute(formula, {n: new for (n, _), new in zip(alike, news, strict=True)})


def exchanged(formula: Node, symbols: Sequence[Node]) -> Iterator[tuple[Node, str]]:
    """The formula with two symbols of one shape exchanged, as where arguments go in another order."""
    for a, b in itertools.combinations(symbols[:MAX_EXCHANGED], 2):
        if a.shape == b.shape and (candidate := substitute(formula, {a: b, b: a})) is not formula:
            yield candidate, f"{to_text(a)} and {to_text(b)} exchanged, as if they were handed over in the other order"


def _explains(candidate: Node, subject: Subject, points: list[Array], computed: Array) -> bool:
    try:
        other = Subject(candidate, subject.symbols, subject.ranges, ())
        with np.errstate(all="ignore"):
            (value,) = other.quick(0, points)
            close = np.abs(value - computed) <= NEAR * np.abs(value)
        if not (close | ~np.isfinite(value)).mean() > 0.9:
            return False
        m = measure(Reference(other.truth(0), points, FORMATS["float64"]), 0, computed, 4 * ULPS)
        off = m.off & ~_by_rounding(other, points, computed)
    except (ExpressionError, NotImplementedError, ArithmeticError, ValueError, KeyError):
        return False
    return bool(m.judged.any()) and bool(off.mean() <= STRAY)


def _by_rounding(subject: Subject, points: list[Array], computed: Array) -> Array:
    """Where rounding every operation of the formula explains a difference: log(1 - p + eps) cancels in the code, too."""
    running = subject.truth(0).running
    if running is None:
        return np.zeros(len(computed), bool)
    with np.errstate(all="ignore"):
        (found,) = running(*points)
        return np.asarray(np.abs(found.value - computed) <= 2 * found.error)


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
