"""A shape explained: the shapes of what stands in the expression, and how they make its own."""

from __future__ import annotations

from collections.abc import Iterator

from derive.expr.graph import topological
from derive.expr.shapes import show
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.explain.blocks import Block, Equations, facts, row, say
from verify.verdict import Verdict

MAX_SHOWN = 16  # names whose shapes are listed

#: What the shape of a derivative is made of.
_RULES = {
    "d": "The derivative of f by x has the shape of f followed by the shape of x.",
    "gradient": "The derivative of a number by a list of names has an entry for each entry of each.",
    "hessian": "The second derivatives by a list of names are a square matrix: a row and a column for each entry of each.",
}


def shape(context: CaseContext, claim: Claim, verdict: Verdict) -> Iterator[Block]:
    assert claim.of is not None
    if claim.of.op == "symbol":
        return  # the document declares it
    body = claim.of.args[0] if claim.of.op == "def" else claim.of
    if body is not claim.of:
        yield Equations((row(claim.of, [body]),))
    inside = topological([body], through_definitions=False)
    names = [n for n in inside if n.op in ("symbol", "def")][:MAX_SHOWN]
    yield facts(("Quantity", "Shape"), [(n, show(n.shape)) for n in dict.fromkeys([*names, claim.of])])
    rules = ["gradient" if n.op == "d" and n.attr else n.op for n in inside if n.op in ("d", "hessian")]
    for rule in dict.fromkeys(rules):
        yield say(_RULES[rule])
