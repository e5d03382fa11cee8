"""Points at which a function jumps, or its slopes from both sides differ or grow beyond all bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain

from derive.calculus.directional import seams, turns
from derive.calculus.subdifferential import PRECISION, jumps, one_sided
from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.counterexamples.shown import shown
from derive.engine.counterexamples.simple_numbers import SIMPLE
from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.limits import Limit, Unsettled, limit
from derive.engine.properties.seams import CONTINUOUS_OPERATORS, zeros
from derive.engine.properties.side_conditions import (
    refuted,
)  # fmt: skip
from derive.engine.reasons import Why
from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr.folding import substitute, substitute_all
from derive.expr.graph import Node, free_symbols
from derive.flint import arb, fmpq
from derive.numbers.balls import evaluate, precision, rational

MAX_STEEP = 6  # points at which a slope without a value is looked at


def torn(f: Node, x: Node, domain: Domain) -> Decision | None:
    """A point where two branches meet at which f has a value, and from a side tends to another one."""
    if domain.binds([x]):
        return None
    g = f.graph
    for start in Sampler(f, f, domain).points(MAX_STEEP):
        others = {s: g.const(v) for s, v in start.items() if s is not x}
        (curve,) = substitute_all([f], others)
        for v in _met(curve, x):
            point = {**start, x: v}
            (here,) = evaluate([f], {s: rational(c) for s, c in point.items()}, PRECISION)
            if isinstance(here, Exception):
                continue
            for side, way in ((-1, "left"), (1, "right")):
                try:
                    found = limit(curve, x, g.const(v), side=side)
                except (Unsettled, ExpressionError):
                    continue
                there = here if found.side else evaluate([found.value], {}, PRECISION)[0]
                with precision(PRECISION):
                    apart = found.side or not (isinstance(there, Exception) or arb(there).overlaps(arb(here)))
                if apart and not found.note:
                    other = ("inf" if found.side > 0 else "-inf") if found.side else shown(there)
                    return refuted(Why.TENDS_ELSEWHERE(at=point, here=shown(here), side=way, there=other), point)
        if len(start) < 2:
            break
    return None


def _met(f: Node, x: Node) -> Iterator[Fraction]:
    """Numbers at which two branches of a function of one variable meet."""
    try:
        met = [s for a, b, s in seams(f, [x]) if a is not b and s.op != "const"]
    except ExpressionError:
        return
    for s in met:
        for place, _ in zeros(s, [x], EVERYWHERE):
            if x in place and place[x].op == "const":
                yield Fraction(place[x].attr)


def jump(f: Node, x: Sequence[Node], rough: Sequence[Node], domain: Domain) -> Decision | None:
    """A point in the open domain at which f jumps."""
    if all(n.op in CONTINUOUS_OPERATORS for n in rough):
        return None
    for s in x:
        for point in places(f, s, domain):
            try:
                value = jumps(f, s, point)
            except (UndefinedValue, Undetermined, ExpressionError):
                continue
            if value is not None:
                return refuted(Why.JUMPS_AT(at=point, here=shown(value[0]), there=shown(value[1])), point)
    return None


def places(f: Node, x: Node, domain: Domain) -> Iterator[Point]:
    """Points in the open domain: simple ones, and those at which f turns."""
    sampler = Sampler(f, f, domain)
    low, high = domain.range(x)
    if domain.of([x]):
        return
    together = (
        dict.fromkeys(sampler.symbols, Fraction(v)) for v in (0, 1)
    )  # where a norm vanishes, of a difference too
    for start in chain(sampler.points(6), together):
        for v in dict.fromkeys((*SIMPLE, *_roots(f, x, start))):
            point = {**start, x: v}
            if x not in start or (low is not None and v <= low) or (high is not None and v >= high):
                continue
            if sampler.judge(point, highest=0).kind == "same":
                yield point


def _roots(f: Node, x: Node, start: Mapping[Node, Fraction]) -> Iterator[Fraction]:
    """Where what f turns on vanishes, if that is affine in x."""
    for t in turns(f):
        a, b, c = (evaluate([t], {**{s: fmpq(v.numerator, v.denominator) for s, v in start.items()}, x: fmpq(k)})[0]
                   for k in (0, 1, 2))  # fmt: skip
        if all(isinstance(v, fmpq) for v in (a, b, c)) and a != b and c - b == b - a:
            root = -a / (b - a)
            yield Fraction(int(root.p), int(root.q))


def broken(f: Node, x: Node, places: Iterator[Point]) -> Decision | None:
    """A point at which the slopes by x from both sides differ, or grow beyond all bounds."""
    steep = 0
    for point in places:
        try:
            left, right = one_sided(f, x, point)
        except (UndefinedValue, Undetermined, ExpressionError):
            steep += 1
            if steep <= MAX_STEEP and (found := _steep(f, x, point)) is not None:
                return found
            continue
        with precision(PRECISION):
            apart = bool(left < right) or bool(left > right)
        if apart:
            return refuted(Why.SLOPES_AT(at=point, left=shown(left), right=shown(right)), point)
    return None


def _steep(f: Node, x: Node, point: Point) -> Decision | None:
    """A point that f has values on both sides of, and at which a difference quotient grows beyond all bounds."""
    g = f.graph
    here = substitute(f, {s: g.const(v) for s, v in point.items()})
    step = g.symbol("step'")
    beside = substitute(f, {s: g.add(g.const(v), step) if s is x else g.const(v) for s, v in point.items()})
    quotient = g.div(g.sub(beside, here), step)
    try:
        ends = [limit(quotient, step, g.zero, side=side) for side in (-1, 1)]
    except Unsettled:
        return None
    left, right = (end.side for end in ends)
    if not left and not right:
        return _turned(ends, point)
    infinite = {1: "inf", -1: "-inf"}
    if left and right:
        return refuted(Why.STEEP_BOTH(at=point, left=infinite[left], right=infinite[right]), point)
    return refuted(Why.STEEP(at=point, end=infinite[left or right], side="left" if left else "right"), point)


def _turned(ends: Sequence[Limit], point: Point) -> Decision | None:
    """Of difference quotients that tend to two different numbers."""
    if any(free_symbols([end.value]) for end in ends):
        return None
    left, right = evaluate([end.value for end in ends], {}, PRECISION)
    if isinstance(left, Exception) or isinstance(right, Exception):
        return None
    with precision(PRECISION):
        apart = not arb(left).overlaps(arb(right))
    return refuted(Why.SLOPES_AT(at=point, left=shown(left), right=shown(right)), point) if apart else None
