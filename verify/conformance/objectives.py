"""What a case differentiates, and by what: the subjects of its implementation checks."""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import ShapeError
from derive.expr.graph import Graph, Node, free_symbols, topological
from derive.expr.operators import DEFERRED, DERIVATIVES
from derive.language.extremes import EXTREMES
from derive.language.reader import to_text
from derive.records import dataclass
from verify.casefile.model import Case


@dataclass(frozen=True)
class Objective:
    """A function that a case differentiates, and that is no part of another such function.

    ``scalar`` is the function itself or, of a vector or matrix, its sum with drawn ``weights``. ``symbols`` are
    what the case differentiates it by (all that it depends on, where the case names no symbol); ``others`` the
    derivatives of its parts and by defined names, as the case writes them.
    """

    function: Node
    scalar: Node
    weights: Node | None
    symbols: tuple[Node, ...]
    others: tuple[Node, ...]

    @property
    def text(self) -> str:
        return to_text(self.function)

    @property
    def by(self) -> str:
        """``L, [w1, b1]``: what stands in the brackets of a derivative."""
        return f"{to_text(self.scalar)}, [{', '.join(to_text(v) for v in self.symbols)}]"


def derivatives(case: Case) -> list[Node]:
    """Every derivative that the case writes, but d(f, x) where it also writes grad(f, [x, ...])."""
    roots = [d.node for d in case.definitions.values()] + [d.node for d in case.derivations]
    for c in case.claims:
        roots += [n for n in (c.of, *c.equals, c.by, c.shows, c.holds, c.somewhere, *c.assuming) if n is not None]
    found = [n for n in topological(roots) if n.op in DERIVATIVES and not _deferred(n)]
    lists = {(n.args[0], v) for n in found if n.op == "d" and n.attr for v in n.args[1:]}
    return [n for n in found if n.op != "d" or n.attr or (n.args[0], n.args[1]) not in lists]


def _deferred(n: Node) -> bool:
    return any(m.op in DEFERRED or m.op in EXTREMES or m.op == "computed" for m in topological([n]))


def is_abstract(node: Node) -> bool:
    """Whether an abstract function stands in it, which has no values, what a condition defines, or a limit: there is no
    implementation to check."""
    return any(n.op in ("apply", "computed", "total", *EXTREMES) for n in topological([node]))


def objectives(case: Case) -> list[Objective]:
    """The functions that the case differentiates and that are no part of another one; abstract ones are left out."""
    written = [n for n in derivatives(case) if not is_abstract(n)]
    below = {n.args[0]: set(topological([n.args[0]])) for n in written}
    functions = [f for f, under in below.items() if not any(m.op in DERIVATIVES for m in under)]
    greatest = [f for f in functions if not any(f in below[g] for g in functions if g is not f)]
    parts: dict[Node, list[Node]] = {f: [] for f in greatest}
    for n in written:
        inner = below[n.args[0]].intersection(functions)
        owner = next(f for f in greatest if not inner.isdisjoint(below[f]))
        parts[owner].append(n)
    return [_objective(case, f, own) for f, own in parts.items()]


def _objective(case: Case, f: Node, own: Sequence[Node]) -> Objective:
    variables: dict[Node, None] = {}
    others = []
    for n in own:
        by = [v.args[0] if v.op == "index" else v for v in n.args[2 if n.op == "hvp" else 1 :]]
        if n.args[0] is f:
            variables.update((v, None) for v in by if v.op == "symbol")
        if n.args[0] is not f or any(v.op != "symbol" for v in by):
            others.append(n)
    weights = fresh_symbol(case, "u", f) if f.shape else None
    scalar = f if weights is None else f.graph.sum(f.graph.mul(weights, f))
    return Objective(f, scalar, weights, tuple(variables or free_symbols([f])), tuple(others))


def fresh_symbol(case: Case, stem: str, like: Node) -> Node:
    """A symbol of the shape of ``like`` under a name that the case does not use."""
    graph: Graph = like.graph
    name = stem
    while True:
        if name not in case.symbols and name not in case.definitions:
            try:
                return graph.symbol(name, like.shape)
            except ShapeError:
                pass
        name += "_"
