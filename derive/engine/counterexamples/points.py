"""Points: where two expressions differ for certain, or one of them has no value.

A verdict on a point is rigorous: exact rationals, or balls that do not meet, at an exact rational point at which all
assumptions hold for certain. Simple points come first, and a refuting point is made simpler while it refutes, so that
a reader can check it by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from fractions import Fraction
from itertools import chain, product
from typing import Any, Literal

from derive.calculus.joints import noted
from derive.engine.algebra.relaxation import Function, affine, inside
from derive.engine.algebra.signs import NEGATIVE, NONNEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, ZERO
from derive.engine.counterexamples.constraints import COMPARED, Constraint, alternatives, constraints
from derive.engine.counterexamples.simple_numbers import SIMPLER, UNIT, Interval, contains, pool, size, step
from derive.engine.counterexamples.simple_numbers import beside as numbers_beside
from derive.engine.domain import Domain, Range
from derive.errors import UndefinedValue, Undetermined
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, topological
from derive.expr.kinks import turns_on
from derive.expr.operators import KINKED
from derive.flint import arb, fmpq
from derive.numbers.balls import evaluate, evaluate_all, precision, rational
from derive.records import dataclass

Point = Mapping[Node, Fraction]

PRECISIONS = (128, 512, 2048)
FEW = 4  # points looked for beside the seeds
MAX_DENOMINATOR = 10**6  # of coordinates that are searched for, but where an equation gives them exactly
MAX_EXACT_DENOMINATOR = 10**60
MAX_SIDES = 64  # combinations of sides of kinks looked at in one point
MAX_SHRINK = 48  # evaluations spent on a simpler witness

Kind = Literal["outside", "unknown", "same", "differ", "left", "right", "neither"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What holds at a point: ``left`` means the left side alone has *no* value there. ``on_kink``: on a boundary."""

    kind: Kind
    left: Any = None
    right: Any = None
    on_kink: bool = False
    prec: int = PRECISIONS[0]


class Sampler:
    """Two sides at points of the domain for which their equality is claimed."""

    def __init__(self, a: Node, b: Node, domain: Domain, seeds: Sequence[Point] = ()) -> None:
        self.a, self.b = a, b
        self.graph: Graph = a.graph
        self.domain = domain
        self.order = topological([a, b, *domain.hypotheses])
        self.symbols = tuple(n for n in self.order if n.op == "index" or (n.op == "symbol" and not n.shape))
        self.constraints = tuple(c for n in domain.hypotheses for c in constraints(n))
        self.alternatives = tuple(choices for n in domain.hypotheses for choices in alternatives(n))
        self.groups: Mapping[Node, tuple[Any, bool]] = {}
        #: points known to meet assumptions that are hard to meet, such as rotations
        self.seeds = [s for s in seeds if all(n in s for n in self.symbols)]
        self._kinks = _kinks(topological([a, b]))
        self.intervals = {s: _range(domain.range(s), s, self.constraints) for s in self.symbols}
        #: by what was wanted: starts from which no point was reached
        self.dead: dict[tuple[Sequence[Constraint], Sequence[tuple[Node, Node]]], set[tuple[Fraction, ...]]] = {}

    def interval(self, s: Node) -> Interval:
        """An interval that holds all values of a symbol, for proofs: ends that are no rationals are widened, not rounded."""
        exact = [c for c in self.constraints if all(isinstance(_at(c[0], s, v), fmpq) for v in (0, 1, -5))]
        low, low_in, high, high_in = _range(self.domain.range(s), s, exact)
        for n, mask in self.constraints:
            if n.op != "sub" or s not in n.args or (n, mask) in exact or not mask & NONZERO or mask == NONZERO:
                continue
            other = n.args[0] if n.args[1] is s else n.args[1]
            if isinstance(value := _at(other, s, 0), Exception | bool):
                continue
            with precision(PRECISIONS[0]):
                ball = arb(value)
                ends = [Fraction(*map(int, (v.p, v.q))) for v in (ball.lower().fmpq(), ball.upper().fmpq())]
            upward = (n.args[0] is s) == bool(mask & POSITIVE)
            if upward and (low is None or ends[0] > low):
                low, low_in = ends[0], True
            elif not upward and (high is None or ends[1] < high):
                high, high_in = ends[1], True
        return low, low_in, high, high_in

    # -- one point ----------------------------------------------------------------------------------

    def judge(self, point: Point, highest: int = 2) -> Judged:
        """What holds at a point, at rising precision up to PRECISIONS[highest]."""
        for s, (low, high) in self.domain.ranges.items():
            if s in point and ((low is not None and point[s] < low) or (high is not None and point[s] > high)):
                return Judged("outside")
        values = {s: rational(v) for s, v in point.items()}
        found = Judged("unknown")
        for prec in PRECISIONS[: highest + 1]:
            found = self._judge(values, prec)
            if found.kind not in ("unknown", "same") or (found.kind == "same" and found.left is found.right):
                break
        return found

    def _judge(self, values: Mapping[Node, fmpq], prec: int) -> Judged:
        done = evaluate_all([self.a, self.b, *self.domain.hypotheses], values, prec)
        for n in self.domain.hypotheses:
            if done[n] is not True:
                return Judged("unknown" if isinstance(done[n], Undetermined) else "outside")
        with precision(prec):
            on_kink = self._on_kink(done)
            left, right = (self._settled(n, done, values, prec) for n in (self.a, self.b))
            if isinstance(left, Undetermined) or isinstance(right, Undetermined):
                return Judged("unknown", on_kink=on_kink)
            gone = isinstance(left, UndefinedValue), isinstance(right, UndefinedValue)
            if any(gone):
                kind: Kind = "neither" if all(gone) else "left" if gone[0] else "right"
                return Judged(kind, left, right, on_kink, prec)
            if isinstance(left, fmpq) and isinstance(right, fmpq):
                if left == right:
                    return Judged("same", left, left, on_kink, prec)
                return Judged("differ", left, right, on_kink, prec)
            apart = not arb(left).overlaps(arb(right))
            return Judged("differ" if apart else "same", left, right, on_kink, prec)

    def _on_kink(self, done: Mapping[Node, Any]) -> bool:
        for p, q in self._kinks:
            x, y = done[p], done[q] if q is not None else fmpq(0)
            if isinstance(x, Exception) or isinstance(y, Exception):
                continue
            if (x == y) if isinstance(x, fmpq) and isinstance(y, fmpq) else arb(x).overlaps(arb(y)):
                return True
        return False

    def _settled(self, root: Node, done: Mapping[Node, Any], values: Mapping[Node, fmpq], prec: int) -> Any:
        """The value of a side; on a kink, the value that its derivatives take on all sides of it, if that is one."""
        value = done[root]
        if not isinstance(value, UndefinedValue):
            return value
        below = topological([root])
        selects = [n for n in below if n.op == "select" and isinstance(done[n.args[0]], fmpq) and done[n.args[0]] == 0]
        if not selects:
            return value
        jumps = {n: n for n in below if n.op == "mul" and n.args[0].attr == 0 and n.args[1] in selects}
        group = {n: self.groups.get(n, (("select", n.args[0].id), False)) for n in selects}
        kinks = list(dict.fromkeys(g for g, _ in group.values()))
        if 2 ** len(kinks) > MAX_SIDES:
            return Undetermined("too many kinks meet")
        known = noted(root.graph)
        settled = {n: n for n in below if known(n) and not isinstance(done[n], Exception)}
        values = {**values, **{n: done[n] for n in settled}}
        seen = []
        for sides in product((True, False), repeat=len(kinks)):
            side = dict(zip(kinks, sides, strict=True))
            chosen = {n: n.args[1 if side[g] != flipped else 2] for n, (g, flipped) in group.items()}
            seen.append(evaluate([_replaced(root, {**chosen, **jumps, **settled})], values, prec)[0])
        for kind in (UndefinedValue, Undetermined):
            for v in seen:
                if isinstance(v, kind):
                    return v
        if all(isinstance(v, fmpq) for v in seen):
            return seen[0] if all(v == seen[0] for v in seen) else UndefinedValue("a derivative at its kink")
        if any(not arb(v).overlaps(arb(seen[0])) for v in seen):
            return UndefinedValue("a derivative at its kink")
        return Undetermined("one-sided derivatives are not told apart")

    # -- many points --------------------------------------------------------------------------------

    def points(
        self, count: int, extra: Sequence[Constraint] = (), bound: Sequence[tuple[Node, Node]] = ()
    ) -> Iterator[Point]:
        """Up to ``count`` simple points that satisfy the constraints as far as could be arranged.

        ``bound`` gives symbols by an expression in the others, as on a boundary.
        """
        more = topological([n for n, _ in extra]) if extra else ()
        if not set(self.symbols).issuperset(n for n in more if n.op == "index" or (n.op == "symbol" and not n.shape)):
            return  # where pieces meet, a derivative may hang on a symbol that it does not speak of
        wanted = (*self.constraints, *extra)
        given = {s for s, _ in bound}
        free = [s for s in self.symbols if s not in given]
        curved = {s for n, mask in self.constraints if mask == ZERO for s in _squared(n)}
        pools = [pool(*self.intervals[s], UNIT if s in curved else ()) for s in free]
        seen: set[tuple[tuple[int, int], ...]] = set()
        starts = [{s: seed[s] for s in free} for seed in self.seeds[:count]]
        for t in range(min(count, FEW) if starts else count):
            values = (pool[step(i, t) % len(pool)] for i, pool in enumerate(pools))
            starts.append(dict(zip(free, values, strict=True)))
        for start in chain(starts, self._relaxed(free, wanted, bound, seen)):
            point = self._arranged(start, wanted, bound)
            if point is None:
                continue
            key = tuple([point[s].as_integer_ratio() for s in self.symbols])
            if key not in seen:
                seen.add(key)
                yield point

    def _relaxed(
        self, free: Sequence[Node], wanted: Sequence[Constraint], bound: Sequence[tuple[Node, Node]], seen: Set[Any]
    ) -> Iterator[dict[Node, Fraction]]:
        """Where no point was seen: starts at which the linear ones among the constraints hold."""
        if seen or not wanted or not free:
            return

        def along(n: Node, sign: int) -> Function:
            def value(x: Sequence[Fraction]) -> Fraction | None:
                found = _number(n, _completed(dict(zip(free, x, strict=True)), bound))
                return None if found is None else sign * found

            return value

        signs = {POSITIVE: 1, NONNEGATIVE: 1, NEGATIVE: -1, NONPOSITIVE: -1}
        rows = [affine(along(n, signs[mask]), len(free)) for n, mask in wanted if mask in signs]
        for i, s in enumerate(free):
            low, _, high, _ = self.intervals[s]
            unit = [Fraction(int(i == j)) for j in range(len(free))]
            rows += [(tuple(unit), -low)] if low is not None else []
            rows += [(tuple(-v for v in unit), high)] if high is not None else []
        for x in inside([r for r in rows if r is not None]):
            yield dict(zip(free, x, strict=True))

    def _arranged(
        self, start: dict[Node, Fraction], wanted: Sequence[Constraint], bound: Sequence[tuple[Node, Node]]
    ) -> dict[Node, Fraction] | None:
        """The point moved, one symbol at a time, until the constraints hold; None where that did not succeed.

        A move hangs on where it starts alone: what came back to where it was, or led nowhere before, isn't walked again.
        """
        if not wanted and not bound:
            return start
        dead = self.dead.setdefault((tuple(wanted), tuple(bound)), set())
        path: list[tuple[Fraction, ...]] = []
        for _ in range(2 + 2 * len(wanted)):
            point = _completed(start, bound)
            if point is None:
                break
            met = _satisfied(wanted, point)
            if all(met):
                return point
            here = tuple(start.values())
            if here in dead or here in path:
                break
            path.append(here)
            moved = self._moved(start, wanted[met.index(False)], wanted, bound)
            if moved is None:
                break
            start = moved
        else:
            del path[1:]  # the later ones had fewer steps left
        dead.update(path)
        return None

    def _moved(
        self,
        start: dict[Node, Fraction],
        broken: Constraint,
        wanted: Sequence[Constraint],
        bound: Sequence[tuple[Node, Node]],
    ) -> dict[Node, Fraction] | None:
        """The start with one symbol moved so that a broken constraint holds, and as many others as possible.

        Along each symbol, secants give the places where constraints turn over; between these lie the candidates.
        """
        best: tuple[int, dict[Node, Fraction]] | None = None
        below = set(topological([broken[0], *(n for _, n in bound)]))
        sides = [n for n, _ in wanted]
        here = _numbers(sides, _completed(start, bound))
        for v in start:
            if v not in below:
                continue
            beside = _numbers(sides, _completed({**start, v: start[v] + 1}, bound))
            turns = {}
            for c, x, y in zip(wanted, here, beside, strict=True):
                if x is not None and y is not None and x != y:
                    turns[c] = self._turn(c[0], start, v, x, y, bound)
            if broken not in turns:
                continue
            candidates = [turns[broken]] if broken[1] == ZERO else numbers_beside(sorted(set(turns.values())))
            for value in candidates:
                if not contains(value, self.intervals[v]) or value.denominator > MAX_EXACT_DENOMINATOR:
                    continue
                moved = {**start, v: value}
                point = _completed(moved, bound)
                if point is None:
                    continue
                met = _satisfied(wanted, point)
                if met[wanted.index(broken)] and (best is None or sum(met) > best[0]):
                    best = (sum(met), moved)
        return best[1] if best else None

    def _turn(
        self,
        s: Node,
        start: dict[Node, Fraction],
        v: Node,
        x: Fraction,
        y: Fraction,
        bound: Sequence[tuple[Node, Node]],
    ) -> Fraction:
        """Where s is about zero along v: the secant's zero, improved where s is not straight."""
        a, b = start[v], start[v] + 1
        for _ in range(8):
            c = b - y * (b - a) / (y - x)
            z = _number(s, _completed({**start, v: c}, bound)) if c.denominator <= MAX_EXACT_DENOMINATOR else None
            if c.denominator > MAX_DENOMINATOR and z != 0:
                c = c.limit_denominator(MAX_DENOMINATOR // 10)
                z = _number(s, _completed({**start, v: c}, bound))
            if not z or z == y or c == b:
                return c
            a, x, b, y = b, y, c, z
        return b

    def simpler(self, point: Point, still: Any) -> Point:
        """A refuting point made simpler, symbol by symbol, while ``still(point)`` says so."""
        best = dict(point)
        spent = 0
        for s in reversed(self.symbols):
            for value in SIMPLER:
                if size(value) >= size(best[s]) or spent >= MAX_SHRINK:
                    break
                spent += 1
                if contains(value, self.intervals[s]) and still({**best, s: value}):
                    best[s] = value
                    break
        return best


def _kinks(order: Sequence[Node]) -> list[tuple[Node, Node | None]]:
    """Pairs whose equality (with zero where there is no second) is a kink."""
    pairs: dict[tuple[Node, Node | None], None] = {}
    for n in order:
        if n.op == "floor":
            pairs[(n.args[0], n)] = None
        elif n.op == "pow" and n.args[0].op == "const" and n.args[0].attr == 0:  # 0**v is 1 at v = 0 alone
            pairs[(n.args[1], None)] = None
        elif n.op in KINKED and turns_on(n) is n.args[0]:
            pairs[(n.args[0], None)] = None
        elif n.op in ("min", "max", *COMPARED):
            pairs[(n.args[0], n.args[1])] = None
    return list(pairs)


def _replaced(root: Node, chosen: Mapping[Node, Node]) -> Node:
    """The root with its ``select`` nodes replaced by the branches chosen, also inside of other branches."""
    done: dict[Node, Node] = {}
    for n in topological([root]):
        target = chosen.get(n, n)
        if target is n and n not in chosen and n.args:
            target = substitute(n, {a: done[a] for a in n.args}) if any(done[a] is not a for a in n.args) else n
        elif target is not n:
            target = done[target]
        done[n] = target
    return done[root]


# -- numbers for symbols -----------------------------------------------------------------------------


def _range(declared: Range, s: Node, wanted: Sequence[Constraint]) -> Interval:
    """The interval of a symbol, from its declared range and from conditions that compare it with a number."""
    low, high = declared
    low_in = high_in = True
    for n, mask in wanted:
        if mask not in (POSITIVE, NONNEGATIVE, NEGATIVE, NONPOSITIVE, ZERO):
            continue
        below = [m for m in topological([n]) if m.op in ("index", "symbol") and not m.shape]
        if below != [s] or n.op not in ("sub", "index", "symbol", "neg", "add"):
            continue
        here, there = _number(n, {s: Fraction(0)}), _number(n, {s: Fraction(1)})
        far = _number(n, {s: Fraction(-5)})
        if here is None or there is None or far is None or here == there or far - here != -5 * (there - here):
            continue
        edge = -here / (there - here)
        upward = (there > here) == bool(mask & POSITIVE)
        attained = bool(mask & ZERO)
        if mask == ZERO:
            return (edge, True, edge, True)
        if upward and (low is None or edge >= low):
            low, low_in = edge, attained if edge != low else attained and low_in
        elif not upward and (high is None or edge <= high):
            high, high_in = edge, attained if edge != high else attained and high_in
    return (low, low_in, high, high_in)


def _at(n: Node, s: Node, value: int) -> Any:
    """The value of a node that speaks of s alone, else a fault."""
    if any(m.op in ("index", "symbol") and not m.shape and m is not s for m in topological([n])):
        return Undetermined("it speaks of other symbols")
    return evaluate([n], {s: fmpq(value)})[0]


def _squared(n: Node) -> set[Node]:
    """The symbols that a node squares, or multiplies with each other: of a curved surface."""
    found: set[Node] = set()
    for m in topological([n]):
        if m.op == "pow" or (m.op == "mul" and m.args[0] is m.args[1]):
            found |= {s for s in topological([m]) if s.op == "index" or (s.op == "symbol" and not s.shape)}
    return found


def _completed(start: dict[Node, Fraction], bound: Sequence[tuple[Node, Node]]) -> dict[Node, Fraction] | None:
    """The point with bound symbols worked out; None where one has no rational value."""
    point = dict(start)
    for symbol, solution in reversed(bound):
        try:
            value = evaluate([solution], {s: rational(v) for s, v in point.items()})[0]
        except KeyError:  # it speaks of a symbol that has no value yet
            return None
        if not isinstance(value, fmpq):
            return None
        point[symbol] = Fraction(int(value.p), int(value.q))
    return point


def _satisfied(wanted: Sequence[Constraint], point: Mapping[Node, Fraction]) -> list[bool]:
    """Which of the constraints certainly hold at a point."""
    found = evaluate([n for n, _ in wanted], {s: rational(v) for s, v in point.items()})
    with precision(PRECISIONS[0]):
        return [_has_sign(value, mask) for value, (_, mask) in zip(found, wanted, strict=True)]


def _has_sign(value: Any, mask: int) -> bool:
    if isinstance(value, Exception):
        return False
    return bool((mask & POSITIVE and value > 0) or (mask & ZERO and value == 0) or (mask & NEGATIVE and value < 0))


def _number(n: Node, point: Mapping[Node, Fraction] | None) -> Fraction | None:
    return _numbers([n], point)[0]


def _numbers(nodes: Sequence[Node], point: Mapping[Node, Fraction] | None) -> list[Fraction | None]:
    """Values, rounded where they are not rational; None where there is none."""
    if point is None:
        return [None] * len(nodes)
    return [_rounded(v) for v in evaluate(nodes, {s: rational(v) for s, v in point.items()})]


def _rounded(value: Any) -> Fraction | None:
    if isinstance(value, Exception | bool):
        return None
    if isinstance(value, fmpq):
        return Fraction(int(value.p), int(value.q))
    try:
        return Fraction(float(value)).limit_denominator(4096)
    except (OverflowError, ValueError):
        return None
