"""all(condition for t in n): a condition on the state of an iteration after each step."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from derive.expr.graph import Node
from derive.language import properties
from derive.language.loops import whole
from derive.language.syntax import Reader

MAX_EVERY = 10_000  # steps, at each of which a condition is looked at


def every(r: Reader, element: ast.expr, generators: Sequence[ast.comprehension], t: ast.expr) -> Node:
    """all(condition for t in n): for t = 0 to n - 1."""
    g, (first, *more) = r.graph, generators
    count = whole(first.iter, r.scope)
    if more or first.ifs or not isinstance(first.target, ast.Name) or count is None:
        r.fail("expected all(condition for t in n) with a whole number n", t)
    name = first.target.id
    if not 0 < count <= MAX_EVERY:
        r.fail(f"all(... for {name} in n) with n from 1 to {MAX_EVERY:,}", first.iter)
    known = r.scope.get(name)
    if known is not None and (known.op != "symbol" or known.shape):
        r.fail(f"'{name}' has a meaning already", first.target)
    variable = g.symbol(name)
    here = {**r.scope, name: variable}
    inner = r.part(r.within(here).value(element), element)
    if properties.asks(inner):
        r.fail("all(...) is about comparisons, not about properties", element)
    return g.node("every", (inner, variable), count, inner.shape)
