"""Square matrices have one inverse on both sides."""

from __future__ import annotations

from derive.proof.evaluation import wants
from derive.proof.sequent import Sequent, equation, eye


def inverse(s: Sequent) -> list[Sequent]:
    """By ``A @ B == eye(n)``: ``B @ A == eye(n)``, or ``inv(A) == B``; by ``det(A) != 0``: ``A @ inv(A) == eye(n)``."""
    claim = s.conclusion
    wants(claim.op == "eq" and len(claim.shape) == 2 and claim.shape[0] == claim.shape[1], "no square matrix")
    g, one, (left, right) = claim.graph, eye(claim.graph, claim.shape[0]), claim.args
    if left.op == "inv":
        a, b = left.args[0], right
    else:
        wants(left.op == "matmul" and right is one, "no inverse")
        b, a = left.args
    regular = a.op == "inv" and a.args[0] is b and g.call("ne", g.det(b), g.zero) in s.hypotheses
    held = a.shape == b.shape == claim.shape and equation(g.matmul(a, b), one) in s.hypotheses
    wants(held or (regular and left.op == "matmul"), "no inverse among the hypotheses")
    return []
