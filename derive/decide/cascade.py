"""The cascade: decides equality by the cheapest means that suffice.

Whole tensors as products of matrices (``whole``); then, entry by entry, one expression; one polynomial with
definitions as they are named; a point that refutes; one polynomial with definitions opened; the kernel normal form,
split into regions where kinks stand in the way. Floating point never takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

import derive.decide.kernels  # noqa: F401  (registers the rules)
from derive import shapes
from derive.budget import Exhausted, budget, spent
from derive.components import components_all
from derive.conditions import conjuncts
from derive.decide.abstraction import Abstraction, onto
from derive.decide.addends import parts
from derive.decide.assumptions import CONTRADICTION, contradict
from derive.decide.decision import MAX_TOLD, Decision, joined, listed
from derive.decide.instances import instances
from derive.decide.normal import NOTHING, Fidelity, Normal
from derive.decide.polynomials import Regrow, Ring, Unwieldy
from derive.decide.refute import (
    Bounds,
    Constraint,
    Domain,
    Judged,
    Point,
    about,
    both_shown,
    constraints,
    scalar_bounds,
)
from derive.decide.regions import Cell, Outcome, Regions, describe
from derive.decide.signs import POSITIVE, ZERO, Signs
from derive.decide.sufficiency import compatible, fewer, sufficient, unless_thin
from derive.decide.switches import kinks, switched
from derive.decide.tensor_points import implied
from derive.decide.whole import seeds, settle
from derive.definedness import culprit, has_value, needs
from derive.enclose import truth
from derive.errors import ShapeError
from derive.graph import Node, nonzero, substitute_all, topological
from derive.joints import with_joints
from derive.operators import KINKED

__all__ = ["Decision", "decide_equal"]

MAX_NAMED_NODES = 400
MAX_OPENINGS = 4  # rounds of looking through definitions that only one side speaks of
QUICK_POINTS = 12  # points tried before a proof in kernels is
MAX_NODES = 60_000
FEW_KINKS = 3  # up to which regions are looked at first, one by one
KINK_POINTS = 24
LIVE_POINTS = 4  # with every unit of a network positive


def decide_equal(a: Node, b: Node, assuming: Sequence[Node] = (), bounds: Bounds | None = None) -> Decision:
    """Whether a = b for all real values of the symbols that meet the assumptions and the (closed) bounds.

    ``a`` and ``b`` are derivative-free, of one shape; entries are decided one by one. ``assuming`` are conditions (of a
    tensor: every entry). ``bounds`` hold for every entry of a symbol. On a kink a derivative (``select``) has the value
    that both sides of the kink agree on, or none. Raises ShapeError where the shapes differ.
    """
    if a.shape != b.shape:
        raise ShapeError(f"shapes {shapes.show(a.shape)} and {shapes.show(b.shape)} can't be equal")
    with budget():
        if spent():
            return Decision("undecided", "a limit of work was reached before this was looked at")
        try:
            found = _decide_equal(a, b, assuming, bounds or {})
            void = found.empty and bool(assuming) and contradict(assuming, bounds or {})
            return replace(found, reason=CONTRADICTION) if void else found
        except Exhausted as e:
            return Decision("undecided", f"a limit of work was reached: {e}")


def _decide_equal(a: Node, b: Node, assuming: Sequence[Node], bounds: Bounds) -> Decision:
    assuming = conjuncts(assuming)
    bounds = about(bounds, [a, b, *assuming])
    if (whole := _by_whole_tensors(a, b, assuming, bounds)) is not None:
        return whole
    points = seeds(a, b, assuming, bounds)
    left, right, *conditions = components_all([a, b, *assuming, *(implied(assuming) if points else ())])
    left, right = (with_joints(side, only=True) for side in (left, right))
    assumed = [n for entries in conditions for n in entries]
    ends = scalar_bounds(bounds)
    decisions = []
    quick = _Quick(Ring(a.graph))
    for x, y, index in zip(left, right, shapes.indices(a.shape), strict=True):
        try:
            found = _decide(x, y, assumed, ends, quick, points)
        except Unwieldy as e:
            found = Decision("undecided", f"a limit of work was reached: {e}")
            if isinstance(e, Exhausted):
                decisions.append(replace(found, index=index) if a.shape else found)
                break
        except RecursionError:
            found = Decision("undecided", "nested too deeply")
        if found.status == "proved-if":
            found = sufficient(found, partial(_under, x, y, ends), assumed, ends)
            if found.status == "proved-if" and len(found.conditions) <= MAX_TOLD:  # more take long to meet
                found = _inhabited(Domain(x, y, [*assumed, *found.conditions], ends), found)
        elif found.status == "proved":
            found = unless_thin(found, assumed, ends)
        if found.status == "undecided":
            found = _by_example(x, y, assumed, ends) or found
        if found.status == "undecided" and not found.empty:
            found = _by_constancy(x, y, assumed, ends) or found
        decisions.append(replace(found, index=index) if a.shape else found)
        if found.status == "refuted":
            break
    return compatible(joined(decisions), assumed, ends) if len(decisions) > 1 else joined(decisions)


def _by_constancy(a: Node, b: Node, assuming: Sequence[Node], bounds: Bounds) -> Decision | None:
    from derive.decide.constancy import by_constancy  # which decides whether slopes are 0

    return by_constancy(a, b, assuming, bounds)


def _by_whole_tensors(a: Node, b: Node, assuming: Sequence[Node], bounds: Bounds) -> Decision | None:
    """Proof by products of matrices, refutation at whole tensors; None where the entries have to be looked at."""
    found = settle(a, b, assuming, bounds)
    if found.proof is not None:
        conditions = found.proof.conditions
        reason = f"one normal form of matrix products{_where(conditions)}"
        return Decision("proved", reason, conditions, method="normal form", steps=found.proof.steps)
    if found.point is not None:
        at = f"entry [{', '.join(map(str, found.index))}]: " if found.index is not None else ""
        reason = f"{at}not equal at {_at(found.point)}: the left side is {found.left}, the right side {found.right}"
        return Decision(
            "refuted",
            reason,
            witness=found.point,
            left=found.left,
            right=found.right,
            index=found.index,
            method="ball arithmetic",
        )
    if found.empty:
        return Decision("undecided", "no point was found that satisfies the assumptions", empty=True)
    if found.large:
        return Decision(
            "undecided",
            "as products of matrices the sides differ in form, no point was found that tells them apart, "
            "and there are too many entries to look at each",
        )
    return None


# -- one scalar -------------------------------------------------------------------------------------


@dataclass
class _Quick:
    """Polynomials with functions as atoms, shared by the entries of a tensor."""

    ring: Ring
    passes: dict[Fidelity, Normal] = field(default_factory=dict)

    def vanishes(self, a: Node, b: Node, fidelity: Fidelity) -> str:
        """The two normal forms as text if they are one; else the empty string."""
        self.ring.spent = 0
        while True:
            nf = self.passes.get(fidelity)
            if nf is None:
                nf = self.passes[fidelity] = Normal(self.ring, Signs(self.ring), fidelity)
            try:
                nf.run([a, b])
                x, y = nf.values[a], nf.values[b]
                if x is NOTHING or y is NOTHING or self.ring.difference(x, y) != 0:
                    return ""
                return self.ring.certificate(x, y)
            except Regrow:
                self.passes.clear()


def _decide(
    a: Node, b: Node, assuming: Sequence[Node], bounds: Bounds, quick: _Quick, points: Sequence[Point] = ()
) -> Decision:
    domain = Domain(a, b, assuming, bounds, points)
    found: Decision | None
    if a is b:
        conditions = _not_trivial(domain, has_value(a))
        reason = f"both sides are the same expression{_where(conditions)}"
        found = Decision("proved", reason, conditions, method="same expression")
        return _inhabited(domain, found) if assuming or bounds or needs(a) else found
    if len(domain.order) > MAX_NODES:
        raise Unwieldy(f"{len(domain.order)} subexpressions")
    try:
        if (found := _by_polynomials(domain, quick, "names")) is not None:
            return found
    except Unwieldy:
        pass  # a later stage may see more
    refuted, seen = _refute(domain)
    if refuted is not None:
        return refuted
    named = any(n.op == "def" for n in domain.order)
    many = len(kinks([a, b])) > FEW_KINKS
    stages: list[Callable[[], Decision | None]] = [lambda: _by_addends(domain, quick)]
    stages += [lambda: _by_names(domain, FEW_KINKS)] if named else []
    stages += [lambda: _by_switches(domain)] if many else []
    stages += [lambda: _by_names(domain)] if named and many else []
    stages += [lambda: _by_polynomials(domain, quick, "atoms")] if named else []
    for stage in stages:
        try:
            if (found := stage()) is not None:
                return found
        except Unwieldy:
            pass  # a later stage may see more
    return _by_regions(domain, seen)


def _under(a: Node, b: Node, bounds: Bounds, assuming: Sequence[Node]) -> Decision:
    """The decision on two sides under other assumptions."""
    try:
        return _decide(a, b, assuming, bounds, _Quick(Ring(a.graph)))
    except (Unwieldy, RecursionError) as e:
        return Decision("undecided", str(e))


def _by_example(a: Node, b: Node, assuming: Sequence[Node], bounds: Bounds) -> Decision | None:
    """A refutation by concrete functions in the place of abstract ones."""
    try:
        for example in instances([a, b, *assuming]):
            x, y, *given = example.nodes
            if not all(c is n or _law(c, bounds) for c, n in zip(given, assuming, strict=True)):
                continue
            found, _ = _refute(Domain(x, y, given, bounds))
            if found is not None:
                return replace(found, reason=f"for {example.said}: {found.reason}")
    except (Unwieldy, RecursionError):
        pass  # no example, no verdict
    return None


def _law(condition: Node, bounds: Bounds) -> bool:
    """Whether a comparison holds for all values, not only at a point."""
    g = condition.graph
    if condition.op == "eq":
        left, right = condition.args
    elif condition.op in ("gt", "ge", "lt", "le"):
        left, right = g.call("where", condition, g.one, g.zero), g.one
    else:
        return False
    found = _decide(left, right, (), bounds, _Quick(Ring(g)))
    return found.status == "proved" and not found.conditions


def _by_names(domain: Domain, most: int = MAX_NAMED_NODES) -> Decision | None:
    """Proof with definitions as free variables, region by region, where it turns at no more than ``most`` kinks.

    A definition that only one side speaks of is looked through, as is the claim's own subject.
    """
    opened = {n for n in (domain.a, domain.b) if n.op == "def"}
    for _ in range(MAX_OPENINGS):
        found = _with_names(domain, opened, most)
        if found is not None:
            return found
        left, right = (Abstraction([n], opened).names for n in (domain.a, domain.b))
        if left == right:
            return None
        opened |= left ^ right
    return None


def _with_names(domain: Domain, opened: Set[Node], most: int) -> Decision | None:
    names = Abstraction([domain.a, domain.b, *domain.assuming], opened)
    if not names:
        return None
    sides = [names.abstract(n) for n in (domain.a, domain.b, *domain.assuming)]
    wide = Domain(sides[0], sides[1], sides[2:], domain.bounds)
    if len(wide.order) > MAX_NAMED_NODES or len(kinks([wide.a, wide.b])) > most:
        return None
    found = _by_polynomials(wide, _Quick(Ring(domain.graph)), "atoms") or _by_regions(wide, True)
    if found.status == "proved":
        conditions = tuple(names.concrete(c) for c in found.conditions)
        return _inhabited(domain, replace(found, conditions=conditions))
    if found.status != "proved-if" or len(found.missing) != 1 or found.missing[0].op != "ne":
        return None
    condition = names.concrete(found.missing[0])
    for point in onto(domain, domain.graph.sub(*condition.args)):
        judged = domain.judge(point)
        if judged.kind in ("left", "right", "differ"):
            left, right = both_shown(judged.left, judged.right)
            from derive.language import to_text

            reason = f"one normal form, if {to_text(condition)}; at {_at(point)} the left side is {left}, the right side {right}"
            rest = tuple(names.concrete(c) for c in found.conditions if c is not found.missing[0])
            return Decision(
                "proved-if",
                reason,
                (condition, *rest),
                (condition,),
                point,
                left,
                right,
                None,
                found.regions,
                "normal form",
            )
    return None


def _by_addends(domain: Domain, quick: _Quick) -> Decision | None:
    """Proof of the parts of two sums, one by one, where each holds without a word more."""
    found = []
    for left, right in parts(domain.a, domain.b):
        found.append(_decide(left, right, domain.assuming, domain.bounds, quick, domain.seeds))
        if found[-1].status != "proved":
            return None
    if not found:
        return None
    conditions = tuple(dict.fromkeys(c for d in found for c in d.conditions))
    steps = tuple(dict.fromkeys(s for d in found for s in d.steps))
    reason = f"one normal form of each of {len(found)} parts of the sums{_where(conditions)}"
    return Decision("proved", reason, conditions, method="normal form", steps=steps)


def _by_polynomials(domain: Domain, quick: _Quick, fidelity: Fidelity) -> Decision | None:
    """Proof by one polynomial identity over atoms, where both sides have a value at the same points."""
    text = quick.vanishes(domain.a, domain.b, fidelity)
    if not text:
        return None
    conditions = _same_definedness(domain)
    if conditions is None:
        return None
    said = f"with {'definitions' if fidelity == 'names' else 'functions'} as variables"
    found = Decision(
        "proved", f"one rational function, {said}{_where(conditions)}", conditions, method="normal form", steps=(text,)
    )
    return _inhabited(domain, found) if conditions or domain.assuming or domain.bounds else found


def _same_definedness(domain: Domain) -> tuple[Node, ...] | None:
    """The conditions under which both sides have a value, if plainly the same for both but for cancelled factors."""
    needs_a, needs_b = needs(domain.a), needs(domain.b)
    for n in needs_a.keys() ^ needs_b.keys():  # 0/s is no factor that cancels: it says that there is no value at s = 0
        unlike = n[0] != "ne" or any(m.op in KINKED for m in topological(n[1]))
        if unlike and not _plain(needs_a.get(n) or needs_b[n]):
            return None
    nodes = list(dict.fromkeys([*needs_a.values(), *needs_b.values()]))
    return _not_trivial(domain, nodes)


def _plain(condition: Node) -> bool:
    """Whether a condition is about numbers, and true."""
    numbers = not any(n.op in ("symbol", "index", "apply", "computed") for n in topological([condition]))
    return numbers and truth(condition, {}) is True


def _not_trivial(domain: Domain, conditions: Sequence[Node]) -> tuple[Node, ...]:
    """The conditions less those that hold everywhere in the domain."""
    if not conditions:
        return ()
    ring = Ring(domain.graph)
    regions = Regions(domain, ring)
    left: list[Node] = []
    for c in conditions:
        try:
            if not regions.certain(c) and not _plain(c):
                left.append(c)
        except Unwieldy:
            left.append(c)
    return fewer(left, domain.assuming, domain.bounds)


def _refute(domain: Domain) -> tuple[Decision | None, bool]:
    """A point that refutes, and whether any point was seen at which both sides have a value."""
    seen = False
    turning = kinks([domain.a, domain.b])
    live = (
        [(s, POSITIVE) for s in turning] if len(turning) > FEW_KINKS else []
    )  # few units of a deep network are, elsewhere
    points = chain(domain.points(QUICK_POINTS), domain.points(LIVE_POINTS if live else 0, live))
    for i, point in enumerate(points):
        judged = domain.judge(point, highest=2 if i == 0 else 0)
        if judged.kind == "differ" and not judged.on_kink:
            return _refuted(domain, point, judged), True
        seen = seen or judged.kind in ("same", "differ")
    return None, seen


def _refuted(domain: Domain, point: Point, judged: Judged) -> Decision:
    level = 0 if judged.prec <= 128 else 2

    def still(p: Point) -> bool:
        j = domain.judge(p, highest=level)
        return j.kind == "differ" and j.on_kink == judged.on_kink

    simple = domain.simpler(point, still)
    judged = domain.judge(simple)
    left, right = both_shown(judged.left, judged.right)
    where = f" at {_at(simple)}" if simple else ""
    return Decision(
        "refuted",
        f"not equal{where}: the left side is {left}, the right side {right}",
        witness=simple,
        left=left,
        right=right,
        method="ball arithmetic",
    )


def _by_regions(domain: Domain, seen: bool) -> Decision:
    regions = Regions(domain, Ring(domain.graph, len(domain.symbols) * 2 + 12))
    regions.prove()
    found = _judged(domain, regions)
    found = replace(found, regions=describe(regions.outcomes), steps=tuple(regions.steps))
    return found if found.status != "proved" or seen else _inhabited(domain, found)


def _by_switches(domain: Domain) -> Decision | None:
    """Proof for every setting of the kinks at once. Where one side alone may have a value on a kink, a point has to show it."""
    found = switched(domain)
    if found is None:
        return None
    ring = Ring(domain.graph)
    Regions(domain, ring)._group(Cell())
    turning = kinks([domain.a, domain.b])
    how = "one normal form for every setting of the kinks"
    first: Outcome | None = None
    doubtful = [s for s in found.doubtful if nonzero(s) not in domain.assuming]
    for s in doubtful:
        shown = None
        live = [(t, POSITIVE) for t in turning if t is not s]
        below = set(topological([s]))
        upward = [(v, POSITIVE) for v in domain.symbols if v not in below]  # what comes after s then moves with it
        tries: list[tuple[int, list[Constraint]]] = [(KINK_POINTS, []), (QUICK_POINTS, live), (QUICK_POINTS, upward)]
        # a product is 0 by each of its factors, and not all of them show it
        tries += [
            (LIVE_POINTS, [(v, ZERO), *((u, POSITIVE) for u in domain.symbols if u is not v)])
            for v in domain.symbols
            if v in below
        ]
        for point in chain.from_iterable(domain.points(count, [(s, ZERO), *more]) for count, more in tries):
            judged = domain.judge(point)
            if judged.kind == "differ":
                return None
            if judged.kind in ("left", "right"):
                shown = Outcome(judged.kind, Cell(), witness=point, judged=judged)
                break
        if shown is None:
            from derive.language import to_text

            reason = f"equal where both sides have a value, but whether {to_text(s)} != 0 matters is not settled"
            return Decision("undecided", reason)
        first = first or shown
    if first is not None:
        missing = tuple(nonzero(s) for s in doubtful)
        rest = tuple(c for c in found.conditions if c not in missing)
        return replace(_proved_if(domain, first, missing, rest, how), steps=found.steps)
    decision = Decision(
        "proved", how + _where(found.conditions), found.conditions, method="normal form", steps=found.steps
    )
    return _inhabited(domain, decision)


def _judged(domain: Domain, regions: Regions) -> Decision:
    """The decision from the outcomes of all cells."""
    outcomes = [o for o in regions.outcomes if o.kind != "empty"]
    inner = [o for o in outcomes if not o.cell.boundary]
    for o in inner or outcomes:
        if o.kind == "differ" and o.witness is not None and o.judged is not None:
            return _refuted(domain, o.witness, o.judged)
    for o in outcomes:
        if o.kind == "open":
            return Decision("undecided", f"{o.cell.text()}: {o.reason}")
    proved = sum(o.kind == "equal" or bool(o.missing) for o in outcomes)
    if not proved:
        outside = domain.assuming and not any(domain.judge(p).kind != "outside" for p in domain.points(QUICK_POINTS))
        what = "that satisfies the assumptions" if outside else "at which both sides have a value"
        return Decision("undecided", f"no point was found {what}", empty=True)
    conditions = fewer(regions.trimmed(), domain.assuming, domain.bounds)
    how = (
        "one normal form"
        if len(outcomes) == 1
        else f"one normal form in {f'each of {proved} regions' if proved > 1 else 'one region'}"
    )
    failing = [o for o in outcomes if o.witness is not None]
    if not failing:
        return Decision("proved", how + _where(conditions), conditions, method="normal form")
    missing: dict[Node, None] = {}
    for o in sorted(failing, key=lambda o: len(o.cell.boundary)):
        needed = o.missing or _excluding(domain, o, missing)
        if not needed:
            return Decision(
                "undecided", f"{o.cell.text()}: one side has no value, and the condition for it was not found"
            )
        missing.update(dict.fromkeys(needed))
    return _proved_if(domain, failing[0], tuple(missing), conditions, how)


def _excluding(domain: Domain, o: Outcome, known: Mapping[Node, None]) -> tuple[Node, ...]:
    """A condition that leaves out a cell in which the claim fails."""
    assert o.witness is not None
    lacking = {"left": domain.a, "right": domain.b}.get(o.kind)
    fault = culprit(lacking, o.witness) if lacking is not None else None
    if o.whole and fault is not None and (fault in known or not o.cell.boundary):
        return (fault,)
    if o.cell.boundary:
        s = o.cell.boundary[-1]
        return (nonzero(s),)
    return ()


def _proved_if(
    domain: Domain, o: Outcome, missing: tuple[Node, ...], conditions: tuple[Node, ...], how: str
) -> Decision:
    assert o.witness is not None
    assert o.judged is not None
    kind = o.judged.kind
    simple = domain.simpler(o.witness, lambda p: domain.judge(p).kind == kind)
    judged = domain.judge(simple)
    left, right = both_shown(judged.left, judged.right)
    rest = [c for c in conditions if c not in missing]
    return Decision(
        "proved-if",
        f"{how}, if {listed(missing)}{_where(rest)}; at {_at(simple)} the left side is {left}, the right side {right}",
        tuple(dict.fromkeys([*missing, *conditions])),
        missing,
        simple,
        left,
        right,
        method="normal form",
    )


def _inhabited(domain: Domain, found: Decision) -> Decision:
    """A proof, unless no point is found at which it says anything."""
    valued = ("same", "differ", "unknown") if domain.a is domain.b else ("same", "differ")  # an abstract function's
    for chosen in [(), *(c for choices in domain.alternatives for c in choices)]:
        for point in domain.points(24, chosen):
            if domain.judge(point, highest=0).kind in valued:
                return found
    needed = [c for n in has_value(domain.a) for c in constraints(n)]
    if any(domain.judge(point, highest=0).kind in valued for point in domain.points(24, needed)):
        return found
    for example in instances([domain.a, domain.b, *domain.assuming]):  # where abstract functions leave no values
        a, b, *given = example.nodes
        concrete = Domain(a, b, given, domain.bounds)
        if not example.constant and any(
            concrete.judge(point, highest=0).kind in ("same", "differ") for point in concrete.points(6)
        ):
            return found
    if any(n.op == "apply" for n in domain.order):  # proved for every function: among them the constant 0
        return _inhabited(_with_zero(domain), found)
    what = "satisfies the assumptions and gives both sides a value" if domain.assuming else "gives both sides a value"
    return replace(found, status="undecided", reason=f"no point was found that {what}", empty=True)


def _with_zero(domain: Domain) -> Domain:
    """The same sides where every abstract function, and with it its derivatives, is 0; its arguments still need a value."""
    g = domain.graph
    calls = [n for n in domain.order if n.op == "apply"]
    valued = [g.call("ge", g.call("mul", x, x), g.zero) for n in calls for x in n.args]
    a, b, *assuming = substitute_all([domain.a, domain.b, *domain.assuming, *valued], dict.fromkeys(calls, g.zero))
    return Domain(a, b, assuming, domain.bounds)


def _where(conditions: Sequence[Node]) -> str:
    return f", where {listed(conditions)}" if conditions else ""


def _at(point: Point) -> str:
    from derive.printing import point_text

    return point_text(point)
