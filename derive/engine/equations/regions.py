"""Proof by regions: where kinks stand in the way, the domain is split at them, boundaries included.

A *cell* is a part of the domain in which some signs are known. Splitting at s gives the cells s > 0, s < 0 and those
that make up s = 0: one for each factor of s that can vanish, with a symbol solved for where that is possible. A cell is
settled when both sides have one normal form there, or when a point in it shows that they don't agree. Splits are made
only where the unsplit form proves nothing, and only into cells that the known signs allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import field, replace
from itertools import product
from typing import Any

from derive.calculus.joints import with_joints
from derive.engine.algebra.normal import NOTHING, Need, Normal
from derive.engine.algebra.polynomials import Identity, Key, Poly, Quotient, Regrow, Ring, Unwieldy
from derive.engine.algebra.signs import NEGATIVE, NONZERO, POSITIVE, ZERO, Signs
from derive.engine.counterexamples.constraints import Constraint, constraints
from derive.engine.counterexamples.points import Sampler
from derive.engine.domain import Domain
from derive.engine.equations.cells import Cell, Outcome, Side
from derive.engine.reasons import Why
from derive.expr.folding import nonzero
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import KINKED
from derive.lazily import lazily
from derive.numbers.definedness import culprit
from derive.records import dataclass

with lazily():
    from derive.engine.algebra import groebner, positivstellensatz

MAX_CELLS = 150
MAX_REGROWTH = 40
MAX_ROOM = 64  # for kernels of all that is asked of a domain
MAX_MET = 3  # kinks that meet in one cell
FEW_POINTS, MANY_POINTS = 4, 24


@dataclass
class Regions:
    """The proof of one scalar equality over its domain."""

    sampler: Sampler
    ring: Ring
    conditions: dict[Node, None] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    steps: list[object] = field(default_factory=list)
    groups: dict[Node, tuple[Key, bool]] = field(default_factory=dict)
    ideals: dict[Key, groebner.Ideal] = field(default_factory=dict)
    joined: dict[Node, Node] = field(default_factory=dict)
    known: dict[Key, Signs] = field(default_factory=dict)  # of the whole domain, by what is put in the place of symbols

    def prove(self) -> None:
        """Settles every cell, filling ``outcomes``. Raises Unwieldy."""
        cells = self._assumed()
        self._group(cells[0] if cells else Cell())
        cells.reverse()
        count = 0
        while cells:
            count += 1
            if count > MAX_CELLS:
                raise Unwieldy(f"more than {MAX_CELLS} regions")
            cell = cells.pop()
            found = self._retrying(lambda c=cell: self._settle(c))
            if isinstance(found, Outcome):
                self.outcomes.append(found)
            else:
                cells.extend(reversed(found))

    def void(self) -> bool:
        """Whether the assumptions are shown to contradict each other. Raises Unwieldy."""

        def none(cell: Cell) -> bool:
            signs = self._signs(cell)
            return signs.contradiction or positivstellensatz.contradictory(
                self.ring, signs.inequalities(), self._ideal(signs)
            )

        return all(self._retrying(lambda c=cell: none(c)) for cell in self._assumed())

    def _assumed(self) -> list[Cell]:
        """The cells of the domain that the assumptions name: the zeros of equations, the cases of an ``or``."""
        cells = [Cell()]
        for s, mask in self.sampler.constraints:
            if mask == ZERO:
                cells = [at for c in cells for at in self._at_zero(c, s, boundary=False)]
        for choices in self.sampler.alternatives:
            cells = [given for c in cells for chosen in choices for given in self._given_that(c, chosen)]
        return cells

    def _given_that(self, cell: Cell, chosen: Sequence[Constraint]) -> list[Cell]:
        """The cells in which one alternative of an assumption holds."""
        cells = [replace(cell, facts=(*cell.facts, *(c for c in chosen if c[1] != ZERO)))]
        for s, mask in chosen:
            if mask == ZERO:
                cells = [at for c in cells for at in self._at_zero(c, s, boundary=False)]
        return cells

    def certain(self, condition: Node) -> bool:
        """Whether a comparison with zero holds everywhere in the domain where its sides have a value."""

        def work() -> bool:
            signs = self._signs(Cell())
            nf = Normal(self.ring, signs)
            nf.run([condition])
            return nf.values[condition] is True

        return bool(self._retrying(work))

    def trimmed(self) -> tuple[Node, ...]:
        """The recorded conditions less those that hold everywhere."""
        return tuple(c for c in self.conditions if not self.certain(c))

    def _retrying(self, work: Any) -> Any:
        for _ in range(MAX_REGROWTH):
            try:
                return work()
            except Regrow:
                continue
        raise Unwieldy("exponents that keep needing finer fractions")

    # -- what is known in a cell ----------------------------------------------------------------------

    def _signs(self, cell: Cell) -> Signs:
        """What is known in a cell: that of the domain, which is worked out once, and its own facts."""
        key = (self.ring.generation, cell.bound)
        if key not in self.known:
            self.known[key] = self._of_domain(cell)
        signs = self.known[key].copy()
        # abs(x) <= 1 where x > 0
        again = [c for c in self.sampler.constraints if kinked(c[0])] if cell.facts else []
        self._learn(signs, (*cell.facts, *again, *(c for c in cell.facts if kinked(c[0]))), cell)
        return signs

    def _of_domain(self, cell: Cell) -> Signs:
        signs = Signs(self.ring)
        known: list[Constraint] = []
        for s, (low, high) in self.sampler.domain.ranges.items():
            g = s.graph
            known += [(g.sub(s, g.const(low)), POSITIVE | ZERO)] if low is not None else []
            known += [(g.sub(g.const(high), s), POSITIVE | ZERO)] if high is not None else []
        self._learn(signs, (*known, *self.sampler.constraints), cell)
        return signs

    def _learn(self, signs: Signs, facts: Iterable[Constraint], cell: Cell) -> None:
        for s, mask in facts:
            if signs.contradiction:
                break
            nf = Normal(self.ring, signs, bound=cell.bound)
            nf.run([s])
            value = nf.values[s]
            if isinstance(value, Quotient):
                signs.learn(value, mask)
            elif value is NOTHING:
                signs.contradiction = True

    def _group(self, cell: Cell) -> None:
        """Which ``select`` nodes stand at the same kink: s and 3*s do, and -s from the other side."""
        selects = [n for n in topological([self.sampler.a, self.sampler.b]) if n.op == "select"]
        if not selects:
            return

        def work() -> None:
            signs = self._signs(cell)
            nf = Normal(self.ring, signs, bound=cell.bound)
            nf.run([n.args[0] for n in selects])
            for n in selects:
                s = nf.values[n.args[0]]
                if isinstance(s, Quotient) and s.num != 0:
                    self.groups[n] = _group(self.ring, signs, s)

        self._retrying(work)
        self.sampler.groups = self.groups

    def _side(self, root: Node, cell: Cell, signs: Signs, shared: Normal) -> Side:
        """By all sides of the kinks that the cell lies on; where these do not agree, by what its derivatives are on them."""
        kinks = self._met(root, shared)
        found = self._by_sides(root, kinks, cell, signs, shared) if len(kinks) <= MAX_MET else None
        if found is None or found.value is NOTHING or (kinks and (found.value is None or len(kinks) > 1)):
            if root not in self.joined:
                (self.joined[root],) = with_joints([root])
            if (joined := self.joined[root]) is not root and len(kinks := self._met(joined, shared)) <= MAX_MET:
                exact = self._by_sides(joined, kinks, cell, signs, shared)
                sure = found is None or not isinstance(found.value, Quotient) or not exact.asks
                if sure and isinstance(exact.value, Quotient):
                    return exact
        if found is None:
            raise Unwieldy("more than three kinks meet")
        return found

    @staticmethod
    def _met(root: Node, shared: Normal) -> list[Key]:
        """The kinks that a cell lies on, of what a root turns on there."""
        shared.run([root])
        return list(dict.fromkeys(shared.vanished[n] for n in shared.reach(root) if n in shared.vanished))

    def _by_sides(self, root: Node, kinks: Sequence[Key], cell: Cell, signs: Signs, shared: Normal) -> Side:
        passes = [shared]
        if kinks:
            passes = []
            for sides in product((True, False), repeat=len(kinks)):
                nf = Normal(
                    self.ring, signs, bound=cell.bound, groups=self.groups, sides=dict(zip(kinks, sides, strict=True))
                )
                nf.run([root])
                passes.append(nf)
        needs: dict[Key, Need] = {}
        asks: dict[Node, None] = {}
        for nf in passes:
            for n in nf.reach(root):
                needs.update((need.key, need) for need in nf.needs.get(n, ()))
                asks.update(dict.fromkeys(nf.asks.get(n, ())))
        values = [nf.values[root] for nf in passes]
        return Side(self._joined(values, signs), needs, sorted(asks, key=lambda s: s.id), dict(needs))

    def _joined(self, values: Sequence[Any], signs: Signs) -> Any:
        """The common value of a derivative on all sides of a kink: NOTHING if there is none, None if it depends."""
        if any(v is NOTHING for v in values):
            return NOTHING
        depends = False
        for v in values[1:]:
            gap = self.ring.difference(values[0], v)
            if not self._vanishes(gap, signs):
                if not signs.mask(gap) & ZERO:
                    return NOTHING
                depends = True
        return None if depends else values[0]

    def _vanishes(self, p: Poly, signs: Signs) -> bool:
        if p == 0:
            return True
        return self._ideal(signs).contains(p) or signs.mask(p) == ZERO

    def _ideal(self, signs: Signs) -> groebner.Ideal:
        """What vanishes with what is known to vanish."""
        key = (self.ring.room, *(self.ring.key(z) for z in signs.zeros))
        if key not in self.ideals:
            self.ideals[key] = groebner.Ideal(self.ring, signs.zeros)
        return self.ideals[key]

    # -- settling a cell ------------------------------------------------------------------------------

    def _settle(self, cell: Cell) -> Outcome | list[Cell]:
        signs = self._signs(cell)
        if signs.contradiction:
            return Outcome("empty", cell)
        shared = Normal(self.ring, signs, bound=cell.bound, groups=self.groups)
        left, right = (self._side(n, cell, signs, shared) for n in (self.sampler.a, self.sampler.b))
        if left.value is NOTHING and right.value is NOTHING:
            if (needed := self._valueless(cell)) is not None:
                self.conditions[needed] = None
            return Outcome("nothing", cell)
        if isinstance(left.value, Quotient) and isinstance(right.value, Quotient):
            equal = self._equal(left.value, right.value, signs, cell) or self._equal_where_defined(
                cell, signs, left, right
            )
            if equal:
                return self._defined(cell, signs, left, right)
        return self._point_or_split(cell, signs, left, right)

    def _valueless(self, cell: Cell) -> Node | None:
        """A condition that leaves out a cell in which neither side has a value."""
        if cell.boundary:
            return nonzero(cell.boundary[-1])
        point = next(self.sampler.points(FEW_POINTS, cell.facts, cell.bound), None)
        return culprit(self.sampler.a, point) if point is not None else None

    def _equal(self, x: Quotient, y: Quotient, signs: Signs, cell: Cell) -> bool:
        gap = self.ring.difference(x, y)
        if not self._vanishes(gap, signs):
            return False
        if len(self.steps) < 8:
            self.steps.append(Identity(self.ring, x, y, f"{cell.text()}: " * bool(cell.facts)))
        return True

    def _equal_where_defined(self, cell: Cell, signs: Signs, left: Side, right: Side) -> bool:
        """The same with what both sides need to exist as further facts."""
        needs = [*left.needs.values(), *right.needs.values()]
        if all(self._given(n, signs) for n in needs):
            return False
        more = self._with(signs, needs)
        if more.contradiction:
            return False
        nf = Normal(self.ring, more, bound=cell.bound, groups=self.groups)
        a, b = (self._side(n, cell, more, nf) for n in (self.sampler.a, self.sampler.b))
        if (
            isinstance(a.value, Quotient)
            and isinstance(b.value, Quotient)
            and self._equal(a.value, b.value, more, cell)
        ):
            left.needs.update(a.needs)
            right.needs.update(b.needs)
            return True
        return False

    @staticmethod
    def _with(signs: Signs, needs: Sequence[Need]) -> Signs:
        more = signs.copy()
        for n in needs:
            if n.what is not None:
                more.learn(n.what, n.signs)
            elif n.key[0] == "whole":
                more.whole.add(n.key[1])
        return more

    def _defined(self, cell: Cell, signs: Signs, left: Side, right: Side) -> Outcome | list[Cell]:
        """The sides are equal where both have a value. Do they have one at the same points?"""
        recorded = []
        pending: list[tuple[str, Need]] = []
        for side, mine, other in (("left", left, right), ("right", right, left)):
            more = self._with(signs, list(other.sure.values()))
            for key, need in mine.needs.items():
                if self._given(need, signs):
                    continue
                if key in other.sure or self._given(need, more):
                    recorded.append(need.node)
                elif need.what is not None and need.signs == NONZERO and not (need.hole or self._kinked(need.what)):
                    recorded.append(need.node)  # a cancelled factor: the sides meet in the limit
                else:
                    pending.append((side, need))
        split_first = any(need.key[0] == "atom" or (need.what and self._kinked(need.what)) for _, need in pending)
        if split_first and (cells := self._split(cell, signs, left, right)):
            return cells
        self.conditions.update(dict.fromkeys(recorded))
        failing: list[Outcome] = []
        known = {
            "left": self._with(signs, list(right.sure.values())),
            "right": self._with(signs, list(left.sure.values())),
        }
        for side, need in pending:
            if self._given(need, known[side]):
                continue  # follows from a condition already found missing
            found = self._witness(cell, (side,), MANY_POINTS, need.node)
            if found is None:
                if need.hole and (cells := self._split_at(cell, signs, [s for s, _ in constraints(need.node)])):
                    return cells
                return Outcome("open", cell, Why.CONDITION_MAY_MATTER(condition=need.node))
            failing.append(found)
            for more in known.values():
                if need.what is not None:
                    more.learn(need.what, need.signs)
                else:
                    more.whole.add(need.key[1])
        if not failing:
            return Outcome("equal", cell)
        return replace(failing[0], missing=tuple(n for o in failing for n in o.missing))

    @staticmethod
    def _given(need: Need, signs: Signs) -> bool:
        if need.what is None:
            return need.key[0] == "whole" and need.key[1] in signs.whole
        return not signs.of(need.what) & ~need.signs

    def _kinked(self, x: Quotient) -> bool:
        return any(k.kinked for k in self.ring.used(x.num, x.den))

    def _point_or_split(self, cell: Cell, signs: Signs, left: Side, right: Side) -> Outcome | list[Cell]:
        """A cell in which equality was not proved: a point that shows why, or smaller cells."""
        kinds = ["differ"]
        kinds += ["left"] if cell.boundary or left.value is NOTHING else []
        kinds += ["right"] if cell.boundary or right.value is NOTHING else []
        whole = left.value is NOTHING or right.value is NOTHING
        if positivstellensatz.contradictory(self.ring, signs.inequalities(), self._ideal(signs)):
            return Outcome("empty", cell)
        found = self._witness(cell, kinds, FEW_POINTS)
        if found and (whole or found.kind == "differ"):
            return replace(found, whole=whole)
        if cells := self._split(cell, signs, left, right):
            return cells  # a side may lack a value at a point of a boundary, and have one on the rest of it
        if found:
            return found
        if found := self._witness(cell, kinds, MANY_POINTS):
            return replace(found, whole=whole)
        return Outcome("open", cell, Why.FORMS_DIFFER())

    def _witness(self, cell: Cell, kinds: Sequence[str], count: int, need: Node | None = None) -> Outcome | None:
        """A point of the cell at which the sides are as the kinds say (and a need fails)."""
        sampler = self.sampler
        extra = [(s, 7 & ~m) for s, m in constraints(need)] if need is not None else []
        for point in sampler.points(count, [*cell.facts, *extra], cell.bound):
            judged = sampler.judge(point)
            if judged.kind in kinds:
                return Outcome(judged.kind, cell, None, point, judged, (need,) if need is not None else ())  # type: ignore[arg-type]
        return None

    # -- splitting ------------------------------------------------------------------------------------

    def _split(self, cell: Cell, signs: Signs, left: Side, right: Side) -> list[Cell]:
        """Cells at the first kink of the sides whose sign is not known; none if all are known."""
        return self._split_at(cell, signs, [*left.asks, *right.asks], left.sure.keys() & right.sure.keys())

    def _split_at(self, cell: Cell, signs: Signs, asks: Sequence[Node], shared: Set[Key] = frozenset()) -> list[Cell]:
        """Cells at the first of these whose sign is not known; none if all are known.

        1/x has a sign beside x = 0 alone: where a kink may lack a value, other than where both sides (by the needs that they
        share) have none either, the first splits are at what it needs, or the rest of the domain would be in no cell.
        """
        nf = Normal(self.ring, signs, bound=cell.bound, groups=self.groups)
        split = {s for s, m in cell.facts if m in (POSITIVE, ZERO, NEGATIVE)}
        for s in sorted(set(asks) - split, key=lambda s: s.id):
            nf.run([s])
            value = nf.values[s]
            if not isinstance(value, Quotient):
                continue
            needed = [n for m in nf.reach(s) for n in nf.needs.get(m, ()) if n.key not in shared]
            below = [t for n in needed if n.what and not self._given(n, signs) for t, _ in constraints(n.node)]
            if cells := self._split_at(cell, signs, [t for t in below if t is not s], shared):
                return cells
            mask = signs.of(value)
            if mask in (POSITIVE, ZERO, NEGATIVE, 0):
                continue
            cells = [replace(cell, facts=(*cell.facts, (s, m))) for m in (POSITIVE, NEGATIVE) if mask & m]
            if mask & ZERO:
                cells += self._at_zero(cell, s)
            return cells
        return []

    def _at_zero(self, cell: Cell, s: Node, boundary: bool = True) -> list[Cell]:
        """The cells that make up s = 0 in a cell."""
        found: list[Cell] = self._retrying(lambda: self._zero_cells(cell, s, boundary))
        return found

    def _zero_cells(self, cell: Cell, s: Node, boundary: bool) -> list[Cell]:
        ring = self.ring
        signs = self._signs(cell) if boundary else Signs(ring)
        nf = Normal(ring, signs, bound=cell.bound)
        nf.run([s])
        value = nf.values[s]
        on = replace(cell, facts=(*cell.facts, (s, ZERO)), boundary=(*cell.boundary, s) if boundary else cell.boundary)
        if not isinstance(value, Quotient) or value.num.is_constant():
            return [on]
        cells = []
        for f, _ in ring.factor(value.num)[1]:
            if not signs.mask(f) & ZERO:
                continue
            solved = self._solve(f, signs)
            if solved is None:
                more = (*on.facts, (ring.node(f), ZERO)) if len(ring.factor(value.num)[1]) > 1 else on.facts
                cells.append(replace(on, facts=more))
            else:
                cells.append(replace(on, bound=(*cell.bound, solved)))
        return cells

    def _solve(self, f: Poly, signs: Signs) -> tuple[Node, Node] | None:
        """A symbol and its value where f = 0: f linear in it, with a coefficient that does not vanish."""
        ring = self.ring
        used = ring.used(f)
        for k in reversed(used):
            if k.kind != "name" or f.degrees()[k.index] != 1:
                continue
            if any(k.node in other.free for other in used if other is not k):
                continue
            slope = f.derivative(k.index)
            if not signs.mask(slope) & ZERO:
                rest = f - slope * ring.gen(k)
                return k.node, ring.quotient_node(ring.make(-rest, slope))
        return None


def knowledge(domain: Domain, g: Graph) -> Regions:
    """What is known of signs on a domain of scalars, in one ring for all that is asked of it."""
    found = domain.remembered(("knowledge", g), lambda: Regions(Sampler(g.zero, g.zero, domain), Ring(g)))
    if found.ring.room > MAX_ROOM:
        found.ring = Ring(g)
        found.known.clear()
    found.ring.spent = 0
    return found


def _group(ring: Ring, signs: Signs, s: Quotient) -> tuple[Key, bool]:
    """A kink's key: the factors of s that can change sign; and whether s has the opposite sign of these."""
    flipped = False
    key = []
    for p in (s.num, s.den):
        content, parts = ring.factor(p)
        flipped ^= bool(content < 0)
        for f, n in parts:
            m = signs.mask(f)
            if n % 2 == 0 or not m & NEGATIVE:
                continue
            if not m & POSITIVE:
                flipped = not flipped
            else:
                key.append(ring.key(f))
    return ("kink", *sorted(key, key=repr)), flipped


def kinked(n: Node) -> bool:
    """Whether a node turns on the sign of something."""
    return any(m.op in KINKED for m in topological([n]))
