"""Vectors, matrices and cases, and the tensors of ones and zeros."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.expr.shapes import show
from derive.language.latex import terms
from derive.language.latex.terms import ATOM, OPEN, Term
from derive.language.latex.tokens import Tokens
from derive.language.latex.tree import Cases, Group, Matrix, Number, Relation, Run, Tree

if TYPE_CHECKING:
    from derive.language.latex.resolve import Resolver

_OTHER = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def matrix(r: Resolver, tree: Matrix) -> Term:
    """A column is a vector; a row is a transposed vector, or a matrix of one row."""
    if any(isinstance(t, Run) for row in tree.rows for t in row):
        if len(tree.rows) > 1 or len(tree.rows[0]) > 1:
            r.fail("a matrix with dots and more beside them: say in 'names:' what it is", tree.start)
        return replace(r.value(tree.rows[0][0]), row=tree.row)
    rows = [[r.value(t) for t in row] for row in tree.rows]
    first = rows[0][0]
    if len(rows[0]) == 1 and first.shape:  # blocks
        parts = [row[0] for row in rows]
        if any(len(p.shape) == 2 and p.text.endswith(".T") for p in parts):
            r.fail("blocks of transposed matrices, or matrices row by row? Say it in 'names:'", tree.start)
        if all(len(p.shape) == 1 and p.row for p in parts):
            return _made(r, f"[{', '.join(p.text for p in parts)}]", tree)
        return _made(r, f"concat([{', '.join(p.text for p in parts)}])", tree)
    for row, trees in zip(rows, tree.rows, strict=True):
        for p, t in zip(row, trees, strict=True):
            if p.shape or p.open:
                r.fail(f"'{p.text}' has shape {show(p.shape)}, where an entry of a matrix is expected", t.start)
    if len(rows[0]) == 1:
        return _made(r, f"[{', '.join(row[0].text for row in rows)}]", tree)
    whole = ", ".join(f"[{', '.join(p.text for p in row)}]" for row in rows)
    if len(rows) > 1:
        return _made(r, f"[{whole}]", tree)
    flat = Term(whole, ATOM, (len(rows[0]),), row=True)
    return r.choose(("row", tree.start), [lambda: flat, lambda: Term(f"[{whole}]", ATOM, (1, len(rows[0])))])


def listed(r: Resolver, tree: Group) -> Term:
    """``(a, b)``: a vector, which print takes for a row or a column as it needs it."""
    if tree.bracket == "{":
        r.fail("a set is not read here; say in 'names:' what it is", tree.start)
    if len(tree.items) == 1:
        return replace(r.value(tree.items[0]), turns=True)
    return replace(column(r, [r.value(t) for t in tree.items], tree.start), turns=True)


def paired(r: Resolver, tree: Group) -> Term:
    r"""``\langle u, v \rangle`` of two vectors or matrices; ``\binom{n}{k}``."""
    parts = [r.value(t) for t in tree.items]
    if tree.bracket == "binom":
        if any(p.shape for p in parts):
            r.fail("a binomial coefficient is of two numbers", tree.start)
        return Term(f"binomial({parts[0].text}, {parts[1].text})", ATOM)
    if len(parts) != 2 or parts[0].shape != parts[1].shape or len(parts[0].shape) not in (1, 2) or parts[0].open:
        r.fail("an inner product is of two vectors, or of two matrices, of one shape", tree.start)
    a, b = parts
    if len(a.shape) == 1:
        return Term(f"{a.at(terms.PRODUCT)} @ {b.at(terms.SIGN)}", terms.PRODUCT)
    return Term(f"trace({a.at(ATOM)}.T @ {b.at(terms.SIGN)})", ATOM)


def column(r: Resolver, entries: list[Term], start: int) -> Term:
    """The vector of some numbers."""
    for p in entries:
        if p.shape or p.open:
            r.fail(f"'{p.text}' has shape {show(p.shape)}, where a number is expected as an entry of a list", start)
    return Term(f"[{', '.join(p.text for p in entries)}]", ATOM, (len(entries),))


def _made(r: Resolver, text: str, tree: Matrix) -> Term:
    return Term(text, ATOM, r.shape(text, tree.start))


def filled(r: Resolver, tree: Number, below: Tokens) -> Term:
    r"""``\mathbf{1}_{3}``, ``\mathbf{0}_{2 \times 3}``."""
    word = {"0": "zeros", "1": "ones"}.get(tree.text)
    if word is None:
        return terms.number(tree.text)
    if not below:
        if word == "zeros":
            return Term("0", ATOM, number=True, plain=True)
        return Term(f"ones({OPEN})", ATOM, open=True, rank=1)
    parts: list[Tokens] = []
    rest: Tokens = below
    at = next((i for i, t in enumerate(rest) if t.is_("\\times", ",")), None)
    parts = [rest] if at is None else [rest[:at], rest[at + 1 :]]
    sizes = []
    for p in parts:
        found = r.affine(p)
        if found is None:
            return _indicator(r, tree, below)
        sizes.append(found.text())
    text = f"{word}({', '.join(sizes)})"
    return Term(text, ATOM, r.shape(text, tree.start))


def _indicator(r: Resolver, tree: Number, below: Tokens) -> Term:
    condition = r.condition(r.tree(below))
    if tree.text != "1":
        r.fail("a size is missing", tree.start)
    text = f"indicator({condition.text})"
    return Term(text, ATOM, r.shape(text, tree.start))


def cases(r: Resolver, tree: Cases) -> Term:
    """Values by conditions. The last is said of all the rest, or its condition is the contrary of the others."""
    values = [r.value(v) for v, _ in tree.rows]
    conditions = [None if c is None else r.condition(c) for _, c in tree.rows]
    if None in conditions[:-1]:
        r.fail("a case without a condition stands last", tree.start)
    last = conditions[-1]
    if len(values) == 1:
        r.fail("one case is no choice", tree.start)
    if last is not None and (named := _sides(r, tree, values)) is not None:
        return named
    if last is not None and not _covered([c for _, c in tree.rows], r):
        r.fail("do these cases say what holds everywhere? Write \\text{otherwise} in the last one", tree.start)
    text = values[-1].text
    for v, made in reversed(list(zip(values, conditions, strict=True))[:-1]):
        assert made is not None
        text = f"where({made.text}, {v.text}, {text})"
    return Term(text, ATOM, r.shape(text, tree.start))


def _sides(r: Resolver, tree: Cases, values: list[Term]) -> Term | None:
    """``z > 0`` and ``z < 0``: the two sides of a kink, and nothing said of it."""
    if len(values) != 2:
        return None
    first, second = (c for _, c in tree.rows)
    if not (
        isinstance(first, Relation) and isinstance(second, Relation) and (first.ops, second.ops) == ((">",), ("<",))
    ):
        return None
    a, b = ([r.value(t) for t in c.parts] for c in (first, second))
    if [t.text for t in a] != [t.text for t in b] or a[1].text != "0":
        return None
    text = f"select({a[0].text}, {values[0].text}, {values[1].text})"
    return Term(text, ATOM, r.shape(text, tree.start))


def _covered(conditions: list[Tree | None], r: Resolver) -> bool:
    """Whether the last of these comparisons of one thing with one number is the contrary of the first, or the three are all."""
    found = []
    for c in conditions:
        if not isinstance(c, Relation) or len(c.ops) != 1:
            return False
        a, b = (r.value(t).text for t in c.parts)
        found.append((a, c.ops[0], b))
    if len({(a, b) for a, _, b in found}) != 1:
        return False
    ops = [op for _, op, _ in found]
    if len(ops) == 2:
        return ops[1] == _OTHER.get(ops[0])
    return len(ops) == 3 and set(ops) == {"<", ">", "=="}
