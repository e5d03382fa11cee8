"""Definiteness that is plain from how a matrix is written, on whole tensors, whatever the size.

Semidefinite are: what is assumed to be; B.T @ M @ B with such an M; outer(v, v); diagonals that are not negative; sums,
multiples, entrywise products (Schur) and inverses of such; what is symmetric and its own square; and diag(p) - outer(p, p)
for a p that is not negative and sums to at most 1 (Cauchy and Schwarz).
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.engine.counterexamples.tensor_points import is_eye
from derive.engine.matrices.tensor_level import settle
from derive.engine.properties.entrywise import Entries
from derive.engine.properties.facts import Fact, bare
from derive.expr.graph import Node

MAX_DEPTH = 40
DEFINITE, SEMIDEFINITE, UNKNOWN = 2, 1, 0


class Gram:
    """What is known of the matrices of one claim; ``entries`` has its domain."""

    def __init__(self, entries: Entries, facts: Sequence[Fact]) -> None:
        self.entries = entries
        self.facts = [f for f in facts if f.name in ("positive_definite", "positive_semidefinite")]
        self.seen: dict[tuple[Node, bool], int] = {}

    def sign(self, n: Node, negative: bool = False, depth: int = MAX_DEPTH) -> int:
        """2: definite, 1: semidefinite, 0: unknown; of -n where ``negative``."""
        key = (n, negative)
        if key not in self.seen:
            self.seen[key] = UNKNOWN
            self.seen[key] = self._sign(n, negative, depth) if depth else UNKNOWN
        return self.seen[key]

    def _sign(self, n: Node, negative: bool, depth: int) -> int:
        n = bare(n)

        def of(m: Node, turned: bool = False) -> int:
            return self.sign(m, negative != turned, depth - 1)

        if (known := self._assumed(n)) and not negative:
            return known
        found = UNKNOWN
        match n.op:
            case "neg":
                return of(n.args[0], True)
            case "add" | "sub":
                found = _sum(of(n.args[0]), of(n.args[1], n.op == "sub"))
            case "mul" | "div" if any(not a.shape for a in n.args):
                matrix, scalar = n.args if not n.args[1].shape else n.args[::-1]
                if n.op == "div" and n.args[1] is not scalar:
                    return UNKNOWN
                for turned in (False, True):
                    size = self.entries.sign(n.graph.neg(scalar) if turned else scalar)
                    if size and (sign := of(matrix, turned)):
                        found = max(found, min(size, sign))
            case "transpose":
                return of(n.args[0])
        if found or negative:
            return found
        return self._plain(n, depth - 1) or (SEMIDEFINITE if self._projection(n) else UNKNOWN)

    def _assumed(self, n: Node) -> int:
        signs = [DEFINITE if f.name == "positive_definite" else SEMIDEFINITE for f in self.facts if f.about(n)]
        return max(signs, default=UNKNOWN)

    def _plain(self, n: Node, depth: int) -> int:
        match n.op:
            case "const":
                return self.entries.sign(n) if n.shape == (1, 1) else UNKNOWN
            case "inv":
                return DEFINITE if self.sign(n.args[0], depth=depth) == DEFINITE else UNKNOWN
            case "outer" if n.args[0] is n.args[1]:
                return SEMIDEFINITE
            case "diag" if len(n.shape) == 2:
                return DEFINITE if is_eye(n) else self.entries.sign(n.args[0])
            case "broadcast" if not n.args[0].shape:
                return min(SEMIDEFINITE, self.entries.sign(n.args[0]))
            case "mul" if n.args[0].shape == n.args[1].shape:
                return min(self.sign(a, depth=depth) for a in n.args)
            case "pow" if n.args[1].op == "const" and n.args[1].attr in (2, 3, 4):
                return self.sign(n.args[0], depth=depth)
            case "matmul":
                return self._product(n, depth)
            case "sub":
                return SEMIDEFINITE if self._spread(*n.args) else UNKNOWN
        return UNKNOWN

    def _product(self, n: Node, depth: int) -> int:
        """Of f @ ... @ f.T what is left in the middle, or semidefinite where nothing is."""
        parts = factors(n)
        stripped = 0
        while len(parts) > 1 and self._turned(parts[0], parts[-1]):
            parts, stripped = parts[1:-1], stripped + 1
        if not stripped:
            return UNKNOWN
        if not parts:
            return SEMIDEFINITE
        middle = parts[0]
        for m in parts[1:]:
            middle = n.graph.matmul(middle, m)
        return min(SEMIDEFINITE, self.sign(middle, depth=depth))

    def _turned(self, a: Node, b: Node) -> bool:
        """Whether one matrix is the transpose of the other."""
        if len(a.shape) != 2 or a.shape != b.shape[::-1]:
            return False
        turned = a.graph.transpose(a)
        return turned is b or a is a.graph.transpose(b) or self._equal(turned, b)

    def _equal(self, a: Node, b: Node) -> bool:
        return settle(a, b, self.entries.domain).proof is not None

    def _projection(self, n: Node) -> bool:
        """Whether a matrix is symmetric and its own square: B = B.T @ B."""
        g = n.graph
        if n.op not in ("symbol", "add", "sub", "matmul", "mul", "div"):
            return False
        return self._equal(n, g.transpose(n)) and self._equal(g.matmul(n, n), n)

    def _spread(self, a: Node, b: Node) -> bool:
        """Whether it is diag(p) - outer(p, p)."""
        if a.op != "diag" or b.op != "outer" or not (a.args[0] is b.args[0] is b.args[1]):
            return False
        p, g = a.args[0], a.graph
        if not self.entries.sign(p):
            return False
        total = g.sum(p)
        return self._equal(total, g.one) or self.entries.holds("le", total, 1)


def _sum(a: int, b: int) -> int:
    return max(a, b) if a and b else UNKNOWN


def factors(n: Node) -> list[Node]:
    """The factors of a product, in order; definitions and transposes of products are looked through."""
    n = bare(n)
    if n.op == "matmul":
        return factors(n.args[0]) + factors(n.args[1])
    if n.op == "transpose" and bare(n.args[0]).op == "matmul":
        return [n.graph.transpose(f) if len(f.shape) == 2 else f for f in reversed(factors(n.args[0]))]
    return [n]
