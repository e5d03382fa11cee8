"""Texts as nodes of one graph."""

from __future__ import annotations

from collections.abc import Mapping

from derive.calculus.reverse import expand_all
from derive.expr.graph import Graph, Node
from derive.language.names import names_in
from derive.language.reader import parse


def nodes(*texts: str, shapes: Mapping[str, tuple[int, ...]] | None = None) -> list[Node]:
    """Expressions and conditions over the same symbols, scalars but for ``shapes``, with derivatives worked out."""
    g = Graph()
    names = sorted(set().union(*map(names_in, texts)) - {"pi", "inf"})
    scope = {n: g.symbol(n, (shapes or {}).get(n, ())) for n in names}
    return expand_all([parse(t, scope, g) for t in texts])
