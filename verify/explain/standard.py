"""A convention explained: the document's form beside the standard's, the point where they differ, the translation."""

from __future__ import annotations

from collections.abc import Iterator

from derive.language.reader import to_text
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.claims.convention import against, standard_name
from verify.claims.equality import correction
from verify.explain.blocks import Block, facts, say
from verify.explain.formula import LONG, decided, witness
from verify.verdict import Verdict


def standard(context: CaseContext, claim: Claim, verdict: Verdict) -> Iterator[Block]:
    assert claim.of is not None
    name = standard_name(claim)
    ours = correction(claim.of)
    shown = claim.of if ours is None or len(to_text(ours)) > LONG else ours
    forms = [(name if len(claim.standard) == 1 else f"{name}, {k + 1}", f) for k, f in enumerate(claim.standard)]
    yield facts(("", ""), [("the document", shown), *forms])
    for (label, _), (a, b, decision) in zip(forms, against(context, claim), strict=True):
        if decision.status != "refuted" or decision.witness is None:
            yield from decided(a, b, decision)
            continue
        yield from witness(a, b, decision, f"The document's form and {label} differ", ("the document", label))
    translation = verdict.evidence.get("translation")
    if translation:
        yield say(f"The translation: {translation}.")
