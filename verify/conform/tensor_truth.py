"""The exact values of a formula of tensors, entry by entry, and what rounding explains of an error.

Weights and directions of derivatives are symbols of their own, at fixed numbers: a backward pass rounds them like inputs,
and its error is proportional to them, even where what it computes is zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import numpy as np

from derive.calculus.reverse import gradient
from derive.expr import shapes
from derive.expr.graph import Node, topological
from derive.expr.operators import KINKED
from derive.flint import arb, fmpq
from derive.language.components import components_all
from derive.language.reader import to_text
from derive.numbers.balls import precision
from verify.conform.formats import Array, Format
from verify.conform.measure import Reference, limit_beside
from verify.conform.running import Bounded, Running, Unit, constants_in, unit_of
from verify.conform.strata import Range
from verify.conform.tensor_sets import simple
from verify.conform.truth import Exact, Truth, pair

#: Value; vjp with the weights; jvp along the directions; Hessian-vector product of the weighted sum along them.
Kind = Literal["value", "vjp", "jvp", "hvp"]

PATTERNS = 6  # of signs, for conditions and kinks in many variables
MAX_HIDDEN = 40  # points at which balls are asked how far a value moves, where bounds do not tell
AHEAD = 32  # entries that are moved ahead of the others, and behind them, to look beside a kink
FAR_AHEAD = 2**60  # times as far as the others
TILT = 2.0**-16  # the relative change of the inputs by which conditions are measured
JUMP = 1e-6  # relatively: sides that are farther apart are not one value
SETTLED = 0.25  # of an ulp: what an exact value may be off by
MATRIX = ("det", "inv", "solve")  # whose algorithms are stable relative to the greatest entry, not to each


class TensorSubject:
    """A formula over ``symbols`` of any shape, with a range each, differentiated by those of the indices ``wrt``. Of ``good``
    programs, those of libraries, more is expected than that they round every operation."""

    def __init__(
        self,
        formula: Node,
        symbols: Sequence[Node],
        ranges: Sequence[Range],
        wrt: Sequence[int],
        good: bool = False,
    ) -> None:
        self.node, self.text, self.good = formula, to_text(formula), good
        self.symbols, self.ranges, self.wrt = tuple(symbols), tuple(ranges), tuple(wrt)
        self.entries = _entries(self.symbols)
        self.weights = simple(formula.shape, 3) if formula.shape else np.ones(())
        #: unlike each other, or a difference of two inputs would not change along them
        self.directions = [np.roll(simple(symbols[i].shape, 5), k) * (1 + k / 4) for k, i in enumerate(wrt)]
        g = formula.graph
        self._u = g.symbol(f"weights {list(formula.shape)}", formula.shape) if formula.shape else None
        self._along = [g.symbol(f"direction of {to_text(symbols[i])}", symbols[i].shape) for i in wrt]
        self._truths: dict[Kind, Truth] = {}

    @cached_property
    def _slopes(self) -> list[Node]:
        g = self.node.graph
        total = self.node if self._u is None else g.sum(g.mul(self._u, self.node))
        return gradient(total, [self.symbols[i] for i in self.wrt])

    @cached_property
    def _inner(self) -> Node:
        """The slopes along the directions."""
        g = self.node.graph
        made = g.zero
        for d, v in zip(self._slopes, self._along, strict=True):
            made = g.add(made, g.sum(g.mul(d, v)) if d.shape else g.mul(d, v))
        return made

    def nodes(self, kind: Kind) -> list[Node]:
        if kind == "value":
            return [self.node]
        if kind == "vjp":
            return self._slopes
        if kind == "hvp":
            return gradient(self._inner, [self.symbols[i] for i in self.wrt])
        return [self._inner] if self._u is None else gradient(self._inner, [self._u])

    def truth(self, kind: Kind) -> Truth:
        if kind not in self._truths:
            given = () if self._u is None else (self._u,)
            symbols = [*self.entries, *_entries([*given, *self._along])]
            roots = [e for part in components_all(self.nodes(kind)) for e in part]
            self._truths[kind] = Truth(roots, symbols)
        return self._truths[kind]

    def columns(self, rows: Array) -> list[Array]:
        """The rows of entries as points of a truth: a column an entry, with weights and directions."""
        more = [np.reshape(self.weights, -1)] if self._u is not None else []
        more += [np.reshape(d, -1) for d in self.directions]
        constants = np.concatenate(more) if more else np.zeros(0)
        return [*rows.T, *(np.full(len(rows), c) for c in constants)]

    def shapes_of(self, kind: Kind) -> list[tuple[int, ...]]:
        return [self.node.shape] if kind in ("value", "jvp") else [self.symbols[i].shape for i in self.wrt]

    def place(self, kind: Kind, k: int) -> str:
        """What the k-th entry is called."""
        if kind in ("value", "jvp"):
            return _entry("the result", self.node.shape, k)
        for i in self.wrt:
            size = max(shapes.size(self.symbols[i].shape), 1)
            if k < size:
                return _entry(f"that by {to_text(self.symbols[i])}", self.symbols[i].shape, k)
            k -= size
        return ""

    @cached_property
    def terms(self) -> int:
        """How many numbers a result may be summed from."""
        return max(len(self.entries), 2)

    @cached_property
    def groups(self) -> list[slice] | None:
        """Of the columns, those whose greatest entry is the measure of a change; None where each is its own."""
        if not any(n.op in MATRIX for n in topological([self.node])):
            return None
        made, start = [], 0
        for s in self.symbols:
            made.append(slice(start, start + max(shapes.size(s.shape), 1)))
            start = made[-1].stop
        return made


def _entries(symbols: Sequence[Node]) -> list[Node]:
    return [e for part in components_all(list(symbols)) for e in part] if symbols else []


def _entry(what: str, shape: tuple[int, ...], k: int) -> str:
    return f"{what} at [{', '.join(map(str, list(shapes.indices(shape))[k]))}]" if shape else what


class TensorReference(Reference):
    """Exact values, conditions and kinks at sets of tensors: with many inputs, one by one would take long. The first ``usual``
    of the rows are no extremes; all, unless said."""

    def __init__(
        self, subject: TensorSubject, kind: Kind, rows: Array, fmt: Format, own: bool = False, usual: int | None = None
    ) -> None:
        """``own``: what is held to it is no library's function, of which more is expected in 16 bits."""
        super().__init__(subject.truth(kind), subject.columns(rows), fmt)
        self.subject, self.kind, self.groups, self.own = subject, kind, subject.groups, own
        self.usual = len(rows) if usual is None else usual

    @cached_property
    def _patterns(self) -> Array:
        rng = np.random.default_rng(7)
        drawn = rng.choice([-1.0, 1.0], (PATTERNS, len(self.inputs)))
        return np.concatenate([drawn, np.ones((1, len(self.inputs))), -np.ones((1, len(self.inputs)))])

    @cached_property
    def _rough(self) -> list[Bounded] | None:
        return self.truth.rough(self.inputs)

    def every(self, step: int) -> TensorReference:
        """The same of one set in so many."""
        other = TensorReference.__new__(TensorReference)
        super(TensorReference, other).__init__(self.truth, [x[::step] for x in self.inputs], self.fmt)
        other.subject, other.kind, other.groups, other.own = self.subject, self.kind, self.groups, self.own
        other.usual = -(-self.usual // step)
        places = np.arange(self.count)[::step]
        other.__dict__["exact"] = [e.at(places) for e in self.exact]
        other.__dict__["moves"] = self.moves[:, ::step]
        for name in ("roundings", "constants"):
            if name in self.__dict__:
                other.__dict__[name] = [r[::step] for r in self.__dict__[name]]
        return other

    @cached_property
    def allowed(self) -> dict[int, Array]:
        """Tolerances by order, once they were asked for."""
        return {}

    @property
    def count(self) -> int:
        return len(self.inputs[0]) if self.inputs else 1

    @cached_property
    def exact(self) -> list[Exact]:
        shape = (len(self.truth.nodes), self.count)
        high, low, known = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape, bool)
        if self._rough is not None:
            value, error = (np.array([np.broadcast_to(b[i], shape[1:]) for b in self._rough]) for i in (0, 1))
            with np.errstate(all="ignore"):
                high = value.astype(np.float64)
                low = np.where(np.isfinite(high), value - high, 0.0).astype(np.float64)
                ulp = np.ldexp(1.0, np.maximum(self.fmt.exponents(high), -1070))
                due = SETTLED * np.maximum(ulp, self.fmt.epsilon * self.moves)
                known = (error <= due) & np.isfinite(high)
            high, low = np.where(known, high, np.nan), np.where(known, low, 0.0)
        found = [Exact(h, r, np.zeros(self.count, bool), k) for h, r, k in zip(high, low, known, strict=True)]
        self.truth.settle(self.inputs, np.flatnonzero(~known.all(axis=0)), found)
        return found

    @property
    def hopeless(self) -> Array:
        """Where some value is undefined, unknown, or moved by any change of the inputs beyond all bounds."""
        open_ = np.array([e.undefined | ~e.known for e in self.exact]).any(axis=0)
        return np.asarray(open_ | np.isinf(self.moves).any(axis=0))

    def doubt(self, k: int, computed: Array, base: float) -> None:
        """Nothing is left to ask."""

    @cached_property
    def _settled(self) -> list[Bounded]:
        """The rough values; where they have no bound, as sqrt has none at 0, what balls know."""
        found = [Bounded(*(np.array(np.broadcast_to(x, (self.count,))) for x in b)) for b in self._rough or ()]
        open_ = [np.flatnonzero(~np.isfinite(b.error)) for b in found]
        for i in sorted(set(np.concatenate(open_).tolist())) if open_ else ():
            for b, value in zip(found, self.truth.balls([float(x[i]) for x in self.inputs]), strict=True):
                if not np.isfinite(b.error[i]) and not isinstance(value, Exception | bool):
                    b.value[i], b.error[i] = sum(pair(value)), 0.0
        return found

    @cached_property
    def moves(self) -> Array:
        """By value and point, how far the exact value moves over the relative change of the inputs: an absolute condition
        number, estimated by patterns of signs. Infinite where it is not known."""
        count = self.count
        if self._rough is None or not self.inputs:
            return np.zeros((len(self.truth.nodes), count))
        x = np.array(self.inputs)
        sizes = np.abs(x)
        for group in self.groups or ():
            sizes[group] = sizes[group].max(axis=0)
        there = np.concatenate([x + TILT * s[:, None] * sizes for s in self._patterns], axis=1)
        moved = np.zeros((len(self.truth.nodes), count))
        with np.errstate(all="ignore"):
            for k, (near, here) in enumerate(zip(self.truth.rough(list(there)) or (), self._settled, strict=True)):
                value, error = (np.broadcast_to(y, (there.shape[1],)).reshape(-1, count) for y in near)
                apart = np.fmax(np.abs(value - here.value) - error - here.error, 0.0)
                # no value or no bound beside a point that has one, as where a matrix is nearly singular
                apart = np.where(np.isfinite(here.error), np.where(np.isfinite(error), apart, np.inf), 0.0)
                # the sum over all inputs is more than what any pattern of signs shows
                moved[k] = 4.0 * np.max(apart, axis=0).astype(np.float64) / TILT
        # bounds that are wider than what is asked for hide it
        value, error = (np.array([np.broadcast_to(b[j], (count,)) for b in self._rough]) for j in (0, 1))
        hidden = (moved == 0.0) & ~(error <= TILT / 64 * np.abs(value))
        for i in np.flatnonzero(hidden.any(axis=0))[:MAX_HIDDEN].tolist():
            moved[hidden[:, i], i] = np.array(self._moved_by_balls(x[:, i], sizes[:, i]))[hidden[:, i]]
        return moved

    def _moved_by_balls(self, x: Array, sizes: Array) -> list[float]:
        """The same at one point, of each value; 0 where it has none there or beside."""
        here, *there = (self.truth.balls(list(p)) for p in (x, *(x + TILT * s * sizes for s in self._patterns)))
        found = []
        with precision(256):
            for k, value in enumerate(here):
                if isinstance(value, Exception | bool):
                    found.append(0.0)
                    continue
                near = [arb(t[k]).mid() for t in there if not isinstance(t[k], Exception | bool)]
                found.append(4.0 * max((abs(float(v - arb(value).mid())) for v in near), default=0.0) / TILT)
        return found

    def condition(self, k: int, places: Array) -> Array:
        with np.errstate(all="ignore"):
            found = self.moves[k][places] / np.abs(self.exact[k].high[places])
        return np.where(np.isnan(found), 0.0, found)

    @cached_property
    def roundings(self) -> list[Array]:
        """What a program may be off by that rounds every operation of the written formula in the format; infinite where that
        is not known."""
        return self._explained(unit_of(self.fmt.epsilon / 2, max(self.fmt.least, 5e-324)))

    @cached_property
    def constants(self) -> list[Array]:
        """What rounding the numbers of the formula explains."""
        return self._explained(constants_in(self.fmt.epsilon / 2))

    def _explained(self, unit: Unit) -> list[Array]:
        count = self.count
        try:
            running = Running(self.truth.nodes, self.truth.symbols, unit=unit)
        except NotImplementedError:
            return [np.zeros(count) for _ in self.truth.nodes]
        found = [np.broadcast_to(b.error, (count,)).astype(np.float64) for b in running(*self.inputs)]
        return [np.where(np.isfinite(e), e, 0.0) for e in found]

    def sides(self, k: int, i: int) -> tuple[float, float] | None:
        """As of one point: but where the value itself hangs on the direction, as in 0/0, nothing is due."""
        if not self._turns:
            return None
        if i not in self._around:
            self._around[i] = [] if self._jumps(i) else _sides(self._beside(self.truth, i))
        if not self._around[i]:  # where the gradient jumps there is no second derivative, and none is due
            return (-self.fmt.greatest, self.fmt.greatest)
        found = self._around[i][k]
        if self.kind == "value" and found is not None and _apart(found):
            return (-math.inf, math.inf)
        return found

    def _jumps(self, i: int) -> bool:
        """Of a second derivative: whether the i-th set is a kink, and not only where slopes of the gradient meet."""
        if self.kind != "hvp":
            return False
        found = _sides(self._beside(self.subject.truth("vjp"), i))
        return any(s is not None and _apart(s) for s in found)

    @cached_property
    def _turns(self) -> bool:
        return any(n.op in KINKED for n in topological(self.truth.nodes))

    @cached_property
    def _around(self) -> dict[int, list[tuple[float, float] | None]]:
        return {}

    @cached_property
    def _ways_off(self) -> list[list[int]]:
        """Steps that lead off a kink, all of different sizes, so that no two entries stay equal: the patterns of signs; all
        rising and all falling in their order, as for programs that take the last or the first of equal entries; and each
        entry far ahead of all others, and behind them, along the axes of a norm."""
        n = len(self.inputs)
        rng = np.random.default_rng(11)
        found = [signs * (n + rng.permutation(n)) for signs in self._patterns]
        found += [n + np.arange(n), -n - np.arange(n)]
        ways = [[int(s) * FAR_AHEAD for s in row] for row in found]
        for j in range(min(n, AHEAD)):
            for sign in (1, -1):
                ways.append([-sign * int(s) for s in rng.permutation(n)])
                ways[-1][j] = sign * n * FAR_AHEAD
        return ways

    def _beside(self, truth: Truth, i: int) -> list[list[float | None]]:
        """All values just beside the i-th set, a list a way off."""
        given = [fmpq(*float(x[i]).as_integer_ratio()) for x in self.inputs]
        unit = fmpq(1, len(given) * 2**80 * FAR_AHEAD)
        found = []
        for steps in self._ways_off:
            away = [s * unit * (abs(v) or fmpq(1, 2**1074)) for v, s in zip(given, steps, strict=True)]
            near, nearer = (
                truth.balls.exactly([v + step / d for v, step in zip(given, away, strict=True)], digits=60)
                for d in (1, 2**80)
            )
            found.append([limit_beside(a, b) for a, b in zip(near, nearer, strict=True)])
        return found


def _apart(sides: tuple[float, float]) -> bool:
    low, high = sides
    return low != high and not high - low <= JUMP * max(abs(low), abs(high))


def _sides(around: Sequence[Sequence[float | None]]) -> list[tuple[float, float] | None]:
    """The least and the greatest of each value."""
    known = [[v for v in column if v is not None] for column in zip(*around, strict=True)]
    return [(min(found), max(found)) if found else None for found in known]
