"""Does a condition hold that may ask for properties, such as ``convex(L, w)``? A table of tactics for each property.

They are asked with the property's arguments and the domain, derivatives worked out, and decide about all values of the symbols:
proved; refuted, with a witness; undecided. The negation of a property is about all values of the *other* symbols too: for every
p in (0, 1), |w|**p is not convex in w. Where there are any, ``FAILS`` has what shows that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from derive.budget import Exhausted, budget
from derive.calculus.reverse import expand_all
from derive.engine.algebra.polynomials import Unwieldy
from derive.engine.assumptions import contradict
from derive.engine.counterexamples.constraints import COMPARED
from derive.engine.counterexamples.instances import instances
from derive.engine.decision import Decision, Status, joined
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations.differentiated import equation, inequality, lost
from derive.engine.properties import conditions
from derive.engine.properties.conditions import checked
from derive.engine.reasons import Why
from derive.engine.relation import point_of
from derive.engine.sufficiency import compatible
from derive.engine.tactics import ANY, PROOF, Tactic
from derive.errors import ExpressionError, NotWrittenOut
from derive.expr.conditions import claimed, negation
from derive.expr.graph import Node, topological
from derive.expr.roots import without_roots
from derive.language.properties import PROPERTIES, asks
from derive.lazily import lazily

with lazily():
    from derive.engine.properties import (
        asked,
        convexity,
        definite,
        growth,
        monotone,
        optima,
        orders,
        others,
        ranks,
        regularity,
        subgradients,
    )

if TYPE_CHECKING:
    from derive.engine.properties.asked import Table


def _one(name: str, decide: Callable[[Sequence[Node], Domain], Decision], emits: frozenset[Status] = ANY) -> Table:
    """A table of one way."""
    return (Tactic(name, lambda q: decide(q.args, q.domain), emits=emits),)


def _growing(name: str) -> Table:
    return _one("limit", partial(growth.growth, name))


#: The table of each property, made when it is first asked for.
DECIDERS: dict[str, Callable[[], Table]] = {
    "convex": lambda: convexity.tactics(1),
    "concave": lambda: convexity.tactics(-1),
    "increasing": lambda: monotone.tactics("increasing"),
    "nondecreasing": lambda: monotone.tactics("nondecreasing"),
    "decreasing": lambda: monotone.tactics("decreasing"),
    "nonincreasing": lambda: monotone.tactics("nonincreasing"),
    "continuous": lambda: regularity.tactics(0),
    "differentiable": lambda: regularity.tactics(1),
    "smooth": lambda: regularity.tactics(2),
    "positive_definite": lambda: definite.tactics(True),
    "positive_semidefinite": lambda: definite.tactics(False),
    "subdifferential": lambda: _one("slopes to both sides", subgradients.subdifferential),
    "rank": lambda: _one("minors", ranks.rank),
    "converges": lambda: _one("expansion at the fixed point", orders.order),
    "stationary": lambda: optima.STATIONARY,
    "minimizer": lambda: optima.minimizer(False),
    "unique_minimizer": lambda: optima.minimizer(True),
    "grows_at_most": lambda: _growing("grows_at_most"),
    "grows_slower": lambda: _growing("grows_slower"),
    "grows_like": lambda: _growing("grows_like"),
    "asymptotic": lambda: _growing("asymptotic"),
}

#: Proof that a property fails for all values of the symbols that are not its variables.
FAILS: dict[str, Callable[[], Table]] = {
    "convex": lambda: _one("second derivative at a point", convexity.fails(1), PROOF),
    "concave": lambda: _one("second derivative at a point", convexity.fails(-1), PROOF),
    "differentiable": lambda: _one("slopes at a point", regularity.not_differentiable, PROOF),
    "stationary": lambda: _one("gradient at a point", optima.not_stationary, PROOF),
    "minimizer": lambda: _one("a lesser value", optima.not_least, PROOF),
    "unique_minimizer": lambda: _one("a lesser value", optima.not_least, PROOF),
}


@cache
def _made(table: Callable[[], Table]) -> Table:
    return table()


def decide_condition(condition: Node, domain: Domain = EVERYWHERE) -> Decision:
    """Whether a condition (of a tensor: every entry) holds for all values that meet the assumptions; ``decide_holds`` where it
    asks for no property. Derivatives in it are worked out here."""
    with budget():
        try:
            return _decide_condition(condition, domain)
        except Exhausted as e:
            return Decision("undecided", Why.LIMIT(limit=str(e)))
        except NotWrittenOut as e:
            return Decision("undecided", Why.FAULT(fault=e.message))


def _decide_condition(condition: Node, domain: Domain) -> Decision:
    if not asks(condition):
        found = _where_differentiated(condition, domain)
        if found.status == "undecided" and any(asks(h) for h in domain.hypotheses):
            return _by_example(condition, domain) or found
        return found
    if contradict(domain):
        return Decision("undecided", Why.CONTRADICTION(), empty=True)
    match condition.op:
        case "def":
            return decide_condition(condition.args[0], domain)
        case "property":
            args = without_roots(expand_all(condition.args))
            inner = domain.expanded().about(args)
            found = checked(_decided(condition, DECIDERS, args, inner), inner)
            if found.status != "undecided":
                return found
            return _by_example(condition.graph.node("property", tuple(args), condition.attr), inner) or found
        case "and":
            return together([claimed(a) for a in condition.args], domain)
        case "or":  # one of the two, given that the other fails
            a, b = condition.args
            if asks(a) and asks(b):
                return _either(a, b, domain)
            if asks(a):
                a, b = b, a
            if shared := _variables(b).intersection(topological([a])):
                variable = min(shared, key=lambda n: n.id)
                return Decision("undecided", Why.SPEAKS_OF_VARIABLE(variable=variable))
            found = decide_condition(claimed(b), domain.given(negation(a)))
            if found.empty:  # the other never fails, as far as was seen: is that so?
                always = decide_condition(claimed(a), domain)
                return always if always.status == "proved" and not always.conditions else found
            return found
        case "not":
            return _negated(condition.args[0], domain)
    raise AssertionError(condition.op)


def together(parts: Sequence[Node], domain: Domain) -> Decision:
    """The decision on conditions that are all to hold."""
    found = joined([decide_condition(a, domain) for a in parts])
    return compatible(found, domain.expanded().entries())


def _where_differentiated(condition: Node, domain: Domain) -> Decision:
    """A comparison, or several, claimed where what is differentiated in it has a value."""
    plain = domain.plain().expanded()
    where = lost([condition], plain)
    if not where:
        return conditions.decide(condition, domain)
    if condition.op == "and":
        found = together(condition.args, domain)
        if found.status != "undecided" or found.empty:
            return found

    def decide(there: Domain) -> Decision:
        return conditions.decide(
            condition, there.under([*(h for h in domain.hypotheses if asks(h)), *there.hypotheses])
        )

    if (kind := _kind(condition)) not in ("and", *COMPARED):
        found = decide(plain)  # a part that does not count needs no value
        if found.status == "proved":
            return found
    judge = equation if kind == "eq" else inequality
    return judge(decide, where, plain)


def _kind(condition: Node) -> str:
    """What a condition is, at given values of symbols or not: what a comparison denies needs a value as what it says does."""
    denied = False
    while condition.op in ("not", "at", "def"):
        denied ^= condition.op == "not"
        condition = condition.args[0]
    return (
        {"eq": "ne", "ne": "eq", "and": "or", "or": "and"}.get(condition.op, condition.op) if denied else condition.op
    )


def _by_example(condition: Node, domain: Domain) -> Decision | None:
    """A refutation by concrete functions in the place of abstract ones, of which the assumptions are proved."""
    try:
        for example in instances([condition, *domain.hypotheses]):
            made, *given = example.nodes
            kept = domain.under(())
            for put, n in zip(given, domain.hypotheses, strict=True):
                if put is n:
                    kept = kept.given(n)
                elif decide_condition(put, kept).status != "proved":
                    break
            else:
                found = decide_condition(made, kept)
                if found.status == "refuted":
                    return replace(found, reason=Why.EXAMPLE(functions=example.said, of=found.reason))
    except (Unwieldy, ExpressionError):
        pass  # no example, no verdict
    return None


def _either(a: Node, b: Node, domain: Domain) -> Decision:
    """Of two properties, one that holds for all values, or wherever the other fails; or both fail and speak of nothing but
    their variables. For some values of other symbols the one may hold, for some the other: that refutes nothing."""
    found = [decide_condition(n, domain) for n in (a, b)]
    found += [decide_condition(n, domain.given(negation(m))) for n, m in ((a, b), (b, a)) if m.op == "not"]
    for d in found:
        if d.status == "proved":
            return d
    free = any(_parameters(n) for n in topological([a, b]) if n.op == "property")
    if all(d.status == "refuted" for d in found[:2]) and not free:
        return found[0]
    return Decision("undecided", Why.NEITHER_PROPERTY())


def decide_somewhere(condition: Node, domain: Domain = EVERYWHERE) -> Decision:
    """Whether there are values at which a condition holds: proved, with the point; refuted, where it holds nowhere."""
    found = decide_condition(negation(condition), domain)
    if found.status == "proved":
        return replace(found, status="refuted", reason=Why.NOWHERE(), witness=None)
    if asks(condition):
        if found.status != "refuted":
            return found
        at = Why.HOLDS_AT(at=found.witness) if found.witness else Why.HOLDS()
        said = found.reason.term in (Why.FAILS, Why.FAILS_AT)  # of the negation; what else there is shows the property
        return replace(found, status="proved", reason=at if said else found.reason)
    point = found.witness if found.status == "refuted" else point_of(condition, domain)
    if found.status != "refuted" and point is None:
        return Decision("undecided", Why.NO_POINT_NO_PROOF())
    place = found.place if point is None else point
    reason = Why.HOLDS_AT(at=place) if place else Why.HOLDS()
    return Decision("proved", reason, witness=point, method="ball arithmetic")


def _decided(condition: Node, tables: dict[str, Callable[[], Table]], args: Sequence[Node], domain: Domain) -> Decision:
    name = condition.attr
    if name not in tables:
        return Decision("undecided", Why.NO_WAY(usage=PROPERTIES[name].usage))
    given = dict(zip(PROPERTIES[name].parameters, args, strict=False))
    beside = others.Others(args, [given[v] for v in PROPERTIES[name].variables], domain)
    return beside.subject(asked.decided(_made(tables[name]), args, beside.given))


def _negated(condition: Node, domain: Domain) -> Decision:
    match condition.op:
        case "not":
            return decide_condition(condition.args[0], domain)
        case "and" | "or":  # De Morgan
            other = "or" if condition.op == "and" else "and"
            return decide_condition(condition.graph.call(other, *map(negation, condition.args)), domain)
        case "property" if _parameters(condition):
            args = expand_all(condition.args)
            return _decided(condition, FAILS, args, domain.expanded().about(args))
        case "property":
            found = decide_condition(condition, domain)
            turned = {"proved": "refuted", "refuted": "proved"}
            return replace(found, status=turned.get(found.status, "undecided"))  # type: ignore[arg-type]  # of the table
    return decide_condition(negation(condition), domain)


def _variables(condition: Node) -> set[Node]:
    """The symbols that are variables of properties in a condition. What a subdifferential is, is said at each point by itself."""
    found: set[Node] = set()
    for n in topological([condition]):
        if n.op == "property" and n.attr != "subdifferential":
            given = dict(zip(PROPERTIES[n.attr].parameters, n.args, strict=False))
            inner = topological([given[name] for name in PROPERTIES[n.attr].variables if name in given])
            found.update(m for m in inner if m.op in ("symbol", "index"))
    return found


def _parameters(condition: Node) -> list[Node]:
    """The symbols and abstract functions below a property that are not among its variables."""
    of = PROPERTIES[condition.attr]
    given = dict(zip(of.parameters, condition.args, strict=False))
    own = {m for name in of.variables for m in topological([given[name]])}
    return [n for n in topological(condition.args) if n.op == "apply" or (n.op == "symbol" and n not in own)]
