"""Definitions and shapes: what the loader has typed, said as a verdict."""

from __future__ import annotations

from derive.expr.shapes import Shape, Size, show
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.verdict import Verdict

_EVIDENCE = {"method": "exhaustive"}


def say_shape(shape: Shape) -> str:
    """A shape with the sizes that its letters stand for: ``[n] (n = 3 here)``."""
    sizes = {s.name: int(s) for s in shape if isinstance(s, Size)}
    said = ", ".join(f"{name} = {value}" for name, value in sizes.items())
    return f"{show(shape)} ({said} here)" if said else show(shape) if shape else "that of a scalar"


def judge_definition(context: CaseContext, claim: Claim) -> Verdict:
    """A file whose names are unknown, cyclic or of clashing shapes is not loaded at all; what is left is to say so."""
    return Verdict("holds", f"well-formed: {', '.join(claim.defines)}", evidence=_EVIDENCE)


def judge_form(context: CaseContext, claim: Claim) -> Verdict:
    """A formula that is said to be the document's own, letter by letter, and is none."""
    return Verdict("wrong", f"ill-formed: {claim.ill_formed}", None, (claim.id,), _EVIDENCE)


def judge_shape(context: CaseContext, claim: Claim) -> Verdict:
    assert claim.of is not None
    assert claim.shape is not None
    if claim.of.shape == claim.shape:
        return Verdict("holds", f"the shape is {say_shape(claim.of.shape)}", evidence=_EVIDENCE)
    return Verdict("wrong", f"the shape is {say_shape(claim.of.shape)}", None, (claim.id,), _EVIDENCE)
