"""SymPy expressions in and out: a SymPy user brings an expression and takes derivatives back.

What comes in is read operator by operator, exactly (a Float by its shortest decimal: 0.1 is 1/10). What goes out is
plain SymPy: Max, Abs, Piecewise, no functions of our own. Symbols that came from SymPy go back as the same symbols,
with their assumptions; others are real.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any
from weakref import WeakKeyDictionary

from derive.errors import ExpressionError
from derive.expr.composites import COMPOSITES, build
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import BY_SYMPY, OPERATORS
from derive.language.components import components_all
from derive.language.printing import to_text

Expr = Any  # a SymPy expression or condition

MAX_PIECES = 4  # in what is compared on a kink

_brought: WeakKeyDictionary[Graph, dict[Node, Expr]] = WeakKeyDictionary()


# -- in --------------------------------------------------------------------------------------------


def from_sympy(expression: Expr, graph: Graph | None = None) -> Node:
    """The node of a scalar SymPy expression, its symbols under their own names.

    A SymPy symbol that is already known to ``graph`` (a new one by default) is that symbol.
    Raises ExpressionError for what has no counterpart, and names it.
    """
    if not hasattr(expression, "is_Symbol"):
        raise ExpressionError(
            f"from_sympy reads a scalar SymPy expression, not {type(expression).__name__} {str(expression)[:60]}"
        )
    g = graph or Graph()
    symbols = _brought.setdefault(g, {})
    done: dict[Expr, Node] = {}
    work = [expression]
    while work:
        e = work[-1]
        missing = [a for a in _parts(e) if a not in done] if e not in done else []
        if missing:
            work.extend(missing)
            continue
        work.pop()
        if e in done:
            continue
        if e.is_Symbol:
            done[e] = g.symbol(e.name)
            if symbols.setdefault(done[e], e) != e:
                raise ExpressionError(f"two different SymPy symbols have the name '{e.name}'")
        else:
            done[e] = _read(g, e, done)
    return done[expression]


def _parts(e: Expr) -> Sequence[Expr]:
    name = type(e).__name__
    if name == "Piecewise":
        return [a for pair in e.args for a in pair.args if a not in (True, False)]
    if e.is_Symbol or e.is_Rational or e.is_Float:  # oo and nan are numbers, too
        return ()
    if name not in _IN:  # said of the whole, and not of what stands in it: Sum, and not Tuple
        raise ExpressionError(f"SymPy's '{name}' (in {str(e)[:60]}) has no counterpart here")
    return tuple(e.args)


def _read(g: Graph, e: Expr, done: Mapping[Expr, Node]) -> Node:
    name = type(e).__name__
    if getattr(e, "is_Float", False):
        return g.const(Fraction(str(e)))
    if getattr(e, "is_Rational", False):
        return g.const(Fraction(int(e.p), int(e.q)))
    if name == "Piecewise":
        return _piecewise(g, e, done)
    return _IN[name](g, *[done[a] for a in e.args])


def _piecewise(g: Graph, e: Expr, done: Mapping[Expr, Node]) -> Node:
    *pairs, (last, rest) = [pair.args for pair in e.args]
    if rest != True:  # noqa: E712  (SymPy's own true)
        raise ExpressionError("a Piecewise without a value for the rest (a last pair with the condition True)")
    node = done[last]
    for value, condition in reversed(pairs):
        node = g.call("where", done[condition], done[value], node)
    return node


def _fold(build: Callable[[Graph, Node, Node], Node]) -> Callable[..., Node]:
    def made(g: Graph, *args: Node) -> Node:
        total = args[0]
        for a in args[1:]:
            total = build(g, total, a)
        return total

    return made


def _call(op: str) -> Callable[..., Node]:
    return lambda g, *args: g.call(op, *args)


def _power(g: Graph, base: Node, exponent: Node) -> Node:
    if exponent.op == "const" and exponent.attr < 0:
        return g.div(g.one, _power(g, base, g.const(-exponent.attr)))
    return g.call("sqrt", base) if exponent is g.const(Fraction(1, 2)) else g.pow(base, exponent)


def _half(g: Graph, x: Node, sign: int) -> Node:
    """(exp(x) + sign exp(-x))/2."""
    return g.div((g.add if sign > 0 else g.sub)(g.call("exp", x), g.call("exp", g.neg(x))), g.const(2))


def _arcsine(g: Graph, x: Node) -> Node:
    """asin(x) within (-1, 1); it has no value at the ends."""
    return g.call("atan", g.div(x, g.call("sqrt", g.sub(g.one, g.pow(x, g.const(2))))))


def _heaviside(g: Graph, x: Node, at_zero: Node) -> Node:
    below = g.call("where", g.call("lt", x, g.zero), g.zero, at_zero)
    return g.call("where", g.call("gt", x, g.zero), g.one, below)


#: SymPy's classes by name: those of operators, and what is said by several.
_IN: dict[str, Callable[..., Node]] = {
    **{name: _call(o.name) for name, o in BY_SYMPY.items()},
    "Add": _fold(Graph.add), "Mul": _fold(Graph.mul), "Pow": _power,
    "digamma": lambda g, x: g.call("polygamma", g.zero, x),
    "Exp1": lambda g: g.call("exp", g.one),
    "Max": _fold(_call("max")), "Min": _fold(_call("min")), "Heaviside": _heaviside,
    "sinh": lambda g, x: _half(g, x, -1), "cosh": lambda g, x: _half(g, x, 1),
    "tan": lambda g, x: g.div(g.call("sin", x), g.call("cos", x)),
    "asin": lambda g, x: _arcsine(g, x),
    "acos": lambda g, x: g.sub(g.div(g.call("pi"), g.const(2)), _arcsine(g, x)),
    "erfc": lambda g, x: g.sub(g.one, g.call("erf", x)),
    "erfinv": lambda g, x: build(g, COMPOSITES["erfinv"], [x]),
    "And": _fold(_call("and")), "Or": _fold(_call("or")),
    "ceiling": lambda g, x: g.neg(g.call("floor", g.neg(x))),
    "Mod": lambda g, x, y: g.sub(x, g.mul(y, g.call("floor", g.div(x, y)))),
}  # fmt: skip


# -- out -------------------------------------------------------------------------------------------


def to_sympy(node: Node, names: Mapping[Node, Expr] | None = None) -> Expr:
    """The expression in SymPy: a scalar as it is, a vector as a column, a matrix as a Matrix, else an Array.

    An entry of a tensor ``W`` is a symbol ``W_0_1``. ``names`` gives nodes a SymPy expression to stand for them;
    a definition that has none is written out. Nested functions with kinks and conditions can be slow: SymPy looks
    into them.
    """
    import sympy as sp

    if not node.shape:
        return to_sympy_all([node], names)[0]
    (entries,) = components_all([node])
    made = to_sympy_all(entries, names)
    if len(node.shape) <= 2:
        return sp.Matrix(*node.shape, made) if len(node.shape) == 2 else sp.Matrix(made)
    return sp.Array(made, node.shape)


def to_sympy_all(nodes: Sequence[Node], names: Mapping[Node, Expr] | None = None) -> list[Expr]:
    """``to_sympy`` of scalar nodes, sharing the work."""
    import sympy as sp

    done: dict[Node, Expr] = dict(names or {})
    scalars = [e for (e,) in components_all(nodes)]
    for n in topological(scalars):
        if n in done:
            continue
        if n.op in ("symbol", "index"):
            done[n] = _brought.get(n.graph, {}).get(n) or sp.Symbol(symbol_name(n), real=True)
        elif n.op == "def":
            done[n] = done[n.args[0]]
        elif n.op == "const":
            f = Fraction(n.attr)
            done[n] = sp.Rational(f.numerator, f.denominator)
        else:
            if n.op not in OPERATORS:
                raise ExpressionError(f"SymPy has no form of '{to_text(n)}'")
            define = _OUT.get(n.op) or OPERATORS[n.op].define
            done[n] = define(sp, *[done[a] for a in n.args])
    return [done[s] for s in scalars]


def symbol_name(n: Node) -> str:
    """``W_0_1`` for an entry of a symbol, a symbol's own name else."""
    return "_".join([n.args[0].attr, *map(str, n.attr)]) if n.op == "index" else str(n.attr)


def _pieces(sp: Any, s: Expr, a: Expr, b: Expr) -> Expr:
    """a where s > 0, b where s < 0, on the kink their common value; where many pieces stand in a and b SymPy doesn't compare them
    in reasonable time, and there is none."""
    few = sum(e.count(sp.Piecewise) for e in (a, b)) <= MAX_PIECES
    agree = [(a, sp.Eq(a, b))] if few else []
    return sp.Piecewise((a, s > 0), (b, s < 0), *agree, (sp.nan, True))


def _named(name: str) -> Callable[..., Expr]:
    return lambda sp, *args: getattr(sp, name)(*args)


#: Where SymPy has a function for what the table of operators defines by pieces.
_OUT: dict[str, Callable[..., Expr]] = {
    **{o.name: _named(o.sympy) for o in OPERATORS.values() if o.sympy and o.off_kinks},
    "select": lambda sp, s, a, b: _pieces(sp, s, a, b),
    "relu": lambda sp, x: sp.Max(0, x),
}
