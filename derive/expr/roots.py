"""Roots of even powers: ``sqrt(u**4)`` is ``u**2`` for every real u, with its slopes at 0, where the chain rule divides by 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from derive.expr.folding import fold_all
from derive.expr.graph import Node, topological


def without_roots(roots: Sequence[Node]) -> list[Node]:
    """The same functions with roots of even powers as powers, of an absolute value where these are odd."""
    for _ in range(len(topological(roots))):
        values = powers(topological(roots))
        if not values:
            break
        roots = fold_all(roots, values)
    return list(roots)


def powers(nodes: Iterable[Node]) -> dict[Node, Node]:
    """Of some nodes the roots of even powers that are whole powers from the second on, and these; those that stand lowest."""
    found: dict[Node, Node] = {}
    for n in nodes:
        if (exponent := _exponent(n)) is None:
            continue
        g, u = n.graph, n.args[0].args[0]
        if found.keys().isdisjoint(topological([u])):
            found[n] = g.pow(u if exponent % 2 == 0 else g.call("abs", u), g.const(exponent))
    return found


def _exponent(n: Node) -> int | None:
    """The e of a root that is abs(u)**e; None of anything else."""
    if n.op == "sqrt":
        outer = Fraction(1, 2)
    elif n.op == "pow" and n.args[1].op == "const" and not isinstance(n.args[1].attr, int):
        outer = Fraction(n.args[1].attr)
    else:
        return None
    inner = n.args[0]
    if inner.op != "pow" or inner.args[1].op != "const" or not isinstance(inner.args[1].attr, int):
        return None
    power = inner.args[1].attr
    exponent = power * outer
    return int(exponent) if power % 2 == 0 and exponent.denominator == 1 and exponent >= 2 else None
