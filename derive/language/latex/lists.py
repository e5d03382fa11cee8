r"""A list of names that shares a relation: ``0 \le x, y \le 1`` says it of both, though a comma parts statements elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeGuard

from derive.errors import ExpressionError
from derive.language.latex.tree import Given, Logic, Number, Relation, Scripted, Sum, Symbol, Tree
from derive.records import dataclass

_COMMA = re.compile(r"(\s|~|\\[,;:!> ])*,(\s|~|\\[,;:!> ])*")
_ORDERS = ({"<", "<="}, {">", ">="})


@dataclass(slots=True)
class Statement:
    """A relation, a condition or a value, and where it stands in the formula."""

    tree: Tree
    start: int
    stop: int


def shared(statements: Sequence[Statement], text: str) -> list[Statement]:
    """The statements, those that share a relation in one. Raises ExpressionError where they may or may not."""
    made: list[Statement] = []
    k = 0
    while k < len(statements):
        end = _end(statements, k, text)
        made.append(statements[k] if end == k else _joined(statements[k : end + 1]))
        k = end + 1
    return made


def _end(statements: Sequence[Statement], k: int, text: str) -> int:
    """The last of the statements from k on that are one list of names with what stands before and after it."""
    first, end = statements[k], k
    if not (_name(first.tree) or (_ordered(first.tree) and _name(first.tree.parts[-1]))):
        return k
    while end + 1 < len(statements) and _COMMA.fullmatch(text[statements[end].stop : statements[end + 1].start]):
        following = statements[end + 1].tree
        if _name(following):
            end += 1
            continue
        if _ordered(following) and _name(following.parts[0]) and _one_way([first.tree, following]):
            return end + 1
        break
    return end if _ordered(first.tree) else k


def _joined(found: Sequence[Statement]) -> Statement:
    first, last = found[0].tree, found[-1].tree
    no_side: tuple[tuple[Tree, ...], tuple[str, ...]] = (), ()  # parts and signs
    names = [s.tree for s in found if _name(s.tree)]
    before = after = no_side
    if isinstance(first, Relation):
        names.insert(0, first.parts[-1])
        before = first.parts[:-1], first.ops
    if isinstance(last, Relation):
        names.append(last.parts[0])
        after = last.parts[1:], last.ops
    ends = [side[k] for side, k in ((before[0], 0), (after[0], -1)) if side]
    if len(ends) == 2 and not all(map(_numeral, ends)):
        raise ExpressionError(
            "each of the names in the middle, or two statements? Write each of them out, or \\quad after the comma",
            found[0].start,
        )
    each = [Relation(n.start, (*before[0], n, *after[0]), (*before[1], *after[1])) for n in names]
    return Statement(Logic(found[0].start, "and", tuple(each)), found[0].start, found[-1].stop)


def _ordered(tree: Tree) -> TypeGuard[Relation]:
    return isinstance(tree, Relation) and _one_way([tree])


def _one_way(trees: Sequence[Tree]) -> bool:
    """Whether all signs are of one direction."""
    ops = {op for t in trees if isinstance(t, Relation) for op in t.ops}
    return any(ops <= way for way in _ORDERS)


def _name(tree: Tree) -> bool:
    return isinstance(tree, Symbol | Given) or (isinstance(tree, Scripted) and isinstance(tree.base, Symbol | Given))


def _numeral(tree: Tree) -> bool:
    match tree:
        case Number() | Symbol(word="infty"):
            return True
        case Sum(terms=((_, only),)):
            return _numeral(only)
    return False
