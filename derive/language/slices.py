"""Entries, rows and slices: x[i, j], x[1:3], x[:, j]."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from derive.errors import BeforeFirst
from derive.expr.graph import Node
from derive.language.syntax import Reader


def picked(r: Reader, a: Node, parts: Sequence[ast.expr], t: ast.expr, at: tuple[int, ...] = ()) -> Node:
    """x[i, j] and slices of it, x[1:3], x[:, j]; ``at`` are the indices read so far."""
    g = r.graph
    if not parts:
        return g.index(a, at) if at else a
    first, rest = parts[0], parts[1:]
    if not isinstance(first, ast.Slice):
        return picked(r, a, rest, t, (*at, _position(r, first)))
    if len(at) >= len(a.shape):
        r.fail(f"'{r.source(t)}': a slice of a scalar", t)
    ends = [None if e is None else r.integer(e) for e in (first.lower, first.upper, first.step)]
    if ends[2] == 0:
        r.fail("a slice has a step other than 0", t)
    size = a.shape[len(at)]
    rows = range(*slice(*ends).indices(size))
    if not rows:
        r.fail(f"'{r.source(t)}': a slice of no entries has no value", t)
    whole = len(rows) == size and rows.step == 1
    if whole and not rest:
        return picked(r, a, (), t, at)
    if whole and not at and len(a.shape) == 2 and not isinstance(rest[0], ast.Slice):  # a column as a whole
        return picked(r, g.transpose(a), rest, t)
    return g.stack([picked(r, a, rest, t, (*at, i)) for i in rows])


def _position(r: Reader, t: ast.expr) -> int:
    """An index. One that is computed does not count from the end: where x[i - 1] goes round, it was not meant to."""
    found = r.integer(t)
    if found < 0 and not (isinstance(t, ast.UnaryOp) and isinstance(t.operand, ast.Constant)):
        counts = "only a number as it is written counts from the end, x[-1]"
        raise BeforeFirst(f"index {found} is before the first entry; {counts}", t.col_offset)
    return found
