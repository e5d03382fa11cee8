"""Convexity on whole tensors, whatever the size: rules of composition, and for what works entry by entry its generic entry.

The rules are those of disciplined convex programming (Grant, Boyd and Ye, 2006); log(sum(exp(...))) by sums of log-convex
functions (Boyd and Vandenberghe, Convex Optimization, 3.5). A loss such as ``sum(softplus(X @ w) - y*(X @ w))`` has entries
that are one function of one affine argument t: it is convex in w where that function is convex in t.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.engine.counterexamples.tensor_points import DEFINITE as DEFINITENESS
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.curves import Curve
from derive.engine.properties.entrywise import ELEMENTWISE, Entries, elementwise
from derive.engine.properties.facts import bare, facts, restricts
from derive.engine.properties.gram import DEFINITE, Gram, factors
from derive.engine.properties.side_conditions import convex_domain, proved
from derive.engine.reasons import Why
from derive.errors import ExpressionError
from derive.expr.composites import options_of
from derive.expr.graph import Node, topological
from derive.expr.operators import OPERATORS, ORDERS
from derive.language.properties import asks
from derive.proof.rules.curvature import norm_of

MAX_ARGUMENTS = 3  # affine ones of a generic entry
MAX_NODES = 2_000
POINTS = 6
_LINEAR = ("def", "transpose", "sum", "mean", "trace", "diag", "reshape", "broadcast", "index", "stack", "concat")
#: Convex, and rising in each argument.
_CONVEX = (*(o.name for o in OPERATORS.values() if o.rises and o.bends == "convex"), "softplus", "amax", "logsumexp")


def by_structure(f: Node, x: Node, domain: Domain, sign: int) -> Decision | None:
    """Convex (``sign`` 1) or concave in the symbol x, on its whole domain, by how it is written."""
    if x.op != "symbol" or len(topological([f])) > MAX_NODES or any(n.op == "apply" for n in topological([f])):
        return None
    curves = Curves(x, domain)
    if not all(map(curves.half_space, domain.hypotheses)):
        return None
    try:
        if curves.bends(f, sign):
            return proved(Why.COMPOSITION(way="convex" if sign > 0 else "concave"), "structure")
    except (ExpressionError, RecursionError):
        pass
    return None


class Curves:
    """What is known of the curvature in x of whole tensors, entry by entry."""

    def __init__(self, x: Node, domain: Domain) -> None:
        self.x = x
        self.entries = Entries(domain)
        self.gram = Gram(self.entries, facts(domain.hypotheses))
        self.depends: dict[Node, bool] = {}
        self.seen: dict[tuple[Node, int], bool] = {}

    def below(self, n: Node) -> bool:
        """Whether n speaks of x."""
        if n not in self.depends:
            for m in topological([n]):
                self.depends[m] = m is self.x or any(self.depends[a] for a in m.args)
        return self.depends[n]

    def half_space(self, c: Node) -> bool:
        """Whether an assumption marks out a convex set in x."""
        if asks(c):  # the definite matrices are a cone
            cone = c.op == "property" and c.attr in DEFINITENESS and self.flat(c.args[0])
            return cone or not restricts(c, [self.x])
        if not self.below(c):
            return True
        if c.op in ("and", "all", "def"):
            return all(self.half_space(a) for a in c.args)
        return c.op in (*ORDERS, "eq") and all(self.flat(a) for a in c.args)

    # -- affine ------------------------------------------------------------------------------------

    def flat(self, n: Node) -> bool:
        """Whether every entry is affine in x, for certain."""
        return self.bends(n, 0)

    def bends(self, n: Node, sign: int) -> bool:
        """Whether every entry is convex (1), concave (-1), affine (0) in x."""
        if not self.below(n) or n is self.x:
            return True
        key = (n, sign)
        if key not in self.seen:
            self.seen[key] = False
            self.seen[key] = (
                self._affine(n)
                if sign == 0
                else self.flat(n) or self._composed(n, sign) or (elementwise(n) and self._generic(n, sign))
            )
        return self.seen[key]

    def _affine(self, n: Node) -> bool:
        match n.op:
            case "add" | "sub" | "neg":
                return all(map(self.flat, n.args))
            case _ if n.op in _LINEAR:
                return all(map(self.flat, n.args))
            case "mul" | "matmul" | "outer":
                return sum(map(self.below, n.args)) == 1 and all(map(self.flat, n.args))
            case "div" | "solve":
                of, by = (n.args[0], n.args[1]) if n.op == "div" else (n.args[1], n.args[0])
                return not self.below(by) and self.flat(of)
        return False

    # -- rules -------------------------------------------------------------------------------------

    def _composed(self, n: Node, sign: int) -> bool:
        args = n.args
        match n.op:
            case "add":
                return all(self.bends(a, sign) for a in args)
            case "sub":
                return self.bends(args[0], sign) and self.bends(args[1], -sign)
            case "neg":
                return self.bends(args[0], -sign)
            case _ if n.op in _LINEAR:
                return all(self.bends(a, sign) for a in args) or (n.op == "trace" and self._quadratic(args[0], sign))
            case "mul" | "matmul" | "div":
                return (
                    self._weighted(n, sign)
                    or (n.op == "mul" and sign > 0 and args[0] is args[1] and self.flat(args[0]))
                    or (n.op == "matmul" and not n.shape and self._quadratic(n, sign))
                )
            case "pow":
                return sign > 0 and self._power(n)
            case "abs":
                return sign > 0 and (self.flat(args[0]) or (self.bends(args[0], 1) and self.entries.sign(args[0]) > 0))
            case "sqrt":
                return self.bends(args[0], -1) if sign < 0 else self._norm(args[0])
            case "log":
                return self._log_concave(args[0]) if sign < 0 else self._log_convex(args[0])
            case "var":
                return sign > 0 and self.flat(args[0]) and _free(n) > 0
            case "log_softmax":
                return sign < 0 and self.flat(args[0])
        if sign > 0:
            return n.op in _CONVEX and all(self.bends(a, 1) for a in args)
        return n.op in ("min", "amin") and all(self.bends(a, -1) for a in args)

    def _weighted(self, n: Node, sign: int) -> bool:
        """A product with what does not speak of x and keeps its sign."""
        a, b = n.args
        if self.below(a) == self.below(b) or (n.op == "div" and self.below(b)):
            return False
        weight, other = (b, a) if self.below(a) else (a, b)
        g = n.graph
        return (self.entries.sign(weight) > 0 and self.bends(other, sign)) or (
            self.bends(other, -sign) and self.entries.sign(g.neg(weight)) > 0
        )

    def _quadratic(self, n: Node, sign: int) -> bool:
        """v @ M @ v with an affine v, or V.T @ M @ V on a diagonal, with a semidefinite M."""
        parts = factors(n)
        if sign > 0 and any(p.op == "inv" and self.below(p) for p in parts):
            return self._fractional(parts)
        if len(parts) < 2 or any(self.below(p) for p in parts[1:-1]) or not self.flat(parts[0]):
            return False
        first, last = parts[0], parts[-1]
        g = n.graph
        matched = first is last if len(first.shape) == 1 else first is g.transpose(last)
        if not matched:
            return False
        if len(parts) == 2:
            return sign > 0
        middle = parts[1]
        for p in parts[2:-1]:
            middle = g.matmul(middle, p)
        return self.gram.sign(middle, negative=sign < 0) > 0 or (
            len(first.shape) == 1 and self.gram.sign(g.add(middle, g.transpose(middle)), negative=sign < 0) > 0
        )

    def _fractional(self, parts: Sequence[Node]) -> bool:
        """v @ inv(M) @ v, or V.T @ inv(M) @ V on a diagonal: convex in both where M is definite."""
        k = len(parts) // 2
        if len(parts) not in (1, 3) or parts[k].op != "inv" or not self._cone(parts[k].args[0]):
            return False
        first, last = parts[0], parts[-1]
        return k == 0 or (
            self.flat(first) and (first is last if len(first.shape) == 1 else first is first.graph.transpose(last))
        )

    def _power(self, n: Node) -> bool:
        base, exponent = n.args
        if (norm := norm_of(n)) is not None:
            least = n.graph.sub(norm[0], n.graph.one)
            return not self.below(norm[0]) and all(map(self.flat, norm[1])) and self.entries.sign(least) > 0
        if exponent.op != "const" or exponent.attr < 1:
            return False
        even = exponent.attr == int(exponent.attr) and exponent.attr % 2 == 0
        return (even and self.flat(base)) or (self.bends(base, 1) and self.entries.sign(base) > 0)

    def _norm(self, n: Node) -> bool:
        """Whether it is a sum of squares of affine functions, and of constants that are not negative."""
        n = bare(n)
        if not self.below(n):
            return self.entries.sign(n) > 0
        match n.op:
            case "add":
                return all(map(self._norm, n.args))
            case "sum" | "mean":
                return self._norm(n.args[0])
            case "var":
                return self.flat(n.args[0]) and _free(n) > 0
            case "pow":
                return n.args[1].op == "const" and n.args[1].attr == 2 and self.flat(n.args[0])
            case "mul" | "div" if self.below(n.args[0]) != self.below(n.args[1]):
                weight, of = n.args if self.below(n.args[1]) else n.args[::-1]
                return (
                    not (n.op == "div" and self.below(n.args[1])) and self.entries.sign(weight) > 0 and self._norm(of)
                )
            case "mul":
                return n.args[0] is n.args[1] and self.flat(n.args[0])
            case "matmul":
                return not n.shape and self._quadratic(n, 1)
            case "trace":
                return self._quadratic(n.args[0], 1)
        return False

    def _log_concave(self, n: Node) -> bool:
        """Of what is concave, and of the determinant of definite matrices."""
        n = bare(n)
        return self.bends(n, -1) or (n.op == "det" and self._cone(n.args[0]))

    def _cone(self, n: Node) -> bool:
        """Whether it is affine and a definite matrix on the whole domain."""
        return self.flat(n) and self.gram.sign(n) == DEFINITE

    def _log_convex(self, n: Node) -> bool:
        """Whether the logarithm of every entry is convex: sums and products of exponentials of what is convex."""
        n = bare(n)
        if not self.below(n):
            return self.entries.sign(n) == 2
        match n.op:
            case "exp":
                return self.bends(n.args[0], 1)
            case "add" | "mul":
                return all(map(self._log_convex, n.args))
            case (
                "sum" | "mean" | "transpose" | "reshape" | "broadcast" | "index" | "stack" | "concat" | "trace" | "diag"
            ):
                return n.op != "diag" and all(map(self._log_convex, n.args))
            case "div":
                return not self.below(n.args[1]) and self.entries.sign(n.args[1]) == 2 and self._log_convex(n.args[0])
        return False

    # -- one entry -----------------------------------------------------------------------------------

    def _generic(self, n: Node, sign: int) -> bool:
        """Whether the generic entry is, as a function of the affine tensors in it."""
        found: dict[Node, None] = {}
        if not self._arguments(n, found) or not 0 < len(found) <= MAX_ARGUMENTS:
            return False
        entry = self.entries.of(n, found.__contains__)
        t = [self.entries.of(a, found.__contains__) for a in found]
        known = self.entries.known(entry, n.shape)
        kept = known.under([c for c in known.hypotheses if convex_domain(t, Domain([c]))])
        return Curve(t, kept).bends(entry, sign)

    def _arguments(self, n: Node, found: dict[Node, None]) -> bool:
        """Collects the affine tensors that an entry is made of; False where something else stands between."""
        if not self.below(n):
            return True
        if self.flat(n):
            found[n] = None
            return len(found) <= MAX_ARGUMENTS
        through = n.op in OPERATORS or n.op in ELEMENTWISE or n.op in ("def", "broadcast")
        return through and all(self._arguments(a, found) for a in n.args)


def _free(n: Node) -> int:
    """The divisor of a variance."""
    options, shape = options_of(n), n.args[0].shape
    count, axis = 1, options["axis"]
    for s in shape if axis is None else (shape[axis],):
        count *= int(s)
    return count - (options["ddof"] or 0)
