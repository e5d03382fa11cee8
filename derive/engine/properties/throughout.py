"""Comparisons of whole tensors: by the sign of the generic entry, refuted at whole points; no entry is laid out."""

from __future__ import annotations

from dataclasses import replace

from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.matrices.tensor_level import effort, entries_of, too_large
from derive.engine.properties.entrywise import Entries, elementwise
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.lazily import lazily
from derive.numbers.definedness import has_value

with lazily():
    from derive.engine.counterexamples import tensor_points
    from derive.engine.properties import side_conditions

POINTS = 12
MAX_VALUES = 4_000_000  # products of numbers, for all points


def shown_by_entries(condition: Node, domain: Domain) -> Decision | None:
    """A proof by the generic entry, where a point of the domain was found at which the condition holds; None elsewhere."""
    if condition.op not in ORDERS or not any(n.shape for n in topological([condition])):
        return None
    a, b = condition.args if condition.op in ("gt", "ge") else condition.args[::-1]
    entries = Entries(domain)
    try:
        sign = entries.sign(a if b is b.graph.zero else a.graph.sub(a, b))
        if sign < (2 if condition.op in ("gt", "lt") else 1) or _hides(condition, entries):
            return None
        if at_points(condition, domain) == "holds":
            return replace(side_conditions.proved(Why.EVERY_ENTRY()), conditions=unshown(condition, entries))
    except (ExpressionError, RecursionError):
        pass
    return None


def unshown(root: Node, entries: Entries) -> tuple[Node, ...]:
    """What a tensor needs to have a value that neither generic entries show nor, where these are few, all of them."""

    def shown(c: Node) -> bool:
        if entries.decided(entries.of(c), c.shape):
            return True
        return not too_large(topological([c])) and decide_holds(c, entries.domain).status == "proved"

    return tuple(dict.fromkeys(c.graph.call("all", c) if c.shape else c for c in has_value(root) if not shown(c)))


def _hides(condition: Node, entries: Entries) -> bool:
    """Whether something that may lack a value stands where the generic entry does not look: below a product, inside a sum."""
    work, seen = list(condition.args), set[Node]()
    while work:
        n = work.pop()
        if n in seen:
            continue
        seen.add(n)
        if elementwise(n) or (n.op == "sum" and n in condition.args):
            work += n.args
            continue
        if any(m.op in ("inv", "solve", "where", "select") for m in topological(n.args)):
            return True
        if not all(entries.decided(entries.of(c), c.shape) for a in n.args for c in has_value(a)):
            return True
    return False


def refuted_at_points(condition: Node, domain: Domain) -> Decision | None:
    """A point of whole tensors at which a condition is false."""
    if not any(n.shape for n in topological([condition])):
        return None
    found = at_points(condition, domain)
    return found if isinstance(found, Decision) else None


def at_points(condition: Node, domain: Domain) -> Decision | str:
    """A refutation; else ``holds`` where it was true at one point at least, and the empty string where none was found."""
    seen = ""
    try:
        arena = tensor_points.Arena(condition, condition, domain)
        root = arena.roots[0]
        for point in arena.points(max(2, min(POINTS, MAX_VALUES // effort(arena.roots)))):
            values = tensor_points.evaluate_tensors([root], point)[root]
            if any(v is False for v in values):
                witness = entries_of(point)
                reason = Why.FAILS_AT(at=witness) if witness else Why.FAILS()
                return Decision("refuted", reason, witness=witness, method="ball arithmetic")
            if all(v is True for v in values):
                seen = "holds"
    except (ExpressionError, KeyError, RecursionError):
        pass
    return seen
