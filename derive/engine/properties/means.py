"""Weighted means: a product of powers is no more than the sum of what it is the geometric mean of.

Young's inequality, ``x*y <= x**p/p + y**q/q`` where 1/p + 1/q is 1, is that of weighted arithmetic and geometric means:
T1 + ... + Tn >= (T1/l1)**l1*...*(Tn/ln)**ln for positive T, and positive l of the sum 1. The exponents say which l are meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from derive.engine.closed_forms import decide_equal
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations.addends import addends
from derive.engine.properties.side_conditions import inhabited, proved
from derive.engine.reasons import Why
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.language.components import components
from derive.records import dataclass

MAX_TERMS = 8
MAX_BASES = 6

Decide = Callable[[Node, Domain], Decision]


@dataclass(frozen=True)
class _Product:
    """rest*v**e*..., by the bases v."""

    rest: Node
    exponents: Mapping[Node, Node]


def by_means(condition: Node, domain: Domain, decide: Decide) -> Decision | None:
    """A proof of an inequality between a sum of products of powers and one such product, or None."""
    if condition.shape or condition.op not in ORDERS:
        return None
    (condition,), domain = components(condition), domain.entries()
    more, less = condition.args if condition.op in ("gt", "ge") else condition.args[::-1]
    h = condition.graph.sub(more, less)
    if not _bases(h) or not inhabited(h, domain):
        return None
    shown = _Means(decide).holds(h, condition.op in ("gt", "lt"), domain)
    return proved(Why.MEANS(), "means") if shown else None


@dataclass(frozen=True)
class _Means:
    decide: Decide

    def holds(self, h: Node, strict: bool, domain: Domain) -> bool:
        """Whether h > 0, or h >= 0: where a base is 0, as what is left there."""
        g, bases = h.graph, _bases(h)
        if not 0 < len(bases) <= MAX_BASES:
            return False
        for v in bases:
            if not self.shown(g.call("gt", v, g.zero), domain):
                if not self.shown(g.call("ge", v, g.zero), domain) or v.op != "symbol" or v in domain.ranges:
                    return False
                at = {v: g.zero}
                left = g.call("gt" if strict else "ge", substitute(h, at), g.zero)
                if not self.shown(left, domain.put(at)):
                    return False
                domain = domain.given(g.call("gt", v, g.zero))
        parts = list(addends(h))
        above, below = ([(abs(c), n) for c, n in parts if (c > 0) is up and c] for up in (True, False))
        if len(below) != 1 or not 2 <= len(above) <= MAX_TERMS:
            return False
        products, (bound,) = ([_product(c, n, bases) for c, n in side] for side in (above, below))
        weights = self.weights(products, bound, bases)
        return weights is not None and self.meets(products, bound, bases, weights, strict, domain)

    def weights(self, of: Sequence[_Product], bound: _Product, bases: Sequence[Node]) -> list[Node] | None:
        """Of a product that alone speaks of a base, what gives it the exponent of the bound; of one other, what is left of 1."""
        g, found = bound.rest.graph, list[Node | None]()
        for p in of:
            own = [v for v in p.exponents if sum(v in q.exponents for q in of) == 1 and v in bound.exponents]
            found.append(g.div(bound.exponents[own[0]], p.exponents[own[0]]) if own else None)
        if found.count(None) > 1:
            return None
        left = g.one
        for w in found:
            left = left if w is None else g.sub(left, w)
        return [left if w is None else w for w in found]

    def meets(
        self,
        of: Sequence[_Product],
        bound: _Product,
        bases: Sequence[Node],
        weights: Sequence[Node],
        strict: bool,
        domain: Domain,
    ) -> bool:
        """Whether the weights are some, and the mean that they make is no less than the bound."""
        g = bound.rest.graph
        positive = [*weights, *(p.rest for p in of)]
        if not all(self.shown(g.call("gt", n, g.zero), domain) for n in positive):
            return False
        if not self.same(_sum(weights), g.one, domain):
            return False
        for v in bases:
            mean = _sum([g.mul(w, p.exponents.get(v, g.zero)) for w, p in zip(weights, of, strict=True)])
            if not self.same(mean, bound.exponents.get(v, g.zero), domain):
                return False
        if all(self.same(w, p.rest, domain) for w, p in zip(weights, of, strict=True)):
            return self.shown(g.call("lt" if strict else "le", bound.rest, g.one), domain)
        if not self.shown(g.call("gt", bound.rest, g.zero), domain):
            return False
        logs = [g.mul(w, g.call("log", g.div(p.rest, w))) for w, p in zip(weights, of, strict=True)]
        return self.shown(g.call("gt" if strict else "ge", _sum(logs), g.call("log", bound.rest)), domain)

    def shown(self, condition: Node, domain: Domain) -> bool:
        found = self.decide(condition, domain)
        return found.status == "proved" and not found.conditions

    def same(self, a: Node, b: Node, domain: Domain) -> bool:
        if a is b:
            return True
        found = decide_equal(a, b, domain)
        return found.status == "proved" and all(self.shown(c, domain) for c in found.conditions)


def _bases(h: Node) -> list[Node]:
    """The symbols that are raised to a power with a letter."""
    powers = [n for n in topological([h]) if n.op == "pow" and n.args[1].op != "const"]
    return list(dict.fromkeys(n.args[0] for n in powers if n.args[0].op in ("symbol", "index")))


def _product(c: Fraction, n: Node, bases: Sequence[Node]) -> _Product:
    """A term as a product of powers of the bases and of what is left."""
    g = n.graph
    rest, exponents = g.const(c), dict[Node, Node]()
    work: list[tuple[Node, Node]] = [(n, g.one)]
    while work:
        n, e = work.pop()
        if n in bases:
            exponents[n] = g.add(exponents.get(n, g.zero), e)
        elif n.op == "def":
            work.append((n.args[0], e))
        elif n.op == "mul" and e is g.one:
            work += [(a, e) for a in n.args]
        elif n.op == "div" and e is g.one:
            work += [(n.args[0], e), (n.args[1], g.const(-1))]
        elif n.op == "pow" and n.args[0] in bases:
            work.append((n.args[0], g.mul(e, n.args[1])))
        else:
            rest = g.mul(rest, n if e is g.one else g.pow(n, e))
    return _Product(rest, exponents)


def _sum(of: Sequence[Node]) -> Node:
    total = of[0].graph.zero
    for n in of:
        total = n.graph.add(total, n)
    return total
