"""Terms of sums as functions of their index k that are rational in k, in powers u**k and in factorials.

u**(3*k + 1) is q**3*u, where the symbol q stands for u**k; ``prod(j for j in range(1, 2*k + 1))`` is a symbol p. What each
becomes from one k to the next is known: q*u, and p times the factors that are new. So the quotient of two neighbouring terms is
one rational function; where it is one of k alone the sum is hypergeometric.
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.calculus.reverse import expand_all
from derive.engine.domain import Domain
from derive.engine.limits.oracle import Oracle, Unsettled, leaves, said
from derive.expr.folding import substitute, substitute_all
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.language.substitution import put

MAX_NODES = 200
MAX_STRIDE = 4  # of a*k + b in an exponent or a factorial


class Term:
    """The term f(k) for k = low, low + 1, ... as a function of j = k - low, a symbol that stands for 0, 1, 2, ..."""

    def __init__(self, body: Node, index: Node, low: Node, domain: Domain) -> None:
        self.g, self.j = body.graph, body.graph.symbol("j'")
        self.domain = domain.given(self.g.call("ge", self.j, self.g.zero))
        self.oracle = Oracle(self.g, self.g.symbol("far'"), self.domain)
        self._powers: dict[Node, Node] = {}  # base -> what stands for base**j
        self.ahead: dict[Node, Node] = {self.j: self.g.add(self.j, self.g.one)}
        self.first: dict[Node, Node] = {self.j: self.g.zero}
        self.written = self._without_totals(body, index, low)
        self.form = self._rational(self.written)

    def at(self, k: int) -> Node:
        """The term itself for j = k."""
        return self.oracle.simple(substitute(self.form, {s: self._value(s, k) for s in self.ahead}))

    def _value(self, s: Node, k: int) -> Node:
        now = self.first[s]
        for i in range(k):
            now = substitute_all([self.ahead[s]], {self.j: self.g.const(i), s: now})[0] if s is not self.j else now
        return self.g.const(k) if s is self.j else now

    def ratio(self) -> Node:
        """f(j + 1)/f(j), a rational function of j. Raises Unsettled."""
        (ahead,) = substitute_all([self.form], self.ahead)
        found = self.oracle.simple(self.g.div(ahead, self.form))
        stands = {s for s in self.ahead if s is not self.j}
        if stands & leaves(found):
            raise Unsettled(f"{said(self.written)} is no hypergeometric term")
        return found

    # -- how it is read ---------------------------------------------------------------------------

    def _without_totals(self, body: Node, index: Node, low: Node) -> Node:
        """The element, its index low + j, a symbol in the place of every product up to it."""
        done: dict[Node, Node] = {}
        at = self.g.add(low, self.j)
        for n in topological([body]):
            if n.op in ("total", "series", "after") and index in topological([n]):
                done[n] = self._factorial(n, index, at)
        (expanded,) = expand_all([_put(body, {**done, index: at})])
        found = components(expanded)[0]
        if len(topological([found])) > MAX_NODES:
            raise Unsettled("a term of that length")
        return found

    def _factorial(self, n: Node, index: Node, at: Node) -> Node:
        g = self.g
        if n.op != "total" or n.attr != "prod" or index in topological([n.args[0], n.args[2]]):
            raise Unsettled(f"{said(n)} stands in a term")
        element, inner, start, end = n.args
        stride, high = self._affine(substitute(end, {index: at}))
        if stride is None:
            raise Unsettled(f"{said(n)} stands in a term")
        stands = g.symbol(f"p'{n.id}")
        top = g.add(g.mul(g.const(stride), self.j), high)
        grown = stands
        for i in range(stride):
            grown = g.mul(grown, _put(element, {inner: g.add(top, g.const(i))}))
        self.ahead[stands] = grown
        self.first[stands] = expand_all([g.node("total", (element, inner, start, high), "prod")])[0]
        return stands

    def _affine(self, n: Node) -> tuple[int | None, Node]:
        """(a, b) of a*j + b with a whole a >= 0 and b without j; (None, n) of anything else."""
        n = self.oracle.simple(n)
        b = self.oracle.simple(substitute(n, {self.j: self.g.zero}))
        a = self.oracle.simple(self.g.sub(substitute(n, {self.j: self.g.one}), b))
        straight = self.oracle.simple(self.g.sub(n, self.g.add(self.g.mul(a, self.j), b))) is self.g.zero
        if straight and a.op == "const" and isinstance(a.attr, int) and 0 <= abs(a.attr) <= MAX_STRIDE:
            return a.attr, b
        return None, n

    def _rational(self, root: Node) -> Node:
        g, done = self.g, dict[Node, Node]()
        for n in topological([root]):
            args = tuple(done[a] for a in n.args)
            if n in self.ahead or not leaves(n) & set(self.ahead):
                done[n] = n
            elif n.op == "def":
                done[n] = args[0]
            elif n.op == "pow" and n.args[1].op != "const" and not leaves(n.args[0]) & set(self.ahead):
                done[n] = self._power(n.args[0], n.args[1], n)
            elif n.op == "exp":
                at_zero, at_one = (self.oracle.simple(substitute(n.args[0], {self.j: e})) for e in (g.zero, g.one))
                slope = self.oracle.simple(g.sub(at_one, at_zero))
                line = g.add(at_zero, g.mul(slope, self.j))
                if self.oracle.simple(g.sub(n.args[0], line)) is not g.zero:
                    raise Unsettled(f"{said(n)} stands in a term")
                done[n] = g.mul(g.call("exp", at_zero), self._power(g.call("exp", slope), self.j, n))
            elif n.op in ("add", "sub", "mul", "div", "neg") or (n.op == "pow" and n.args[1].op == "const"):
                if n.op == "pow" and not isinstance(n.args[1].attr, int):
                    raise Unsettled(f"{said(n)} stands in a term")
                done[n] = n if args == n.args else g.node(n.op, args, n.attr, n.shape)
            else:
                raise Unsettled(f"{said(n)} stands in a term")
        return done[root]

    def _power(self, base: Node, exponent: Node, n: Node) -> Node:
        """u**(a*j + b) as q**a * u**b."""
        g = self.g
        a, b = self._affine(exponent)
        if a is None:
            raise Unsettled(f"{said(n)} stands in a term")
        base = self.oracle.simple(base)
        stands = self._powers.get(base)
        if stands is None:
            stands = self._powers[base] = g.symbol(f"q'{base.id}")
            self.ahead[stands], self.first[stands] = g.mul(stands, base), g.one
        left = g.one if b is g.zero else g.pow(base, b)
        return g.mul(left, g.pow(stands, g.const(a)))


def _put(root: Node, values: Mapping[Node, Node]) -> Node:
    return put([root], values)[0]
