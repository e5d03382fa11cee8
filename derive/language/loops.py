"""Bounded sums and products: ``sum(w[i]*x[i] for i in n)``, unrolled for the sizes of an instance.

A loop runs over ``n`` (0 to n-1) or ``range(a, b)``, may be nested and filtered (``for i in n for j in n if i != j``). Its bounds
and the indices inside are whole numbers: literals, sizes, loop variables and their sums and products.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence

from derive.errors import ExpressionError, ShapeError, UnknownSize, nearest
from derive.expr.composites import COMPOSITES
from derive.expr.graph import Graph, Node
from derive.expr.operators import CONSTANTS, FUNCTIONS

Loop = Sequence[ast.comprehension]
MAX_TERMS = 2_000  # of all loops of one expression

_ARITHMETIC: dict[type, Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
_COMPARE: dict[type, Callable[[int, int], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
#: What names something else, wherever no size is called so.
_NO_SIZES = {"inf", "len", "range", *CONSTANTS, *FUNCTIONS, *COMPOSITES}


def whole(t: ast.expr, scope: Mapping[str, Node]) -> int | None:
    """The whole number that an index or a bound is, or None."""
    match t:
        case ast.Constant(value=int(v)) if type(v) is int:
            return v
        case ast.Name(id=name) if name in scope:
            n = scope[name]
            n = n.args[0] if n.op == "def" else n
            return n.attr if n.op == "const" and isinstance(n.attr, int) else None
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]) if name in scope:
            return len(found) if (found := wholes(scope[name])) else None
        case ast.Subscript(value=ast.Name(id=name), slice=at) if name in scope:
            found, k = wholes(scope[name]), whole(at, scope)
            return found[k] if found and k is not None and 0 <= k < len(found) else None
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            negative = whole(inner, scope)
            return None if negative is None else -negative
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            a, b = whole(left, scope), whole(right, scope)
            if a is None or b is None or (b == 0 and isinstance(op, ast.FloorDiv | ast.Mod)):
                return None
            return _ARITHMETIC[type(op)](a, b)
    return None


def wholes(n: Node) -> list[int] | None:
    """The entries of a vector of whole numbers, such as an outcome of ``subsets(N, b)``; or None."""
    if n.op != "stack" or not all(a.op == "const" and isinstance(a.attr, int) for a in n.args):
        return None
    return [a.attr for a in n.args]


def rounds(generators: Sequence[ast.comprehension], scope: Mapping[str, Node]) -> Iterator[dict[str, Node]]:
    """The scopes of a loop's rounds, first to last. Raises ExpressionError with the column of what can't be run over."""
    first, *inner = generators
    if not isinstance(first.target, ast.Name):
        raise ExpressionError("a loop has one variable, as in 'for i in n'", first.target.col_offset)
    for i in _range(first.iter, scope):
        graph = next(iter(scope.values())).graph
        here = {**scope, first.target.id: graph.const(i)}
        if all(_true(c, here) for c in first.ifs):
            yield from rounds(inner, here) if inner else [here]


def _range(t: ast.expr, scope: Mapping[str, Node]) -> Sequence[int]:
    if isinstance(t, ast.Name) and t.id in scope and (listed := wholes(scope[t.id])) is not None:
        return listed
    bounds = t.args if isinstance(t, ast.Call) and isinstance(t.func, ast.Name) and t.func.id == "range" else [t]
    values = [whole(b, scope) for b in bounds]
    if not 1 <= len(values) <= 3 or any(v is None for v in values) or (len(values) == 3 and values[2] == 0):
        told = "a loop runs over a size or range(...) of whole numbers"
        for b in bounds:
            if isinstance(b, ast.Name) and b.id not in scope and b.id not in _NO_SIZES:
                hint = nearest(b.id, [n for n in scope if whole(ast.Name(n), scope) is not None])
                raise UnknownSize(f"{told}, and '{b.id}' is none{hint}", b.col_offset, () if hint else (b.id,))
        raise ExpressionError(told, t.col_offset)
    found = range(*[v for v in values if v is not None])
    if len(found) > MAX_TERMS:
        raise ExpressionError(f"a loop of {len(found)} rounds; the limit is {MAX_TERMS}", t.col_offset)
    return found


def _true(t: ast.expr, scope: Mapping[str, Node]) -> bool:
    if isinstance(t, ast.BoolOp):
        parts = [_true(v, scope) for v in t.values]
        return all(parts) if isinstance(t.op, ast.And) else any(parts)
    if isinstance(t, ast.Compare):
        values = [whole(s, scope) for s in (t.left, *t.comparators)]
        if all(v is not None for v in values) and all(type(o) in _COMPARE for o in t.ops):
            pairs = zip(t.ops, values, values[1:], strict=False)
            return all(_COMPARE[type(o)](a, b) for o, a, b in pairs if a is not None and b is not None)
    raise ExpressionError("a loop is filtered by comparisons of whole numbers, as in 'if i != j'", t.col_offset)


def bound(generators: Sequence[ast.comprehension]) -> set[str]:
    """The loop variables."""
    return {g.target.id for g in generators if isinstance(g.target, ast.Name)}


# -- what takes a loop, as in sum(x[i] for i in n) -----------------------------------------------------


def fold(g: Graph, op: str, parts: Sequence[Node]) -> Node:
    """a op b op c ..., from the left."""
    node = parts[0]
    for p in parts[1:]:
        node = g.call(op, node, p)
    return node


def _matrix_product(g: Graph, parts: Sequence[Node]) -> Node:
    node = parts[0]
    for p in parts[1:]:
        node = g.matmul(node, p)
    return node


#: What a loop of no rounds is, where it has a value.
EMPTY = {"sum": 0, "prod": 1}


def nothing(g: Graph, value: int, element: Callable[[], Node]) -> Node:
    """The value of a loop of no rounds, in the shape of an element, if one can be had: of x[i + 1] at the end of x none can."""
    try:
        return g.broadcast(g.const(value), element().shape)
    except ShapeError:
        return g.const(value)


#: By name, what a loop's elements, first to last, are put together to.
LOOPS: dict[str, Callable[[Graph, Sequence[Node]], Node]] = {
    "sum": lambda g, parts: fold(g, "add", parts),
    "mean": lambda g, parts: g.call("div", fold(g, "add", parts), g.const(len(parts))),
    "prod": lambda g, parts: fold(g, "mul", parts),
    "matprod": _matrix_product,
    "min": lambda g, parts: fold(g, "min", parts),
    "max": lambda g, parts: fold(g, "max", parts),
    "logaddexp": lambda g, parts: fold(g, "logaddexp", parts),
}
