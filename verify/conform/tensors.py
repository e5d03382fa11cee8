"""The comparison where inputs or results are tensors: losses, layers, softmax and its relatives.

A point is a set of tensors. The formula is laid out entry by entry, so exact values, errors and conditions are those of
scalars; of its derivatives the product with fixed weights and along a fixed direction are compared: vjp, jvp and
Hessian-vector product.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, fmpq

from derive import shapes
from derive.calculus import gradient, hvp
from derive.components import components, components_all
from derive.enclose import precision
from derive.graph import Node
from derive.language import to_text
from verify.conform.arguments import Bound
from verify.conform.classes import classify
from verify.conform.formats import FORMATS, Array, Format
from verify.conform.frameworks import Call, Framework, Raised
from verify.conform.measure import ULPS, Measured, Reference, measure
from verify.conform.outcome import ORDERS, Conformance, Finding, Outcome
from verify.conform.strata import Range
from verify.conform.truth import Truth, decimal

SETS = 24  # of tensors that are tried
FEW = 6  # where they are large
LARGE = 200  # entries
MAX_SECOND = 80  # entries up to which second derivatives are compared
PATTERNS = 6  # of signs, for conditions and kinks in many variables
TILT = 2.0**-24


class TensorSubject:
    """A formula of tensors, its vjp with ``weights`` and its Hessian-vector product along ``directions``, entry by entry."""

    def __init__(self, formula: Node, symbols: Sequence[Node], ranges: Sequence[Range], wrt: Sequence[int]) -> None:
        self.node, self.text = formula, to_text(formula)
        self.symbols, self.ranges, self.wrt = tuple(symbols), tuple(ranges), tuple(wrt)
        self.entries = [e for part in components_all(list(symbols)) for e in part] if symbols else []
        self.weights = _simple(formula.shape, 3)
        self.directions = [_simple(symbols[i].shape, 5) for i in wrt]
        self._truths: dict[int, Truth] = {}

    @cached_property
    def total(self) -> Node:
        """The formula, or the sum of its entries with the weights."""
        g = self.node.graph
        return g.sum(g.mul(_const(g, self.weights), self.node)) if self.node.shape else self.node

    def truth(self, order: int) -> Truth:
        if order not in self._truths:
            by = [self.symbols[i] for i in self.wrt]
            g = self.node.graph
            if order == 0:
                nodes = [self.node]
            elif order == 1:
                nodes = gradient(self.total, by)
            else:
                nodes = hvp(self.total, by, [_const(g, d) for d in self.directions])
            self._truths[order] = Truth([e for part in components_all(nodes) for e in part], self.entries)
        return self._truths[order]

    def place(self, order: int, k: int) -> str:
        """What the k-th entry of an order is called."""
        if order == 0:
            return _entry("the result", self.node.shape, k)
        for i in self.wrt:
            size = shapes.size(self.symbols[i].shape)
            if k < size:
                return _entry(f"that by {to_text(self.symbols[i])}", self.symbols[i].shape, k)
            k -= size
        return ""


def _entry(what: str, shape: tuple[int, ...], k: int) -> str:
    return f"{what} at [{', '.join(map(str, list(shapes.indices(shape))[k]))}]" if shape else what


def _simple(shape: tuple[int, ...], step: int) -> Array:
    """Small dyadic numbers, all different from zero, no two neighbours alike."""
    k = np.arange(max(shapes.size(shape), 1))
    return (((k * step) % 7 - 3.5) / 4.0).reshape(shape)


def _const(g: Any, values: Array) -> Node:
    flat = [g.const(Fraction(float(v))) for v in np.asarray(values).reshape(-1)]
    if not np.shape(values):
        return flat[0]  # type: ignore[no-any-return]  # a node of the graph
    made = flat
    for size in reversed(np.shape(values)):
        made = [g.stack(made[i : i + size]) for i in range(0, len(made), size)]
    return made[0]  # type: ignore[no-any-return]


class TensorReference(Reference):
    """Conditions and kinks by patterns of signs: with many inputs, one by one would take long."""

    @cached_property
    def _patterns(self) -> Array:
        rng = np.random.default_rng(7)
        return rng.choice([-1.0, 1.0], (PATTERNS, len(self.inputs)))

    def condition(self, k: int, places: Array) -> Array:
        here = [x[places] for x in self.inputs]
        exact = self.exact[k].at(places)
        moved = np.zeros(len(places))
        for signs in self._patterns:
            there = [x * (1.0 + s * TILT) for x, s in zip(here, signs, strict=True)]
            near = self._near(there, k)
            with np.errstate(all="ignore"):
                by = np.abs((near.high - exact.high) + (near.low - exact.low)) / (TILT * np.abs(exact.high))
            moved = np.fmax(moved, np.where(near.known & ~near.undefined, by, np.inf))
        return 4.0 * moved  # the sum over inputs is more than what any pattern of signs shows

    def _near(self, there: Sequence[Array], k: int) -> Any:
        return self.truth(there, FORMATS["float64"])[k]

    def sides(self, k: int, i: int) -> tuple[float, float] | None:
        given = [fmpq(*float(x[i]).as_integer_ratio()) for x in self.inputs]
        found = []
        for signs in self._patterns:
            step = [v + int(s) * (abs(v) / 2**80 if v else fmpq(1, 2**1154)) for v, s in zip(given, signs, strict=True)]
            value = self.truth.balls.exactly(step, digits=60)[k]
            if not isinstance(value, Exception | bool):
                with precision(256):
                    found.append(float(arb(value).mid()))
        return (min(found), max(found)) if found else None


def conform_tensors(
    title: str, formula: Node, bound: Bound, wrt: Sequence[int], fw: Framework, formats: Sequence[str], seed: int
) -> Conformance:
    """As ``engine.conform``, of a formula over tensors."""
    subject = TensorSubject(formula, bound.symbols, bound.ranges, wrt)
    outcomes: list[Outcome] = []
    findings: list[Finding] = []
    count = SETS if len(subject.entries) <= LARGE else FEW
    for fmt in (FORMATS[f] for f in formats):
        sets = _sets(subject, fmt, count, seed)
        if not len(sets):
            continue
        columns = [sets[:, i] for i in range(sets.shape[1])]
        for order in (0, 1, 2):
            if (order and not wrt) or (order == 2 and len(subject.entries) > MAX_SECOND) or order not in fw.modes:
                continue
            reference = TensorReference(subject.truth(order), columns, fmt)
            for mode in fw.modes[order]:
                outcomes.append(_path(subject, bound.call, fw, fmt, order, mode, sets, reference))
    findings += _behaviour(subject, bound.call, fw, seed)
    return Conformance(title, subject.text, fw.name, tuple(o for o in outcomes if o is not None), tuple(findings))


def _path(
    subject: TensorSubject,
    call: Call,
    fw: Framework,
    fmt: Format,
    order: int,
    mode: str,
    sets: Array,
    reference: Reference,
) -> Outcome:
    path = Outcome(ORDERS[order], mode, fmt.name, "undecided", 0)
    nodes = len(reference.truth.nodes)
    computed = np.full((len(sets), nodes), np.nan)
    wanted = [subject.node.shape] if order == 0 else [subject.symbols[i].shape for i in subject.wrt]
    for j, row in enumerate(sets):
        try:
            found = fw.run_tensors(
                mode, call, laid_out(subject.symbols, row), fmt.name, subject.wrt, subject.weights, subject.directions
            )
            if mode == "forward mode":
                return _forward(subject, call, fw, fmt, path, sets, reference)
            for y, shape in zip(found, wanted, strict=True):
                if np.shape(y) != shape:
                    raise Raised(f"the result has shape {list(np.shape(y))}, where {list(shape)} was expected")
            computed[j] = np.concatenate([np.reshape(y, -1) for y in found])
        except Exception as why:
            said = str(why) if isinstance(why, Raised) else f"{type(why).__name__}: {' '.join(str(why).split())[:200]}"
            grave = order == 0 and mode == fw.modes[0][0]
            return replace(path, verdict="deviates", kind="raises", note=said) if grave else replace(path, note=said)
    base = ULPS + 2.0 * math.log2(max(len(subject.entries), 2))
    value = np.ones(len(sets)) if order else None
    measured = [measure(reference, k, computed[:, k], base, value) for k in range(nodes)]
    return _outcome(subject, order, fmt, path, measured)


def _forward(
    subject: TensorSubject, call: Call, fw: Framework, fmt: Format, path: Outcome, sets: Array, reference: Reference
) -> Outcome:
    """The jvp along the directions, with the weights: the same number as the vjp along them."""
    g = subject.node.graph
    by = [subject.symbols[i] for i in subject.wrt]
    slope = g.zero
    for d, v in zip(gradient(subject.total, by), subject.directions, strict=True):
        slope = g.add(slope, g.sum(g.mul(d, _const(g, v))) if d.shape else g.mul(d, _const(g, v)))
    truth = Truth([components(slope)[0]], subject.entries)
    along = TensorReference(truth, reference.inputs, fmt)
    computed = np.full(len(sets), np.nan)
    for j, row in enumerate(sets):
        (t,) = fw.run_tensors(
            "forward mode",
            call,
            laid_out(subject.symbols, row),
            fmt.name,
            subject.wrt,
            subject.weights,
            subject.directions,
        )
        computed[j] = float(np.sum(t * subject.weights)) if subject.node.shape else float(t)
    size = max(shapes.size(subject.node.shape), 1)
    # the sum with the weights may cancel: what each term may be off by is allowed for
    m = measure(along, 0, computed, ULPS + 8.0 * size, np.ones(len(sets)) * size)
    return _outcome(subject, 0, fmt, path, [m])


def _outcome(subject: TensorSubject, order: int, fmt: Format, path: Outcome, measured: Sequence[Measured]) -> Outcome:
    count = sum(int(m.judged.sum()) for m in measured)
    if not count:
        return replace(path, note="the exact value is not known at any point")
    off = [(k, m) for k, m in enumerate(measured) if m.off.any()]

    def top(m: Measured) -> float:
        chosen = m.off if m.off.any() else m.judged & ~m.excused
        return float(np.max(np.minimum(m.ulps[chosen], 1e308))) if chosen.any() else -1.0

    k, m = max(off or list(enumerate(measured)), key=lambda pair: top(pair[1]))
    where = np.flatnonzero(m.off if m.off.any() else m.judged & ~m.excused)
    if not len(where):
        where = np.flatnonzero(m.judged)
    if not len(where):
        return replace(path, verdict="conforms", points=count)
    j = int(where[np.argmax(np.minimum(m.ulps[where], 1e308))])
    point = [float(x[j]) for x in m.inputs]
    exact, got = float(m.exact.high[j]), float(m.computed[j])
    condition = float(m.condition[j])
    return replace(
        path,
        verdict="deviates" if off else "conforms",
        points=count,
        kind=_kind(subject, order, [m for _, m in off], fmt) if off else "",
        worst={to_text(e): x for e, x in zip(subject.entries, point, strict=True)},
        exact=_shown(m, j),
        computed=repr(got),
        ulps=float(m.ulps[j]),
        relative=abs(got - exact) / abs(exact) if exact else float("inf") if got else 0.0,
        condition=0.0 if np.isnan(condition) else condition,
        share=sum(int(m.off.sum()) for _, m in off) / count,
        note=f"{subject.place(order, k)}" if subject.node.shape or order else "",
    )


def _shown(m: Measured, j: int) -> str:
    with precision(256):
        return decimal(arb(float(m.exact.high[j])) + arb(float(m.exact.low[j])))


def _kind(subject: TensorSubject, order: int, measured: Sequence[Measured], fmt: Format) -> str:
    """The class from all entries that are off, as one series of results."""
    together = measured[0]
    for m in measured[1:]:
        together = together.and_also(m)
    return classify(subject.node, order, together, fmt)


def laid_out(symbols: Sequence[Node], row: Array) -> list[Array]:
    """A row of entries as tensors of the symbols' shapes."""
    made, start = [], 0
    for s in symbols:
        stop = start + max(shapes.size(s.shape), 1)
        made.append(np.reshape(row[start:stop], s.shape))
        start = stop
    return made


def _sets(subject: TensorSubject, fmt: Format, count: int, seed: int) -> Array:
    """Sets of tensors, a row each: moderate values, values of all sizes, equal and nearly equal entries, one entry far from
    the others, zeros, large and small scales."""
    rng = np.random.default_rng(seed)
    rows = []
    for j in range(count):
        parts = []
        for s, r in zip(subject.symbols, subject.ranges, strict=True):
            n = max(shapes.size(s.shape), 1)
            parts.append(_inside(_drawn(rng, j % 8, n), r, fmt, rng))
        rows.append(np.concatenate(parts) if parts else np.zeros(0))
    return np.array(rows)


def _drawn(rng: np.random.Generator, kind: int, n: int) -> Array:
    """Entries of one kind, in units in which the range is about [-4, 4]."""
    x = rng.uniform(-3.0, 3.0, n)
    match kind:
        case 1:
            return rng.choice([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0], n)
        case 2:
            return np.full(n, x[0])
        case 3:
            return x[0] + rng.uniform(-1e-3, 1e-3, n)
        case 4:
            x[rng.integers(n)] *= 30.0
            return x
        case 5:
            return x * 10.0 ** rng.uniform(-6, 2, n)
        case 6:
            return x * 20.0
        case 7:
            return x * 1e-3
    return x


def _inside(x: Array, r: Range, fmt: Format, rng: np.random.Generator) -> Array:
    """Into the range: what lies outside is drawn again, spread over it."""
    low = -np.inf if r.low is None else r.low
    high = np.inf if r.high is None else r.high
    if np.isfinite(low) and np.isfinite(high):
        x = np.where((x > low) & (x < high), x, low + (high - low) * rng.uniform(0.02, 0.98, len(x)))
    else:
        x = np.where(x <= low, 2 * low - x + 0.25, np.where(x >= high, 2 * high - x - 0.25, x))
    first, last = r.ordinals(fmt)
    return fmt.at(np.clip(fmt.ordinal(fmt.rounded(x)), first, last))


def _behaviour(subject: TensorSubject, call: Call, fw: Framework, seed: int) -> list[Finding]:
    """Two equal calls give equal bits and leave their inputs as they are."""
    name = "float32" if "float32" in fw.formats else "float64"
    rows = _sets(subject, FORMATS[name], 1, seed)
    if not len(rows):
        return []
    given = laid_out(subject.symbols, rows[0])
    call = call.prepared(fw, name)
    try:
        tensors = [fw.tensor(x, name) for x in given]
        with np.errstate(all="ignore"):
            first = fw.array(call(tensors))
            again = fw.array(call([fw.tensor(x, name) for x in given]))
            dtype = fw.format_of(call([fw.tensor(x, name) for x in given]))
    except Exception:  # told by the path itself
        return []
    found = []
    if not all(np.array_equal(fw.array(t), x, equal_nan=True) for t, x in zip(tensors, given, strict=True)):
        found.append(Finding("changes its input", "the arrays it was called with have other values afterwards"))
    if not np.array_equal(first, again, equal_nan=True):
        found.append(Finding("not deterministic", "two calls with equal inputs gave different results"))
    if dtype != name:
        found.append(Finding("other dtype", f"{name} in, {dtype} out", grave=False))
    return found
