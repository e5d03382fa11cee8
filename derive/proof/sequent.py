"""What a theorem says.

``Sequent(hypotheses, conclusion)`` is true if at *every* real point at which all hypotheses hold, the conclusion has a value
and holds. A hypothesis holds at a point only where it has a value there (``log(x) > 0`` says that x > 0), so where an
expression exists is part of what is shown: the conditions that a decision tells are hypotheses of its theorem. A comparison of
tensors is said of every entry. Symbols range over the real numbers; a declared range is a hypothesis like any other.

Values are those of ``derive.numbers.balls``: a ``where`` asks for a value of the branch taken alone, ``and`` and ``or`` stop
at the first side that decides, and the derivative at a kink, ``select(s, p, q)`` at s = 0, is what both sides agree on, or
nothing. A conclusion may be a property (``properties`` says what these mean), or a conjunction with such.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from functools import reduce

from derive.expr.folding import substitute_all
from derive.expr.graph import Graph, Node, topological
from derive.language.components import components_all
from derive.language.properties import asks, bound
from derive.records import dataclass

HALVES = ("ge", "lt")  # signs of two cases


@dataclass(frozen=True)
class Sequent:
    """Hypotheses and a conclusion, conditions over the nodes of one graph. ``sizes``: numbers in the shapes that stand for any
    positive whole number, by the name that expressions give it: then it is said for all of these."""

    hypotheses: tuple[Node, ...]
    conclusion: Node
    sizes: tuple[tuple[int, str], ...] = ()

    def given(self, *more: Node) -> Sequent:
        """The same under further hypotheses."""
        return replace(self, hypotheses=(*self.hypotheses, *more))

    def concluding(self, conclusion: Node) -> Sequent:
        """Another conclusion from the same hypotheses."""
        return replace(self, conclusion=conclusion)

    def cases(self, s: Node, signs: Sequence[str] = ("gt", "eq", "lt")) -> tuple[Sequent, ...]:
        """Split by the sign of s: where s > 0, where s = 0, where s < 0; or by other signs that leave nothing out."""
        return tuple(self.given(s.graph.call(op, s, s.graph.zero)) for op in signs)

    def binds(self, of: Sequence[Node], but: Container[str] = ()) -> bool:
        """Whether these expressions speak of the variable of a property in the conclusion, other than of these properties."""
        properties = [n for n in topological([self.conclusion]) if n.op == "property" and n.attr not in but]
        spoken = set(topological(of)) if properties else ()
        return any(m in spoken for n in properties for m in topological(bound(n)) if m.op == "symbol")

    def put(self, values: Mapping[Node, Node]) -> Sequent:
        """With other expressions in the place of symbols, everywhere."""
        *hypotheses, conclusion = substitute_all([*self.hypotheses, self.conclusion], values)
        return replace(self, hypotheses=tuple(hypotheses), conclusion=conclusion)

    def entries(self) -> tuple[Sequent, ...]:
        """One sequent for each entry of the conclusion and each part of a conjunction, hypotheses entry by entry. Raises
        ExpressionError where an expression has no entries."""
        laid_out, all_of_it = self.conclusion.graph._laid, (*self.hypotheses, self.conclusion)
        if laid_out.issuperset(all_of_it) and not any(c.op == "and" for c in all_of_it):
            return (self,)
        parts = conjuncts(self.conclusion)
        plain = [c for c in parts if not asks(c)]
        others = [c for c in (*self.hypotheses, *plain) if c not in laid_out]
        shown = dict(zip(others, components_all(others), strict=True))
        hypotheses = tuple(dict.fromkeys(c for h in self.hypotheses for e in shown.get(h, [h]) for c in conjuncts(e)))
        wanted = [c for part in parts for entry in shown.get(part, [part]) for c in conjuncts(entry)]
        laid_out.update(hypotheses, wanted if len(plain) == len(parts) else ())
        return tuple(Sequent(hypotheses, c, self.sizes) for c in wanted)


def conjunction(conditions: Sequence[Node]) -> Node:
    """All of them, of which there is one at least."""
    return reduce(lambda a, b: a.graph.call("and", a, b), conditions)


def conjuncts(condition: Node) -> list[Node]:
    """The parts of a conjunction, in order."""
    found, work = [], [condition]
    while work:
        n = work.pop()
        if n.op == "and":
            work += n.args[::-1]
        else:
            found.append(n)
    return found


def negated(condition: Node) -> Node:
    """What holds where a condition that has a value does not."""
    return condition.args[0] if condition.op == "not" else condition.graph.call("not", condition)


def eye(g: Graph, n: int) -> Node:
    """The identity matrix."""
    return g.diag(g.broadcast(g.one, (n,)))


def equation(a: Node, b: Node) -> Node:
    """a = b as a conclusion."""
    return a.graph.call("eq", a, b)
