"""Derivatives as they are written: d(f, x), grad, jacobian, hessian, hvp."""

from __future__ import annotations

import ast

from derive.expr import shapes
from derive.expr.graph import Node
from derive.language.syntax import Reader


def _sided(r: Reader, t: ast.Call, f: Node, x: Node, many: bool) -> Node:
    """d(f, x, side=1) from the right, side=-1 from the left, of a scalar by a scalar or an entry."""
    (k, *more) = t.keywords
    if k.arg == "convention":
        r.fail("a convention is one of derivatives by complex numbers", t)
    side = {"1": 1, "-1": -1}.get(r.source(k.value).replace(" ", ""))
    if more or k.arg != "side" or side is None:
        r.fail("a one-sided derivative is d(f, x, side=1), from the right, or side=-1, from the left", t)
    if many or f.shape or x.shape:
        what = f"'{r.source(t.args[0])}'" if f.shape else f"'{r.source(t.args[1])}'"
        r.fail(f"d(f, x, side={side}) is of a scalar by a scalar or by one entry, such as w[0]; {what} is none", t)
    return r.graph.node("sided", (f, x), side)


def derivative(r: Reader, name: str, t: ast.Call, args: list[Node]) -> Node:
    """d, grad, jacobian(f, x); hessian(f, x); hvp(f, x, u). x may be a list: then entries are laid end to end."""
    want = 3 if name == "hvp" else 2
    if len(t.args) != want:
        r.fail(f"{name} takes {want} arguments: {name}(f, x{', u' if want == 3 else ''})", t)
    many = isinstance(t.args[1], ast.List)
    written = t.args[1].elts if isinstance(t.args[1], ast.List) else [t.args[1]]
    f, variables = args[0], args[1 : len(args) - (want == 3)]
    for v, s in zip(variables, written, strict=True):
        base = v.args[0] if v.op == "index" else v
        if base.op not in ("symbol", "def"):
            r.fail(f"can differentiate by a symbol or a definition, not by '{r.source(s)}'", s)
    if t.keywords:
        return _sided(r, t, f, variables[0], many)
    if not variables:
        r.fail(f"{name} needs at least one variable", t)
    if name not in ("d", "jacobian") and f.shape:
        r.fail(f"{name} needs a scalar, and '{r.source(t.args[0])}' has shape {shapes.show(f.shape)}", t)
    x = (sum(shapes.size(v.shape) for v in variables),) if many else variables[0].shape
    if name == "hvp":
        u = args[-1]
        if u.shape != x:
            r.fail(f"the direction has shape {shapes.show(u.shape)}, the variables {shapes.show(x)}", t)
        return r.graph.node("hvp", (f, u, *variables), many, x)
    op = "hessian" if name == "hessian" else "d"
    made = r.graph.node(op, (f, *variables), many, x + x if op == "hessian" else f.shape + x)
    ranks = (len(f.shape), len(x)) if op == "d" else ()
    turned = (r.layout, ranks) in (("numerator", (0, 2)), ("denominator", (1, 1)))
    return r.graph.transpose(made) if turned else made
