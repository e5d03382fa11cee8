"""Properties among the assumptions: facts about the very functions and matrices that they name.

``convex(phi(x), x)`` assumed is used as it stands, by the rules of composition, and through what it implies of values:
phi''(x) >= 0. What is implied may be weaker than the fact. So it serves proofs; of a point that refutes, the fact itself has to
be proved there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from derive.calculus.reverse import gradient
from derive.engine.domain import Domain
from derive.errors import ExpressionError
from derive.expr.conditions import conjuncts
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.expr.operators import KINKED
from derive.language.components import _minor, components
from derive.records import dataclass

MAX_SIDE = 6  # of a matrix whose entries are looked at
MAX_ROWS = 4  # of a matrix whose minors are written out
_CURVED = ("convex", "concave")
_MONOTONE = ("increasing", "nondecreasing", "decreasing", "nonincreasing")
_DEFINITE = ("positive_definite", "positive_semidefinite")


@dataclass(frozen=True)
class Fact:
    """A property that is assumed: its name; the entries of its first argument and of its variable."""

    name: str
    f: tuple[Node, ...]
    x: tuple[Node, ...]
    node: Node

    def about(self, n: Node) -> bool:
        """Whether it is about this matrix."""
        if bare(self.node.args[0]) is bare(n):
            return True
        if not self.f or n.shape != self.node.args[0].shape:
            return False
        try:
            return self.f == tuple(map(bare, components(n)))
        except ExpressionError:  # what is not written out
            return False


def facts(hypotheses: Sequence[Node]) -> list[Fact]:
    """The assumptions that are properties; those joined by ``or`` or negated say nothing here."""
    found = []
    for n in conjuncts(hypotheses):
        if n.op == "property" and n.attr in (*_CURVED, *_MONOTONE, *_DEFINITE):
            x = tuple(components(n.args[1])) if len(n.args) > 1 else ()
            few = not n.args[0].shape or n.args[0].shape[0] <= MAX_SIDE
            found.append(Fact(n.attr, tuple(bare(e) for e in components(n.args[0])) if few else (), x, n))
    return found


def restricts(n: Node, x: Sequence[Node]) -> bool:
    """Whether an assumption that asks for properties is about the values of any of x: not where x is a property's variable."""
    for m in topological([n]):
        if m.op != "property":
            continue
        own = {v for given in m.args[1:2] for v in topological([given])} if m.attr not in _DEFINITE else set()
        if any(v in x and v not in own for v in topological(m.args)):
            return True
    return False


def bare(n: Node) -> Node:
    """What a definition stands for."""
    while n.op == "def":
        n = n.args[0]
    return n


def known(given: Sequence[Fact], n: Node, x: Sequence[Node], names: Sequence[str]) -> bool:
    """Whether a fact of one of these names says it of n, as a function of those x that are below it."""
    n = bare(n)
    inside = set(x) & set(topological([n]))
    return any(fact.name in names and fact.f == (n,) and inside <= set(fact.x) for fact in given)


def of_function(given: Sequence[Fact], n: Node, restricted: Sequence[Node], names: Sequence[str]) -> bool:
    """Whether an abstract function of one argument has it, wherever that argument lies: a fact about phi(t) for every t.

    ``restricted`` are the scalars that the domain says something of.
    """
    if n.op != "apply" or len(n.args) != 1:
        return False
    for fact in given:
        if fact.name in names and len(fact.x) == 1 and fact.x[0] not in restricted:
            (f,) = fact.f
            if f.op == "apply" and f.attr == n.attr and f.args == fact.x:
                return True
    return False


def restricted(given: Sequence[Fact], domain: Domain) -> list[Node]:
    """The variables of the facts that the domain says something of."""
    spoken = set(topological(domain.hypotheses))
    x = {s for fact in given for s in fact.x}
    return [s for s in x if s in spoken or s in domain.ranges]


def implied(given: Sequence[Fact]) -> list[Node]:
    """What the facts say of values, as comparisons of scalars."""
    out: list[Node] = []
    for fact in given:
        g = fact.node.graph
        if fact.name in _DEFINITE:
            out += _minors(fact) if fact.f else []
        elif len(fact.x) == 1 and calm(fact.f[0]):
            slope = gradient(fact.f[0], [fact.x[0]])[0]
            if fact.name in _CURVED:
                bend = gradient(slope, [fact.x[0]])[0]
                out.append(g.call("ge" if fact.name == "convex" else "le", bend, g.zero))
            else:
                up = fact.name in ("increasing", "nondecreasing")
                out.append(g.call("ge" if up else "le", slope, g.zero))
    return [n for n in out if n.args[0].op != "const"]


def calm(f: Node) -> bool:
    """Whether it has no kinks."""
    return not any(n.op in KINKED or n.op == "hold" for n in topological([f]))


def _minors(fact: Fact) -> list[Node]:
    """A is symmetric, and Sylvester's minors are positive; of a semidefinite one every principal minor is not negative."""
    g, size = fact.node.graph, fact.node.args[0].shape[0]
    a = components(fact.node.args[0])
    out = [
        g.call("eq", a[i * size + j], a[j * size + i])
        for i in range(size)
        for j in range(i)
        if a[i * size + j] is not a[j * size + i]
    ]
    strict = fact.name == "positive_definite"
    order = range(1, min(size, MAX_ROWS) + 1)
    chosen = (
        {rows for k in order for rows in combinations(range(size), k)}
        if size <= MAX_ROWS
        else {(i,) for i in range(size)}
    )
    for rows in sorted(chosen, key=lambda r: (len(r), r)):
        minor = _minor(g, a, rows, rows)
        if minor.op != "const":
            out.append(g.call("gt" if strict else "ge", minor, g.zero))
    return out


def at_point(fact: Fact, witness: Mapping[Node, Fraction]) -> Node | None:
    """The property with the point's values for all symbols that are not its variables; None where an abstract function is
    left in it, or there are too many entries."""
    if not fact.f:
        return None
    g = fact.node.graph
    own = set(fact.x)
    values = {s: g.const(v) for s, v in witness.items() if s not in own}
    entries = substitute_all(fact.f, values)
    left = [n for n in topological(entries) if n.op in ("symbol", "index") and not n.shape and n not in own]
    if any(n.op == "apply" for n in topological(entries)) or left:
        return None
    if fact.name in _DEFINITE:
        size = fact.node.args[0].shape[0]
        made = g.stack([g.stack(entries[i * size : (i + 1) * size]) for i in range(size)])
        return g.node("property", (made,), fact.name)
    return g.node("property", (entries[0], fact.node.args[1]), fact.name)
