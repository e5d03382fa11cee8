"""Matrices and cases: rows between the begin and the end of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.language.latex import ellipses
from derive.language.latex.tokens import Token
from derive.language.latex.tree import Cases, Matrix, Tree
from derive.language.latex.words import MATRICES

if TYPE_CHECKING:
    from derive.language.latex.grammar import Parser


def environment(p: Parser, t: Token) -> Tree:
    name = t.text.removeprefix("begin ")
    if name == "array" and p.here.is_("{"):
        p.inside("{", p.next())
    p.deeper()
    bars, p.bars = p.bars, []
    if name == "cases":
        made = _cases(p, t)
    elif name in MATRICES:
        made = _matrix(p, t, name)
    else:
        p.fail(f"the environment '{name}' is not read", t)
    p.bars = bars
    p.depth -= 1
    return made


def _closes(p: Parser, name: str) -> bool:
    if p.here.kind == "end":
        p.fail(f"\\begin{{{name}}} is never closed")
    return p.here.kind == "command" and p.here.text == f"end {name}"


def _matrix(p: Parser, t: Token, name: str) -> Tree:
    rows: list[tuple[Tree, ...]] = []
    row: list[Tree] = []
    spans: list[tuple[int, int]] = []
    while True:
        first = p.at
        row.append(p.sum())
        spans.append((first, p.at))
        if p.here.is_("&"):
            p.next()
            continue
        rows.append(tuple(row))
        row = []
        if p.here.is_("\\\\"):
            p.next()
        elif not _closes(p, name):
            p.fail(f"expected '&', a new row or \\end{{{name}}}, found {p.shown(p.here)}")
        if _closes(p, name):
            p.next()
            break
    if any(len(r) != len(rows[0]) for r in rows):
        p.fail("rows of unequal length", t)
    made = _folded(p, t, rows, spans)
    if name == "vmatrix":
        p.fail("the determinant is written \\det(...)", t)
    return made


def _folded(p: Parser, t: Token, rows: list[tuple[Tree, ...]], spans: list[tuple[int, int]]) -> Matrix:
    r"""A column or a row with dots in it as a run."""
    if not any(ellipses.is_dots(entry) for row in rows for entry in row):
        return Matrix(t.start, tuple(rows))
    if len(rows) > 1 and len(rows[0]) > 1:
        p.fail("a matrix with dots: say in 'names:' what it is", t)
    entries = ellipses.folded(p, "list", [("", entry) for row in rows for entry in row], spans)
    found = tuple(entry for _, entry in entries)
    return Matrix(t.start, (found,) if len(rows) == 1 else tuple((entry,) for entry in found), len(rows) == 1)


def _cases(p: Parser, t: Token) -> Tree:
    rows: list[tuple[Tree, Tree | None]] = []
    while True:
        value = p.sum()
        condition = None
        while p.here.is_(",", "&", "quad") or p.beside() in ("if", "for", "when"):
            p.next()
        if p.beside() in ("otherwise", "else"):
            p.next()
        elif not p.here.is_("\\\\") and not _closes(p, "cases"):
            condition = p.either()
        while p.here.is_(",", ".", ";", "quad"):
            p.next()
        rows.append((value, condition))
        if p.here.is_("\\\\"):
            p.next()
        elif not _closes(p, "cases"):
            p.fail(f"expected a new row or \\end{{cases}}, found {p.shown(p.here)}")
        if _closes(p, "cases"):
            p.next()
            return Cases(t.start, tuple(rows))
