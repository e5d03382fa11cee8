"""What a case differentiates, and by what: the subjects of its implementation checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.calculus import expand_all
from derive.errors import ShapeError
from derive.graph import Graph, Node, free_symbols, topological
from derive.language import to_text
from derive.operators import DERIVATIVES
from verify.casefile.model import Case


@dataclass(frozen=True)
class Objective:
    """A function that a case differentiates.

    ``scalar`` is the function itself, or, of a vector or matrix, its sum with drawn ``weights``. ``symbols`` are
    the symbols it is differentiated by (all that it depends on, where the case names none), ``definitions``
    the defined names.
    """

    text: str
    function: Node
    scalar: Node
    weights: Node | None
    symbols: tuple[Node, ...]
    definitions: tuple[Node, ...]

    @property
    def variables(self) -> tuple[Node, ...]:
        return (*self.symbols, *self.definitions)

    def by(self, variables: Sequence[Node]) -> str:
        """``L, [w1, b1]``: what stands in the brackets of a derivative."""
        return f"{self.text}, [{', '.join(to_text(v) for v in variables)}]"


def derivatives(case: Case) -> list[Node]:
    """Every derivative that the case writes, in the order of its graph."""
    roots = [d.node for d in case.definitions.values()] + [d.node for d in case.derivations]
    for c in case.claims:
        roots += [n for n in (c.of, *c.equals, c.by, c.shows, c.holds, *c.assuming) if n is not None]
    return [n for n in topological(roots) if n.op in DERIVATIVES]


def objectives(case: Case) -> list[Objective]:
    """Every function that the case differentiates, each once."""
    wanted: dict[Node, dict[Node, None]] = {}
    for n in derivatives(case):
        f, *variables = n.args
        for v in variables[n.op == "hvp" :]:
            wanted.setdefault(f, {})[v.args[0] if v.op == "index" else v] = None
    return [_objective(case, f, tuple(variables)) for f, variables in wanted.items()]


def _objective(case: Case, f: Node, variables: Sequence[Node]) -> Objective:
    text = to_text(f)
    function, *variables = expand_all([f, *variables])
    symbols = tuple(v for v in variables if v.op == "symbol") or tuple(free_symbols([function]))
    weights = fresh_symbol(case, "u", function) if function.shape else None
    scalar = function
    if weights is not None:
        text = f"sum({weights.attr}*{text})"
        scalar = function.graph.sum(function.graph.mul(weights, function))
    return Objective(text, function, scalar, weights, symbols, tuple(v for v in variables if v.op == "def"))


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
