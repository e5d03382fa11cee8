"""Relations such as ``z1 > 0``, at the document's values."""

from __future__ import annotations

from verify.casefile.model import Claim
from verify.claims.bench import Bench
from verify.decimals import show
from verify.verdict import Verdict, undecided


def judge_relation(bench: Bench, claim: Claim) -> Verdict:
    assert claim.holds is not None
    sides = []
    for node in bench.entries(claim.holds):
        if absent := bench.missing(node):
            return undecided(f"no value is given for {', '.join(absent)}, and relations are decided at values only")
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


_EVIDENCE = {"method": "certified"}
