r"""What the table of names says of an operator and its operand: ``\mathbb{E}`` is ``expect(_ for i in uniform(N))``.

``_`` stands for what follows in brackets. There the variables that the expectation binds are in scope: a whole number picks
entries (``x_i``), a continuous one is a number (``\varepsilon``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from derive.errors import ExpressionError
from derive.language.latex.affine import Index
from derive.language.latex.symbols import candidates
from derive.language.latex.terms import ATOM, Term
from derive.language.latex.tree import Given, Tree, bracket
from derive.language.latex.words import GREEK
from derive.language.names import names_in
from derive.language.syntax import read

if TYPE_CHECKING:
    from derive.language.latex.resolve import Resolver

_HOLE = re.compile(r"(?<!\w)_(?!\w)")
_WHOLE = ("uniform",)
_CONTINUOUS = ("uniform_interval", "normal")


def is_template(tree: Tree) -> bool:
    return isinstance(tree, Given) and bool(_HOLE.search(tree.text))


def filled(r: Resolver, tree: Given, items: Sequence[tuple[str, Tree]], k: int) -> Term:
    """The operator of the k-th factor on the bracket after it. Raises ExpressionError."""
    group = bracket(items, k + 1)
    if group is None or len(group.items) != 1:
        r.fail(f"names: '{tree.text}' speaks of what stands in brackets, and none follow", tree.start)
    try:
        bound = _bound(tree.text)
    except ExpressionError as e:
        raise ExpressionError(f"names: '{tree.text}': {e.message}", tree.start) from None
    scope, indices, memo = r.scope, r.indices, r.memo
    r.memo, r.scope, r.indices = {}, dict(scope), dict(indices)
    try:
        for name, scheme in bound.items():
            if scheme in _WHOLE:
                r.indices[_word(name)] = Index(name)
            else:
                r.scope = {**r.scope, name: r.graph.symbol(name, ())}
        operand = r.value(group.items[0])
    finally:
        r.memo, r.scope, r.indices = memo, scope, indices
    if operand.open:
        r.fail("an identity matrix of a size that is not said", group.start)
    inside = operand.text if operand.level == ATOM else f"({operand.text})"
    text = _HOLE.sub(lambda _: inside, tree.text)
    unknown = next(
        (n for n in names_in(text) if n not in r.scope and n not in (i.name for i in r.indices.values())), None
    )
    if unknown:
        r.fail(f"names: '{tree.text}': unknown symbol '{unknown}'", tree.start)
    return Term(text, ATOM, r.shape(text, tree.start))


def _bound(text: str) -> dict[str, str]:
    """The variables that are bound round the hole, with the scheme of each."""
    found: dict[str, str] = {}
    for n in ast.walk(read(text)):
        if not isinstance(n, ast.GeneratorExp):
            continue
        for g in n.generators:
            scheme = g.iter.func.id if isinstance(g.iter, ast.Call) and isinstance(g.iter.func, ast.Name) else ""
            if not isinstance(g.target, ast.Name) or scheme not in (*_WHOLE, *_CONTINUOUS):
                raise ExpressionError(
                    f"a variable in brackets is of {', '.join((*_WHOLE, *_CONTINUOUS))}; write others out"
                )
            found[g.target.id] = scheme
    return found


def _word(name: str) -> str:
    """How print writes a name of one letter."""
    return next((word for word in GREEK if name in candidates(word)), name)
