"""Definitions and shapes: what the loader has typed, said as a verdict."""

from __future__ import annotations

from derive.shapes import show
from verify.casefile.model import Claim
from verify.claims.bench import Bench
from verify.verdict import Verdict

_EVIDENCE = {"method": "exhaustive"}


def judge_definition(bench: Bench, claim: Claim) -> Verdict:
    """A file whose names are unknown, cyclic or of clashing shapes is not loaded at all; what is left is to say so."""
    return Verdict("holds", f"well-formed: {', '.join(claim.defines)}", evidence=_EVIDENCE)


def judge_shape(bench: Bench, claim: Claim) -> Verdict:
    assert claim.of is not None
    assert claim.shape is not None
    if claim.of.shape == claim.shape:
        return Verdict("holds", f"the shape is {show(claim.shape)}", evidence=_EVIDENCE)
    return Verdict("wrong", f"the shape is {show(claim.of.shape)}", None, (claim.id,), _EVIDENCE)
