"""Values that hang on the sign of a parameter: by cases, where one of them is not known and the others are.

``limit(tanh(r/b), b, 0, 1)`` is 1 for r > 0, -1 for r < 0 and 0 for r = 0: a branch for each. Which sign is needed is what
stopped the search; where what has that sign is linear in a parameter, its zero is put in for the parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from derive.calculus.reverse import gradient
from derive.engine.domain import Domain
from derive.engine.exceptional_sets import vanishing
from derive.engine.limits.oracle import NoLimit, Unsettled, brief, leaves
from derive.engine.relation import decide_holds
from derive.expr.folding import substitute, substitute_all
from derive.expr.graph import Node
from derive.records import dataclass

MAX_DEPTH = 3
SIGN = {"gt": ">", "lt": "<", "eq": "="}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """One sign of ``of``: the domain where it has that, and what is put in for a parameter."""

    of: Node
    op: str
    domain: Domain
    put: Mapping[Node, Node]


def cases(e: Unsettled, bound: Node, domain: Domain) -> Iterator[Case]:
    """The signs that what stopped a search may have. Raises the exception where it was not a sign of parameters."""
    s = e.unknown
    if isinstance(e, NoLimit) or s is None or not leaves(s) or any(n is bound or "'" in str(n.attr) for n in leaves(s)):
        raise e
    p = next(iter(vanishing(s, domain)), s)
    g = p.graph
    for op, against in (("gt", "le"), ("lt", "ge"), ("eq", "ne")):
        if decide_holds(g.call(against, p, g.zero), domain).status == "proved":
            continue
        put = _root(p) if op == "eq" else {}
        yield Case(p, op, domain.put(put) if put else domain.given(g.call(op, p, g.zero)), put)


def _root(p: Node) -> dict[Node, Node]:
    """A parameter by the others where p = 0, if p is linear in it with a number for its factor; else nothing."""
    g = p.graph
    for s in sorted(leaves(p), key=lambda n: n.id):
        slope = gradient(p, [s])[0]
        if slope.op == "const" and slope.attr != 0:
            return {s: g.neg(g.div(substitute(p, {s: g.zero}), slope))}
    return {}


def by_cases(
    work: Callable[[Sequence[Node], Domain], T],
    joined: Callable[[Sequence[tuple[Case, T]]], T | None],
    args: Sequence[Node],
    bound: Node,
    domain: Domain,
    depth: int = MAX_DEPTH,
) -> T:
    """What ``work`` makes of arguments on a domain; where a sign stops it, what ``joined`` makes of its cases."""
    try:
        return work(args, domain)
    except Unsettled as e:
        if not depth:
            raise
        found = []
        for c in cases(e, bound, domain):
            try:
                found.append((c, by_cases(work, joined, substitute_all(args, c.put), bound, c.domain, depth - 1)))
            except NoLimit as none:
                said = f"for {brief(c.of)} {SIGN[c.op]} 0"
                raise NoLimit(f"{said}: {none}", none.point) from None
            except Unsettled as inner:  # a further sign: it hangs on that of the first
                raise (inner if inner.unknown is None else e) from None
        whole = joined(found) if found else None
        if whole is None:
            raise
        return whole
