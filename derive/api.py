"""Derivatives from Python: write an expression as in NumPy, or bring one from SymPy, and take its derivatives.

    >>> from derive import derivation, gradient, hessian, parse
    >>> loss = parse("mean((X @ w - y)**2)", X=(5, 2), w=2, y=5)
    >>> gradient(loss, "w").shape
    (2,)
    >>> gradient(parse("sigmoid(w*x)"), "w")
    <x*(sigmoid(w*x)*(1 - sigmoid(w*x)))>
    >>> print(derivation("log(1 + exp(w*x))", "w", name="L"))
    s1 = exp(w*x)
    L = log(1 + s1)
    d(L, w) = x*s1/(1 + s1)

Expressions are exact and hash-consed; they know nothing of floats. Programs in NumPy and Torch are written by
``verify.backends`` (``to_numpy``, ``to_torch``), which builds on this package and not the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

from derive.calculus import reverse
from derive.errors import ExpressionError, nearest
from derive.expr import shapes
from derive.expr.graph import Graph, Node, Shape, topological
from derive.expr.operators import CONSTANTS, DEFERRED, DERIVATIVES
from derive.language import reader
from derive.language.names import names_in
from derive.programs.derived import Derivation, Part, part_name, plain
from derive.programs.stable import stable

Variable = Node | str
Variables = list[Variable] | tuple[Variable, ...]
Given = Node | int | Shape
Function = Any  # an expression, its text, or a SymPy expression


def parse(text: str, /, **names: Given) -> Node:
    """The expression that ``text`` denotes (the language of cases: NumPy's notation, ``@`` for products).

    A name's shape is given by keyword (``W=(2, 3)``, ``x=3``); any other name is a scalar. A keyword may also be an
    expression, which then stands under that name. Raises ExpressionError, with the column of the fault.
    """
    return reader.parse(text, *scope(text, names))


def scope(text: str, names: Mapping[str, Given]) -> tuple[dict[str, Node], Graph]:
    """What the names in ``text`` stand for, and the graph that they live in."""
    nodes = [n for n in names.values() if isinstance(n, Node)]
    g = nodes[0].graph if nodes else Graph()
    at = names_in(text)
    used = sorted(at, key=lambda name: at[name])
    known: dict[str, Node] = {n.attr: n for n in topological(nodes) if n.op == "symbol" and isinstance(n.attr, str)}
    found: dict[str, Node] = {}
    for name in used:
        given = names.get(name, known.get(name, ()))
        if isinstance(given, Node):
            found[name] = given if given.op == "symbol" else g.define(name, given)
        elif (name, given) not in [(c, ()) for c in CONSTANTS]:
            found[name] = g.symbol(name, _sizes(name, given))
    for name in names:
        if name not in used:
            raise ExpressionError(f"'{name}' does not stand in the expression{nearest(name, used)}")
    return found, g


def _sizes(name: str, given: Any) -> Shape:
    sizes = tuple(given) if isinstance(given, list | tuple) else (given,)
    if not all(type(n) is int and n > 0 for n in sizes):
        raise ExpressionError(
            f"the shape of '{name}' is a size or a tuple of sizes, whole numbers from 1, not {given!r}"
        )
    return sizes


def variable(f: Node, v: Any) -> Node:
    """A variable of ``f``: a node, a name, an entry such as "W[0, 1]", or a SymPy symbol.

    Raises ExpressionError where ``f`` does not depend on such a name.
    """
    if isinstance(v, Node):
        return v
    known = {n.attr: n for n in topological([f]) if n.op in ("symbol", "def") and isinstance(n.attr, str)}
    if (name := str(getattr(v, "name", v))) in known:  # of SymPy, which knows names that are none here, such as lambda
        return known[name]
    node = reader.parse(str(v), known, f.graph)
    base = node.args[0] if node.op == "index" else node
    if base.op not in ("symbol", "def"):
        raise ExpressionError(f"can differentiate by a symbol or a definition, not by '{v}'")
    return node


@overload
def gradient(f: Function, by: Variable) -> Node: ...
@overload
def gradient(f: Function, by: Variables) -> list[Node]: ...
def gradient(f: Function, by: Variable | Variables) -> Node | list[Node]:
    """The gradient of a scalar, in the shape of the variable; of several variables, a list.

    Here and below, ``f`` is an expression, its text (names are scalars), or a SymPy expression.
    """
    f = _function(f)
    if _one(by):
        return gradient(f, [by])[0]  # type: ignore[list-item]
    if f.shape:
        raise ExpressionError(f"a gradient needs a scalar, not shape {shapes.show(f.shape)}; jacobian(f, x) takes any")
    questions = [_ask("d", f, [variable(f, v)], many=False) for v in by]  # type: ignore[union-attr]
    return reverse.expand_all([f, *questions])[1:]


def hessian(f: Function, by: Variable | Variables) -> Node:
    """The Hessian of a scalar: shape [*x, *x] by one variable x, [n, n] by several laid end to end."""
    f = _function(f)
    return reverse.expand(_ask("hessian", f, _several(f, by), not _one(by)))


def jacobian(f: Function, by: Variable | Variables) -> Node:
    """The Jacobian: shape [*f, *x] by one variable x, [*f, n] by several laid end to end."""
    f = _function(f)
    return reverse.expand(_ask("d", f, _several(f, by), not _one(by)))


def hvp(f: Function, by: Variable | Variables, direction: Node | str) -> Node:
    """The Hessian of a scalar times a direction, which is held constant. A name makes a symbol of the right shape."""
    f = _function(f)
    variables, many = _several(f, by), not _one(by)
    u = _arrow(f, direction, _flat(variables, many)) if isinstance(direction, str) else direction
    return reverse.expand(_ask("hvp", f, variables, many, u))


def derivation(
    f: Function,
    by: Variable | Variables,
    kinds: Sequence[str] = ("gradient",),
    *,
    direction: Node | str = "u",
    name: str = "f",
    **names: Given,
) -> Derivation:
    """An expression and its derivatives together: what a notebook shows, and what programs are written from.

    ``kinds`` are of "gradient", "hessian", "hvp" (times ``direction``) and "jacobian"; ``name`` is what the
    expression is called, ``names`` are as in ``parse``. The Hessian by several variables times the directions u_w, u_b, ...
    has the parts Hu_w, Hu_b, ..., each in the shape of its variable.
    """
    body = _function(f, **names)
    taken = {n.attr for n in topological([body]) if n.op == "symbol"}
    while name in taken:
        name += "_"
    value = body if body.op == "def" else body.graph.define(name, body)
    variables, many = _several(value, by), not _one(by)
    arrows = _arrows(value, variables, many, direction) if "hvp" in kinds else []
    parts = _parts(value, variables, many, kinds, arrows)
    better = stable([value])
    if better[value] is value or any(n.op in DEFERRED for n in better):
        return Derivation(parts, None, tuple(arrows))
    variables = [better.get(v, v) for v in variables]
    return Derivation(parts, _parts(better[value], variables, many, kinds, arrows), tuple(arrows))


def _arrows(f: Node, variables: Sequence[Node], many: bool, direction: Node | str) -> list[Node]:
    """The directions of a Hessian-vector product: one, or for several variables and a name one for each."""
    if isinstance(direction, Node):
        return [direction]
    if many:
        return [_arrow(f, f"{direction}_{plain(v)}", v.shape) for v in variables]
    return [_arrow(f, direction, variables[0].shape)]


def _arrow(f: Node, name: str, shape: Shape) -> Node:
    if any(n.op in ("symbol", "def") and n.attr == name for n in topological([f])):
        raise ExpressionError(
            f"the direction '{name}' has the name of what stands in the expression: another name is needed"
        )
    return f.graph.symbol(name, shape)


def _parts(
    value: Node, variables: Sequence[Node], many: bool, kinds: Sequence[str], arrows: Sequence[Node]
) -> tuple[Part, ...]:
    g = value.graph
    questions: list[Node] = []
    products: list[tuple[Node, Node]] = []  # variable, its part of a Hessian-vector product
    for kind in kinds:
        if kind == "gradient" and not value.shape:
            questions += [_ask("d", value, [v], many=False) for v in variables]
        elif kind == "hvp" and many and [u.shape for u in arrows] == [v.shape for v in variables]:
            products += zip(
                variables, reverse.hvp(reverse.expand(value.args[0]), variables, arrows, marked=False), strict=True
            )
        elif kind == "hvp":
            questions.append(_ask("hvp", value, variables, many, arrows[0]))
        elif kind in ("gradient", "jacobian", "hessian"):
            questions.append(_ask("hessian" if kind == "hessian" else "d", value, variables, many))
        else:
            raise ExpressionError(f"unknown kind of derivative '{kind}'{nearest(kind, KINDS)}")
    its_own = any(n.op in DERIVATIVES or n.op in DEFERRED for n in topological([value.args[0]]))
    found = reverse.expand_all([value.args[0], *questions], marked=its_own)
    parts = [Part(value.attr, value, found[0])]
    for q, r in zip(questions, found[1:], strict=True):
        parts.append(Part(part_name(q), q, r, by=() if q.op == "d" else tuple(variables)))
    for u, (v, r) in zip(arrows, products, strict=False):
        label = f"H{u.attr}"
        along = ", ".join(str(w.attr) for w in arrows)
        remark = f"the part by {plain(v)} of the Hessian times ({along})"
        parts.append(Part(label, g.node("symbol", (), label, v.shape), r, remark, (v,)))
    return tuple(parts)


KINDS = ("gradient", "hessian", "hvp", "jacobian")


def _function(f: Function, **names: Given) -> Node:
    if isinstance(f, Node):
        return f
    if isinstance(f, str):
        return parse(f, **names)
    from derive.exchange.sympy import from_sympy

    return from_sympy(f)


def _one(by: Variable | Variables) -> bool:
    return not isinstance(by, list | tuple)


def _several(f: Node, by: Variable | Variables) -> list[Node]:
    variables = [variable(f, v) for v in ([by] if _one(by) else by)]  # type: ignore[union-attr]
    if not variables:
        raise ExpressionError("a derivative needs at least one variable")
    for k, v in enumerate(variables):
        if v in variables[:k]:
            raise ExpressionError(f"'{plain(v)}' stands twice among the variables")
    return variables


def _flat(variables: Sequence[Node], many: bool) -> Shape:
    return (sum(shapes.size(v.shape) for v in variables),) if many else variables[0].shape


def _ask(op: str, f: Node, variables: Sequence[Node], many: bool, u: Node | None = None) -> Node:
    """The derivative as the language writes it, still to be worked out."""
    x = _flat(variables, many)
    if op != "d" and f.shape:
        raise ExpressionError(f"{op} needs a scalar, not shape {shapes.show(f.shape)}")
    if op == "hessian" and shapes.size(x) ** 2 > reader.MAX_SIZE:
        count = shapes.size(x)
        raise ExpressionError(f"a Hessian of {count} x {count} entries; the limit is {reader.MAX_SIZE} (hvp has none)")
    if op == "d" and shapes.size(f.shape + x) > reader.MAX_SIZE:
        raise ExpressionError(f"a Jacobian of shape {shapes.show(f.shape + x)}; the limit is {reader.MAX_SIZE} entries")
    if u is not None and u.shape != x:
        raise ExpressionError(f"the direction has shape {shapes.show(u.shape)}, the variables {shapes.show(x)}")
    args = (f, *variables) if u is None else (f, u, *variables)
    return f.graph.node(op, args, many, {"d": f.shape + x, "hessian": x + x, "hvp": x}[op])
