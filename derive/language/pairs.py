"""Complex numbers, as pairs of real ones: z is ``z[0] + 1j*z[1]``, and all that is said of it is said of these.

A symbol that a case declares ``complex: true`` is a vector of two entries, and stands in the scope as a node ``pair`` of them.
The reader puts pairs together by what is here: sums, products, quotients, whole powers, ``conj``, ``exp``; ``re``, ``im``,
``abs`` and comparisons by == and != give what is real, and only that goes on, into the claims and the engine.

A derivative by z has no one meaning, so it says its convention (``CONVENTIONS``), or is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from derive.expr.conditions import is_boolean
from derive.expr.graph import Graph, Node
from derive.language.syntax import Reader

MAX_POWER = 50
_MARK = "complex numbers"  # of graphs in which there are some

#: What a derivative by z = x + 1j*y is, of f = u + 1j*v, by the derivatives of u and v by x and y; and whether it is of
#: real functions only.
CONVENTIONS: dict[str, tuple[str, Callable[..., tuple[Node, Node]], bool]] = {
    "wirtinger": (
        "(d/dx - 1j*d/dy)/2",
        lambda g, ux, uy, vx, vy: (_half(g, g.add(ux, vy)), _half(g, g.sub(vx, uy))),
        False,
    ),
    "conjugate": (
        "(d/dx + 1j*d/dy)/2",
        lambda g, ux, uy, vx, vy: (_half(g, g.sub(ux, vy)), _half(g, g.add(vx, uy))),
        False,
    ),
    "torch": ("d/dx + 1j*d/dy of what is real", lambda g, ux, uy, vx, vy: (ux, uy), True),
    "jax": ("d/dx - 1j*d/dy of what is real", lambda g, ux, uy, vx, vy: (ux, g.neg(uy)), True),
}
#: Functions of complex numbers that have a meaning of real ones, too.
PARTS: dict[str, Callable[[Graph, Node], Node]] = {
    "conj": lambda g, x: x, "re": lambda g, x: x, "im": lambda g, x: g.broadcast(g.zero, x.shape),
}  # fmt: skip
USAGE = "d(f, z, convention=wirtinger): " + ", ".join(f"{name} is {said}" for name, (said, *_) in CONVENTIONS.items())


def part(r: Reader, t: ast.Call, args: list[Node]) -> Node:
    """conj(x), re(x), im(x) of a real number."""
    r.arity(t, args, 1)
    assert isinstance(t.func, ast.Name)
    return PARTS[t.func.id](r.graph, args[0])


def pair(g: Graph, re: Node, im: Node) -> Node:
    """A complex number of its parts."""
    g.templates[_MARK] = True
    return g.node("pair", (re, im))


def of_symbol(symbol: Node) -> Node:
    """The complex number that a vector of two stands for."""
    g = symbol.graph
    return pair(g, g.index(symbol, (0,)), g.index(symbol, (1,)))


def read(r: Reader, t: ast.expr, done: Mapping[ast.AST, Node]) -> Node | None:
    """The node of an expression with complex numbers in it; None where there are none."""
    g = r.graph
    if isinstance(t, ast.Constant) and type(t.value) is complex:
        number = ast.copy_location(ast.Constant(t.value.imag), t)
        number.end_col_offset = (t.end_col_offset or 0) - 1  # without its j
        return pair(g, g.zero, g.const(r.number(number)))
    children = r.children(t) if _MARK in g.templates else []
    if not any(done[c].op == "pair" for c in children):
        return None
    for c in children:
        if done[c].shape:
            r.fail(f"'{r.source(c)}' has a shape, and complex numbers stand for themselves", c)
    if isinstance(t, ast.IfExp) or any(is_boolean(done[c]) for c in children):
        r.fail("a choice between complex numbers is one between their parts: re(z) if c else re(w)", t)
    parts = [_parts(done[c]) for c in children]
    match t:
        case ast.UnaryOp(op=ast.USub()):
            return pair(g, *(g.neg(p) for p in parts[0]))
        case ast.UnaryOp(op=ast.UAdd()):
            return pair(g, *parts[0])
        case ast.BinOp(op=ast.Pow()):
            return _power(r, t, parts[0], done[t.right])
        case ast.BinOp(op=op) if type(op) in _ARITHMETIC:
            return pair(g, *_ARITHMETIC[type(op)](g, *parts))
        case ast.Compare(ops=[ast.Eq() | ast.NotEq() as op]):
            same = g.call("and", *(g.call("eq", *sides) for sides in zip(*parts, strict=True)))
            return same if isinstance(op, ast.Eq) else g.call("not", same)
        case ast.Subscript(slice=ast.Constant(value=0 | 1 as k)):
            return parts[0][1 if k else 0]
        case ast.Call(func=ast.Name(id="d"), args=[_, _]):
            return _derivative(r, t, parts[0], done[children[1]])
        case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]) if name in _FUNCTIONS:
            made = _FUNCTIONS[name](g, *parts[0])
            return pair(g, *made) if isinstance(made, tuple) else made
    what = f"'{t.func.id}'" if isinstance(t, ast.Call) and isinstance(t.func, ast.Name) else "this"
    r.fail(
        f"{what} is not known of complex numbers; +, -, *, /, whole powers, ==, != and {', '.join(_FUNCTIONS)} are", t
    )


def _parts(n: Node) -> tuple[Node, Node]:
    return (n.args[0], n.args[1]) if n.op == "pair" else (n, n.graph.zero)


def _half(g: Graph, n: Node) -> Node:
    return g.div(n, g.const(2))


def _times(g: Graph, a: tuple[Node, Node], b: tuple[Node, Node]) -> tuple[Node, Node]:
    (x, y), (u, v) = a, b
    return g.sub(g.mul(x, u), g.mul(y, v)), g.add(g.mul(x, v), g.mul(y, u))


def _square(g: Graph, x: Node, y: Node) -> Node:
    two = g.const(2)
    return g.add(g.pow(x, two), g.pow(y, two))


def _over(g: Graph, a: tuple[Node, Node], b: tuple[Node, Node]) -> tuple[Node, Node]:
    top, size = _times(g, a, (b[0], g.neg(b[1]))), _square(g, *b)
    divide = g.div if size.op == "const" and size.attr else partial(g.call, "div")
    return divide(top[0], size), divide(top[1], size)


def _power(r: Reader, t: ast.BinOp, z: tuple[Node, Node], n: Node) -> Node:
    exponent = Fraction(n.attr) if n.op == "const" else None
    if exponent is None or exponent.denominator > 1 or abs(exponent) > MAX_POWER:
        r.fail(f"a complex number has whole powers only, up to {MAX_POWER}, not '{r.source(t.right)}'", t.right)
    g = r.graph
    made = g.one, g.zero
    for _ in range(abs(int(exponent))):
        made = _times(g, made, z)
    return pair(g, *(made if exponent >= 0 else _over(g, (g.one, g.zero), made)))


def _exp(g: Graph, x: Node, y: Node) -> tuple[Node, Node]:
    size = g.call("exp", x)
    return g.mul(size, g.call("cos", y)), g.mul(size, g.call("sin", y))


_ARITHMETIC: dict[type, Callable[..., tuple[Node, Node]]] = {
    ast.Add: lambda g, a, b: (g.add(a[0], b[0]), g.add(a[1], b[1])),
    ast.Sub: lambda g, a, b: (g.sub(a[0], b[0]), g.sub(a[1], b[1])),
    ast.Mult: _times,
    ast.Div: _over,
}

_FUNCTIONS: dict[str, Callable[..., Node | tuple[Node, Node]]] = {
    "conj": lambda g, x, y: (x, g.neg(y)),
    "re": lambda g, x, y: x,
    "im": lambda g, x, y: y,
    "abs": lambda g, x, y: g.call("sqrt", _square(g, x, y)),
    "exp": _exp,
}


def _derivative(r: Reader, t: ast.Call, f: tuple[Node, Node], z: Node) -> Node:
    """d(f, z, convention=wirtinger), f real or complex."""
    g = r.graph
    names = [k.value.id for k in t.keywords if k.arg == "convention" and isinstance(k.value, ast.Name)]
    if z.op != "pair":
        r.fail("a complex function is differentiated by a complex number; of a real one: d(re(f), x), d(im(f), x)", t)
    if len(names) != 1 or len(t.keywords) != 1 or names[0] not in CONVENTIONS:
        r.fail(f"a derivative by a complex number says its convention: {USAGE}", t)
    x, y = z.args
    if x.op != "index" or y.op != "index" or x.args != y.args or x.args[0].op != "symbol":
        r.fail(f"can differentiate by a complex symbol, not by '{r.source(t.args[1])}'", t.args[1])
    _, rule, of_real = CONVENTIONS[names[0]]
    if of_real and f[1] is not g.zero:
        r.fail(f"the convention '{names[0]}' is of real functions; wirtinger and conjugate are of complex ones", t)
    slopes = [part if part is g.zero else g.node("d", (part, v), False) for part in f for v in (x, y)]
    return pair(g, *rule(g, *slopes))
