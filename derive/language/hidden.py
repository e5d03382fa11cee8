"""Loop variables that hide a name of the case: a definition that is written with that name speaks of the case's, not the loop's.

So ``expect(score for x in normal(m, s))``, of a ``score`` that is defined with the symbol x, has two readings, and is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

from derive.expr.graph import Node, topological
from derive.language.loops import bound
from derive.language.syntax import Reader

_LETTERS = ("z", "u", "v", "k", "i", "j")


def hidden(tree: ast.AST, scope: Mapping[str, Node]) -> dict[str, Node]:
    """What the names of an expression's loop variables mean outside of its loops, where they mean something."""
    loops = [n for n in ast.walk(tree) if isinstance(n, ast.GeneratorExp | ast.ListComp)]
    return {name: scope[name] for n in loops for name in bound(n.generators) if name in scope}


def seen(r: Reader, name: str, t: ast.expr, put: Collection[str | None] = ()) -> Node:
    """What a name means here. Raises ExpressionError for a definition that speaks of a name which a loop around it hides, unless
    something is ``put`` in its place."""
    found = r.scope[name]
    behind = {h: n for h, n in r.hidden.items() if h not in put and r.scope[h] is not n} if found.op == "def" else {}
    if behind and any(n is h for n in topological([found]) for h in behind.values()):
        h = next(h for h, n in behind.items() if n in topological([found]))
        other = next((x for x in _LETTERS if x not in r.scope), f"{h}2")
        r.fail(
            f"'{name}' is defined with the '{h}' of the case, which is not that of the loop: "
            f"write {name}({h}={other}) in a loop over {other}",
            t,
        )
    return found
