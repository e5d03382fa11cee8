"""Derivatives where pieces meet: the slope that both sides have, where both have one.

The calculus writes a derivative as ``select(s, a, b)`` by the kinks of the function, one after the other, and that has a value
at a point where all sides of all its kinks agree. Where kinks coincide or one stands in the other, some sides belong to no
point: min(x, max(x, 0)) is x, and never chooses max with a slope of 0. There the function is followed along its variable to
both sides (``beside``): where it is continuous and its slopes are one, that is the derivative. Elsewhere the value is that of
the ``select``, so that gradients through whole networks stay what they are.

Which node is a derivative of what the calculus notes down (``Graph.derived``). Nothing is worked out before it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from derive.calculus.beside import Beside, beside, common
from derive.calculus.branches import between
from derive.calculus.noted import steps
from derive.calculus.reverse import jumps
from derive.calculus.sided import Open
from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr import shapes
from derive.expr.conditions import spoken_of
from derive.expr.folding import marks_a_jump, substitute
from derive.expr.graph import BY_ID, Graph, Node, topological
from derive.expr.kinks import turns_on
from derive.expr.operators import DEFERRED, DERIVATIVES, KINKED, OPERATORS
from derive.flint import fmpq
from derive.language.components import components_all
from derive.language.substitution import put
from derive.numbers import balls
from derive.numbers.balls import Value

MAX_KINKS = 16  # of a function that is followed along a line
MAX_NODES = 600
MAX_ENTRIES = 64

_JUMPING = {o.name for o in OPERATORS.values() if o.jumps}


class Sides(NamedTuple):
    """A derivative by both sides: where they agree, and what they give there."""

    agree: Node
    left: Node
    right: Node


def exact(n: Node) -> Node | None:
    """A scalar that is known to be a derivative, with its value where pieces meet; None where there is nothing to add."""
    found, g = _joints(n.graph).sides(n), n.graph
    if found is None:
        return None
    return g.call("where", found.agree, found.right, g.call("div", g.zero, g.zero) if only_there(n) else n)


def sides_of(n: Node) -> Sides | None:
    """A scalar that is known to be a derivative, by both sides."""
    return _joints(n.graph).sides(n) if n.graph.derived else None


def only_there(n: Node) -> bool:
    """Whether a derivative has no value but the one that ``exact`` gives it, whatever the calculus writes, which takes for
    granted that what turns a kink does not jump."""
    return bool(n.graph.derived) and _joints(n.graph).only(n)


def noted(g: Graph) -> Callable[[Node], bool]:
    """Which scalars of a graph are known to be derivatives."""
    return _joints(g).known.__contains__ if g.derived else lambda n: False


class _Meetings:
    """What the evaluation of expressions asks (``derive.numbers.balls``)."""

    @staticmethod
    def known(g: Graph) -> Callable[[Node], bool] | None:
        """Which scalars of a graph are known to be derivatives."""
        return _joints(g).known.__contains__ if g.derived else None

    @staticmethod
    def value(n: Node, value: Value, values: Mapping[Node, fmpq], prec: int, whole: bool) -> Value:
        """The value of a derivative that its formula does not give, or the one that it gives."""
        if not isinstance(value, UndefinedValue) and not only_there(n):
            return value
        if not whole and marks(n):
            return value
        found = _where_pieces_meet(n, value, values, prec)
        return _at_a_root(n, found, values, prec) if isinstance(found, UndefinedValue) else found


def _where_pieces_meet(n: Node, value: Value, values: Mapping[Node, fmpq], prec: int) -> Value:
    """The value of a derivative that the sides of its kinks do not give, or the one that they give."""
    if (found := exact(n)) is None:
        return value
    try:
        agree, slope = balls.evaluate(found.args[:2], {**values, n: value}, prec)
    except KeyError:  # it hangs on a symbol that the derivative does not speak of
        unknown = "a derivative where pieces meet, by a symbol without a value"
        return Undetermined(unknown) if isinstance(value, UndefinedValue) else value
    if agree is True and not isinstance(slope, Exception):
        return slope
    if isinstance(agree, Undetermined):  # two balls that meet may be one slope
        return agree if isinstance(value, UndefinedValue) and not isinstance(slope, UndefinedValue) else value
    if isinstance(value, Exception):
        return value
    return UndefinedValue("a derivative where the slopes of both sides are not one")


def _at_a_root(n: Node, value: Value, values: Mapping[Node, fmpq], prec: int) -> Value:
    """The value of a derivative whose formula has none, where a root at its zero is why: that both sides have, if they do."""
    joints = _joints(n.graph)
    try:
        inner = [_settled(sides, values, prec) for sides in joints.inner(n)]
        if inner and not any(isinstance(v, UndefinedValue) for v in inner):
            return Undetermined("the derivative of one that its formula does not give")
        sides = joints.rooted(n)
        return value if sides is None or inner else _settled(sides, {**values, n: value}, prec)
    except KeyError:
        return value


def _settled(sides: Sides, values: Mapping[Node, Any], prec: int) -> Value:
    agree, left, right = balls.evaluate(sides, values, prec)
    if agree is False or isinstance(left, UndefinedValue) or isinstance(right, UndefinedValue):
        return UndefinedValue("division by zero")
    return right if agree is True else Undetermined("the slope of a root at its zero")


MEETINGS = _Meetings()


def with_joints(roots: Sequence[Node], only: bool = False) -> list[Node]:
    """Scalars with the values of their derivatives where pieces meet; the same ones where there is nothing to add. With ``only``
    those derivatives alone that have no other value."""
    if not roots or not roots[0].graph.derived:
        return list(roots)
    known = _joints(roots[0].graph).known
    made: dict[Node, Node] = {}
    whole = spoken_of(roots)
    for n in topological(roots):
        args = tuple(made.get(a, a) for a in n.args)
        new = n if args == n.args else n.graph.node(n.op, args, n.attr, n.shape)
        if (
            n in known
            and (n in whole or not marks(n))
            and (not only or only_there(n))
            and (found := exact(n)) is not None
        ):
            new = found
        if new is not n:
            made[n] = new
    return [made.get(r, r) for r in roots]


def marks(n: Node) -> bool:
    """Whether a derivative is 0 wherever it has a value, as that of sign(x): elsewhere it may stand to say that there is none."""
    zero = n.graph.zero
    found: dict[Node, bool] = {}
    for m in topological([n]):
        match m.op:
            case "div" | "mul" if m.args[0] is zero:
                found[m] = m.op == "div" or marks_a_jump(m)
            case "mul":
                found[m] = any(found[a] for a in m.args)
            case "add" | "sub" | "neg" | "div" | "def":
                found[m] = all(found[a] for a in m.args[: 1 if m.op == "div" else 2])
            case "select":
                found[m] = all(a is zero or found[a] for a in m.args[1:])
            case _:
                found[m] = False
    return found[n]


def _joints(g: Graph) -> _Joints:
    made: _Joints | None = g.templates.get("joints")
    if made is None:
        made = g.templates["joints"] = _Joints()
    if made.read < len(g.derived):
        made.bring_up_to_date(g)
    return made


class _Joints:
    """What is known of the derivatives in a graph."""

    def __init__(self) -> None:
        self.read = 0
        self.replaced: dict[Node, list[tuple[Node, Mapping[Node, Node]]]] = {}  # entry: of what, and values
        self.noted: dict[Node, tuple[Node, Node] | None] = {}  # entry: the function, the variable
        self.known: set[Node] = set()  # both of these
        self.found: dict[Node, Sides | None] = {}
        self.roots: dict[Node, Sides | None] = {}  # the same of derivatives of roots
        self.alone: dict[Node, bool] = {}  # whether nothing else gives it a value

    def bring_up_to_date(self, g: Graph) -> None:
        new = list(islice(g.derived, self.read, None))
        self.read += len(new)
        for n, by, f in new:
            if shapes.size(n.shape) > MAX_ENTRIES or any(
                m.op in DERIVATIVES or m.op in DEFERRED for m in topological([f])
            ):
                continue
            try:
                if by and isinstance(by[0], tuple):
                    for made, e in zip(*components_all([n, f]), strict=True):
                        self.replaced.setdefault(made, []).append((e, dict(by)))
                        self.known.add(made)
                else:
                    self.note(*components_all([n, f, *by]))
            except ExpressionError:
                continue

    def note(self, entries: Sequence[Node], rows: Sequence[Node], *columns: Sequence[Node]) -> None:
        places = [(row, v) for row in rows for column in columns for v in column]
        for e, (row, v) in zip(entries, places, strict=True):
            if e is row or e.op == "const":  # 0 where it has a value, as what it is the derivative of
                continue
            self.known.add(e)
            if self.noted.setdefault(e, (row, v)) != (row, v):
                self.noted[e] = None  # of two functions, or by two variables

    def sides(self, n: Node) -> Sides | None:
        if n not in self.found:
            self.found[n] = None  # while it is looked for
            asked = self.noted.get(n)
            try:
                if asked is not None and (steps(n) or self.only(n)):
                    self.found[n] = self.followed(*asked)
                elif n in self.replaced:
                    self.found[n] = self.at(self.replaced[n])
            except ExpressionError:
                pass
        return self.found[n]

    def rooted(self, n: Node) -> Sides | None:
        """The same of a derivative of a function with roots, and without kinks."""
        if n not in self.roots:
            self.roots[n] = None
            try:
                if (asked := self.noted.get(n)) is not None:
                    f, v = asked
                    if any(map(_is_root, between(f, [v]))):
                        self.roots[n] = self.followed(f, v, ends=True)
                elif n in self.replaced:
                    self.roots[n] = self.at(self.replaced[n], self.rooted)
            except ExpressionError:
                pass
        return self.roots[n]

    def inner(self, n: Node) -> list[Sides]:
        """The derivatives of functions with roots in the function that this is one of, by both sides, at the same place."""
        found: list[Sides] = []
        for m, there in self.replaced.get(n, ()) if n not in self.noted else [(n, {})]:
            if (asked := self.noted.get(m)) is not None:
                f, v = asked
                below = [s for d in between(f, [v]) if d in self.noted and (s := self.rooted(d)) is not None]
                found += [Sides(*[e for (e,) in components_all(put(s, there))]) for s in below] if there else below
        return found

    def at(
        self, ways: Sequence[tuple[Node, Mapping[Node, Node]]], of: Callable[[Node], Sides | None] | None = None
    ) -> Sides | None:
        """What several derivatives that became one node are at the values; where they differ, nothing."""
        found: Sides | None = None
        for n, values in ways:
            sides = (of or self.sides)(n)
            if sides is None:
                return None
            made = Sides(*[e for (e,) in components_all(put(sides, values))])
            if found is None:
                found = made
            elif made != found:
                g = n.graph
                same = g.call("and", made.agree, g.call("eq", found.right, made.right))
                found = found._replace(agree=g.call("and", found.agree, same))
        return found

    def followed(self, f: Node, v: Node, ends: bool = False) -> Sides | None:
        g, f = f.graph, _moving(f, v)
        below = topological([f])
        if len(below) > MAX_NODES or sum(m.op in KINKED for m in below) > MAX_KINKS:
            return None
        to_left, to_right = {v: g.const(-1)}, {v: g.one}
        inner: dict[Node, Sides] = {}
        left_known: dict[Node, Beside] = {}
        right_known: dict[Node, Beside] = {}
        for m in self.within(f, v):
            found = self.sides(m)
            if found is None or (self.noted.get(m) or (m, m))[1] is not v:
                return None  # a mixed derivative
            inner[m] = found
            left_known[m] = beside(found.left, to_left)
            right_known[m] = beside(found.right, to_right)
        whole = substitute(f, {m: g.call("where", s.agree, s.right, m) for m, s in inner.items()})
        left, right = (
            beside(f, to, known, partial(_open, f), ends)
            for to, known in ((to_left, left_known), (to_right, right_known))
        )
        agree = common(whole, left, right)
        for s in inner.values():
            agree = g.call("and", s.agree, agree)
        return Sides(agree, g.neg(left.slope), right.slope)

    def only(self, n: Node) -> bool:
        if n not in self.alone:
            self.alone[n] = False  # while it is looked for: exp(x) is its own derivative
            if (asked := self.noted.get(n)) is not None:
                f, v = asked
                below = topological([f])
                jumpy = len(below) <= MAX_NODES and any(m.op in _JUMPING for m in below)
                self.alone[n] = jumpy and (_hidden_jumps(f, v) or any(map(self.only, self.within(f, v))))
            else:
                self.alone[n] = any(self.only(m) for m, _ in self.replaced.get(n, ()))
        return self.alone[n]

    def within(self, f: Node, v: Node) -> list[Node]:
        """The derivatives in a function that depend on a variable, but for those that stand in another one."""
        moving, found, work = between(f, [v]), dict[Node, None](), [f]
        seen = set(work)
        while work:
            n = work.pop()
            if n not in moving:
                continue
            if n in self.known and (steps(n) or self.only(n)):
                found[n] = None
            else:
                work += [a for a in n.args if a not in seen]
                seen.update(n.args)
        return list(found)


def _is_root(n: Node) -> bool:
    power = n.args[1].attr if n.op == "pow" and n.args[1].op == "const" else None
    return n.op == "sqrt" or (power is not None and power.denominator > 1)


def _open(f: Node, reason: str, *on: Node) -> Node:
    """What stands for the side of a kink that is not settled."""
    return f.graph.node("computed", (f, *on), Open(reason, 0))


def _moving(f: Node, v: Node) -> Node:
    """A function without the addends that do not move with v: they have no say in whether it is continuous, nor in its slope."""
    g, moves = f.graph, between(f, [v])
    kept: list[tuple[int, Node]] = []
    left = False
    work = [(1, f)]
    while work:
        sign, n = work.pop()
        if n not in moves:
            left = True
        elif n.op in ("add", "sub"):
            work += [(sign if n.op == "add" else -sign, n.args[1]), (sign, n.args[0])]
        elif n.op == "neg":
            work.append((-sign, n.args[0]))
        else:
            kept.append((sign, n))
    if not left or not kept:
        return f
    total = g.zero
    for sign, n in kept:
        total = g.add(total, n) if sign > 0 else g.sub(total, n)
    return total


def _hidden_jumps(f: Node, v: Node) -> bool:
    """Whether something that turns a kink or a branch may jump, or a branch is taken at single points."""
    moving = between(f, [v])
    turning: list[Node] = []
    for n in sorted(moving, key=BY_ID):
        if n.op == "where":
            turning.append(n.args[0])
        elif n.op in KINKED:
            s = None if OPERATORS[n.op].jumps else turns_on(n)
            turning += n.args if s is None else [s]
    below = [n for n in topological(turning) if n in moving]
    return any(n.op in ("eq", "ne") or jumps(n, moving) for n in below)
