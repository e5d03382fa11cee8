"""Abstract functions: phi(z), E(w, n), of which nothing is known but that they can be differentiated.

A name that the scope declares as a function is called like any other; its value is a node ``apply`` with the name and the
order of differentiation by each argument. It works entry by entry. phi'(z) is written ``phi(z, d=1)``, the derivative of E by
its second argument ``E(w, n, d=[0, 1])``. To the proofs it is an atom, so what is proved holds for every function; it has no
value.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from derive.errors import ExpressionError
from derive.expr import shapes
from derive.expr.graph import Graph, Node, Shape

MAX_ORDER = 20
MAX_ARGUMENTS = 10


def function(g: Graph, name: str, arity: int) -> Node:
    """The declaration: put it in a scope under its name. Raises ExpressionError for an arity out of reach."""
    if not 1 <= arity <= MAX_ARGUMENTS:
        raise ExpressionError(f"a function of {arity} arguments; it may have 1 to {MAX_ARGUMENTS}")
    return g.node("function", (), (name, arity))


def apply(g: Graph, name: str, args: Sequence[Node], orders: Sequence[int] | None = None) -> Node:
    """The function's value, or its derivative of these orders, at the arguments."""
    shape: Shape = ()
    for a in args:
        shape = shapes.broadcast(shape, a.shape)
    return g.node("apply", tuple(args), (name, tuple(orders or (0,) * len(args))), shape)


def partial(n: Node, *by: int) -> Node:
    """The derivative of an ``apply`` by its arguments of these numbers."""
    name, orders = n.attr
    return apply(n.graph, name, n.args, [k + by.count(i) for i, k in enumerate(orders)])


def called(scope: Mapping[str, Node], name: str) -> bool:
    """Whether the name is declared as a function."""
    return name in scope and scope[name].op == "function"


def read(g: Graph, declared: Node, args: Sequence[Node], keywords: Sequence[ast.keyword]) -> Node:
    """A call as the language writes it. Raises ExpressionError."""
    name, arity = declared.attr
    if len(args) != arity:
        raise ExpressionError(f"{name} takes {arity} argument{'s' if arity > 1 else ''}, not {len(args)}")
    orders = [0] * arity
    for k in keywords:
        given = k.value.elts if isinstance(k.value, ast.List | ast.Tuple) else [k.value]
        found = [
            e.value for e in given if isinstance(e, ast.Constant) and type(e.value) is int and 0 <= e.value <= MAX_ORDER
        ]
        if k.arg != "d" or len(found) != len(given) or len(found) != arity:
            raise ExpressionError(
                f"{name} takes, beside its arguments, d: an order of differentiation for each of them"
            )
        orders = [int(e) for e in found]
    return apply(g, name, args, orders)


def text(n: Node, inside: str) -> str:
    """An ``apply`` in the language, its arguments printed as ``inside``."""
    name, orders = n.attr
    if not any(orders):
        return f"{name}({inside})"
    return f"{name}({inside}, d={orders[0] if len(orders) == 1 else list(orders)})"
