"""The one table of elementwise operators.

An entry says what an operator *is*: its name, its arity, the SymPy expression that defines it and how
it is written. SymPy derives the local derivatives from the definition (``derive.calculus.local``), once; the
evaluators and backends are held to the definition by tests that walk this table. To add an operator,
add an entry here and one line in each backend's table (CONTRIBUTING.md shows one).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Operator:
    """An elementwise operator.

    ``define(sympy, *args)`` is the SymPy expression that defines it; SymPy is handed in, so that
    reading this table does not import it. ``latex`` has one ``{}`` an argument. ``boolean`` marks a
    condition. ``kink`` says, for people, where the derivative does not exist.
    """

    name: str
    arity: int
    define: Callable[..., Any]
    latex: str
    summary: str
    boolean: bool = False
    infix: str = ""
    kink: str = ""
    domain: str = ""


def _piecewise(sp: Any, condition: Any, yes: Any, no: Any) -> Any:
    return sp.Piecewise((yes, condition), (no, True))


_ENTRIES = [
    # constants
    Operator("pi", 0, lambda sp: sp.pi, r"\pi", "3.14159..., where no symbol has the name"),
    # arithmetic
    Operator("add", 2, lambda sp, a, b: a + b, "{} + {}", "sum of two", infix="+"),
    Operator("sub", 2, lambda sp, a, b: a - b, "{} - {}", "difference", infix="-"),
    Operator("mul", 2, lambda sp, a, b: a * b, "{} {}", "elementwise product", infix="*"),
    Operator("div", 2, lambda sp, a, b: a / b, r"\frac{{{}}}{{{}}}", "quotient", infix="/", domain="b != 0"),
    Operator("neg", 1, lambda sp, a: -a, "-{}", "negative"),
    Operator("pow", 2, lambda sp, a, b: a**b, "{{{}}}^{{{}}}", "power", infix="**",
             domain="a > 0, or b an integer (and a != 0 where b < 0)"),
    # smooth functions
    Operator("exp", 1, lambda sp, x: sp.exp(x), r"\exp({})", "exponential"),
    Operator("log", 1, lambda sp, x: sp.log(x), r"\log({})", "natural logarithm", domain="x > 0"),
    Operator("sqrt", 1, lambda sp, x: sp.sqrt(x), r"\sqrt{{{}}}", "square root", domain="x >= 0",
             kink="x = 0"),
    Operator("sin", 1, lambda sp, x: sp.sin(x), r"\sin({})", "sine (radians)"),
    Operator("cos", 1, lambda sp, x: sp.cos(x), r"\cos({})", "cosine (radians)"),
    Operator("atan", 1, lambda sp, x: sp.atan(x), r"\arctan({})", "inverse tangent, between -pi/2 and pi/2"),
    Operator("tanh", 1, lambda sp, x: sp.tanh(x), r"\tanh({})", "hyperbolic tangent"),
    Operator("sigmoid", 1, lambda sp, x: 1 / (1 + sp.exp(-x)), r"\sigma({})", "logistic function 1/(1+exp(-x))"),
    Operator("log1p", 1, lambda sp, x: sp.log(1 + x), r"\mathrm{{log1p}}({})", "log(1 + x), exact for small x",
             domain="x > -1"),
    Operator("expm1", 1, lambda sp, x: sp.exp(x) - 1, r"\mathrm{{expm1}}({})", "exp(x) - 1, exact for small x"),
    Operator("logaddexp", 2, lambda sp, a, b: sp.log(sp.exp(a) + sp.exp(b)),
             r"\log(\mathrm{{e}}^{{{}}} + \mathrm{{e}}^{{{}}})", "log(exp(a) + exp(b)), without overflow"),
    Operator("erf", 1, lambda sp, x: sp.erf(x), r"\mathrm{{erf}}({})", "error function"),
    Operator("Phi", 1, lambda sp, x: (1 + sp.erf(x / sp.sqrt(2))) / 2, r"\Phi({})",
             "cumulative distribution function of the standard normal distribution"),
    # functions with kinks
    Operator("relu", 1, lambda sp, x: _piecewise(sp, x > 0, x, 0), r"\mathrm{{ReLU}}({})", "max(x, 0)",
             kink="x = 0"),
    Operator("abs", 1, lambda sp, x: _piecewise(sp, x > 0, x, -x), r"\lvert {} \rvert", "absolute value",
             kink="x = 0"),
    Operator("sign", 1, lambda sp, x: sp.Piecewise((1, x > 0), (-1, x < 0), (0, True)), r"\mathrm{{sign}}({})",
             "-1, 0 or 1", kink="x = 0"),
    Operator("min", 2, lambda sp, a, b: _piecewise(sp, a - b > 0, b, a), r"\min({}, {})", "lesser of two",
             kink="a = b"),
    Operator("max", 2, lambda sp, a, b: _piecewise(sp, a - b > 0, a, b), r"\max({}, {})", "greater of two",
             kink="a = b"),
    # what holds off a kink: a where s > 0, b where s < 0, and no value at s = 0 unless a = b there
    Operator("select", 3, lambda sp, s, a, b: sp.Piecewise((a, s > 0), (b, s < 0), (sp.nan, True)),
             r"\left\{{\begin{{smallmatrix}}{1}, & {0} > 0\\ {2}, & {0} < 0\end{{smallmatrix}}\right.",
             "one value on each side of a kink, none on it", kink="s = 0", domain="s != 0, or a = b"),
    Operator("where", 3, lambda sp, c, a, b: _piecewise(sp, c, a, b),
             r"\left\{{\begin{{smallmatrix}}{1}, & {0}\\ {2}, & \text{{else}}\end{{smallmatrix}}\right.",
             "a where the condition holds, else b", kink="the boundary of the condition"),
    # an explicit constant, such as the direction of a Hessian-vector product that depends on the variables
    Operator("hold", 1, lambda sp, x: x, r"\mathrm{{hold}}({})", "x, held constant: its derivative is zero"),
    # conditions
    Operator("gt", 2, lambda sp, a, b: a > b, r"{} \gt {}", "greater", boolean=True, infix=">"),
    Operator("ge", 2, lambda sp, a, b: a >= b, r"{} \ge {}", "greater or equal", boolean=True, infix=">="),
    Operator("lt", 2, lambda sp, a, b: a < b, r"{} \lt {}", "less", boolean=True, infix="<"),
    Operator("le", 2, lambda sp, a, b: a <= b, r"{} \le {}", "less or equal", boolean=True, infix="<="),
    Operator("eq", 2, lambda sp, a, b: sp.Eq(a, b), "{} = {}", "equal", boolean=True, infix="=="),
    Operator("ne", 2, lambda sp, a, b: sp.Ne(a, b), r"{} \ne {}", "not equal", boolean=True, infix="!="),
    Operator("and", 2, lambda sp, a, b: sp.And(a, b), r"{} \wedge {}", "both", boolean=True, infix="and"),
    Operator("or", 2, lambda sp, a, b: sp.Or(a, b), r"{} \vee {}", "one or both", boolean=True, infix="or"),
    Operator("not", 1, lambda sp, a: sp.Not(a), r"\neg {}", "negation", boolean=True),
]  # fmt: skip

OPERATORS: dict[str, Operator] = {entry.name: entry for entry in _ENTRIES}

#: Called by name in the language; the rest are written infix.
FUNCTIONS = {o.name: o for o in _ENTRIES if o.arity and not o.infix and o.name not in ("neg", "not")}

#: Known by name where a case gives the name no other meaning.
CONSTANTS = tuple(o.name for o in _ENTRIES if not o.arity)

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

#: Where a function may turn or jump: where its slope may have none, and where a proof goes by regions.
KINKED = frozenset(["relu", "abs", "sign", "min", "max", "where", "select"])

#: Leaves of every graph.
LEAVES = ("const", "symbol")

#: Derivatives as they stand in a case; ``calculus.expand`` replaces them by what they are.
DERIVATIVES = ("d", "hessian", "hvp")

#: What else ``calculus.expand`` works out: ``at(E, x=v)``, E with x replaced; ``w(k)``, the state after k steps; ``float64(E)``.
DEFERRED = ("at", "after", "float64")
