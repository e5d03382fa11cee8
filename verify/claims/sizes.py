"""Claims at every instance of the sizes that a case names, for the judges that look at one instance alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.properties import asks
from verify.casefile.model import Claim
from verify.claims.bench import Bench
from verify.claims.equality import has_sizes, same_claim, say_sizes, says_nothing
from verify.verdict import Verdict

#: Judges of what is to hold at every instance. Formulas (``equals``) have their own way; numbers are printed for one instance.
_EVERYWHERE = ("relation", "convention", "consistency")
_FINE = ("holds", "holds-if")


def at_every_size(bench: Bench, claim: Claim, name: str, judge: Callable[[Bench, Claim], Verdict]) -> Verdict:
    """The verdict at the case's own sizes, unless it is another at another instance: a relation is to hold at all of them, and
    for ``somewhere`` one of them is enough."""
    here = judge(bench, claim)
    parts = [claim.of, claim.holds, claim.somewhere, *claim.equals, *claim.standard]
    if not bench.case.sizes or not has_sizes([n for n in parts if n is not None], bench.case.sizes):
        return here
    if claim.holds is not None and asks(claim.holds):
        return here  # its judge sees to it
    if name in _EVERYWHERE and here.verdict in _FINE:
        for sizes, there in _elsewhere(bench, claim, judge):
            if there.verdict not in _FINE and not says_nothing(there):
                return replace(there, reason=f"at {sizes}: {there.reason}")
    if name == "somewhere" and here.verdict == "wrong":
        for sizes, there in _elsewhere(bench, claim, judge):
            if there.verdict == "holds":
                return replace(there, reason=f"at {sizes}: {there.reason}")
    return here


def _elsewhere(bench: Bench, claim: Claim, judge: Callable[[Bench, Claim], Verdict]) -> Iterator[tuple[str, Verdict]]:
    for other in bench.elsewhere:
        same = same_claim(other, claim)
        if same is not None and not same.misfit:
            yield say_sizes(other.case.sizes), judge(other, same)
