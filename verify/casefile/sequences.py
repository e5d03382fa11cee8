"""The section ``sequences:`` of a case: states with a start and a step (derive.language.sequences)."""

from __future__ import annotations

from derive.errors import ExpressionError
from derive.expr.graph import Node
from derive.expr.shapes import show
from derive.language.abstract import function
from derive.language.reader import parse
from derive.language.sequences import declare
from derive.lazily import lazily
from derive.records import dataclass
from verify.casefile import rules
from verify.casefile.model import State, Symbol
from verify.casefile.names import Names, explained
from verify.casefile.schema import SEQUENCE
from verify.casefile.tree import Mapping, Text, Tree

with lazily():
    from derive.calculus import iteration

MAX_SEQUENCES = 100


@dataclass(frozen=True)
class _Begun:
    """A sequence whose start has been read."""

    name: str
    symbol: Node
    start: Node
    text: str  # the start as it is written
    step: Text
    index: Node | None
    first: int


class Sequences:
    """The states of a case: their starts are read before its definitions, which speak of them, their steps after these."""

    def __init__(self, names: Names) -> None:
        self.names, self.reader = names, names.reader
        self.begun: list[_Begun] = []
        self.whole = True  # nothing was at fault

    def starts(self, tree: Tree | None) -> None:
        """Reads the starts and makes every state a symbol."""
        if tree is None:
            return
        if not isinstance(tree, Mapping):
            self.reader.fault(tree.place, "expected sequences as a mapping such as {w: {start: 1, step: w - eta*w}}")
            return
        if len(tree.entries) > MAX_SEQUENCES:
            self.reader.fault(tree.place, f"more than {MAX_SEQUENCES} sequences")
            return
        read = []
        for label, value in tree.entries.values():
            name = self.names.new(label)
            if name is None:
                self.whole = False
                continue
            before = self.reader.count
            begun = self._start(name, label, value)
            if begun is None or self.reader.count > before:
                self.names.broken.add(name)
                self.whole = False
            else:
                read.append((begun, label))
        for begun, label in read:  # a start speaks of no state
            symbol = Symbol(begun.name, begun.symbol.shape, None, None, None, False, begun.symbol, label.place)
            self.names.symbols[begun.name] = symbol
            self.names.scope[begun.name] = begun.symbol
            self.begun.append(begun)
        declare(self.names.graph, [n for b in self.begun for n in (b.symbol, b.index) if n is not None])

    def _start(self, name: str, label: Text, tree: Tree) -> _Begun | None:
        r = self.reader
        given = r.fields(tree, SEQUENCE, f"sequence '{name}'")
        start, step = given.get("start"), given.get("step")
        if start is None or step is None:
            return None
        if not isinstance(start, Text) or not isinstance(step, Text):
            for t in (start, step):
                r.is_text(t, "an expression")
            return None
        node = self.names.expression(start)
        if node is None:
            return None
        if len(node.shape) > 2:
            r.fault(start.place, f"a state is a number, a vector or a matrix, not of shape {show(node.shape)}")
            return None
        index = self._index(given.get("index"))
        first = 0
        if "first" in given:
            text = r.text(given["first"])
            if text not in ("0", "1"):
                r.fault(given["first"].place, rules.SEQUENCE[0].message)
            elif index is None:
                r.rules(rules.SEQUENCE, given, given["first"].place)
            else:
                first = int(text)
        return _Begun(name, self.names.graph.symbol(name, node.shape), node, start.value, step, index, first)

    def _index(self, tree: Tree | None) -> Node | None:
        """The symbol of a step's number; a name that is not declared yet becomes one."""
        if not isinstance(tree, Text):
            if tree is not None:
                self.reader.is_text(tree, "a name such as t")
            return None
        known = self.names.symbols.get(tree.value)
        if known is None:
            name = self.names.new(tree)
            if name is None:
                return None
            node = self.names.graph.symbol(name)
            known = Symbol(name, (), None, None, None, False, node, tree.place)
            self.names.symbols[name], self.names.scope[name] = known, node
        if known.shape or known.values is not None:
            self.reader.fault(tree.place, f"'{known.name}' has a shape or a value: it is no number of a step")
            return None
        return known.node

    def steps(self) -> None:
        """Reads the steps; from here on iterations can be worked out."""
        if not self.begun:
            return
        firsts: dict[Node, int] = {}
        for b in self.begun:
            if b.index is not None and firsts.setdefault(b.index, b.first) != b.first:
                self.reader.fault(b.step.place, f"the index '{b.index.attr}' starts at 0 and at 1")
                return
        if not self.whole:
            return
        declared = []
        for b in self.begun:
            before = self.reader.count
            if (b.index is None and self._read(b) is None) or self.reader.count > before:
                return
            declared.append(
                iteration.Declared(b.symbol, b.start, lambda k, b=b: self._again(b, k), b.index, b.first)  # type: ignore[misc]
            )
        try:
            self.names.graph.templates["sequences"] = iteration.System(self.names.graph, declared)
        except ExpressionError as e:
            at = next((b for b in self.begun if b.name in e.letters), self.begun[0]).step
            self.reader.fault(at.at(e.offset), explained(e, at))

    @property
    def states(self) -> dict[str, State]:
        """The states as they are written."""
        return {
            b.name: State(b.name, b.text, b.step.value, b.index.attr if b.index else "", b.first) for b in self.begun
        }

    def _scope(self, b: _Begun, number: int | None) -> dict[str, Node]:
        g = self.names.graph
        scope = {**self.names.scope, "new": function(g, "new", 1)}
        if b.index is not None and number is not None:
            scope[b.index.attr] = g.const(b.first + number)
        return scope

    def _read(self, b: _Begun) -> Node | None:
        """A step, its faults told."""
        kept = self.names.scope
        self.names.scope = self._scope(b, None)
        try:
            return self.names.expression(b.step)
        finally:
            self.names.scope = kept

    def _again(self, b: _Begun, number: int | None) -> Node:
        return parse(b.step.value, self._scope(b, number), self.names.graph, boolean=False, layout=self.names.layout)
