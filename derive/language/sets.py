"""What is only compared: the sets ``subdifferential(f, x)``, at a point ``subdifferential(f, x, p)``, and ``interval(lo, hi)``.

A set has no place in arithmetic; all that is said of one is that it is the other: ``subdifferential(f, x) == interval(lo, hi)``,
entry by entry. The two together are a property (see ``properties``) of f, x, lo, hi and, where it is given, p. Like them
``rank(A)`` is only compared, with a whole number: it is one number for all values of the symbols in A, or the claim fails.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import NoReturn

from derive.expr import shapes
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import MIRRORED

SETS = ("subdifferential", "interval", "rank")
COMPARED = "subdifferential(f, x) == interval(lo, hi), or subdifferential(f, x, p) at a point p"
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
    if len(args) == 3 and args[2].shape != x.shape:
        wanted, found = shapes.show(x.shape), shapes.show(args[2].shape)
        fail(f"subdifferential(f, x, p): p has the shape of x, {wanted}, and not {found}", t)
    return g.node(name, tuple(args), None, x.shape)


def compared(
    g: Graph, op: str, a: Node, b: Node, t: ast.expr, fail: Callable[[str, ast.expr], NoReturn]
) -> Node | None:
    """The condition that one set is the other; None where neither side is a set."""
    if a.op not in SETS and b.op not in SETS:
        return None
    if "rank" in (a.op, b.op):
        return _ranked(g, op, a, b, t, fail)
    if b.op == "subdifferential":
        a, b = b, a
    if op not in ("eq", "ne") or a.op != "subdifferential" or b.op != "interval":
        fail(f"a set is compared with another by == or !=: {COMPARED}", t)
    if b.shape and b.shape != a.shape:
        fail(f"the subdifferential has shape {shapes.show(a.shape)}, the interval {shapes.show(b.shape)}", t)
    f, x, *p = a.args
    made = g.node("property", (f, x, *b.args, *p), "subdifferential")
    return made if op == "eq" else g.call("not", made)


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
