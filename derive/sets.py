"""Sets of numbers: ``subdifferential(f, x)``, at a point ``subdifferential(f, x, p)``, and ``interval(lo, hi)``.

A set has no place in arithmetic; all that is said of one is that it is the other: ``subdifferential(f, x) == interval(lo, hi)``,
entry by entry. The two together are a property (``derive.properties``) of f, x, lo, hi and, where it is given, p.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import NoReturn

from derive import shapes
from derive.graph import Graph, Node, topological

SETS = ("subdifferential", "interval")
COMPARED = "subdifferential(f, x) == interval(lo, hi), or subdifferential(f, x, p) at a point p"


def read(g: Graph, t: ast.Call, name: str, args: Sequence[Node], fail: Callable[[str, ast.expr], NoReturn]) -> Node:
    """The node of a call, to be compared. ``fail`` raises ExpressionError."""
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
    if b.op == "subdifferential":
        a, b = b, a
    if op not in ("eq", "ne") or a.op != "subdifferential" or b.op != "interval":
        fail(f"a set is compared with another by == or !=: {COMPARED}", t)
    if b.shape and b.shape != a.shape:
        fail(f"the subdifferential has shape {shapes.show(a.shape)}, the interval {shapes.show(b.shape)}", t)
    f, x, *p = a.args
    made = g.node("property", (f, x, *b.args, *p), "subdifferential")
    return made if op == "eq" else g.call("not", made)


def misplaced(root: Node) -> str:
    """The name of a set that stands elsewhere than in a comparison, or nothing."""
    return next((n.op for n in topological([root]) if n.op in SETS), "")


def text(inside: Sequence[str]) -> str:
    """The property in the language, its arguments printed."""
    f, x, low, high, *p = inside
    return f"subdifferential({', '.join([f, x, *p])}) == interval({low}, {high})"
