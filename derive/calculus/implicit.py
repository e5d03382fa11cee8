"""Numbers that a condition defines: the root of equations, in a box in which there is one.

The value at given parameters is enclosed by interval Newton, at whatever precision is asked for, or is exactly a rational
(``derive.numbers.krawczyk``). Where there is no root in the box, or there are several, there is no value, and which is told.
Derivatives by the parameters are those of the implicit function theorem: with residuals F(x, p) = 0 the slopes of x are
-inv(dF/dx) @ dF/dp.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from derive.calculus.reverse import expand_all, gradient
from derive.errors import ExpressionError, NotWrittenOut, Undetermined
from derive.expr.below import leaves_of
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, topological
from derive.flint import ctx, fmpq
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import ball_text
from derive.numbers.krawczyk import Equations, Root, exactly, refined, roots_in
from derive.records import dataclass

MAX_UNKNOWNS = 12
MAX_REMEMBERED = 50  # parameters at which roots are known
GUARD = 24  # bits beyond the precision that is asked for
TOLD = 4  # of several roots

Values = Mapping[Node, Any]


class System:
    """Equations for the entries of a symbol ``x``; ``box`` has an interval for each. Raises ExpressionError."""

    def __init__(self, x: Node, residuals: Sequence[Node], box: Sequence[tuple[Fraction, Fraction]]) -> None:
        self.x, self.box = x, tuple(box)
        self.unknowns = tuple(components(x))
        self.residuals = tuple(residuals)
        if len(self.unknowns) > MAX_UNKNOWNS:
            raise ExpressionError(f"{len(self.unknowns)} unknowns; the limit is {MAX_UNKNOWNS}")
        if len(self.residuals) != len(self.unknowns):
            count = len(self.residuals)
            raise ExpressionError(f"{count} equation{'s' * (count != 1)} for {len(self.unknowns)} unknowns")
        own = set(self.unknowns)
        self.parameters = tuple(n for n in leaves_of(self.residuals) if n not in own)
        self._known: dict[tuple[str, ...], list[Root]] = {}

    @cached_property
    def slopes(self) -> list[list[Node]]:
        """Of each residual by each unknown."""
        return [gradient(f, list(self.unknowns)) for f in self.residuals]

    @cached_property
    def equations(self) -> Equations:
        slopes = expand_all([s for row in self.slopes for s in row])
        return Equations(self.unknowns, self.residuals, tuple(components(s)[0] for s in slopes))

    @cached_property
    def entries(self) -> list[Solution]:
        return [Solution(self, i) for i in range(len(self.unknowns))]

    def made(self, name: str) -> Node:
        """The solution as a definition of this name."""
        g, shape = self.x.graph, self.x.shape
        entries = [g.node("computed", self.parameters, s) for s in self.entries]
        return g.define(name, g.reshape(g.stack(entries), shape) if shape else entries[0])

    def facts(self) -> list[Node]:
        """What is true of the unknowns, as conditions: the equations, and their range."""
        g = self.x.graph
        known = [g.call("eq", r, g.zero) for r in self.residuals]
        for x, (low, high) in zip(self.unknowns, self.box, strict=True):
            known += [g.call("ge", x, g.const(low)), g.call("le", x, g.const(high))]
        return known

    def all_of(self, equations: Equations) -> list[Root]:
        """The roots of equations in the box that has no parameters left."""
        return roots_in(equations, {}, self.box)

    @property
    def held(self) -> bool:
        """Whether conditions that may hold with equality or not have a say in it: then no equations say what it is."""
        return False

    @property
    def settled(self) -> bool:
        """Whether what solves the equations is what is meant, whatever the parameters are: of a least value they are necessary,
        and may not suffice."""
        return True

    def solution(self, values: Values) -> list[Any]:
        """The entries at these values of the parameters, exactly or as balls.

        Raises Undetermined where there is no one solution, or that is not settled."""
        (root,) = self.one(self.roots(values))
        if (found := exactly(self.equations, values, root.tight)) is not None:
            return list(found)
        return refined(self.equations, values, root, ctx.prec + GUARD)

    def roots(self, values: Values) -> list[Root]:
        key = tuple(f"{v.p}/{v.q}" if isinstance(v, fmpq) else "" for v in values.values())
        if "" in key:
            return roots_in(self.equations, values, self.box)
        if key not in self._known:
            if len(self._known) >= MAX_REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[key] = roots_in(self.equations, values, self.box)
        return self._known[key]

    def one(self, roots: list[Root]) -> list[Root]:
        if len(roots) == 1:
            return roots
        if not roots:
            raise Undetermined(f"no '{self.x.attr}' in its range solves that")
        told = [", ".join(ball_text(x, 6) for x in r.tight) for r in roots[:TOLD]]
        shown = "; ".join(f"[{t}]" if self.x.shape else t for t in told) + ("; ..." if len(roots) > TOLD else "")
        raise Undetermined(f"'{self.x.attr}' is one of {len(roots)} solutions in its range: {shown}")


def solved(definition: Node) -> bool:
    """Whether a definition is what solves equations, and is written as nothing else."""
    below = topological([definition.args[0]], through_definitions=False)
    return any(
        n.op == "computed" and isinstance(n.attr, Solution) and n.attr.system.x.attr == definition.attr for n in below
    )


@dataclass(frozen=True, eq=False)
class Solution:
    """How a node ``computed`` gets its value: an entry of the solution, where its arguments are the parameters."""

    system: System
    index: int
    trusted: ClassVar[str] = "solutions of equations"

    def value(self, args: Sequence[Any]) -> Any:
        try:
            return self.system.solution(dict(zip(self.system.parameters, args, strict=True)))[self.index]
        except Undetermined as fault:
            return fault

    def text(self, args: Sequence[str]) -> str:
        from derive.language.reader import to_text

        return to_text(self.system.unknowns[self.index])

    def pull(self, g: Graph, n: Node, up: Node, depends: set[Node]) -> Iterator[tuple[Node, Node]]:
        """What an adjoint of the entry gives to the parameters: by the implicit function theorem. Raises NotWrittenOut."""
        if self.system.held:
            raise NotWrittenOut(f"'{self.system.x.attr}' is held to conditions: its derivatives are not written out")
        system, where = self.system, dict(zip(self.system.parameters, n.args, strict=True))
        entries = [self.of(n, i) for i in range(len(system.unknowns))]
        where |= dict(zip(system.unknowns, entries, strict=True))
        for p, a in zip(system.parameters, n.args, strict=True):
            if a not in depends:
                continue
            by = [gradient(f, [p])[0] for f in system.residuals]
            if all(b is g.zero for b in by):
                continue
            slope = self.slope(g, by)
            yield a, g.mul(up, substitute(slope, where))

    def of(self, n: Node, index: int) -> Node:
        """Another entry of the same solution."""
        return n if index == self.index else n.graph.node("computed", n.args, self.system.entries[index])

    def slope(self, g: Graph, by: Sequence[Node]) -> Node:
        """Of the entry, where the residuals have these slopes by a parameter."""
        rows = self.system.slopes
        if len(rows) == 1:
            return g.neg(g.div(by[0], rows[0][0]))
        scope = {"F": g.stack([g.stack(row) for row in rows]), "b": g.stack(by)}
        return g.neg(g.index(parse("solve(F, b)", scope, g), (self.index,)))
