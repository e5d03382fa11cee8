"""Functions of the language beyond the elementwise ones: composites, reductions, constructors.

Each reads its call and builds its node. Constructors take whole numbers, which may be sizes and loop variables.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from derive.errors import nearest
from derive.expr import shapes
from derive.expr.composites import CALLED, Composite, build
from derive.expr.graph import Graph, Node
from derive.language import orders, totals
from derive.language.pairs import PARTS, part
from derive.language.syntax import Reader

MAX_FACTORIAL = 60
MAX_NORM = 1_000  # the order of a norm


def total(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """sum(x), sum(x, axis=k), sum(x, axis=k, keep=1)."""
    r.arity(t, args, 1)
    options, keep = _options(r, t, "sum", ("axis",))
    made = r.graph.sum(args[0], options.get("axis"))
    return _kept(r.graph, args[0], made, options.get("axis")) if keep else made


def composite(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """An entry of the table of composites."""
    assert isinstance(t.func, ast.Name)
    c = CALLED[t.func.id]
    most, least = len(c.parameters), len(c.parameters) - len(c.defaults)
    if not least <= len(args) <= most:
        r.fail(f"{t.func.id} is called as {usage(c)}", t)
    args = args + [r.graph.const(Fraction(c.defaults[p])) for p in c.parameters[len(args) :]]
    options, keep = _options(r, t, t.func.id, tuple(c.options))
    made = build(r.graph, c, args, options)
    return _kept(r.graph, args[0], made, options.get("axis")) if keep else made


def usage(c: Composite) -> str:
    """How a composite is called: ``var(x, axis=k, ddof=k)``, ``elu(x, alpha=1)``."""
    defaults = [f"{p}={c.defaults[p]}" if p in c.defaults else p for p in c.parameters]
    return f"{c.called or c.name}({', '.join([*defaults, *(f'{o}=k' for o in c.options)])})"


def _options(r: Reader, t: ast.Call, name: str, known: Sequence[str]) -> tuple[dict[str, int | None], bool]:
    """The keywords with their whole numbers, and whether reduced axes are kept."""
    found: dict[str, int | None] = {}
    allowed = (*known, "keep") if "axis" in known else known
    for k in t.keywords:
        if k.arg not in allowed:
            what = f"it has {' and '.join(map(repr, known))}" if known else "it has none"
            r.fail(f"{name} has no argument '{k.arg}'{nearest(k.arg or '', allowed)}; {what}", t)
        found[k.arg or ""] = r.integer(k.value)
    return found, bool(found.pop("keep", 0))


def _kept(g: Graph, x: Node, made: Node, axis: int | None) -> Node:
    """The reduction with its axes, of size 1."""
    if made.shape == x.shape:
        return made
    lost = range(len(x.shape)) if axis is None else [axis % len(x.shape)]
    return g.reshape(made, tuple(1 if i in lost else n for i, n in enumerate(x.shape)))


def matrix_function(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """det(A) and inv(A)."""
    r.arity(t, args, 1)
    assert isinstance(t.func, ast.Name)
    return r.graph.det(args[0]) if t.func.id == "det" else r.graph.inv(args[0])


def spectrum(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """eigenvalues(A), of a square matrix."""
    r.arity(t, args, 1)
    shapes.square(args[0].shape, "eigenvalues")
    return r.graph.node("eigenvalues", (args[0],), None, args[0].shape[:1])


def listed(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """concat([u, v]) and stack([u, v]); the list is laid open."""
    assert isinstance(t.func, ast.Name)
    if len(t.args) != 1 or not isinstance(t.args[0], ast.List) or not args:
        r.fail(f"{t.func.id} takes a list: {t.func.id}([u, v])", t)
    return r.graph.concat(args) if t.func.id == "concat" else r.graph.stack(args)


def norm(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """norm(x): Euclidean; norm(x, p): p a positive number, inf, or a scalar expression, where it is positive."""
    if len(args) not in (1, 2):
        r.fail("norm takes a value and, if wanted, the order: norm(x), norm(x, 1)", t)
    g, x = r.graph, args[0]
    p = args[1] if len(args) == 2 else g.const(2)
    if p.op == "inf":
        return build(g, CALLED["max"], [g.call("abs", x)]) if x.shape else g.call("abs", x)
    if p.op != "const" and not p.shape:
        if (value := r.constants.get(p)) is not None:
            p = g.const(value)
        else:
            return g.call("pow", g.sum(g.call("pow", g.call("abs", x), p)), g.div(g.one, p))
    if p.op != "const" or p.attr <= 0 or p.attr > MAX_NORM:
        r.fail("the order of a norm is a positive number, inf, or a scalar symbol", t)
    if p.attr == 1:
        return g.sum(g.call("abs", x))
    if p.attr == 2:
        return g.call("sqrt", g.sum(g.call("pow", x, p)))
    return g.call("pow", g.sum(g.call("pow", g.call("abs", x), p)), g.const(1 / Fraction(p.attr)))


def outer(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """outer(u, v) of two vectors."""
    r.arity(t, args, 2)
    return r.graph.outer(*args)


def dot(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """dot(u, v) of two vectors."""
    r.arity(t, args, 2)
    if any(len(a.shape) != 1 for a in args):
        r.fail("dot needs two vectors", t)
    return r.graph.matmul(*args)


def diag(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """diag(v), diag(A)."""
    r.arity(t, args, 1)
    return r.graph.diag(args[0])


def shaped(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """broadcast(x, m, n) and reshape(x, m, n)."""
    assert isinstance(t.func, ast.Name)
    sizes = tuple(r.integer(s) for s in t.args[1:])
    build = r.graph.broadcast if t.func.id == "broadcast" else r.graph.reshape
    return build(args[0], sizes)


# -- constructors, of whole numbers ------------------------------------------------------------------


def _whole(r: Reader, t: ast.Call, counts: Sequence[int], usage: str) -> list[int]:
    if len(t.args) not in counts or t.keywords:
        r.fail(f"expected {usage}", t)
    return [r.integer(a) for a in t.args]


def _sizes(r: Reader, t: ast.Call, counts: Sequence[int], usage: str) -> list[int]:
    sizes = _whole(r, t, counts, usage)
    for n, a in zip(sizes, t.args, strict=True):
        if not 0 < n <= 10_000:
            r.fail(f"a size is a number from 1 to 10000, not {n}", a)
    return sizes


def eye(r: Reader, t: ast.Call) -> Node:
    """eye(n)."""
    (n,) = _sizes(r, t, (1,), "eye(n)")
    return r.graph.diag(r.graph.broadcast(r.graph.one, (n,)))


def zeros(r: Reader, t: ast.Call) -> Node:
    """zeros(n), zeros(m, n)."""
    return r.graph.broadcast(r.graph.zero, tuple(_sizes(r, t, (1, 2), "zeros(n) or zeros(m, n)")))


def ones(r: Reader, t: ast.Call) -> Node:
    """ones(n), ones(m, n)."""
    return r.graph.broadcast(r.graph.one, tuple(_sizes(r, t, (1, 2), "ones(n) or ones(m, n)")))


def one_hot(r: Reader, t: ast.Call) -> Node:
    """A vector of n entries, 1 at index k (counted from 0)."""
    k, n = _whole(r, t, (2,), "one_hot(k, n): 1 at index k of n entries")
    if not 0 < n <= 10_000 or not 0 <= k < n:
        r.fail(f"index {k} is outside 0..{n - 1} (indices count from 0)", t)
    return r.graph.stack([r.graph.one if i == k else r.graph.zero for i in range(n)])


def delta(r: Reader, t: ast.Call) -> Node:
    """Kronecker's delta of two indices."""
    i, j = _whole(r, t, (2,), "delta(i, j) of two whole numbers, such as loop variables")
    return r.graph.one if i == j else r.graph.zero


def factorial(r: Reader, t: ast.Call) -> Node:
    """factorial(n) of a whole number; up to a symbol it is the product of 1 to that."""
    if len(t.args) == 1 and not t.keywords and (product := totals.factorial(r, t.args[0])) is not None:
        return product
    (n,) = _whole(r, t, (1,), "factorial(n) of a whole number, such as a size")
    if not 0 <= n <= MAX_FACTORIAL:
        r.fail(f"a factorial is of 0 to {MAX_FACTORIAL}", t)
    return r.graph.const(math.factorial(n))


def binomial(r: Reader, t: ast.Call) -> Node:
    """binomial(n, k): of k things out of n. k is a whole number; in n it is a polynomial."""
    if len(t.args) != 2 or t.keywords:
        r.fail("expected binomial(n, k) with a whole number k", t)
    g, k = r.graph, r.integer(t.args[1])
    if not 0 <= k <= MAX_FACTORIAL:
        r.fail(f"binomial(n, k) with k from 0 to {MAX_FACTORIAL}", t)
    n, product = r.number_of(t.args[0]), g.one
    for i in range(k):
        product = g.mul(product, g.sub(n, g.const(i)))
    return g.mul(product, g.const(Fraction(1, math.factorial(k))))


CONSTRUCTORS: dict[str, Callable[[Reader, ast.Call], Node]] = {
    "eye": eye,
    "zeros": zeros,
    "ones": ones,
    "one_hot": one_hot,
    "delta": delta,
    "len": lambda r, t: r.graph.const(r.integer(t)),
    "factorial": factorial,
    "binomial": binomial,
}

#: Functions of values. A case may give these names, and those of constructors, to its own quantities.
CALLS: dict[str, Callable[[Reader, ast.Call, list[Node]], Node]] = {
    **dict.fromkeys(CALLED, composite),
    **dict.fromkeys(PARTS, part),
    "det": matrix_function,
    "eigenvalues": spectrum,
    "inv": matrix_function,
    "concat": listed,
    "stack": listed,
    "converges": orders.read,
}

#: Functions of whole tensors whose names are reserved.
STRUCTURES: dict[str, Callable[[Reader, ast.Call, list[Node]], Node]] = {
    "sum": total,
    "norm": norm,
    "outer": outer,
    "dot": dot,
    "diag": diag,
    "broadcast": shaped,
    "reshape": shaped,
}

#: Functions that take keywords.
KEYWORDED = ("sum", "d", *CALLED)

#: Functions of one list, which need not be of equal shapes.
LISTED = ("concat", "stack")
