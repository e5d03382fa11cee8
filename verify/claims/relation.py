"""Relations such as ``z1 > 0`` or ``d(sigmoid(z), z) <= 1/4``: at the document's values, or on the whole domain.

A relation between symbols that all have a value is about those; one with a free symbol is about every value of it.
"""

from __future__ import annotations

from derive.calculus import expand_all
from verify.casefile.model import Claim
from verify.claims.bench import Bench
from verify.claims.equality import verdict_of
from verify.decimals import show
from verify.verdict import Verdict, undecided


def judge_relation(bench: Bench, claim: Claim) -> Verdict:
    assert claim.holds is not None
    if any(bench.missing(node) for node in bench.entries(claim.holds)):
        return _on_the_domain(bench, claim)
    sides = []
    for node in bench.entries(claim.holds):
        answer, value = bench.decided(node, lambda v: v)
        if answer is None:
            return undecided(f"not decided: {value}")
        if not answer:
            for a in node.args:
                if not isinstance(bench.value(a), bool | Exception):
                    sides.append(show(bench.value(a), 12))
            shown = f": the sides are {' and '.join(sides)}" if len(sides) == 2 else ""
            return Verdict("wrong", f"does not hold at the document's values{shown}", None, (claim.id,), _EVIDENCE)
    return Verdict("holds", "holds at the document's values", None, (), _EVIDENCE)


def _on_the_domain(bench: Bench, claim: Claim) -> Verdict:
    from derive.decide import decide_holds

    assert claim.holds is not None
    condition, *assuming = expand_all([claim.holds, *claim.assuming])
    return verdict_of(decide_holds(condition, assuming, bench.bounds), claim)


_EVIDENCE = {"method": "certified"}
