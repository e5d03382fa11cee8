"""``p: {minimizes: f, subject_to: [...]}``: the one point at which f is least.

- Cost and conditions affine: a linear program, exactly (``linear``).
- f convex, conditions affine: a point with multipliers that meets the conditions of Karush, Kuhn and Tucker is a minimizer (Boyd
  and Vandenberghe, Convex Optimization, 2004, section 5.5.3). Which inequalities hold with equality is tried; the point is looked
  for by Newton's method and enclosed by Krawczyk's, which shows it to be a simple root; the multipliers are above 0 and the other
  conditions hold strictly, by balls. Then there is no other minimizer near it, and by convexity none at all.
- No conditions: all stationary points in the range are enclosed, and the value at one is below that at all others and on the
  sides of the range. Of a convex f one stationary point suffices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations, islice
from typing import Any

from derive.calculus.implicit import GUARD, System
from derive.calculus.reverse import expand_all, gradient
from derive.engine.optima.linear import Infeasible, Program, Unbounded, alone, solve
from derive.errors import ExpressionError, Undetermined
from derive.expr.below import leaves_of
from derive.expr.folding import substitute_all
from derive.expr.graph import Node
from derive.flint import arb, arb_mat, ctx, fmpq
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate, precision, rational
from derive.numbers.krawczyk import Equations, Root, enclosed, exactly, refined

MAX_SETS = 400  # of inequalities that may hold with equality
STARTS = (Fraction(1, 2), Fraction(3, 10), Fraction(4, 5))  # of the range
MAX_STEPS = 60  # of Newton's method
MAX_BOXES = 2_000  # of the sides of a range
BITS = 96

Values = Mapping[Node, Any]


class Minimum(System):
    """Least ``objective`` where each of ``at_most`` is at most 0 and each of ``equal`` is 0. Raises ExpressionError.

    ``box``: the range in which it is looked for; None with conditions. A minimizer at the end of that range is none."""

    def __init__(
        self,
        x: Node,
        objective: Node,
        at_most: Sequence[Node],
        equal: Sequence[Node],
        box: Sequence[tuple[Fraction, Fraction]] | None,
    ) -> None:
        residuals = [components(e)[0] for e in expand_all(gradient(objective, components(x)))]
        super().__init__(x, residuals, box or [])
        self.objective, self.at_most, self.equal = objective, tuple(at_most), tuple(equal)
        own = set(self.unknowns)
        everything = leaves_of([objective, *residuals, *at_most, *equal])
        self.parameters = tuple(n for n in everything if n not in own)
        self._found: dict[tuple[str, ...], Any] = {}
        if box is None and not (self.at_most or self.equal):
            raise ExpressionError("a range 'in' is needed where nothing is said under 'subject_to'")

    @property
    def held(self) -> bool:
        return bool(self.at_most or self.equal)

    @cached_property
    def settled(self) -> bool:
        """Whether f is convex in its range: then a point there with slopes of 0 is the least."""
        return self.held or _At(self, {}).convex()

    def facts(self) -> list[Node]:
        if not self.held:
            return super().facts()
        g = self.x.graph
        return [g.call("le", c, g.zero) for c in self.at_most] + [g.call("eq", c, g.zero) for c in self.equal]

    def solution(self, values: Values) -> list[Any]:
        if not all(isinstance(v, fmpq) for v in values.values()):
            raise Undetermined("what is least is looked for where the parameters are rational numbers")
        key = tuple(str(v) for v in values.values())
        if key not in self._found:
            try:
                self._found[key] = _At(self, values).found()
            except Undetermined as fault:
                self._found[key] = fault
        found = self._found[key]
        if isinstance(found, Undetermined):
            raise found
        if isinstance(found, list):
            return found
        equations, root = found
        return refined(equations, {}, root, ctx.prec + GUARD)[: len(self.unknowns)]


class _At:
    """The search at given parameters."""

    def __init__(self, system: Minimum, values: Values) -> None:
        g = system.x.graph
        put = {n: g.const(Fraction(int(v.p), int(v.q))) for n, v in values.items()}
        made = substitute_all([system.objective, *system.at_most, *system.equal, *system.residuals], put)
        self.system, self.x, self.graph = system, list(system.unknowns), g
        self.objective, rest = made[0], made[1:]
        count = len(system.at_most)
        self.at_most, self.equal = rest[:count], rest[count : count + len(system.equal)]
        self.slopes = rest[count + len(system.equal) :]

    def found(self) -> Any:
        """The point exactly, or equations with the root that it is. Raises Undetermined."""
        rows = [self.affine(c) for c in (*self.at_most, *self.equal)]
        if any(r is None for r in rows):
            raise Undetermined("conditions that are not affine in the unknowns are not followed")
        if (cost := self.affine(self.objective)) is not None and self.system.held:
            return self.linear(cost[0], [r for r in rows if r is not None])
        if self.convex():
            return self.tried()
        if self.system.held:
            raise Undetermined("it is not shown that what is to be least is convex")
        return self.compared()

    # -- linear programs -----------------------------------------------------------------------------

    def affine(self, node: Node) -> tuple[tuple[Fraction, ...], Fraction] | None:
        """The row and the right side of an affine expression that is compared with 0; None of any other."""
        slopes = [components(s)[0] for s in expand_all(gradient(node, self.x))]
        if any(set(leaves_of([s])) for s in slopes):
            return None
        found = evaluate([*slopes, node], dict.fromkeys(self.x, fmpq(0)), BITS)
        if not all(isinstance(v, fmpq) for v in found):
            return None
        *row, beside = (Fraction(int(v.p), int(v.q)) for v in found)
        return tuple(row), -beside

    def linear(self, cost: Sequence[Fraction], rows: Sequence[tuple[tuple[Fraction, ...], Fraction]]) -> list[Any]:
        program = Program(tuple(cost), tuple(rows[: len(self.at_most)]), tuple(rows[len(self.at_most) :]))
        try:
            best = solve(program)
            single = alone(program, best)
        except (Infeasible, Unbounded) as why:
            raise Undetermined(str(why)) from None
        if not single:
            least = sum((c * v for c, v in zip(cost, best.point, strict=True)), Fraction(0))
            at = ", ".join(map(str, best.point))
            raise Undetermined(f"several points are best, [{at}] among them; the least value is {least}")
        point = [rational(v) for v in best.point]
        self.within_its_range(point)
        return point

    # -- convex problems ------------------------------------------------------------------------------

    def convex(self) -> bool:
        from derive.engine.domain import Domain
        from derive.engine.properties.dispatch import decide_condition

        g, x = self.graph, self.system.x
        whole = {n: g.index(x, n.attr) if n.op == "index" else x for n in self.x}
        (f,) = substitute_all([self.objective], whole)
        conditions = [g.call("le", c, g.zero) for c in self.at_most] + [g.call("eq", c, g.zero) for c in self.equal]
        if not self.system.held:
            conditions = self.within()
        claim = parse("convex(f, x)", {"f": f, "x": x}, g, boolean=True)
        return decide_condition(claim, Domain(conditions, {})).status == "proved"

    def within(self) -> list[Node]:
        g = self.graph
        ends = zip(self.x, self.system.box, strict=True)
        return [c for n, (a, b) in ends for c in (g.call("ge", n, g.const(a)), g.call("le", n, g.const(b)))]

    def tried(self) -> tuple[Equations, Root] | list[Any]:
        """The one point that meets the conditions of Karush, Kuhn and Tucker."""
        count = len(self.at_most)
        sets = (s for k in range(min(count, len(self.x)) + 1) for s in combinations(range(count), k))
        for active in islice(sets, MAX_SETS):
            if (found := self.with_equality(active)) is not None:
                return found
        hint = "" if self.system.held else ": a minimizer at the end of its range is held there by 'subject_to'"
        raise Undetermined(f"no point is shown to be the least one{hint}")

    def with_equality(self, active: Sequence[int]) -> tuple[Equations, Root] | list[Any] | None:
        g, held = self.graph, [self.at_most[i] for i in active]
        multipliers = [g.node("symbol", (), ("place", "multiplier", k), ()) for k in range(len(held) + len(self.equal))]
        residuals = list(self.slopes)
        for m, c in zip(multipliers, [*held, *self.equal], strict=True):
            by = [components(s)[0] for s in expand_all(gradient(c, self.x))]
            residuals = [g.add(r, g.mul(m, b)) for r, b in zip(residuals, by, strict=True)]
        residuals += [*held, *self.equal]
        unknowns = [*self.x, *multipliers]
        slopes = expand_all([s for r in residuals for s in gradient(r, unknowns)])
        equations = Equations(tuple(unknowns), tuple(residuals), tuple(components(s)[0] for s in slopes))
        starts = self.starts(len(multipliers))
        root = next((r for s in starts if (r := _near(equations, s)) is not None), None)
        if root is None:
            return None
        whole = exactly(equations, {}, root.tight)
        point: list[Any] = whole if whole is not None else root.tight
        values = dict(zip(unknowns, point, strict=True))
        with precision(BITS):
            signs = point[len(self.x) : len(self.x) + len(held)]
            others = evaluate([c for i, c in enumerate(self.at_most) if i not in active], values, BITS)
            if any(isinstance(v, Exception) for v in others):
                return None
            strict = all(v > 0 for v in signs) and all(v < 0 for v in others)
            if not strict and not (
                whole is not None and all(v >= 0 for v in signs) and all(v <= 0 for v in others) and self.bends(values)
            ):
                return None
            self.within_its_range(point)
        return whole[: len(self.x)] if whole is not None else (equations, root)

    def starts(self, multipliers: int) -> Iterator[list[Any]]:
        """Where Newton's method begins: in the middle of the range, and beside it, as there may be a kink."""
        box = self.system.box or [(Fraction(-1), Fraction(1))] * len(self.x)
        for part in STARTS:
            yield [*(arb(rational(a + (b - a) * part)) for a, b in box), *[arb(0)] * multipliers]

    def bends(self, values: Values) -> bool:
        """Whether the Hessian is positive definite at a point, by its principal minors."""
        n = len(self.x)
        slopes = expand_all([s for r in self.slopes for s in gradient(r, self.x)])
        found = evaluate([components(s)[0] for s in slopes], values, BITS)
        if any(isinstance(v, Exception) for v in found):
            return False
        rows = [list(map(arb, found[i * n : (i + 1) * n])) for i in range(n)]
        return all(arb_mat([row[:k] for row in rows[:k]]).det() > 0 for k in range(1, n + 1))

    def within_its_range(self, point: Sequence[Any]) -> None:
        """Raises Undetermined: at the end of a range the least value is no stationary one, unless conditions hold it there."""
        for v, (low, high) in zip(point, self.system.box, strict=False):
            a, b = rational(low), rational(high)
            if not ((v >= a and v <= b) if self.system.held else (v > a and v < b)):
                raise Undetermined("it is least beside its range, or at its end: bounds stand under 'subject_to'")

    # -- by search ------------------------------------------------------------------------------------

    def compared(self) -> tuple[Equations, Root] | list[Any]:
        """The stationary point in the range at which it is less than at all others and on the sides of the range."""
        slopes = expand_all([s for r in self.slopes for s in gradient(r, self.x)])
        equations = Equations(tuple(self.x), tuple(self.slopes), tuple(components(s)[0] for s in slopes))
        roots = self.system.all_of(equations)
        if not roots:
            raise Undetermined("it is stationary nowhere in its range")
        with precision(BITS):
            least = [self.value(r.tight) for r in roots]
            best = min(range(len(roots)), key=lambda i: float(least[i].mid()))
            if not all(least[best] < v for i, v in enumerate(least) if i != best):
                raise Undetermined("it is as little, as far as can be told, at several points")
            self.above_on_the_sides(least[best])
        whole = exactly(equations, {}, roots[best].tight)
        return list(whole) if whole is not None else (equations, roots[best])

    def value(self, box: Sequence[Any]) -> arb:
        (v,) = evaluate([self.objective], dict(zip(self.x, box, strict=True)), BITS, False)
        if isinstance(v, Exception):
            raise Undetermined(f"it is not enclosed: {v}")
        return arb(v)

    def above_on_the_sides(self, least: arb) -> None:
        """That it is more than that on all sides of the range. Raises Undetermined."""
        box = self.system.box
        work = []
        for i in range(len(box)):
            for end in box[i]:
                work.append([(a, b) if j != i else (end, end) for j, (a, b) in enumerate(box)])
        for _ in range(MAX_BOXES):
            if not work:
                return
            side = work.pop()
            ball = [arb(rational(a)).union(arb(rational(b))) for a, b in side]
            (v,) = evaluate([self.objective], dict(zip(self.x, ball, strict=True)), BITS, False)
            if not isinstance(v, Exception) and arb(v) > least:
                continue
            j = max(range(len(side)), key=lambda j: side[j][1] - side[j][0])
            low, high = side[j]
            if low == high:
                raise Undetermined("it is no more at the end of its range: bounds stand under 'subject_to'")
            middle = (low + high) / 2
            work += [[*side[:j], part, *side[j + 1 :]] for part in ((low, middle), (middle, high))]
        raise Undetermined("whether it is less on the sides of its range is not settled")


def _near(equations: Equations, start: Sequence[Any]) -> Root | None:
    """A simple root that Newton's method, damped, comes to from a point; shown to be one."""
    n = len(start)
    point = [arb(v).mid() for v in start]

    def off(at: Sequence[Any]) -> tuple[float, list[Any]] | None:
        found = evaluate(equations.residuals, dict(zip(equations.unknowns, at, strict=True)), BITS, False)
        if any(isinstance(v, Exception) for v in found):
            return None
        values = [arb(v).mid() for v in found]
        return max(abs(float(v)) for v in values), values

    with precision(BITS):
        here = off(point)
        for _ in range(MAX_STEPS):
            if here is None:
                return None
            slopes = evaluate(equations.slopes, dict(zip(equations.unknowns, point, strict=True)), BITS, False)
            if any(isinstance(s, Exception) for s in slopes):
                return None
            try:
                step = arb_mat(n, n, [arb(s).mid() for s in slopes]).solve(arb_mat(n, 1, here[1])).entries()
            except ZeroDivisionError:
                return None
            length, there = 1.0, None
            while length > 2.0**-20:
                moved = [(p - length * s.mid()).mid() for p, s in zip(point, step, strict=True)]
                there = off(moved)
                if there is not None and (there[0] < here[0] or there[0] == 0):
                    break
                length /= 2
            else:
                break
            point, here = moved, there
            if here is not None and here[0] == 0:
                break
        return enclosed(equations, {}, point)
