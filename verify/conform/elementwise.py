"""The comparison of one elementwise callable with one formula, path by path.

Points sort out where a result is off: the strata, then a dense sweep against the same formula in float64. What is reported
is measured at those very points against exact values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from derive.expr.graph import Node
from derive.language.reader import to_text
from derive.records import dataclass
from verify.conform.behaviour import behaviour
from verify.conform.callables import is_own
from verify.conform.calling import calling, kind_of, said
from verify.conform.calls import Call, Raised
from verify.conform.classes import JUMP, beside_formats, classify
from verify.conform.formats import FORMATS, Array, Format
from verify.conform.frameworks import Framework
from verify.conform.inspection import constants_of
from verify.conform.measure import SLACK, ULPS, Measured, Reference, conditions, excuse, measure
from verify.conform.outcome import ORDERS, UNSTEADY, Conformance, Finding, Outcome, Simple
from verify.conform.running import Running, constants_in, unit_of
from verify.conform.settings import kept, with_changes
from verify.conform.simplest import clearly_off, is_plain, rounded, shortest_of_worst, written
from verify.conform.steadiness import TEXTS, why
from verify.conform.strata import dense, points, several
from verify.conform.subject import Subject
from verify.conform.sweep import ulps_of
from verify.conform.tables import kinks, specials, zeros
from verify.conform.truth import decimal
from verify.conform.vectorized import one_by_one, spanned, takes
from verify.conform.watching import BROKEN, Cause, cause

BASE = 2000  # points of the strata
DENSE = 1 << 20  # points of the sweep that hunts: a 16th of them in float64
LOOKED_AT = 400  # points of a sweep that are measured exactly
BINS = 512
COMPARED = 60  # points at which two formats are compared
ALIKE = 2.0  # times: errors that are no matter of the format
LITTLE = 0.1  # relative: an error that leaves some digits
SHARPER = 2.0**22  # times less of an error in float64 than in float32: rounding makes 2**29
WATCHED = 5  # points at which the steps of a callable are watched
ONE_BY_ONE = 300  # points of a callable that takes no arrays
MILD = 16.0  # ulps in float64, where hardly a library promises better of special functions: told, not blamed


@dataclass(frozen=True)
class Plan:
    """What is run: the paths by format and order, and how many points."""

    formats: tuple[str, ...]
    orders: tuple[int, ...]
    base: int = BASE
    dense: int = DENSE
    seed: int = 0


class Comparison:
    """An elementwise callable."""

    def __init__(self, title: str, subject: Subject, call: Call, fw: Framework, plan: Plan) -> None:
        self.title, self.subject, self.call, self.fw, self.plan = title, subject, call, fw, plan
        hints = constants_of(call.function)
        self.marks = [[*m, *hints] for m in subject.marks]
        self.findings: list[Finding] = []
        #: of a library's functions more is expected than of code that rounds every operation to a format of 16 bits
        self.own = is_own(call.function)
        self._bounds: dict[tuple[str, int], Running] = {}

    def run(self) -> Conformance:
        with np.errstate(all="ignore"), self.fw.alone():
            with kept() as changed:
                found = self._run()
            return with_changes(found, changed, self.own)

    def _run(self) -> Conformance:
        outcomes: list[Outcome] = []
        self.whole = whole = self._vectorized()
        single = self.call if whole else replace(self.call, alone=True)
        if not whole:
            self.call = one_by_one(self.call, self.fw)
            self.plan = Plan(self.plan.formats, self.plan.orders, ONE_BY_ONE, 0, self.plan.seed)
        for fmt in (FORMATS[f] for f in self.plan.formats):
            base = self._points(fmt, self.plan.base)
            references = {o: Reference(self.subject.truth(o), base, fmt) for o in self.plan.orders}
            for order in self.plan.orders:
                for k, mode in enumerate(self.fw.modes[order]):
                    if k and not whole:
                        continue  # laid out point by point, other modes say nothing more
                    outcomes += self._path(fmt, order, mode, references, hunts=k == 0 and order < 2)
        usual = self._usual()
        if whole and len(usual[0]):
            self.findings += behaviour(self.subject, self.call, self.fw, usual, self.own)
            if self.own and self.fw.name != "jax" and not self.findings and _right(outcomes, "float32"):
                from verify.conform.drawn import drawn, key_of
                from verify.conform.reproduce import importable

                key = key_of(importable(self.call.function), self.subject.text)
                self.findings += drawn(self.subject, self.call, self.fw, usual, key)
        kinked, told = kinks(self.subject, self.call, self.fw)
        self.findings += told
        if whole:
            self.findings += zeros(self.subject, self.call, self.fw)
        if any(f.kind in UNSTEADY for f in self.findings):  # another call may give anything
            outcomes = [replace(o, simple=None) for o in outcomes]
        from verify.conform.reproduce import reproduced
        from verify.conform.translate import translated

        found = Conformance(
            self.title,
            self.subject.text,
            self.fw.name,
            tuple(outcomes if self.own else beside_formats(outcomes)),
            tuple(self.findings),
            specials(self.subject, self.call, self.fw) if whole else (),
            kinked,
        )
        return reproduced(translated(found, self.subject, self.call, self.fw, self._against), self.subject, single)

    def _against(self, formula: Node) -> Conformance:
        """The outcomes against another formula of the same symbols."""
        s = self.subject
        return Comparison(self.title, Subject(formula, s.symbols, s.ranges, s.wrt), self.call, self.fw, self.plan).run()

    def _points(self, fmt: Format, count: int, whole: bool = True) -> list[Array]:
        s = self.subject
        if not s.symbols:
            return [np.zeros(1)]
        if len(s.symbols) == 1:
            return [points(fmt, s.ranges[0], self.marks[0], count, self.plan.seed, whole and self.plan.dense > 0)]
        return several(fmt, s.ranges, self.marks, count, self.plan.seed)

    def _usual(self) -> list[Array]:
        """Points of float32, the most usual sizes first."""
        columns = self._points(FORMATS["float32"], 64, whole=False)
        size = np.maximum.reduce([np.abs(np.log2(np.abs(x))) for x in columns])
        order = np.argsort(size, kind="stable")
        return [x[order] for x in columns]

    def _vectorized(self) -> bool:
        """Whether it takes arrays; if not, it is called number by number."""
        for fmt in ("float32", "float64"):
            given = [x[:: max(len(x) // 5, 1)][:5] for x in self._points(FORMATS[fmt], 200, whole=False)]
            if len(given[0]):
                return takes(self.fw, self.call, given)
        return True

    def _path(
        self, fmt: Format, order: int, mode: str, references: Mapping[int, Reference], hunts: bool
    ) -> list[Outcome]:
        base = references[order].inputs
        path = Outcome(ORDERS[order], mode, fmt.name, "undecided", 0)
        if not len(base[0]):
            return [replace(path, note="no number of the format lies in the range")]
        try:
            results = self._results(fmt, order, mode, base)
        except Raised as why:
            return [self._raised(path, order, mode, str(why) + self._where(fmt, order, mode, base))]
        found = []
        for k, computed in enumerate(results):
            m = self._measured(references[order], k, order, computed)
            m = self._beyond(fmt, order, m, references)
            kind = self._unsteady(fmt, order, mode, k, m, base, np.arange(len(base[0])))
            more: Measured | None = None
            bins: Sequence[tuple[float, float]] = ()
            if hunts and not kind and fmt.bits > 16 and self.plan.dense:
                more, bins, kind = self._hunt(fmt, order, mode, k)
            found.append(self._outcome(path, order, k, fmt, m, more, bins, kind))
        return found

    def _measured(self, reference: Reference, k: int, order: int, computed: Array) -> Measured:
        """Results of a path; what a library is off by in the last digits of float64 is excused."""
        fmt, inputs = reference.fmt, reference.inputs
        value = self._value(inputs) if order else None
        allowed = self._allowed(fmt, order, k, inputs)
        m = measure(reference, k, computed, self._tolerance(order), value, allowed, order)
        if self.own or fmt.name != "float64" or not m.off.any():
            return m
        mild = m.off & (m.ulps <= MILD * (order + 1) + 2.0 * SLACK * m.condition)
        return replace(m, off=m.off & ~mild, excused=m.excused | mild)

    def _allowed(self, fmt: Format, order: int, k: int, base: Sequence[Array]) -> Array | None:
        """What rounding every operation explains: of derivatives, and of one's own code in a format of 16 bits. Of other
        values, what rounding the numbers of the formula does."""
        constants = order == 0 and (fmt.bits > 16 or not self.own)
        if (fmt.name, order) not in self._bounds:
            truth = self.subject.truth(order)
            try:
                unit = constants_in(fmt.epsilon / 2) if constants else unit_of(fmt.epsilon / 2, fmt.least)
                running = Running(truth.nodes, truth.symbols, unit=unit)
            except NotImplementedError:
                return None
            self._bounds[fmt.name, order] = running
        return 2.0 * self._bounds[fmt.name, order](*base)[k].error

    def _beyond(self, fmt: Format, order: int, m: Measured, references: Mapping[int, Reference]) -> Measured:
        """Excused is of second derivatives what is asked where there is no first one; and of derivatives of one's own code in 16
        bits what is no number, where the derived formula leaves the format."""
        lost = np.zeros(len(m.off), bool)
        if order == 2 and 1 in references:
            lost |= m.off & np.any([e.undefined for e in references[1].exact], axis=0)
        running = self.subject.truth(order).running
        if self.own and order and fmt.bits == 16 and running is not None:
            broken = m.off & ~np.isfinite(m.computed)
            at = np.flatnonzero(broken)
            if order == 1 and len(at):
                broken[at] = running.sizes(*(x[at] for x in m.inputs)) > fmt.greatest
            lost |= broken
        return replace(m, off=m.off & ~lost, excused=m.excused | lost)

    def _unsteady(
        self, fmt: Format, order: int, mode: str, k: int, m: Measured, inputs: Sequence[Array], where: Array
    ) -> str:
        """Whether wrong results are right in another call: of the same array again, or of each point alone. ``where`` are the
        places of what was measured among the ``inputs``."""
        off = np.flatnonzero(m.off)
        if not len(off) or not self.whole:
            return ""
        off = off[np.argsort(-np.where(np.isfinite(m.ulps[off]), m.ulps[off], 1e308), kind="stable")]
        few = off[:3].tolist()
        try:
            again = self._results(fmt, order, mode, inputs)[k][where[off]]
            alone = [float(self._results(fmt, order, mode, [x[i : i + 1] for x in m.inputs])[k][0]) for i in few]
        except Raised:
            return ""
        before = m.computed[off]
        other = np.abs(again - before) > self._base * fmt.epsilon * np.abs(before)
        if other.any() or (np.isnan(again) != np.isnan(before)).any():
            kind = why(self.call.function, lambda: self._results(fmt, order, mode, inputs)[k])
            self._told(kind, TEXTS[kind])
            return kind
        if not (fmt.ulps(np.array(alone), m.exact.high[few], m.exact.low[few]) <= self._base).all():
            return ""
        at = ", ".join(repr(float(x[few[0]])) for x in m.inputs)
        place = f"entry {int(where[few[0]])} of {len(inputs[0])}"
        self._told("layout", f"wrong at {at} as {place}, right where it is called with that alone")
        return "layout"

    def _told(self, kind: str, text: str) -> None:
        if not any(f.kind == kind for f in self.findings):
            self.findings.append(Finding(kind, text))

    @property
    def _base(self) -> float:
        """Ulps that are allowed without a reason: more for a long formula, whose every operation rounds."""
        return max(ULPS, min(self.subject.size, 16))

    def _tolerance(self, order: int) -> float:
        return self._base * (order + 1)

    def _value(self, inputs: Sequence[Array]) -> Array:
        with np.errstate(all="ignore"):
            return self.subject.quick(0, inputs)[0]

    def _results(self, fmt: Format, order: int, mode: str, inputs: Sequence[Array]) -> list[Array]:
        names = [to_text(s) for s in self.subject.symbols]
        try:
            with calling(f"{ORDERS[order]}, {mode}, {fmt.name}, at {spanned(names, inputs)}"):
                found = self.fw.run(mode, self.call, inputs, fmt.name, self.subject.wrt)
        except Raised:
            raise
        except Exception as why:
            raise Raised(said(why)) from None
        for y in found:
            if y.shape != inputs[0].shape:
                raise Raised(f"the result has shape {list(y.shape)}, where {list(inputs[0].shape)} was expected")
        return found

    def _where(self, fmt: Format, order: int, mode: str, inputs: Sequence[Array]) -> str:
        """At which point alone it raises, halving; nowhere if it takes halves."""
        if order or mode != self.fw.modes[0][0]:
            return ""  # the usual path tells it
        some = list(inputs)
        while len(some[0]) > 1:
            half = len(some[0]) // 2
            for part in ([x[:half] for x in some], [x[half:] for x in some]):
                try:
                    self._results(fmt, order, mode, part)
                except Raised:
                    some = part
                    break
            else:
                return ""
        names = [to_text(s) for s in self.subject.symbols]
        return f", at {spanned(names, some)}"

    def _raised(self, path: Outcome, order: int, mode: str, why: str) -> Outcome:
        """A usual path that can't be run is a deviation; of another one, it is only told."""
        grave = order == 0 and mode == self.fw.modes[0][0] and FORMATS[path.dtype].bits > 16
        return replace(path, verdict="deviates", kind=kind_of(why), note=why) if grave else replace(path, note=why)

    def _hunt(
        self, fmt: Format, order: int, mode: str, k: int
    ) -> tuple[Measured | None, Sequence[tuple[float, float]], str]:
        """A dense sweep: the worst point of each bin that is off, measured exactly; and the bins."""
        s, count = self.subject, self.plan.dense // (16 if fmt.name == "float64" else 1)
        if len(s.symbols) == 1:
            swept = [dense(fmt, s.ranges[0], count, self.plan.seed)]
        else:
            swept = several(fmt, s.ranges, self.marks, count // 4, self.plan.seed)
        try:
            computed = self._results(fmt, order, mode, swept)[k]
            ulps = self._far(fmt, order, k, swept, computed)
        except (Raised, NotImplementedError):
            return None, (), ""
        edges = np.linspace(0, len(ulps), BINS + 1).astype(int)[:-1]
        top = np.maximum.reduceat(ulps, edges)
        bins = tuple(sorted(zip(swept[0][edges].tolist(), top.tolist(), strict=True))) if len(swept) == 1 else ()
        places = [
            int(e + np.argmax(ulps[e:stop]))
            for e, stop, t in zip(edges, [*edges[1:], len(ulps)], top, strict=True)
            if t > ULPS
        ]
        if not places:
            return None, bins, ""
        chosen = np.array(places)
        if len(chosen) > LOOKED_AT:
            chosen = chosen[np.argsort(-ulps[chosen], kind="stable")[:LOOKED_AT]]
        few = [x[chosen] for x in swept]
        m = self._measured(Reference(self.subject.truth(order), few, fmt), k, order, computed[chosen])
        return m, bins, self._unsteady(fmt, order, mode, k, m, swept, chosen)

    def _far(self, fmt: Format, order: int, k: int, inputs: Sequence[Array], computed: Array) -> Array:
        """How many ulps results are off at least: float64 is told by extended precision with its bounds, else by float64."""
        rough = self.subject.truth(order).rough(inputs) if fmt.name == "float64" else None
        with np.errstate(all="ignore"):
            if rough is None:
                quick = self.subject.quick(order, inputs)[k]
                return ulps_of(computed, quick, fmt) if fmt.bits <= 32 else fmt.ulps(computed, quick)
            value, error = rough[k]
            high = value.astype(np.float64)
            ulps = fmt.ulps(computed, high, (value - high).astype(np.float64))
            bound = (error / np.ldexp(1.0, np.maximum(fmt.exponents(high), -1070))).astype(np.float64)
            return np.where(
                np.isfinite(bound), np.maximum(ulps - bound, 0.0), np.where(np.isfinite(computed), 0.0, ulps)
            )

    def _outcome(
        self,
        path: Outcome,
        order: int,
        k: int,
        fmt: Format,
        m: Measured,
        more: Measured | None,
        bins: Sequence[tuple[float, float]],
        kind: str,
    ) -> Outcome:
        count = int(m.judged.sum())
        if not count:
            return replace(path, note="the exact value is not known at any point of the range")
        share = float(m.off.sum()) / count
        if more is not None and more.off.any():
            if not m.off.any():
                share = float(more.off.sum()) / self.plan.dense
            m = m.and_also(more)
        off = np.flatnonzero(m.off)
        where = off if len(off) else np.flatnonzero(m.judged & ~m.excused)
        where = where if len(where) else np.flatnonzero(m.judged)
        worst = shortest_of_worst(m, where)
        point = [float(x[worst]) for x in m.inputs]
        value = self.subject.truth(order).balls(point)[k]
        exact, got = float(m.exact.high[worst]), float(m.computed[worst])
        condition = float(m.condition[worst])
        if np.isnan(condition) and not isinstance(value, Exception):
            at = np.array([worst])
            condition = float(conditions(self.subject.truth(order), k, [x[at] for x in m.inputs], m.exact.at(at))[0])
        note = ""
        if not len(off):
            kind = ""
        elif not kind:
            kind, note = self._kind(order, path.mode, k, fmt, m)
        return replace(
            path,
            verdict="deviates" if len(off) else "conforms",
            points=count,
            kind=kind,
            worst={to_text(s): x for s, x in zip(self.subject.symbols, point, strict=True)},
            exact=decimal(value) if not isinstance(value, Exception) else repr(exact),
            computed=repr(got),
            by=self._by(order, k),
            simple=self._simple(order, path.mode, k, fmt, m, worst) if len(off) and kind not in UNSTEADY else None,
            ulps=float(m.ulps[worst]),
            relative=abs(got - exact) / abs(exact) if exact else float("inf") if got else 0.0,
            condition=0.0 if np.isnan(condition) else condition,
            share=share,
            first=float(m.inputs[0][off].min()) if len(off) else None,
            last=float(m.inputs[0][off].max()) if len(off) else None,
            bins=bins,
            note=note if len(off) else excuse(m, fmt),
        )

    def _simple(self, order: int, mode: str, k: int, fmt: Format, m: Measured, worst: int) -> Simple | None:
        """Of the points that are off one that is easy to check, or of simple numbers near some of them."""
        worst_point = [float(x[worst]) for x in m.inputs]
        if is_plain(worst_point):
            return None
        off, ulps = np.flatnonzero(m.off), float(m.ulps[worst])
        i = clearly_off(m, off, ulps)
        if i is None:
            some = off[np.unique(np.linspace(0, len(off) - 1, LOOKED_AT).astype(int))]
            near = rounded([x[some] for x in m.inputs], self.subject.ranges, fmt)
            if near is None:
                return None
            try:
                computed = self._results(fmt, order, mode, near)[k]
            except Raised:
                return None
            m = self._measured(Reference(self.subject.truth(order), near, fmt), k, order, computed)
            i = clearly_off(m, np.flatnonzero(m.off), ulps)
        if i is None:
            return None
        point = [float(x[i]) for x in m.inputs]
        if written(point) >= written(worst_point):
            return None
        value = self.subject.truth(order).balls(point)[k]
        return Simple(
            {to_text(s): x for s, x in zip(self.subject.symbols, point, strict=True)},
            decimal(value) if not isinstance(value, Exception) else repr(float(m.exact.high[i])),
            repr(float(m.computed[i])),
        )

    def _by(self, order: int, k: int) -> tuple[str, ...]:
        """What the k-th result of an order is differentiated by."""
        names = [to_text(self.subject.symbols[i]) for i in self.subject.wrt]
        return (
            ()
            if not order
            else (names[k],)
            if order < 2
            else [(a, b) for i, a in enumerate(names) for b in names[: i + 1]][k]
        )

    def _kind(self, order: int, mode: str, k: int, fmt: Format, m: Measured) -> tuple[str, str]:
        """The class, and what is known of how it comes."""
        kind = classify(self.subject.formula, order, m, fmt, self._sizes(order, m))
        if kind in BROKEN and order == 0 and (seen := self._watched(fmt, m)) is not None:
            return seen.kind, seen.text
        if fmt.name == "float64" and (kind.startswith("wrong") or (kind == "cancellation" and not order)):
            every, few = self._blunter(order, mode, k, m)
            if kind.startswith("wrong") and every > SHARPER:
                return "cancellation", ""
            if kind == "cancellation" and few < ALIKE:
                return "wrong formula", ""
        return kind, ""

    def _watched(self, fmt: Format, m: Measured) -> Cause | None:
        """What the steps of the callable say of results that are no numbers, at most of the least of these points."""
        broken = np.flatnonzero(m.off & ~np.isfinite(m.computed))
        size = np.maximum.reduce([np.abs(x[broken]) for x in m.inputs])
        few = broken[np.argsort(size, kind="stable")[:WATCHED]]
        seen = [c for i in few if (c := cause(self.fw, self.call, [x[i : i + 1] for x in m.inputs], fmt.name))]
        kinds = [c.kind for c in seen]
        return max(seen, key=lambda c: (kinds.count(c.kind), c.kind), default=None)

    def _blunter(self, order: int, mode: str, k: int, m: Measured) -> tuple[float, float]:
        """How many times the errors in float32 are those in float64, at the same points, as a median: of all that are off there,
        and of those that are something else than zero. Rounding makes some 2**29; NaN where too few are known."""
        narrow, wide = FORMATS["float32"], FORMATS["float64"]
        nothing = (np.nan, np.nan)
        if narrow.name not in self.fw.formats:
            return nothing
        off = np.flatnonzero(m.off & np.isfinite(m.computed))
        off = off[np.unique(np.linspace(0, len(off) - 1, COMPARED).astype(int))] if len(off) else off
        inputs = [narrow.rounded(x[off]) for x in m.inputs]
        inside = np.all(np.isfinite(inputs), axis=0)
        inputs = [x[inside] for x in inputs]
        if not len(inputs[0]):
            return nothing
        exact = self.subject.truth(order)(inputs, wide)[k]
        try:
            made = [self._results(f, order, mode, inputs)[k] for f in (wide, narrow)]
        except Raised:
            return nothing
        errors = [np.abs((y - exact.high) - exact.low) for y in made]
        lost = errors[0] > JUMP * np.ldexp(1.0, np.maximum(wide.exponents(exact.high), -1070))
        usable = exact.known & ~exact.undefined & lost & np.isfinite(errors[1])
        # a zero may be all that is left, in any format
        little = usable & ((errors[0] < LITTLE * np.abs(exact.high)) | (made[0] != 0.0))
        all_, few = (float(np.median((errors[1] / errors[0])[u])) if u.sum() >= 3 else np.nan for u in (usable, little))
        return all_, few

    def _sizes(self, order: int, m: Measured) -> Array | None:
        running = self.subject.truth(order).running
        return None if running is None else running.sizes(*m.inputs)


def _right(outcomes: Sequence[Outcome], dtype: str) -> bool:
    """Whether values are right in a format."""
    values = [o for o in outcomes if (o.order, o.dtype) == (ORDERS[0], dtype)]
    return bool(values) and all(o.verdict == "conforms" for o in values)
