"""Number claims: printed digits against the exact value."""

from __future__ import annotations

from typing import Any

from derive.errors import NotFinite, UndefinedValue
from derive.flint import fmpq
from derive.language.reader import to_text
from derive.lazily import lazily
from verify.casefile.model import Claim
from verify.claims.allowed import allowed
from verify.claims.context import CaseContext
from verify.claims.convention import standard_name
from verify.claims.provenance import Inheritance, inheritance, origins
from verify.claims.recovery import judge_print, range_text, recovered_text
from verify.claims.slip import hint as slip_of
from verify.decimals import Printed, closer, correction, fit, rounded, show
from verify.verdict import Verdict, undecided

with lazily():
    from derive.engine import absent


def judge_printed(context: CaseContext, claim: Claim) -> Verdict:
    """holds, truncated, inherited or wrong, by the exact value at the document's inputs."""
    assert claim.of is not None
    node = context.entry(claim.of)
    recovered = bool(context.not_given(node))
    if recovered and (found := judge_print(context, claim, node)) is not None:
        return found
    if lacking := context.missing(node):
        names = ", ".join(f"'{n}'" for n in lacking)
        asked = {c.recover for c in context.case.claims}
        left = [n for n in lacking if n in context.case.symbols and context.case.symbols[n].recover and n not in asked]
        hint = f"; a claim 'recover: {left[0]}' would ask what the printed numbers determine" if left else ""
        return Verdict("underspecified", f"no value is given for {names}{hint}", evidence={"method": "exhaustive"})
    printed = context.printed(claim)
    if recovered and claim.made:
        return undecided("how a number was made is not judged where inputs are recovered")
    answer, value = context.decided(node, lambda v: fit(printed, v))
    if isinstance(value, NotFinite) and str(value.result) == printed.special:
        return Verdict("holds", str(value), None, (), {"method": "certified"})
    missed = ""
    if answer not in ("rounded", "tie") and not recovered:
        found, missed = allowed(context, claim, node, printed, value)
        if found is not None:
            return found
        missed = missed and f"; {missed}"
    if answer is None and recovered:
        answer = "off"  # for all values that a recovered input may have, cut off or not
    if answer is None:
        if isinstance(value, UndefinedValue):
            fault = str(value) if isinstance(value, NotFinite) else absent.no_value(node, context.known, value)
            return _without_value(context, claim, f"{fault}{missed}")
        if isinstance(value, Exception):
            return undecided(f"no value at the document's inputs: {value}")
        return undecided("not separated from the printed digits at the highest precision", show(value))
    value = value if recovered else context.separated(node, value)
    exact = None if recovered else show(value)
    evidence: dict[str, Any] = {"method": "certified", "arithmetic": "rational" if isinstance(value, fmpq) else "ball"}
    at = recovered_text(context, node) if recovered else ""
    if answer in ("rounded", "tie"):
        if printed.unit == 0:
            return Verdict("holds", f"the exact value{at}", exact, (), evidence)
        how = "a tie, rounded to a neighbour" if answer == "tie" else "the correct rounding"
        if printed.about:
            how = "within one unit of the last digit"
        lost = ": all digits are lost" if printed.value == 0 and value != 0 else ""
        return Verdict("holds", f"{how} of {closer(value, printed)}{at}{lost}", exact, (), evidence)
    if not recovered and (standard := _by_the_standard(context, claim, printed)) is not None:
        reason = f"{standard}; of the document's own form it is {closer(value, printed)}"
        return Verdict("convention", reason, exact, (), {**evidence, "standard": standard_name(claim)})
    right = range_text(context, node) if recovered else correction(value, printed)
    inherited = inheritance(context, claim)
    cut = answer == "truncated"
    if inherited is not None:
        return Verdict(
            "inherited",
            f"{_inherited(context, inherited)}; correct: {right}{at}"
            + (" (also the exact value cut off)" if cut else "")
            + missed,
            exact,
            origins(context, claim, inherited),
            {**evidence, "inherited_from": [c.id for c in inherited.sources]},
        )
    if cut:
        return Verdict("truncated", f"cut off, not rounded; correct: {right}{at}{missed}", exact, (claim.id,), evidence)
    step = f" ({_step(claim)} gives it from neither exact nor printed values)" if claim.by is not None else ""
    if not recovered and (slip := slip_of(printed, value, rounded(value, printed))):
        evidence["repair"] = slip
        step += f"; {slip}"
    return Verdict("wrong", f"correct: {right}{at}{step}{missed}", exact, (claim.id,), evidence)


def _by_the_standard(context: CaseContext, claim: Claim, printed: Printed) -> str | None:
    """That a number is the rounding of a standard form of its quantity, where it is none of the document's own."""
    for form in claim.standard:
        node = context.entry(form)
        if context.not_given(node):
            continue
        answer, value = context.decided(node, lambda v: fit(printed, v))
        if answer in ("rounded", "tie"):
            return f"the correct rounding of {standard_name(claim)}, {closer(value, printed)}"
    return None


def _without_value(context: CaseContext, claim: Claim, fault: str) -> Verdict:
    """Of a quantity that has no value at the document's inputs: wrong, unless what was printed of its inputs gives the number."""
    evidence = {"method": "certified", "arithmetic": "rational"}
    if (found := inheritance(context, claim)) is not None:
        reason = f"{_inherited(context, found)}; there is no value: {fault}"
        sources = {**evidence, "inherited_from": [c.id for c in found.sources]}
        return Verdict("inherited", reason, None, origins(context, claim, found), sources)
    return Verdict("wrong", f"no value at the document's inputs: {fault}", None, (claim.id,), evidence)


def _inherited(context: CaseContext, found: Inheritance) -> str:
    names = ", ".join(f"{c.id} ({c.prints})" for c in found.sources)
    if found.copied:
        return f"repeats {names}"
    return f"follows from the printed {names}"


def _step(claim: Claim) -> str:
    return claim.texts.get("by") or (to_text(claim.by) if claim.by is not None else "")
