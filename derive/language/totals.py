"""Sums and products up to a symbol, ``sum(k**2 for k in range(1, n + 1))``, or without an end, ``sum(r**k for k in range(inf))``.

They are not unrolled. Up to an expression they are nodes ``total``, an iteration (``derive.calculus.totals``); without an end
nodes ``series``, the limit of that, which is worked out before a claim that speaks of it is judged (``derive.engine.limits``).
Both have the element, its index, a symbol that no name is, and where it starts; a total has its end, which is not reached.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from derive.errors import UnknownSize
from derive.expr.graph import Graph, Node
from derive.language.extremes import infinite
from derive.language.loops import whole, wholes
from derive.language.syntax import Reader

#: What is folded, by name: how, and from where.
FOLDED = {"sum": "add", "prod": "mul"}


def endless(generators: Sequence[ast.comprehension], scope: Mapping[str, Node]) -> bool:
    """Whether some loop among these runs to, or from, what is no whole number that is known."""
    hidden = dict(scope)
    for g in generators:
        if isinstance(g.target, ast.Name):
            if any(whole(b, {**hidden}) is None for b in _bounds(g.iter)) and not _listed(g.iter, hidden):
                return any(_speaks(b, hidden) for b in _bounds(g.iter))
            graph = next((n.graph for n in scope.values()), None)
            if graph is not None:
                hidden[g.target.id] = graph.zero
    return False


def _bounds(t: ast.expr) -> list[ast.expr]:
    return t.args if isinstance(t, ast.Call) and isinstance(t.func, ast.Name) and t.func.id == "range" else [t]


def _listed(t: ast.expr, scope: Mapping[str, Node]) -> bool:
    return isinstance(t, ast.Name) and t.id in scope and wholes(scope[t.id]) is not None


def _speaks(t: ast.expr, scope: Mapping[str, Node]) -> bool:
    """Whether a bound is a scalar symbol, inf, or an expression of such."""
    names = [n.id for n in ast.walk(t) if isinstance(n, ast.Name)]
    known = [n for n in names if n in scope]
    return bool(names) and all(n in scope or n == "inf" for n in names) and all(not scope[n].shape for n in known)


def _picked(element: ast.expr, index: str) -> ast.expr | None:
    """An entry that an index picks."""
    for t in ast.walk(element):
        if isinstance(t, ast.Subscript) and any(isinstance(n, ast.Name) and n.id == index for n in ast.walk(t.slice)):
            return t
    return None


def read(r: Reader, name: str, element: ast.expr, generators: Sequence[ast.comprehension], t: ast.expr) -> Node:
    """The node of a loop that has no last round known, loops inside of it as they are. Raises ExpressionError."""
    g, (first, *inner) = r.graph, generators
    if name not in FOLDED:
        r.fail(f"{name} of a loop needs numbers for its ends; {' and '.join(FOLDED)} may run to a symbol, or inf", t)
    if not isinstance(first.target, ast.Name):
        r.fail("a loop has one variable, as in 'for i in n'", first.target)
    bounds = _bounds(first.iter)
    if not 1 <= len(bounds) <= 2:
        r.fail("a loop to a symbol, or inf, counts by one: range(a, b)", first.iter)
    if first.ifs:
        r.fail("a loop to a symbol, or inf, has no filter", first.ifs[0])
    entry = _picked(element, first.target.id)
    if entry is not None:
        own = (bounds[-1].id,) if isinstance(bounds[-1], ast.Name) and bounds[-1].id != "inf" else ()
        told = f"{r.source(entry)} is an entry by its number, and '{r.source(bounds[-1])}' is no size"
        raise UnknownSize(told, bounds[-1].col_offset, own)
    low = _bound(r, bounds[0]) if len(bounds) == 2 else g.zero
    high = _bound(r, bounds[-1])
    if infinite(low) or infinite(high) < 0:
        r.fail("a loop runs from a number, upwards: range(1, inf)", first.iter)
    index = _index(g, first.target.id, r.scope)
    within = r.within({**r.scope, first.target.id: index})
    loop: ast.expr = element
    if inner:
        loop = ast.Call(
            func=ast.Name(id=name), args=[ast.GeneratorExp(elt=element, generators=list(inner))], keywords=[]
        )
        for n in (loop, loop.func, loop.args[0]):
            ast.copy_location(n, t)
    body = within.real(within.value(loop), element)
    if body.shape:
        r.fail("the element of a loop to a symbol, or inf, is a scalar", element)
    return made(g, name, body, index, low, high)


def made(g: Graph, name: str, body: Node, index: Node, low: Node, high: Node) -> Node:
    """The node: a series where it has no end."""
    if high.op == "inf":
        return g.node("series", (body, index, low), name)
    return g.node("total", (body, index, low, high), name)


def _bound(r: Reader, t: ast.expr) -> Node:
    number = whole(t, r.scope)
    if number is not None:
        return r.graph.const(number)
    found = r.number_of(t)
    constant = r.constants.get(found)
    if found.op == "const" or constant is not None:
        r.fail(f"a loop runs over whole numbers, and '{r.source(t)}' is none", t)
    return found


def _index(g: Graph, name: str, scope: Mapping[str, Node]) -> Node:
    taken, name = {n for n in scope.values() if n.op == "symbol"}, name + "'"
    while (index := g.symbol(name)) in taken:
        name += "'"
    return index


def plain(index: Node) -> str:
    """The name of an index as it is written."""
    return str(index.attr).rstrip("'")


def unprimed(text: str, index: Node, name: str) -> str:
    """A text with another name for an index."""
    return re.sub(rf"(?<![\w']){re.escape(str(index.attr))}(?!')", name, text)


def factorial(r: Reader, t: ast.expr) -> Node | None:
    """The product of 1 to an expression of scalar symbols; None of what is a number."""
    if whole(t, r.scope) is not None or not _speaks(t, r.scope):
        return None
    g, last = r.graph, r.number_of(t)
    index = _index(g, "i", r.scope)
    return g.node("total", (index, index, g.one, g.call("add", last, g.one)), "prod")


def is_factorial(n: Node) -> bool:
    """Whether it is the product of 1 to something."""
    body, index, low, *high = n.args
    return n.attr == "prod" and body is index and low is n.graph.one and high[0].op == "add" and high[0].args[1] is low
