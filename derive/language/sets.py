"""What is only compared: the sets ``subdifferential(f, x)``, at a point ``subdifferential(f, x, p)``, and ``interval(lo, hi)``.

A set has no place in arithmetic; all that is said of one is that it is the other: ``subdifferential(f, x) == interval(lo, hi)``,
entry by entry. The two together are a property (see ``properties``) of f, x, lo, hi and, where it is given, p. That a number
or a vector lies in one is said by ``in``: ``g in subdifferential(f, x, p)`` is what it means, that f(x) - g.x is least at p
(Rockafellar, Convex Analysis, 1970, section 23), and so judged as a minimizer; ``v in interval(lo, hi)`` is lo <= v <= hi.
Like sets ``rank(A)`` is only compared, with a whole number: it is one number for all values of the symbols in A, or the claim
fails.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import NoReturn

from derive.expr import conditions, shapes
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import MIRRORED

SETS = ("subdifferential", "interval", "rank")
COMPARED = "subdifferential(f, x) == interval(lo, hi), or subdifferential(f, x, p) at a point p"
CONTAINED = "g in subdifferential(f, x, p), p a point, or v in interval(lo, hi)"
MEMBERS = ("in", "not in")
RANKED = "rank(A) == 2, with ==, !=, <=, >=, < or > and a whole number"


def read(g: Graph, t: ast.Call, name: str, args: Sequence[Node], fail: Callable[[str, ast.expr], NoReturn]) -> Node:
    """The node of a call, to be compared. ``fail`` raises ExpressionError."""
    if name == "rank":
        if t.keywords or len(args) != 1 or len(args[0].shape) != 2:
            fail(f"expected {RANKED}: A is a matrix", t)
        return g.node(name, tuple(args))
    if t.keywords or len(args) not in ((2, 3) if name == "subdifferential" else (2,)):
        fail(f"expected {COMPARED}", t)
    if name == "interval":
        if args[0].shape != args[1].shape and args[0].shape and args[1].shape:
            fail("interval(lo, hi): lo and hi have one shape, or are scalars", t)
        return g.node(name, tuple(args), None, args[0].shape or args[1].shape)
    f, x = args[:2]
    if (x.args[0] if x.op == "index" else x).op not in ("symbol", "def"):
        fail("subdifferential(f, x): x is a symbol or a definition", t)
    if f.shape:
        fail(f"subdifferential(f, x): f is a scalar, and this has shape {shapes.show(f.shape)}", t)
    if len(args) == 3 and not args[2].shape:  # at 0, the vector of zeros
        args = (f, x, g.broadcast(args[2], x.shape))
    if len(args) == 3 and args[2].shape != x.shape:
        wanted, found = shapes.show(x.shape), shapes.show(args[2].shape)
        fail(f"subdifferential(f, x, p): p has the shape of x, {wanted}, and not {found}", t)
    return g.node(name, tuple(args), None, x.shape)


def compared(
    g: Graph, op: str, a: Node, b: Node, t: ast.expr, fail: Callable[[str, ast.expr], NoReturn]
) -> Node | None:
    """The condition that one set is the other; None where neither side is a set."""
    if op in MEMBERS:
        made = _contained(g, a, b, t, fail)
        return made if op == "in" else g.call("not", made)
    if a.op not in SETS and b.op not in SETS:
        return None
    if "rank" in (a.op, b.op):
        return _ranked(g, op, a, b, t, fail)
    if b.op == "subdifferential":
        a, b = b, a
    if b.op == "stack" and len(b.args) == 2 and not a.shape:  # [lo, hi] of a number
        b = g.node("interval", b.args)
    if op not in ("eq", "ne") or a.op != "subdifferential" or b.op != "interval":
        fail(f"a set is compared with another by == or !=: {COMPARED}", t)
    if b.shape and b.shape != a.shape:
        fail(f"the subdifferential has shape {shapes.show(a.shape)}, the interval {shapes.show(b.shape)}", t)
    f, x, *p = a.args
    made = g.node("property", (f, x, *b.args, *p), "subdifferential")
    return made if op == "eq" else g.call("not", made)


def _contained(g: Graph, a: Node, b: Node, t: ast.expr, fail: Callable[[str, ast.expr], NoReturn]) -> Node:
    """That a value lies in a set."""
    if a.op in SETS or b.op not in ("subdifferential", "interval"):
        fail(f"'in' says that a value lies in a set: {CONTAINED}", t)
    if b.shape and not a.shape:  # 0 is the vector of zeros
        a = g.broadcast(a, b.shape)
    if b.shape and a.shape != b.shape:
        fail(f"the value has shape {shapes.show(a.shape)}, what it is to lie in {shapes.show(b.shape)}", t)
    if b.op == "interval":
        low, high = (conditions.one(g.call("le", *pair)) for pair in ((b.args[0], a), (a, b.args[1])))
        return g.call("and", low, high)
    f, x, *p = b.args
    if not p or x in topological([a, *p]):
        fail(
            "a subgradient is one at a point that does not speak of x: g in subdifferential(f, x, p), p another symbol",
            t,
        )
    if a.shape != x.shape:
        fail(f"the subgradient has shape {shapes.show(a.shape)}, and x is a scalar", t)
    tilted = g.call("sub", f, g.sum(g.call("mul", a, x)) if x.shape else g.call("mul", a, x))
    return g.node("property", (tilted, x, *p), "minimizer")


def _ranked(g: Graph, op: str, a: Node, b: Node, t: ast.expr, fail: Callable[[str, ast.expr], NoReturn]) -> Node:
    """A comparison of a rank as a property of the matrix, the least and the greatest rank."""
    if b.op == "rank":
        a, b, op = b, a, MIRRORED.get(op, op)
    while b.op == "def":
        b = b.args[0]
    if a.op != "rank" or b.op != "const" or int(b.attr) != b.attr:
        fail(f"a rank is compared with a whole number: {RANKED}", t)
    r, most = int(b.attr), min(int(n) for n in a.args[0].shape)
    low, high = {"le": (0, r), "lt": (0, r - 1), "ge": (r, most), "gt": (r + 1, most)}.get(op, (r, r))
    made = g.node("property", (a.args[0], g.const(low), g.const(high)), "rank")
    return g.call("not", made) if op == "ne" else made


def misplaced(root: Node) -> str:
    """The name of a set that stands elsewhere than in a comparison, or nothing."""
    return next((n.op for n in topological([root]) if n.op in SETS), "")


def compares(n: Node) -> bool:
    """Whether a property is written as a comparison."""
    return n.op == "property" and n.attr in SETS


def text(n: Node, inside: Sequence[str]) -> str:
    """The property in the language, its arguments printed."""
    if n.attr == "rank":
        low, high = (a.attr for a in n.args[1:])
        sign, r = ("==", low) if low == high else ("<=", high) if low == 0 else (">=", low)
        return f"rank({inside[0]}) {sign} {r}"
    f, x, low, high, *p = inside
    return f"subdifferential({', '.join([f, x, *p])}) == interval({low}, {high})"
