"""The one table of elementwise operators, and what follows from it.

An operator is one object (``operator``), which says what it is, how it is written, where it has a value and how it runs. SymPy
derives its local derivatives from the definition (``derive.calculus.local``), once; evaluators and backends read the object and
are held to the definition by tests that walk this table. CONTRIBUTING.md shows how to add one.
"""

from __future__ import annotations

from derive.expr.operators.arithmetic import ARITHMETIC
from derive.expr.operators.conditions import (
    BY_SIGN,
    COMPARED,
    COMPARISONS,
    CONDITIONS,
    CONNECTIVES,
    JOINED,
    LOOSE,
    MIRRORED,
    NEGATED,
    ORDERS,
)
from derive.expr.operators.functions import CIRCULAR, EXPONENTIAL, GAMMA, NORMAL
from derive.expr.operators.operator import MAX_ORDER, Operator, Requirement
from derive.expr.operators.piecewise import PIECEWISE

__all__ = [
    "BY_SIGN",
    "BY_SYMPY",
    "COMPARISONS",
    "CONDITIONS",
    "CONNECTIVES",
    "CONSTANTS",
    "DEFERRED",
    "DERIVATIVES",
    "FLOATS",
    "FUNCTIONS",
    "JOINED_PIECES",
    "KINKED",
    "LEAVES",
    "LOOSE",
    "MAX_ORDER",
    "MIRRORED",
    "NEGATED",
    "OPERATORS",
    "ORDERS",
    "SMOOTH",
    "STRUCTURAL",
    "UNARY",
    "Operator",
    "Requirement",
]

_ALL = (*ARITHMETIC, *EXPONENTIAL, *CIRCULAR, *NORMAL, *GAMMA, *PIECEWISE, *COMPARED, *JOINED)

OPERATORS: dict[str, Operator] = {o.name: o for o in _ALL}

#: Called by name in the language; the rest are written infix.
FUNCTIONS = {o.name: o for o in _ALL if o.arity and not o.infix and o.name not in ("neg", "not")}

#: Known by name where a case gives the name no other meaning.
CONSTANTS = tuple(o.name for o in _ALL if not o.arity)

#: Functions of one argument.
UNARY = tuple(o.name for o in FUNCTIONS.values() if o.arity == 1 and o.name != "hold")

#: By what they are in SymPy; its sums, products and powers are read by rules of their own.
BY_SYMPY = {o.sympy or o.name: o for o in _ALL if o.sympy or not o.infix}

#: What has derivatives of every order wherever it has a value, but for the end of its domain.
SMOOTH = frozenset(o.name for o in _ALL if o.smooth)

#: Where a function may turn or jump: where its slope may have none, and where a proof goes by regions.
KINKED = frozenset(o.name for o in _ALL if o.turns)

#: Continuous functions that are put together from two pieces, each with a value wherever the arguments have one.
JOINED_PIECES = frozenset(o.name for o in _ALL if o.pieces is not None and o.total and not o.jumps)

#: Operators over shapes, with their meaning; each has a shape rule (shapes), a derivative
#: (calculus) and a form in every backend.
STRUCTURAL: dict[str, str] = {
    "matmul": "matrix-vector, vector-matrix, matrix-matrix or dot product",
    "transpose": "transpose",
    "outer": "outer product of two vectors",
    "diag": "diagonal matrix of a vector, or diagonal of a matrix",
    "sum": "sum of all entries, or along one axis",
    "broadcast": "repeat to a shape",
    "reshape": "the same entries, row by row, in another shape",
    "index": "one entry or row, counted from 0",
    "stack": "a vector of scalars or a matrix of rows",
    "concat": "vectors end to end, or matrices below each other",
    "det": "determinant",
    "inv": "inverse matrix",
    "def": "a named expression",
}

#: Leaves of every graph.
LEAVES = ("const", "symbol")

#: Derivatives as they stand in a case; ``calculus.expand`` replaces them by what they are.
DERIVATIVES = ("d", "hessian", "hvp")

#: What else ``calculus.expand`` works out: ``at(E, x=v)``, E with x replaced; ``w(k)``, the state after k steps; ``float64(E)``;
#: ``eigenvalues(A)``; ``d(f, x, side=1)``; sums up to a symbol.
FLOATS = ("float16", "bfloat16", "float32", "float64")
DEFERRED = ("at", "after", "total", "eigenvalues", "sided", *FLOATS)
