"""Equality of two scalars by the cheapest means that suffice.

One polynomial with definitions as they are named; a point that refutes; one polynomial with definitions opened; the kernel
normal form, split into regions where kinks stand in the way. Floating point never takes part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import field, replace
from functools import cached_property
from itertools import chain, islice

import derive.engine.algebra.kernels  # noqa: F401  (registers the rules)
from derive.engine.algebra.normal import NOTHING, Fidelity, Normal
from derive.engine.algebra.polynomials import Identity, Regrow, Ring, Unwieldy
from derive.engine.algebra.signs import POSITIVE, ZERO, Signs
from derive.engine.counterexamples.constraints import Constraint
from derive.engine.counterexamples.instances import instances
from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.counterexamples.shown import both_shown
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations.abstraction import Abstraction, onto
from derive.engine.equations.activation_patterns import kinks, switched
from derive.engine.equations.addends import parts
from derive.engine.equations.cells import Cell, Outcome, describe
from derive.engine.equations.regions import Regions, knowledge
from derive.engine.reasons import Why
from derive.engine.sufficiency import fewer
from derive.engine.tactics import CONDITION, HALF, POINT, PROOF, Tactic, walk
from derive.expr.folding import nonzero
from derive.expr.graph import Node, topological
from derive.expr.operators import KINKED, ORDERS
from derive.lazily import lazily
from derive.numbers.balls import truth
from derive.numbers.definedness import culprit, has_value, needs
from derive.records import dataclass

with lazily():
    from derive.engine.equations import witnesses

MAX_NAMED_NODES = 400
MAX_OPENINGS = 4  # rounds of looking through definitions that only one side speaks of
QUICK_POINTS = 12  # points tried before a proof in kernels is
FIRST_POINTS = 2  # before that of what is smooth and short, after the first
SHORT = 60  # nodes
MAX_NODES = 60_000
FEW_KINKS = 3  # up to which regions are looked at first, one by one
KINK_POINTS = 24
LIVE_POINTS = 4  # with every unit of a network positive


@dataclass
class Quick:
    """Polynomials with functions as atoms, shared by the entries of a tensor."""

    ring: Ring
    passes: dict[Fidelity, Normal] = field(default_factory=dict)

    def vanishes(self, a: Node, b: Node, fidelity: Fidelity) -> Identity | None:
        """The two normal forms if they are one."""
        self.ring.spent = 0
        while True:
            nf = self.passes.get(fidelity)
            if nf is None:
                nf = self.passes[fidelity] = Normal(self.ring, Signs(self.ring), fidelity)
            try:
                nf.run([a, b])
                x, y = nf.values[a], nf.values[b]
                if x is NOTHING or y is NOTHING or self.ring.difference(x, y) != 0:
                    return None
                return Identity(self.ring, x, y)
            except Regrow:
                self.passes.clear()


@dataclass
class Pair:
    """Two scalars of which it is asked whether they are equal on a domain. ``seen``: a point was at which both have values;
    ``empty``: none was found; ``early``: what regions said before all points were tried."""

    sampler: Sampler
    quick: Quick
    seen: bool = False
    empty: bool = False
    early: Decision | None = None

    @cached_property
    def named(self) -> bool:
        """Whether there are definitions, which may stand for variables."""
        return any(n.op == "def" for n in self.sampler.order)

    @cached_property
    def kinks(self) -> list[Node]:
        return kinks([self.sampler.a, self.sampler.b])

    @property
    def many_kinks(self) -> bool:
        return len(self.kinks) > FEW_KINKS

    @property
    def short(self) -> bool:
        return len(self.sampler.order) <= SHORT

    @cached_property
    def plain(self) -> bool:
        """Whether it is short, and one normal form may tell."""
        return self.short and not self.kinks and not self.named and not parts(self.sampler.a, self.sampler.b)

    @cached_property
    def points(self) -> Iterator[tuple[int, Point]]:
        """Those that are tried, once each, in order."""
        live = [(s, POSITIVE) for s in self.kinks] if self.many_kinks else []
        found = chain(self.sampler.points(QUICK_POINTS), self.sampler.points(LIVE_POINTS if live else 0, live))
        return enumerate(found)  # few units of a deep network are live, elsewhere


def decide(a: Node, b: Node, domain: Domain, quick: Quick, points: Sequence[Point] = ()) -> Decision:
    """Whether two scalars are equal on a domain of scalars. Raises Unwieldy."""
    sampler = Sampler(a, b, domain, points)
    if a is not b and len(sampler.order) > MAX_NODES:
        raise Unwieldy(f"{len(sampler.order)} subexpressions")
    found = walk(Pair(sampler, quick), TACTICS)
    assert found is not None  # regions always answer
    return found


def _same(sampler: Sampler) -> Decision:
    """Proof of a side that is the other: wherever it has a value."""
    conditions = _not_trivial(sampler, has_value(sampler.a))
    found = Decision("proved", Why.SAME_EXPRESSION(), conditions, method="same expression")
    return witnesses.inhabited(sampler, found) if sampler.domain or needs(sampler.a) else found


def under(a: Node, b: Node, domain: Domain) -> Decision:
    """The decision on two sides on another domain."""
    try:
        return decide(a, b, domain, Quick(Ring(a.graph)))
    except Unwieldy as e:
        return Decision("undecided", Why.LIMIT(limit=str(e)))
    except RecursionError:
        return Decision("undecided", Why.TOO_DEEP())


def by_example(a: Node, b: Node, domain: Domain) -> Decision | None:
    """A refutation by concrete functions in the place of abstract ones."""
    try:
        for example in instances([a, b, *domain.hypotheses]):
            x, y, *made = example.nodes
            if not all(c is n or _law(c, domain) for c, n in zip(made, domain.hypotheses, strict=True)):
                continue
            found = _by_points(Pair(Sampler(x, y, domain.under(made)), Quick(Ring(a.graph))))
            if found is not None:
                return replace(found, reason=Why.EXAMPLE(functions=example.said, of=found.reason))
    except (Unwieldy, RecursionError):
        pass  # no example, no verdict
    return None


def _law(condition: Node, domain: Domain) -> bool:
    """Whether a comparison holds for all values in the ranges, not only at a point."""
    g = condition.graph
    if condition.op == "eq":
        left, right = condition.args
    elif condition.op in ORDERS:
        left, right = g.call("where", condition, g.one, g.zero), g.one
    else:
        return False
    found = decide(left, right, domain.under(()), Quick(Ring(g)))
    return found.status == "proved" and not found.conditions


def _by_names(sampler: Sampler, most: int = MAX_NAMED_NODES) -> Decision | None:
    """Proof with definitions as free variables, region by region, where it turns at no more than ``most`` kinks.

    A definition that only one side speaks of is looked through, as is the claim's own subject.
    """
    opened = {n for n in (sampler.a, sampler.b) if n.op == "def"}
    for _ in range(MAX_OPENINGS):
        found = _with_names(sampler, opened, most)
        if found is not None:
            return found
        left, right = (Abstraction([n], opened).names for n in (sampler.a, sampler.b))
        if left == right:
            return None
        opened |= left ^ right
    return None


def _with_names(sampler: Sampler, opened: Set[Node], most: int) -> Decision | None:
    names = Abstraction([sampler.a, sampler.b, *sampler.domain.hypotheses], opened)
    if not names:
        return None
    sides = [names.abstract(n) for n in (sampler.a, sampler.b, *sampler.domain.hypotheses)]
    wide = Sampler(sides[0], sides[1], sampler.domain.under(sides[2:]))
    if len(wide.order) > MAX_NAMED_NODES or len(kinks([wide.a, wide.b])) > most:
        return None
    found = _by_polynomials(wide, Quick(Ring(sampler.graph)), "atoms") or _by_regions(wide, True)
    if found.status == "proved":
        conditions = tuple(names.concrete(c) for c in found.conditions)
        return witnesses.inhabited(sampler, replace(found, conditions=conditions))
    if found.status != "proved-if" or len(found.missing) != 1 or found.missing[0].op != "ne":
        return None
    condition = names.concrete(found.missing[0])
    for point in onto(sampler, sampler.graph.sub(*condition.args)):
        judged = sampler.judge(point)
        if judged.kind in ("left", "right", "differ"):
            left, right = both_shown(judged.left, judged.right)
            rest = tuple(names.concrete(c) for c in found.conditions if c is not found.missing[0])
            return Decision(
                "proved-if",
                Why.NORMAL_FORM(),
                (condition, *rest),
                (condition,),
                point,
                left,
                right,
                None,
                found.regions,
                "normal form",
                fails=Why.SIDES_AT(at=point, left=left, right=right),
            )
    return None


def _by_addends(sampler: Sampler, quick: Quick) -> Decision | None:
    """Proof of the parts of two sums, one by one, where each holds without a word more."""
    found = []
    for left, right in parts(sampler.a, sampler.b):
        found.append(decide(left, right, sampler.domain, quick, sampler.seeds))
        if found[-1].status != "proved":
            return None
    if not found:
        return None
    conditions = tuple(dict.fromkeys(c for d in found for c in d.conditions))
    steps = tuple(dict.fromkeys(s for d in found for s in d.steps))
    return Decision("proved", Why.PARTS_OF_SUMS(count=len(found)), conditions, method="normal form", steps=steps)


def _by_polynomials(sampler: Sampler, quick: Quick, fidelity: Fidelity) -> Decision | None:
    """Proof by one polynomial identity over atoms, where both sides have a value at the same points."""
    shown = quick.vanishes(sampler.a, sampler.b, fidelity)
    if shown is None:
        return None
    conditions = same_definedness(sampler)
    if conditions is None:
        return None
    reason = Why.RATIONAL_IN_DEFINITIONS() if fidelity == "names" else Why.RATIONAL_IN_FUNCTIONS()
    found = Decision("proved", reason, conditions, method="normal form", steps=(shown,))
    return witnesses.inhabited(sampler, found) if conditions or sampler.domain else found


def same_definedness(sampler: Sampler) -> tuple[Node, ...] | None:
    """The conditions under which both sides have a value, if plainly the same for both but for cancelled factors."""
    needs_a, needs_b = needs(sampler.a), needs(sampler.b)
    for n in needs_a.keys() ^ needs_b.keys():  # 0/s is no factor that cancels: it says that there is no value at s = 0
        unlike = n[0] != "ne" or any(m.op in KINKED for m in topological(n[1]))
        if unlike and not _plain(needs_a.get(n) or needs_b[n]):
            return None
    nodes = list(dict.fromkeys([*needs_a.values(), *needs_b.values()]))
    return _not_trivial(sampler, nodes)


def _plain(condition: Node) -> bool:
    """Whether a condition is about numbers, and true."""
    numbers = not any(n.op in ("symbol", "index", "apply", "computed") for n in topological([condition]))
    return numbers and truth(condition, {}) is True


def _not_trivial(sampler: Sampler, conditions: Sequence[Node]) -> tuple[Node, ...]:
    """The conditions less those that hold everywhere in the domain."""
    if not conditions:
        return ()
    regions = knowledge(sampler.domain, sampler.graph)
    left: list[Node] = []
    for c in conditions:
        try:
            if not regions.certain(c) and not _plain(c):
                left.append(c)
        except Unwieldy:
            left.append(c)
    return fewer(left, sampler.domain)


def _by_points(pair: Pair, most: int | None = None) -> Decision | None:
    """A point that refutes, of the next ones; notes whether any was seen at which both sides have a value."""
    sampler = pair.sampler
    for i, point in islice(pair.points, most):
        judged = sampler.judge(point, highest=2 if i == 0 else 0)
        if judged.kind == "differ" and not judged.on_kink:
            return witnesses.refuted(sampler, point, judged)
        pair.seen = pair.seen or judged.kind in ("same", "differ")
    return None


def _early(pair: Pair) -> Decision | None:
    """Proof by regions, of which there is one."""
    pair.early = _by_regions(pair.sampler, True)
    return pair.early if pair.early.status == "proved" else None


def _by_regions(sampler: Sampler, seen: bool) -> Decision:
    regions = Regions(sampler, Ring(sampler.graph, len(sampler.symbols) * 2 + 12))
    regions.prove()
    found = _judged(sampler, regions)
    found = replace(found, regions=describe(regions.outcomes), steps=tuple(regions.steps))
    return found if found.status != "proved" or seen else witnesses.inhabited(sampler, found)


def _by_switches(sampler: Sampler) -> Decision | None:
    """Proof for every setting of the kinks at once. Where one side alone may have a value on a kink, a point has to show it."""
    found = switched(sampler)
    if found is None:
        return None
    ring = Ring(sampler.graph)
    Regions(sampler, ring)._group(Cell())
    turning = kinks([sampler.a, sampler.b])
    how = Why.EVERY_SIDE_OF_KINKS()
    first: Outcome | None = None
    doubtful = [s for s in found.doubtful if nonzero(s) not in sampler.domain.hypotheses]
    for s in doubtful:
        shown = None
        live = [(t, POSITIVE) for t in turning if t is not s]
        below = set(topological([s]))
        upward = [(v, POSITIVE) for v in sampler.symbols if v not in below]  # what comes after s then moves with it
        tries: list[tuple[int, list[Constraint]]] = [(KINK_POINTS, []), (QUICK_POINTS, live), (QUICK_POINTS, upward)]
        # a product is 0 by each of its factors, and not all of them show it
        tries += [
            (LIVE_POINTS, [(v, ZERO), *((u, POSITIVE) for u in sampler.symbols if u is not v)])
            for v in sampler.symbols
            if v in below
        ]
        for point in chain.from_iterable(sampler.points(count, [(s, ZERO), *more]) for count, more in tries):
            judged = sampler.judge(point)
            if judged.kind == "differ":
                return None
            if judged.kind in ("left", "right"):
                shown = Outcome(judged.kind, Cell(), witness=point, judged=judged)
                break
        if shown is None:
            return Decision("undecided", Why.CONDITION_MAY_MATTER(condition=nonzero(s)), open=True)
        first = first or shown
    if first is not None:
        missing = tuple(nonzero(s) for s in doubtful)
        rest = tuple(c for c in found.conditions if c not in missing)
        return replace(witnesses.proved_if(sampler, first, missing, rest, how), steps=found.steps)
    decision = Decision("proved", how, found.conditions, method="normal form", steps=found.steps)
    return witnesses.inhabited(sampler, decision)


def _judged(sampler: Sampler, regions: Regions) -> Decision:
    """The decision from the outcomes of all cells."""
    outcomes = [o for o in regions.outcomes if o.kind != "empty"]
    inner = [o for o in outcomes if not o.cell.boundary]
    for o in inner or outcomes:
        if o.kind == "differ" and o.witness is not None and o.judged is not None:
            return witnesses.refuted(sampler, o.witness, o.judged)
    for o in outcomes:
        if o.kind == "open":
            return Decision("undecided", Why.IN_REGION(region=o.cell.text(), of=o.reason), open=True)
    proved = sum(o.kind == "equal" or bool(o.missing) for o in outcomes)
    if not proved:
        outside = sampler.domain.hypotheses and not any(
            sampler.judge(p).kind != "outside" for p in sampler.points(QUICK_POINTS)
        )
        return Decision("undecided", Why.NO_POINT_ASSUMED() if outside else Why.NO_POINT_VALUED(), empty=True)
    conditions = fewer(regions.trimmed(), sampler.domain)
    if proved == 1 < len(outcomes):
        how = Why.NORMAL_FORM_IN_ONE()
    else:
        how = Why.NORMAL_FORM(regions=proved if len(outcomes) > 1 else None)
    failing = [o for o in outcomes if o.witness is not None]
    if not failing:
        return Decision("proved", how, conditions, method="normal form")
    missing: dict[Node, None] = {}
    for o in sorted(failing, key=lambda o: len(o.cell.boundary)):
        needed = o.missing or _excluding(sampler, o, missing)
        if not needed:
            return Decision("undecided", Why.IN_REGION(region=o.cell.text(), of=Why.ONE_SIDE_LACKS_VALUE()))
        missing.update(dict.fromkeys(needed))
    return witnesses.proved_if(sampler, failing[0], tuple(missing), conditions, how)


def _excluding(sampler: Sampler, o: Outcome, known: Mapping[Node, None]) -> tuple[Node, ...]:
    """A condition that leaves out a cell in which the claim fails."""
    assert o.witness is not None
    lacking = {"left": sampler.a, "right": sampler.b}.get(o.kind)
    fault = culprit(lacking, o.witness) if lacking is not None else None
    if o.whole and fault is not None and (fault in known or not o.cell.boundary):
        return (fault,)
    if o.cell.boundary:
        s = o.cell.boundary[-1]
        return (nonzero(s),)
    return ()


#: How the equality of two scalars is decided, the cheapest way first.
TACTICS: tuple[Tactic[Pair], ...] = (
    Tactic("same expression", lambda q: _same(q.sampler), lambda q: q.sampler.a is q.sampler.b, emits=PROOF),
    Tactic("points", lambda q: _by_points(q, 1), lambda q: q.short, emits=POINT),  # most of what is false is so there
    Tactic("rational identity of definitions", lambda q: _by_polynomials(q.sampler, q.quick, "names"), emits=PROOF),
    Tactic("points", lambda q: _by_points(q, FIRST_POINTS), lambda q: q.plain, emits=POINT),
    Tactic("regions", _early, lambda q: q.plain and q.seen, emits=PROOF, cost=HALF),
    Tactic("points", _by_points, emits=POINT),
    Tactic("sums part by part", lambda q: _by_addends(q.sampler, q.quick), emits=PROOF, cost=HALF),
    Tactic("definitions as variables", lambda q: _by_names(q.sampler, FEW_KINKS), lambda q: q.named, emits=CONDITION),
    Tactic("activation patterns", lambda q: _by_switches(q.sampler), lambda q: q.many_kinks, emits=CONDITION),
    Tactic(
        "definitions as variables", lambda q: _by_names(q.sampler), lambda q: q.named and q.many_kinks, emits=CONDITION
    ),
    Tactic(
        "rational identity",
        lambda q: _by_polynomials(q.sampler, q.quick, "atoms"),
        lambda q: q.named,
        emits=PROOF,
        cost=HALF,
    ),
    Tactic("regions", lambda q: q.early or _by_regions(q.sampler, q.seen)),
)
