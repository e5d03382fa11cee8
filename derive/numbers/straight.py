"""Many steps of one iteration in balls: its step as a straight line of operations on numbered places, compiled once.

Where plain ball arithmetic widens a ball it is moved by its centre, and its radius grows by the slopes of the step over the ball
(the mean value form): w - eta*w is a contraction, which plain balls, w being there twice, do not see. The values are balls from
the start on, so that no rational grows; where nothing is left of the precision that is told, with the number of the step, and a
higher one may be tried.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from derive.budget import spend
from derive.errors import Undetermined
from derive.expr.graph import Node
from derive.flint import arb, ctx, fmpq, fmpz
from derive.numbers.balls import rational, value_of

MAX_OPERATIONS = 40_000_000  # of one run, at up to 512 bits; at a higher precision fewer
LOOKED_AT = 512  # steps between looks at what is left of the precision
KEPT_BITS = 8  # of a state's precision, without which it is lost
TAKEN_BITS = 12  # of the precision that so many steps may take; else slopes are looked at
MAX_WHOLE = 64  # exponents of powers that are multiplied out
HEAVY = 20  # operations that any other is counted as

_LIGHT: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "neg": operator.neg,
}  # fmt: skip

#: A straight program: the constants, and what is computed from what, in order.
Program = tuple[Mapping[Node, fmpq], Sequence[Node]]

#: What is computed, from which places, into which.
_Operation = tuple[Callable[..., Any], tuple[int, ...], int]


class Line:
    """The step of an iteration: new values of the ``states``, and the slopes of each by each (none: plain balls)."""

    def __init__(
        self,
        states: Sequence[Node],
        step: Program,
        roots: Sequence[Node],
        slope: Program,
        slopes: Sequence[Sequence[Node]],
    ) -> None:
        self.places: dict[Node, int] = {}
        self.constants = [(self._place(n), v) for part in (step, slope) for n, v in part[0].items()]
        self.states = [self._place(s) for s in states]
        self.step, self.slope = self._compiled(step[1]), self._compiled(slope[1])
        self.roots = [self._place(r) for r in roots]
        self.slopes = [[self._place(s) for s in row] for row in slopes]
        self.weight = (
            sum(1 if n.op in _LIGHT or n.op in ("def", "pow") else HEAVY for p in (step, slope) for n in p[1]) + 4
        )

    def _compiled(self, order: Sequence[Node]) -> list[_Operation]:
        return [(_operation(n), tuple(self._place(a) for a in n.args), self._place(n)) for n in order]

    def _place(self, n: Node) -> int:
        return self.places.setdefault(n, len(self.places))

    def allowed(self) -> int:
        """How many steps the limit of work allows at the precision that is set."""
        return MAX_OPERATIONS // int(self.weight * max(1, ctx.prec // 512))

    def run(
        self, start: Sequence[Any], given: Mapping[Node, Any], counts: Mapping[Node, int], begun: int, steps: int
    ) -> list[Any] | Exception:
        """The states after ``steps``, from those after ``begun``; ``counts`` are the first numbers of the indices.

        What has no value, or lost its precision, is returned."""
        values: list[Any] = [None] * len(self.places)
        for place, number in self.constants:
            values[place] = arb(number)
        for n, v in given.items():
            if n in self.places:
                values[self.places[n]] = v if isinstance(v, Exception) else arb(v)
        indices = [(self.places[n], first) for n, first in counts.items() if n in self.places]
        now: list[Any] = [arb(v) for v in start]
        further = self._stepped
        while begun < steps:
            end = min(begun + LOOKED_AT, steps)
            later = now
            for number in range(begun, end):
                for place, first in indices:
                    values[place] = arb(first + number)
                later = further(values, later)
            spend(LOOKED_AT * len(self.step), "values at points")
            if self.slopes and further == self._stepped and _wider(now, later):
                further = self._moved  # once more, with slopes, and so from here on
                continue
            if (fault := _lost(later, end)) is not None:
                return fault
            now, begun = later, end
        return now

    def _moved(self, values: list[Any], now: Sequence[Any]) -> list[Any]:
        """One step, by centres and slopes; by plain balls where a slope has no value."""
        for place, v in zip(self.states, now, strict=True):
            values[place] = v
        _computed(self.slope, values)
        grown = []
        for row in self.slopes:
            steep = [values[s] for s in row]
            if not all(isinstance(s, arb) and s.is_finite() for s in (*steep, *now)):
                return self._stepped(values, now)
            grown.append(sum((abs(s).upper() * v.rad() for s, v in zip(steep, now, strict=True)), start=arb(0)))
        moved = self._stepped(values, [v.mid() for v in now])
        return [m if isinstance(m, Exception) else m + arb(0, r.upper()) for m, r in zip(moved, grown, strict=True)]

    def _stepped(self, values: list[Any], now: Sequence[Any]) -> list[Any]:
        for place, v in zip(self.states, now, strict=True):
            values[place] = v
        _computed(self.step, values)
        return [v if isinstance(v := values[r], Exception) else arb(v) for r in self.roots]


def _computed(operations: Sequence[_Operation], values: list[Any]) -> None:
    for made, args, out in operations:
        if len(args) == 2:
            values[out] = made(values[args[0]], values[args[1]])
        elif len(args) == 1:
            values[out] = made(values[args[0]])
        else:
            values[out] = made(*[values[a] for a in args])


def _wider(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Whether balls have lost more of their precision than a few bits."""
    return any(
        isinstance(b, Exception)
        or not b.is_finite()
        or min(a.rel_accuracy_bits(), ctx.prec) - b.rel_accuracy_bits() > TAKEN_BITS
        for a, b in zip(before, after, strict=True)
    )


def _lost(states: Sequence[Any], number: int) -> Exception | None:
    """What is wrong with the states after so many steps."""
    for v in states:
        if isinstance(v, Exception):
            return v
        if not v.is_finite():
            return Undetermined(f"no finite enclosure after {number:,} steps at {ctx.prec} bits")
        if not v.is_exact() and v.rel_accuracy_bits() < KEPT_BITS and abs(v).upper() > arb(2) ** (-ctx.prec // 2):
            return Undetermined(f"the precision of {ctx.prec} bits is lost after {number:,} steps")
    return None


def _operation(n: Node) -> Callable[..., Any]:
    if n.op in ("add", "sub", "mul", "neg"):
        return _guarded(_LIGHT[n.op])
    if n.op == "div":
        return lambda a, b: a / b if type(a) is type(b) is arb and not b.contains(0) else value_of(n, (a, b))
    if n.op == "def":
        return lambda a: a
    if (
        n.op == "pow"
        and n.args[1].op == "const"
        and isinstance(n.args[1].attr, int)
        and 0 < n.args[1].attr <= MAX_WHOLE
    ):
        whole = fmpz(n.args[1].attr)
        return lambda a, _: a**whole if isinstance(a, arb) else a
    fixed = [rational(a.attr) if a.op == "const" else None for a in n.args]
    return lambda *args: value_of(n, [a if c is None else c for a, c in zip(args, fixed, strict=True)])


def _guarded(plain: Callable[..., Any]) -> Callable[..., Any]:
    """Arithmetic of values, of which some may be faults."""

    def made(*args: Any) -> Any:
        try:
            return plain(*args)
        except TypeError:
            return next(a for a in args if isinstance(a, Exception))

    return made
