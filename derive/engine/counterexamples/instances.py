"""Abstract functions by examples: a claim about every phi is false if it is false of phi(t) = t**2.

A claim that stays open is tried with a few concrete, smooth functions in the place of its abstract ones. One at which it fails
refutes it; none proves anything. An assumption that speaks of the function must be proved of the example, not hold at a point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, topological
from derive.records import dataclass

MAX_NODES = 4_000
MAX_ORDER = 6

ONE = ("t", "t**2", "t**3", "1", "exp(t)", "tanh(t)", "sin(t)", "1 + 2*t + t**2/2", "-t**2")


@dataclass(frozen=True)
class Instance:
    """Nodes with examples for their functions; ``said`` names these, ``constant``: one of them leaves its arguments out."""

    nodes: tuple[Node, ...]
    said: str
    constant: bool


def instances(roots: Sequence[Node]) -> Iterator[Instance]:
    """The roots with one choice of functions after the other; nothing where they hold no abstract function."""
    order = topological(roots)
    calls = [n for n in order if n.op == "apply"]
    if not calls or len(order) > MAX_NODES or any(sum(n.attr[1]) > MAX_ORDER for n in calls):
        return
    g = roots[0].graph
    arities = {n.attr[0]: len(n.args) for n in calls}
    for i in range(len(ONE)):
        chosen = {name: _texts(arity)[(i + j) % len(_texts(arity))] for j, (name, arity) in enumerate(arities.items())}
        said = ", ".join(f"{f}({', '.join(_letters(arities[f]))}) = {text}" for f, text in chosen.items())
        yield Instance(tuple(_instantiated(roots, calls, chosen, g)), said, "1" in chosen.values())


def _letters(arity: int) -> list[str]:
    return ["t"] if arity == 1 else [f"t{i + 1}" for i in range(arity)]


def _texts(arity: int) -> tuple[str, ...]:
    if arity == 1:
        return ONE
    letters = _letters(arity)
    total = " + ".join(f"{i + 1}*{t}" if i else t for i, t in enumerate(letters))
    powers = " + ".join(f"{t}**{i + 2}" for i, t in enumerate(letters))
    product = "*".join(letters)
    return (total, product, f"{product} + {powers}", f"{product}**2 + {total}", f"exp({letters[0]})*({total})", "1")


def _instantiated(roots: Sequence[Node], calls: Sequence[Node], chosen: dict[str, str], g: Graph) -> list[Node]:
    """The roots with every call replaced, innermost first."""
    done: dict[Node, Node] = {}
    for n in calls:
        name, orders = n.attr
        args = [substitute(a, done) for a in n.args]
        made, letters = _derivative(chosen[name], tuple(orders))
        done[n] = _carried(made, dict(zip(letters, args, strict=True)), g)
    return [substitute(n, done) for n in roots]


def _derivative(text: str, orders: tuple[int, ...]) -> tuple[Node, list[str]]:
    """An example's derivative of these orders, in a graph of its own."""
    from derive.calculus.reverse import expand
    from derive.language.reader import parse

    g, letters = Graph(), _letters(len(orders))
    scope = {t: g.symbol(t) for t in letters}
    for t, k in zip(letters, orders, strict=True):
        for _ in range(k):
            text = f"d({text}, {t})"
    return expand(parse(text, scope, g)), letters


def _carried(root: Node, values: dict[str, Node], g: Graph) -> Node:
    """A scalar expression of another graph in this one, its symbols given."""
    done: dict[Node, Node] = {}
    for n in topological([root]):
        done[n] = values[n.attr] if n.op == "symbol" else g.node(n.op, tuple(done[a] for a in n.args), n.attr)
    return done[root]
