"""``holds: all(loss(t + 1) < loss(t) for t in 5000)``: a condition at each number of a range, one after the other."""

from __future__ import annotations

from derive.calculus.reverse import expand_all
from derive.errors import Undetermined
from derive.expr.graph import Node
from derive.flint import fmpq
from derive.language.components import components
from derive.numbers.balls import evaluate
from verify.casefile.model import Claim
from verify.claims import values
from verify.claims.context import PRECISIONS, CaseContext
from verify.claims.equality import verdict_of
from verify.verdict import Verdict, undecided

MAX_SYMBOLIC = 50  # numbers at which a condition with free symbols is decided


def judge_every(context: CaseContext, claim: Claim) -> Verdict:
    """By values, certified by balls, where all symbols but the number have one; else number by number for all values."""
    assert claim.holds is not None
    (condition, t), count = claim.holds.args, claim.holds.attr
    inner = expand_all([condition])[0]
    entries = components(inner)
    if any(set(context.missing(e)) - {t.attr} for e in entries):
        return _for_all_values(context, claim, inner, t, count)
    for n in range(count):
        for e in entries:
            answer = _truth(context, e, t, n)
            if answer is False:
                return Verdict("wrong", f"does not hold at {t.attr} = {n}", None, (claim.id,), {"method": "certified"})
            if answer is not True:
                return undecided(f"not decided at {t.attr} = {n}: {answer}")
    reason = f"holds at each of the {count} numbers {t.attr} = 0, ..., {count - 1}"
    return Verdict("holds", reason, None, (), {"method": "certified", "numbers": count})


def _truth(context: CaseContext, condition: Node, t: Node, n: int) -> object:
    """True, False, or what stands in the way."""
    found: object = None
    for prec in PRECISIONS:
        found = evaluate([condition], {**context.known, t: fmpq(n)}, prec)[0]
        if not isinstance(found, Undetermined):
            return found
    return found


def _for_all_values(context: CaseContext, claim: Claim, condition: Node, t: Node, count: int) -> Verdict:
    from derive.engine.induction import at_step
    from derive.engine.properties.dispatch import decide_condition

    if count > MAX_SYMBOLIC:
        return undecided(f"{count} numbers, and not all symbols have values: at most {MAX_SYMBOLIC} are looked at")
    for n in range(count):
        wanted, *assuming = values.put(context, [at_step(condition, t, n), *claim.assuming])
        decision = decide_condition(wanted, context.domain(assuming))
        if decision.status != "proved":
            found = verdict_of(decision, claim)
            return Verdict(found.verdict, f"at {t.attr} = {n}: {found.reason}", None, found.origin, found.evidence)
    return Verdict("holds", f"holds at each of the {count} numbers", None, (), {"method": "proved", "numbers": count})
