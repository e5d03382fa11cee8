"""Iterations on the surface that they descend: the level lines of a loss of two states, and the path over it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from derive.calculus.reverse import expand_all, gradient
from derive.errors import ExpressionError
from derive.expr.graph import Node, free_symbols, topological
from derive.language.reader import parse
from derive.records import dataclass
from verify.casefile.model import Case
from verify.report.pictures import draw
from verify.report.pictures.draw import FIRST, INK, MARK, SOFT, Picture

MAX_STEPS = 5_000
DEFAULT_STEPS = 100
MAX_NODES = 400
GRID = 40
LEVELS = 9
SHOWN = 60  # points of the path that are drawn


@dataclass(frozen=True, slots=True)
class Descent:
    """Two states and the definition whose slope they follow."""

    states: tuple[Node, Node]
    starts: tuple[Node, Node]
    steps: tuple[Node, Node]
    loss: Node
    name: str


def drawn(case: Case) -> list[Picture]:
    """A picture for each pair of numbers that descends on a definition of the case."""
    return [made for d in _descents(case) if (made := _picture(case, d)) is not None]


def _descents(case: Case) -> Iterator[Descent]:
    scope = {name: s.node for name, s in case.symbols.items()} | {name: d.node for name, d in case.definitions.items()}
    read: dict[Node, tuple[Node, Node]] = {}
    for s in case.states.values():
        node = case.symbols[s.name].node
        if not node.shape and not s.index:
            try:
                read[node] = parse(s.start, scope, case.graph), parse(s.step, scope, case.graph)
            except ExpressionError:
                continue
    taken: set[Node] = set()
    for name, d in case.definitions.items():
        on = [n for n in free_symbols([d.node]) if n in read]
        if d.node.shape or len(on) != 2 or taken & set(on):
            continue
        a, b = on
        found = Descent((a, b), (read[a][0], read[b][0]), (read[a][1], read[b][1]), d.node, name)
        if _follows_the_slope(case, found):
            taken |= {a, b}
            yield found


def _values(case: Case, roots: Sequence[Node], inputs: Sequence[Node]) -> Callable[..., Any] | None:
    """A program of the inputs; the other symbols have the values that the case gives. None where one has none."""
    from verify.backends.numpy_source import numpy_source
    from verify.backends.writer import compile_source

    known = {s.node: s.values[0] for s in case.symbols.values() if s.values is not None and not s.shape}
    below = topological(roots)
    others = [n for n in below if n.op == "symbol" and n not in inputs]
    if len(below) > MAX_NODES or any(n not in known for n in others):
        return None
    program = compile_source(numpy_source(roots, [*inputs, *others]))
    rest = [float(known[n]) for n in others]
    return lambda *values: program(*values, *rest)


def _follows_the_slope(case: Case, d: Descent) -> bool:
    """Whether a step is the slope times one negative number, at two points: then it is this that the states descend on, and not
    something else of the same level lines."""
    try:
        slopes = expand_all(gradient(d.loss, d.states))
        step = _values(case, [*d.starts, *d.steps], d.states)
        slope = _values(case, slopes, d.states)
        if step is None or slope is None:
            return False
        x, y, *_ = map(float, step(0.0, 0.0))
        rates = [_rate(step, slope, *point) for point in ((x, y), (0.7 * x + 0.1, 0.8 * y + 0.2))]
    except (ExpressionError, ArithmeticError, ValueError, NotImplementedError):
        return False
    return rates[0] < 0 and abs(rates[1] - rates[0]) <= 1e-6 * abs(rates[0])


def _rate(step: Callable[..., Any], slope: Callable[..., Any], x: float, y: float) -> float:
    """By what the slope is multiplied to give the step; NaN where the two have other directions."""
    _, _, u, v = map(float, step(x, y))
    p, q = map(float, slope(x, y))
    u, v = u - x, v - y
    both = math.hypot(u, v), math.hypot(p, q)
    straight = abs(u * q - v * p) <= 1e-6 * both[0] * both[1]
    return math.copysign(both[0] / both[1], u * p + v * q) if straight and both[1] > 0 else math.nan


def _picture(case: Case, d: Descent) -> Picture | None:
    import numpy as np

    step = _values(case, [*d.starts, *d.steps], d.states)
    loss = _values(case, [d.loss.args[0]], d.states)
    if step is None or loss is None:
        return None
    count = _steps(case, d.states)
    x, y, *_ = map(float, step(0.0, 0.0))
    path = [(x, y)]
    for _ in range(count):
        _, _, x, y = map(float, step(x, y))
        if not (math.isfinite(x) and math.isfinite(y)):
            break
        path.append((x, y))
    spans = [_span([p[k] for p in path]) for k in (0, 1)]
    grid = np.meshgrid(*(np.linspace(*span, GRID) for span in spans))
    height = np.round(np.asarray(loss(*grid)[0]), 9)
    if not np.isfinite(height).all() or height.max() <= height.min():
        return None
    low = float(height.min())
    levels = [low + (float(height.max()) - low) * (k / LEVELS) ** 2 for k in range(1, LEVELS)]
    names = [str(n.attr) for n in d.states]
    rounded = [tuple(float(f"{v:.5g}") for v in point) for point in _evenly(path)]
    with draw.axes(4.2) as (a, made):
        a.contour(*grid, height, levels=levels, colors=SOFT, linewidths=0.7, linestyles="solid")
        a.plot(*zip(*rounded, strict=True), "-", color=FIRST, linewidth=1.4)
        a.plot(*zip(*rounded[:: max(1, len(rounded) // 12)], strict=True), ".", color=FIRST, markersize=5)
        a.plot(*zip(rounded[0], strict=True), "o", color=INK, markersize=7, fillstyle="none")
        a.plot(*zip(rounded[-1], strict=True), "x", color=MARK, markersize=7)
        draw.scale(a, spans[0], spans[1], names[0], names[1])
    ends = [", ".join(f"{v:.4g}" for v in rounded[k]) for k in (0, -1)]
    return Picture(
        f"Level lines of {d.name}, and {len(path) - 1:,} steps of ({', '.join(names)}) over it: from ({ends[0]}), the circle, "
        f"to ({ends[1]}), the cross.",
        made[0],
    )


def _steps(case: Case, states: Sequence[Node]) -> int:
    """As many as the claims speak of."""
    nodes = [n for c in case.claims for n in (c.of, c.holds) if n is not None]
    said = [
        int(n.args[-1].attr)
        for n in topological(nodes)
        if n.op == "after" and n.args[-1].op == "const" and n.args[-1].attr.denominator == 1
    ]
    return min(max(said, default=DEFAULT_STEPS), MAX_STEPS)


def _evenly(path: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points of a path about evenly apart on it: a descent is fast at first, and slow at the end."""
    lengths = [0.0]
    for a, b in pairwise(path):
        lengths.append(lengths[-1] + math.dist(a, b))
    marks = [lengths[-1] * k / SHOWN for k in range(SHOWN)]
    return [*(path[bisect_left(lengths, m)] for m in marks), path[-1]]


def _span(values: Sequence[float]) -> tuple[float, float]:
    """The range of the path, with as much room on both sides."""
    low, high = min(values), max(values)
    room = 0.5 * (high - low) or max(abs(high), 1.0)
    return float(f"{low - room:.3g}"), float(f"{high + room:.3g}")
