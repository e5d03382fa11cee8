"""Text to a syntax tree that can be trusted: one line of Python, within limits, its columns counted in characters."""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NoReturn, Protocol

from derive.errors import ExpressionError, Unclosed
from derive.expr.graph import Graph, Node

MAX_LENGTH = 10_000  # characters of one expression
MAX_DIGITS = 1_000  # of one number
MAX_DEPTH = 100  # nested brackets


class Reader(Protocol):
    """What a function of the language needs of the reader of the expression that it stands in."""

    graph: Graph
    scope: Mapping[str, Node]
    hidden: Mapping[str, Node]  # what the names of loop variables mean outside of their loops
    layout: str  # of derivatives, one of ``reader.LAYOUTS``
    constants: dict[Node, Fraction | None]  # subexpressions without names, with their values

    def within(self, scope: Mapping[str, Node]) -> Reader:
        """A reader of the same expression in another scope."""
        ...

    def value(self, root: ast.expr) -> Node:
        """The node of a syntax tree."""
        ...

    def real(self, n: Node, t: ast.expr) -> Node:
        """The node, which has to be a value and no condition."""
        ...

    def part(self, n: Node, t: ast.expr) -> Node:
        """The node, which has to be a condition, as one truth."""
        ...

    def number(self, t: ast.Constant) -> Fraction:
        """A number, exactly from its digits."""
        ...

    def children(self, t: ast.expr) -> list[ast.expr]:
        """The parts of a syntax node that are values."""
        ...

    def integer(self, t: ast.expr) -> int:
        """The whole number that a tree is."""
        ...

    def number_of(self, t: ast.expr) -> Node:
        """The node of a tree, which has to be a scalar."""
        ...

    def count_round(self, what: str, t: ast.expr) -> None:
        """Counts one more round of a loop, or an outcome, of the whole expression; fails beyond the limit."""
        ...

    def arity(self, t: ast.Call, args: Sequence[Node], n: int) -> None:
        """Fails unless the call has n arguments."""
        ...

    def source(self, t: ast.expr) -> str:
        """The text of a tree."""
        ...

    def fail(self, message: str, t: ast.expr) -> NoReturn:
        """Raises ExpressionError at the tree's column."""
        ...


def read(text: str) -> ast.expr:
    """The tree of an expression. Raises ExpressionError with the column of the fault."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression of {len(text)} characters; the limit is {MAX_LENGTH}")
    depth = 0
    for i, c in enumerate(text) if sum(map(text.count, "([{")) > MAX_DEPTH else ():
        depth += (c in "([{") - (c in ")]}")
        if depth > MAX_DEPTH:
            raise ExpressionError(f"brackets nested more than {MAX_DEPTH} deep", i)
    if not text.strip():
        raise ExpressionError("expected an expression, found nothing")
    for word in re.finditer(r"[^\W\d]\w*", text):
        if keyword.iskeyword(word.group()) and word.group() not in ("and", "or", "not", "if", "else", "for", "in"):
            raise ExpressionError(f"'{word.group()}' is a reserved word; choose another name", word.start())
    lead = len(text) - len(text.lstrip())
    flat = text.strip().replace("\n", " ")
    for number in re.finditer(rf"\d{{{MAX_DIGITS + 1},}}", text):
        count = len(number.group())
        raise ExpressionError(f"a number of {count} digits; the limit is {MAX_DIGITS}", number.start())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's, of text that is refused anyway
            tree = ast.parse(flat, mode="eval").body
    except SyntaxError as e:
        offset = lead + max((e.offset or 1) - 1, 0)
        shown = text[offset : offset + 12].strip()
        why = "two sides are compared with ==" if shown.startswith("=") else e.msg
        kind = Unclosed if sum(map(flat.count, "([{")) > sum(map(flat.count, ")]}")) else ExpressionError
        raise kind(f"can't be read{f' at {shown!r}' if shown else ''}: {why}", offset) from None
    except (RecursionError, MemoryError):
        raise ExpressionError("nested too deeply") from None
    except ValueError as e:  # a NUL character, for one
        raise ExpressionError(f"can't be read: {e}") from None
    if flat.isascii() and not lead:
        return tree
    # ast counts bytes; people count characters
    place = [lead + i for i, c in enumerate(flat) for _ in c.encode()] + [lead + len(flat)]
    for n in ast.walk(tree):
        if isinstance(n, ast.expr):
            n.col_offset = place[n.col_offset]
            n.end_col_offset = place[n.end_col_offset or 0]
    return tree
