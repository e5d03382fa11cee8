"""A condition by its parts: each conjunct alone, each conclusion under its premise, each side of what is not equal.

``and`` holds if both parts do. ``p or q`` holds if q does wherever p fails. Where q says that two expressions are equal it is
enough that p holds where the one is greater, and where the other is: ``f == 0`` only if ``s == t``. They are unequal where one of
the two is greater throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from derive.engine.decision import Decision, joined
from derive.engine.domain import Domain
from derive.engine.reasons import Why
from derive.expr.graph import Node
from derive.expr.operators import COMPARISONS, NEGATED

MAX_DEPTH = 6

Decide = Callable[[Node, Domain], Decision]


def negated(n: Node) -> Node | None:
    """The negation of a condition of scalars with no ``not`` in it; None of one that has another form."""
    g = n.graph
    match n.op:
        case "def":
            return negated(n.args[0])
        case "not":
            return bare(n.args[0])
        case "and" | "or":
            parts = [negated(a) for a in n.args]
            if None in parts:
                return None
            return g.call("or" if n.op == "and" else "and", *(p for p in parts if p is not None))
        case _ if n.op in COMPARISONS and not any(a.shape for a in n.args):
            return g.call(NEGATED[n.op], *n.args)
    return None


def bare(n: Node) -> Node | None:
    """A condition of scalars with no ``not`` in it; None of one that has another form."""
    other = negated(n)
    return None if other is None else negated(other)


def by_parts(condition: Node, domain: Domain, decide: Decide) -> Decision | None:
    """A proof, or a refutation, of what has parts by these; else None. ``decide`` decides a part."""
    whole = bare(condition)
    return None if whole is None else _Parts(decide).of(whole, domain, MAX_DEPTH)


class _Parts:
    def __init__(self, decide: Decide) -> None:
        self.decide = decide

    def part(self, n: Node, domain: Domain, depth: int) -> Decision | None:
        if n.op in ("and", "or") or (n.op == "ne" and depth < MAX_DEPTH):
            return self.of(n, domain, depth)
        found = self.decide(n, domain)
        return None if found.status == "undecided" and not found.empty else found

    def of(self, n: Node, domain: Domain, depth: int) -> Decision | None:
        if not depth:
            return None
        match n.op:
            case "and":
                return _joined([self.part(a, domain, depth - 1) for a in n.args])
            case "or":
                return self.either(n, domain, depth - 1)
            case "ge" | "le":  # balls do not tell what is equal everywhere
                found = self.decide(n.graph.call("eq", *n.args), domain)
                return found if found.status == "proved" else None
            case "ne":
                for op in ("gt", "lt"):
                    found = self.decide(n.graph.call(op, *n.args), domain)
                    if found.status == "proved":
                        return found
        return None

    def either(self, n: Node, domain: Domain, depth: int) -> Decision | None:
        for premise, conclusion in (n.args, n.args[::-1]):
            failing = negated(premise)
            assert failing is not None  # it was made without ``not``
            found = self.part(conclusion, domain.given(failing), depth)
            if found is not None and found.empty:  # the premise never fails, as far as was seen: is that so?
                shown = self.part(premise, domain, depth)
                found = (
                    shown if shown is not None and shown.status == "proved" else None
                )  # where it fails the other may hold
            if found is not None and found.status in ("proved", "refuted"):
                return found
        for one, other in (n.args, n.args[::-1]):
            if other.op == "eq":
                found = _joined(
                    [self.part(one, domain.given(n.graph.call(op, *other.args)), depth) for op in ("gt", "lt")]
                )
                if found is not None and found.status == "proved":
                    return found
        return None


def _joined(parts: Sequence[Decision | None]) -> Decision | None:
    """The decision on a conjunction: what refutes a part refutes it."""
    found = [d for d in parts if d is not None]
    whole = joined(found) if found else None
    if whole is None or whole.status == "refuted":
        return whole
    if len(found) < len(parts) or whole.status != "proved":
        return None
    method = next((d.method for d in found if d.method == "balls"), whole.method)
    return replace(whole, reason=Why.EACH_PART(), method=method)
