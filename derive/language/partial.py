"""Loops that go up to a size and leave out the rest of what they pick from: ``sum(p[k] for k in K)`` where p has more entries."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from derive.expr.graph import Node
from derive.language.loops import whole
from derive.language.syntax import read
from derive.records import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A loop over a size, and what is longer. ``offset``: where the loop says its size."""

    size: str
    reached: int
    of: str
    entries: int
    offset: int


def parts(text: str, scope: Mapping[str, Node]) -> Iterator[Part]:
    """The loops of an expression over a size by its name that leave out entries of all that they pick from. What goes up to a
    number or ``range(...)`` says so itself; what is picked one further on (``x[k + 1]``) has to stop before the end."""
    for n in ast.walk(read(text)):
        if not isinstance(n, ast.GeneratorExp | ast.ListComp):
            continue
        for g in n.generators:
            if not isinstance(g.target, ast.Name) or not isinstance(g.iter, ast.Name):
                continue
            reached = whole(g.iter, scope) if g.iter.id in scope else None
            longer = _picked(n.elt, g.target.id, scope) if reached is not None and not g.ifs else {}
            if reached is not None and longer and min(longer.values()) > reached:
                name = next(iter(longer))
                yield Part(g.iter.id, reached, name, longer[name], g.iter.col_offset)


def _picked(of: ast.expr, index: str, scope: Mapping[str, Node]) -> dict[str, int]:
    """The tensors that an index picks entries of as it is, with how many there are; none, where it also picks others."""
    found: dict[str, int] = {}
    for n in ast.walk(of):
        if not isinstance(n, ast.Subscript) or not isinstance(n.value, ast.Name) or n.value.id not in scope:
            continue
        places = n.slice.elts if isinstance(n.slice, ast.Tuple) else [n.slice]
        for at, entries in zip(places, scope[n.value.id].shape, strict=False):
            spoken = any(isinstance(m, ast.Name) and m.id == index for m in ast.walk(at))
            if spoken and not isinstance(at, ast.Name):
                return {}
            if spoken:
                found[n.value.id] = min(int(entries), found.get(n.value.id, int(entries)))
    return found
