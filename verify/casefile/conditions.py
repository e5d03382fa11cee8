"""Definitions by a condition: ``w: {solves: w**3 + w == eta, in: [0, 2]}``, ``p: {minimizes: ..., subject_to: [...]}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derive.calculus.reverse import expand_all
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.expr.shapes import size
from derive.language.components import components
from derive.language.reader import parse
from derive.records import dataclass
from verify.casefile.readers import Reader, short
from verify.casefile.tree import Items, Text, Tree


@dataclass(frozen=True)
class Condition:
    """What a name is defined by: the texts of equations, the range of each of its entries, its shape."""

    solves: tuple[Text, ...]
    minimizes: Text | None
    subject_to: tuple[Text, ...]
    box: tuple[tuple[Fraction, Fraction], ...] | None
    shape: tuple[int, ...]

    @property
    def texts(self) -> tuple[Text, ...]:
        return (*self.solves, *([self.minimizes] if self.minimizes is not None else []), *self.subject_to)

    @property
    def text(self) -> str:
        what = "solves" if self.minimizes is None else "minimizes"
        return f"{what} {', '.join(t.value for t in self.texts)}"

    @property
    def words(self) -> str:
        """Its texts as one expression, for the names in them."""
        return f"[{', '.join(t.value for t in self.texts)}]"

    def made(self, name: str, scope: Mapping[str, Node], graph: Graph, layout: str, reader: Reader) -> Node | None:
        """The definition of the name; None, and a fault, where it is at fault."""
        from derive.calculus.implicit import System
        from derive.engine.optima.minimum import Minimum

        x = graph.symbol(name, self.shape)
        given = {**scope, name: x}
        sides: dict[str, list[Node]] = {"eq": [], "le": []}  # what is 0, what is at most 0
        objective = None
        for t in self.texts:
            try:
                if t is self.minimizes:
                    (objective,) = components(expand_all([_scalar(parse(t.value, given, graph, layout=layout))])[0])
                    continue
                for kind, difference in _compared(parse(t.value, given, graph, boolean=True, layout=layout)):
                    if kind == "le" and objective is None:
                        raise ExpressionError("expected an equation, such as w**3 + w == eta")
                    sides[kind] += components(expand_all([difference])[0])
            except ExpressionError as e:
                reader.fault(t.at(e.offset), f"{e.message} in '{short(t.value)}'")
                return None
        try:
            if objective is None:
                return System(x, sides["eq"], self.box or ()).made(name)
            return Minimum(x, objective, sides["le"], sides["eq"], self.box).made(name)
        except ExpressionError as e:
            reader.fault(self.texts[0].place, f"'{name}': {e.message}")
            return None


def _scalar(n: Node) -> Node:
    if n.shape:
        raise ExpressionError("what is least is a number")
    return n


def _compared(condition: Node) -> list[tuple[str, Node]]:
    """The parts of a condition: what is 0 (``eq``), and what is at most 0 (``le``)."""
    if condition.op == "and":
        return [p for a in condition.args for p in _compared(a)]
    if condition.op not in ("eq", "le", "ge"):
        raise ExpressionError("expected equations, or inequalities with <= and >=, joined by 'and' or in a list")
    a, b = condition.args if condition.op != "ge" else condition.args[::-1]
    return [("eq" if condition.op == "eq" else "le", condition.graph.call("sub", a, b))]


def condition(given: Mapping[str, Tree], reader: Reader, sizes: dict[str, int]) -> Condition | None:
    """The condition in the keys of a definition, which go together; None, and a fault, for anything else."""
    before = reader.count
    shape = reader.sizes(given["shape"], sizes) if "shape" in given else ()
    solves = tuple(reader.texts(given.get("solves"), "an equation or a list of them"))
    subject_to = tuple(reader.texts(given.get("subject_to"), "a condition or a list of them"))
    minimizes = given.get("minimizes")
    if minimizes is not None and not reader.is_text(minimizes, "an expression"):
        return None
    if shape is None or reader.count > before:
        return None
    box = _box(given["in"], size(shape), reader) if "in" in given else None
    if reader.count > before:
        return None
    return Condition(solves, minimizes if isinstance(minimizes, Text) else None, subject_to, box, shape)


def _box(tree: Tree, count: int, reader: Reader) -> tuple[tuple[Fraction, Fraction], ...] | None:
    """A range for all entries, or a list of ranges, one an entry."""
    several = isinstance(tree, Items) and all(isinstance(t, Items) for t in tree.items)
    ranges: Sequence[Tree] = tree.items if several and isinstance(tree, Items) else [tree]
    found = []
    for item in ranges:
        before = reader.count
        ends = reader.texts(item, "a range such as [-1, 1]")
        if len(ends) != 2:
            reader.fault(item.place, "expected a range of two numbers such as [-1, 1], or a list of them, one an entry")
            return None
        low, high = (reader.number(t) for t in ends)
        if reader.count > before:
            return None
        if low >= high:
            reader.fault(item.place, f"an empty range: {ends[0].value} is not less than {ends[1].value}")
            return None
        found.append((low, high))
    if several and len(found) != count:
        reader.fault(tree.place, f"{len(found)} ranges for {count} entries")
        return None
    return tuple(found) if several else tuple(found * count)
