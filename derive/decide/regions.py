"""Kinks: a claim is decided on every region of the signs of what its kinks turn on, boundaries included."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.calculus import gradient
from derive.decide.normal_form import NAMES, sign_key
from derive.graph import FOLDING, Graph, Node, substitute, topological


def undefine(*roots: Node) -> list[Node]:
    """The same expressions with every definition looked through."""
    return _rebuild(roots, lambda n, args: args[0] if n.op == "def" else None)


def kink(root: Node, deep: bool) -> Node | None:
    """What the innermost kink of an expression turns on: the s of relu(s), select(s, ...), where(p > q, ...); or None.

    Without ``deep``, here and below, definitions are not looked through.
    """
    for n in topological([root], through_definitions=deep):
        for s in _turns(n):
            return s
    return None


def _turns(n: Node) -> list[Node]:
    g = n.graph
    match n.op:
        case "relu" | "abs" | "sign" | "select":
            return [n.args[0]]
        case "min" | "max" | "gt" | "ge" | "lt" | "le" | "eq" | "ne":
            return [g.sub(*n.args)]
    return []


class Signs:
    """What is known of the signs in a region: by the key that expressions of one sign share."""

    def __init__(self, known: Mapping[Any, int], depth: int, keys: dict[Node, tuple[Any, int]] | None = None) -> None:
        self.known = known
        self.depth = depth
        self.deep = depth > NAMES
        self.keys = keys if keys is not None else {}

    def key(self, s: Node) -> tuple[Any, int]:
        if s not in self.keys:
            self.keys[s] = sign_key(s, self.depth)
        return self.keys[s]

    def of(self, s: Node) -> int | None:
        key, orientation = self.key(s)
        if key == "zero":
            return 0
        if key == "one":
            return orientation
        found = self.known.get(key)
        return None if found is None else found * orientation

    def with_sign(self, s: Node, sign: int) -> Signs:
        key, orientation = self.key(s)
        return Signs({**self.known, key: sign * orientation}, self.depth, self.keys)

    def resolve(self, root: Node, side: int = 1) -> Node:
        """The expression in the region. On a boundary (sign 0) ``side`` says from where a select is seen: 1 or -1."""

        def rule(n: Node, args: tuple[Node, ...]) -> Node | None:
            return _resolved(n, args, self, side)

        return _rebuild([root], rule, self.deep)[0]

    def on_boundary(self, root: Node) -> bool:
        """Whether a select turns on something that is zero in this region."""
        below = topological([root], through_definitions=self.deep)
        return any(n.op == "select" and self.of(n.args[0]) == 0 for n in below)


def assumed(conditions: Sequence[Node], depth: int) -> Signs:
    """The signs that strict inequalities say."""
    signs = Signs({}, depth)
    for c in conditions:
        if c.op in ("gt", "lt"):
            p, q = c.args if c.op == "gt" else c.args[::-1]
            s = c.graph.sub(p, q)
            signs = signs.with_sign(undefine(s)[0] if signs.deep else s, 1)
    return signs


def _resolved(n: Node, args: tuple[Node, ...], signs: Signs, side: int) -> Node | None:
    g = n.graph
    match n.op:
        case "relu" | "abs" | "sign":
            s = signs.of(args[0])
            if s is None:
                return None
            if n.op == "sign":
                return g.const(s)
            if n.op == "abs":
                return args[0] if s > 0 else g.neg(args[0]) if s < 0 else g.zero
            return args[0] if s > 0 else g.zero
        case "min" | "max":
            s = signs.of(g.sub(*args))
            return None if s is None else args[0] if (s >= 0) == (n.op == "max") else args[1]
        case "select":
            s = signs.of(args[0])
            return None if s is None else args[1] if (s or side) > 0 else args[2]
        case "gt" | "ge" | "lt" | "le" | "eq" | "ne":
            s = signs.of(g.sub(*args))
            if s is None:
                return None
            true = {"gt": s > 0, "ge": s >= 0, "lt": s < 0, "le": s <= 0, "eq": s == 0, "ne": s != 0}[n.op]
            return _truth(g, true)
        case "not" if _known(args[0]) is not None:
            return _truth(g, not _known(args[0]))
        case "and" if _known(args[0]) is not None and _known(args[1]) is not None:
            return _truth(g, bool(_known(args[0]) and _known(args[1])))
        case "or" if _known(args[0]) is not None and _known(args[1]) is not None:
            return _truth(g, bool(_known(args[0]) or _known(args[1])))
        case "where" if _known(args[0]) is not None:
            return args[1] if _known(args[0]) else args[2]
    return None


def _truth(g: Graph, value: bool) -> Node:
    """True and false as conditions that can be read off."""
    return g.node("ge" if value else "gt", (g.zero, g.zero))


def _known(n: Node) -> bool | None:
    g = n.graph
    return None if n.args != (g.zero, g.zero) else n.op == "ge"


def solve_zero(s: Node, deep: bool = True) -> tuple[Node, Node] | None:
    """A symbol and what it is where s = 0, if s is affine in a symbol with a constant slope; or None."""
    g = s.graph
    if s.op == "def" and not deep:
        return s, g.zero
    for v in topological([s]):
        if v.op == "index" or (v.op == "symbol" and not v.shape):
            slope = gradient(s, [v])[0]
            if slope.op == "const" and slope.attr != 0:
                rest = substitute(s, {v: g.zero})
                return v, g.div(g.neg(rest), slope)
    return None


def boundary_values(s: Node) -> list[Fraction]:
    """Numbers worth trying near a kink: where s = 0 if that is one number."""
    found = solve_zero(s)
    if found is None or found[1].op != "const":
        return []
    at = Fraction(found[1].attr)
    return [at, at + 1, at - 1, at + Fraction(1, 2), at - Fraction(1, 2)]


def _rebuild(
    roots: Sequence[Node], rule: Callable[[Node, tuple[Node, ...]], Node | None], deep: bool = True
) -> list[Node]:
    done: dict[Node, Node] = {}
    for n in topological(roots, through_definitions=deep):
        if n.op == "def" and not deep:
            done[n] = n
            continue
        args = tuple(done[a] for a in n.args)
        made = rule(n, args)
        if made is None:
            if args == n.args:
                made = n
            elif n.op in FOLDING:
                made = FOLDING[n.op](n.graph, *args)
            else:
                made = n.graph.node(n.op, args, n.attr, n.shape)
        done[n] = made
    return [done[r] for r in roots]
