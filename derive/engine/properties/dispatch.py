"""Does a condition hold that may ask for properties, such as ``convex(L, w)``? One decider a property, in one table.

A decider takes the property's arguments and the domain, derivatives worked out, and returns a Decision about
all values of the symbols: proved; refuted, with a witness; undecided. The negation of a property is about all values of the
*other* symbols too: for every p in (0, 1), |w|**p is not convex in w. Where there are any, ``FAILS`` has what shows that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from derive.budget import Exhausted, budget
from derive.calculus.iteration import runs
from derive.calculus.reverse import expand_all
from derive.engine.algebra.polynomials import Unwieldy
from derive.engine.assumptions import CONTRADICTION, contradict
from derive.engine.counterexamples.instances import instances
from derive.engine.counterexamples.points import COMPARED
from derive.engine.decision import Decision, joined
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations.differentiated import equation, inequality, lost
from derive.engine.induction import decide_equal, decide_holds
from derive.engine.matrices.tensor_level import too_large
from derive.engine.properties import convexity, definite, monotone, optima, regularity
from derive.engine.properties.existence import on_the_domain
from derive.engine.properties.facts import at_point, facts, implied
from derive.engine.properties.growth import growth
from derive.engine.properties.irrational import by_irrational_points, of_numbers
from derive.engine.properties.mean_value import by_mean_value
from derive.engine.properties.parts import by_parts
from derive.engine.properties.ranks import rank
from derive.engine.properties.reductions import TRANSCENDENTAL, by_moves
from derive.engine.properties.samples import by_points
from derive.engine.properties.slopes import BRANCHES, by_slopes
from derive.engine.properties.subdivision import by_cells
from derive.engine.properties.subgradients import subdifferential
from derive.engine.properties.throughout import refuted_at_points, shown_by_entries
from derive.engine.relation import point_of
from derive.engine.sufficiency import compatible, unless_thin
from derive.errors import ExpressionError
from derive.expr.conditions import QUANTIFIERS, claimed, conjuncts, negation, one
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.language.printing import point_text, to_text
from derive.language.properties import PROPERTIES, asks
from derive.numbers.definedness import lacks_value, needs

Decider = Callable[[Sequence[Node], Domain], Decision]
Way = Callable[[Node, Domain], Decision | None]

DECIDERS: dict[str, Decider] = {
    "convex": convexity.decider(1),
    "concave": convexity.decider(-1),
    "increasing": monotone.decider("increasing"),
    "nondecreasing": monotone.decider("nondecreasing"),
    "decreasing": monotone.decider("decreasing"),
    "nonincreasing": monotone.decider("nonincreasing"),
    "continuous": regularity.decider(0),
    "differentiable": regularity.decider(1),
    "smooth": regularity.decider(2),
    "positive_definite": definite.decider(True),
    "positive_semidefinite": definite.decider(False),
    "subdifferential": subdifferential,
    "rank": rank,
    "stationary": optima.stationary,
    "minimizer": optima.minimizer,
    "unique_minimizer": optima.unique_minimizer,
    **{name: partial(growth, name) for name in ("grows_at_most", "grows_slower", "grows_like", "asymptotic")},
}

#: Proof that a property fails for all values of the symbols that are not its variables.
FAILS: dict[str, Decider] = {
    "convex": convexity.fails(1),
    "concave": convexity.fails(-1),
    "differentiable": regularity.not_differentiable,
}

MANY = 2_000  # products of entries from which on whole points are tried before entries are laid out


def decide_condition(condition: Node, domain: Domain = EVERYWHERE) -> Decision:
    """Whether a condition (of a tensor: every entry) holds for all values that meet the assumptions; ``decide_holds`` where it
    asks for no property. Derivatives in it are worked out here."""
    with budget():
        try:
            return _decide_condition(condition, domain)
        except Exhausted as e:
            return Decision("undecided", f"a limit of work was reached: {e}")
        except ExpressionError as e:
            if "not written out" not in e.message:
                raise
            return Decision("undecided", e.message)


def _decide_condition(condition: Node, domain: Domain) -> Decision:
    if not asks(condition):
        return _where_differentiated(condition, domain)
    if contradict(domain):
        return Decision("undecided", CONTRADICTION, empty=True)
    match condition.op:
        case "def":
            return decide_condition(condition.args[0], domain)
        case "property":
            args = expand_all(condition.args)
            inner = domain.expanded().about(args)
            found = checked(_decider(condition, DECIDERS)(args, inner), inner)
            return (_by_example(condition, args, inner) if found.status == "undecided" else None) or found
        case "and":
            return together([claimed(a) for a in condition.args], domain)
        case "or":  # one of the two, given that the other fails
            a, b = condition.args
            if asks(a) and asks(b):
                return _either(a, b, domain)
            if asks(a):
                a, b = b, a
            return decide_condition(claimed(b), domain.given(negation(a)))
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
        return _decide_plain(condition, domain)
    if condition.op == "and":
        found = together(condition.args, domain)
        if found.status != "undecided" or found.empty:
            return found

    def decide(there: Domain) -> Decision:
        return _decide_plain(condition, there.under([*(h for h in domain.hypotheses if asks(h)), *there.hypotheses]))

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


def _decide_plain(condition: Node, domain: Domain) -> Decision:
    """A comparison, under hypotheses that may be properties: these give what they imply of values."""
    (wanted,), domain = expand_all([condition]), domain.expanded()
    if not runs([wanted, *domain.hypotheses]):  # an iteration has inputs that are not written
        domain = domain.about([wanted])
    plain = domain.plain()
    if wanted.op == "eq":
        a, b = (wanted.graph.broadcast(side, wanted.shape) for side in wanted.args)
        if (equal := checked(decide_equal(a, b, plain), domain)).status != "undecided":
            return equal
    elif (whole := _of_tensors(wanted, domain)) is not None:
        return whole
    if (whole := shown_by_entries(wanted, plain)) is not None:
        return whole
    many = too_large(topological([wanted, *plain.hypotheses]), MANY)
    if many and (whole := refuted_at_points(wanted, plain)) is not None:
        return checked(whole, domain)

    def shown_by(way: Way) -> Decision | None:
        shown = way(wanted, plain)
        return on_the_domain(shown, wanted, plain) if shown is not None else None

    if not many and (shown := shown_by(partial(by_mean_value, decide=_decide_plain))) is not None:
        return checked(shown, domain)
    if not many and _turns(wanted):  # region by region much is looked at that says nothing of functions such as exp
        early = by_points(wanted, plain, grid=False) or shown_by(by_moves)
        if early is not None:
            return checked(early, domain)
    found = decide_holds(wanted, plain)
    if found.status == "undecided" and not many:
        found = refuted_at_points(wanted, plain) or found
    if found.status != "proved" and (more := implied(facts(domain.hypotheses))):
        found = decide_holds(wanted, plain.given(*more))
    found = checked(found, domain)
    if found.status != "undecided":
        return found
    if (exact := of_numbers(wanted, plain)) is not None:
        return exact
    for way in (by_slopes, by_cells, by_moves):
        if (shown := shown_by(way)) is not None:
            return checked(shown, domain)
    missed = (
        by_points(wanted, plain, grid=True)
        or _where_it_has_values(wanted, plain)
        or by_parts(wanted, plain, _decide_plain)
        or by_irrational_points(wanted, plain)
    )
    return checked(missed, domain) if missed is not None else found


def _of_tensors(condition: Node, domain: Domain) -> Decision | None:
    """Conditions of whole tensors that connectives join, each decided as such; None where there are none, or that leaves it
    open: their entries are looked at then."""
    if not any(n.op in QUANTIFIERS for n in topological([condition])):
        return None
    g, found = condition.graph, None
    match condition.op:
        case "all" | "and":
            parts = [_decide_plain(part, domain) for part in conjuncts([condition])]
            found = compatible(joined(parts), domain.entries())
            if found.status == "undecided" and not any(d.status == "undecided" for d in parts):
                return None  # what leaves no point is no condition
        case "or":  # one of the two, where the other fails
            for a, b in (condition.args, condition.args[::-1]):
                found = _decide_plain(claimed(b), domain.given(negation(a)))
                if found.status in ("proved", "refuted"):
                    break
            else:
                return None
        case "not" if condition.args[0].op in ("and", "or"):
            inner = condition.args[0]
            other = "or" if inner.op == "and" else "and"
            return _decide_plain(g.call(other, *(one(negation(a)) for a in inner.args)), domain)
        case "not" if condition.args[0].op == "not":
            return _decide_plain(claimed(condition.args[0].args[0]), domain)
    if found is not None and found.status == "refuted":
        at = point_text(found.witness or {})
        return replace(found, reason=f"does not hold at {at}" if at else "does not hold", left="", right="", index=None)
    return found


def _where_it_has_values(condition: Node, domain: Domain) -> Decision | None:
    """A comparison decided where its logarithms and roots have values; elsewhere it says nothing, so that it holds if that."""
    if condition.op not in (*ORDERS, "and") or condition.shape:
        return None
    needed = {key: c for key, c in needs(condition).items() if key[0] not in ("ne", "hole")}
    # a branch that is not taken needs no value, a base with a letter for its exponent may be negative
    if any(key[0] in ("where", "select") or (key[0] == "pow" and key[1][1].op != "const") for key in needed):
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
    found = _decide_plain(condition, domain.given(*missing))
    if found.status != "proved":
        return found if found.status == "refuted" else None
    said, how = " and ".join(map(to_text, missing)), found.reason.replace("on the whole domain", "there")
    conditions = (*missing, *(c for c in found.conditions if c not in missing))
    reason = f"holds if {said}; has no value at {point_text(outside)}; {how}"
    told = replace(
        found, status="proved-if", missing=tuple(missing), conditions=conditions, witness=outside, reason=reason
    )
    return unless_thin(told, domain.entries())


def _turns(n: Node) -> bool:
    """Whether there are kinks in it, and functions that are not algebraic."""
    below = {m.op for m in topological([n])}
    return bool(below & BRANCHES.keys()) and not below.isdisjoint(TRANSCENDENTAL)


def checked(found: Decision, domain: Domain) -> Decision:
    """A refutation under assumed properties stands where these are proved at its point."""
    if found.status not in ("refuted", "proved-if"):
        return found
    for n in filter(asks, domain.hypotheses):
        here = at_point(fact, found.witness or {}) if (fact := next(iter(facts([n])), None)) is not None else None
        if here is None or decide_condition(here, domain.under(())).status != "proved":
            return Decision(
                "undecided",
                f"fails at a point of which it is not settled whether {to_text(n)} holds for it: {found.reason}",
            )
    return found


def _by_example(condition: Node, args: Sequence[Node], domain: Domain) -> Decision | None:
    """A refutation by concrete functions in the place of abstract ones, of which the assumptions are proved."""
    try:
        for example in instances([*args, *domain.hypotheses]):
            count = len(args)
            kept = domain.under(())
            for made, n in zip(example.nodes[count:], domain.hypotheses, strict=True):
                if made is n:
                    kept = kept.given(n)
                elif decide_condition(made, kept).status != "proved":
                    break
            else:
                made = condition.graph.node("property", example.nodes[:count], condition.attr)
                found = decide_condition(made, kept)
                if found.status == "refuted":
                    return replace(found, reason=f"for {example.said}: {found.reason}")
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
    return Decision("undecided", "neither of two properties was proved")


def decide_somewhere(condition: Node, domain: Domain = EVERYWHERE) -> Decision:
    """Whether there are values at which a condition holds: proved, with the point; refuted, where it holds nowhere."""
    found = decide_condition(negation(condition), domain)
    if found.status == "proved":
        return replace(found, status="refuted", reason="holds nowhere on the domain", witness=None)
    if asks(condition):
        at = found.reason.removeprefix("does not hold").removeprefix(" ")
        return replace(found, status="proved", reason=f"holds {at}".strip()) if found.status == "refuted" else found
    at, point = found.reason.removeprefix("does not hold at "), found.witness
    if found.status != "refuted" and (point := point_of(condition, domain)) is None:
        return Decision("undecided", "no point was found, and no proof that there is none")
    if point is not None:  # else it is irrational, and the reason says which
        at = point_text(point)
    return Decision("proved", f"holds at {at}" if at else "holds", witness=point, method="ball arithmetic")


def _decider(condition: Node, table: dict[str, Decider]) -> Decider:
    name = condition.attr
    return table.get(name) or (lambda *_: Decision("undecided", f"no way is known to decide {PROPERTIES[name].usage}"))


def _negated(condition: Node, domain: Domain) -> Decision:
    match condition.op:
        case "not":
            return decide_condition(condition.args[0], domain)
        case "and" | "or":  # De Morgan
            other = "or" if condition.op == "and" else "and"
            return decide_condition(condition.graph.call(other, *map(negation, condition.args)), domain)
        case "property" if _parameters(condition):
            args = expand_all(condition.args)
            return _decider(condition, FAILS)(args, domain.expanded().about(args))
        case "property":
            found = decide_condition(condition, domain)
            turned = {"proved": "refuted", "refuted": "proved"}
            return replace(found, status=turned.get(found.status, "undecided"))  # type: ignore[arg-type]  # of the table
    return decide_condition(negation(condition), domain)


def _parameters(condition: Node) -> list[Node]:
    """The symbols and abstract functions below a property that are not among its variables."""
    of = PROPERTIES[condition.attr]
    given = dict(zip(of.parameters, condition.args, strict=False))
    own = {m for name in of.variables for m in topological([given[name]])}
    return [n for n in topological(condition.args) if n.op == "apply" or (n.op == "symbol" and n not in own)]
