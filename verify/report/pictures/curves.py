"""Two sides of a claim along a line: where a formula that is refuted differs from the right one, and a function beside its bound.

Points are worked out by ball arithmetic, as the claims were: exactly where that can be, and on every machine alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.calculus.reverse import expand_all
from derive.errors import ExpressionError
from derive.expr.graph import Node, free_symbols, topological
from derive.expr.kinks import turns_on
from derive.expr.operators import COMPARISONS
from derive.flint import fmpq
from derive.language.components import components
from derive.language.reader import to_text
from derive.numbers.balls import evaluate, rational
from derive.records import dataclass
from verify.report.pictures import draw
from verify.report.pictures.draw import FIRST, INK, MARK, SECOND, SOFT, Picture
from verify.report.words import Item

POINTS = 72  # intervals of a curve
MAX_NODES = 150  # of both sides
#: Symbols of which one line through them says enough: of a claim that is refuted, and of one that needs a condition.
MAX_SYMBOLS = {"wrong": 4, "convention": 4, "holds-if": 2, "holds": 1}
MAX_NAME = 60  # characters of a side where the picture is described
PRECISION = 64
#: Of these a value is dear, or no number.
_LEFT_OUT = frozenset({"after", "computed", "limit", "property", "every", "integral", "sup", "inf"})


@dataclass(frozen=True, slots=True)
class Line:
    """Two sides along the symbol ``along``, the other symbols held where the claim fails."""

    left: Node
    right: Node
    names: tuple[str, str]  # as the case writes them
    along: Node
    held: Mapping[Node, fmpq]
    at: Fraction | None  # where the claim fails

    def values(self, roots: Sequence[Node], x: fmpq) -> list[float]:
        """The values of some expressions there; NaN where there is none."""
        try:
            found = evaluate(roots, {**self.held, self.along: x}, PRECISION)
        except (KeyError, ExpressionError, ArithmeticError, ValueError):
            return [math.nan] * len(roots)
        return [_number(v) for v in found]


def drawn(item: Item) -> Picture | None:
    """The picture of a claim that does not simply hold, or that bounds a function; None where there is nothing to see."""
    line = _line(item)
    return _picture(line, item) if line is not None else None


def _line(item: Item) -> Line | None:
    sides = _sides(item)
    if sides is None:
        return None
    try:
        left, right = (components(side)[0] for side in expand_all(sides))
        names = (to_text(sides[0]), to_text(sides[1]))
    except (ExpressionError, ArithmeticError, NotImplementedError):
        return None
    below = topological([left, right])
    leaves = [n for n in below if n.op == "index" or (n.op == "symbol" and not n.shape)]
    if len(below) > MAX_NODES or any(n.op in _LEFT_OUT for n in below):
        return None
    if not 0 < len(leaves) <= MAX_SYMBOLS[item.result.verdict]:
        return None
    point = _witness(item)
    if point is None:
        return Line(left, right, names, leaves[0], {}, None) if item.result.verdict == "holds" else None
    if any(to_text(n) not in point for n in leaves):
        return None
    values = {n: rational(point[to_text(n)]) for n in leaves}
    for n in leaves:
        held = {m: v for m, v in values.items() if m is not n}
        line = Line(left, right, names, n, held, point[to_text(n)])
        here, beside = (line.values([left, right], values[n] + step) for step in (fmpq(0), fmpq(1, 7)))
        if here != beside and not any(map(math.isnan, beside)):
            return line
    return None


def _sides(item: Item) -> list[Node] | None:
    """The two sides: of a formula that does not simply hold, of a relation, of a bound on a function."""
    claim, word = item.claim, item.result.verdict
    if claim is None or word not in MAX_SYMBOLS:
        return None
    if claim.of is not None and len(claim.equals) == 1 and word != "holds" and claim.prints is None:
        return None if claim.of.shape else [claim.of, claim.equals[0]]
    if claim.holds is None or claim.holds.op not in COMPARISONS or claim.holds.args[0].shape:
        return None
    sides = list(claim.holds.args)
    if word == "holds" and not _is_bound(claim.holds):
        return None
    return sides


def _is_bound(holds: Node) -> bool:
    """Whether it says of a function of one variable that it stays on one side of a number."""
    a, b = (free_symbols([side]) for side in holds.args)
    return holds.op in ("le", "lt", "ge", "gt") and len(a) + len(b) == 1


def _witness(item: Item) -> dict[str, Fraction] | None:
    """Where the claim fails, as it stands in the document: by the texts of its symbols."""
    evidence: Any = item.result.evidence
    stated = evidence.get("as stated")
    found = evidence.get("witness") or (stated.get("witness") if isinstance(stated, dict) else None)
    if not isinstance(found, dict) or not found:
        return None
    try:
        return {str(name): Fraction(str(value)) for name, value in found.items()}
    except ValueError:
        return None


# -- the picture ----------------------------------------------------------------------------------------


def _picture(line: Line, item: Item) -> Picture | None:
    low, high = _range(line, item)
    xs = [low + (high - low) * Fraction(k, POINTS) for k in range(POINTS + 1)]
    kinks = _kinks(line, low, high)
    near = [k + side * (high - low) / 5000 for k in kinks for side in (-1, 0, 1)]  # a jump is upright
    xs = sorted({*xs, *near, *([line.at] if line.at is not None else [])})
    slope = _slope(line) if line.at is None else None
    roots = [line.left, line.right, *([slope] if slope is not None else [])]
    curves = list(zip(*(line.values(roots, rational(x)) for x in xs), strict=True))
    bounds = _bounds(curves)
    if bounds is None or (line.at is not None and not _differ(curves[0], curves[1])):
        return None
    if not kinks and _straight(curves[0]) and _straight(curves[1]):
        return None
    floats = [float(x) for x in xs]
    names, name = line.names, to_text(line.along)
    styles: list[tuple[str, dict[str, Any]]] = [
        (names[0], {"color": INK, "linestyle": "-", "linewidth": 1.5}),
        (names[1], {"color": FIRST, "linestyle": (0, (5, 2)), "linewidth": 1.5}),
        ("slope", {"color": SECOND, "linestyle": (0, (1, 1.6)), "linewidth": 1.3}),
    ]
    with draw.axes(2.7) as (a, made):
        for at in kinks:
            a.axvline(float(at), color=SOFT, linewidth=0.6, linestyle=(0, (1, 3)))
        for curve, (_, style) in zip(curves, styles, strict=False):
            a.plot(floats, [_clipped(y, bounds) for y in curve], **style)
        if line.at is not None:
            k = xs.index(line.at)
            for curve, marker in zip(curves, "ox", strict=False):
                if bounds[0] <= curve[k] <= bounds[1]:
                    a.plot([floats[k]], [curve[k]], marker, color=MARK, markersize=6, fillstyle="none")
        draw.scale(a, (floats[0], floats[-1]), bounds, name)
        draw.legend(a, styles[: len(curves)])
    return Picture(_said(line, name, kinks), made[0])


def _said(line: Line, name: str, kinks: Sequence[Fraction]) -> str:
    names = [
        n if len(n) <= MAX_NAME else f"the {side} side" for n, side in zip(line.names, ("left", "right"), strict=True)
    ]
    held = ", ".join(f"{to_text(n)} = {v}" for n, v in line.held.items())
    turned = (
        f" Dotted upright: where pieces meet, {name} = {', '.join(f'{float(k):g}' for k in kinks)}." if kinks else ""
    )
    if line.at is None:
        return f"{names[0]} (solid) and {names[1]} (dashed) along {name}; the slope is dotted.{turned}"
    where = f"{name} = {line.at}" + (f", with {held}" if held else "")
    return f"{names[0]} (solid, o) and {names[1]} (dashed, x) along {name}. The marks are where the claim fails: {where}.{turned}"


def _range(line: Line, item: Item) -> tuple[Fraction, Fraction]:
    """Round about where the claim fails, inside of the range that the case gives."""
    centre = line.at if line.at is not None else Fraction(0)
    reach = Fraction(4) if line.at is None else max(Fraction(3, 2), Fraction(3, 2) * abs(centre))
    low, high = centre - reach, centre + reach
    symbol = item.case.symbols.get(_symbol(line.along))
    if symbol is not None:
        low = max(low, symbol.low) if symbol.low is not None else low
        high = min(high, symbol.high) if symbol.high is not None else high
    return (low, high) if low < high else (centre - reach, centre + reach)


def _symbol(leaf: Node) -> str:
    while leaf.op == "index":
        leaf = leaf.args[0]
    return str(leaf.attr)


def _slope(line: Line) -> Node | None:
    from derive.calculus.reverse import gradient

    if line.along not in topological([line.left]):
        return None
    try:
        (made,) = gradient(line.left, [line.along])
    except (ExpressionError, ArithmeticError, NotImplementedError):
        return None
    return made if len(topological([made])) <= MAX_NODES else None


def _kinks(line: Line, low: Fraction, high: Fraction) -> list[Fraction]:
    """Where a piece ends between ``low`` and ``high``: the zeros of what the pieces turn on, at points that halve the range."""
    turning = [s for n in topological([line.left, line.right]) if (s := turns_on(n)) is not None]
    turning = [s for s in dict.fromkeys(turning) if line.along in topological([s])]
    if not turning:
        return []
    grid = [low + (high - low) * Fraction(k, 24) for k in range(25)]
    rows = [line.values(turning, rational(x)) for x in grid]
    found: set[Fraction] = set()
    for k, s in enumerate(turning):
        found.update(x for x, row in zip(grid, rows, strict=True) if row[k] == 0)
        for x, y, p, q in zip(grid, grid[1:], rows, rows[1:], strict=False):
            if p[k] * q[k] < 0:
                found.add(_zero(line, s, x, y))
    return sorted(x for x in found if low < x < high)


def _zero(line: Line, s: Node, low: Fraction, high: Fraction) -> Fraction:
    (sign,) = line.values([s], rational(low))
    for _ in range(20):
        middle = (low + high) / 2
        (value,) = line.values([s], rational(middle))
        if value == 0:
            return middle
        low, high = (middle, high) if value * sign > 0 else (low, middle)
    return Fraction(f"{float(low):.4g}")


def _number(value: Any) -> float:
    """As a float of so few digits that no machine tells it otherwise."""
    if isinstance(value, bool | Exception):
        return math.nan
    number = int(value.p) / int(value.q) if isinstance(value, fmpq) else float(value)
    return float(f"{number:.6g}") if math.isfinite(number) else math.nan


def _bounds(curves: Sequence[Sequence[float]]) -> tuple[float, float] | None:
    """The range of the values, without the few that are far away from all others."""
    ys = sorted(y for curve in curves for y in curve if not math.isnan(y))
    if len(ys) < POINTS // 4:
        return None
    low, high = ys[0], ys[-1]
    inner = ys[len(ys) // 10], ys[-1 - len(ys) // 10]
    if high - low > 8 * (inner[1] - inner[0]) > 0:
        low, high = inner[0] - (inner[1] - inner[0]), inner[1] + (inner[1] - inner[0])
    room = 0.08 * (high - low) or max(abs(high), 1.0)
    return float(f"{low - room:.4g}"), float(f"{high + room:.4g}")


def _clipped(y: float, bounds: tuple[float, float]) -> float:
    """A curve leaves the picture: it is not drawn far beyond it."""
    low, high = bounds
    return y if low - (high - low) <= y <= high + (high - low) else math.nan


def _differ(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether they differ somewhere, or one has no value where the other has."""
    return any(p != q and not (math.isnan(p) and math.isnan(q)) for p, q in zip(a, b, strict=True))


def _straight(curve: Sequence[float]) -> bool:
    """Whether it is a line, with next to nothing between its middle and its ends."""
    a, b, c = curve[0], curve[len(curve) // 2], curve[-1]
    return abs(a - 2 * b + c) <= 0.02 * (abs(a - b) + abs(b - c))
