"""Many steps of one iteration in balls: its step as a straight line of operations on numbered places, compiled once.

The values are balls from the start on, so that no rational grows; what a step loses of their precision is told as soon as nothing
is left of it, with the number of the step, and a higher precision may be tried.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import arb, ctx, fmpq, fmpz

from derive.budget import spend
from derive.errors import Undetermined
from derive.expr.graph import Node
from derive.numbers.balls import rational, value_of

MAX_OPERATIONS = 20_000_000  # of one run, at up to 512 bits; at a higher precision fewer
LOOKED_AT = 512  # steps between looks at what is left of the precision
KEPT_BITS = 8  # of a state's precision, without which it is lost
MAX_WHOLE = 64  # exponents of powers that are multiplied out

_PLAIN: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "neg": operator.neg,
}  # fmt: skip

_LIGHT = ("add", "sub", "mul", "neg", "div", "def", "pow")
HEAVY = 20  # operations that any other is counted as

#: What is computed, from which places, into which.
_Operation = tuple[Callable[..., Any], tuple[int, ...], int]


class Line:
    """The step of an iteration: new values of the ``states`` from these, the parameters and the number of the step."""

    def __init__(
        self, order: Sequence[Node], constants: Mapping[Node, fmpq], roots: Sequence[Node], states: Sequence[Node]
    ) -> None:
        self.places: dict[Node, int] = {}
        self.constants = [(self._place(n), arb(v)) for n, v in constants.items()]
        self.states = [self._place(s) for s in states]
        self.operations: list[_Operation] = []
        for n in order:
            args = tuple(self._place(a) for a in n.args)
            self.operations.append((_operation(n), args, self._place(n)))
        self.weight = 1 + sum(1 if n.op in _LIGHT else HEAVY for n in order)
        self.roots = [self._place(r) for r in roots]

    def _place(self, n: Node) -> int:
        return self.places.setdefault(n, len(self.places))

    def allowed(self) -> int:
        """How many steps the limit of work allows at the precision that is set."""
        return MAX_OPERATIONS // (self.weight * max(1, ctx.prec // 512))

    def run(
        self, start: Sequence[Any], given: Mapping[Node, Any], counts: Mapping[Node, int], begun: int, steps: int
    ) -> list[Any] | Exception:
        """The states after ``steps``, from those after ``begun``; ``counts`` are the first numbers of the indices.

        What has no value, or lost its precision, is returned."""
        values: list[Any] = [None] * len(self.places)
        for place, number in self.constants:
            values[place] = number
        for n, v in given.items():
            if n in self.places:
                values[self.places[n]] = v if isinstance(v, Exception) else arb(v)
        indices = [(self.places[n], first) for n, first in counts.items() if n in self.places]
        for place, v in zip(self.states, start, strict=True):
            values[place] = arb(v)
        operations, roots, states = self.operations, self.roots, self.states
        for number in range(begun, steps):
            for place, first in indices:
                values[place] = arb(first + number)
            for made, args, out in operations:
                if len(args) == 2:
                    values[out] = made(values[args[0]], values[args[1]])
                elif len(args) == 1:
                    values[out] = made(values[args[0]])
                else:
                    values[out] = made(*[values[a] for a in args])
            new = [values[r] for r in roots]
            for place, v in zip(states, new, strict=True):
                values[place] = v
            if not number % LOOKED_AT or number == steps - 1:
                spend(LOOKED_AT * len(operations), "values at points")
                if (fault := _lost(new, number + 1)) is not None:
                    return fault
        return [values[s] for s in states]


def _lost(states: Sequence[Any], number: int) -> Exception | None:
    """What is wrong with the states after so many steps."""
    for v in states:
        if isinstance(v, Exception):
            return v
        if isinstance(v, arb) and not v.is_finite():
            return Undetermined(f"no finite enclosure after {number:,} steps at {ctx.prec} bits")
        if (
            isinstance(v, arb)
            and v.rad() > 0
            and v.rel_accuracy_bits() < KEPT_BITS
            and abs(v).upper() > arb(2) ** (-ctx.prec // 2)
        ):
            return Undetermined(f"the precision of {ctx.prec} bits is lost after {number:,} steps")
    return None


def _operation(n: Node) -> Callable[..., Any]:
    if n.op in ("add", "sub", "mul", "neg"):
        return _guarded(_PLAIN[n.op])
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
