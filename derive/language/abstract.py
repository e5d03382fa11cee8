"""Abstract functions: phi(z), E(w, n), of which nothing is known but that they can be differentiated.

A name that the scope declares as a function is called like any other; its value is a node ``apply`` with the name and the
order of differentiation by each argument. It works entry by entry. A function of a vector, declared as one, is a function of its
entries: f(w) is ``f(w[0], w[1])``, f(w, d=1) the vector of its derivatives there, f(w, d=2) its Hessian; one whose values are
vectors is a stack of such, f(w, d=1) its Jacobian. phi'(z) is written ``phi(z, d=1)``, the derivative of E by
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


def of_vector(g: Graph, name: str, entries: int, values: int = 0) -> Node:
    """The declaration of a function of a vector of so many entries; its values are numbers, or vectors of so many. Raises
    ExpressionError."""
    for count in (entries, values or 1):
        if not 1 <= count <= MAX_ARGUMENTS:
            raise ExpressionError(
                f"a function of, or to, a vector of {count} entries; it may have 1 to {MAX_ARGUMENTS}"
            )
    return g.node("function", (), (name, int(entries), int(values)))


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
    name, arity, *vector = declared.attr
    if vector and len(args) == 1 and (args[0].shape or arity > 1):
        return _of_entries(g, declared, args[0], keywords)
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
    return _values(g, declared, args, orders) if vector else apply(g, name, args, orders)


def _values(g: Graph, declared: Node, args: Sequence[Node], orders: Sequence[int]) -> Node:
    """What a function of a vector has at these entries, or the derivative of these orders."""
    found = [apply(g, f, args, orders) for f in _parts(declared)]
    return g.stack(found) if declared.attr[2] else found[0]


def _of_entries(g: Graph, declared: Node, w: Node, keywords: Sequence[ast.keyword]) -> Node:
    """f(w), f(w, d=1), f(w, d=2) of a vector."""
    name, arity, values = declared.attr
    if w.shape != (arity,):
        raise ExpressionError(f"{name} takes a vector of {arity} entries, and this has shape {shapes.show(w.shape)}")
    order = keywords[0].value if keywords else ast.Constant(0)
    k = order.value if isinstance(order, ast.Constant) and type(order.value) is int else -1
    if len(keywords) > 1 or any(word.arg != "d" for word in keywords) or not 0 <= k <= (1 if values else 2):
        most = "d=1, its Jacobian" if values else "d=1, its gradient, or d=2, its Hessian"
        raise ExpressionError(f"{name} takes, beside its vector, {most}")
    args = [g.index(w, (i,)) for i in range(arity)]

    def by(called: str, *entries: int) -> Node:
        return apply(g, called, args, [entries.count(i) for i in range(arity)])

    if not k:
        return _values(g, declared, args, [0] * arity)
    if k == 2:
        return g.stack([g.stack([by(name, i, j) for j in range(arity)]) for i in range(arity)])
    rows = [g.stack([by(f, i) for i in range(arity)]) for f in _parts(declared)]
    return g.stack(rows) if values else rows[0]


def _parts(declared: Node) -> list[str]:
    """The names of a function's values: f, or F[0], F[1], ..."""
    name, _, values = declared.attr
    return [f"{name}[{k}]" for k in range(values)] if values else [name]


def text(n: Node, inside: str) -> str:
    """An ``apply`` in the language, its arguments printed as ``inside``."""
    name, orders = n.attr
    name, bracket, entry = name.partition("[")
    if not any(orders):
        return f"{name}({inside}){bracket}{entry}"
    return f"{name}({inside}, d={orders[0] if len(orders) == 1 else list(orders)}){bracket}{entry}"
