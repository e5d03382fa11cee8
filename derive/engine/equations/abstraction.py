"""A claim with its definitions taken as free variables: what is proved of these is proved of whatever they stand for.

Deep networks stay small this way: dL/da * I[z > 0] is a statement about two names, not about all the layers behind them.
A boundary z = 0 on which the abstract claim fails has yet to be reached by the real one; a point is looked for that does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from fractions import Fraction

from derive.engine.counterexamples.points import Point, Sampler
from derive.expr.folding import substitute
from derive.expr.graph import Node, free_symbols
from derive.flint import fmpq
from derive.numbers.balls import evaluate, rational

MAX_POINTS = 12  # from which a boundary is sought


class Abstraction:
    """The uppermost definitions of some scalar nodes as symbols of their own, and the way back.

    Definitions in ``opened`` are looked through.
    """

    def __init__(self, roots: Sequence[Node], opened: Set[Node] = frozenset()) -> None:
        self.forth: dict[Node, Node] = {}
        taken = {n.attr: n for n in free_symbols(roots)}  # one name, one meaning
        seen: set[Node] = set()
        work = list(roots)
        while work:
            n = work.pop()
            if n in seen:
                continue
            seen.add(n)
            name = n if n.op == "def" else n.graph.named.get(n)
            if name is not None and name not in opened and n.args and n.op != "index":
                text = name.attr if taken.setdefault(name.attr, name) is name else f"{name.attr}_{name.id}"
                self.forth[n] = n.graph.node("symbol", (), text)
            else:
                work.extend(n.args)
        self.back = {v: k for k, v in self.forth.items()}

    def __bool__(self) -> bool:
        return bool(self.forth)

    @property
    def names(self) -> set[Node]:
        return {n if n.op == "def" else n.graph.named[n] for n in self.forth}

    def abstract(self, n: Node) -> Node:
        return substitute(n, self.forth)

    def concrete(self, n: Node) -> Node:
        return substitute(n, self.back)


def onto(sampler: Sampler, s: Node) -> Iterator[Point]:
    """Points of the domain at which s = 0, found by moving one symbol in which s is affine there."""
    for point in sampler.points(MAX_POINTS):
        for v in point:
            at = [_value(s, {**point, v: Fraction(k)}) for k in (0, 1, 2)]
            if at[0] is None or at[1] is None or at[2] is None:
                continue
            slope = at[1] - at[0]
            if slope != 0 and at[2] - at[1] == slope:
                yield {**point, v: -at[0] / slope}
                break


def _value(s: Node, point: Point) -> Fraction | None:
    value = evaluate([s], {n: rational(x) for n, x in point.items()}, 64)[0]
    return Fraction(int(value.p), int(value.q)) if isinstance(value, fmpq) else None
