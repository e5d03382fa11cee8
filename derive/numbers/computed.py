"""``float64(E)``, ``float32(E)``: E in the arithmetic of a format, operation by operation as written, its inputs rounded to it.

A derivative is computed by the formula that was derived for it, a tensor entry by entry, a library function by what it means.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from derive.errors import ExpressionError, NotFinite, UndefinedValue, Undetermined
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import OPERATORS
from derive.language.components import components
from derive.numbers.balls import rational
from derive.numbers.formats import FORMATS, Format
from derive.numbers.ieee import operation
from derive.records import dataclass

MAX_NODES = 20_000


@dataclass(frozen=True)
class Computed:
    """How a node ``computed`` gets its value: a scalar expression, whose ``parameters`` its arguments stand for."""

    body: Node
    parameters: tuple[Node, ...]
    format: Format

    def value(self, args: Sequence[Any]) -> Any:
        """The number, or the fault in the way: NotFinite of an infinity and of no number."""
        done: dict[Node, Any] = {}
        try:
            for leaf, v in zip(self.parameters, args, strict=True):
                done[leaf] = self.format.nearest(v)
            for n in topological([self.body]):
                if n not in done and not (n.op == "symbol" and n.shape):
                    done[n] = operation(n, [done[a] for a in n.args], self.format)
        except (Undetermined, UndefinedValue) as fault:
            return fault
        found = done[self.body]
        return rational(Fraction(found)) if math.isfinite(found) else NotFinite(self.format.name, found)

    def text(self, args: Sequence[str]) -> str:
        from derive.language.reader import to_text

        return f"{self.format.name}({to_text(self.body)})"


def computed(g: Graph, n: Node, args: Sequence[Node]) -> Node:
    """The node ``computed`` of a node such as ``float64``, its argument worked out. Raises ExpressionError."""
    below = topological(n.args)
    if any(m.op == "after" and not g.templates["sequences"].part([m]).written for m in below):
        raise ExpressionError(f"{n.op} of an iteration needs steps of scalar operations, without derivatives")
    root, literals = args[0], dict[Node, Node]()
    if all(_scalar(m) for m in topological([root])):
        body = root
    else:
        root, literals = _apart(root)
        body = components(root)[0]
    order = topological([body])
    for m in order:
        if not _scalar(m):
            raise ExpressionError(f"{n.op} computes scalar operations, and '{m.op}' is none")
    if len(order) > MAX_NODES:
        raise ExpressionError(f"{n.op} of more than {MAX_NODES:,} operations")
    leaves = tuple(m for m in order if m.op == "index" or (m.op == "symbol" and not m.shape))
    given = tuple(literals.get(m, m) for m in leaves)
    return g.node("computed", given, Computed(body, leaves, FORMATS[n.op]))


def _apart(root: Node) -> tuple[Node, dict[Node, Node]]:
    """The expression with symbols in the place of the numbers that are entries of its vectors, and which they stand for: laid
    out, numbers would be put together exactly, and not operation by operation."""
    g, made, literals = root.graph, dict[Node, Node](), dict[Node, Node]()
    for m in topological([root]):
        args = tuple(made[a] for a in m.args)
        if m.op == "stack":
            args = tuple(g.node("symbol", (), ("literal", str(a.attr)), ()) if a.op == "const" else a for a in args)
            literals |= {a: b for a, b in zip(args, m.args, strict=True) if b.op == "const"}
        same = args == m.args
        made[m] = m if same else g.define(m.attr, args[0]) if m.op == "def" else g.node(m.op, args, m.attr, m.shape)
    return made[root], literals


def _scalar(m: Node) -> bool:
    """Whether a node is computed as it stands: a scalar operation, or an entry that is given."""
    if m.op in ("const", "def", "symbol") or (m.op == "index" and m.args[0].op == "symbol"):
        return m.op != "def" or not m.shape
    return m.op in OPERATORS and not m.shape
