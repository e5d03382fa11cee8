"""Does a condition without properties hold on a domain, by all that is known of inequalities? The cheapest tactics first.

Points and normal forms come first; then what looks at a difference of two sides: slopes, balls, simpler inequalities. These say
nothing of where both sides have a value, which is part of the claim: see ``existence``. Hypotheses may be properties. They give
what they imply of values, and a point refutes where they are proved to hold for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from functools import cached_property

from derive.calculus.reverse import expand_all
from derive.engine.closed_forms import decide_equal, decide_holds
from derive.engine.decision import Decision, joined
from derive.engine.dispatch import holds_with_properties
from derive.engine.domain import Domain
from derive.engine.matrices.tensor_level import too_large
from derive.engine.properties.existence import on_the_domain
from derive.engine.properties.throughout import refuted_at_points, shown_by_entries
from derive.engine.reasons import Why
from derive.engine.sufficiency import compatible, unless_thin
from derive.engine.tactics import BESIDE, HALF, POINT, PROOF, Tactic, walk
from derive.expr.below import runs
from derive.expr.composites import ROUNDED
from derive.expr.conditions import QUANTIFIERS, claimed, conjuncts, negation, one
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.expr.operators import JOINED_PIECES, OPERATORS, ORDERS
from derive.language.components import components
from derive.language.printing import to_text
from derive.language.properties import asks
from derive.lazily import lazily
from derive.numbers.definedness import lacks_value, needs, only_suffices
from derive.records import dataclass

with lazily():
    from derive.engine.properties import (
        convex_functions,
        envelopes,
        facts,
        irrational,
        mean_value,
        means,
        parts,
        periods,
        reductions,
        samples,
        slopes,
        subdivision,
        sums,
    )

MANY = 2_000  # products of entries from which on whole points are tried before entries are laid out

Way = Callable[[Node, Domain], Decision | None]


@dataclass
class Question:
    """Whether a condition holds on a domain, derivatives worked out. ``open``: the last answer that settled nothing."""

    wanted: Node
    domain: Domain
    open: Decision = field(default_factory=lambda: Decision("undecided", Why.OPEN()))

    @cached_property
    def plain(self) -> Domain:
        """Without properties."""
        return self.domain.plain()

    @cached_property
    def many(self) -> bool:
        """Whether there are too many entries to begin with laying them out."""
        return too_large(topological([self.wanted, *self.plain.hypotheses]), MANY)

    @cached_property
    def turns(self) -> bool:
        """Whether there are kinks, and functions that are not algebraic: region by region much is looked at that says nothing of
        functions such as exp."""
        below = {m.op for m in topological([self.wanted])}
        return not below.isdisjoint((*JOINED_PIECES, "where")) and any(
            OPERATORS[m].transcendental for m in below & OPERATORS.keys()
        )

    def settled(self, found: Decision | None) -> Decision | None:
        """An answer that stands under the assumed properties, and settles the question; another is noted."""
        if found is None:
            return None
        found = checked(found, self.domain)
        if found.status == "undecided":
            self.open = found
            return None
        return found


def decide(condition: Node, domain: Domain) -> Decision:
    """Whether a condition without properties holds on a domain whose hypotheses may be properties."""
    (wanted,), domain = expand_all([condition]), domain.expanded()
    if not runs([wanted, *domain.hypotheses]):  # an iteration has inputs that are not written
        domain = domain.about([wanted])
    question = Question(wanted, domain)
    return walk(question, TACTICS) or question.open


def checked(found: Decision, domain: Domain) -> Decision:
    """A refutation under assumed properties stands where these are proved at its point."""
    if found.status not in ("refuted", "proved-if"):
        return found
    for n in filter(asks, domain.hypotheses):
        here = (
            facts.at_point(fact, found.witness or {})
            if (fact := next(iter(facts.facts([n])), None)) is not None
            else None
        )
        if here is None or holds_with_properties(here, domain.under(())).status != "proved":
            reason = found.told if found.status == "refuted" else found.fails
            return Decision("undecided", Why.PROPERTY_AT_POINT(assumed=n, of=reason))
    return found


# -- tactics -------------------------------------------------------------------------------------------


def _equation(q: Question) -> Decision | None:
    a, b = (q.wanted.graph.broadcast(side, q.wanted.shape) for side in q.wanted.args)
    return q.settled(decide_equal(a, b, q.plain))


def _of_tensors(q: Question) -> Decision | None:
    """Conditions of whole tensors that connectives join, each decided as such; None where that leaves it open: their entries are
    looked at then."""
    condition, domain, g, found = q.wanted, q.domain, q.wanted.graph, None
    match condition.op:
        case "all" | "and":
            parts = [decide(part, domain) for part in conjuncts([condition])]
            found = compatible(joined(parts), domain.entries())
            if found.status == "undecided" and not any(d.status == "undecided" for d in parts):
                return None  # what leaves no point is no condition
        case "or":  # one of the two, where the other fails
            for a, b in (condition.args, condition.args[::-1]):
                found = decide(claimed(b), domain.given(negation(a)))
                if found.status in ("proved", "refuted"):
                    break
            else:
                return None
        case "not" if condition.args[0].op in ("and", "or"):
            inner = condition.args[0]
            other = "or" if inner.op == "and" else "and"
            return decide(g.call(other, *(one(negation(a)) for a in inner.args)), domain)
        case "not" if condition.args[0].op == "not":
            return decide(claimed(condition.args[0].args[0]), domain)
    if found is not None and found.status == "refuted":
        reason = Why.FAILS_AT(at=found.witness) if found.witness else Why.FAILS()
        return replace(found, reason=reason, left="", right="", index=None)
    return found


def _regions(q: Question) -> Decision | None:
    return q.settled(decide_holds(q.wanted, q.plain))


def _with_implied(q: Question) -> Decision | None:
    """With what assumed properties say of values, in the place of the properties."""
    more = facts.implied(facts.facts(q.domain.hypotheses))
    if not more:
        return None
    if not q.wanted.shape:
        tied = {h.args[0]: h.args[1] for h in more if h.op == "eq" and all(a.op == "index" for a in h.args)}
        (wanted,) = substitute_all(components(q.wanted), tied)
        there = q.plain.entries().given(*more).put(tied)
        found = decide(wanted, there.under([h for h in there.hypotheses if h.op != "eq" or h.args[0] is not h.args[1]]))
        if found.status == "refuted" and found.witness:
            at = found.witness
            found = replace(found, witness={**at, **{n: at[m] for n, m in tied.items() if m in at}})
        if found.status in ("proved", "refuted") and (settled := q.settled(found)) is not None:
            return settled
    return q.settled(decide_holds(q.wanted, q.plain.given(*more)))


def _where_it_has_values(q: Question) -> Decision | None:
    """A comparison decided where its logarithms and roots have values; elsewhere it says nothing, so that it holds if that."""
    condition, domain = q.wanted, q.plain
    (plain,) = components(condition)  # what log2 stands for needs something, too
    needed = {key: c for key, c in needs(plain).items() if key[0] not in ("ne", "hole")}
    # a branch that is not taken needs no value, a base with a letter for its exponent may be negative
    if any(map(only_suffices, needed)):
        return None
    missing: list[Node] = []
    outside = None
    for need in sorted(set(needed.values()), key=to_text):
        everywhere = decide_holds(need, domain)
        if everywhere.status == "undecided":
            return None
        if everywhere.status != "proved":
            missing.append(need)
            outside = outside or everywhere.witness
    if not missing or outside is None or not lacks_value(condition, outside):
        return None
    for need in missing[:]:
        others = [c for c in missing if c is not need]
        if others and decide_holds(need, domain.given(*others)).status == "proved":
            missing = others
    found = decide(condition, domain.given(*missing))
    if found.status != "proved":
        return q.settled(found) if found.status == "refuted" else None
    told = replace(
        found,
        status="proved-if",
        reason=replace(found.reason, term=Why.THERE) if found.reason.term is Why.EVERYWHERE else found.reason,
        missing=tuple(missing),
        conditions=(*missing, *(c for c in found.conditions if c not in missing)),
        witness=outside,
        fails=Why.LACKS_VALUE_AT(at=outside),
    )
    return q.settled(unless_thin(told, domain.entries()))


def _way(way: Way) -> Callable[[Question], Decision | None]:
    return lambda q: q.settled(way(q.wanted, q.plain))


def _of_difference(way: Way) -> Callable[[Question], Decision | None]:
    """What looks at the difference of two sides where it has a value."""

    def attempt(q: Question) -> Decision | None:
        shown = way(q.wanted, q.plain)
        return q.settled(on_the_domain(shown, q.wanted, q.plain)) if shown is not None else None

    return attempt


def _few(q: Question) -> bool:
    return not q.many


def _compares(q: Question) -> bool:
    """Whether it is an inequality of scalars, or several."""
    return q.wanted.op in (*ORDERS, "and") and not q.wanted.shape


def _raises_to_letters(q: Question) -> bool:
    return _few(q) and any(n.op == "pow" and n.args[1].op != "const" for n in topological([q.wanted]))


#: How a condition without properties is decided, the cheapest way first.
TACTICS: tuple[Tactic[Question], ...] = (
    Tactic("equation", _equation, lambda q: q.wanted.op == "eq"),
    Tactic(
        "parts of tensors",
        _of_tensors,
        lambda q: q.wanted.op != "eq" and any(n.op in QUANTIFIERS for n in topological([q.wanted])),
    ),
    Tactic("generic entry", _way(shown_by_entries), emits=PROOF, cost=HALF),
    Tactic("points of tensors", _way(refuted_at_points), lambda q: q.many, emits=POINT, cost=HALF),
    Tactic("envelopes", _of_difference(lambda c, d: envelopes.by_envelopes(c, d)), _few, emits=PROOF, cost=HALF // 2),
    Tactic(
        "mean value theorem",
        _of_difference(lambda c, d: mean_value.by_mean_value(c, d, decide=decide)),
        _few,
        emits=PROOF,
        cost=HALF,
    ),
    Tactic(
        "points", _way(lambda c, d: samples.by_points(c, d, grid=False)), lambda q: _few(q) and q.turns, emits=POINT
    ),
    Tactic(
        "simpler inequalities",
        _of_difference(lambda c, d: reductions.by_moves(c, d)),
        lambda q: _few(q) and q.turns,
        emits=PROOF,
        cost=HALF,
    ),
    Tactic("regions", _regions, cost=HALF),
    Tactic("points of tensors", _way(refuted_at_points), _few, emits=POINT),
    Tactic("assumed properties", _with_implied),
    Tactic(
        "periods",
        _of_difference(lambda c, d: periods.by_periods(c, d, decide=decide)),
        lambda q: any(n.op in ROUNDED for n in topological([q.wanted])),
        emits=PROOF | POINT,
        cost=HALF,
    ),
    Tactic("exact values", _way(lambda c, d: irrational.of_numbers(c, d)), emits=PROOF | POINT),
    Tactic(
        "tangents",
        lambda q: q.settled(convex_functions.by_tangents(q.wanted, q.domain)),
        lambda q: q.plain is not q.domain,
        emits=PROOF,
    ),
    Tactic("squares", _of_difference(lambda c, d: sums.by_squares(c, d)), emits=PROOF),
    Tactic("slopes", _of_difference(lambda c, d: slopes.by_slopes(c, d)), emits=PROOF, cost=HALF),
    Tactic("cells", _of_difference(lambda c, d: subdivision.by_cells(c, d)), emits=PROOF | POINT, cost=HALF),
    Tactic(
        "weighted means",
        _of_difference(lambda c, d: means.by_means(c, d, decide=decide)),
        _raises_to_letters,
        emits=PROOF,
        cost=HALF,
    ),
    Tactic("terms", _of_difference(lambda c, d: sums.by_terms(c, d, decide=decide)), _few, emits=PROOF, cost=HALF),
    Tactic(
        "separate parts",
        _of_difference(lambda c, d: sums.by_separate_parts(c, d, decide=decide)),
        emits=PROOF,
        cost=HALF,
    ),
    Tactic("simpler inequalities", _of_difference(lambda c, d: reductions.by_moves(c, d)), emits=PROOF, cost=HALF),
    Tactic("grid of points", _way(lambda c, d: samples.by_points(c, d, grid=True)), emits=POINT),
    Tactic("where it has values", _where_it_has_values, _compares),
    Tactic("parts", _way(lambda c, d: parts.by_parts(c, d, decide=decide)), emits=PROOF | POINT),
    Tactic("irrational points", _way(lambda c, d: irrational.by_irrational_points(c, d)), emits=BESIDE),
)
