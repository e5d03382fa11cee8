"""Curvature of scalars in scalars: by rules of composition, by the Hessian where no rule applies.

The rules are those of disciplined convex programming (Grant, Boyd and Ye, 2006), each tried before derivatives are.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.calculus.reverse import second_derivatives
from derive.engine.domain import Domain
from derive.engine.properties.definite import definite
from derive.engine.properties.facts import Fact, known, of_function, restricted
from derive.engine.properties.side_conditions import affine, natural, smooth, valued
from derive.engine.relation import decide_holds
from derive.expr.below import below
from derive.expr.graph import Node, topological
from derive.expr.operators import OPERATORS
from derive.proof.rules.curvature import norm_of

MAX_NODES = 400
MAX_VARIABLES = 6

#: Convex, and rising in each argument.
_CONVEX = tuple(o.name for o in OPERATORS.values() if o.rises and o.bends == "convex")
_CONCAVE = {o.name for o in OPERATORS.values() if o.rises and o.bends == "concave"} - {"sqrt"}  # of which more is known


class Curve:
    """What is known to be convex in x, on a convex domain."""

    def __init__(self, x: Sequence[Node], domain: Domain, given_facts: Sequence[Fact] = ()) -> None:
        self.x, self.domain, self.facts = list(x), domain, given_facts
        self.restricted = restricted(given_facts, domain)
        self.seen: dict[tuple[Node, int], bool] = {}

    def convex(self, n: Node) -> bool:
        return self.bends(n, 1)

    def concave(self, n: Node) -> bool:
        return self.bends(n, -1)

    def bends(self, n: Node, sign: int) -> bool:
        key = (n, sign)
        if key not in self.seen:
            self.seen[key] = False
            self.seen[key] = len(self.seen) < MAX_NODES and (
                (affine(n, self.x) and valued(n, self.x, self.domain))
                or known(self.facts, n, self.x, ("convex" if sign > 0 else "concave",))
                or self.composed(n, sign)
                or self.by_derivatives(n, sign)
            )  # fmt: skip
        return self.seen[key]

    def holds(self, op: str, n: Node, bound: Fraction | int = 0) -> bool:
        g = n.graph
        found = decide_holds(g.call(op, n, g.const(bound)), self.domain)
        return found.status == "proved"

    def composed(self, n: Node, sign: int) -> bool:
        match n.op:
            case "def":
                return self.bends(n.args[0], sign)
            case "neg":
                return self.bends(n.args[0], -sign)
            case "add":
                return all(self.bends(a, sign) for a in n.args)
            case "sub":
                return self.bends(n.args[0], sign) and self.bends(n.args[1], -sign)
            case "mul":
                for a, b in (n.args, n.args[::-1]):
                    if not below(a, self.x):
                        if self.holds("ge", a):
                            return self.bends(b, sign)
                        return self.holds("le", a) and self.bends(b, -sign)
                return sign > 0 and n.args[0] is n.args[1] and self.flat(n.args[0])
            case "div" if not below(n.args[1], self.x):
                if self.holds("gt", n.args[1]):
                    return self.bends(n.args[0], sign)
                return self.holds("lt", n.args[1]) and self.bends(n.args[0], -sign)
            case op if sign > 0 and op in _CONVEX:
                return all(self.convex(a) for a in n.args)
            case "apply":
                return self.applied(n, sign)
            case op if sign < 0 and op in _CONCAVE:
                return all(self.concave(a) for a in n.args)
            case "sqrt":
                return self.concave(n.args[0]) if sign < 0 else self.norm(n.args[0])
            case "abs" if sign > 0:
                return self.flat(n.args[0]) or (self.convex(n.args[0]) and self.holds("ge", n.args[0]))
            case "pow" if sign > 0 and (norm := norm_of(n)) is not None:
                return not below(norm[0], self.x) and all(map(self.flat, norm[1])) and self.holds("ge", norm[0], 1)
            case "pow" if sign > 0 and not below(n.args[1], self.x) and self.holds("ge", n.args[1], 1):
                base = n.args[0]
                return self.convex(base) and self.holds("ge", base)
        return False

    def applied(self, n: Node, sign: int) -> bool:
        """An abstract function that is assumed to bend this way everywhere, of something affine; or of something that bends
        this way, and it rises; or the other way, and it falls."""

        def is_(*names: str) -> bool:
            return of_function(self.facts, n, self.restricted, names)

        if not is_("convex" if sign > 0 else "concave"):
            return False
        (u,) = n.args
        return (
            self.flat(u)
            or (is_("increasing", "nondecreasing") and self.bends(u, sign))
            or (is_("decreasing", "nonincreasing") and self.bends(u, -sign))
        )

    def flat(self, n: Node) -> bool:
        return self.convex(n) and self.concave(n)

    def norm(self, n: Node) -> bool:
        """Whether n is a sum of squares of affine functions, and of constants that are not negative."""
        while n.op == "def":
            n = n.args[0]
        if n.op == "add":
            return all(self.norm(a) for a in n.args)
        if n.op == "mul" and n.args[0] is n.args[1]:
            return self.flat(n.args[0])
        if n.op == "pow" and n.args[1].op == "const" and n.args[1].attr == 2:
            return self.flat(n.args[0])
        return not below(n, self.x) and self.holds("ge", n)

    def by_derivatives(self, n: Node, sign: int) -> bool:
        """Whether the Hessian is positive semidefinite on the domain, which is convex."""
        x = [s for s in self.x if below(n, [s])]
        if not smooth(n) or len(x) > MAX_VARIABLES or len(topological([n])) > MAX_NODES:
            return False
        if not valued(n, x, self.domain, strict=True):
            return False
        f = n if sign > 0 else n.graph.neg(n)
        return Curve(self.x, self.domain.given(*natural(n, x))).hessian(f, x, False)

    def hessian(self, f: Node, x: Sequence[Node], strict: bool) -> bool:
        g = f.graph
        table = second_derivatives(f, list(x))
        size = range(len(x))
        rows = [[table.get((max(i, j), min(i, j)), g.zero) for j in size] for i in size]
        if not all(valued(e, x, self.domain, strict=True) for row in rows for e in row):
            return False
        if len(x) == 1:
            found = decide_holds(g.call("gt" if strict else "ge", rows[0][0], g.zero), self.domain)
            return found.status == "proved"
        matrix = g.stack([g.stack(row) for row in rows])
        return definite(matrix, self.domain, strict).status == "proved"
