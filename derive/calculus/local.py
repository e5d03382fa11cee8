"""Local derivatives, asked of SymPy once per operator and written down as code.

``python -m derive.calculus.local`` writes ``derive/calculus/local_derivatives.py`` from the definitions in
``derive/expr/operators``; a test holds the file to them. So a run never imports SymPy for a derivative,
and adding an operator needs no derivative by hand.

A derivative is expressed in the arguments and the value ``y`` of the operator where that is shorter:
sigmoid' = y*(1 - y), tanh' = 1 - y**2.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

from derive.expr.operators import OPERATORS, Operator

TARGET = Path(__file__).with_name("local_derivatives.py")
_NAMES = "abc"

#: ``where`` is differentiated by its branches (see branches), what is held and the conditions not at all.
BY_HAND = ("where", "hold")


def differentiable() -> list[Operator]:
    """The operators that have local derivatives: all but conditions, and those of ``BY_HAND``."""
    return [o for o in OPERATORS.values() if not o.boolean and o.name not in BY_HAND]


def source() -> str:
    """The text of ``local_derivatives.py``."""
    first: list[str] = []
    second: list[str] = []
    for o in differentiable():
        head = f"lambda {', '.join(['g', 'y', *_NAMES[: o.arity]])}: "
        for table, found in zip((first, second), _derivatives(o), strict=True):
            table.append(f'    "{o.name}": ({" ".join("None," if e is None else f"{head}{e}," for e in found)}),')
    return _TEMPLATE.format(first="\n".join(first), second="\n".join(second))


_TEMPLATE = '''"""Local derivatives of every operator, as SymPy derives them.

Written by ``python -m derive.calculus.local``; do not edit.
"""

# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable

from derive.expr.graph import Node

#: (graph, value y, *arguments) -> the derivative; None is zero.
Partial = Callable[..., Node] | None

#: By operator: the partial derivative by each argument.
FIRST: dict[str, tuple[Partial, ...]] = {{
{first}
}}

#: The same of the second order, for the argument pairs (0, 0), (0, 1), ..., (1, 1), ... in that order.
SECOND: dict[str, tuple[Partial, ...]] = {{
{second}
}}
'''


def _derivatives(o: Operator) -> tuple[list[str | None], list[str | None]]:
    import sympy as sp

    if o.derivatives is not None:
        return list(o.derivatives[0]), list(o.derivatives[1])
    if not o.arity:
        return [], []
    args = sp.symbols(f"{' '.join(_NAMES[: o.arity])},", real=True)
    y = sp.Symbol("y", real=True)
    f = o.define(sp, *args)
    first = [sp.diff(f, a) for a in args]
    second = [sp.diff(f, args[i], args[j], simplify=False) for i, j in combinations_with_replacement(range(o.arity), 2)]
    first = [_in_value(sp, e, f, y) for e in first]
    second = [_in_value(sp, e, f, y) for e in second]
    if second[0].has(y):  # the first derivative is at hand: tanh'' = -2 y tanh'
        rest = sp.cancel(second[0] / first[0])
        if rest.is_polynomial(y) and rest.free_symbols == {y}:
            return [_term(sp, first[0])], [f"g.mul({_term(sp, rest)}, {_term(sp, first[0])})"]
    return tuple([None if e.is_zero else _term(sp, e) for e in es] for es in (first, second))  # type: ignore[return-value]


def _in_value(sp: Any, e: Any, f: Any, y: Any) -> Any:
    """The expression with the operator's own value put in where it occurs."""
    if e.has(sp.Piecewise) or f.has(sp.Piecewise):
        return e
    kernels = [k for k in f.atoms(sp.exp) if f != k]
    if kernels:  # a function of one exponential, such as sigmoid: solve for it
        k = sp.Dummy("k")
        e = e.subs(kernels[0], sp.solve(sp.Eq(f.subs(kernels[0], k), y), k)[0])
        return sp.factor(sp.cancel(e))
    e = sp.factor(sp.powsimp(e)) if f.is_Pow else sp.powsimp(e)
    if f.is_Function or (f.is_Pow and f.exp.is_number):
        e = e.subs(f, y)
    if f.is_Pow and f.exp.is_Symbol:
        e = e.replace(lambda t: t == f, lambda t: y)
    return e


def _term(sp: Any, e: Any) -> str:
    if e.is_Symbol:
        return str(e.name)
    if e.is_NumberSymbol:
        return f'g.call("{type(e).__name__.lower()}")'
    if e.is_Rational:
        if e == 0:
            return "g.zero"
        if e == 1:
            return "g.one"
        return f"g.const({e.p})" if e.q == 1 else f"g.div(g.const({e.p}), g.const({e.q}))"
    if e.is_Piecewise:
        (yes, condition), (no, _) = e.args[0], e.args[1]
        s = condition.lhs - condition.rhs if condition.rel_op == ">" else condition.rhs - condition.lhs
        return f'g.call("select", {_term(sp, s)}, {_term(sp, yes)}, {_term(sp, no)})'
    if e.is_Add:
        plus = [t for t in e.args if not t.could_extract_minus_sign()]
        minus = [-t for t in e.args if t.could_extract_minus_sign()]
        if not plus:
            return f"g.neg({_term(sp, sp.Add(*minus))})"
        text = _fold("add", [_term(sp, t) for t in sorted(plus, key=sp.default_sort_key)])
        for t in sorted(minus, key=sp.default_sort_key):
            text = f"g.sub({text}, {_term(sp, t)})"
        return text
    if e.is_Mul:
        top, bottom = sp.fraction(e)
        sign, factors = 1, []
        for t in sp.Mul.make_args(top):
            flips = t.is_Add and t.as_coeff_Add()[0] < 0 and t.has(sp.Symbol("y", real=True))
            if flips or (t.is_Rational and t < 0):  # people write 1 - y, not y - 1
                sign, t = -sign, -t
            if t != 1:
                factors.append(t)
        text = _fold("mul", [_term(sp, t) for t in sorted(factors, key=sp.default_sort_key)] or ["g.one"])
        if bottom != 1:
            text = f"g.div({text}, {_term(sp, bottom)})"
        return text if sign > 0 else f"g.neg({text})"
    if e.is_Pow:
        if e.exp.is_number and e.exp < 0:
            return f"g.div(g.one, {_term(sp, e.base**-e.exp)})"
        if e.exp == sp.Rational(1, 2):
            return f'g.call("sqrt", {_term(sp, e.base)})'
        return f"g.pow({_term(sp, e.base)}, {_term(sp, e.exp)})"
    if e.is_Function:
        return f'g.call("{e.func.__name__}", {", ".join(_term(sp, a) for a in e.args)})'
    raise NotImplementedError(f"no code for {e}")


def _fold(op: str, parts: list[str]) -> str:
    text = parts[0]
    for p in parts[1:]:
        text = f"g.{op}({text}, {p})"
    return text


if __name__ == "__main__":
    TARGET.write_text(source())
