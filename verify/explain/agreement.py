"""The other printings of a number, beside its own."""

from __future__ import annotations

from collections.abc import Iterator

from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.explain.blocks import Block, facts
from verify.verdict import Verdict


def agreement(context: CaseContext, claim: Claim, verdict: Verdict) -> Iterator[Block]:
    own = (claim.id, "this case", claim.prints or "")
    yield facts(("Claim", "In", "Printed"), [own, *((o.id, o.file or "this case", o.prints) for o in claim.agrees)])
