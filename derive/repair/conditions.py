"""Conditions on one quantity under which a refuted formula may be true, read off points of its domain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.engine.counterexamples.points import Point, Sampler
from derive.expr.graph import Node, topological
from derive.expr.kinks import turns_on
from derive.expr.operators import KINKED
from derive.flint import fmpq
from derive.numbers.balls import evaluate, evaluate_all, precision, rational
from derive.records import dataclass
from derive.repair.factors import same

MANY = 48  # points of the domain that are looked at
FEW = 3  # of them that must satisfy a condition
MAX_SUBJECTS = 10
STEPS = tuple(Fraction(v) for v in ("1/3", "5/7", "-2/5", "2", "-3"))


_TRUE: dict[str, Callable[[Any], bool]] = {
    "ge": lambda v: bool(v >= 0),
    "gt": lambda v: bool(v > 0),
    "le": lambda v: bool(v <= 0),
    "lt": lambda v: bool(v < 0),
    "ne": lambda v: bool(v != 0),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition to prove the formula under; ``region`` unless it is a special value."""

    node: Node
    region: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    point: Point
    left: Any
    right: Any

    @property
    def equal(self) -> bool:
        return same(self.left, self.right)


def conditions(sampler: Sampler) -> Iterator[Condition]:
    """Sign and range conditions first, those that most points meet before narrower ones; then special values."""
    seen = [s for p in sampler.points(MANY) if (s := _seen(sampler, p)) is not None]
    if not any(not s.equal for s in seen):
        return
    # a side that tells cases apart itself, and is right in one of them, is wrong in the other
    whole = not any(n.op in KINKED for n in topological([sampler.b]))
    found: list[tuple[int, Condition]] = []
    for subject, edge in _subjects(sampler):
        for op, holds in _TRUE.items():
            inside = []
            for s in seen:
                v = evaluate([subject], {n: rational(x) for n, x in s.point.items()})[0]
                if isinstance(v, Exception | bool):
                    continue
                with precision(128):
                    if holds(v - rational(edge)):
                        inside.append(s)
            if len(inside) < FEW or len(inside) == len(seen) or not all(s.equal for s in inside):
                continue
            g = subject.graph
            condition = g.call(op, subject, g.const(edge))
            found.append(
                (len(inside), Condition(condition, whole and _says_something(sampler, condition, inside, seen)))
            )
    yield from (c for _, c in sorted(found, key=lambda f: -f[0]))
    yield from _special(sampler, seen)


def _subjects(sampler: Sampler) -> Iterator[tuple[Node, Fraction]]:
    """Symbols, and what kinks and roots ask the sign of, each with the number that it is compared with."""
    zero, one = Fraction(0), Fraction(1)
    asked: dict[Node, None] = {}
    for n in topological([sampler.a, sampler.b]):
        if n.op in ("sqrt", "log", "pow"):
            asked[n.args[0]] = None
        elif n.op not in ("eq", "ne") and (s := turns_on(n)) is not None:
            asked[s] = None
    symbols = sampler.symbols[:MAX_SUBJECTS]
    for s in symbols:
        yield s, zero
    for n in list(asked)[:MAX_SUBJECTS]:
        if n not in symbols and n.op != "const":
            yield n, zero
    if sampler.b not in asked and sampler.b.op != "const":
        yield sampler.b, zero  # sqrt(u**2) == u
    for s in symbols:
        yield s, one


def _special(sampler: Sampler, seen: Sequence[_Seen]) -> Iterator[Condition]:
    """A symbol that the claimed side leaves out is 0 or 1 there, such as n = 1; one that is only ever added to something is 0,
    such as the eps of a divisor."""
    g = sampler.graph
    claimed = set(topological([sampler.b]))
    used = {a for n in topological([sampler.a, sampler.b]) if n.op not in ("add", "sub", "def") for a in n.args}
    added = [s for s in sampler.symbols if s not in used]
    left_out = [s for s in sampler.symbols[:MAX_SUBJECTS] if s not in claimed]
    for s in (*left_out, *(s for s in added if s in claimed)):
        for value in (Fraction(0), Fraction(1)) if s in left_out else (Fraction(0),):
            if {s, g.const(value)} == {sampler.a, sampler.b}:
                continue  # the claim itself
            condition = g.call("eq", s, g.const(value))
            there = Sampler(sampler.a, sampler.b, sampler.domain.given(condition))
            found = [x for p in there.points(8) if (x := _seen(there, p)) is not None]
            if found and all(x.equal for x in found) and _says_something(there, condition, found, seen, s):
                yield Condition(condition, False)


def _seen(sampler: Sampler, point: Point) -> _Seen | None:
    values = {n: rational(v) for n, v in point.items()}
    done = evaluate_all([sampler.a, sampler.b, *sampler.domain.hypotheses], values)
    sides = done[sampler.a], done[sampler.b]
    if any(isinstance(v, Exception | bool) for v in sides) or any(
        done[n] is not True for n in sampler.domain.hypotheses
    ):
        return None
    return _Seen(point, *sides)


def _says_something(
    sampler: Sampler, condition: Node, inside: Sequence[_Seen], seen: Sequence[_Seen], fixed: Node | None = None
) -> bool:
    """Whether the claimed side depends on all that it depends on elsewhere, and is not 0 throughout.

    Below the kink of a ReLU much is equal that is wrong where it counts: there the part in question has merely vanished.
    """
    if all(same(s.right, fmpq(0)) for s in inside):
        return False
    for symbol in sampler.symbols:
        if symbol is fixed:
            continue
        here = any(_moves(sampler, s, symbol, condition) for s in inside[:6])
        if not here and any(_moves(sampler, s, symbol, None) for s in seen[:12]):
            return False
    return True


def _moves(sampler: Sampler, s: _Seen, symbol: Node, condition: Node | None) -> bool:
    """Whether the claimed side changes with a symbol from a point on (while the condition holds)."""
    for step in STEPS:
        point: Mapping[Node, Any] = {n: rational(v) for n, v in {**s.point, symbol: s.point[symbol] + step}.items()}
        roots = [sampler.b] if condition is None else [sampler.b, condition]
        done = evaluate_all(roots, point)
        value = done[sampler.b]
        if condition is not None and done[condition] is not True:
            continue
        if not isinstance(value, Exception | bool) and not same(value, s.right):
            return True
    return False
