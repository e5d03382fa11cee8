"""Sums and products up to a symbol as iterations: the state after k steps is what k terms add up to.

``sum(f(k) for k in range(a, b))`` is the state after b - a steps of an iteration that starts at 0 and adds f(a), f(a + 1), ...
What a case's sequences are, ``w(k)``, and other sums up to the index stand in it as states of one iteration with it. So a claim
about all upper limits is decided as one about all numbers of steps is: by unfolding, by induction (``derive.engine.induction``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from derive.calculus.iteration import Declared, Run, System, whole_of
from derive.calculus.reverse import expand_all, gradient
from derive.errors import ExpressionError, NotWrittenOut, Undetermined
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, topological
from derive.flint import fmpq
from derive.language.substitution import put
from derive.language.totals import FOLDED, made, plain, unprimed
from derive.records import dataclass

#: What one of no terms is.
EMPTY = {"sum": 0, "prod": 1}
MAX_AHEAD = 4  # terms that a sum in a sum may have more: then it is told by the state of one that starts with it


@dataclass(frozen=True)
class Total(Run):
    """How the node ``computed`` of a sum or product gets its value: its first argument is how many terms there are."""

    kind: str
    element: Node
    index: Node
    low: Node

    def value(self, args: Sequence[Any]) -> Any:
        count, *rest = args
        if isinstance(count, fmpq) and count.q == 1 and count < 0:
            if self.empty is None:
                return Undetermined(f"a factorial of {count}, a negative number")
            count = fmpq(0)
        return super().value([count, *rest])

    @property
    def empty(self) -> int | None:
        """What it is where it ends before it starts, as where it has no terms; None of a factorial, which has no value there."""
        factorial = self.kind == "prod" and self.element is self.index and self.low is self.low.graph.one
        return None if factorial else EMPTY[self.kind]

    def text(self, args: Sequence[str]) -> str:
        from derive.language.reader import to_text

        name = plain(self.index)
        low = to_text(self.low)
        high = args[0] if low == "0" else f"{args[0]} + {low}"
        return f"{self.kind}({unprimed(to_text(self.element), self.index, name)} for {name} in range({low}, {high}))"

    def pull(self, g: Graph, n: Node, up: Node, depends: set[Node]) -> Iterator[tuple[Node, Node]]:
        """What an adjoint of a sum gives to what stands in its terms: the sum of the slopes. Raises NotWrittenOut."""
        if self.kind != "sum" or any(m.op == "after" for m in topological([self.element])):
            raise NotWrittenOut(f"{self.text(['n'])} is computed, not written out: it is not differentiated")
        if n.args[0] in depends:
            raise NotWrittenOut(f"{self.text(['n'])} is not differentiated by where it ends")
        (term,) = expand_all([self.element])
        for p, a in zip(self.parameters, n.args[1:], strict=True):
            if a in depends:
                slope = made(g, "sum", gradient(term, [p])[0], self.index, self.low, g.add(self.low, n.args[0]))
                (found,) = expand_all([slope])
                yield a, g.mul(up, substitute(found, dict(zip(self.parameters, n.args[1:], strict=True))))


def worked_out(g: Graph, n: Node, args: Sequence[Node]) -> Node:
    """What a node ``total`` stands for, where its ends are ``args``: written out if it is short. Raises ExpressionError."""
    _, _, low, high = args
    run = _known(g, n, low)
    steps = _terms(g, low, high)
    if steps.op == "const" and steps.attr < 0:
        if run.empty is None:
            raise ExpressionError(f"a factorial of {steps.attr}, a negative number")
        return g.const(run.empty)
    number = whole_of(steps)
    if number is not None and (states := run.system.short(number)) is not None:
        return states[run.system.leaves.index(run.body)]
    return g.node("computed", (steps, *run.parameters), run)


def _known(g: Graph, n: Node, low: Node) -> Total:
    """The iteration of a node ``total``: one of all that differ in their ends alone."""
    total = made(g, n.attr, n.args[0], n.args[1], low, g.zero)
    run = g.templates.get(("total", total))
    if run is None:
        run = g.templates[("total", total)] = _run(g, total)
    assert isinstance(run, Total)
    return run


def _terms(g: Graph, low: Node, high: Node) -> Node:
    """How many there are."""
    if high.op == "add" and low in high.args:
        return high.args[1] if high.args[0] is low else high.args[0]
    if high.op == low.op == "const":
        return g.const(high.attr - low.attr)
    if low.op == "const" and high.op in ("add", "sub") and high.args[1].op == "const":
        shift = (high.args[1].attr if high.op == "add" else -high.args[1].attr) - low.attr
        x = high.args[0]
        return g.add(x, g.const(shift)) if shift > 0 else g.sub(x, g.const(-shift)) if shift else x
    return g.sub(high, low)


def _run(g: Graph, total: Node) -> Total:
    body, index, low, _ = total.args
    state = g.symbol(f"{total.attr}'{total.id}")
    first = low.attr if low.op == "const" and isinstance(low.attr, int) else 0
    # one of its own for each start: sums that start elsewhere count by it otherwise
    step = g.symbol(f"{index.attr}{first}") if first else index
    element = put([body], {index: step if low.op == "const" else g.add(low, step)})[0]
    joint, declared = _joint(g, element, step, first)

    def reads(number: int | None) -> Node:
        term = joint if number is None else put([joint], {step: g.const(first + number)})[0]
        return g.call(FOLDED[total.attr], state, term)

    own = Declared(state, g.const(EMPTY[total.attr]), reads, step, first)
    system = System(g, [own, *declared])
    inside = {*system.leaves, *system.index}
    return Total(system, state, tuple(p for p in system.parameters if p not in inside), total.attr, body, index, low)


def _joint(g: Graph, element: Node, index: Node, first: int) -> tuple[Node, list[Declared]]:
    """The element where what is known after as many steps as its index says is a state, and the sequences of these."""
    values: dict[Node, Node] = {}
    declared: dict[Node, Declared] = {}
    for n in topological([element]):
        if n.op == "total" and (inner := _inner(g, n, index, first)) is not None:
            values[n], others = inner
            declared.update((s.symbol, s) for s in others)
        if n.op != "after" or index not in topological([n.args[1]]):
            continue
        shift = _shift(n.args[1], index)
        ahead = None if shift is None else first + shift
        if ahead not in (0, 1):
            raise ExpressionError(
                f"a sum speaks of the states before and after its step: of w({plain(index)}) where it starts at 0"
            )
        system: System = g.templates["sequences"].part([n.args[0]])
        declared.update((s.symbol, s) for s in system.sequences)
        body = put([n.args[0]], dict.fromkeys(system.index, n.args[1]))[0]
        if ahead:
            new = {s.symbol: g.node("apply", (s.symbol,), ("new", (0,)), s.symbol.shape) for s in system.sequences}
            body = put([body], new)[0]
        values[n] = body
    return put([element], values)[0] if values else element, list(declared.values())


def _inner(g: Graph, n: Node, index: Node, first: int) -> tuple[Node, Sequence[Declared]] | None:
    """A sum up to the index of another, as what it is of states beside it, and these; None where it is none."""
    body, own, low, high = n.args
    shift = _shift(high, index)
    if shift is None or index in topological([body, low]) or low.op != "const" or first + shift < low.attr:
        return None
    ahead = first + shift - low.attr  # terms before the first step of the other
    if ahead <= MAX_AHEAD:
        run = _known(g, n, low)
        system = run.system
        if system.symbolic is not None:
            later = system.further(system.leaves, g.sub(index, g.const(first)) if first else index, ahead)
            return later[system.leaves.index(run.body)], system.sequences
    state = g.symbol(f"{n.attr}'{n.id}")
    joint, declared = _joint(
        g, put([body], {own: g.call("add", index, g.const(shift)) if shift else index})[0], index, first
    )

    def reads(number: int | None) -> Node:
        term = joint if number is None else put([joint], {index: g.const(first + number)})[0]
        return g.call(FOLDED[n.attr], state, term)

    start = g.node("total", (body, own, low, g.const(first + shift)), n.attr)
    return state, [Declared(state, start, reads, index, first), *declared]


def _shift(k: Node, index: Node) -> int | None:
    """The c of index + c; None of anything else."""
    if k is index:
        return 0
    if k.op in ("add", "sub") and k.args[1].op == "const" and isinstance(k.args[1].attr, int):
        inner, c = _shift(k.args[0], index), k.args[1].attr
        return None if inner is None else inner + (c if k.op == "add" else -c)
    return None


def together(g: Graph, systems: Sequence[System]) -> System:
    """One iteration of what several advance."""
    found: dict[Node, Declared] = {s.symbol: s for system in systems for s in system.sequences}
    whole = next((s for s in systems if len(s.sequences) == len(found)), None)
    if whole is not None:
        return whole
    key = ("joined", *sorted(n.id for n in found))
    known: Mapping[Any, Any] = g.templates
    if key not in known:
        g.templates[key] = System(g, list(found.values()))
    system: System = g.templates[key]
    return system
