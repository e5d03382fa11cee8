"""One optimizer against its recurrence: every path and dtype, the first entry that is off, and what it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import ExpressionError
from derive.language.reader import to_text
from derive.records import dataclass
from verify.conform.arguments import BadArguments
from verify.conform.callables import is_own
from verify.conform.calling import kind_of
from verify.conform.calls import Raised
from verify.conform.formats import FORMATS, Array, Format
from verify.conform.optimizer_runs import (
    OptimizerPath,
    Part,
    Refused,
    Runner,
    Scene,
    scene,
    torch_steps,
)
from verify.conform.outcome import Conformance, Finding, Outcome
from verify.conform.recurrence import Program, Recurrence
from verify.conform.running import DOUBLE, Unit, unit_of

ULPS = 4.0  # of the parameter, beside what rounding explains
SPREAD = 3.0  # times that: programs order their operations in ways of their own
SINGLE = unit_of(2.0**-24, 2.0**-149)  # scalars of a step in programs of float32 and less

SINGLES = "numbers of a step are held in float32, the default dtype"

Constants = Callable[[int], Mapping[str, Array]]


@dataclass(frozen=True)
class Expected:
    """The parameter after each step (rows), and how far it may be off: with and without underflow."""

    value: Array
    strict: Array
    loose: Array


@dataclass(frozen=True)
class Judged:
    outcome: Outcome
    off: Array | None = None  # by step and entry
    made: Array | None = None


@dataclass
class OptimizerComparison:
    title: str
    make: Callable[..., Any]
    recurrence: Recurrence
    options: dict[str, Any]
    runner: Runner
    paths: tuple[OptimizerPath, ...]
    dtypes: tuple[str, ...]
    parts: tuple[Part, ...]
    steps: int
    seed: int

    def __post_init__(self) -> None:
        self.own = is_own(self.make)
        self.findings: list[Finding] = []
        self.best = self.paths[0]  # the first path that conforms, if one does
        self._programs: dict[tuple[int, ...], Program] = {}

    @cached_property
    def scene(self) -> Scene:
        return scene(self.parts, self.steps, self.seed)

    def run(self) -> Conformance:
        from verify.conform.optimizer_beside import beside
        from verify.conform.optimizer_slips import explained

        self.check()
        outcomes: list[Outcome] = []
        sound = False
        for fmt in (FORMATS[d] for d in self.dtypes):
            expected = self.expected(fmt, self.scene)
            for path in self.paths:
                try:
                    judged = self.judge(path, fmt, self.scene, expected)
                except Refused as why:
                    if path is self.paths[0] and fmt.name == self.dtypes[0]:
                        raise BadArguments(f"{self.title} can't be made as it is called: {why}") from None
                    continue  # it has no such path
                if not sound and fmt.name == self.dtypes[0] and judged.outcome.verdict == "conforms":
                    self.best, sound = path, True
                outcomes.append(self.inherited(self.placed(judged, path, fmt, self.scene).outcome, path, fmt, expected))
        if sound and self.dtypes[0] in ("float64", "float32"):
            outcomes += beside(self)
        found = Conformance(
            self.title,
            self.recurrence.text,
            "torch" if self.runner is torch_steps else "optax",
            tuple(outcomes),
            tuple(dict.fromkeys(self.findings)),
        )
        return self.reproduced(explained(found, self))

    def check(self) -> None:
        """Raises ExpressionError where the recurrence has no value in one of its first steps, at gradients that are not zero."""
        if self.recurrence.whole:
            for p in self.parts:
                self.program(p)
            return
        self.recurrence.program.exact(np.array([0.5]), np.array([[0.75], [-0.5], [0.25]]))

    # -- what is right ---------------------------------------------------------------------------------

    def program(self, part: Part) -> Program:
        shape = part.shape if self.recurrence.whole else ()
        if shape not in self._programs:
            self._programs[shape] = Program.of(self.recurrence, shape)
        return self._programs[shape]

    def expected(self, fmt: Format, given: Scene, constants: Constants | None = None) -> Expected:
        if fmt.name == "float64":
            value, bound = self._bounds(fmt, given, constants, DOUBLE, DOUBLE)
            return Expected(value, bound, bound)
        value, strict = self._bounds(fmt, given, constants, unit_of(fmt.epsilon / 2, 0.0), DOUBLE)
        if fmt.bits > 16:
            return Expected(value, strict, strict)
        return Expected(
            value, strict, self._bounds(fmt, given, constants, unit_of(fmt.epsilon / 2, fmt.least), DOUBLE)[1]
        )

    def _bounds(
        self, fmt: Format, given: Scene, constants: Constants | None, unit: Unit, scalar: Unit
    ) -> tuple[Array, Array]:
        pieces = (
            [(self.program(p), s, p) for s, p in zip(given.slices, given.parts, strict=True)]
            if self.recurrence.whole
            else [(self.program(given.parts[0]), slice(None), None)]
        )
        found = []
        for program, s, p in pieces:
            changed = constants
            if constants is not None and p is not None:
                changed = _of_group(constants, s)
            rows = list(program.bounds(given.start[s], given.gradients[:, s], unit, scalar, changed))
            found.append((np.stack([b.value for b in rows]), np.stack([b.error for b in rows])))
        value, error = (np.concatenate([f[k] for f in found], axis=1) for k in (0, 1))
        size = np.maximum(np.abs(value), fmt.tiny)
        error = np.where(np.isnan(error), np.inf, error)
        return value, SPREAD * error + ULPS * fmt.epsilon * size

    # -- what is done ----------------------------------------------------------------------------------

    def judge(
        self,
        path: OptimizerPath,
        fmt: Format,
        given: Scene,
        expected: Expected,
        options: Mapping[str, Any] | None = None,
        mode: str = "",
    ) -> Judged:
        """Raises Refused."""
        outcome = Outcome("value", mode or path.name, fmt.name, "undecided", 0)
        rows: list[Array] = []
        try:
            rows.extend(self.runner(self.make, path, self.options | dict(options or {}), fmt, given))
        except Refused:
            raise
        except Raised as why:
            step = len(rows) + 1
            if fmt.bits == 16:
                return Judged(replace(outcome, note=f"step {step} raises {why}"))
            return Judged(
                replace(outcome, verdict="deviates", kind=kind_of(str(why)), note=f"step {step} raises {why}")
            )
        made = np.stack(rows)
        defined = np.isfinite(expected.value)  # where the formula has no value, none is wrong
        defined &= np.cumsum(~defined, axis=0) == 0
        with np.errstate(all="ignore"):
            error = np.abs(made - expected.value)
            broken = ~np.isfinite(made) & (np.abs(expected.value) < fmt.greatest)
            off = (~(error <= expected.strict) | broken) & defined
            ratio = np.where(defined, error / expected.strict, 0.0)
        if not defined.any():
            return Judged(replace(outcome, note="the formula has no value"))
        if off.any() and fmt.name != "float64":  # programs of short formats hold the numbers of a step in float32
            with np.errstate(all="ignore"):
                bound = self._bounds(fmt, given, None, unit_of(fmt.epsilon / 2, 0.0), SINGLE)[1]
                off = (~(error <= bound) | broken) & defined
        with np.errstate(all="ignore"):
            open_ = defined & np.isinf(expected.strict) & (error > _usual(expected.value, given, fmt))
        if not off.any() and open_.mean() > 0.5:
            return Judged(replace(outcome, note="rounding to this format explains any result"), off, made)
        if off.any():
            t = int(np.flatnonzero(off.any(axis=1))[0])
            i = int(np.argmax(np.where(off[t], np.where(np.isfinite(ratio[t]), ratio[t], 1e300), -1.0)))
        else:
            t, i = divmod(int(np.argmax(np.where(np.isnan(ratio), 0.0, ratio))), ratio.shape[1])
        return Judged(self._told(outcome, fmt, given, expected, made, off, t, i), off, made)

    def _told(
        self, outcome: Outcome, fmt: Format, given: Scene, expected: Expected, made: Array, off: Array, t: int, i: int
    ) -> Outcome:
        k = next(k for k, s in enumerate(given.slices) if s.start <= i < s.stop)
        part, place = given.parts[k], i - given.slices[k].start
        exact, got = float(expected.value[t, i]), float(made[t, i])
        found = replace(
            outcome,
            verdict="conforms",
            points=made.size,
            worst={"step": float(t + 1), "entry": float(place), "entries": float(part.size)},
            exact=repr(exact),
            computed=repr(got),
            ulps=float(fmt.ulps(got, exact)),
            relative=abs(got - exact) / abs(exact) if exact else float(got != 0.0),
        )
        if not off.any():
            return found
        found = replace(
            found,
            verdict="deviates",
            kind="wrong formula",
            share=float(off.mean()),
            note=f"first off after step {t + 1}, entry {place} of {part.name}",
        )
        if fmt.bits > 16:
            return found
        kind, cause = self._beyond(fmt, given, t, i)
        if kind and (not np.isfinite(got) or abs(got - exact) <= expected.loose[t, i]):
            note = f"{kind} in step {t + 1}: {cause}"
            if self.own:  # of one's own code no more is expected than rounding every operation gives
                self.findings.append(Finding(kind, f"{fmt.name}: {cause}", grave=False))
                return replace(found, verdict="undecided", kind="", note=note, share=0.0)
            return replace(found, kind=kind, note=note)
        return found

    def _singles(self, judged: Judged) -> bool:
        """Whether the scene is run as in float64, but for the numbers of a step, which are rounded to float32."""
        value, bound = self._bounds(FORMATS["float64"], self.scene, None, DOUBLE, SINGLE)
        with np.errstate(all="ignore"):
            return bool((np.abs(judged.made - value) <= bound).all() and np.isfinite(bound).mean() > 0.5)

    def _beyond(self, fmt: Format, given: Scene, t: int, i: int) -> tuple[str, str]:
        """The first value on the way of an entry that the format does not hold."""
        if self.recurrence.whole:
            return "", ""
        small = ""
        program = self.program(given.parts[0])
        for step, _, node, value in program.sizes(given.start[i : i + 1], given.gradients[: t + 1, i : i + 1]):
            if node in program.shared and node.op != "symbol":
                continue  # worked out in numbers of its own
            x = float(abs(value[0]))
            if fmt.greatest < x < np.inf and node.op != "symbol":
                return "overflow", f"{to_text(node)} = {x:.3g} at step {step} is beyond {fmt.greatest:.6g}"
            if not small and 0.0 < x < fmt.tiny:
                held = "0" if x <= fmt.least / 2 else "subnormal"
                small = f"{to_text(node)} = {x:.3g} at step {step} is {held} in {fmt.name}"
        return ("underflow", small) if small else ("", "")

    # -- where it is wrong -----------------------------------------------------------------------------

    def placed(self, judged: Judged, path: OptimizerPath, fmt: Format, given: Scene) -> Judged:
        """Whether what is off is right where the parameter is alone, or the entry is: then its place is at fault."""
        o = judged.outcome
        if o.verdict != "deviates" or o.kind != "wrong formula" or judged.off is None or self.recurrence.whole:
            return judged
        doubles = replace(path, default="float64")
        if fmt.name == "float64" and path != doubles and self._singles(judged) and self._right(doubles, fmt, given):
            return replace(judged, outcome=replace(o, kind="inaccurate", note=f"{SINGLES}; {o.note}"))
        ends = given.slices
        wrong = [k for k, s in enumerate(ends) if judged.off[:, s].any()]
        k = next(k for k, s in enumerate(ends) if judged.off[:, s][int(o.worst["step"]) - 1].any())
        i = ends[k].start + int(np.flatnonzero(judged.off[int(o.worst["step"]) - 1, ends[k]])[0])
        if self._right(path, fmt, given.only(k)):
            others = "" if len(wrong) == len(given.parts) else f", here {', '.join(given.parts[j].name for j in wrong)}"
            self.findings.append(
                Finding(
                    "shared state", f"right where it is the only parameter, wrong among others{others}", grave=False
                )
            )
            return replace(judged, outcome=replace(o, note=f"{o.note}; right where it is the only parameter"))
        if given.parts[k].size == 1 and len(given.parts[k].shape) == 1:
            return judged
        alone = Scene((Part((1,), "a parameter of 1 entry"),), given.start[i : i + 1], given.gradients[:, i : i + 1])
        if self._right(path, fmt, alone):
            return replace(judged, outcome=replace(o, kind="layout", note=f"{o.note}; right as a parameter of 1 entry"))
        return judged

    def inherited(self, o: Outcome, path: OptimizerPath, fmt: Format, expected: Expected) -> Outcome:
        """Of one's own subclass of a library's optimizer: a deviation of a path on which that differs from its own usual path,
        too, is the library's. It is told, and not blamed."""
        base = next((c for c in self.make.__mro__[1:] if not is_own(c)), None) if isinstance(self.make, type) else None
        if o.verdict != "deviates" or not self.own or base is None or path is self.paths[0]:
            return o
        try:
            usual, here = (
                np.stack(list(self.runner(base, p, self.options, fmt, self.scene))) for p in (self.paths[0], path)
            )
        except Raised:
            return o
        with np.errstate(all="ignore"):
            if (np.abs(here - usual) <= expected.strict).all():
                return o
        name = f"{base.__module__}.{base.__qualname__}"
        self.findings.append(Finding("inherited", f"{path.name}, {fmt.name}: {name} is off there, too", grave=False))
        return replace(o, verdict="undecided", kind="", share=0.0, note=f"inherited from {name}: {o.note}")

    def _right(self, path: OptimizerPath, fmt: Format, given: Scene) -> bool:
        try:
            return self.judge(path, fmt, given, self.expected(fmt, given)).outcome.verdict == "conforms"
        except Raised:
            return False

    # -- the exact value, and how to see it again ------------------------------------------------------

    def reproduced(self, found: Conformance) -> Conformance:
        from verify.conform.optimizer_words import again

        worst = found.worst
        if worst is None or not worst.worst or worst.mode not in [p.name for p in self.paths]:
            return found
        path = next(p for p in self.paths if p.name == worst.mode)
        step, entry, entries = (int(worst.worst[n]) for n in ("step", "entry", "entries"))
        k = next(k for k, p in enumerate(self.scene.parts) if p.size == entries)
        s = self.scene.slices[k]
        i = s.start + entry
        if not self.recurrence.whole:
            try:
                exact = self.program(self.scene.parts[k]).exact(
                    self.scene.start[i : i + 1], self.scene.gradients[:step, i : i + 1]
                )
                high = float(exact[0][0])
                updated = replace(worst, exact=repr(high))
                found = replace(found, outcomes=tuple(updated if o is worst else o for o in found.outcomes))
            except ExpressionError:
                pass
        return again(
            found,
            self.make,
            path,
            self.options,
            self.recurrence,
            self.scene.parts[k],
            self.scene.start[s],
            self.scene.gradients[:step, s],
            entry,
        )


def _usual(value: Array, given: Scene, fmt: Format) -> Array:
    """What a right program is off by as a rule: every step rounds the parameter, and what is added to it."""
    before = np.vstack([given.start, value[:-1]])
    moved = np.cumsum(np.abs(value - before), axis=0)
    t = np.arange(1, len(value) + 1)[:, None]
    usual: Array = fmt.epsilon * (ULPS * (t * np.abs(value) + 2 * moved) + moved * (8 + t / 2)) + fmt.tiny
    return usual


def _of_group(constants: Constants, s: slice) -> Constants:
    """Constants that have a value an entry, of the entries of one parameter: one value."""

    def of(t: int) -> Mapping[str, Array]:
        return {n: v[s][0] if np.ndim(v) else v for n, v in constants(t).items()}

    return of
