"""The names of the language, and those that an expression speaks of."""

from __future__ import annotations

import ast

from derive.expr import conditions
from derive.expr.operators import FLOATS, FUNCTIONS
from derive.language import extremes, sequences, sets, substitution
from derive.language.calls import CALLS, CONSTRUCTORS, STRUCTURES
from derive.language.loops import bound
from derive.language.properties import CONNECTIVES, PROPERTIES
from derive.language.syntax import read

DERIVATIVE_CALLS = ("d", "grad", "jacobian", "hessian", "hvp")
LOOP_ONLY = ("prod", "matprod")
AS_WRITTEN = FLOATS  # what computes its argument as it is written
_CORE = (*FUNCTIONS, *STRUCTURES, *DERIVATIVE_CALLS, *LOOP_ONLY)
FUNCTION_NAMES = tuple(
    dict.fromkeys(
        (
            *_CORE,
            "indicator",
            *PROPERTIES,
            *CONNECTIVES,
            "at",
            *AS_WRITTEN,
            *conditions.QUANTIFIERS,
            "expect",
            "variance",
            *extremes.CALLED,
            *sets.SETS,
            *CALLS,
            *CONSTRUCTORS,
        )
    )
)

#: What other languages and libraries call what is said so here.
OTHERWISE = {
    "ln": "log(x)", "arctan": "atan(x)", "maximum": "max(x, y)", "minimum": "min(x, y)", "pow": "x**n", "power": "x**n",
    "square": "x**2", "exp2": "2**x", "expit": "sigmoid(x)", "logistic": "sigmoid(x)", "logsigmoid": "log_sigmoid(x)",
    "swish": "silu(x)", "heaviside": "where(x > 0, 1, 0)", "sgn": "sign(x)", "fabs": "abs(x)", "logit": "log(p/(1 - p))",
    "std": "sqrt(var(x))", "average": "mean(x)", "matmul": "A @ B", "transpose": "A.T", "inverse": "inv(A)", "tr": "trace(A)",
    "identity": "eye(n)", "concatenate": "concat([u, v])", "hstack": "concat([u, v])", "vstack": "stack([u, v])",
    "vec": "reshape(A, m*n)", "log_det": "log(det(A))", "logdet": "log(det(A))", "prob": "expect(where(c, 1, 0) for ...)",
    "E": "expect(f for x in scheme)", "Var": "variance(f for x in scheme)", "comb": "binomial(n, k)",
    "remainder": "mod(x, y)", "rint": "round(x)", "trunc": "sign(x)*floor(abs(x))", "frac": "mod(x, 1)",
    "ndtri": "probit(p)", "icdf": "probit(p)", "erfcinv": "erfinv(1 - x)",
}  # fmt: skip

#: Functions whose names a case can't give to anything else. The rest are free: a quantity ``delta`` is never taken for
#: ``delta(i, j)``.
RESERVED = frozenset(_CORE) - {"Phi", "d"}


def names_in(text: str) -> dict[str, int]:
    """The names that an expression looks up, with the column of the first use. Raises ExpressionError."""
    found: dict[str, int] = {}
    tree = read(text)
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call) and not substitution.of_a_name(n)}
    loops = [n for n in ast.walk(tree) if isinstance(n, ast.GeneratorExp | ast.ListComp)]
    variables = {name for n in loops for name in bound(n.generators)}
    for n in ast.walk(tree):
        if isinstance(n, ast.Name) and id(n) not in called and n.id not in variables and n.id != "inf":
            found[n.id] = min(
                found.get(n.id, n.col_offset), n.col_offset
            )  # the walk goes by depth, not from left to right
        elif isinstance(n, ast.Call) and substitution.replaces(n):
            found.update({k.arg: k.value.col_offset for k in n.keywords if k.arg and k.arg not in found})
    return found


def indices_in(text: str) -> dict[str, int]:
    """The variables of an expression's loops, with the column of the first of each. Raises ExpressionError."""
    found: dict[str, int] = {}
    loops = [n for n in ast.walk(read(text)) if isinstance(n, ast.GeneratorExp | ast.ListComp)]
    for g in (g for n in loops for g in n.generators):
        if isinstance(g.target, ast.Name):
            found[g.target.id] = min(found.get(g.target.id, g.target.col_offset), g.target.col_offset)
    return found


def called_in(text: str) -> dict[str, int]:
    """The names called like ``w(k)`` that are no functions of the language, with their columns. Raises ExpressionError."""
    found: dict[str, int] = {}
    for n in ast.walk(read(text)):
        one = isinstance(n, ast.Call) and sequences.of_one(n)
        if one and isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id not in FUNCTION_NAMES:
            found.setdefault(n.func.id, n.func.col_offset)
    return found
