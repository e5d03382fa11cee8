"""What a callable of tensors does compute, where that is one known step from the formula: a factor that comes from a reduction
or a convention, a variance with other degrees of freedom, an epsilon inside or outside a root, or a slip.

As for scalars (``translate``), candidates are held to the callable's float64 results at many sets: an observation, no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from derive.errors import ExpressionError
from derive.expr import shapes
from derive.expr.graph import Node, topological
from derive.flint import arb
from derive.language.reader import parse, to_text
from derive.numbers.balls import precision
from derive.repair.slips import SLIPS, Pool
from derive.repair.spots import Spot, spots
from verify.conform.calls import Call, Raised
from verify.conform.formats import FORMATS, Array
from verify.conform.frameworks import Framework
from verify.conform.outcome import Conformance
from verify.conform.tensor_sets import sets
from verify.conform.tensor_truth import TensorReference, TensorSubject
from verify.conform.translate import FACTORS, OPPOSITE, as_convention, epsilons, exchanged, guarded
from verify.conform.truth import Balls

TRIED = 8  # sets
MAX_CANDIDATES = 120
MAX_SPOTS = 40
NEAR = 1e-9  # relative


def translated(
    found: Conformance,
    subject: TensorSubject,
    call: Call,
    fw: Framework,
    against: Callable[[Node], Conformance],
    seed: int,
) -> Conformance:
    """The same, with the convention or the slip that explains a wrong formula; where none does, as it was."""
    if found.kind != "wrong formula":
        return found
    from verify.conform.tensors import results

    rows = sets(subject.symbols, subject.ranges, FORMATS["float64"], TRIED, seed)
    try:
        computed = results(subject, call, fw, fw.modes[0][0], "value", rows, FORMATS["float64"])
    except Raised:
        return found
    if _explains(subject.node, subject, rows, computed):  # right in float64: nothing else is computed
        return found
    for candidate, words in _conventions(subject, rows, computed):
        if not _explains(candidate, subject, rows, computed):
            continue
        if words == OPPOSITE:
            return replace(found, repair=f"{to_text(candidate)}: {words}")
        return as_convention(found, candidate, words, against(candidate))
    for candidate, words in exchanged(subject.node, subject.symbols):
        if _explains(candidate, subject, rows, computed):
            return replace(found, repair=f"{to_text(candidate)}: {words}")
    for candidate in _slips(subject):
        if _explains(candidate, subject, rows, computed):
            return replace(found, repair=to_text(candidate))
    return found


def _conventions(subject: TensorSubject, rows: Array, computed: Array) -> Iterator[tuple[Node, str]]:
    formula, g = subject.node, subject.node.graph
    for spot in spots(formula, MAX_SPOTS):
        for new, words in (*_freedom(spot), *epsilons(spot)):
            if new.shape == spot.node.shape:
                yield spot.replaced(new), words
    ratio = _ratio(subject, rows, computed)
    if ratio is not None:
        for text, words in FACTORS:
            factor = parse(text, {}, g)
            with precision(64):
                size = float(arb(Balls([factor], [])([])[0]))
            if abs(size / ratio - 1) < NEAR:
                yield g.mul(factor, formula), words
        for c, words in _sizes(subject):
            if abs(float(c) / ratio - 1) < NEAR:
                yield g.mul(g.const(c), formula), f"{words} ({c})"
            if c > 0 and abs(float(c) ** 0.5 / ratio - 1) < NEAR:
                yield g.mul(g.call("sqrt", g.const(c)), formula), f"the root of {words} (sqrt({c}))"


def _ratio(subject: TensorSubject, rows: Array, computed: Array) -> float | None:
    """The one factor between the results and the formula; None where there is none."""
    exact = np.array([e.high for e in TensorReference(subject, "value", rows, FORMATS["float64"]).exact]).T
    with np.errstate(all="ignore"):
        ratios = (computed / exact)[np.isfinite(exact) & (exact != 0) & np.isfinite(computed)]
    if len(ratios) < 2 or not np.isfinite(ratios).all() or not (middle := float(np.median(ratios))):
        return None
    return middle if (np.abs(ratios / middle - 1) <= NEAR).mean() > 0.9 else None


def _sizes(subject: TensorSubject) -> Iterator[tuple[Fraction, str]]:
    """Factors that come of a sum in place of a mean, and of n - 1 in place of n, with the sizes of the formula's tensors."""
    found = {s for n in topological([subject.node]) for s in (*n.shape, shapes.size(n.shape)) if s > 1}
    for n in sorted(found):
        yield Fraction(n), "a sum where the formula has a mean, a factor of n"
        yield Fraction(1, n), "a mean where the formula has a sum, a factor of 1/n"
    for n in sorted(found):
        yield Fraction(n, n - 1), "degrees of freedom n - 1 where the formula has n, ddof=1"
        yield Fraction(n - 1, n), "degrees of freedom n where the formula has n - 1, ddof=0"
    for n in sorted(found):
        yield Fraction(n, 2), "a factor of n and of 1/2"
        yield Fraction(2, n), "a factor of 1/n and of 2"
        yield Fraction(1, 2 * n), "a factor of 1/n and of 1/2"
        yield Fraction(2 * n), "a factor of n and of 2"


def _freedom(spot: Spot) -> Iterator[tuple[Node, str]]:
    """A variance with n - 1 in place of n, and the reverse: a factor on a quotient by a size, inside the formula."""
    n = spot.node
    if n.op not in ("var", "div"):
        return
    g = n.graph
    inner = n.args[0]
    sizes = {s for m in topological([inner]) for s in (*m.shape, shapes.size(m.shape)) if s > 1}
    for s in sorted(sizes):
        yield g.mul(g.const(Fraction(s, s - 1)), n), f"n - 1 where the formula has n, ddof=1 ({s - 1} for {s})"
        yield g.mul(g.const(Fraction(s - 1, s)), n), f"n where the formula has n - 1, ddof=0 ({s} for {s - 1})"


def _explains(candidate: Node, subject: TensorSubject, rows: Array, computed: Array) -> bool:
    from verify.conform.tensors import measured_entry

    try:
        other = TensorSubject(candidate, subject.symbols, subject.ranges, ())
        reference = TensorReference(other, "value", rows, FORMATS["float64"])
        running = reference.truth.running
        if running is None:
            return False
        rough = np.array([np.broadcast_to(b.value, (len(rows),)) for b in running(*reference.inputs)]).T
        with np.errstate(all="ignore"):
            near = np.abs(rough - computed) <= NEAR * np.abs(rough) + 1e-300
        if not (near | ~np.isfinite(rough)).mean() > 0.8:
            return False
        measured = [measured_entry(other, reference, k, computed[:, k], 0) for k in range(computed.shape[1])]
    except (ExpressionError, NotImplementedError, ArithmeticError, ValueError, KeyError):
        return False
    return any(m.judged.any() for m in measured) and not any(m.off.any() for m in measured)


def _slips(subject: TensorSubject) -> Iterator[Node]:
    """Formulas one slip away, each once."""
    yield from guarded(subject.node, MAX_SPOTS)
    seen = {subject.node}
    pool = Pool(subject.symbols, subject.symbols)
    for _, maker in SLIPS:
        for spot in spots(subject.node, MAX_SPOTS):
            try:
                for new in maker(spot, pool):
                    if new.shape == spot.node.shape and (candidate := spot.replaced(new)) not in seen:
                        seen.add(candidate)
                        if candidate.shape == subject.node.shape:
                            yield candidate
                    if len(seen) > MAX_CANDIDATES:
                        return
            except (ExpressionError, ValueError, ArithmeticError):
                continue
