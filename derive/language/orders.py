"""``converges(w, p, q)``: the iteration of a sequence w comes to its fixed point p with order q, from every start near it.

With a fourth argument that is the factor: the error after a step is in the limit so many times the q-th power of that before
it. What a step makes of w stands in the node, beside the arguments as they are written.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from derive.expr.graph import Node
from derive.language.syntax import Reader

USAGE = "converges(w, p, q): a sequence w, where it tends to, the order; then, if wanted, the factor"
MAX_ORDER = 10


def read(r: Reader, t: ast.Call, args: Sequence[Node]) -> Node:
    """The property of the step, the state, the point, the order and, where it is given, the factor. Raises ExpressionError."""
    if t.keywords or len(args) not in (3, 4) or any(a.shape for a in args[1:]):
        r.fail(f"expected {USAGE}", t)
    w, p, q = args[:3]
    order = r.constants.get(q)
    if order is None or order.denominator != 1 or not 1 <= order <= MAX_ORDER:
        r.fail(f"the order is a whole number from 1 to {MAX_ORDER}, not '{r.source(t.args[2])}'", t.args[2])
    system = r.graph.templates.get("sequences")
    part = system.part([w]) if system is not None and w.op == "symbol" and system.knows(w) else None
    if part is None:
        r.fail(f"'{r.source(t.args[0])}' is no sequence; {USAGE}", t.args[0])
    if len(part.leaves) != 1 or part.symbolic is None or part.index_stands_in_steps:
        r.fail("converges(w, p, q) is of an iteration of one number whose step is always the same", t.args[0])
    return r.graph.node("property", (part.symbolic[0], w, p, r.graph.const(int(order)), *args[3:]), "converges")


def written(n: Node) -> Sequence[Node]:
    """The arguments of a property as they are written."""
    return n.args[1:] if n.attr == "converges" else n.args
