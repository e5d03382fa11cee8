"""Does a condition hold that may ask for properties, such as ``convex(L, w)``? One decider a property, in one table.

A decider takes the property's arguments, derivatives worked out, the assumptions and the bounds, and returns a Decision about
all values of the symbols: proved; refuted, with a witness; undecided. The negation of a property is about all values of the
*other* symbols too: for every p in (0, 1), |w|**p is not convex in w. Where there are any, ``FAILS`` has what shows that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from derive.calculus import expand_all
from derive.decide.cascade import Decision
from derive.decide.properties import convexity, definite, monotone, optima, regularity
from derive.decide.properties.growth import growth
from derive.decide.properties.slopes import by_slopes
from derive.decide.refute import Bounds
from derive.decide.relation import decide_holds
from derive.graph import Node, topological
from derive.properties import PROPERTIES, asks

Decider = Callable[[Sequence[Node], Sequence[Node], Bounds], Decision]

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
    "stationary": optima.stationary,
    "minimizer": optima.minimizer,
    "unique_minimizer": optima.unique_minimizer,
    **{name: partial(growth, name) for name in ("grows_at_most", "grows_slower", "grows_like", "asymptotic")},
}

#: Proof that a property fails for all values of the symbols that are not its variables.
FAILS: dict[str, Decider] = {"convex": convexity.fails(1), "concave": convexity.fails(-1)}

_ORDER = ("refuted", "undecided", "proved-if", "proved")


def decide_condition(condition: Node, assuming: Sequence[Node] = (), bounds: Bounds | None = None) -> Decision:
    """Whether a condition (of a tensor: every entry) holds for all values that meet the assumptions; ``decide_holds`` where it
    asks for no property. Derivatives in it are worked out here."""
    if not asks(condition):
        plain, *given = expand_all([condition, *assuming])
        given = [a for a in given if not asks(a)]
        found = decide_holds(plain, given, bounds)
        return (by_slopes(plain, given, bounds or {}) if found.status == "undecided" else None) or found
    g = condition.graph
    match condition.op:
        case "def":
            return decide_condition(condition.args[0], assuming, bounds)
        case "property":
            args = expand_all(condition.args)
            return _decider(condition, DECIDERS)(args, expand_all(assuming), bounds or {})
        case "and":
            parts = [decide_condition(a, assuming, bounds) for a in condition.args]
            return min(parts, key=lambda d: _ORDER.index(d.status))
        case "or":  # one of the two, given that the other fails
            a, b = condition.args
            if asks(a) and not asks(b):
                a, b = b, a
            return decide_condition(b, [*assuming, _not(a)], bounds)
        case "not":
            return _negated(condition.args[0], assuming, bounds or {})
    raise AssertionError(g)


def decide_somewhere(condition: Node, assuming: Sequence[Node] = (), bounds: Bounds | None = None) -> Decision:
    """Whether there are values at which a condition holds: proved, with the witness; refuted, where it holds nowhere."""
    found = decide_condition(_not(condition), assuming, bounds)
    at = found.reason.removeprefix("does not hold").removeprefix(" ")
    match found.status:
        case "refuted" | "proved-if" if found.witness is not None or found.status == "refuted":
            return replace(
                found, status="proved", reason=f"there is such a point: {at}" if at else "there is such a point"
            )
        case "proved":
            return replace(found, status="refuted", reason="holds nowhere on the domain", witness=None)
    return replace(found, status="undecided")


def _not(condition: Node) -> Node:
    return condition.args[0] if condition.op == "not" else condition.graph.call("not", condition)


def _decider(condition: Node, table: dict[str, Decider]) -> Decider:
    name = condition.attr
    return table.get(name) or (lambda *_: Decision("undecided", f"no way is known to decide {PROPERTIES[name].usage}"))


def _negated(condition: Node, assuming: Sequence[Node], bounds: Bounds) -> Decision:
    match condition.op:
        case "not":
            return decide_condition(condition.args[0], assuming, bounds)
        case "and" | "or":  # De Morgan
            other = "or" if condition.op == "and" else "and"
            return decide_condition(condition.graph.call(other, *map(_not, condition.args)), assuming, bounds)
        case "property" if _parameters(condition):
            args = expand_all(condition.args)
            return _decider(condition, FAILS)(args, expand_all(assuming), bounds)
        case "property":
            found = decide_condition(condition, assuming, bounds)
            turned = {"proved": "refuted", "refuted": "proved"}
            return replace(found, status=turned.get(found.status, "undecided"))  # type: ignore[arg-type]  # of the table
    return decide_condition(condition.graph.call("not", condition), assuming, bounds)


def _parameters(condition: Node) -> list[Node]:
    """The symbols below a property that are not among its variables."""
    of = PROPERTIES[condition.attr]
    given = dict(zip(of.parameters, condition.args, strict=False))
    own = {m for name in of.variables for m in topological([given[name]])}
    return [n for n in topological(condition.args) if n.op == "symbol" and n not in own]
