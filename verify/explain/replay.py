"""A number's step computed once more, with the printed values of chosen claims put in: to be shown, not to judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.numbers.balls import evaluate, rational
from verify.casefile.model import Claim
from verify.claims.context import PRECISIONS, CaseContext
from verify.claims.provenance import printed_inputs, step_of


def replay(context: CaseContext, claim: Claim, sources: Sequence[Claim]) -> Any:
    """What the step gives with the printed values of these claims, the rest exact: a value, or the fault in the way."""
    values = dict(context.known)
    for n, claims in printed_inputs(context, claim):
        used = next((c for c in claims if c in sources), None)  # of several prints of one input the latest stands
        if used is not None:
            values[n] = rational(context.printed(used).value)
    return evaluate([step_of(context, claim)], values, PRECISIONS[1])[0]
