"""The search for the one step: points sort out what can't be, a proof settles what is told.

Everything happens in a graph of its own, and within limits on sizes and on the number of proofs, so that the same formula
gets the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, islice
from typing import Any

from derive.budget import Exhausted, share
from derive.engine.algebra.polynomials import limited
from derive.engine.counterexamples.points import Sampler
from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.matrices.tensor_level import too_large
from derive.engine.sufficiency import thin
from derive.errors import ExpressionError
from derive.expr.conditions import is_boolean
from derive.expr.graph import Graph, Node, topological
from derive.expr.shapes import size
from derive.flint import fmpq
from derive.language.components import components_all
from derive.language.tidy import tidy
from derive.numbers.balls import evaluate_all, precision, rational
from derive.numbers.definedness import has_value
from derive.records import dataclass
from derive.repair import factors
from derive.repair.conditions import conditions
from derive.repair.slips import SLIPS, UNARY, Pool
from derive.repair.spots import Spot, leaves, moved, spots


@dataclass(frozen=True, slots=True)
class Limits:
    """How much work a diagnosis may be; ``steps`` are those of ``derive.budget``, for all of it."""

    nodes: int = 1500
    entries: int = 36
    laid_out: int = 20_000  # products of entries
    spots: int = 60
    candidates: int = 1200
    points: int = 4
    proofs: int = 8
    work: int = 60_000
    steps: int = 12_000_000


LIMITS = Limits()
MAX_QUANTITIES = 16  # factors and terms that are tried
_TERMS = ("mul", "div", "pow", "neg", "matmul", "sum")
#: Kinds of slips that are told by a term or a factor, not by all that is put.
_NAMED = ("sign", "slope", "missing", "superfluous")
MAX_DOMAIN = 24  # points that are looked at to find a few


@dataclass(frozen=True, slots=True)
class Repair:
    """``old`` in the refuted side should be ``new``, which makes it ``mended``.

    Kind ``factor`` without ``old``: the whole side times ``new``. Kind ``condition``: true where ``new`` holds; ``region``
    says that this is more than a special value, and that both sides still say something there. ``needs``: what the mended side
    needs for a value and neither of the two sides did.
    """

    kind: str
    old: Node | None
    new: Node
    mended: Node
    region: bool = False
    needs: tuple[Node, ...] = ()


def find(
    a: Node,
    b: Node,
    domain: Domain = EVERYWHERE,
    others: Sequence[Node] = (),
    limits: Limits = LIMITS,
    written: Sequence[Node] = (),
) -> Repair | None:
    """What mends b so that it is a, proved; or None. Both derivative-free and of one shape, as for ``decide_equal``.

    ``others`` are quantities of the case that the formula may have meant. ``written`` is how a stands in the document: to put
    that in the place of all of b would only say that they differ. The nodes of the answer are of another graph.
    """
    order = topological([a, b, *domain.hypotheses])
    if a.shape != b.shape or len(order) > limits.nodes:
        return None
    if size(a.shape) > limits.entries or too_large(order, limits.laid_out):
        return None  # too many entries to sort candidates by
    graph = Graph()
    roots = [a, b, *domain.hypotheses, *domain.ranges, *others, *written]
    there = moved(roots, graph)
    inside = Domain([there[n] for n in domain.hypotheses], {there[n]: r for n, r in domain.ranges.items()})
    pool = [there[n] for n in others]
    try:
        with limited(limits.work), share(limits.steps):
            search = _Search(there[a], there[b], inside, pool, limits)
            search.written = {search.form(there[n]) for n in written}
            return search.run()
    except (ExpressionError, ValueError, ArithmeticError, KeyError, RecursionError):
        return None  # what can't be laid out or evaluated is not diagnosed


@dataclass(frozen=True, slots=True)
class _Candidate:
    kind: str
    old: Node | None
    new: Node
    mended: Node


class _Search:
    def __init__(self, a: Node, b: Node, domain: Domain, others: list[Node], limits: Limits) -> None:
        self.a, self.b, self.domain, self.limits = a, b, domain, limits
        self.graph = a.graph
        self.left, self.right = components_all([a, b])
        self.inner = domain.about([a, b]).entries()
        self.small = len(self.left) <= limits.entries
        self.proofs = limits.proofs
        self.form = Forms()
        self.written: set[int] = set()
        self.pool = self._pool(others)
        self.own = {n for side in (*self.left, *self.right) for n in has_value(side)}
        self.sampler = Sampler(_total(self.left), _total(self.right), self.inner)

    def run(self) -> Repair | None:
        if not self.small:
            return None
        points = self._points()
        if not points:
            return None
        second: Repair | None = None  # one that has no value at some points where both sides have one
        try:
            for repair in self._proved(points):
                if not repair.needs:
                    return repair
                second = second or repair
            return second or (self._condition() if self.proofs > 0 else None)
        except Exhausted:
            return second

    def _proved(self, points: Sequence[_Point]) -> Iterator[Repair]:
        for group in self._groups(points):
            for c in self._surviving(list(group), points):
                if self.proofs <= 0:
                    return
                found = self._decided(c.mended, ())
                if found.status == "proved" and not thin(found.conditions, self.inner):
                    needs = tuple(n for n in found.conditions if n not in self.own)
                    yield Repair(c.kind, c.old, c.new, c.mended, needs=needs)

    def _groups(self, points: Sequence[_Point]) -> Iterator[Iterator[_Candidate]]:
        """Candidates, cheap and telling ones first."""
        g = self.graph
        with precision(128):
            found = [factors.ratios(p.left, p.right) for p in points]
        telling = [(p, r) for p, r in zip(points, found, strict=True) if not p.nothing]
        whole = [r for _, r in telling if r is not None]
        scaled = len(whole) == len(telling) > 1
        if scaled:
            with precision(128):
                one = factors.common(whole)
                numbers = list(factors.constants(g, one)) if one is not None else []
            yield (self._times(c) for c in numbers)
        makers = dict(SLIPS)
        early = ("sign", "exponent", "inside", "function", "complement")
        all_spots = spots(self.b, self.limits.spots)
        for kind in early:
            yield self._slips(kind, makers[kind], all_spots)
        if scaled:
            quantities, values = self._quantities([p for p, _ in telling])
            if self.b.op != "const":  # a number times what the true side is gives this back
                yield (self._times(f) for f in factors.multiples(g, whole, quantities, values, pairs=False))
        for kind, maker in SLIPS:
            if kind not in early:
                yield self._slips(kind, maker, all_spots)
        if scaled and self.b.op != "const":
            named = [q for q in quantities if q.op not in UNARY]
            yield (self._times(f) for f in factors.multiples(g, whole, named, values, pairs=True))

    def _times(self, f: Node) -> _Candidate:
        return _Candidate("factor", None, f, self.graph.mul(f, self.b))

    def _slips(self, kind: str, maker: Any, places: Sequence[Spot]) -> Iterator[_Candidate]:
        seen = {self.b}
        for spot in places:
            for new in maker(spot, self.pool):
                if new is spot.node or new.shape != spot.node.shape or is_boolean(new) != is_boolean(spot.node):
                    continue
                mended = spot.replaced(new)
                if self._restates() and {spot.node, new} == {self.a, self.b}:
                    continue
                if spot.above is None and kind not in _NAMED and self.form(new) in self.written:
                    continue
                if mended.shape == self.b.shape and mended not in seen:
                    seen.add(mended)
                    yield _Candidate(kind, spot.node, new, mended)

    def _restates(self) -> bool:
        """Whether the true side in the place of the claimed one says no more than that they differ: P.T for P."""
        turned = any(n.op == "transpose" and n.args[0] is m for n, m in ((self.a, self.b), (self.b, self.a)))
        return self.b.op == "const" or turned

    # -- points -----------------------------------------------------------------------------------------

    def _points(self) -> list[_Point]:
        """A few points at which both sides have a value everywhere."""
        found: list[_Point] = []
        for point in self.sampler.points(MAX_DOMAIN):
            if any(v in (0, 1, -1) for v in point.values()) and len(point) and len(found) >= 2:
                continue  # says little of factors and exponents
            made = self._at({n: rational(v) for n, v in point.items()})
            if made is not None:
                found.append(made)
            if sum(not p.nothing for p in found) == self.limits.points:
                break
        return found

    def _at(self, point: Mapping[Node, Any]) -> _Point | None:
        done = evaluate_all([*self.left, *self.right, *self.inner.hypotheses], point)
        sides = [[done[n] for n in side] for side in (self.left, self.right)]
        if any(isinstance(v, Exception | bool) for side in sides for v in side):
            return None
        if any(done[n] is not True for n in self.inner.hypotheses):
            return None
        return _Point(point, sides[0], sides[1])

    def _surviving(self, group: Sequence[_Candidate], points: Sequence[_Point]) -> Iterator[_Candidate]:
        """The candidates whose values are those of the true side at all points, in order."""
        left = list(islice(group, max(120, self.limits.candidates // len(self.left))))
        if not left:
            return
        laid = dict(zip(left, components_all([c.mended for c in left]), strict=True))
        for p in points:
            roots = [n for c in left for n in laid[c]]
            values = evaluate_all(roots, self._completed(p.values, roots))
            with precision(128):
                left = [
                    c for c in left if all(factors.same(values[n], v) for n, v in zip(laid[c], p.left, strict=True))
                ]
            if not left:
                return
        yield from left

    def _completed(self, point: Mapping[Node, Any], roots: Sequence[Node]) -> Mapping[Node, Any]:
        """The point with a value for symbols that the formula does not have."""
        more = [
            n for n in topological(roots) if (n.op == "index" or (n.op == "symbol" and not n.shape)) and n not in point
        ]
        made = dict(point)
        for k, n in enumerate(more):
            low, high = self.inner.range(n)
            step = Fraction(k + 2, k + 3)
            if low is not None and high is not None:
                made[n] = rational(low + (high - low) * step)
            else:
                made[n] = rational(low + step if low is not None else high - step if high is not None else step + 1)
        return made

    # -- what is at hand ----------------------------------------------------------------------------------

    def _pool(self, others: Sequence[Node]) -> Pool:
        written = list(leaves([self.a, self.b]))
        hidden = list(leaves([self.a, self.b], opened=True))
        others = [n for n in others if not _number(n)]  # that it is the number that is missing is chance
        names = [n for n in dict.fromkeys([*written, *hidden, *others]) if n.op != "const"][: 2 * MAX_QUANTITIES]
        scalars = [n for n in names if not n.shape]
        functions = [
            n for n in topological([self.a, self.b], through_definitions=False) if n.op in UNARY and not n.shape
        ]
        terms = [
            n for n in topological([self.a, self.b], through_definitions=False) if n.op in _TERMS and n is not self.a
        ]
        return Pool(
            tuple(names), tuple(dict.fromkeys([*scalars, *functions]))[:MAX_QUANTITIES], tuple(terms[:MAX_QUANTITIES])
        )

    def _quantities(self, points: Sequence[_Point]) -> tuple[list[Node], list[Mapping[Node, Any]]]:
        """Scalars that a factor may be made of, their complements, and their values at the points."""
        g = self.graph
        plain = [n for n in self.pool.scalars if n is not self.a]
        squares = [g.sub(g.one, g.pow(n, g.const(2))) for n in plain if n.op == "def"]  # such as the slope of tanh
        all_of_them = [*plain, *(g.sub(g.one, n) for n in plain), *squares]
        laid = dict(zip(all_of_them, (e[0] for e in components_all(all_of_them)), strict=True))
        values: list[Mapping[Node, Any]] = []
        for p in points:
            done = evaluate_all(list(laid.values()), self._completed(p.values, list(laid.values())))
            values.append({n: done[e] for n, e in laid.items()})
        return all_of_them, values

    # -- proofs -------------------------------------------------------------------------------------------

    def _decided(self, mended: Node, more: Sequence[Node]) -> Decision:
        self.proofs -= 1
        return decide_equal(self.a, mended, self.domain.given(*more))

    def _condition(self) -> Repair | None:
        """A condition on one quantity under which the formula is true."""
        for c in conditions(self.sampler):
            if self.proofs <= 0:
                return None
            if not self._says_little(c.node) and self._decided(self.b, [c.node]).status == "proved":
                return Repair("condition", None, c.node, self.b, c.region)
        return None

    def _says_little(self, condition: Node) -> bool:
        """Whether a condition leaves no more of a declared range than a point of it."""
        if condition.op == "eq":
            return condition.args[0] in self.inner.ranges
        return thin([condition], self.inner)


@dataclass(frozen=True, slots=True)
class _Point:
    values: Mapping[Node, Any]
    left: list[Any]
    right: list[Any]

    @property
    def nothing(self) -> bool:
        """Whether both sides are 0 there, which tells nothing of a factor."""
        return all(factors.same(v, fmpq(0)) for v in (*self.left, *self.right))


class Forms:
    """How expressions are written, whatever the order of terms and factors, as numbers; of a name its definition."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Any, ...], int] = {}
        self.parts: list[tuple[Any, ...]] = []

    def __call__(self, n: Node) -> int:
        while n.op == "def":
            n = n.args[0]
        (n,) = tidy([n])
        done: dict[Node, int] = {}
        for m in topological([n], through_definitions=False):
            of = [done[a] for a in m.args] if m.op != "def" else []
            if m.op in ("add", "mul"):
                within = (self.parts[k][1] if self.parts[k][0] == m.op else (k,) for k in of)
                done[m] = self._number((m.op, tuple(sorted(chain.from_iterable(within)))))
            else:
                done[m] = self._number((m.op, m.attr, m.shape, *of) if of else ("leaf", m))
        return done[n]

    def _number(self, form: tuple[Any, ...]) -> int:
        if form not in self.numbers:
            self.numbers[form] = len(self.parts)
            self.parts.append(form)
        return self.numbers[form]


def _number(n: Node) -> bool:
    """Whether it is a name of a number."""
    while n.op == "def":
        n = n.args[0]
    return n.op == "const"


def _total(entries: Sequence[Node]) -> Node:
    """One scalar that needs all of them."""
    total = entries[0]
    for e in entries[1:]:
        total = e.graph.node("add", (total, e))
    return total
