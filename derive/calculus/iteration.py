"""What iterations are after so many steps: unrolled where that is short, else stepped in exact rationals and balls.

``System`` holds the starts and the steps of a case's sequences, laid out in scalars, derivatives worked out. Few steps are
unrolled into the shared graph, each state a definition (``w(3)``), so that nothing swells. What is not unrolled, or is no number
yet (``w(t)``), is a node ``computed`` over what the system needs; its value is found by stepping the values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from functools import cached_property
from typing import Any

from derive.calculus.reverse import expand_all, gradient
from derive.errors import ExpressionError, Undetermined
from derive.expr.below import leaves_of
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import DEFERRED, DERIVATIVES, OPERATORS
from derive.expr.shapes import show
from derive.flint import ctx, fmpq
from derive.language.components import components, components_all
from derive.language.sequences import MAX_STEPS
from derive.language.substitution import put
from derive.numbers.balls import rational, value_of
from derive.numbers.straight import Line, Program
from derive.records import dataclass

MAX_UNROLLED = 4_000  # nodes of states that are written out
MAX_WORK = 2_000_000  # operations of stepping
MAX_PATHS = 4  # runs that are remembered
MAX_SLOPES = 4  # states by which steps are differentiated, for many steps
MAX_KEPT = 10_000  # states of a run that are remembered; further ones are stepped in balls, and only the last is


@dataclass(frozen=True)
class Declared:
    """One sequence: its symbol, its start, and its step as it is read for the number of a step (None: the index as a symbol).

    ``reads`` raises ExpressionError; ``index`` is the symbol of the number, ``first`` the number of the first step.
    """

    symbol: Node
    start: Node
    reads: Callable[[int | None], Node]
    index: Node | None = None
    first: int = 0


@dataclass(eq=False)
class System:
    """The sequences of a case, which advance together. Raises ExpressionError where the steps make no sense."""

    graph: Graph
    sequences: Sequence[Declared]
    leaves: list[Node] = field(init=False)
    starts: list[Node] = field(init=False)
    symbolic: list[Node] | None = field(init=False, default=None)
    parameters: list[Node] = field(init=False)
    written: bool = field(init=False)  # the steps are scalar operations as they were written
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.leaves = [e for s in self.sequences for e in components(s.symbol)]
        raw = expand_all([s.start for s in self.sequences])
        self.starts = [e for part in components_all(raw) for e in part]
        self.index = {s.index: s.first for s in self.sequences if s.index is not None}
        self.written = all(not s.symbol.shape for s in self.sequences)
        try:
            self.symbolic = self._read(None)
        except ExpressionError:
            if not self.index:
                raise
            self.written = False
        steps = self.symbolic if self.symbolic is not None else self._read(0)
        self.size = len(topological(steps)) or 1
        own = {*self.leaves, *self.index}
        self.parameters = [n for n in leaves_of([*self.starts, *steps]) if n not in own]
        if self.symbolic is None:  # another step may need other entries
            bases = {n.args[0] for n in self.parameters if n.op == "index"}
            self.parameters = sorted({*self.parameters, *(e for b in bases for e in components(b))}, key=lambda n: n.id)
        self._states: list[list[Node]] = [self._named(self.starts, 0)]
        self._paths: dict[Any, list[Any]] = {}
        self._parts: dict[frozenset[Node], System] = {}
        self._steps: dict[int, list[Node]] = {}
        self._far: dict[Any, tuple[int, list[Any]]] = {}
        self._known = own | set(self.parameters)
        self._program = _program(self.symbolic, self._known) if self.symbolic is not None else None

    def _read(self, number: int | None) -> list[Node]:
        """The steps in scalars, with what they use of the same step (``new(m)``) put in."""
        raw = [s.reads(number) for s in self.sequences]
        for n, s in zip(raw, self.sequences, strict=True):
            own = (s.symbol.attr,)
            if n.shape != s.symbol.shape:
                shapes = f"{show(n.shape)}, and its start {show(s.symbol.shape)}"
                raise ExpressionError(f"the step of '{s.symbol.attr}' has shape {shapes}", letters=own)
            if any(m.op == "after" for m in topological([n])):
                raise ExpressionError("a step speaks of the state before it, such as w, and not of w(k)", letters=own)
        below = topological(raw)
        self.written = self.written and not any(n.op in DERIVATIVES or n.op in DEFERRED for n in below)
        steps = expand_all(raw)
        for n, s in zip(steps, self.sequences, strict=True):
            if any(m.op == "apply" and m.attr[0] == "new" and any(m.attr[1]) for m in topological([n])):
                raise ExpressionError("new(m) is a value: it is not differentiated", letters=(s.symbol.attr,))
        order = self._order(steps)
        done: dict[Node, Node] = {}  # new(m) -> what it is
        for i in order:
            mine = self.graph.node("apply", (self.sequences[i].symbol,), ("new", (0,)), self.sequences[i].symbol.shape)
            steps[i] = done[mine] = put([steps[i]], done)[0]
        laid = components_all(steps)
        self.written = self.written and all(part == [n] for part, n in zip(laid, steps, strict=True))
        return [e for part in laid for e in part]

    def _order(self, steps: Sequence[Node]) -> list[int]:
        """The sequences, each after those of which it uses the new value."""
        at = {s.symbol: i for i, s in enumerate(self.sequences)}
        needs: list[set[int]] = []
        for n, s in zip(steps, self.sequences, strict=True):
            news = [m.args[0] for m in topological([n]) if m.op == "apply" and m.attr[0] == "new"]
            if any(m not in at for m in news):
                raise ExpressionError("new(m) is of a sequence m, by its name", letters=(s.symbol.attr,))
            needs.append({at[m] for m in news})
        order: list[int] = []
        while len(order) < len(steps):
            free = [i for i in range(len(steps)) if i not in order and needs[i] <= set(order)]
            if not free:
                left = tuple(s.symbol.attr for i, s in enumerate(self.sequences) if i not in order)
                names = ", ".join(f"'{name}'" for name in left)
                raise ExpressionError(f"new(...) in a circle: {names} need each other's new values", letters=left)
            order += free
        return order

    @cached_property
    def _uses(self) -> dict[Node, set[Node]]:
        """The states that each sequence's step speaks of."""
        symbols = {s.symbol for s in self.sequences}
        found = {}
        for s in self.sequences:
            found[s.symbol] = set(topological([s.reads(None if self.symbolic is not None else 0)])) & symbols
        return found

    def part(self, roots: Sequence[Node]) -> System:
        """The sequences that these expressions need, as a system of their own."""
        needed: set[Node] = set()
        work = [n for n in topological(roots) if n in self._uses]
        while work:
            n = work.pop()
            if n not in needed:
                needed.add(n)
                work.extend(self._uses[n])
        if len(needed) == len(self.sequences):
            return self
        key = frozenset(needed)
        if key not in self._parts:
            part = System(self.graph, [s for s in self.sequences if s.symbol in needed])
            part.index = self.index  # in a definition, the number of the steps that it is called with
            self._parts[key] = part
        return self._parts[key]

    def knows(self, symbol: Node) -> bool:
        """Whether a symbol is one of the sequences."""
        return any(s.symbol is symbol for s in self.sequences)

    @property
    def index_stands_in_steps(self) -> bool:
        """Whether a step is another at another number."""
        return self.symbolic is None or any(n in self.index for n in topological(self.symbolic))

    # -- unrolled ---------------------------------------------------------------------------------

    def step(self, number: int) -> list[Node]:
        """The steps at a number counted from 0."""
        if self.symbolic is not None and not self.index:
            return self.symbolic
        if number not in self._steps:
            if self.symbolic is not None:
                values = {n: self.graph.const(first + number) for n, first in self.index.items()}
                self._steps[number] = put(self.symbolic, values)
            else:
                self._steps[number] = self._read(number)
        return self._steps[number]

    def short(self, k: int) -> list[Node] | None:
        """The states after k steps, written out where they are short."""
        return self.unrolled(k) if k * self.size <= MAX_UNROLLED else None

    def _named(self, states: Sequence[Node], k: int) -> list[Node]:
        return [
            self.graph.define(_name(leaf, str(k)), n) if n.args else n
            for leaf, n in zip(self.leaves, states, strict=True)
        ]

    def unrolled(self, k: int) -> list[Node]:
        """The states after k steps, written out. Raises ExpressionError beyond MAX_UNROLLED."""
        if k * self.size > MAX_UNROLLED:
            raise ExpressionError(f"{k} steps are too many to be written out")
        while len(self._states) <= k:
            n = len(self._states)
            values = dict(zip(self.leaves, self._states[-1], strict=True))
            self._states.append(self._named(put(self.step(n - 1), values), n))
        return self._states[k]

    def at_states(self, body: Node, states: Sequence[Node], k: Node) -> Node:
        """A scalar expression where the states, and the index, are these."""
        return put([body], {**dict(zip(self.leaves, states, strict=True)), **dict.fromkeys(self.index, k)})[0]

    def further(self, states: Sequence[Node], t: Node, steps: int) -> list[Node]:
        """The states so many steps after these, which are those after ``t`` steps. Raises ExpressionError."""
        if self.symbolic is None:
            raise ExpressionError("the steps are known by number only")
        g, now = self.graph, list(states)
        for i in range(steps):
            values = dict(zip(self.leaves, now, strict=True))
            for n, first in self.index.items():
                values[n] = g.call("add", t, g.const(first + i)) if first + i else t
            now = put(self.symbolic, values)
        return now

    def after(self, body: Node, k: Node) -> Node:
        """What ``after`` stands for: its arguments worked out."""
        made = self.part([body])._after(body, k)
        if not body.shape:
            return made[0]
        g = self.graph
        return g.stack(made) if len(body.shape) == 1 else g.reshape(g.stack(made), body.shape)

    def _after(self, body: Node, k: Node) -> list[Node]:
        g, number = self.graph, whole_of(k)
        own = {*self.leaves, *self.index}
        made = []
        for e in components(body):
            if not any(n in own for n in topological([e])):
                made.append(e)
            elif number is not None and number * self.size <= MAX_UNROLLED:
                n = self.at_states(e, self.unrolled(number), g.const(number))
                made.append(g.define(_name(e, str(number)), n) if e.op == "def" else n)
            else:
                parameters = tuple(sorted({*self.parameters, *leaves_of([e])} - own, key=lambda n: n.id))
                made.append(g.node("computed", (k, *parameters), Run(self, e, parameters)))
        return made

    # -- stepped ----------------------------------------------------------------------------------

    def path(self, given: Mapping[Node, Any], k: int) -> list[Any] | Exception:
        """The values of the states after k steps at these parameters, at the precision that is set; or the fault in the way."""
        values = {n: given[n] for n in self.parameters}
        key = (ctx.prec, tuple((str(v.p), str(v.q)) if isinstance(v, fmpq) else None for v in values.values()))
        states = self._paths.get(key) if None not in key[1] else None
        if states is None:
            if len(self._paths) >= MAX_PATHS:
                self._paths.pop(next(iter(self._paths)))
            states = [_values(self.starts, values)]
            if None not in key[1]:
                self._paths[key] = states
        while len(states) <= k and not isinstance(states[-1], Exception):
            states.append(self._stepped(states[-1], values, len(states) - 1))
        last: list[Any] | Exception = states[min(k, len(states) - 1)]
        return last

    def far(self, given: Mapping[Node, Any], k: int) -> list[Any] | Exception:
        """The same, in balls from the start on, for many steps; only the last states are remembered."""
        if self._program is None or self.symbolic is None:
            return Undetermined(f"steps that are read one by one: at most {MAX_KEPT:,}, not {k:,}")
        line = self.line
        values = {n: given[n] for n in self.parameters}
        key = (ctx.prec, tuple(str(v) for v in values.values()))
        begun, states = self._far.get(key, (0, []))
        if not begun or begun > k:
            start = _values(self.starts, values)
            if isinstance(start, Exception):
                return start
            begun, states = 0, start
        most = begun + line.allowed()
        found = line.run(states, values, self.index, begun, min(k, most))
        if k > most and not isinstance(found, Exception):
            return Undetermined(
                f"{k:,} steps of {self.size} operations at {ctx.prec} bits are beyond the limit of work"
            )
        if isinstance(found, list) and all(isinstance(v, fmpq) for v in values.values()):
            if len(self._far) >= MAX_PATHS:
                self._far.pop(next(iter(self._far)))
            self._far[key] = (k, found)
        return found

    @cached_property
    def line(self) -> Line:
        """The steps, compiled."""
        assert self._program is not None
        assert self.symbolic is not None
        slopes: list[list[Node]] = []
        jumping = any(
            n.op == "where" or (n.op in OPERATORS and OPERATORS[n.op].jumps) for n in topological(self.symbolic)
        )
        if len(self.leaves) <= MAX_SLOPES and not jumping:  # the mean value theorem is about what is continuous
            with suppress(ExpressionError):
                slopes = [gradient(step, self.leaves) for step in self.symbolic]
        flat = [s for row in slopes for s in row]
        return Line(self.leaves, self._program, self.symbolic, _program(flat, self._known), slopes)

    def _stepped(self, now: Sequence[Any], given: Mapping[Node, Any], number: int) -> list[Any] | Exception:
        values = {**given, **dict(zip(self.leaves, now, strict=True))}
        if self._program is None:
            return _values(self.step(number), values)
        values.update({n: rational(first + number) for n, first in self.index.items()})
        return _run(self._program, self.symbolic or (), values)


@dataclass(frozen=True)
class Run:
    """How a node ``computed`` gets its value: a scalar expression over the states, after as many steps as its first argument
    says; the other arguments stand for the ``parameters``."""

    system: System
    body: Node
    parameters: tuple[Node, ...]

    def value(self, args: Sequence[Any]) -> Any:
        k, *rest = args
        if not isinstance(k, fmpq) or k.q != 1 or not 0 <= k.p <= MAX_STEPS:
            return Undetermined(f"a number of steps is a whole number from 0 to {MAX_STEPS:,}")
        steps = int(k.p)
        given = dict(zip(self.parameters, rest, strict=True))
        long = steps > MAX_KEPT or steps * self.system.size > MAX_WORK
        try:
            states = self.system.far(given, steps) if long else self.system.path(given, steps)
        except ExpressionError as e:
            return Undetermined(e.message)
        if isinstance(states, Exception):
            return states
        given.update(zip(self.system.leaves, states, strict=True))
        given.update(dict.fromkeys(self.system.index, k))
        found = _values([self.body], given)
        return found if isinstance(found, Exception) else found[0]

    def text(self, args: Sequence[str]) -> str:
        from derive.language.reader import to_text

        inner = to_text(self.body)
        return f"{inner}({args[0]})" if inner.isidentifier() else f"({inner} after {args[0]} steps)"


def whole_of(k: Node) -> int | None:
    """The whole number that a number of steps is, or None. Raises ExpressionError for a constant that is none."""
    while k.op == "def":
        k = k.args[0]
    if k.op != "const":
        return None
    if not isinstance(k.attr, int) or not 0 <= k.attr <= MAX_STEPS:
        raise ExpressionError(f"a number of steps is a whole number from 0 to {MAX_STEPS:,}, not {k.attr}")
    return k.attr


def _name(leaf: Node, k: str) -> str:
    """``w(3)``, ``w(3)[0]``."""
    if leaf.op == "index":
        return f"{leaf.args[0].attr}({k})[{', '.join(map(str, leaf.attr))}]"
    name, bracket, rest = str(leaf.attr).partition("[")
    return f"{name}({k}){bracket}{rest}"


def _program(roots: Sequence[Node], known: set[Node]) -> Program:
    order = [n for n in topological(roots) if n not in known and n.op != "symbol"]
    constants = {n: rational(n.attr) for n in order if n.op == "const"}
    return constants, [n for n in order if n.op != "const"]


def _run(program: Program, roots: Sequence[Node], values: Mapping[Node, Any]) -> list[Any] | Exception:
    constants, order = program
    done = {**constants, **values}
    for n in order:
        done[n] = value_of(n, [done[a] for a in n.args])
    found = [done[r] for r in roots]
    return next((v for v in found if isinstance(v, Exception)), found)


def _values(roots: Sequence[Node], values: Mapping[Node, Any]) -> list[Any] | Exception:
    return _run(_program(roots, set(values)), roots, values)
