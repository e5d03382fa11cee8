"""Is a = b for all values of the symbols? Cheapest first; what is neither proved nor refuted is undecided, and why.

1. the same expression; 2. normal form with definitions and activations as kernels; 3. an exact counterexample;
4. normal form looking through definitions, over exponentials; 5. the same on every region of the kinks' signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from derive import shapes
from derive.calculus import gradient
from derive.components import components_all
from derive.decide.normal_form import ACTIVATIONS, EXPONENTIALS, NAMES, TooLarge, difference_vanishes
from derive.decide.refute import Bounds, Domain, Point, apart, leaves, points, refute, values_at
from derive.decide.regions import Signs, assumed, boundary_values, kink, solve_zero, undefine
from derive.graph import Node, substitute
from derive.language import to_text

MAX_POINTS = 24  # tried in a region
MAX_REGIONS = 243

#: The signs chosen on the way to a region, by what they are the signs of.
Path = list[tuple[Node, int]]


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
    undecided = Decision("undecided", "the normal forms differ, and no counterexample was found")
    try:
        near = _shallow(a, b, domain)
        if near is not None:
            return near
        plain = undefine(a, b)
        for depth in (ACTIVATIONS, EXPONENTIALS):
            known = assumed(domain.assuming, depth)
            x, y = (known.resolve(r) for r in plain)
            if depth == ACTIVATIONS:
                found = refute(x, y, domain)
                if found is not None:
                    return _refuted(*found)
            vanishes, conditions = difference_vanishes(x, y, depth)
            if vanishes:
                return _proved(conditions)
            if kink(x, True) or kink(y, True):
                last = _Regions(domain, known).decide(x, y)
                if last.status != "undecided":
                    return last
                undecided = last
    except TooLarge as e:
        return Decision("undecided", f"the normal form grew beyond the limits: {e}")
    return undecided


def _shallow(a: Node, b: Node, domain: Domain) -> Decision | None:
    """A decision with definitions and activations as kernels, or None: then one has to look deeper."""
    known = assumed(domain.assuming, NAMES)
    x, y = known.resolve(a), known.resolve(b)
    vanishes, conditions = difference_vanishes(x, y, NAMES)
    if vanishes:
        return _proved(conditions)
    if kink(x, False) or kink(y, False):
        found = _Regions(domain, known).decide(x, y)
        if found.status in ("proved", "proved-if"):
            return found
    return None


def _proved(conditions: Sequence[str], how: str = "the difference has the normal form 0") -> Decision:
    where = f", where {' and '.join(conditions)}" if conditions else ""
    return Decision("proved", f"{how}{where}", "normal form", tuple(conditions))


def _refuted(point: Point, x: Any, y: Any) -> Decision:
    values = _show(x), _show(y)
    return Decision(
        "refuted", f"at {_at(point)} the sides are {values[0]} and {values[1]}", "ball arithmetic", (), point, values
    )


def _show(value: Any) -> str:
    if isinstance(value, fmpq):
        return str(value)
    return str(arb(value).str(12, radius=False))


def _at(point: Point) -> str:
    return ", ".join(f"{to_text(n)} = {v}" for n, v in point.items()) or "any point"


class _Regions:
    """The tree of regions: split on a kink, substitute on its boundary, until each region is decided."""

    def __init__(self, domain: Domain, known: Signs) -> None:
        self.domain = domain
        self.known = known
        self.deep = known.deep
        self.count = 0
        self.outcomes: list[str] = []

    def decide(self, a: Node, b: Node) -> Decision:
        result = self.split(a, b, self.known, [])
        return replace(result, regions=tuple(self.outcomes))

    def split(self, a: Node, b: Node, signs: Signs, path: Path) -> Decision:
        self.count += 1
        if self.count > MAX_REGIONS:
            return Decision("undecided", f"more than {MAX_REGIONS} regions")
        turn = kink(a, self.deep) or kink(b, self.deep)
        if turn is None:
            return self.leaf(a, b, path)
        if signs.of(turn) is not None:
            return self.side(a, b, signs, path, None)
        results = []
        for sign in (1, -1, 0):
            inner = signs.with_sign(turn, sign)
            results.append(self.side(a, b, inner, [*path, (turn, sign)], turn if sign == 0 else None))
            if results[-1].status == "refuted":
                return results[-1]
        return self.joined(results)

    def side(self, a: Node, b: Node, signs: Signs, path: Path, zero: Node | None) -> Decision:
        """One sign chosen. On the boundary the two one-sided forms of a side must agree for it to have a value there."""
        boundary = signs.on_boundary(a) or signs.on_boundary(b)
        solved = solve_zero(zero, self.deep) if zero is not None else None
        forms = []
        for root in (a, b):
            both = [signs.resolve(root, side) for side in ((1, -1) if boundary else (1,))]
            if solved is not None:
                both = [substitute(r, {solved[0]: solved[1]}) for r in both]
            forms.append(both)
        if not boundary:
            return self.split(forms[0][0], forms[1][0], signs, path)
        quiet = _Regions(self.domain, signs)  # whether a side has a value is no region of the claim
        defined = [quiet.split(f[0], f[1], signs, path).status == "proved" for f in forms]
        if all(defined):
            return self.split(forms[0][0], forms[1][0], signs, path)
        if not any(defined):
            # neither is shown to have a value; if they agree from each side, they have one or none together
            alike = all(quiet.split(x, y, signs, path).status == "proved" for x, y in zip(*forms, strict=True))
            self.outcomes.append(f"{_region(path)}: {'the sides agree from both sides' if alike else 'undecided'}")
            if alike:
                return Decision("proved", "the sides agree from each side of a boundary", "normal form")
            return Decision("undecided", f"whether the sides have a value where {_region(path)}")
        open_form = forms[defined.index(False)]
        for point in self.inside(path, leaves([*open_form, *[s for s, _ in path]])):
            if apart(open_form[0], open_form[1], point) is not None:
                return self.fails(path, point, "one side has no value: it is a derivative on its kink")
        return Decision("undecided", f"whether both sides have a value where {_region(path)}")

    def leaf(self, a: Node, b: Node, path: Path) -> Decision:
        vanishes, conditions = difference_vanishes(a, b, self.known.depth)
        if vanishes:
            self.outcomes.append(f"{_region(path)}: proved")
            return _proved(conditions)
        if empty(path):
            self.outcomes.append(f"{_region(path)}: empty")
            return Decision("proved", "no point lies in this region", "normal form")
        for point in self.inside(path, leaves([a, b, *[s for s, _ in path]])):
            found = apart(a, b, point)
            if found is not None:
                if any(sign == 0 for _, sign in path):
                    return self.fails(path, point, f"the sides are {_show(found[0])} and {_show(found[1])}")
                return _refuted(point, *found)
        self.outcomes.append(f"{_region(path)}: undecided")
        return Decision("undecided", f"not decided where {_region(path)}")

    def fails(self, path: Path, point: Point, what: str) -> Decision:
        condition = _nonzero(next(s for s, sign in reversed(path) if sign == 0))
        self.outcomes.append(f"{_region(path)}: {what}")
        return Decision(
            "proved-if", f"holds if {condition}; at {_at(point)} {what}", "normal form", (condition,), point
        )

    def inside(self, path: Path, variables: Sequence[Node]) -> Iterator[Point]:
        """Points of the region, moved onto its boundaries."""
        solved = [found for s, sign in path if sign == 0 and (found := solve_zero(s)) is not None]
        also = [v for s, _ in path for v in boundary_values(s)]
        needed = leaves([*variables, *self.domain.assuming])
        count = 0
        for point in points(needed, replace(self.domain, assuming=()), also, tries=1500):
            moved = dict(point)
            for v, value in solved:
                exact = values_at([value], moved, 64)[0]
                if isinstance(exact, fmpq):
                    moved[v] = Fraction(int(exact.p), int(exact.q))
            values = values_at([s for s, _ in path], moved, 128)
            if all(_has_sign(v, sign) for v, (_, sign) in zip(values, path, strict=True)) and self.domain.holds(moved):
                yield moved
                count += 1
                if count >= MAX_POINTS:
                    return

    def joined(self, results: Sequence[Decision]) -> Decision:
        for status in ("undecided", "proved-if"):
            worst = [r for r in results if r.status == status]
            if worst:
                return worst[0]
        conditions = [c for r in results for c in r.conditions]
        return _proved(list(dict.fromkeys(conditions)), "the difference has the normal form 0 on every region")


def empty(path: Path) -> bool:
    """Whether no point has these signs, seen one symbol at a time: x < 0 and x > 3. False where it is not plain to see."""
    low: dict[Node, tuple[Fraction, bool]] = {}
    high: dict[Node, tuple[Fraction, bool]] = {}
    for s, sign in path:
        found = solve_zero(s)
        if found is None or found[1].op != "const":
            continue
        v, at = found[0], Fraction(found[1].attr)
        slope = gradient(s, [v])[0].attr
        rising = sign * (1 if slope > 0 else -1)
        if rising >= 0 and (v not in low or (at, rising > 0) > low[v]):
            low[v] = at, rising > 0
        if rising <= 0 and (v not in high or (at, rising == 0) < high[v]):
            high[v] = at, rising == 0
    for v in low.keys() & high.keys():
        (a, a_open), (b, b_closed) = low[v], high[v]
        if a > b or (a == b and (a_open or not b_closed)):
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


def _region(path: Path) -> str:
    return (
        " and ".join(f"{to_text(s)} {'>' if sign > 0 else '<' if sign < 0 else '='} 0" for s, sign in path)
        or "everywhere"
    )
