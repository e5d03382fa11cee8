"""``limit(f, x, a)``, ``supremum(f, x)``, ``infimum(f, x)``, ``integral(f, x, a, b)``: values that are proved, not computed.

They are worked out (``derive.engine.limits.values``) before a claim that speaks of them is judged. ``inf`` stands in them,
and alone on a side.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from math import prod

from derive.budget import apart
from derive.expr.graph import Node, topological
from derive.language.syntax import Reader

CALLED = ("limit", "supremum", "infimum", "integral")
EXTREMES = (*CALLED, "series")  # a sum without an end is written as a loop (derive.language.totals)
SPEAKING = frozenset([*EXTREMES, "inf"])

_USAGE = {
    "limit": "limit(f, x, a), a an expression, inf or -inf, and then, if wanted, 1 (from above) or -1 (from below)",
    "supremum": "supremum(f, x)",
    "infimum": "infimum(f, x)",
    "integral": "integral(f, x, a, b), from a to b: expressions, inf or -inf",
}

_BY_ENTRIES = ("limit", "integral")
MAX_ENTRIES = 36  # of what has a limit, or an integral, entry by entry
_COUNTS = {"limit": (3, 4), "supremum": (2,), "infimum": (2,), "integral": (4,)}


def read(r: Reader, t: ast.Call, name: str, args: Sequence[Node]) -> Node:
    """The node of a call: f, its variable and the point; the side as attribute. Of a tensor f a tensor of such."""
    if len(args) not in _COUNTS[name] or t.keywords:
        r.fail(f"expected {_USAGE[name]}", t)
    f, x, *ends = args
    by_entries = name in _BY_ENTRIES and f.shape
    if x.op != "symbol" or any(a.shape for a in (x, *ends)) or (f.shape and not by_entries):
        beside = "all but f" if name in _BY_ENTRIES else "all"
        r.fail(f"{_USAGE[name]}: x is a scalar symbol, and {beside} is scalar", t)
    if by_entries:
        if prod(f.shape) > MAX_ENTRIES:
            r.fail(f"a {name} of more than {MAX_ENTRIES} entries", t)
        return _laid_out(f, lambda e: read(r, t, name, [e, x, *ends]))
    if name == "integral":
        return r.graph.node(name, tuple(args))
    side = 0
    if len(args) == 4:
        side = {r.graph.one: 1, r.graph.const(-1): -1}.get(args[3], 0)
        if not side or infinite(args[2]):
            r.fail("a limit is one-sided at a point: 1 from above, -1 from below", t)
    return r.graph.node(name, tuple(args[:3]), side)


def _laid_out(f: Node, made: Callable[[Node], Node], at: tuple[int, ...] = ()) -> Node:
    """What is made of each entry of a tensor, in its shape."""
    if len(at) == len(f.shape):
        return made(f.graph.index(f, at))
    return f.graph.stack([_laid_out(f, made, (*at, i)) for i in range(f.shape[len(at)])])


def infinite(n: Node) -> int:
    """1 for inf, -1 for -inf, 0 for anything else."""
    if n.op == "def":
        return infinite(n.args[0])
    return 1 if n.op == "inf" else -1 if n.op == "neg" and n.args[0].op == "inf" else 0


def needed(root: Node) -> bool:
    """Whether a claim (a comparison, or an expression that is said to have a value) is false where a limit in it does not
    exist. ``ne`` and what has cases may be true without it."""
    return not any(n.op in ("ne", "not", "or", "where", "property") for n in topological([root]))


def misplaced(root: Node) -> bool:
    """Whether inf stands where it has no meaning: anywhere but as a side, a point of a limit or of growth, an end."""
    order = topological([root])
    if not any(n.op == "inf" for n in order):
        return False
    sides = ("eq", "ne", "gt", "ge", "lt", "le", "def", "property", "limit", "integral")
    return any(any(infinite(a) for a in n.args) and n.op not in sides and not infinite(n) for n in order)


def speaks(roots: Sequence[Node], silent: set[Node] | None = None) -> bool:
    """Whether one of EXTREMES or inf stands in the expressions. In the nodes ``silent``, which is shared by claims, none does;
    those of expressions in which none is found are added."""
    if not roots or not roots[0].graph.has(SPEAKING):
        return False
    with nullcontext() if silent is None else apart():
        order = topological(roots, known=silent or frozenset())
    found = any(n.op in SPEAKING for n in order)
    if silent is not None and not found:
        silent.update(order)
    return found
