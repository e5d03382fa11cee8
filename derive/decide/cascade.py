"""Is a = b for all values of the symbols? Cheapest first; what is neither proved nor refuted is undecided, and why.

1. the same expression; 2. normal form with definitions and activations as kernels; 3. an exact counterexample;
4. normal form looking through definitions, over exponentials; 5. the same on every region of the kinks' signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derive import shapes
from derive.components import components_all
from derive.decide.normal_form import TooLarge, difference_vanishes, sign_key
from derive.decide.refute import Bounds, Domain, Point, leaves, points, refute, values_at
from derive.decide.regions import boundary_values, has_boundary, kink, resolve, solve_zero, undefine
from derive.errors import UndefinedValue
from derive.graph import Node, substitute
from derive.language import to_text

MAX_REGIONS = 243


@dataclass(frozen=True, slots=True)
class Decision:
    """``status``: proved, proved-if (all but a boundary), refuted or undecided. ``conditions`` are what must not vanish, or for
    proved-if the condition that is missing; ``witness`` is an exact point at which it fails, ``values`` both sides there."""

    status: str
    reason: str
    method: str = ""
    conditions: tuple[str, ...] = ()
    witness: Point | None = None
    values: tuple[str, str] | None = None
    entry: tuple[int, ...] | None = None
    regions: tuple[str, ...] = field(default=())


def decide_equal(a: Node, b: Node, assuming: Sequence[Node] = (), bounds: Bounds | None = None) -> Decision:
    """Decides a == b (derivative-free, of one shape), entry by entry for tensors.

    ``assuming`` are conditions, ``bounds`` closed ranges of symbols. Where both sides are undefined for the same reason the claim
    is not made; a point at which only one of them is, on a kink, makes it proved-if.
    """
    left, right, *given = components_all([a, b, *assuming])
    domain = Domain(bounds or {}, tuple(c for entries in given for c in entries))
    found: list[Decision] = []
    for index, x, y in zip(shapes.indices(a.shape), left, right, strict=True):
        one = _decide(x, y, domain)
        if a.shape and one.status != "proved":
            where = f"[{', '.join(map(str, index))}]"
            one = replace(one, entry=index, reason=f"entry {where}: {one.reason}")
        if one.status == "refuted":
            return one
        found.append(one)
    for status in ("undecided", "proved-if"):
        worst = next((d for d in found if d.status == status), None)
        if worst is not None:
            conditions = tuple(dict.fromkeys(c for d in found for c in d.conditions))
            return replace(worst, conditions=conditions)
    conditions = tuple(dict.fromkeys(c for d in found for c in d.conditions))
    return replace(found[0], conditions=conditions)


def _decide(a: Node, b: Node, domain: Domain) -> Decision:
    if a is b:
        return Decision("proved", "both sides are the same expression", "same expression")
    try:
        plain, conditions = difference_vanishes(a, b, deep=False)
        if plain:
            return _proved(conditions)
        x, y = undefine(a, b)
        turn = kink(x) or kink(y)
        found = refute(x, y, domain)
        if found is not None:
            return _refuted(*found)
        vanishes, conditions = difference_vanishes(x, y)
        if vanishes:
            return _proved(conditions)
        if turn is not None:
            return _Regions(domain).decide(x, y)
    except TooLarge as e:
        return Decision("undecided", f"the normal form grew beyond the limits: {e}")
    return Decision("undecided", "the normal forms differ, and no counterexample was found")


def _proved(conditions: Sequence[str], how: str = "the difference has the normal form 0") -> Decision:
    where = f", where {' and '.join(conditions)}" if conditions else ""
    return Decision("proved", f"{how}{where}", "normal form", tuple(conditions))


def _refuted(point: Point, x: Any, y: Any) -> Decision:
    values = _show(x), _show(y)
    return Decision(
        "refuted", f"at {_at(point)} the sides are {values[0]} and {values[1]}", "ball arithmetic", (), point, values
    )


def _show(value: Any) -> str:
    from flint import arb, fmpq

    if isinstance(value, fmpq):
        return str(value)
    return str(arb(value).str(12, radius=False))


def _at(point: Point) -> str:
    return ", ".join(f"{to_text(n)} = {v}" for n, v in point.items()) or "any point"


class _Regions:
    """The tree of regions: split on a kink, substitute on its boundary, until each region is decided."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.count = 0
        self.outcomes: list[str] = []

    def decide(self, a: Node, b: Node) -> Decision:
        result = self.split(a, b, {}, [], {})
        return replace(result, regions=tuple(self.outcomes))

    def split(self, a: Node, b: Node, signs: dict[Any, int], path: list[tuple[Node, int]], at: dict[Node, Node]) -> Decision:
        self.count += 1
        if self.count > MAX_REGIONS:
            return Decision("undecided", f"more than {MAX_REGIONS} regions")
        turn = kink(a) or kink(b)
        if turn is None:
            return self.leaf(a, b, path)
        key, orientation = sign_key(turn)
        if key in ("zero", "one") or key in signs:
            return self.side(a, b, signs, path, at, turn)
        results = []
        for sign in (1, -1, 0):
            inner = {**signs, key: sign * orientation}
            results.append(self.side(a, b, inner, [*path, (turn, sign)], at, turn if sign == 0 else None))
            if results[-1].status == "refuted":
                return results[-1]
        return self.joined(results, turn)

    def side(
        self, a: Node, b: Node, signs: dict[Any, int], path: list[tuple[Node, int]], at: dict[Node, Node], zero: Node | None
    ) -> Decision:
        """One sign chosen; on the boundary both one-sided forms of each side must agree for it to have a value there."""
        boundary = has_boundary(a, signs) or has_boundary(b, signs)
        solved = solve_zero(zero) if zero is not None and path and path[-1][1] == 0 else None
        forms = []
        for root in (a, b):
            both = [resolve(root, signs, s) for s in ((1, -1) if boundary else (1,))]
            if solved is not None:
                both = [substitute(r, {solved[0]: solved[1]}) for r in both]
            forms.append(both)
        if not boundary:
            return self.split(forms[0][0], forms[1][0], signs, path, at)
        defined = [self.split(f[0], f[1], signs, path, at).status == "proved" for f in forms]
        if all(defined):
            return self.split(forms[0][0], forms[1][0], signs, path, at)
        if not any(defined):
            self.outcomes.append(f"{_region(path)}: both sides are undefined")
            return Decision("proved", "both sides are undefined on a boundary", "normal form")
        witness = self.witness(path)
        if witness is None:
            return Decision("undecided", f"one side has no value where {_region(path)}, and no such point was found")
        return self.fails(path, witness, "the derivative has no value")

    def leaf(self, a: Node, b: Node, path: list[tuple[Node, int]]) -> Decision:
        vanishes, conditions = difference_vanishes(a, b)
        if vanishes:
            self.outcomes.append(f"{_region(path)}: proved")
            return _proved(conditions)
        also = [v for s, _ in path for v in boundary_values(s)]
        variables = leaves([a, b, *[s for s, _ in path]])
        for point in self.inside(path, variables, also):
            from derive.decide.refute import apart

            found = apart(a, b, point)
            if found is not None:
                if any(sign == 0 for _, sign in path):
                    return self.fails(path, point, f"the sides are {_show(found[0])} and {_show(found[1])}")
                return _refuted(point, *found)
        self.outcomes.append(f"{_region(path)}: undecided")
        return Decision("undecided", f"not decided where {_region(path)}")

    def fails(self, path: list[tuple[Node, int]], point: Point, what: str) -> Decision:
        zero = next(s for s, sign in reversed(path) if sign == 0)
        condition = _nonzero(zero)
        self.outcomes.append(f"{_region(path)}: {what}")
        reason = f"holds if {condition}; at {_at(point)} {what}"
        return Decision("proved-if", reason, "normal form", (condition,), point)

    def witness(self, path: list[tuple[Node, int]]) -> Point | None:
        also = [v for s, _ in path for v in boundary_values(s)]
        return next(iter(self.inside(path, leaves([s for s, _ in path]), also)), None)

    def inside(self, path: list[tuple[Node, int]], variables: Sequence[Node], also: Sequence[Fraction]) -> list[Point]:
        """Points of the region, solved onto its boundaries."""
        solved = [found for s, sign in path if sign == 0 and (found := solve_zero(s)) is not None]
        found: list[Point] = []
        for point in points(variables, replace(self.domain, assuming=()), also, tries=1500):
            moved = dict(point)
            for v, value in solved:
                rational_value = values_at([value], moved, 64)[0]
                if isinstance(rational_value, Exception) or not hasattr(rational_value, "p"):
                    break
                moved[v] = Fraction(int(rational_value.p), int(rational_value.q))
            values = values_at([s for s, _ in path], moved, 128)
            if all(_has_sign(v, sign) for v, (_, sign) in zip(values, path, strict=True)) and self._allowed(moved):
                found.append(moved)
                if len(found) >= 24:
                    break
        return found

    def _allowed(self, point: Point) -> bool:
        needed = leaves(self.domain.assuming)
        return self.domain.holds({**{n: Fraction(1) for n in needed}, **point})

    def joined(self, results: Sequence[Decision], turn: Node) -> Decision:
        for status in ("undecided", "proved-if"):
            worst = [r for r in results if r.status == status]
            if status == "undecided" and worst:
                worst = [r for r, sign in zip(results, (1, -1, 0), strict=True) if r.status == status and not self.empty(turn, sign)]
            if worst:
                return worst[0]
        conditions = [c for r in results for c in r.conditions]
        return _proved(list(dict.fromkeys(conditions)), "the difference has the normal form 0 on every region")

    def empty(self, turn: Node, sign: int) -> bool:
        """Whether an assumption says that ``turn`` has another sign."""
        key, orientation = sign_key(turn)
        for c in self.domain.assuming:
            if c.op in ("gt", "lt"):
                p, q = c.args if c.op == "gt" else c.args[::-1]
                assumed, direction = sign_key(undefine(turn.graph.sub(p, q))[0])
                if assumed == key and sign * orientation != direction:
                    return True
        return False


def _has_sign(value: Any, sign: int) -> bool:
    if isinstance(value, Exception):
        return False
    return bool(value > 0 if sign > 0 else value < 0 if sign < 0 else value == 0)


def _nonzero(s: Node) -> str:
    if s.op == "sub":
        return f"{to_text(s.args[0])} != {to_text(s.args[1])}"
    return f"{to_text(s)} != 0"


def _region(path: Sequence[tuple[Node, int]]) -> str:
    return " and ".join(f"{to_text(s)} {'>' if sign > 0 else '<' if sign < 0 else '='} 0" for s, sign in path) or "everywhere"


def undefined(value: Any) -> bool:
    return isinstance(value, UndefinedValue)


def assumed(values: Mapping[Node, Fraction]) -> Point:
    return dict(values)
