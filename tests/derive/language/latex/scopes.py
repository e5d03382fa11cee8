"""Scopes that formulas are read in."""

from __future__ import annotations

from collections.abc import Mapping

from derive.expr.graph import Graph, Node
from derive.expr.shapes import Size
from derive.language import sequences
from derive.language.abstract import function
from derive.language.reader import parse


def scope(
    shapes: Mapping[str, tuple[int, ...]],
    define: Mapping[str, str] | None = None,
    functions: Mapping[str, int] | None = None,
    sizes: Mapping[str, int] | None = None,
    states: tuple[str, ...] = (),
) -> tuple[dict[str, Node], Graph]:
    g, found = Graph(), dict[str, Node]()
    for name, size in (sizes or {}).items():
        found[name] = g.define(name, g.const(size))
    letters = {size: name for name, size in (sizes or {}).items()}
    for name, shape in shapes.items():
        found[name] = g.symbol(name, tuple(Size(s, letters[s]) if s in letters else s for s in shape))
    for name, arity in (functions or {}).items():
        found[name] = function(g, name, arity)
    sequences.declare(g, [found[s] for s in states])
    for name, text in (define or {}).items():
        found[name] = g.define(name, parse(text, found, g))
    return found, g


def network() -> tuple[dict[str, Node], Graph]:
    """A scalar network, vectors, matrices, a batch."""
    scalars = "x y z w1 b1 w2 b2 w3 b3 eta lam beta alpha c k s0"
    return scope(
        dict.fromkeys(scalars.split(), ())
        | {"u": (3,), "v": (3,), "W": (2, 3), "A": (3, 3), "B": (3, 3), "h": (2,), "r": (2,), "X": (5, 3), "t": (5,),
        "p": (3,), "q": (3,)},
        {
            "z1": "w1*x + b1", "a1": "relu(z1)", "z2": "w2*a1 + b2", "a2": "tanh(z2)", "z3": "w3*a2 + b3",
            "yhat": "sigmoid(z3)",
            "L": "(y - yhat)**2/2", "delta3": "d(L, z3)", "E": "norm(X @ u - t)**2/2", "m": "W @ u", "hnew": "W @ v + h",
        },
        {"phi": 1, "F": 2},
        {"n": 5},
    )  # fmt: skip
