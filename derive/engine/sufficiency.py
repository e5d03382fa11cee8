"""A condition that is told suffices, is needed, and leaves more than a single point: the one place that sees to it.

What a search finds missing (boundaries of regions, needs of one side) are guesses. They are told where the claim is proved under
them, without those that the others make needless; where more is missing it is added. A condition that leaves nothing of the
domain, or of a declared range but its end, is none: then the claim fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from derive.engine.algebra.normal import Normal
from derive.engine.algebra.polynomials import Unwieldy
from derive.engine.assumptions import contradict
from derive.engine.counterexamples.points import Sampler
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations.cells import Cell
from derive.engine.equations.regions import knowledge
from derive.engine.reasons import Why
from derive.expr.below import leaves_of
from derive.expr.graph import Node
from derive.language.components import components
from derive.language.printing import to_text
from derive.lazily import lazily
from derive.numbers.balls import truth

with lazily():
    from derive.engine import exceptional_sets

ROUNDS = 4  # of adding what is still missing
MAX_POINTS = 24
MAX_DROPPED = 3  # conditions of which each is tried to do without: a proof each
MAX_FEWER = 6  # conditions that are held against each other
MAX_MET = 4  # conditions for which a point is looked for: more take long to meet
_STRICT = {"ge": "gt", "le": "lt"}

#: The decision on the claim on another domain.
Decide = Callable[[Domain], Decision]


def sufficient(found: Decision, decide: Decide, domain: Domain) -> Decision:
    """A decision ``proved-if`` with conditions that suffice; undecided where none are found; refuted where they leave too little.

    ``domain`` is that of the claim, entry by entry.
    """
    if (thinned := unless_thin(found, domain)) is not found:
        return thinned
    known: dict[tuple[Node, ...], Decision] = {}

    def under_these(more: tuple[Node, ...]) -> Decision:
        if more not in known:
            known[more] = decide(domain.given(*more))
        return known[more]

    missing, tried = found.missing, found.missing
    for _ in range(ROUNDS):
        under = under_these(tried)
        if under.status == "proved":
            missing = _fewest(tried, under_these)
            break
        if under.status != "proved-if" or not (more := [c for c in under.missing if c not in tried]):
            return _unsettled(found)
        tried = (*tried, *more)
    else:
        return _unsettled(found)
    # a factor that cancels in the proof under these conditions leaves its own
    stated = domain.given(*missing, *(c for c in found.conditions if c not in found.missing))
    left = [c for c in under_these(missing).conditions if truth_of(c, stated) is not True]
    if missing != found.missing or left:
        found = _with(found, missing, left)
    return unless_thin(found, domain)


def compatible(found: Decision, domain: Domain) -> Decision:
    """The conditions of several parts of a claim, each of which suffices for its part: without those that follow from the
    others, and told where there is a point that meets all of them."""
    if found.status != "proved-if":
        return found
    missing = fewer(found.missing, domain)
    if missing != found.missing:
        found = _with(found, missing)
    if len(found.conditions) <= MAX_MET and not _met(found.missing, domain):
        return Decision("undecided", Why.NO_POINT_MEETS(conditions=found.missing))
    return unless_thin(found, domain)


def fewer(conditions: Sequence[Node], domain: Domain) -> tuple[Node, ...]:
    """Conditions without those that follow from the others: of x != 0 and x**2 != 0 the first."""
    kept = tuple(conditions)
    for c in sorted(conditions, key=_size, reverse=True) if 1 < len(conditions) <= MAX_FEWER else ():
        others = tuple(m for m in kept if m is not c)
        if others and truth_of(c, domain.given(*others)) is True:
            kept = others
    return kept


def unless_thin(found: Decision, domain: Domain) -> Decision:
    """A decision whose conditions leave more than boundary points. What holds if p <= 0, of p in [0, 1], fails; what has a value
    there alone says nothing."""
    if found.status in ("proved", "proved-if") and any(_fails(c) for c in found.conditions):
        return Decision("undecided", Why.VALUES_ONLY_WHERE(conditions=found.conditions), empty=True)
    if found.status == "proved-if" and thin(found.missing, domain):
        return replace(found, status="refuted", missing=(), conditions=(), reason=found.fails or found.reason)
    if found.status == "proved" and thin(found.conditions, domain):
        return Decision("undecided", Why.VALUES_ONLY_WHERE(conditions=found.conditions), empty=True)
    return found


def unless_stated(found: Decision, domain: Domain) -> Decision:
    """The decision on an inequality, false where what is missing says more of what an assumption is about already: who assumes
    that x and y are not both 0 has said what may vanish, and under that x**2 > 0 fails at (0, 1)."""
    if found.status != "proved-if" or not found.witness:
        return found
    for c in domain.hypotheses:
        parts = exceptional_sets.alternatives(c)
        if not parts or any(a.op not in ("ne", "eq") for a in parts):
            continue
        fails = [c.graph.call("eq", *a.args) for a in parts]
        if contradict(Domain([*found.missing, *fails])) and not contradict(domain.under(fails)):
            return replace(found, status="refuted", missing=(), conditions=(), method="ball arithmetic")
    return found


def _fails(condition: Node) -> bool:
    """Whether a condition without symbols certainly fails."""
    return not condition.shape and not leaves_of([condition]) and truth(condition, {}) is False


def thin(conditions: Sequence[Node], domain: Domain) -> bool:
    """Whether conditions certainly leave no more of a domain than points at which an inequality is an equation."""
    if not any(c.op in ("eq", *_STRICT) for c in conditions):
        return False
    conditions = [entry for c in conditions for entry in components(c)]
    if any(c.op == "eq" and truth_of(c, domain) is None for c in conditions):
        return True
    inner = [c.graph.call(_STRICT[c.op], *c.args) if c.op in _STRICT else c for c in conditions]
    if inner == list(conditions) or _met(inner, domain):
        return False
    return any(
        truth_of(c, domain.given(*(d for d in inner if d is not c))) is False
        for c, stated in zip(inner, conditions, strict=True)
        if c is not stated
    )


def truth_of(condition: Node, domain: Domain) -> bool | None:
    """Whether a comparison certainly holds, or fails, everywhere in a domain where its sides have a value."""
    return domain.remembered(("truth", condition), lambda: _truth_of(condition, domain))


def _truth_of(condition: Node, domain: Domain) -> bool | None:
    regions = knowledge(domain, condition.graph)

    def work() -> bool | None:
        nf = Normal(regions.ring, regions._signs(Cell()))
        nf.run([condition])
        value = nf.values[condition]
        return value if isinstance(value, bool) else None

    try:
        found: bool | None = regions._retrying(work)
    except Unwieldy:
        return None
    return found


def _met(conditions: Sequence[Node], domain: Domain) -> bool:
    """Whether a point was found that meets conditions beside the assumptions."""
    g = conditions[0].graph
    sampler = Sampler(g.zero, g.zero, domain.given(*conditions))
    return any(sampler.judge(p, highest=0).kind == "same" for p in sampler.points(MAX_POINTS))


def _fewest(conditions: Sequence[Node], decide: Callable[[tuple[Node, ...]], Decision]) -> tuple[Node, ...]:
    """Conditions under which a claim is proved, less those that it is proved without: the longest are tried first."""
    kept = tuple(conditions)
    for c in sorted(conditions, key=_size, reverse=True) if len(conditions) <= MAX_DROPPED else ():
        rest = tuple(m for m in kept if m is not c)
        if rest and decide(rest).status == "proved":
            kept = rest
    return kept


def _size(c: Node) -> tuple[int, str]:
    text = to_text(c)
    return len(text), text


def _with(found: Decision, missing: tuple[Node, ...], left: Sequence[Node] = ()) -> Decision:
    """The same with other conditions missing, and with those that are ``left`` besides."""
    rest = (c for c in (*found.conditions, *left) if c not in found.missing and c not in missing)
    conditions = tuple(dict.fromkeys([*missing, *rest]))
    return replace(found, missing=missing, conditions=conditions)


def _unsettled(found: Decision) -> Decision:
    return Decision("undecided", Why.NOT_SUFFICIENT(of=found.fails, conditions=found.missing))
