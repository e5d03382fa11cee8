"""The recurrence of an optimizer: how a step changes its states and the parameter, over arrays of entries and in balls.

Each update has the values just made: ``g`` is the gradient, ``w`` the parameter, ``t`` the number of the step from 1. It is
meant entry by entry, unless it adds up or multiplies tensors (``norm(w)``, ``m @ m.T``): then of the whole parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import ExpressionError, nearest
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import OPERATORS
from derive.flint import fmpq
from derive.language import reader
from derive.language.components import components, components_all
from derive.language.names import names_in
from derive.numbers.balls import precision, value_of
from derive.records import dataclass
from verify.casefile.states import shapes_of_states
from verify.conform.formats import Array
from verify.conform.running import DOUBLE, Bounded, Unit, applied
from verify.conform.truth import pair

BITS = 192  # of the balls; 50 steps widen them by far less
PARAMETER, GRADIENT, STEP = "w", "g", "t"
RESERVED = (PARAMETER, GRADIENT, STEP)
MAX_UPDATES = 100
MAX_CELLS = 400  # entries of a parameter that is one whole
JOINING = frozenset(
    {"sum", "mean", "matmul", "transpose", "outer", "diag", "det", "inv", "index", "norm", "max", "min"}
)
_UPDATE = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)\s*")
_SLIPPED = 2.0**-53  # a constant may be a decimal or the double next to it

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Recurrence:
    """``starts`` of the states by name, ``updates`` in order; ``constants`` are the values of the other names, exactly."""

    starts: Mapping[str, str]
    updates: Sequence[tuple[str, str]]
    constants: Mapping[str, Fraction]

    @property
    def text(self) -> str:
        return "; ".join(f"{n} = {t}" for n, t in self.updates)

    @cached_property
    def whole(self) -> bool:
        """Whether entries of the parameter meet: then it is run a tensor at a time."""
        try:
            made = Program.of(self, (2, 3))
        except ExpressionError:
            return False
        return any(_joins(n) for n in topological([node for _, node in made.nodes]))

    @cached_property
    def program(self) -> Program:
        """Of an entry. Raises ExpressionError, with the column in the update that is at fault."""
        return Program.of(self)


def _joins(n: Node) -> bool:
    if n.op in ("max", "min") and len(n.args) == 2:
        return False
    return n.op in JOINING


@dataclass(frozen=True)
class Program:
    """A recurrence, read for parameters of a shape. ``cells`` are the scalar nodes that a name consists of."""

    graph: Graph
    scope: Mapping[str, Node]
    nodes: tuple[tuple[str, Node], ...]
    starts: Mapping[str, Node]
    constants: Mapping[str, Fraction]
    shape: Shape = ()
    _lines: dict[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, recurrence: Recurrence, shape: Shape = ()) -> Program:
        """Raises ExpressionError."""
        if PARAMETER not in {n for n, _ in recurrence.updates}:
            raise ExpressionError(f"no update says what becomes of the parameter '{PARAMETER}'")
        shapes: dict[str, Shape] = {PARAMETER: shape, GRADIENT: shape, STEP: ()}
        shapes |= dict.fromkeys(recurrence.constants, ())
        g = Graph()
        shapes |= shapes_of_states(recurrence.updates, shapes, recurrence.starts, shape)
        scope = {n: g.symbol(n, s) for n, s in shapes.items()}
        nodes = []
        for name, text in recurrence.updates:
            node = reader.parse(text, scope, g)
            if name not in scope or scope[name].shape != node.shape:
                scope[name] = g.symbol(name, node.shape)
            nodes.append((name, node))
        starts = {n: reader.parse(t, scope, g) for n, t in recurrence.starts.items()}
        return cls(g, scope, tuple(nodes), starts, recurrence.constants, shape)

    def with_nodes(self, nodes: Sequence[tuple[str, Node]], starts: Mapping[str, Node] | None = None) -> Program:
        return Program(
            self.graph, self.scope, tuple(nodes), self.starts if starts is None else starts, self.constants, self.shape
        )

    @property
    def text(self) -> str:
        return "; ".join(f"{n} = {reader.to_text(node)}" for n, node in self.nodes)

    def cells(self, name: str) -> Sequence[Node]:
        return components(self.scope[name])

    @cached_property
    def lines(self) -> list[tuple[Sequence[Node], Sequence[Node], list[Node]]]:
        """A line an update: its cells, what they become, and the nodes to work out for that, in order."""
        found: list[tuple[Sequence[Node], Sequence[Node], list[Node]]] = []
        entries = components_all([node for _, node in self.nodes])
        for (name, _), made in zip(self.nodes, entries, strict=True):
            spread = made if len(made) == len(self.cells(name)) else [made[0]] * len(self.cells(name))
            found.append((self.cells(name), spread, [n for n in topological(made) if not _leaf(n)]))
        return found

    @cached_property
    def shared(self) -> frozenset[Node]:
        """Nodes that depend on constants and the number of the step alone: programs work them out in scalars of their own."""
        varies = {PARAMETER, GRADIENT}
        growing = True
        while growing:
            growing = False
            for name, node in self.nodes:
                if name not in varies and any(str(s.attr) in varies for s in topological([node]) if s.op == "symbol"):
                    varies.add(name)
                    growing = True
        free: dict[Node, bool] = {}
        for node in topological([n for line in self.lines for n in line[1]]):
            free[node] = str(node.attr) not in varies if node.op == "symbol" else all(free[a] for a in node.args)
        return frozenset(n for n, alone in free.items() if alone)

    # -- over arrays -----------------------------------------------------------------------------------

    def bounds(
        self,
        start: Array,
        gradients: Array,
        unit: Unit = DOUBLE,
        scalar: Unit = DOUBLE,
        constants: Callable[[int], Mapping[str, Array]] | None = None,
    ) -> Iterator[Bounded]:
        """The parameter after each step, with what a program that rounds every operation by ``unit`` may be off by.

        ``start`` has an entry a point, or of a whole parameter its entries in order; a row of ``gradients`` is a step.
        ``constants`` are those of a step (from 1), where they change; ``scalar`` is the unit of what hangs on no entry.
        Raises NotImplementedError where an operator has no rule.
        """
        zero = np.float64(0.0)

        def put(values: dict[Node, Bounded], t: int) -> None:
            here: Mapping[str, Any] = {n: float(v) for n, v in self.constants.items()}
            for name, v in {**here, **(constants(t) if constants else {})}.items():
                value = np.asarray(v, np.float64)
                small = np.abs(value) * _SLIPPED * (value != np.rint(value))
                values[self.scope[name]] = Bounded(value, small)

        values: dict[Node, Bounded] = {}
        with np.errstate(all="ignore"):
            put(values, 1)
            self._put(values, PARAMETER, start)
            for name, node in self.starts.items():
                entries = components(node)
                for k, cell in enumerate(self.cells(name)):
                    root = entries[k] if len(entries) > 1 else entries[0]
                    values[cell] = self._work([root], topological([root]), values, unit, scalar)[0]
            for t, row in enumerate(gradients, 1):
                put(values, t)
                self._put(values, GRADIENT, row)
                values[self.scope[STEP]] = Bounded(np.float64(t), zero)
                for cells, made, order in self.lines:
                    results = self._work(made, order, values, unit, scalar)
                    values.update(zip(cells, results, strict=True))
                w = [values[c] for c in self.cells(PARAMETER)]
                if self.shape:
                    flat = [np.array([float(getattr(b, part)) for b in w]) for part in ("value", "error")]
                    yield Bounded(*flat)
                else:
                    yield Bounded(*(np.broadcast_to(x, np.shape(start)) for x in w[0]))

    def _put(self, values: dict[Node, Bounded], name: str, row: Array) -> None:
        cells, zero = self.cells(name), np.float64(0.0)
        for k, cell in enumerate(cells):
            values[cell] = Bounded(np.float64(row[k]) if self.shape else row, zero)

    def _work(
        self, roots: Sequence[Node], order: Sequence[Node], values: Mapping[Node, Bounded], unit: Unit, scalar: Unit
    ) -> list[Bounded]:
        done = dict(values)
        for n in order:
            if n in done:
                continue
            if n.op == "const":
                done[n] = Bounded(np.float64(float(n.attr)), np.float64(0.0))
                continue
            args = [done[a] for a in n.args]
            made = applied(n, scalar if n in self.shared else unit, *args)
            if n.op in _ZEROS:
                made = _exact_zeros(n, made, args)
            done[n] = made
        return [done[r] for r in roots]

    def values(self, start: Array, gradients: Array) -> Iterator[Array]:
        """The parameter after each step in float64, without bounds: for candidates."""
        one = {n: np.float64(float(v)) for n, v in self.constants.items()}
        values: dict[Node, Any] = {self.scope[n]: v for n, v in one.items()}
        with np.errstate(all="ignore"):
            values[self.scope[PARAMETER]] = start
            for name, node in self.starts.items():
                values[self.scope[name]] = _plain([node], topological([node]), values)[0]
            for t, row in enumerate(gradients, 1):
                values[self.scope[GRADIENT]], values[self.scope[STEP]] = row, np.float64(t)
                for cells, made, order in self.lines:
                    values[cells[0]] = _plain(made, order, values)[0]
                yield np.broadcast_to(values[self.scope[PARAMETER]], np.shape(start))

    def sizes(self, start: Array, gradients: Array) -> Iterator[tuple[int, str, Node, Array]]:
        """Each value on the way, step by step: the step, the name of the update, the node, and its value."""
        values: dict[Node, Any] = {self.scope[n]: np.float64(float(v)) for n, v in self.constants.items()}
        with np.errstate(all="ignore"):
            values[self.scope[PARAMETER]] = start
            for name, node in self.starts.items():
                values[self.scope[name]] = _plain([node], topological([node]), values)[0]
            for t, row in enumerate(gradients, 1):
                values[self.scope[GRADIENT]], values[self.scope[STEP]] = row, np.float64(t)
                for (name, _), (cells, made, order) in zip(self.nodes, self.lines, strict=True):
                    done = dict(values)
                    _plain(made, order, done, keep=True)
                    for n in (*(c for c in self.scope.values() if str(c.attr) in self.constants), *order):
                        if n.op not in _CONDITIONS and n in done and n.op != "const":
                            yield t, name, n, np.broadcast_to(done[n], np.shape(start))
                    values[cells[0]] = done[made[0]]

    # -- in balls --------------------------------------------------------------------------------------

    def exact(
        self, start: Array, gradients: Array, constants: Callable[[int], Mapping[str, float]] | None = None
    ) -> Array:
        """The parameter after the last step, an entry a row of ``high, low``. Raises ExpressionError where there is none."""
        values: dict[Node, Any] = {}

        def put(t: int) -> None:
            for n, v in self.constants.items():
                values[self.scope[n]] = fmpq(v.numerator, v.denominator)
            for n, x in (constants(t) if constants else {}).items():
                values[self.scope[n]] = fmpq(*float(x).as_integer_ratio())

        with precision(BITS):
            put(1)
            for cell, x in zip(self.cells(PARAMETER), start, strict=True):
                values[cell] = fmpq(*float(x).as_integer_ratio())
            for name, node in self.starts.items():
                entries = components(node)
                for k, cell in enumerate(self.cells(name)):
                    root = entries[k] if len(entries) > 1 else entries[0]
                    values[cell] = _ball(root, topological([root]), dict(values), name)
            for t, row in enumerate(gradients, 1):
                put(t)
                values[self.scope[STEP]] = fmpq(t)
                for cell, x in zip(self.cells(GRADIENT), row, strict=True):
                    values[cell] = fmpq(*float(x).as_integer_ratio())
                for (name, _), (cells, made, order) in zip(self.nodes, self.lines, strict=True):
                    done = dict(values)
                    results = [_ball(root, order, done, name, t) for root in made]
                    values.update(zip(cells, results, strict=True))
            return np.array([pair(values[c]) for c in self.cells(PARAMETER)])


def _leaf(n: Node) -> bool:
    return n.op == "symbol" or (n.op == "index" and n.args[0].op == "symbol")


_ZEROS = ("mul", "add", "sub", "sqrt", "pow", "div")
_CONDITIONS = {"select", *(o.name for o in OPERATORS.values() if o.boolean or o.jumps)}


def _exact_zeros(n: Node, made: Bounded, args: Sequence[Bounded]) -> Bounded:
    """A zero that comes of exact zeros is exact: no rounding there makes a root or a sign uncertain."""
    zeros = [(a.value == 0) & (a.error == 0) for a in args]
    sure = (
        zeros[0] | zeros[1]
        if n.op == "mul"
        else zeros[0] & zeros[1]
        if n.op in ("add", "sub")
        else zeros[0] & (args[1].value != 0)
        if n.op == "div"
        else zeros[0] & (args[1].value > 0)
        if n.op == "pow"
        else zeros[0]
    )
    if not np.any(sure):
        return made
    return Bounded(made.value, np.where(sure & (made.value == 0), 0.0, made.error))


_VALUES: Mapping[str, Callable[..., Any]] = {
    **{o.name: getattr(np, o.numpy_function) for o in OPERATORS.values() if o.numpy_function},
    "relu": lambda x: np.maximum(x, 0.0),
    "def": lambda x: x,
}


def _plain(roots: Sequence[Node], order: Sequence[Node], values: dict[Node, Any], keep: bool = False) -> list[Any]:
    done = values if keep else dict(values)
    for n in order:
        if n in done:
            continue
        if n.op == "const":
            done[n] = np.float64(float(n.attr))
        elif n.op in _VALUES:
            done[n] = _VALUES[n.op](*(done[a] for a in n.args))
        else:
            done[n] = applied(n, DOUBLE, *(Bounded(np.asarray(done[a]), np.float64(0.0)) for a in n.args)).value
    return [done[r] for r in roots]


def _ball(root: Node, order: Sequence[Node], done: dict[Node, Any], name: str, t: int = 0) -> Any:
    for n in order:
        if n in done:
            continue
        if n.op == "symbol":
            raise ExpressionError(f"'{n.attr}' has no value where '{name}' is computed")
        if n.op == "const":
            done[n] = fmpq(n.attr.numerator, n.attr.denominator)
        else:
            done[n] = value_of(n, [done[a] for a in n.args])
    if isinstance(done[root], Exception):
        raise ExpressionError(f"'{name}' has no value{f' in step {t}' if t else ''}: {done[root]}")
    return done[root]


# -- as text ------------------------------------------------------------------------------------------


def read_recurrence(
    text: str,
    constants: Mapping[str, Fraction | float],
    states: Mapping[str, str | float] | None = None,
    known: Mapping[str, float] | None = None,
) -> Recurrence:
    """``m = b1*m + (1 - b1)*g; w = w - lr*m``: updates in order. A name that is used before it is made is a state, and starts at
    0 unless ``states`` says otherwise; other names are ``constants``, or have the optimizer's default (``known``).

    Raises ExpressionError with the column in the text.
    """
    updates = _updates(text)
    made = {n for n, _, _ in updates}
    if PARAMETER not in made:
        raise ExpressionError(f"no update says what becomes of the parameter '{PARAMETER}': end with w = w - ...")
    values: dict[str, Fraction] = {n: Fraction(v) for n, v in constants.items()}
    starts = {n: str(v) for n, v in (states or {}).items()}
    for n in starts:
        if n not in made:
            raise ExpressionError(f"the state '{n}' has a start, but no update{nearest(n, made)}")
    done: set[str] = set()
    used: set[str] = set()
    for name, body, offset in updates:
        try:
            names = names_in(body)
        except ExpressionError as bad:
            raise ExpressionError(bad.message, bad.offset + offset) from None
        for n, column in names.items():
            used.add(n)
            if n in RESERVED or n == "pi" or n in values or n in done or n in starts:
                continue
            if n in made:
                starts[n] = "0"
            elif known and n in known:
                values[n] = Fraction(known[n])
            else:
                raise ExpressionError(
                    f"'{n}' has no value{nearest(n, [*made, *values, *RESERVED, *(known or {})])}; "
                    f"a constant is given as {n}=0.1, the gradient is g, the number of the step t",
                    column + offset,
                )
        done.add(name)
    for text_of in starts.values():
        for n in names_in(text_of):
            used.add(n)
            if n not in values and known and n in known:
                values[n] = Fraction(known[n])
    for n in values:
        if n not in used:
            raise ExpressionError(f"'{n}' has a value, but does not stand in the formula{nearest(n, used)}")
        if n in made:
            raise ExpressionError(f"'{n}' is a constant, and an update changes it: give its start in states")
    found = Recurrence(starts, tuple((n, b.strip()) for n, b, _ in updates), values)
    _checked(found, [o for _, _, o in updates])
    return found


def _updates(text: str) -> list[tuple[str, str, int]]:
    """The name, the formula and the column of every update. Raises ExpressionError."""
    updates: list[tuple[str, str, int]] = []
    at = 0
    for piece in re.split(r"[;\n]", text):
        if piece.strip():
            head = _UPDATE.match(piece)
            if head is None:
                raise ExpressionError(
                    f"expected NAME = FORMULA, such as w = w - lr*g, not '{piece.strip()}'",
                    at + len(piece) - len(piece.lstrip()),
                )
            if head[1] in (GRADIENT, STEP):
                raise ExpressionError(
                    f"'{head[1]}' is the {'gradient' if head[1] == GRADIENT else 'number of the step'}; "
                    "take another name for what is made of it",
                    at + head.start(1),
                )
            updates.append((head[1], piece[head.end() :], at + head.end()))
        at += len(piece) + 1
    if len(updates) > MAX_UPDATES:
        raise ExpressionError(f"more than {MAX_UPDATES} updates")
    return updates


def _checked(recurrence: Recurrence, offsets: Sequence[int]) -> None:
    """Raises ExpressionError with the column in the whole text where an update can't be read."""
    if recurrence.whole:
        return
    g = Graph()
    scope = {n: g.symbol(n) for n in (*RESERVED, *recurrence.constants, *recurrence.starts)}
    for (name, body), offset in zip(recurrence.updates, offsets, strict=True):
        try:
            reader.parse(body, scope, g)
        except ExpressionError as bad:
            raise ExpressionError(bad.message, bad.offset + offset) from None
        scope.setdefault(name, g.symbol(name))
