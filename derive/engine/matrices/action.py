"""Hessians and Jacobians of many entries, by what they do to a vector: ``d(f, x) @ u`` for a letter u, on whole tensors.

Written out, the Hessian by 60 entries of a vector has 3,600 entries; what it does to a vector is one Hessian-vector product.
Where two linear maps do the same to every vector they are one matrix.
"""

from __future__ import annotations

from derive.calculus.reverse import expand_all
from derive.engine.decision import Decision
from derive.engine.matrices.matrices import Sizes, lettered, prove
from derive.engine.reasons import Why
from derive.errors import ExpressionError
from derive.expr.graph import Node, topological
from derive.expr.shapes import size

MANY = 400  # entries of a derivative from which on it is not written out first


def by_action(a: Node, b: Node) -> Decision | None:
    """The proof that two sides of one shape are equal, in which derivatives of many entries stand, not worked out yet; None
    where there are none, or it is not found so."""
    if not any(n.op in ("d", "hessian") and size(n.shape) >= MANY for n in topological([a, b])):
        return None
    try:
        left, right = expand_all(lettered([a, b], Sizes()))
        proof = prove(left, right, (), Sizes())
    except ExpressionError:
        return None
    if proof is None:
        return None
    how, conditions = Why.ACTION(), proof.conditions
    return Decision("proved", how, conditions, method="normal form", steps=proof.steps, unchecked="action")
