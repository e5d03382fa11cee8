"""What is tested: a scalar formula with its derivatives, over the ranges of its inputs, and where it may turn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from derive.calculus.reverse import gradient
from derive.expr.graph import Node, topological
from derive.expr.kinks import turns_on
from derive.language.components import components
from derive.language.reader import to_text
from verify.conform.formats import FORMATS, Array
from verify.conform.strata import Range, moderate, points
from verify.conform.truth import Truth

GRID = 2000  # points between which a sign changes where a mark is
MAX_MARKS = 200
HALVINGS = 80


class Subject:
    """A scalar formula over ``symbols`` (scalars, with a Range each), differentiated by those of the indices ``wrt``."""

    def __init__(self, formula: Node, symbols: Sequence[Node], ranges: Sequence[Range], wrt: Sequence[int]) -> None:
        self.formula = components(formula)[0]
        self.text = to_text(formula)
        self.symbols, self.ranges, self.wrt = tuple(symbols), tuple(ranges), tuple(wrt)
        self._derived: dict[int, list[Node]] = {}
        self._truths: dict[int, Truth] = {}
        self._programs: dict[int, Any] = {}

    def derived(self, order: int) -> list[Node]:
        """The value; the slopes, one an input of ``wrt``; the second derivatives, one a pair of the lower triangle."""
        if order not in self._derived:
            by = [self.symbols[i] for i in self.wrt]
            if order == 0:
                self._derived[0] = [self.formula]
            elif order == 1:
                self._derived[1] = gradient(self.formula, by)
            else:
                self._derived[2] = [
                    gradient(s, [by[b]])[0] for a, s in enumerate(self.derived(1)) for b in range(a + 1)
                ]
        return self._derived[order]

    def labels(self, order: int) -> list[str]:
        """What the derivatives are called, in the order of ``derived``."""
        names = [to_text(self.symbols[i]) for i in self.wrt]
        if order == 0:
            return [self.text]
        if order == 1:
            return [f"d({self.text}, {n})" for n in names]
        return [f"d(d({self.text}, {a}), {b})" for i, a in enumerate(names) for b in names[: i + 1]]

    def truth(self, order: int) -> Truth:
        if order not in self._truths:
            self._truths[order] = Truth(self.derived(order), self.symbols)
        return self._truths[order]

    def quick(self, order: int, inputs: Sequence[Array]) -> list[Array]:
        """The same by generated NumPy in float64: no more than a hint where to look."""
        if order not in self._programs:
            from verify.backends.blocked import compile_blocked

            self._programs[order] = compile_blocked(self.truth(order).nodes, self.symbols)
        return list(self._programs[order](*inputs))

    @cached_property
    def size(self) -> int:
        """Operations of the formula."""
        return sum(bool(n.args) for n in topological([self.formula]))

    @cached_property
    def marks(self) -> list[list[float]]:
        """For each input, where something of the formula changes its sign along it (the others at a moderate value)."""
        return [self._along(i) for i in range(len(self.symbols))]

    def _along(self, i: int) -> list[float]:
        turning = list(dict.fromkeys(t for n in topological([self.formula]) for t in _turning(n)))
        if not turning:
            return []
        fmt = FORMATS["float64"]
        x = points(FORMATS["float32"], self.ranges[i], (), GRID)
        if not len(x):
            return []
        others = [moderate(r) for r in self.ranges]
        truth = Truth(turning, self.symbols)

        def at(x: Array) -> list[Array]:
            if truth.running is None:
                return [np.full(len(x), np.nan) for _ in turning]
            return [
                b.value for b in truth.running(*(x if j == i else np.full(len(x), v) for j, v in enumerate(others)))
            ]

        found: list[float] = []
        for k, values in enumerate(at(x)):
            signs = np.sign(np.broadcast_to(values, x.shape))
            found += x[signs == 0][:20].tolist()
            for j in np.flatnonzero(signs[:-1] * signs[1:] < 0)[:20]:
                low, high = fmt.ordinal(x[j : j + 2])
                for _ in range(HALVINGS):
                    if high - low <= 1:
                        break
                    middle = (int(low) + int(high)) // 2
                    s = np.sign(at(fmt.at(np.array([middle])))[k][0])
                    low, high = (middle, high) if s == signs[j] else (low, middle)
                found.append(float(fmt.at(np.array(high))))
        return sorted(set(found))[:MAX_MARKS]


def _turning(n: Node) -> list[Node]:
    """What is 0 where the node turns, jumps or has no value; the node itself for its zeros."""
    if (s := turns_on(n)) is not None:
        return [s]
    if n.op in ("log", "sqrt"):
        return [n.args[0]]
    if n.op == "div":
        return [n.args[1]]
    if n.op in ("add", "sub"):
        return [n]
    return []
