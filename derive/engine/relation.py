"""Does a condition hold on its whole domain? An inequality is the equation where(c, 1, 0) = 1, decided region by region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from derive.calculus.reverse import expand_all
from derive.engine.assumptions import CONTRADICTION
from derive.engine.counterexamples.points import Bounds, Domain, Point, about, scalar_bounds
from derive.engine.decision import Decision, joined, listed
from derive.engine.equations.cascade import decide_equal
from derive.engine.exceptional_sets import informative
from derive.engine.sufficiency import compatible, sufficient, unless_stated
from derive.expr import shapes
from derive.expr.conditions import conjuncts
from derive.expr.graph import Node, topological
from derive.language.components import components_all
from derive.numbers.balls import rational, truth
from derive.numbers.definedness import lacks_value

POINTS = 24  # tried for one at which a condition holds
MAX_CASES = 8  # of assumptions with an ``or``


def decide_holds(condition: Node, assuming: Sequence[Node] = (), bounds: Bounds | None = None) -> Decision:
    """Whether a derivative-free condition (of a tensor: every entry) holds for all values that meet the assumptions.

    A decision as of ``decide_equal``: proved; refuted, with a point at which it fails; proved-if, where it fails on a boundary
    only; undecided.
    """
    assuming = conjuncts(assuming)
    bounds = about(bounds or {}, [condition, *assuming])
    found = _by_parts(condition, assuming, bounds)
    if found.status != "proved-if" or condition.op == "eq":
        return found
    found = unless_stated(found, [c for entries in components_all(assuming) for c in entries], scalar_bounds(bounds))
    return replace(found, reason=_reason(found, condition)) if found.status == "refuted" else found


def _by_parts(condition: Node, assuming: Sequence[Node], bounds: Bounds) -> Decision:
    """The decision case by case, where the assumptions have some, and part by part."""
    if cases := _cases(assuming):
        found_in = [decide_holds(condition, case, bounds) for case in cases]
        said = [d for d in found_in if d.reason != CONTRADICTION]  # the other cases are none
        return _whole(said or found_in, condition, assuming, bounds)
    if condition.op == "and":
        parts = [decide_holds(a, assuming, bounds) for a in condition.args]
        found = _whole(parts, condition, assuming, bounds)
        if found.status != "undecided":
            return found
    return _decided(condition, assuming, bounds)


def _whole(parts: Sequence[Decision], condition: Node, assuming: Sequence[Node], bounds: Bounds) -> Decision:
    """The decision on a condition from those on its parts, or under the cases of an assumption."""
    found = joined(parts)
    if found.status in ("undecided", "refuted"):
        return found
    given = [c for entries in components_all(list(assuming)) for c in entries]
    found = compatible(found, given, scalar_bounds(bounds))
    return replace(found, reason=_reason(found, condition)) if found.status == "proved" else found


def _decided(condition: Node, assuming: Sequence[Node], bounds: Bounds) -> Decision:
    """The decision by the equation."""
    g = condition.graph
    found = decide_equal(
        g.call("where", condition, g.one, g.zero), g.broadcast(g.one, condition.shape), assuming, bounds
    )
    if found.status == "undecided" and (origin := _fails_at_zero(condition, assuming, bounds)) is not None:
        found = Decision("refuted", "", witness=origin, method="ball arithmetic")
    if found.status in ("proved-if", "refuted"):
        found = _told(found, condition, assuming, bounds)
    return replace(found, reason=_reason(found, condition), left="", right="")


def _told(found: Decision, condition: Node, assuming: Sequence[Node], bounds: Bounds) -> Decision:
    """A decision with what is missing told by the symbols; of a tensor, entry by entry."""
    if found.status == "refuted" and condition.shape:
        return found
    entries, *conditions = components_all([condition, *assuming])
    given = [c for part in conditions for c in part]
    ends = scalar_bounds(bounds)
    if condition.shape:
        places = zip(entries, shapes.indices(condition.shape), strict=True)
        each = [replace(decide_holds(entry, given, bounds), index=index) for entry, index in places]
        return compatible(joined(each), given, ends)
    entry = entries[0]

    def under(assumed: Sequence[Node]) -> Decision:
        g = entry.graph
        return decide_equal(g.call("where", entry, g.one, g.zero), g.one, assumed, ends)

    read = informative(found, entry, given, ends, lambda _, assumed: under(assumed).status == "proved")
    if read.status != "proved-if" or read.missing == found.missing:
        return read

    def under_read(
        assumed: Sequence[Node],
    ) -> Decision:  # all that is read means what it was read from: exp(x) != 1 is x != 0
        return under([*assumed, *(found.missing if set(read.missing) <= set(assumed) else ())])

    return sufficient(read, under_read, given, ends)


def _cases(assuming: Sequence[Node]) -> list[list[Node]]:
    """The assumptions case by case, where one of them is an ``or``; few of them are opened."""
    cases: list[list[Node]] = [[]]
    for n in assuming:
        parts = [n]
        while any(_splits(p) for p in parts) and len(parts) < MAX_CASES:
            parts = [a for p in parts for a in (p.args if _splits(p) else (p,))]
        if len(parts) * len(cases) > MAX_CASES:
            parts = [n]
        cases = [[*case, p] for case in cases for p in parts]
    return cases if len(cases) > 1 else []


def _splits(n: Node) -> bool:
    """Of a tensor, each entry may have a case of its own: not split."""
    return n.op == "or" and not n.shape and not any(a.shape for a in n.args)


def _fails_at_zero(condition: Node, assuming: Sequence[Node], bounds: Bounds) -> dict[Node, Fraction] | None:
    """A point of the domain where all symbols or one of them are 0, and the condition is certainly false."""
    entries, *given = components_all([condition, *assuming])
    conditions = [c for part in given for c in part]
    leaves = [n for n in topological([*entries, *conditions]) if n.op == "index" or (n.op == "symbol" and not n.shape)]
    for start in _starts(entries, conditions, leaves, bounds):
        if any(not _within(start[n], bounds.get(n.args[0] if n.op == "index" else n)) for n in leaves):
            continue
        values = {n: rational(v) for n, v in start.items()}
        inside = all(truth(c, values) is True for c in conditions)
        if inside and any(truth(e, values) is False for e in entries):
            return start
    return None


def _starts(
    entries: Sequence[Node], conditions: Sequence[Node], leaves: Sequence[Node], bounds: Bounds
) -> Iterator[dict[Node, Fraction]]:
    """Everything 0, or all that the condition itself speaks of; then simple points with one symbol 0, all its entries together: a
    matrix that vanishes."""
    yield dict.fromkeys(leaves, Fraction(0))
    inner = {n: bounds.get(n.args[0] if n.op == "index" else n, (None, None)) for n in leaves}
    given = {n: ends for n, ends in inner.items() if ends != (None, None)}
    own = set(topological(entries))
    if any(n not in own for n in leaves):
        zero = conditions[0].graph.zero
        for point in Domain(zero, zero, conditions, given).points(3):
            yield {n: Fraction(0) if n in own else point.get(n, Fraction(1)) for n in leaves}
    bases = list(dict.fromkeys(n.args[0] if n.op == "index" else n for n in leaves))
    if len(entries) == 1 and len(bases) > 1:
        for point in Domain(entries[0], entries[0], conditions, given).points(3):
            for base in bases:
                yield {n: Fraction(0) if base in (n, *n.args) else point[n] for n in leaves}


def point_of(condition: Node, assuming: Sequence[Node], bounds: Bounds) -> Mapping[Node, Fraction] | None:
    """A point of the domain at which a condition certainly holds, looked for among simple ones."""
    entries = [c for part in components_all(conjuncts(expand_all([condition, *assuming]))) for c in part]
    zero = condition.graph.zero
    for case in _cases(entries) or [entries]:
        domain = Domain(zero, zero, conjuncts(case), scalar_bounds(about(bounds, case)))
        plain = (dict.fromkeys(domain.symbols, Fraction(v)) for v in (0, 1))
        for point in chain(plain, domain.points(POINTS)):
            if _is_in(domain, point):
                return domain.simpler(point, lambda p, d=domain: _is_in(d, p))
    return None


def _is_in(domain: Domain, point: Point) -> bool:
    """Whether a point meets the bounds and all assumptions, for certain."""
    return domain.judge(point).kind == "same"


def _within(value: Fraction, ends: tuple[Fraction | None, Fraction | None] | None) -> bool:
    low, high = ends or (None, None)
    return (low is None or value >= low) and (high is None or value <= high)


def _reason(found: Decision, condition: Node) -> str:
    from derive.language.printing import point_text

    at = point_text(found.witness or {})
    match found.status:
        case "proved":
            many = len(found.regions)
            return f"holds on the whole domain{f', in each of {many} regions' if many > 1 else ''}"
        case "refuted":
            verb = "has no value" if found.witness and lacks_value(condition, found.witness) else "does not hold"
            return f"{verb} at {at}" if at else verb
        case "proved-if":
            needs, rest = listed(found.missing), listed([c for c in found.conditions if c not in found.missing])
            where = "has no value" if lacks_value(condition, found.witness or {}) else "does not"
            return f"holds if {needs}{', where ' * bool(rest)}{rest}; {where} at {at}"
    if found.reason.endswith(("tells the sides apart", "matters is not settled")):  # of where(c, 1, 0) and 1
        return "no proof was found, and no point at which it fails"
    return found.reason
