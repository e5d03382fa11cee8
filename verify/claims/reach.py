"""Can rounding explain a printed result? Whether a step gives its digits at some inputs that round to the printed ones.

A printed input stands for every value that rounds to it: together they are a box. The box is divided into cells (interval
branch and bound; Moore, Kearfott and Cloud, Introduction to Interval Analysis, 2009, chapters 5 and 6). Of a cell on which the
slopes have signs the values lie between two corners, and all between them are taken; on any other they are enclosed by balls.
A cell whose values miss the print is left out; a point that gives the print is evaluated exactly: it is a witness, not an
estimate. What is neither is divided, up to a number of cells.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.calculus.reverse import gradient
from derive.errors import UndefinedValue
from derive.expr.graph import Node, topological
from derive.flint import arb, fmpq
from derive.numbers.balls import precision, rational, value_of
from verify.decimals import Printed, Span, fit

PREC = 192
MAX_CELLS = 1500  # cells that are looked at
MAX_HALVINGS = 160  # of the way between two corners
MAX_PLACES = 30  # decimals of a witness, beyond those of the print

#: Operators whose derivative does not tell how their value moves, or whose rule is of numbers alone.
_OPAQUE = ("hold", "computed", "sign", "apply")

Cell = tuple[tuple[Fraction, Fraction], ...]
Point = dict[Node, Fraction]


class Unsettled(ValueError):
    """Neither a witness was found nor all of the box left out."""


def within_rounding(
    root: Node, values: Mapping[Node, Any], inputs: Mapping[Node, Span], printed: Printed, cells: int = MAX_CELLS
) -> Point | None:
    """Inputs within their spans at which ``root`` rounds to the print; None where there are none.

    ``values`` are those of all other inputs. Raises Unsettled where the cells run out before that is known.
    """
    if not inputs or printed.unit == 0:
        return None
    with precision(PREC):
        return _Box(root, values, inputs, printed).witness(cells)


def simplified(root: Node, values: Mapping[Node, Any], inputs: Mapping[Node, Span], printed: Printed) -> Point | None:
    """The same with a witness for the eye: few inputs moved, with few digits, where there is such a one."""
    if (found := within_rounding(root, values, inputs, printed)) is None:
        return None
    ways = []
    for n, span in inputs.items():
        try:
            alone = within_rounding(root, values, {n: span}, printed)
        except Unsettled:
            continue
        if alone is not None:
            ways.append(_few_digits(root, values, {n: span}, printed, alone))
    return min(ways, key=_places) if ways else _few_digits(root, values, inputs, printed, found)


def _few_digits(
    root: Node, values: Mapping[Node, Any], inputs: Mapping[Node, Span], printed: Printed, point: Point
) -> Point:
    with precision(PREC):
        box = _Box(root, values, inputs, printed)
        coarsest = max(span.unit for span in inputs.values())
        for k in range(1, MAX_PLACES):
            step = {n: min(coarsest, inputs[n].unit) / 10**k for n in point}
            near = {n: round(v / step[n]) * step[n] for n, v in point.items()}
            if box.fits(near):
                return near
    return point


def _places(point: Point) -> int:
    return sum(len(str(v.denominator)) for v in point.values())


class _Box:
    """A step as a function of the inputs that may move."""

    def __init__(self, root: Node, values: Mapping[Node, Any], inputs: Mapping[Node, Span], printed: Printed) -> None:
        self.root, self.inputs, self.printed = root, inputs, printed
        self.moving = list(inputs)
        opaque = any(n.op in _OPAQUE for n in topological([root]))
        self.slopes = [] if opaque else gradient(root, self.moving)
        fixed: dict[Node, Any] = {}
        moved = set(self.moving)
        self.order: list[Node] = []  # what depends on the inputs that move; the rest is worked out once
        for n in topological([root, *self.slopes]):
            if n in inputs:
                continue
            if n in values:
                fixed[n] = values[n]
            elif any(a in moved for a in n.args):
                moved.add(n)
                self.order.append(n)
            elif n.op not in ("symbol", "index"):
                fixed[n] = rational(n.attr) if n.op == "const" else value_of(n, [fixed.get(a) for a in n.args])
        self.fixed = fixed
        below = set(topological([root]))
        self.inner = [n for n in self.order if n in below]
        self.target = printed.span
        self.numbers_only = any(n.op == "computed" for n in self.inner)

    # -- points -------------------------------------------------------------------------------------------

    def at(self, point: Mapping[Node, Any], slopes: bool = False) -> dict[Node, Any]:
        """The values of the step (and of its slopes) at a point or, with balls, on a cell."""
        done = {**self.fixed, **point}
        for n in self.order if slopes else self.inner:
            done[n] = value_of(n, [done[a] for a in n.args])
        return done

    def value(self, point: Point) -> Any:
        return self.at({n: rational(v) for n, v in point.items()})[self.root]

    def fits(self, point: Point) -> bool:
        """Whether a point is one of the box, and gives the print."""
        if not all(self.inputs[n].low < v < self.inputs[n].high for n, v in point.items()):
            return False  # at an end it is the rule for ties that decides, here and of the print: one rule, not two
        value = self.value(point)
        return not isinstance(value, Exception | bool) and fit(self.printed, value) in ("rounded", "tie")

    # -- cells --------------------------------------------------------------------------------------------

    def witness(self, cells: int) -> Point | None:
        whole: Cell = tuple((s.low, s.high) for s in self.inputs.values())
        work = deque([whole])
        for _ in range(cells):
            if not work:
                return None
            cell = work.popleft()
            centre = {n: (a + b) / 2 for n, (a, b) in zip(self.moving, cell, strict=True)}
            if self.fits(centre):
                return centre
            found = self._on(cell, centre)
            if isinstance(found, dict):
                return found
            work.extend(found)
        raise Unsettled("whether rounding gives the printed digits is not settled")

    def _on(self, cell: Cell, centre: Point) -> Point | Sequence[Cell]:
        """A witness in the cell, or the cells in which one may still be."""
        if self.numbers_only:
            raise Unsettled("whether rounding gives the printed digits is not settled: a step has no enclosure")
        balls = [arb(rational((a + b) / 2), arb(rational((b - a) / 2))) for a, b in cell]
        done = self.at(dict(zip(self.moving, balls, strict=True)), slopes=True)
        value = done[self.root]
        if isinstance(value, UndefinedValue):
            return ()  # nowhere on the cell
        if not isinstance(value, Exception | bool) and self._misses(value, value):
            return ()
        if isinstance(value, Exception) and self._never(self.root, done, self._wanted()):
            return ()
        slopes = [done[s] for s in self.slopes]
        if not slopes or any(isinstance(s, Exception) for s in slopes) or isinstance(value, Exception):
            return _halves(cell, [1.0] * len(cell))
        signs = [_sign(s) for s in slopes]
        if all(s is not None for s in signs):
            return self._between_corners(cell, centre, [s or 0 for s in signs])
        at_centre = self.value(centre)
        if isinstance(at_centre, Exception):
            return _halves(cell, [1.0] * len(cell))
        linear = at_centre + sum(
            (s * (ball - rational(centre[n])) for s, ball, n in zip(slopes, balls, self.moving, strict=True)), fmpq(0)
        )
        if self._misses(linear, linear):
            return ()
        return _halves(cell, [float(abs(arb(s)).upper()) for s in slopes])

    def _wanted(self) -> arb:
        return arb(rational(self.target.low)).union(arb(rational(self.target.high)))

    def _never(self, n: Node, done: Mapping[Node, Any], wanted: arb) -> bool:
        """Whether a node without an enclosure on a cell has none of the wanted values there: they are carried down to where the
        enclosure is lost (Benhamou, Goualard, Granvilliers and Puget, Revising hull and box consistency, 1999)."""
        while True:
            args = [done[a] for a in n.args]
            lost = [i for i, v in enumerate(args) if isinstance(v, Exception)]
            if len(lost) > 1 or any(isinstance(v, bool) for v in args):
                return False
            i = lost[0] if lost else 0
            other = arb(args[1 - i]) if len(args) == 2 else arb(0)
            match n.op:
                case "div" if not lost:  # n = x/y where y may be 0: then x = n*y
                    return not arb(args[0]).overlaps(wanted * other)
                case "div" if i == 0:
                    wanted = wanted * other
                case "mul" if not other.contains(0):
                    wanted = wanted / other
                case "add":
                    wanted = wanted - other
                case "sub":
                    wanted = wanted + other if i == 0 else other - wanted
                case "neg":
                    wanted = -wanted
                case "sqrt":
                    if wanted < 0:
                        return True
                    wanted = wanted * wanted
                case "log":
                    wanted = wanted.exp()
                case "def":
                    pass
                case _:
                    return False
            if not lost:
                return not arb(args[i]).overlaps(wanted)
            n = n.args[i]

    def _between_corners(self, cell: Cell, centre: Point, signs: Sequence[int]) -> Point | Sequence[Cell]:
        """On a cell on which the step goes one way in each input its values are those between two corners."""
        low, high = (
            {n: centre[n] if s == 0 else (b if s == side else a) for n, (a, b), s in self._sides(cell, signs)}
            for side in (-1, 1)
        )
        ends = [self.value(low), self.value(high)]
        if any(isinstance(v, Exception) for v in ends):
            return _halves(cell, [1.0] * len(cell))
        if self._misses(*ends):
            return ()
        for corner in (low, high):
            if self.fits(corner):
                return corner
        for value, edge in ((ends[0], self.target.high), (ends[1], self.target.low)):
            if isinstance(value, fmpq) and value == rational(edge):
                return ()  # in the corner alone, which does not round to the print
        for far in (low, high):
            if (found := self._on_the_way(centre, far)) is not None:
                return found
        return _halves(cell, [1.0] * len(cell))

    def _sides(self, cell: Cell, signs: Sequence[int]) -> Iterator[tuple[Node, tuple[Fraction, Fraction], int]]:
        return zip(self.moving, cell, signs, strict=True)

    def _on_the_way(self, start: Point, end: Point) -> Point | None:
        """Where the values pass through those that round to the print on the straight way, by halving it."""
        before, after = Fraction(0), Fraction(1)
        outside = self._side(self.value(start))
        if outside == 0 or self._side(self.value(end)) == outside:
            return None
        for _ in range(MAX_HALVINGS):
            share = (before + after) / 2
            point = {n: start[n] + share * (end[n] - start[n]) for n in start}
            if self.fits(point):
                return point
            if self._side(self.value(point)) == outside:
                before = share
            else:
                after = share
        return None

    def _side(self, value: Any) -> int:
        """-1 below the values that round to the print, 1 above them, 0 among them or not known."""
        if isinstance(value, Exception):
            return 0
        return 1 if value > rational(self.target.high) else -1 if value < rational(self.target.low) else 0

    def _misses(self, low: Any, high: Any) -> bool:
        """Whether nothing between two values rounds to the print."""
        above, below = rational(self.target.high), rational(self.target.low)
        beyond = low > above or (not self.target.high_in and low >= above)
        return bool(beyond or high < below or (not self.target.low_in and high <= below))


def _sign(slope: Any) -> int | None:
    """-1, 1, 0 of a slope that is nowhere else on the cell; None where it may be several."""
    return 1 if slope > 0 else -1 if slope < 0 else 0 if slope == 0 else None


def _halves(cell: Cell, weights: Sequence[float]) -> Sequence[Cell]:
    """The cell divided across the input that its values depend on most."""
    k = max(range(len(cell)), key=lambda i: weights[i] * float(cell[i][1] - cell[i][0]))
    a, b = cell[k]
    middle = (a + b) / 2
    return ((*cell[:k], (a, middle), *cell[k + 1 :]), (*cell[:k], (middle, b), *cell[k + 1 :]))
