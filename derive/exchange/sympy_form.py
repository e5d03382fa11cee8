"""Expressions to SymPy and back: entries of nodes as scalar SymPy expressions, SymPy's answers as nodes.

Functions with kinks and conditions are opaque to SymPy (a nested Piecewise explodes, Max evaluates at its own
pace), and so is the logistic function (its exponentials swell). What their derivatives are is said here by hand,
so that this way shares nothing with the calculus, with its components or with its table of local derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from derive.errors import ExpressionError
from derive.expr.composites import COMPOSITES, build
from derive.expr.graph import Graph, Node, Shape
from derive.expr.operators import BY_SYMPY, CONDITIONS, OPERATORS
from derive.language.meaning import meaning

MAX_OPERATIONS = 4_000  # of one entry, written out
MAX_MATRIX = 4  # rows of a determinant or an inverse

Expr = Any  # a SymPy expression
Inner = Callable[[Node], list[Expr]]


class Expansion:
    """Entries of nodes as SymPy expressions, row by row, definitions written out.

    ``origin`` tells which node a SymPy expression stands for: a symbol an entry of a symbol or of a definition, and
    what was written out for an entry of a definition that entry, so that answers speak in the document's names.
    """

    def __init__(self) -> None:
        self.origin: dict[Expr, Node] = {}
        self._symbols: dict[Node, list[Expr]] = {}
        self._sizes: dict[Expr, int] = {}

    def entries(self, root: Node, cut: frozenset[Node] = frozenset(), inner: Inner | None = None) -> list[Expr]:
        """The entries of a node. Definitions in ``cut`` stay symbols; ``inner`` says what a derivative is.

        Raises ExpressionError where an entry gets longer than MAX_OPERATIONS, or can't be said.
        """
        done: dict[Node, list[Expr]] = {}
        for n in _down_to(root, cut):
            if n.op == "symbol" or n in cut:
                done[n] = self.symbols(n)
            elif n.op == "const" or _is_plain(n):
                done[n] = _plain(n, done)
                if n.op == "def":
                    self._name(n, done[n])
            elif inner is not None:
                done[n] = inner(n)
            else:
                raise ExpressionError(f"'{n.op}' has no SymPy form")
            if max(map(self.size, done[n])) > MAX_OPERATIONS:
                raise ExpressionError(f"written out, the expression has more than {MAX_OPERATIONS} operations")
        return done[root]

    def _name(self, n: Node, entries: Sequence[Expr]) -> None:
        for i, e in zip(_indices(n.shape), entries, strict=True):
            if e.args:
                self.origin.setdefault(e, n.graph.index(n, i) if i else n)

    def symbols(self, n: Node) -> list[Expr]:
        """A real SymPy symbol for every entry of a symbol or a definition."""
        import sympy as sp

        if n not in self._symbols:
            where = _indices(n.shape)
            made = [sp.Dummy(f"{n.attr}{list(i) if i else ''}", real=True) for i in where]
            self._symbols[n] = made
            self.origin.update((s, n.graph.index(n, i) if i else n) for s, i in zip(made, where, strict=True))
        return self._symbols[n]

    def size(self, e: Expr) -> int:
        """Operations and leaves of an expression as written out; a shared part counts every time."""
        work = [e]
        while work:
            top = work[-1]
            missing = [a for a in top.args if a not in self._sizes]
            if missing:
                work.extend(missing)
                continue
            self._sizes[top] = 1 + sum(self._sizes[a] for a in top.args)
            work.pop()
        return self._sizes[e]


def _down_to(root: Node, cut: frozenset[Node]) -> list[Node]:
    """What the root needs, arguments before users; below a cut or a derivative nothing is looked at."""
    seen: set[Node] = set()
    work = [root]
    while work:
        n = work.pop()
        if n not in seen:
            seen.add(n)
            if n not in cut and _is_plain(n):
                work.extend(n.args)
    return sorted(seen, key=lambda n: n.id)


def _is_plain(n: Node) -> bool:
    return n.op in OPERATORS or n.op in _STRUCTURE or n.op in COMPOSITES


def _plain(n: Node, done: Mapping[Node, list[Expr]]) -> list[Expr]:
    if n.op == "const":
        return [_rational(n.attr)]
    if n.op in OPERATORS:
        spread = [_spread(done[a], a.shape, n.shape) for a in n.args]
        return [_operator(n.op, args) for args in zip(*spread, strict=True)] if spread else [_operator(n.op, [])]
    if n.op in COMPOSITES:
        body, places = meaning(n)
        inner = dict(zip(places, [done[a] for a in n.args], strict=True))
        for m in _down_to(body, frozenset(places)):
            if m not in inner:
                inner[m] = _plain(m, inner)
        return inner[body]
    return _STRUCTURE[n.op](n, [done[a] for a in n.args])


def _indices(shape: Shape) -> list[tuple[int, ...]]:
    return list(product(*map(range, shape)))


# -- the operators once more, for SymPy --------------------------------------------------------------


@cache
def _opaque(name: str) -> Any:
    """A SymPy function that is only its name, its arguments and its derivatives."""
    import sympy as sp

    def fdiff(self: Any, argindex: int = 1) -> Expr:
        if name in CONDITIONS:  # constant off their boundary
            return sp.Integer(0)
        return sp.sympify(OPERATORS[name].off_kinks[argindex - 1](_opaque("select"), _opaque(name), *self.args))

    return type(sp.Function)(name, (sp.Function,), {"fdiff": fdiff, "is_real": True, "nargs": OPERATORS[name].arity})


def _operator(op: str, args: Sequence[Expr]) -> Expr:
    import sympy as sp

    o = OPERATORS[op]
    return _opaque(op)(*args) if o.off_kinks or o.boolean else o.define(sp, *args)


def _rational(value: int | Fraction) -> Expr:
    import sympy as sp

    f = Fraction(value)
    return sp.Rational(f.numerator, f.denominator)


# -- structure on lists of entries -------------------------------------------------------------------


def _spread(entries: Sequence[Expr], shape: Shape, wanted: Shape) -> list[Expr]:
    if shape == wanted:
        return list(entries)
    at = dict(zip(_indices(shape), entries, strict=True))
    drop = len(wanted) - len(shape)
    return [at[tuple(0 if n == 1 else k for k, n in zip(i[drop:], shape, strict=True))] for i in _indices(wanted)]


def _table(n: Node, entries: Sequence[Expr]) -> dict[tuple[int, ...], Expr]:
    return dict(zip(_indices(n.shape), entries, strict=True))


def _matmul(n: Node, args: Sequence[list[Expr]]) -> list[Expr]:
    import sympy as sp

    a, b = n.args
    left = sp.Matrix(*(a.shape if len(a.shape) == 2 else (1, *a.shape)), args[0])
    right = sp.Matrix(*(b.shape if len(b.shape) == 2 else (*b.shape, 1)), args[1])
    return list(left * right)


def _transpose(n: Node, args: Sequence[list[Expr]]) -> list[Expr]:
    at = _table(n.args[0], args[0])
    return [at[i[::-1]] for i in _indices(n.shape)]


def _diag(n: Node, args: Sequence[list[Expr]]) -> list[Expr]:
    at = _table(n.args[0], args[0])
    if len(n.shape) == 1:
        return [at[(*i, *i)] for i in _indices(n.shape)]
    return [at[(i,)] if i == j else _rational(0) for i, j in _indices(n.shape)]


def _sum(n: Node, args: Sequence[list[Expr]]) -> list[Expr]:
    import sympy as sp

    if n.attr is None:
        return [sp.Add(*args[0])]
    axis = n.attr % len(n.args[0].shape)
    groups: dict[tuple[int, ...], list[Expr]] = {i: [] for i in _indices(n.shape)}
    for i, e in _table(n.args[0], args[0]).items():
        groups[i[:axis] + i[axis + 1 :]].append(e)
    return [sp.Add(*group) for group in groups.values()]


def _index(n: Node, args: Sequence[list[Expr]]) -> list[Expr]:
    at = _table(n.args[0], args[0])
    return [at[(*n.attr, *i)] for i in _indices(n.shape)]


def _matrix(n: Node, entries: Sequence[Expr]) -> Any:
    import sympy as sp

    size = n.args[0].shape[0]
    if size > MAX_MATRIX:
        raise ExpressionError(f"{n.op} of a {size} by {size} matrix is not written out for SymPy")
    return sp.Matrix(size, size, entries)


def _inv(n: Node, args: Sequence[list[Expr]]) -> list[Expr]:
    matrix = _matrix(n, args[0])
    return list(matrix.adjugate() / matrix.det())


_STRUCTURE: dict[str, Callable[[Node, Sequence[list[Expr]]], list[Expr]]] = {
    "def": lambda n, args: args[0],
    "matmul": _matmul,
    "transpose": _transpose,
    "outer": lambda n, args: [a * b for a in args[0] for b in args[1]],
    "diag": _diag,
    "sum": _sum,
    "broadcast": lambda n, args: _spread(args[0], n.args[0].shape, n.shape),
    "reshape": lambda n, args: args[0],
    "index": _index,
    "stack": lambda n, args: [e for part in args for e in part],
    "concat": lambda n, args: [e for part in args for e in part],
    "det": lambda n, args: [_matrix(n, args[0]).det()],
    "inv": _inv,
}

#: Every operator that has a SymPy form.
KNOWN = frozenset((*OPERATORS, *_STRUCTURE))


# -- SymPy back to the graph -------------------------------------------------------------------------


def read_back(g: Graph, expressions: Sequence[Expr], origin: Mapping[Expr, Node]) -> list[Node]:
    """SymPy's expressions as scalar nodes. Raises ExpressionError for what has no counterpart in the graph."""
    done: dict[Expr, Node] = dict(origin)
    for root in expressions:
        work = [root]
        while work:
            e = work[-1]
            missing = [a for a in e.args if a not in done]
            if missing and e not in done:
                work.extend(missing)
                continue
            work.pop()
            if e not in done:
                done[e] = _node(g, e, [done[a] for a in e.args])
    return [done[e] for e in expressions]


def _node(g: Graph, e: Expr, args: Sequence[Node]) -> Node:
    if e.is_Rational:
        return g.const(Fraction(int(e.p), int(e.q)))
    if e.is_Add or e.is_Mul:
        total, *rest = args
        for a in rest:
            total = g.add(total, a) if e.is_Add else g.mul(total, a)
        return total
    if e.is_Pow:
        return _power(g, *args)
    if type(e).__name__ == "Exp1":
        return g.call("exp", g.one)
    name = type(e).__name__
    if (known := OPERATORS.get(name) or BY_SYMPY.get(name)) is not None:  # an opaque one, by our name, or SymPy's own
        return g.call(known.name, *args)
    if name in COMPOSITES:
        return build(g, COMPOSITES[name], args)
    raise ExpressionError(f"SymPy's answer holds '{type(e).__name__}', which has no counterpart here")


def _power(g: Graph, base: Node, exponent: Node) -> Node:
    if exponent.op != "const":
        return g.pow(base, exponent)
    if exponent.attr < 0:
        return g.div(g.one, _power(g, base, g.const(-exponent.attr)))
    return g.call("sqrt", base) if exponent.attr == Fraction(1, 2) else g.pow(base, exponent)
