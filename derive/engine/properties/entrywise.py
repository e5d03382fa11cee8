"""The generic entry of a tensor: what holds of it holds of every entry, whatever the size.

``y*t - log(1 + exp(t))`` with t = X @ w is, entry by entry, one expression in two scalars. What is no elementwise operator
stands for a scalar of its own, of which little is known (a softmax is positive, a sum of squares not negative): so a proof about
the generic entry is a proof about all, and one that fails says nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.engine.domain import Domain, Range
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError
from derive.expr.composites import COMPOSITES
from derive.expr.folding import FOLDING, marks_a_jump
from derive.expr.graph import Node, Shape, topological
from derive.expr.operators import OPERATORS

MAX_ENTRY = 300  # subexpressions of a generic entry that is decided

_THROUGH = ("def", "broadcast")
_ALONG = {"logsumexp", "softmax", "log_softmax", "mean", "var", "amax", "amin", "trace", "solve"}
ELEMENTWISE = {op for op in COMPOSITES if op not in _ALONG}


def elementwise(n: Node) -> bool:
    """Whether an entry of a node's value hangs on the entries at that place alone."""
    return n.op in OPERATORS or n.op in ELEMENTWISE or n.op in _THROUGH or n.op == "const"


class Entries:
    """Generic entries of the tensors of one claim, on a domain of whole tensors."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain.plain()
        self.leaves: dict[Node, Node] = {}
        self.signs: dict[Node, int] = {}

    def of(self, root: Node, leaf: Callable[[Node], bool] = lambda n: False) -> Node:
        """The generic entry of a node as a scalar; ``leaf`` says what is to stand for a scalar of its own."""
        done: dict[Node, Node] = {}
        work = [root]
        while work:
            n = work[-1]
            if n in done:
                work.pop()
                continue
            if leaf(n) or not elementwise(n):
                done[n] = self._leaf(n)
                continue
            left = [a for a in n.args if a not in done]
            if left:
                work += left
                continue
            args = tuple(done[a] for a in n.args)
            if n.op == "const":
                done[n] = n
            elif n.op in _THROUGH:
                done[n] = args[0]
            elif n.op in FOLDING and not marks_a_jump(n):
                done[n] = FOLDING[n.op](n.graph, *args)
            else:
                done[n] = n.graph.node(n.op, args, n.attr)
        return done[root]

    def _leaf(self, n: Node) -> Node:
        if n.op == "symbol" and not n.shape:
            return n
        found = self.leaves.get(n)
        if found is None:
            found = self.leaves[n] = n.graph.node("symbol", (), f"entry {n.id}'")
        return found

    # -- what is known ------------------------------------------------------------------------------

    def sign(self, n: Node) -> int:
        """2: every entry is positive; 1: none is negative; 0: unknown."""
        if n not in self.signs:
            self.signs[n] = 0  # while it is worked out
            self.signs[n] = self._sign(n)
        return self.signs[n]

    def _sign(self, n: Node) -> int:
        if n.op == "const":
            return 2 if n.attr > 0 else int(n.attr == 0)
        if n.op in ("sum", "mean", "transpose", "reshape", "index", *_THROUGH):
            return self.sign(n.args[0])
        if n.op == "softmax":
            return 2
        if n.op == "var" or (n.op == "matmul" and n.args[0] is n.args[1] and len(n.args[0].shape) == 1):
            return 1
        if n.op == "diag" and len(n.shape) == 2:
            return min(1, self.sign(n.args[0]))
        if n.op in ("matmul", "outer", "stack", "concat"):
            return min(2 if n.op != "matmul" else 1, *(self.sign(a) for a in n.args))
        if elementwise(n) or n.op == "symbol":
            return next((value for op, value in (("gt", 2), ("ge", 1)) if self.holds(op, n)), 0)
        return 0

    def holds(self, op: str, n: Node, bound: int = 0) -> bool:
        """Whether every entry compares so with a number, for certain."""
        g = n.graph
        return self.decided(g.call(op, self.of(n), g.const(bound)), n.shape)

    def decided(self, condition: Node, shape: Shape) -> bool:
        """Whether a condition on generic entries of a tensor of that shape holds wherever it has a value."""
        if len(topological([condition])) > MAX_ENTRY:
            return False
        try:
            found = decide_holds(condition, self.known(condition, shape))
        except ExpressionError:
            return False
        return found.status == "proved"

    def known(self, entry: Node, shape: Shape) -> Domain:
        """What the domain and the form of the leaves say of the scalars of a generic entry."""
        spoken = {n for n in topological([entry]) if n.op == "symbol"}
        given: list[Node] = []
        for c in self.domain.hypotheses:
            if c.shape == () or c.shape == shape[len(shape) - len(c.shape) :]:
                here = self.of(c)
                if here.op != "const" and spoken & set(topological([here])):
                    given.append(here)
        ranges: dict[Node, Range] = {}
        for n, s in list(self.leaves.items()):
            if s not in spoken:
                continue
            if n.op in ("sum", "mean", "var", "softmax", "matmul") and (sign := self.sign(n)):
                g = n.graph
                given.append(g.call("gt" if sign == 2 else "ge", s, g.zero))
            base = n.args[0] if n.op == "index" else n
            ranges[s] = self.domain.range(base)
        ranges |= {s: r for s, r in self.domain.ranges.items() if s in spoken}
        return Domain(given, ranges)
