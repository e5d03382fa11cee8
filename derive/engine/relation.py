"""Does a condition hold on its whole domain? An inequality is the equation where(c, 1, 0) = 1, decided region by region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from derive.engine.assumptions import contradict
from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.decision import Decision, joined
from derive.engine.domain import EVERYWHERE, Domain, Range
from derive.engine.equations.cascade import decide_equal
from derive.engine.reasons import Why
from derive.engine.sufficiency import compatible, sufficient, unless_stated
from derive.engine.tactics import Tactic, walk
from derive.expr import shapes
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.lazily import lazily
from derive.numbers.balls import rational, truth
from derive.numbers.definedness import lacks_value
from derive.records import dataclass

with lazily():
    from derive.engine import exceptional_sets

POINTS = 24  # tried for one at which a condition holds


def decide_holds(condition: Node, domain: Domain = EVERYWHERE) -> Decision:
    """Whether a derivative-free condition (of a tensor: every entry) holds at all real points of a domain.

    A decision as of ``decide_equal``: proved; refuted, with a point at which it fails; proved-if, where it fails on a boundary
    only; undecided.
    """
    domain = domain.about([condition])
    return domain.remembered(("holds", condition), lambda: _decide_holds(condition, domain))


def _decide_holds(condition: Node, domain: Domain) -> Decision:
    found = walk(_Claimed(condition, domain), TACTICS)
    assert found is not None  # the equation always answers
    if found.status != "proved-if" or condition.op == "eq":
        return found
    found = unless_stated(found, domain.entries())
    return _said(found, condition) if found.status == "refuted" else found


@dataclass(frozen=True)
class _Claimed:
    """A condition without properties, of which it is asked whether it holds on a domain."""

    condition: Node
    domain: Domain


def _by_cases(q: _Claimed) -> Decision | None:
    """Case by case, where the hypotheses have some."""
    if not (cases := q.domain.cases()):
        return None
    found_in = [decide_holds(q.condition, case) for case in cases]
    said = [d for d, case in zip(found_in, cases, strict=True) if not (d.empty and contradict(case))]
    return _whole(said or found_in, q.condition, q.domain)


def _by_parts(q: _Claimed) -> Decision | None:
    """Part by part, where that settles all of them."""
    found = _whole([decide_holds(a, q.domain) for a in q.condition.args], q.condition, q.domain)
    return None if found.status == "undecided" else found


def _whole(parts: Sequence[Decision], condition: Node, domain: Domain) -> Decision:
    """The decision on a condition from those on its parts, or under the cases of an assumption."""
    found = joined(parts)
    if found.status in ("undecided", "refuted"):
        return found
    found = compatible(found, domain.entries())
    return _said(found, condition) if found.status == "proved" else found


def _by_equation(q: _Claimed) -> Decision:
    """As the equation of 1 and what is 1 where the condition holds, else 0."""
    condition, domain, g = q.condition, q.domain, q.condition.graph
    found = decide_equal(g.call("where", condition, g.one, g.zero), g.broadcast(g.one, condition.shape), domain)
    if found.status == "undecided" and (origin := _fails_at_zero(condition, domain)) is not None:
        found = Decision("refuted", Why.FAILS_AT(at=origin), witness=origin, method="ball arithmetic")
    if found.status in ("proved-if", "refuted"):
        found = _told(found, condition, domain)
    return replace(_said(found, condition), left="", right="")


def _told(found: Decision, condition: Node, domain: Domain) -> Decision:
    """A decision with what is missing told by the symbols; of a tensor, entry by entry."""
    if found.status == "refuted" and condition.shape:
        return found
    entries, domain = components(condition), domain.entries()
    if condition.shape:
        places = zip(entries, shapes.indices(condition.shape), strict=True)
        each = [replace(decide_holds(entry, domain), index=index) for entry, index in places]
        return compatible(joined(each), domain)
    entry = entries[0]

    def under(there: Domain) -> Decision:
        g = entry.graph
        return decide_equal(g.call("where", entry, g.one, g.zero), g.one, there)

    read = exceptional_sets.informative(found, entry, domain, lambda _, there: under(there).status == "proved")
    if read.status != "proved-if" or read.missing == found.missing:
        return read

    return sufficient(read, under, domain)


def _fails_at_zero(condition: Node, domain: Domain) -> dict[Node, Fraction] | None:
    """A point of the domain where all symbols or one of them are 0, and the condition is certainly false."""
    entries, domain = components(condition), domain.entries()
    order = topological([*entries, *domain.hypotheses])
    leaves = [n for n in order if n.op == "index" or (n.op == "symbol" and not n.shape)]
    for start in _starts(entries, leaves, domain):
        if any(not _within(start[n], domain.range(n)) for n in leaves):
            continue
        values = {n: rational(v) for n, v in start.items()}
        inside = all(truth(c, values) is True for c in domain.hypotheses)
        if inside and any(truth(e, values) is False for e in entries):
            return start
    return None


def _starts(entries: Sequence[Node], leaves: Sequence[Node], domain: Domain) -> Iterator[dict[Node, Fraction]]:
    """Everything 0, or all that the condition itself speaks of; then simple points with one symbol 0, all its entries together: a
    matrix that vanishes."""
    yield dict.fromkeys(leaves, Fraction(0))
    own = set(topological(entries))
    if any(n not in own for n in leaves):
        zero = entries[0].graph.zero
        for point in Sampler(zero, zero, domain).points(3):
            yield {n: Fraction(0) if n in own else point.get(n, Fraction(1)) for n in leaves}
    bases = list(dict.fromkeys(n.args[0] if n.op == "index" else n for n in leaves))
    if len(entries) == 1 and len(bases) > 1:
        for point in Sampler(entries[0], entries[0], domain).points(3):
            for base in bases:
                yield {n: Fraction(0) if base in (n, *n.args) else point[n] for n in leaves}


def point_of(condition: Node, domain: Domain) -> Mapping[Node, Fraction] | None:
    """A point of the domain at which a condition certainly holds, looked for among simple ones."""
    zero, there = condition.graph.zero, domain.given(condition).expanded().about(()).entries()
    for case in there.cases() or [there]:
        sampler = Sampler(zero, zero, case.about(()))
        plain = (dict.fromkeys(sampler.symbols, Fraction(v)) for v in (0, 1))
        for point in chain(plain, sampler.points(POINTS)):
            if _is_in(sampler, point):
                return sampler.simpler(point, lambda p, d=sampler: _is_in(d, p))
    return None


def _is_in(sampler: Sampler, point: Point) -> bool:
    """Whether a point lies in the domain, for certain."""
    return sampler.judge(point).kind == "same"


def _within(value: Fraction, ends: Range) -> bool:
    low, high = ends
    return (low is None or value >= low) and (high is None or value <= high)


def _said(found: Decision, condition: Node) -> Decision:
    """A decision on the equation of 1 and what is 1 where a condition holds, told of the condition."""
    at = found.witness or None
    lacks = at is not None and lacks_value(condition, at)
    match found.status:
        case "proved":
            return replace(found, reason=Why.EVERYWHERE(regions=len(found.regions) if len(found.regions) > 1 else None))
        case "refuted" if at is None:
            return replace(found, reason=Why.FAILS())
        case "refuted":
            return replace(found, reason=Why.LACKS_VALUE_AT(at=at) if lacks else Why.FAILS_AT(at=at))
        case "proved-if":
            fails = Why.LACKS_VALUE_AT(at=at) if lacks else Why.FAILS_AT(at=at)
            return replace(found, reason=Why.HOLDS(), fails=fails if at is not None else None)
    return replace(found, reason=Why.OPEN()) if found.open else found


#: How a condition without properties is decided.
TACTICS: tuple[Tactic[_Claimed], ...] = (
    Tactic("cases", _by_cases),
    Tactic("parts", _by_parts, lambda q: q.condition.op == "and"),
    Tactic("equation", _by_equation),
)
