"""Expressions as rows of data, read with care: a stranger's file gives nothing that an expression of the language could not be.

A row is [operator, [numbers of earlier rows], attribute, shape]. Its operator is one that the core knows, with as many
arguments as it takes; its attribute is of the form that the operator has; its shape is worked out anew, and has to be the one
that is told.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from derive.errors import ExpressionError
from derive.expr import shapes
from derive.expr.composites import COMPOSITES
from derive.expr.conditions import QUANTIFIERS, is_boolean
from derive.expr.graph import Graph, Node, Shape
from derive.expr.operators import OPERATORS

MAX_ROWS = 20_000
MAX_ENTRIES = 4_000  # of one tensor
MAX_NAME = 400
MAX_DIGITS = 4_000  # of a number, or what it is divided by
NUMBER = re.compile(rf"-?[0-9]{{1,{MAX_DIGITS}}}(/[0-9]{{1,{MAX_DIGITS}}})?")


class Unreadable(ValueError):
    """What is no certificate."""


def want(shown: bool, what: str, *value: Any) -> None:
    if not shown:
        raise Unreadable(": ".join((what, *map(reprlib.repr, value))))


def nodes(rows: Any) -> list[Node]:
    """The expressions of rows, in a graph of their own. Raises Unreadable, with the number of the row at fault."""
    want(isinstance(rows, list), "'rows' are no list")
    want(len(rows) <= MAX_ROWS, f"{len(rows):,} rows; there may be {MAX_ROWS:,}")
    g, found = Graph(), list[Node]()
    for i, row in enumerate(rows):
        try:
            found.append(_node(g, row, found))
        except (Unreadable, ExpressionError) as bad:
            raise Unreadable(f"rows[{i}]: {bad}") from None
    return found


def number(text: Any) -> Fraction:
    """An exact number from its text: ``2``, ``-1/3``. Raises Unreadable."""
    want(isinstance(text, str) and NUMBER.fullmatch(text) is not None, "no number", text)
    _, _, below = text.partition("/")
    want(below.strip("0") != "" or "/" not in text, "no number", text)
    return Fraction(text)


def whole(value: Any, low: int, high: int) -> int:
    """A whole number between two. Raises Unreadable."""
    want(type(value) is int and low <= value <= high, f"no whole number from {low} to {high}", value)
    return int(value)


def name(value: Any) -> str:
    want(isinstance(value, str) and 0 < len(value) <= MAX_NAME, "no name", value)
    return str(value)


def listed(value: Any, what: str) -> list[Any]:
    want(isinstance(value, list), f"no list of {what}", value)
    return list(value)


def one_of(value: Any, found: Sequence[Node]) -> Node:
    """The node of a row by its number. Raises Unreadable."""
    return found[whole(value, 0, len(found) - 1)]


def _node(g: Graph, row: Any, found: list[Node]) -> Node:
    want(isinstance(row, list) and len(row) == 4, "no [operator, arguments, attribute, shape]")
    op, given, attr, told = row
    want(isinstance(op, str), "no operator", op)
    args = [one_of(a, found) for a in listed(given, "rows")]
    shape = tuple(whole(n, 1, 10**6) for n in listed(told, "sizes"))
    want(prod(shape) <= MAX_ENTRIES, f"{prod(shape):,} entries; there may be {MAX_ENTRIES:,}")
    if op == "const":
        made = g.const(number(attr))
    else:
        make = RULES.get(op) or (_elementwise if op in OPERATORS else _composite if op in COMPOSITES else None)
        want(make is not None, "no operator", op)
        assert make is not None
        attribute, right = make(op, args, attr, shape)
        want(right == shape, f"'{op}' has the shape {shapes.show(right)} here, not {shapes.show(shape)}")
        made = g.node(op, tuple(args), attribute, shape)
    want(made.shape == shape, f"one expression in two shapes, {shapes.show(made.shape)} and {shapes.show(shape)}")
    return made


Made = tuple[Any, Shape]  # an attribute, and the shape that follows


def _count(op: str, args: Sequence[Node], *counts: int) -> None:
    want(len(args) in counts, f"'{op}' takes {counts[0]} arguments, not {len(args)}")


def _plain(rule: Callable[..., Shape], count: int) -> Callable[..., Made]:
    """An operator without an attribute, its shape by a rule of ``derive.expr.shapes``."""

    def made(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
        _count(op, args, count)
        want(attr is None, f"'{op}' has no attribute")
        return None, rule(*(a.shape for a in args))

    return made


def _spread(args: Sequence[Node]) -> Shape:
    shape: Shape = ()
    for a in args:
        shape = shapes.broadcast(shape, a.shape)
    return shape


def _elementwise(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    _count(op, args, OPERATORS[op].arity)
    want(attr is None, f"'{op}' has no attribute")
    for i, a in enumerate(args):
        truth = op in ("and", "or", "not") or (op == "where" and i == 0)
        want(is_boolean(a) == truth, f"'{op}' of {'a number' if truth else 'a condition'}")
    orders = [a.attr if a.op == "const" else None for a in args[: OPERATORS[op].orders]]
    want(all(type(k) is int and k >= 0 for k in orders), f"'{op}' of an order that is no whole number")
    return None, _spread(args)


def _composite(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    c = COMPOSITES[op]
    _count(op, args, len(c.parameters))
    if not c.options:
        want(attr is None or attr == [], f"'{op}' has no attribute")
        return (None if attr is None else ()), c.shape(c, [a.shape for a in args], {})
    values = [None if v is None else whole(v, -8, 8) for v in listed(attr, "options")]
    want(len(values) == len(c.options), f"'{op}' has {len(c.options)} options")
    return tuple(values), c.shape(c, [a.shape for a in args], dict(zip(c.options, values, strict=True)))


def _symbol(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    _count(op, args, 0)
    return name(attr), shape


def _def(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    _count(op, args, 1)
    return name(attr), args[0].shape


def _apply(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    said = listed(attr, "a name and orders")
    want(len(said) == 2 and 1 <= len(args) <= 8, "no call of a function")
    orders = tuple(whole(k, 0, 8) for k in listed(said[1], "orders"))
    want(len(orders) == len(args), "an order of differentiation for each argument")
    return (name(said[0]), orders), _spread(args)


def _sum(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    _count(op, args, 1)
    axis = None if attr is None else whole(attr, -8, 8)
    want(bool(args[0].shape), "a sum of a number")
    return axis, shapes.reduce(args[0].shape, axis)


def _shaped(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    """``broadcast`` and ``reshape``: the attribute is the shape."""
    _count(op, args, 1)
    want(tuple(listed(attr, "sizes")) == shape, f"'{op}' to another shape than its own")
    inner = args[0].shape
    fits = prod(inner) == prod(shape) if op == "reshape" else shapes.broadcast(inner, shape) == shape
    want(fits, f"{shapes.show(inner)} does not fit {shapes.show(shape)}")
    return shape, shape


def _index(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    _count(op, args, 1)
    inner = args[0].shape
    at = tuple(whole(k, 0, 10**6) for k in listed(attr, "indices"))
    want(len(at) > 0 and shapes.normal_index(inner, at) == at, "no entry")
    return at, inner[len(at) :]


def _joined(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    want(attr is None and bool(args), f"'{op}' of nothing, or with an attribute")
    return None, (shapes.stack if op == "stack" else shapes.concat)([a.shape for a in args])


def _quantified(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    _count(op, args, 1)
    want(attr is None, f"'{op}' has no attribute")
    return None, ()


def _property(op: str, args: Sequence[Node], attr: Any, shape: Shape) -> Made:
    want(bool(args), "a property of nothing")
    return name(attr), ()


def _squared(shape: Shape) -> Shape:
    shapes.square(shape, "det or inv")
    return shape


def _transposed(shape: Shape) -> Shape:
    want(len(shape) == 2, "a transpose of what is no matrix")
    return shape[::-1]


RULES: dict[str, Callable[..., Made]] = {
    "symbol": _symbol,
    "def": _def,
    "apply": _apply,
    "property": _property,
    "matmul": _plain(shapes.matmul, 2),
    "outer": _plain(shapes.outer, 2),
    "transpose": _plain(_transposed, 1),
    "diag": _plain(shapes.diag, 1),
    "inv": _plain(_squared, 1),
    "det": _plain(lambda s: _squared(s)[:0], 1),
    "sum": _sum,
    "broadcast": _shaped,
    "reshape": _shaped,
    "index": _index,
    "stack": _joined,
    "concat": _joined,
    **dict.fromkeys(QUANTIFIERS, _quantified),
}
