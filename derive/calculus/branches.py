"""Reverse sweep through branches: the derivative of ``where(c, a, b)`` is one unit, ``select(s, da, db)``.

A branch that is not taken need not have a value, nor need its derivative: where(x > 0, sqrt(x), x) has the slope 1 at
x = -1. So what flows into a branch is not multiplied by 0 or 1 there, it is swept *under* the side of the condition, and
the sides are put together where their paths meet again: at the first node that is used on both, or outside. It is one
sweep over the graph, at reverse-mode cost: every node is visited once. ``min``, ``max`` and ``select`` are branches too.

On the boundary: no value if the slopes of the two sides differ there, or if the function jumps. A condition that does not
depend on the variables is no boundary to them: where(c, da, db).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from derive.errors import ExpressionError
from derive.expr import shapes
from derive.expr.folding import marks_a_jump, substitute
from derive.expr.graph import BY_ID, Graph, Node, Shape, topological
from derive.expr.operators import OPERATORS, ORDERS

BRANCHES = ("where", "select", "min", "max")
MAX_BOUNDARY = 50  # nodes of what a condition turns on, to be solved for its boundary

#: (graph, node, adjoint, the nodes of interest) -> what it contributes to the adjoints of its arguments.
Pull = Callable[[Graph, Node, Node, set[Node]], Iterable[tuple[Node, Node]]]

#: What is chosen by (a condition, or the s of a select) and the side: true, or s > 0.
_Side = tuple[Node, bool]
_Path = tuple[_Side, ...]


def branching(depends: set[Node], marked: bool = True) -> bool:
    """Whether a sweep over these nodes comes to a ``where``, to a slope that steps at a kink (``marked``), or to another
    branch that depends on the variables."""
    turning = [n for n in depends if n.op in BRANCHES or (n.op == "div" and n.args[0] is n.graph.zero)]
    return any(
        n.op in ("where", "div") or (n.op == "select" and marked) or any(a in depends for _, _, a in _choices(n))
        for n in sorted(turning, key=BY_ID)  # choices may make nodes: their order is no accident
    )


def groups(output: Node, variables: Sequence[Node]) -> list[list[int]]:
    """The positions of the variables that may share a sweep: those that the same conditions depend on."""
    mask = {v: 1 << i for i, v in enumerate(variables)}
    conditions = set()
    for n in topological([output]):
        found = mask.get(n, 0)
        if n.op != "hold":
            for a in n.args:
                found |= mask.get(a, 0)
        mask[n] = found
        if n.op == "where" and (on := mask.get(n.args[0], 0)) and found & ~on:
            conditions.add((on, found))
    together: dict[tuple[bool, ...], list[int]] = {}
    for i in range(len(variables)):
        # by which conditions it goes through without moving them
        key = tuple(bool(found >> i & 1 and not on >> i & 1) for on, found in sorted(conditions))
        together.setdefault(key, []).append(i)
    return list(together.values())


def sweep(
    output: Node, variables: Sequence[Node], seed: Node, depends: set[Node], pull: Pull, marked: bool = True
) -> dict[Node, Node]:
    """The adjoints of the variables; ``depends`` are the nodes between them and the output. What it comes to that is a slope
    at a kink has no derivative on the kink, which is marked, unless ``marked`` is false."""
    return _Sweep(output.graph, depends, pull, marked).run(output, variables, seed)


class _Sweep:
    def __init__(self, g: Graph, depends: set[Node], pull: Pull, marked: bool = True) -> None:
        self.g, self.depends, self.pull, self.marked = g, depends, pull, marked

    def run(self, output: Node, variables: Sequence[Node], seed: Node) -> dict[Node, Node]:
        wanted = set(variables)
        found: dict[Node, Node] = {}
        jumps: dict[Node, Node] = {}
        steps: dict[Node, tuple[Node, Node, Node]] = {}
        arriving: dict[Node, list[tuple[_Path, Node]]] = {output: [((), seed)]}
        for n in sorted(self.depends, key=lambda n: -n.id):
            parts = arriving.pop(n, None)
            if parts is None:
                continue
            under = () if n in wanted else _common([path for path, _ in parts])
            up = self.together([(_beyond(path, under), amount) for path, amount in parts])
            if n in wanted:
                found[n] = up
            if not any(a in self.depends for a in n.args):
                continue
            if (s := _lacking(n)) is not None:  # what has no value at s = 0 has no derivative there
                if s in self.depends:
                    hole = n if up.op == "const" else self.g.call("mul", up, n)
                    hole = unbroadcast(self.g, self.wrapped(under, hole), s.shape)
                    jumps[s] = self.g.add(jumps[s], hole) if s in jumps else hole
                continue
            under, up = self.narrowed(n, under, up)
            for child, path, amount in self.into(n, under, up):
                arriving.setdefault(child, []).append((path, amount))
            if n.op == "where" and n.args[0] in self.depends and not self.joins(n):
                c, a, b = n.args
                # no value on the boundary, zero off it
                if not output.shape and any(
                    n in topological([by]) for by, _ in under
                ):  # min(n, x) may take n on one side only
                    a, b, under, up = substitute(output, {n: a}), substitute(output, {n: b}), (), self.g.one
                hole = self.g.call("mul", self.g.zero, self.choose(*_side(self.g, c, True), a, b))
                if up.op != "const" and not (up.op == "broadcast" and up.args[0].op == "const"):
                    hole = self.g.call("mul", up, hole)  # unfolded: 3*(0*s) is not 0 where s has no value
                hole = unbroadcast(self.g, self.wrapped(under, hole), c.shape)
                jumps[c] = self.g.add(jumps[c], hole) if c in jumps else hole
            if self.marked and n.op == "select" and n.args[0] in self.depends and n.args[1] is not n.args[2]:
                # the slope at a kink: all that steps at one s counts, x*select(x, 1, 0) does not at x = 0
                s, a, b = turned(n)
                a, b = (unbroadcast(self.g, self.wrapped(under, self.g.mul(up, side)), s.shape) for side in (a, b))
                first, p, q = steps.get(s, (n.args[0], self.g.zero, self.g.zero))
                steps[s] = first, self.g.add(p, a), self.g.add(q, b)
        for s, (first, a, b) in steps.items():  # s itself may be the negative of what stands in the graph
            if a is not b:
                hole = self.g.call("mul", self.g.zero, self.g.call("select", s, a, b))
                jumps[first] = self.g.add(jumps[first], hole) if first in jumps else hole
        for v, hole in self.holes(jumps, wanted).items():
            found[v] = self.g.add(found[v], hole) if v in found else hole
        return found

    # -- one node -----------------------------------------------------------------------------------

    def narrowed(self, n: Node, under: _Path, up: Node) -> tuple[_Path, Node]:
        """What a node mixes entries of, a condition by entries can't stay above: it is applied to the adjoint."""
        elementwise = n.op in OPERATORS or n.op in ("def", "apply")
        if elementwise and all(a.shape == n.shape for a in n.args if a in self.depends):
            return under, up
        stays = tuple(side for side in under if not side[0].shape)
        return stays, self.wrapped(_beyond(under, stays), up)

    def into(self, n: Node, under: _Path, up: Node) -> Iterator[tuple[Node, _Path, Node]]:
        """The contributions of a node: to which argument, under which sides, how much."""
        if n.op not in BRANCHES:
            for child, amount in self.pull(self.g, n, up, self.depends):
                if child in self.depends:
                    yield child, under, amount
            return
        for by, side, child in _choices(n):
            if child not in self.depends:
                continue
            taken = (by, side) if _is_condition(by) and by not in self.depends else _side(self.g, by, side)
            if taken in under:
                yield child, under, unbroadcast(self.g, up, child.shape)
            elif child.shape == n.shape or not by.shape:
                yield child, (*under, taken), unbroadcast(self.g, up, child.shape)
            else:
                yield child, under, unbroadcast(self.g, self.wrapped((taken,), up), child.shape)

    # -- sides ----------------------------------------------------------------------------------------

    def together(self, parts: Sequence[tuple[_Path, Node]]) -> Node:
        """The sum of what arrives on several paths; what depends on the side of one condition is one select."""
        g, total = self.g, self.g.zero
        rest = []
        for path, amount in parts:
            if path:
                rest.append((path, amount))
            else:
                total = g.add(total, amount)
        while rest:
            by = rest[0][0][0][0]
            sides = []
            for side in (True, False):
                on = [(_beyond(path, ((by, side),)), amount) for path, amount in rest if (by, side) in path]
                sides.append(self.together(on))
            total = g.add(total, self.choose(by, True, *sides))
            rest = [(path, amount) for path, amount in rest if (by, True) not in path and (by, False) not in path]
        return total

    def wrapped(self, path: _Path, amount: Node) -> Node:
        return self.together([(path, amount)])

    def choose(self, by: Node, side: bool, a: Node, b: Node) -> Node:
        """a on that side of a condition and b on the other; on its boundary their common value, or none."""
        g = self.g
        if a is b:
            return a
        if not side:
            a, b = b, a
        if not _is_condition(by):
            return g.call("select", by, a, b)
        if by not in self.depends:
            return g.call("where", by, a, b)
        match by.op:
            case "gt" | "ge" | "lt" | "le" | "not" | "def":
                return self.choose(*_side(g, by, True), a, b)
            case "and":
                return self.choose(by.args[0], True, self.choose(by.args[1], True, a, b), b)
            case "or":
                return self.choose(by.args[0], True, a, self.choose(by.args[1], True, a, b))
            case "eq" | "ne":
                if (s := g.sub(*by.args)) is g.zero:
                    return a if by.op == "eq" else b
                hole = g.call("div", g.zero, s)
                return g.add(b if by.op == "eq" else a, hole)
        raise ExpressionError(f"no derivative is known for a condition '{by.op}'")

    # -- jumps ----------------------------------------------------------------------------------------

    def joins(self, n: Node) -> bool:
        """Whether a = b on the boundary of the condition, as far as that is plain to see."""
        atoms, work = [], [n.args[0]]
        while work:
            c = work.pop()
            if c.op in ("and", "or", "not", "def"):
                work += c.args
            elif c in self.depends:
                atoms.append(c)
        return all(c.op in ORDERS and self.joined(self.g.sub(*c.args), n.args[1], n.args[2]) for c in atoms)

    def joined(self, s: Node, a: Node, b: Node) -> bool:
        g, below = self.g, topological([s])
        if s.shape or len(below) > MAX_BOUNDARY or any(n.op in BRANCHES for n in below):
            return False
        for v in below:
            if v.op == "symbol" and not v.shape:
                slope = _Sweep(g, between(s, [v]), self.pull).run(s, [v], g.one).get(v)
                if slope is not None and slope.op == "const" and slope.attr != 0:
                    at = substitute(g.sub(v, g.div(s, slope)), {v: g.zero})  # s = slope*v + rest, so v = -rest/slope
                    return substitute(g.sub(a, b), {v: at}) is g.zero
        return False

    def holes(self, jumps: dict[Node, Node], wanted: set[Node]) -> dict[Node, Node]:
        """What has no value, carried from the conditions down to the variables: along elementwise operators entry by entry,
        whatever their slope, so that a flat one does not cost the value that a derivative has."""
        found: dict[Node, Node] = {}
        for n in sorted(self.depends, key=lambda n: -n.id) if jumps else ():
            hole = jumps.pop(n, None)
            if hole is None:
                continue
            if n in wanted:
                found[n] = hole
            if n.op in OPERATORS or n.op in ("def", "apply"):
                passed = [(a, unbroadcast(self.g, hole, a.shape)) for a in n.args]
            else:
                passed = list(self.pull(self.g, n, hole, self.depends))
            for a, amount in dict(passed).items():
                if a in self.depends and jumps.get(a) is not amount:
                    jumps[a] = self.g.add(jumps[a], amount) if a in jumps else amount
        return found


def between(output: Node, variables: Sequence[Node]) -> set[Node]:
    """The nodes between the output and the variables, both included. What is held depends on nothing."""
    found = set(variables)
    for n in topological([output]):
        if n.op != "hold" and not found.isdisjoint(n.args):
            found.add(n)
    return found


def unbroadcast(g: Graph, up: Node, shape: Shape) -> Node:
    """Sums out what broadcasting repeated."""
    if up.shape == shape:
        return up
    if len(up.shape) < len(shape) or (up.shape != shape and shapes.size(up.shape) < shapes.size(shape)):
        return g.broadcast(up, shape)
    if not shape:
        return g.sum(up)
    while len(up.shape) > len(shape):
        up = g.sum(up, 0)
    for axis, (m, n) in enumerate(zip(up.shape, shape, strict=True)):
        if m != n:
            up = g.reshape(g.sum(up, axis), (*up.shape[:axis], 1, *up.shape[axis + 1 :]))
    return up


def turned(select: Node) -> tuple[Node, Node, Node]:
    """(s, where s > 0, where s < 0), one s for both orders of a difference: select(b - a, p, q) is select(a - b, q, p)."""
    s, a, b = select.args
    if s.op == "neg":
        return s.args[0], b, a
    if s.op == "sub" and s.args[1].id < s.args[0].id:
        return s.graph.sub(s.args[1], s.args[0]), b, a
    return s, a, b


def plainly_joined(n: Node, depends: set[Node], pull: Pull) -> bool:
    """Whether a ``where`` has one value on both sides of its condition's boundary, as far as that is plain to see."""
    g, (c, a, b) = n.graph, n.args
    if _Sweep(g, depends, pull).joins(n):
        return True
    by, _ = _side(g, c, True)
    return not _is_condition(by) and substitute(g.sub(a, b), {by: g.zero}) is g.zero


def _lacking(n: Node) -> Node | None:
    """The s of a node that says only that there is no value at s = 0: 0*select(s, a, b), 0/s."""
    if n.op == "div" and n.args[0] is n.graph.zero:
        return n.args[1]
    return n.args[1].args[0] if marks_a_jump(n) else None


def _choices(n: Node) -> list[tuple[Node, bool, Node]]:
    """(by what it is chosen, on which side, the branch)."""
    if n.op in ("min", "max"):
        a, b = n.args
        s = n.graph.sub(a, b)
        return [(s, n.op == "max", a), (s, n.op == "min", b)]
    by, a, b = n.args
    return [(by, True, a), (by, False, b)]


def _side(g: Graph, by: Node, side: bool) -> _Side:
    """The same side, by the s that is positive on it where there is one: x > 1 is x - 1."""
    while True:
        match by.op:
            case "not":
                by, side = by.args[0], not side
            case "def" if _is_condition(by):
                by = by.args[0]
            case "gt" | "ge":
                return g.sub(*by.args), side
            case "lt" | "le":
                return g.sub(*by.args[::-1]), side
            case _:
                return by, side


def _is_condition(n: Node) -> bool:
    while n.op in ("def", "index", "stack", "broadcast", "reshape"):
        n = n.args[0]
    return n.op in OPERATORS and OPERATORS[n.op].boolean


def _common(paths: Sequence[_Path]) -> _Path:
    first, *rest = paths
    return tuple(side for side in first if all(side in path for path in rest))


def _beyond(path: _Path, known: _Path) -> _Path:
    return tuple(side for side in path if side not in known)
