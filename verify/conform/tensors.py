"""The comparison where inputs or results are tensors: losses, layers, softmax and its relatives.

A point is a set of tensors. The formula is laid out entry by entry, so exact values, errors and conditions are those of
scalars; of its derivatives the product with fixed weights and along a fixed direction are compared: vjp, jvp and
Hessian-vector product.

The tolerance of an entry is some ulps, more by the logarithm of the number of entries, and twice what relative changes of all
inputs by the roundoff move it, in absolute terms: the error of a sum is proportional to the sum of its terms' magnitudes
(Higham, sections 3.1 and 4.2), that of a stable algorithm to the condition. Or it is what rounding every operation of the
written formula explains (``TensorReference.roundings``), with sums in pairs: but of values of a library's functions not
where half of the digits are lost, of which a good program is expected; and of a derivative, some roundings of its greatest entry.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from derive.expr import shapes
from derive.expr.graph import Node
from derive.flint import arb
from derive.language.reader import to_text
from derive.numbers.balls import precision
from verify.conform.arguments import Bound
from verify.conform.callables import is_own
from verify.conform.calling import calling, kind_of, said
from verify.conform.calls import Call, Raised
from verify.conform.classes import beside_formats
from verify.conform.formats import FORMATS, Array, Format
from verify.conform.frameworks import Framework
from verify.conform.measure import CHAIN, SLACK, ULPS, Measured, measure
from verify.conform.outcome import ORDERS, UNSTEADY, Conformance, Finding, Outcome
from verify.conform.settings import kept, with_changes
from verify.conform.steadiness import TEXTS, why
from verify.conform.tensor_behaviour import behaviour
from verify.conform.tensor_classes import classified
from verify.conform.tensor_sets import LOSSY, LOST, MANY, laid_out, sets
from verify.conform.tensor_truth import Kind, TensorReference, TensorSubject
from verify.conform.truth import decimal

SETS = 24  # of tensors that are tried on the usual path of an order
FEW = 6  # where they are large
EVERY = 3  # of them one in so many on the other paths
LARGE = 200  # entries
MAX_SECOND = 80  # entries up to which second derivatives are compared
PAIRED = 4.0  # times the share of roundings that summing in pairs has of those of summing one by one
SHOWN = 8  # entries of a tensor that are told one by one
CLOSE = 60  # entries of a result that are looked at closely: those farthest off
UNSUPPORTED = (
    "not implemented for",
    "not supported for",
    "does not support",
    "expected a floating",
    "unsupported dtype",
)


def conform_tensors(
    title: str, formula: Node, bound: Bound, wrt: Sequence[int], fw: Framework, formats: Sequence[str], seed: int
) -> Conformance:
    """As ``engine.conform``, of a formula over tensors."""
    subject = TensorSubject(formula, bound.symbols, bound.ranges, wrt, not is_own(bound.call.function))
    with np.errstate(all="ignore"), fw.alone():
        with kept() as changed:
            found = compared(title, subject, bound.call, fw, formats, seed)
        found = with_changes(found, changed, is_own(bound.call.function))
        from verify.conform.reproduce import reproduced_tensors
        from verify.conform.tensor_translate import translated

        def against(other: Node) -> Conformance:
            changed = TensorSubject(other, subject.symbols, subject.ranges, subject.wrt, subject.good)
            return compared(title, changed, bound.call, fw, formats, seed)

        return reproduced_tensors(translated(found, subject, bound.call, fw, against, seed), subject, bound.call, fw)


def compared(
    title: str, subject: TensorSubject, call: Call, fw: Framework, formats: Sequence[str], seed: int
) -> Conformance:
    """The outcomes of all paths, and how the callable behaves."""
    outcomes: list[Outcome] = []
    findings: list[Finding] = []
    large = len(subject.entries) > LARGE
    for fmt in (FORMATS[f] for f in formats):
        usual = FEW if large else SETS
        extremes = EVERY if subject.good and not large else 0
        tiny = FEW if not subject.good and not large else 0
        rows = sets(subject.symbols, subject.ranges, fmt, usual, seed, extremes, tiny)
        if not len(rows):
            continue
        references: dict[tuple[Kind, int], TensorReference] = {}
        for order in (0, 1, 2):
            if (
                (order and not subject.wrt)
                or (order == 2 and len(subject.entries) > MAX_SECOND)
                or order not in fw.modes
            ):
                continue
            for k, mode in enumerate(fw.modes[order]):
                kind: Kind = ("value", "jvp" if mode == "forward mode" else "vjp", "hvp")[order]
                if (kind, 1) not in references:
                    references[kind, 1] = whole = TensorReference(subject, kind, rows, fmt, not subject.good, usual)
                    if kind == "value":
                        _as_sums(whole, subject, rows, fmt, usual)
                    if order:  # of a slope nothing is due where there is no value
                        none = np.any([e.undefined for e in references["value", 1].exact], axis=0)
                        for exact in whole.exact:
                            exact.known[none] = False
                    references[kind, EVERY] = whole.every(EVERY)
                step = 1 if k == 0 else EVERY
                outcomes.append(_path(subject, call, fw, order, mode, rows[::step], references[kind, step]))
    own = is_own(call.function)
    findings += behaviour(subject, call, fw, seed, own)
    findings += _unsteady(subject, call, fw, outcomes, findings, seed)
    told = outcomes if own else beside_formats(outcomes)
    return Conformance(title, subject.text, fw.name, tuple(told), tuple(findings))


def _as_sums(whole: TensorReference, subject: TensorSubject, rows: Array, fmt: Format, usual: int) -> None:
    """Of the sets that a sum loses (``tensor_sets.lossy``) only those results are judged that the small entries change by their
    sum: a variance, whose mean they are beside, rounds in each of its terms."""
    n = max((shapes.size(s.shape) for s in subject.symbols), default=0)
    if n <= MANY:
        return
    last = np.arange(usual - LOSSY, usual)
    small = np.abs(rows[last]) < fmt.epsilon**0.4
    bare = TensorReference(subject, "value", np.where(small, 0.0, rows[last]), fmt, not subject.good, LOSSY)
    for exact, without in zip(whole.exact, bare.exact, strict=True):
        with np.errstate(all="ignore"):
            gap = np.abs((exact.high[last] - without.high) + (exact.low[last] - without.low))
            share = gap / (LOST * fmt.epsilon * n * np.abs(exact.high[last]))
            exact.known[last] &= (share > 1 / 8) & (share < 8)


def _unsteady(
    subject: TensorSubject,
    call: Call,
    fw: Framework,
    outcomes: Sequence[Outcome],
    found: Sequence[Finding],
    seed: int,
) -> list[Finding]:
    """Whether wrong values are others when all sets are run again: what one call and the next do not show."""
    off = next((o for o in outcomes if o.order == ORDERS[0] and o.verdict == "deviates" and o.kind != "raises"), None)
    if off is None or any(f.kind in UNSTEADY for f in found):
        return []
    fmt = FORMATS[off.dtype]
    rows = sets(subject.symbols, subject.ranges, fmt, FEW, seed)

    def run() -> Array:
        return results(subject, call, fw, off.mode, "value", rows, fmt)

    try:
        first, again = run(), run()
        if np.array_equal(first, again, equal_nan=True):
            return []
        kind = why(call.function, run)
    except Raised:
        return []
    return [Finding(kind, TEXTS[kind])]


def _path(
    subject: TensorSubject, call: Call, fw: Framework, order: int, mode: str, rows: Array, reference: TensorReference
) -> Outcome:
    fmt, kind = reference.fmt, reference.kind
    path = Outcome(ORDERS[order], mode, fmt.name, "undecided", 0)
    try:
        computed = results(subject, call, fw, mode, kind, rows, fmt, reference)
    except Raised as why:
        said = str(why)
        if fmt.bits == 16 and any(words in said for words in UNSUPPORTED):
            return replace(path, note=f"it is not implemented for {fmt.name}")
        grave = order == 0 and mode == fw.modes[0][0]
        return replace(path, verdict="deviates", kind=kind_of(said), note=said) if grave else replace(path, note=said)
    high, low, known = (np.array([getattr(e, n) for e in reference.exact]) for n in ("high", "low", "known"))
    with np.errstate(all="ignore"):
        ulps = np.where(known & np.isfinite(high), fmt.ulps(computed.T, high, low), np.inf)
        error = np.abs((computed.T - high) - low)
        beyond = np.where(ulps <= base_of(subject), 0.0, error / tolerances(subject, reference, order))
    beyond = np.where(np.isnan(beyond), np.inf, beyond).max(axis=1)
    # what is within the tolerance needs no closer look, but for the greatest error
    far = [k for k in np.argsort(-beyond, kind="stable")[:CLOSE].tolist() if beyond[k] > 1.0]
    far = sorted({*far, int(np.argmax(beyond if beyond.max() else ulps.max(axis=1)))})
    measured = {k: measured_entry(subject, reference, k, computed[:, k], order) for k in far}
    path = replace(path, points=computed.size)
    return _outcome(subject, call, fw, reference, order, path, measured)


def results(
    subject: TensorSubject,
    call: Call,
    fw: Framework,
    mode: str,
    kind: Kind,
    rows: Array,
    fmt: Format,
    reference: TensorReference | None = None,
) -> Array:
    """What a path gives at the rows: a row of entries each. Raises Raised, whatever the callable raises; but not where the
    formula has no value, or none that is known in the format, as the inverse of a singular matrix: there raising is right,
    and the row is the reference's own."""
    wanted = subject.shapes_of(kind)
    made = []
    for j, row in enumerate(rows):
        given = laid_out(subject.symbols, row)
        try:
            with calling(f"{kind}, {mode}, {fmt.name}, with {_sized(subject, given)}"):
                found = fw.run_tensors(mode, call, given, fmt.name, subject.wrt, subject.weights, subject.directions)
        except Raised:
            raise
        except Exception as why:
            if reference is not None and reference.hopeless[j]:
                made.append(np.array([e.high[j] for e in reference.exact]))
                continue
            raise Raised(said(why)) from None
        for y, shape in zip(found, wanted, strict=True):
            if np.shape(y) != shape:
                raise Raised(f"the result has shape {list(np.shape(y))}, where {list(shape)} was expected")
        made.append(np.concatenate([np.reshape(y, -1) for y in found]))
    return np.array(made)


def _sized(subject: TensorSubject, given: Sequence[Array]) -> str:
    """Inputs of a call in a few words: small ones with their numbers, others with their shapes."""
    told = []
    for s, x in zip(subject.symbols, given, strict=True):
        told.append(f"{to_text(s)} = {x.tolist()!r}" if x.size <= SHOWN else f"{to_text(s)} of shape {list(x.shape)}")
    return ", ".join(told)


def base_of(subject: TensorSubject) -> float:
    """Ulps that are allowed without a reason."""
    return ULPS + 2.0 * math.log2(subject.terms)


def tolerances(subject: TensorSubject, reference: TensorReference, order: int) -> Array:
    """How far entries may be off, in absolute terms: a row an entry, a column a set. Found once a reference."""
    if order not in reference.allowed:
        reference.allowed[order] = _tolerances(subject, reference, order)
    return reference.allowed[order]


def _tolerances(subject: TensorSubject, reference: TensorReference, order: int) -> Array:
    fmt = reference.fmt
    ulp = np.ldexp(1.0, np.maximum(fmt.exponents(np.array([e.high for e in reference.exact])), -1070))
    moves = np.where(np.isfinite(reference.moves), reference.moves, FORMATS["float64"].greatest)
    allowed = base_of(subject) * ulp + SLACK * fmt.epsilon * moves
    constants = subject.good and not order and fmt.bits > 16
    roundings = np.array(reference.roundings) * (2.0 if order or fmt.bits == 16 else 1.0)
    if not order:  # sums are expected in pairs or in blocks, not one by one
        roundings = roundings * min(1.0, PAIRED * math.log2(subject.terms) / subject.terms)
    if constants:  # no good program loses half of the digits to them
        half = math.sqrt(fmt.epsilon) * np.abs([e.high for e in reference.exact])
        roundings = np.fmax(np.fmin(roundings, half), 2.0 * np.array(reference.constants))
    allowed = np.fmax(allowed, roundings)
    if order:  # a backward pass is stable relative to the greatest entry
        greatest = np.max([np.where(np.isfinite(e.high), np.abs(e.high), 0.0) for e in reference.exact], axis=0)
        if (
            fmt.bits == 16 and reference.own and reference.truth.running is not None
        ):  # few bits: of the greatest number on the way
            greatest = np.fmax(greatest, reference.truth.running.sizes(*reference.inputs))
        allowed = np.fmax(allowed, CHAIN * fmt.epsilon * greatest)
    return np.where(np.isnan(allowed), 0.0, allowed)


def measured_entry(subject: TensorSubject, reference: TensorReference, k: int, computed: Array, order: int) -> Measured:
    """The k-th entry of a path's results against the exact values."""
    fmt, base = reference.fmt, base_of(subject)
    exact = reference.exact[k]
    allowed = None
    if (fmt.ulps(computed, exact.high, exact.low)[exact.known] > base).any():
        allowed = tolerances(subject, reference, order)[k]
    # a derivative of what a program takes a side of: any side is right; rounding is accounted for above
    value = np.full(len(computed), fmt.tiny) if order else None
    m = measure(reference, k, computed, base, value, allowed)
    if (
        order > (0 if reference.own else 1) and fmt.bits == 16
    ):  # powers of what is small or large leave the format on the way, in any program
        lost = m.off & ~np.isfinite(computed)
        m = replace(m, off=m.off & ~lost, excused=m.excused | lost)
    return m


def _outcome(
    subject: TensorSubject,
    call: Call,
    fw: Framework,
    reference: TensorReference,
    order: int,
    path: Outcome,
    measured: Mapping[int, Measured],
) -> Outcome:
    """The outcome from those entries that need a closer look; the others conform."""
    count = path.points - sum(int((~m.judged).sum()) for m in measured.values())
    if not count:
        return replace(path, points=0, note="the exact value is not known at any point")
    off = [(k, m) for k, m in measured.items() if m.off.any()]
    lost = sum(int(m.off.sum()) for _, m in off)
    if any(m.off[: reference.usual].any() for _, m in off):  # extremes are told where nothing else is off
        usual = np.arange(len(off[0][1].off)) < reference.usual
        off = [(k, replace(m, off=m.off & usual)) for k, m in off if m.off[: reference.usual].any()]
    base, due = base_of(subject), max(reference.fmt.least, 5e-324)

    def told(k: int, m: Measured) -> Array:
        """By what the worst input is chosen: how far it is off, and of what conforms, as a share of what is allowed."""
        if off:
            return np.where(m.off, np.minimum(m.ulps, 1e308), -1.0)
        if not (m.ulps[m.judged] > base).any():
            return np.where(m.judged, m.ulps / base, -1.0)
        error = np.abs((m.computed - m.exact.high) - m.exact.low)
        share = error / np.fmax(tolerances(subject, reference, order)[k], due)
        return np.where(m.judged & ~m.excused & np.isfinite(share), share, -1.0)

    by = [(told(k, m), k, m) for k, m in (off or measured.items())]
    chosen, k, m = max(by, key=lambda t: float(np.max(t[0])))
    j = int(np.argmax(chosen))
    exact, got = float(m.exact.high[j]), float(m.computed[j])
    with precision(256):
        shown = decimal(arb(exact) + arb(float(m.exact.low[j])))
    return replace(
        path,
        verdict="deviates" if off else "conforms",
        points=count,
        kind=classified(subject, call, fw, path.mode, order, [m for _, m in off], reference.fmt) if off else "",
        worst={to_text(e): float(x[j]) for e, x in zip(subject.entries, m.inputs, strict=False)},
        exact=shown,
        computed=repr(got),
        ulps=float(m.ulps[j]),
        relative=abs(got - exact) / abs(exact) if exact else float("inf") if got else 0.0,
        condition=float(reference.condition(k, np.array([j]))[0]),
        share=lost / count,
        note=subject.place(reference.kind, k) if subject.node.shape or order else "",
    )
