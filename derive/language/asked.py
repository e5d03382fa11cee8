"""Which entries of a tensor are asked for: of ``(A @ B)[3, 4]`` one row of A and one column of B, not a whole product.

Demand runs from users to arguments. A node that is not named is asked for whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from derive.expr import shapes
from derive.expr.graph import Node
from derive.expr.operators import OPERATORS

#: Places in the row-by-row order of a tensor's entries.
Places = AbstractSet[int]

_PICKED_FROM = ("symbol", "stack", "def")


def asked(roots: Iterable[Node], order: Sequence[Node]) -> Mapping[Node, Places]:
    """The places that the roots need of each node of ``order`` (arguments before users), where these are not all."""
    if not any(n.op == "index" and n.args[0].op not in _PICKED_FROM for n in order):
        return {}
    whole, some = set(roots), dict[Node, set[int]]()
    for n in reversed(order):
        rule = None if n in whole else _RULES.get(n.op, _elementwise if n.op in OPERATORS else None)
        if n in whole and n.op == "index":
            rule, places = _index, set(range(shapes.size(n.shape)))
        else:
            places = some.get(n, set())
        for a, needed in zip(n.args, rule(n, places) if rule is not None else [None] * len(n.args), strict=True):
            if needed is None or a in whole:
                whole.add(a)
                some.pop(a, None)
            else:
                some.setdefault(a, set()).update(needed)
    return {n: p for n, p in some.items() if n not in whole and len(p) < shapes.size(n.shape)}


#: What each argument has to give for some places of a node: its places, or None for all.
_Needed = list[set[int] | None]


def _index(n: Node, places: Places) -> _Needed:
    shape = n.args[0].shape
    flat = 0
    for k, size in zip(n.attr, shape, strict=False):
        flat = flat * size + k
    start = flat * shapes.size(shape[len(n.attr) :])
    return [{start + p for p in places}]


def _elementwise(n: Node, places: Places) -> _Needed:
    return [set(places) if a.shape == n.shape else None for a in n.args]


def _same(n: Node, places: Places) -> _Needed:
    return [set(places)]


def _matmul(n: Node, places: Places) -> _Needed:
    a, b = n.args
    inner = a.shape[-1]
    columns = b.shape[1] if len(b.shape) == 2 else 1
    rows = {p // columns for p in places}
    picked = {p % columns for p in places}
    return [
        {i * inner + k for i in rows for k in range(inner)},
        {k * columns + j for j in picked for k in range(inner)},
    ]


def _transpose(n: Node, places: Places) -> _Needed:
    rows, columns = n.args[0].shape
    return [{(p % rows) * columns + p // rows for p in places}]


def _outer(n: Node, places: Places) -> _Needed:
    columns = n.shape[1]
    return [{p // columns for p in places}, {p % columns for p in places}]


def _stack(n: Node, places: Places) -> _Needed:
    found: _Needed = []
    start = 0
    for a in n.args:
        size = shapes.size(a.shape)
        found.append({p - start for p in places if start <= p < start + size})
        start += size
    return found


_RULES: dict[str, Callable[[Node, Places], _Needed]] = {
    "index": _index,
    "matmul": _matmul,
    "transpose": _transpose,
    "outer": _outer,
    "stack": _stack,
    "concat": _stack,
    "reshape": _same,
    "def": _same,
}
