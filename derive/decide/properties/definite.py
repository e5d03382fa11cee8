"""Is a matrix positive (semi)definite? By its quadratic form, from which squares are split off; by Sylvester's minors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from derive.components import MAX_MATRIX, _minor, components
from derive.decide.cascade import Decision, decide_equal
from derive.decide.properties.shape import conditions, proved, scalar_bounds, undecided
from derive.decide.refute import Bounds
from derive.decide.relation import decide_holds
from derive.graph import Node

MAX_PRINCIPAL = 4  # rows up to which all principal minors are looked at


def decider(strict: bool) -> Callable[[Sequence[Node], Sequence[Node], Bounds], Decision]:
    def decide(args: Sequence[Node], assuming: Sequence[Node], bounds: Bounds) -> Decision:
        return definite(args[0], conditions(assuming), scalar_bounds(bounds), strict)

    return decide


def definite(a: Node, given: Sequence[Node], ends: Bounds, strict: bool) -> Decision:
    """Whether v.T @ a @ v > 0 for every v but 0 (not ``strict``: >= 0) and a is symmetric."""
    g = a.graph
    symmetric = decide_equal(a, g.transpose(a), given, ends)
    if symmetric.status != "proved":
        return symmetric if symmetric.status == "refuted" else undecided(f"symmetric? {symmetric.reason}")
    size = a.shape[0]
    entries = components(a)
    v = [g.symbol(f"v{i}'") for i in range(size)]
    form = g.zero
    for i in range(size):
        for j in range(size):
            form = g.add(form, g.mul(g.mul(v[i], v[j]), entries[i * size + j]))
    if strict:
        cases = [[*given, g.call("ne", s, g.zero)] for s in v]
        found = [decide_holds(g.call("gt", form, g.zero), case, ends) for case in cases]
    else:
        found = [decide_holds(g.call("ge", form, g.zero), given, ends)]
    for d in found:
        if d.status == "refuted":
            return d
    if all(d.status == "proved" for d in found):
        return proved("its quadratic form is positive" if strict else "its quadratic form is nowhere negative")
    return _by_minors(entries, size, given, ends, strict)


def _by_minors(entries: list[Node], size: int, given: Sequence[Node], ends: Bounds, strict: bool) -> Decision:
    g = entries[0].graph
    if size > (MAX_MATRIX if strict else MAX_PRINCIPAL):
        return undecided(f"minors of a {size} by {size} matrix are not written out")
    order = range(1, size + 1)
    chosen = [tuple(range(k)) for k in order] if strict else [c for k in order for c in combinations(range(size), k)]
    for rows in chosen:
        minor = _minor(g, entries, rows, rows)
        found = decide_holds(g.call("gt" if strict else "ge", minor, g.zero), given, ends)
        if found.status == "refuted" and found.witness is not None:
            return Decision("refuted", f"a principal minor is not positive: {found.reason}", witness=found.witness,
                            method=found.method)  # fmt: skip
        if found.status != "proved":
            return undecided("neither the quadratic form nor a principal minor could be signed")
    return proved("its principal minors are positive" if strict else "its principal minors are nowhere negative")
