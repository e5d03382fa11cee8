"""All roots of a square system of equations in a box, each enclosed and shown to be one: interval Newton in Krawczyk's form.

For a box X with the middle m, a matrix Y near the inverse of the slopes at m, and slopes J(X) enclosed over all of it,
K(X) = m - Y F(m) + (I - Y J(X))(X - m) holds every root that X holds; where K(X) lies inside X there is exactly one (Krawczyk,
Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken, Computing 4, 1969; Neumaier, Interval Methods for Systems
of Equations, 1990, theorem 5.1.8). A box on which some equation has no zero is left out; what is neither is contracted or divided
(Moore, Kearfott and Cloud, Introduction to Interval Analysis, 2009, chapter 8). Roots on the sides of boxes are caught by boxes a
little larger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.errors import UndefinedValue, Undetermined
from derive.expr.graph import Node
from derive.flint import arb, arb_mat, fmpq
from derive.numbers.balls import evaluate, precision, rational
from derive.numbers.formats import exact
from derive.records import dataclass

PREC = 96  # bits, while roots are told apart
MAX_BOXES = 4_000
MAX_ROUNDS = 100  # of contraction
LEAST = 2.0**-40  # of the declared box: what is smaller and still open is a root that is no simple one
APART = Fraction(487, 1000)  # where a box is divided: not in the middle, where roots like to be

Box = list[Any]  # a ball for each unknown


@dataclass(frozen=True, eq=False)
class Equations:
    """``residuals`` that are to be 0 for the ``unknowns``, as many, and their ``slopes`` by these, row by row."""

    unknowns: tuple[Node, ...]
    residuals: tuple[Node, ...]
    slopes: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Root:
    """One root: it lies in ``tight``, and is the only one of ``region``."""

    tight: Box
    region: Box


def roots_in(equations: Equations, values: Mapping[Node, Any], box: Sequence[tuple[Fraction, Fraction]]) -> list[Root]:
    """Every root in a closed box, where the other symbols have these values. Raises Undetermined where that is not settled."""
    with precision(PREC):
        return _Search(equations, values, box).run()


def refined(equations: Equations, values: Mapping[Node, Any], root: Root, prec: int) -> Box:
    """The root, enclosed as closely as this precision allows."""
    tight = root.tight
    with precision(prec):
        for _ in range(MAX_ROUNDS):
            made = _operator(equations, values, tight)
            if made is None:
                return tight
            better = _shared(made, tight)
            if better is None:
                raise Undetermined("a root is not found again at a higher precision")
            done = all(b.rad() >= x.rad() * 0.99 for b, x in zip(better, tight, strict=True))
            tight = better
            if done:
                break
        return tight


def enclosed(equations: Equations, values: Mapping[Node, Any], point: Sequence[Any]) -> Root | None:
    """The root that lies close to a point, shown to be one; None where that is not shown."""
    with precision(PREC):
        for size in (2.0**-60, 2.0**-40, 2.0**-24, 2.0**-12):
            box = [arb(p.mid(), size * (1 + abs(float(p.mid())))) for p in map(arb, point)]
            made = _operator(equations, values, box)
            if made is not None and all(x.contains_interior(k) for k, x in zip(made, box, strict=True)):
                return Root(made, box)
    return None


def _operator(equations: Equations, values: Mapping[Node, Any], box: Box) -> Box | None:
    """K of a box; None where the slopes have no bound on it, or no inverse in its middle."""
    n = len(box)
    given = {**values, **dict(zip(equations.unknowns, box, strict=True))}
    slopes = evaluate(equations.slopes, given, _bits(), False)
    if any(isinstance(s, Exception) for s in slopes):
        return None
    middle = [x.mid() for x in box]
    at = evaluate(equations.residuals, {**values, **dict(zip(equations.unknowns, middle, strict=True))}, _bits(), False)
    if any(isinstance(v, Exception) for v in at):
        return None
    try:
        near = arb_mat(n, n, [arb(s).mid() for s in slopes]).inv()
    except ZeroDivisionError:
        return None
    near = arb_mat(n, n, [e.mid() for e in near.entries()])
    unit = arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
    offsets = arb_mat(n, 1, [x - m for x, m in zip(box, middle, strict=True)])
    step = (unit - near * arb_mat(n, n, list(map(arb, slopes)))) * offsets - near * arb_mat(n, 1, list(map(arb, at)))
    made = [m + s for m, s in zip(middle, step.entries(), strict=True)]
    return made if all(x.is_finite() for x in made) else None


def _bits() -> int:
    from derive.flint import ctx

    return int(ctx.prec)


class _Search:
    def __init__(
        self, equations: Equations, values: Mapping[Node, Any], box: Sequence[tuple[Fraction, Fraction]]
    ) -> None:
        self.equations, self.values, self.declared = equations, values, box
        self.sizes = [high - low for low, high in box]
        self.found: list[Root] = []

    def run(self) -> list[Root]:
        work = [[_ball(low, high) for low, high in self.declared]]
        seen = 0
        while work:
            seen += 1
            if seen > MAX_BOXES:
                raise Undetermined(
                    f"after {MAX_BOXES:,} boxes it is not settled where all solutions are: a smaller range may do"
                )
            work += self.parts(work.pop())
        return self.apart()

    def parts(self, box: Box) -> list[Box]:
        """What is left of a box to look at; a root that it has alone is noted."""
        if any(all(r.contains(x) for r, x in zip(root.region, box, strict=True)) for root in self.found):
            return []
        given = {**self.values, **dict(zip(self.equations.unknowns, box, strict=True))}
        for v in evaluate(self.equations.residuals, given, PREC, False):
            if isinstance(v, UndefinedValue) or (not isinstance(v, Exception) and not arb(v).contains(0)):
                return []
        made = _operator(self.equations, self.values, box)
        if made is None:
            return self.halves(box)
        if all(x.contains_interior(k) for k, x in zip(made, box, strict=True)):
            self.found.append(Root(made, box))
            return []
        common = _shared(made, box)
        if common is None:
            return []
        if all(k.rad() < x.rad() * 0.5 for k, x in zip(made, box, strict=True)):
            wider = [arb(k.mid(), 2 * k.rad() + abs(k.mid()) * 2.0**-80 + 2.0**-200) for k in made]
            again = _operator(self.equations, self.values, wider)
            if again is not None and all(x.contains_interior(k) for k, x in zip(again, wider, strict=True)):
                self.found.append(Root(again, wider))  # and all that this box has lies in it
                return []
        if all(c.rad() <= x.rad() * 0.9 for c, x in zip(common, box, strict=True)):
            return [common]
        return self.halves(common)

    def halves(self, box: Box) -> list[Box]:
        """The box divided where it is widest, of the declared size."""
        widths = [2 * exact(x.rad()) / s for x, s in zip(box, self.sizes, strict=True)]
        widest = max(range(len(box)), key=lambda i: widths[i])
        if widths[widest] < LEAST:
            at = ", ".join(x.mid().str(8, radius=False) for x in box)
            raise Undetermined(f"whether there is one solution or several near {at}, or none, is not settled")
        low, high = exact(box[widest].lower()), exact(box[widest].upper())
        cut = low + (high - low) * APART
        return [[*box[:widest], _ball(a, b), *box[widest + 1 :]] for a, b in ((low, cut), (cut, high))]

    def apart(self) -> list[Root]:
        """The roots, each once, and those alone that lie in the declared box."""
        kept: list[Root] = []
        for root in self.found:
            tight = refined(self.equations, self.values, root, PREC)
            inside = self.inside(tight)
            if inside is False:
                continue
            same = [k for k in kept if all(a.overlaps(b) for a, b in zip(k.tight, tight, strict=True))]
            if any(all(r.contains(x) for r, x in zip(k.region, tight, strict=True)) for k in same):
                continue
            if same:
                raise Undetermined("two enclosures of solutions are not told apart")
            if inside is None:
                at = ", ".join(x.mid().str(8, radius=False) for x in tight)
                raise Undetermined(f"whether the solution near {at} lies in its range or beside it is not settled")
            kept.append(Root(tight, root.region))
        return kept

    def inside(self, tight: Box) -> bool | None:
        """Whether a root lies in the declared box; None where it is at its very end, and no number that is a root exactly."""
        inside: bool | None = True
        for x, (low, high) in zip(tight, self.declared, strict=True):
            if x < rational(low) or x > rational(high):
                return False
            if not (x >= rational(low) and x <= rational(high)):
                inside = None
        if inside is None and (whole := exactly(self.equations, self.values, tight)) is not None:
            ends = zip(whole, self.declared, strict=True)
            return all(rational(low) <= v <= rational(high) for v, (low, high) in ends)
        return inside


def exactly(equations: Equations, values: Mapping[Node, Any], tight: Box) -> list[fmpq] | None:
    """The root as rationals, where the simplest ones that its enclosure holds are a root exactly."""
    candidates = [rational(simplest(exact(x.lower()), exact(x.upper()))) for x in tight]
    given = {**values, **dict(zip(equations.unknowns, candidates, strict=True))}
    at = evaluate(equations.residuals, given, PREC, False)
    return candidates if all(isinstance(v, fmpq) and v == 0 for v in at) else None


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the least denominator between two (Stern and Brocot)."""
    if low > high:
        low, high = high, low
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest(-high, -low)
    floors = []
    while True:
        whole = low.numerator // low.denominator
        if whole == low or whole + 1 <= high:
            found = Fraction(whole if whole == low else whole + 1)
            break
        floors.append(whole)
        low, high = 1 / (high - whole), 1 / (low - whole)
    for whole in reversed(floors):
        found = whole + 1 / found
    return found


def _ball(low: Fraction, high: Fraction) -> arb:
    return arb(rational(low)).union(arb(rational(high)))


def _shared(a: Box, b: Box) -> Box | None:
    """What two boxes have in common."""
    if not all(x.overlaps(y) for x, y in zip(a, b, strict=True)):
        return None
    return [x.lower().max(y.lower()).union(x.upper().min(y.upper())) for x, y in zip(a, b, strict=True)]
