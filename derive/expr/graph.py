"""The graph: immutable, hash-consed, shaped nodes.

Equal expressions are one node, so every pass over a graph is linear in the number of *distinct*
subexpressions, and identity of nodes is equality of expressions. A node's ``id`` grows with its
creation, so ascending ids are a topological order: no pass needs recursion.

``Graph.node`` builds exactly what it is told (the parser's way: text and tree correspond).
``Graph.add`` and its sisters fold what is trivially known (0, 1, constants) and put commutative
operands in a fixed order (the calculus's way: derived expressions stay small and shared).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from fractions import Fraction
from operator import attrgetter
from typing import Any, ClassVar

from derive.budget import spend
from derive.errors import ShapeError
from derive.expr import shapes

Shape = tuple[int, ...]
Number = int | Fraction

BY_ID = attrgetter("id")  # sorts nodes topologically
_FOLDED = frozenset(["const", "neg", "broadcast"])  # what a product or a sum is not simply written with
MAX_REPR = 2_000  # characters of an expression in Python's own display
MAX_POWER_BITS = 20_000  # a folded constant never grows past this; larger powers stay symbolic


class Node:
    """One subexpression. Compare with ``is``; build only through a ``Graph``."""

    __slots__ = ("args", "attr", "graph", "id", "op", "shape")

    op: str
    args: tuple[Node, ...]
    attr: Any
    shape: Shape
    id: int
    graph: Graph

    # How nodes are shown, set by the language (``derive/language/reader``), which stands above the graph.
    text: ClassVar[Callable[[Node], str] | None] = None
    latex: ClassVar[Callable[[Node], str] | None] = None

    def __repr__(self) -> str:
        text = Node.text(self) if Node.text else f"{self.op} {self.id}"
        return f"<{text}>" if len(text) <= MAX_REPR else f"<{text[:MAX_REPR]}...>"

    def _repr_latex_(self) -> str | None:
        return f"${Node.latex(self)}$" if Node.latex else None

    # Operators of Python, so that a graph can be built in code as it is written in a case.
    def __add__(self, other: Node | Number) -> Node:
        return self.graph.add(self, self.graph.lift(other))

    def __radd__(self, other: Number) -> Node:
        return self.graph.add(self.graph.lift(other), self)

    def __sub__(self, other: Node | Number) -> Node:
        return self.graph.sub(self, self.graph.lift(other))

    def __rsub__(self, other: Number) -> Node:
        return self.graph.sub(self.graph.lift(other), self)

    def __mul__(self, other: Node | Number) -> Node:
        return self.graph.mul(self, self.graph.lift(other))

    def __rmul__(self, other: Number) -> Node:
        return self.graph.mul(self.graph.lift(other), self)

    def __truediv__(self, other: Node | Number) -> Node:
        return self.graph.div(self, self.graph.lift(other))

    def __rtruediv__(self, other: Number) -> Node:
        return self.graph.div(self.graph.lift(other), self)

    def __pow__(self, other: Node | Number) -> Node:
        return self.graph.pow(self, self.graph.lift(other))

    def __neg__(self) -> Node:
        return self.graph.neg(self)

    def __matmul__(self, other: Node) -> Node:
        return self.graph.matmul(self, other)

    @property
    def T(self) -> Node:
        return self.graph.transpose(self)


class Graph:
    """An interning table of nodes. Everything reachable from its nodes lives in it."""

    # What the calculus (``derive/calculus``), which stands above, knows of nodes; set by it.
    normal: ClassVar[Any] = None  # expectations over normal vectors (derive.calculus.gaussian)
    totals: ClassVar[Any] = None  # what a node ``total`` stands for (derive.calculus.totals)
    meetings: ClassVar[Callable[[], Any] | None] = (
        None  # the values of derivatives where pieces meet (derive.calculus.joints)
    )

    def __init__(self) -> None:
        # by operator, its nodes by their arguments, or by attribute and arguments
        self._tables: defaultdict[str, dict[tuple[Any, ...], Node]] = defaultdict(dict)
        self._products = self._tables["mul"]
        self._count = 0
        self.zero = self.node("const", (), 0)
        self.one = self.node("const", (), 1)
        # body -> its definition, so that derived formulas speak in the document's own names
        self.named: dict[Node, Node] = {}
        # expressions over placeholders, read and differentiated once (see meaning)
        self.templates: dict[Any, Any] = {}
        # what derivatives were worked out to, by which variables, of what function; and what these became with values in the
        # place of symbols, and of which derivative (see joints)
        self.derived: dict[tuple[Node, tuple[Node, ...] | tuple[tuple[Node, Node], ...], Node], None] = {}
        # nodes below which nothing stands that has a meaning in some places only (see reader)
        self.ordinary: set[Node] = set()
        # by roots, in which order their values are worked out (see balls)
        self.steps: dict[tuple[Node, ...], Any] = {}
        self.walked: tuple[tuple[Node, ...], list[Node]] = (), []  # the roots of the last walk, and its nodes
        self._valued: dict[Node, bool] = {}  # whether a node has a value everywhere, as far as it was asked
        self._laid: set[Node] = set()  # scalars in which no tensor is left to be laid out, as far as it was asked

    def __len__(self) -> int:
        return self._count

    def has(self, operators: Iterable[str]) -> bool:
        """Whether a node of one of these operators was ever made: where not, none needs to be looked for."""
        return not self._tables.keys().isdisjoint(operators)

    def node(self, op: str, args: tuple[Node, ...] = (), attr: Any = None, shape: Shape = ()) -> Node:
        """The node of that operator and arguments, new or known. ``shape`` must follow from the rest."""
        table = self._tables[op]
        key = args if attr is None else (attr, args)
        found = table.get(key)
        if found is None:
            found = table[key] = Node()
            found.op = op
            found.args = args
            found.attr = attr
            found.shape = shape
            found.graph = self
            found.id = self._count
            self._count += 1
        return found

    # -- leaves -------------------------------------------------------------------------------

    def const(self, value: Number) -> Node:
        """An exact rational number (``int`` or ``Fraction``; never a float)."""
        if type(value) is Fraction and value.denominator == 1:
            value = value.numerator
        return self.node("const", (), value)

    def symbol(self, name: str, shape: Shape = ()) -> Node:
        """A free variable: one name, one shape.

        Raises ShapeError where the name is known with another shape.
        """
        found = self.node("symbol", (), name, shape)
        if found.shape != shape:
            raise ShapeError(f"'{name}' has shape {found.shape}, not {shape}")
        return found

    def define(self, name: str, body: Node) -> Node:
        """A name on a node. To the calculus it is a variable of its own: d(L, yhat) sees only the
        paths that the document writes through ``yhat``."""
        made = self.node("def", (body,), name, body.shape)
        self.named.setdefault(body, made)
        return made

    def lift(self, value: Node | Number) -> Node:
        return value if isinstance(value, Node) else self.const(value)

    # -- arithmetic with folding --------------------------------------------------------------

    def _elementwise(self, op: str, a: Node, b: Node) -> Node:
        shape = a.shape
        if shape is not b.shape and shape != b.shape:
            shape = shapes.broadcast(a.shape, b.shape)
        return self.node(op, (a, b), None, shape)

    def _shaped(self, a: Node, shape: Shape) -> Node:
        return a if a.shape == shape else self.broadcast(a, shape)

    def add(self, a: Node, b: Node) -> Node:
        if a.op in _FOLDED or b.op in _FOLDED:
            if a is self.zero:
                return b
            if b is self.zero:
                return a
            if a.op == "const" and b.op == "const":
                return self.const(a.attr + b.attr)
            if b.op == "neg":
                return self.sub(a, b.args[0])
            if a.op == "neg":
                return self.sub(b, a.args[0])
        if a is b:  # what x @ x and the like give, once from each side
            return self.mul(self.const(2), a)
        if b.id < a.id:
            a, b = b, a
        return self._elementwise("add", a, b)

    def sub(self, a: Node, b: Node) -> Node:
        if b is self.zero:
            return a
        if a is self.zero:
            return self.neg(b)
        if a.op == "const" and b.op == "const":
            return self.const(a.attr - b.attr)
        if a is b:
            return self._shaped(self.zero, a.shape)
        if b.op == "neg":
            return self.add(a, b.args[0])
        return self._elementwise("sub", a, b)

    def neg(self, a: Node) -> Node:
        if a.op == "const":
            return self.const(-a.attr)
        if a.op == "neg":
            return a.args[0]
        if a.op == "sub":
            return self.sub(a.args[1], a.args[0])
        return self.node("neg", (a,), None, a.shape)

    def mul(self, a: Node, b: Node) -> Node:
        if a.op in _FOLDED or b.op in _FOLDED:
            return self._product(a, b)
        if b.id < a.id:
            a, b = b, a
        shape = a.shape
        if shape is not b.shape:
            return self._elementwise("mul", a, b)
        args = (a, b)
        found = self._products.get(args)
        if found is None:
            found = self._products[args] = Node()
            found.op = "mul"
            found.args = args
            found.attr = None
            found.shape = shape
            found.graph = self
            found.id = self._count
            self._count += 1
        return found

    def products(self, a: Node, others: Iterable[Node]) -> list[Node]:
        """``mul`` of a node and each of others, in one call: second derivatives are mostly such products."""
        if a.op in _FOLDED:
            return [self.mul(a, b) for b in others]
        known, shape, place, made = self._products, a.shape, a.id, []
        for b in others:
            if b.op in _FOLDED or b.shape is not shape:
                made.append(self.mul(a, b))
                continue
            args = (a, b) if place <= b.id else (b, a)
            found = known.get(args)
            if found is None:
                found = known[args] = Node()
                found.op = "mul"
                found.args = args
                found.attr = None
                found.shape = shape
                found.graph = self
                found.id = self._count
                self._count += 1
            made.append(found)
        return made

    def _product(self, a: Node, b: Node) -> Node:
        """a * b, one of them a constant, a negative or a broadcast."""
        if a is self.one:
            return b
        if b is self.one:
            return a
        if a.op == "const":
            if b.op == "const":
                return self.const(a.attr * b.attr)
            if a is self.zero and not self._divides_by_zero(b):
                return self._shaped(a, b.shape)
            if a.attr == -1:
                return self.neg(b)
            if b.op == "mul" and b.args[0].op == "const" and b.args[0].attr:  # 0*x says where x has no value
                return self.mul(self.const(a.attr * b.args[0].attr), b.args[1])
        elif b.op == "const":
            return self.mul(b, a)
        if a.op == "neg":
            return self.neg(self.mul(a.args[0], b))
        if b.op == "neg":
            return self.neg(self.mul(a, b.args[0]))
        if a.op == "broadcast":
            return self._times_broadcast(a, b)
        if b.op == "broadcast":
            return self._times_broadcast(b, a)
        return self._elementwise("mul", a, b)

    def _times_broadcast(self, spread: Node, other: Node) -> Node:
        """spread * other, without spreading where ``other`` already has the shape."""
        inner = spread.args[0]
        if other.shape == spread.shape and not inner.shape:
            return self._shaped(self.mul(inner, other), spread.shape)
        first, second = (spread, other) if spread.id < other.id else (other, spread)
        return self._elementwise("mul", first, second)

    def _divides_by_zero(self, n: Node) -> bool:
        """Whether a node has no value for certain: 0 times it has none either."""
        n = n.args[0] if n.op == "neg" else n
        return n.op == "div" and n.args[1] is self.zero

    def div(self, a: Node, b: Node) -> Node:
        if b.op == "const" and b.attr != 0:
            if b is self.one:
                return a
            if a.op == "const":
                return self.const(Fraction(a.attr, b.attr))
        if a is self.zero and b is not self.zero:
            return self._shaped(a, shapes.broadcast(a.shape, b.shape))
        if a.op == "neg":
            return self.neg(self.div(a.args[0], b))
        return self._elementwise("div", a, b)

    def pow(self, a: Node, b: Node) -> Node:
        if b.op == "const":
            if b is self.one:
                return a
            if b is self.zero:
                return self._shaped(self.one, a.shape)
            if a.op == "const" and type(b.attr) is int and (a.attr != 0 or b.attr > 0):
                size = Fraction(a.attr)
                bits = max(size.numerator.bit_length(), size.denominator.bit_length()) * abs(b.attr)
                if bits <= MAX_POWER_BITS:
                    return self.const(size**b.attr)
        return self._elementwise("pow", a, b)

    def call(self, op: str, *args: Node) -> Node:
        """An elementwise operator of the table, shaped by broadcasting its arguments."""
        shape: Shape = ()
        for a in args:
            if a.shape != shape:
                shape = shapes.broadcast(shape, a.shape)
        return self.node(op, args, None, shape)

    # -- structure ----------------------------------------------------------------------------

    def matmul(self, a: Node, b: Node) -> Node:
        return self.node("matmul", (a, b), None, shapes.matmul(a.shape, b.shape))

    def transpose(self, a: Node) -> Node:
        if len(a.shape) < 2:
            return a
        if a.op == "transpose":
            return a.args[0]
        if a.op == "outer":
            return self.outer(a.args[1], a.args[0])
        return self.node("transpose", (a,), None, a.shape[::-1])

    def outer(self, a: Node, b: Node) -> Node:
        return self.node("outer", (a, b), None, shapes.outer(a.shape, b.shape))

    def diag(self, a: Node) -> Node:
        """The diagonal matrix of a vector; the diagonal of a matrix (as in NumPy)."""
        return self.node("diag", (a,), None, shapes.diag(a.shape))

    def det(self, a: Node) -> Node:
        shapes.square(a.shape, "det")
        return self.node("det", (a,))

    def inv(self, a: Node) -> Node:
        shapes.square(a.shape, "inv")
        return self.node("inv", (a,), None, a.shape)

    def sum(self, a: Node, axis: int | None = None) -> Node:
        if not a.shape:
            return a
        return self.node("sum", (a,), axis, shapes.reduce(a.shape, axis))

    def broadcast(self, a: Node, shape: Shape) -> Node:
        if a.shape == shape:
            return a
        shapes.broadcast(a.shape, shape)
        return self.node("broadcast", (a,), shape, shape)

    def reshape(self, a: Node, shape: Shape) -> Node:
        if a.shape == shape:
            return a
        if shapes.size(a.shape) != shapes.size(shape):
            raise ShapeError(f"shape {a.shape} can't be laid out as {shape}")
        return self.node("reshape", (a,), shape, shape)

    def index(self, a: Node, where: tuple[int, ...]) -> Node:
        where = shapes.normal_index(a.shape, where)
        if a.op == "stack":
            inner = a.args[where[0]]
            return self.index(inner, where[1:]) if where[1:] else inner
        return self.node("index", (a,), where, a.shape[len(where) :])

    def stack(self, parts: Sequence[Node]) -> Node:
        """A vector from scalars, a matrix from its rows."""
        shape = shapes.stack([p.shape for p in parts])
        return self.node("stack", tuple(parts), None, shape)

    def concat(self, parts: Sequence[Node]) -> Node:
        """Vectors end to end, matrices below each other; a part of one rank less counts as one entry or row."""
        return self.node("concat", tuple(parts), None, shapes.concat([p.shape for p in parts]))


def topological(
    roots: Iterable[Node], through_definitions: bool = True, known: Container[Node] = frozenset()
) -> list[Node]:
    """Every node that the roots need, arguments before users, without recursion.

    With ``through_definitions=False`` a definition is a leaf. What is ``known``, and what only that needs, is left out.
    """
    asked = tuple(roots)
    whole = through_definitions and not known
    if whole and asked and asked == asked[0].graph.walked[0]:  # one pass after the other goes over the same
        order = asked[0].graph.walked[1]
        spend(2 * len(order), "walks over expressions")
        return order.copy()
    order = [n for n in dict.fromkeys(asked) if n not in known]
    seen = set(order)
    for n in order:  # which grows meanwhile
        if through_definitions or n.op != "def":
            for a in n.args:
                if a not in seen and a not in known:
                    seen.add(a)
                    order.append(a)
    spend(2 * len(order), "walks over expressions")
    order.sort(key=BY_ID)
    if whole and asked:
        asked[0].graph.walked = asked, order.copy()
    return order


def free_symbols(roots: Iterable[Node]) -> list[Node]:
    """The symbols that the roots depend on, in order of their creation."""
    return [n for n in topological(roots) if n.op == "symbol"]
