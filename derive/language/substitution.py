"""``at(E, x=v)``: E with symbols replaced by values, all at once; ``yhat(x=v)`` where E is a definition.

It is worked out after derivatives are (``calculus.expand``): ``at(d(L, w), w=0)`` is the derivative at 0.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from derive.errors import UnknownSymbol, nearest
from derive.expr import shapes
from derive.expr.graph import Graph, Node, topological
from derive.language.hidden import seen
from derive.language.syntax import Reader


def of_a_name(t: ast.Call) -> bool:
    """Whether a call has the form ``yhat(x=v)``."""
    return isinstance(t.func, ast.Name) and bool(t.keywords) and not t.args


def replaces(t: ast.Call) -> bool:
    """Whether a call has the form ``at(E, x=v)`` or ``yhat(x=v)``."""
    return of_a_name(t) or (isinstance(t.func, ast.Name) and t.func.id == "at")


def read(r: Reader, t: ast.Call, done: Mapping[ast.AST, Node]) -> Node:
    """The node ``at`` of a call: what is replaced in, the symbols, their values."""
    assert isinstance(t.func, ast.Name)
    if len(t.args) != (t.func.id == "at") or not t.keywords:
        r.fail("expected at(E, x=v): E with x replaced by v", t)
    body = done[t.args[0]] if t.args else seen(r, t.func.id, t, [k.arg for k in t.keywords])
    symbols, values = [], []
    named = r.scope if t.args else {**r.scope, **r.hidden}  # a definition speaks of no loop's variable
    for k in t.keywords:
        symbol = named.get(k.arg or "")
        if symbol is None:
            raise UnknownSymbol(f"unknown symbol '{k.arg}'{nearest(k.arg or '', r.scope)}", k.value.col_offset)
        if symbol.op not in ("symbol", "def"):
            r.fail(f"'{k.arg}' is nothing that can be replaced", k.value)
        value = r.real(done[k.value], k.value)
        if value.shape != symbol.shape:
            what = f"has shape {shapes.show(symbol.shape)}" if symbol.shape else "is a scalar"
            shown = f"has shape {shapes.show(value.shape)}" if value.shape else "is a scalar"
            r.fail(f"'{k.arg}' {what}, and its value here {shown}", k.value)
        symbols.append(symbol)
        values.append(value)
    return r.graph.node("at", (body, *symbols, *values), None, body.shape)


def replaced(g: Graph, n: Node, args: Sequence[Node]) -> Node:
    """What an ``at`` node stands for, its arguments worked out. Nothing is folded: 0*log(x) at x = 0 stays without a value."""
    body, *rest = args
    count = len(rest) // 2
    return put([body], dict(zip(rest[:count], rest[count:], strict=True)))[0]


def put(roots: Sequence[Node], values: Mapping[Node, Node]) -> list[Node]:
    """The roots with nodes replaced by others of the same shape, all at once, and nothing folded."""
    done = dict(values)
    for m in topological(roots):
        g = m.graph
        if m in done:
            continue
        inner = tuple(done[a] for a in m.args)
        if inner == m.args:
            done[m] = m
        elif m.op == "def":  # no longer what the name stands for
            done[m] = inner[0]
        elif m.op == "index":
            done[m] = g.index(inner[0], m.attr)
        else:
            done[m] = g.node(m.op, inner, m.attr, m.shape)
    return [done[r] for r in roots]
