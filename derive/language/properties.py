"""Properties: what a condition may ask beyond a comparison, as ``convex(L, w)`` does.

One table says what there is and how it is called; ``derive.engine.properties`` decides. A property is a node ``property`` with
its name; it may stand under ``and``, ``or``, ``not``, ``implies``, ``iff``, and nowhere inside a value: a property is about all
values of its variables, so that it has no truth value at a point.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from derive.errors import ExpressionError
from derive.expr import shapes
from derive.expr.graph import Graph, Node, topological
from derive.records import dataclass


@dataclass(frozen=True, slots=True)
class Property:
    """A property as it is called: ``parameters`` in order, the last ``optional`` of which may be left out.

    ``variables`` are those parameters that are symbols or definitions, ``scalars`` those that have no shape, ``like`` pairs of
    parameters of one shape.
    """

    name: str
    parameters: tuple[str, ...]
    summary: str
    variables: tuple[str, ...] = ("x",)
    scalars: tuple[str, ...] = ("f",)
    like: tuple[tuple[str, str], ...] = ()
    optional: int = 0

    @property
    def usage(self) -> str:
        return f"{self.name}({', '.join(self.parameters)})"


_OF_A_FUNCTION = ("f", "x")
_GROWTH = ("f", "g", "x", "point")
_RATIO: Any = {"scalars": ("f", "g", "x"), "optional": 1}

PROPERTIES: dict[str, Property] = {
    p.name: p
    for p in (
        Property("convex", _OF_A_FUNCTION, "f lies below its chords, as a function of x"),
        Property("concave", _OF_A_FUNCTION, "-f is convex"),
        Property("increasing", _OF_A_FUNCTION, "f(x) < f(y) wherever x < y", scalars=("f", "x")),
        Property("nondecreasing", _OF_A_FUNCTION, "f(x) <= f(y) wherever x < y", scalars=("f", "x")),
        Property("decreasing", _OF_A_FUNCTION, "f(x) > f(y) wherever x < y", scalars=("f", "x")),
        Property("nonincreasing", _OF_A_FUNCTION, "f(x) >= f(y) wherever x < y", scalars=("f", "x")),
        Property("continuous", _OF_A_FUNCTION, "f is continuous in x wherever x may be"),
        Property("differentiable", _OF_A_FUNCTION, "f has a derivative by x wherever x may be"),
        Property("smooth", _OF_A_FUNCTION, "f has derivatives of every order by x wherever x may be"),
        Property("positive_definite", ("A",), "v.T @ A @ v > 0 for every v but 0; A symmetric", (), ()),
        Property("positive_semidefinite", ("A",), "v.T @ A @ v >= 0 for every v; A symmetric", (), ()),
        Property("stationary", ("f", "x", "v"), "the gradient of f by x is 0 at x = v", like=(("x", "v"),)),
        Property("minimizer", ("f", "x", "v"), "f is nowhere less than at x = v", like=(("x", "v"),)),
        Property(
            "subdifferential",
            ("f", "x", "lo", "hi", "p"),
            "f's subgradients at x (at x = p) are those from lo to hi",
            optional=1,
        ),
        Property("rank", ("A", "low", "high"), "A has so many independent rows, whatever its symbols are", (), ()),
        Property("grows_at_most", _GROWTH, "f/g stays bounded as x goes to the point (inf unless given)", **_RATIO),
        Property("grows_slower", _GROWTH, "f/g tends to 0 as x goes to the point (inf unless given)", **_RATIO),
        Property("grows_like", _GROWTH, "f/g stays between positive bounds as x goes to the point", **_RATIO),
        Property("asymptotic", _GROWTH, "f/g tends to 1 as x goes to the point (inf unless given)", **_RATIO),
        Property(
            "converges",
            ("f", "w", "p", "q", "factor"),
            "the iteration of w, a step of which is f, tends to p with order q from every start near it",
            ("w",),
            ("f", "w", "p"),
            optional=1,
        ),
        Property("unique_minimizer", ("f", "x", "v"), "f is greater everywhere but at x = v", like=(("x", "v"),)),
    )
}

#: Properties of which certificates speak: what f does as x goes somewhere, by what it does and where.
LIMITS = {
    f"{what} {where}": (what, where)
    for what in ("tends", "grows", "falls")
    for where in ("from above", "from below", "beside", "far", "far below", "far by steps")
}
#: Properties that say what the integral of f from one end to the other is, by which of the ends there are.
INTEGRALS = {
    "integral": (True, True),
    "integral far": (True, False),
    "integral from afar": (False, True),
    "integral all over": (False, False),
}
BOUNDS = ("supremum", "unbounded")  # of the values of f where the hypotheses hold
GROWTH = ("grows_at_most", "grows_slower", "grows_like", "asymptotic")  # f beside g, as x goes somewhere
DEFINITE = ("positive_definite", "positive_semidefinite")  # of matrices: no variable
OF_X = {*LIMITS, *INTEGRALS, *BOUNDS}  # have one variable, and numbers after it
#: Said at each point of where the hypotheses hold, as a function on all points at which f has a value.
POINTWISE = ("continuous", "differentiable", "smooth", "slope", "rising", "rising strictly", "stationary")

#: Connectives of conditions that are written as calls.
CONNECTIVES = ("implies", "iff")


def read(g: Graph, t: ast.Call, p: Property, args: Sequence[Node]) -> Node:
    """The node of a call. Raises ExpressionError."""
    least = len(p.parameters) - p.optional
    if t.keywords or not least <= len(args) <= len(p.parameters):
        raise ExpressionError(f"expected {p.usage}: {p.summary}", t.col_offset)
    given = dict(zip(p.parameters, args, strict=False))
    for name in p.variables:
        base = given[name].args[0] if given[name].op == "index" else given[name]
        if base.op not in ("symbol", "def"):
            raise ExpressionError(f"{p.usage}: {name} is a symbol or a definition", t.col_offset)
    for name in p.scalars:
        if given[name].shape:
            shape = shapes.show(given[name].shape)
            raise ExpressionError(f"{p.usage}: {name} is a scalar, and this has shape {shape}", t.col_offset)
    for a, b in p.like:
        if a in given and b in given and given[a].shape != given[b].shape:
            wanted, found = shapes.show(given[a].shape), shapes.show(given[b].shape)
            raise ExpressionError(f"{p.usage}: {b} has the shape of {a}, {wanted}, and not {found}", t.col_offset)
    if "A" in given and (len(given["A"].shape) != 2 or given["A"].shape[0] != given["A"].shape[1]):
        raise ExpressionError(f"{p.usage}: A is a square matrix", t.col_offset)
    return g.node("property", tuple(args), p.name)


def connect(g: Graph, name: str, a: Node, b: Node) -> Node:
    """implies(a, b) and iff(a, b) in terms of and, or, not."""
    forth = g.call("or", g.call("not", a), b)
    return forth if name == "implies" else g.call("and", forth, g.call("or", g.call("not", b), a))


def asks(condition: Node) -> bool:
    """Whether a condition has a property in it."""
    return any(n.op == "property" for n in topological([condition]))


def bound(n: Node) -> tuple[Node, ...]:
    """What stands where a property has its variables; of those that have them at one place or another, all that may be one."""
    if n.attr in DEFINITE:
        return ()
    return n.args[2:3] if n.attr in GROWTH else n.args[1:2] if n.attr in OF_X else n.args[1:]
