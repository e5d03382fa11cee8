"""Claims at every instance of the sizes that a case names: where the claim is made, and where it has a value.

An instance that an assumption rules out (``n >= 2``) is none of the claim. One at which a side has no value whatever the symbols
are says nothing against it. Where something is divided by 0 (1/(n - 1) at n = 1), or no side has a value, nothing is claimed, as
with a factor that cancels; else the claim holds if the size is another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from derive.errors import ShapeError
from derive.expr.graph import Node, topological
from derive.expr.shapes import Size
from derive.language.printing import to_text
from derive.language.properties import asks
from derive.numbers.balls import truth
from derive.numbers.definedness import needs
from derive.records import dataclass
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.verdict import Verdict, undecided

#: Judges of what is to hold at every instance. Formulas (``equals``) have their own way; numbers are printed for one instance.
_EVERYWHERE = ("relation", "convention", "consistency")
#: Judges of what is printed or recovered at the case's own sizes.
_AT_ONE_SIZE = ("printed", "agreement", "arithmetic", "recovery")
_FINE = ("holds", "holds-if")


def at_every_size(
    context: CaseContext, claim: Claim, name: str, judge: Callable[[CaseContext, Claim], Verdict]
) -> Verdict:
    """The verdict at the case's own sizes, unless it is another at another instance: a relation is to hold at all of them, and
    for ``somewhere`` one of them is enough."""
    if ruled_out(context, claim):
        for other, same in elsewhere(context, claim) if name not in _AT_ONE_SIZE else ():
            return at_every_size(other, same, name, judge)
        return undecided(
            f"the case is worked out for {say_sizes(context.case.sizes)}, which the assumptions of the claim rule out"
        )
    if context.case.listed and name not in _AT_ONE_SIZE:
        gap = gap_of(context, claim)
        if (
            gap is not None and gap.whole and context.case.listed.issuperset(gap.sizes)
        ):  # of several, the first says nothing
            for other, same in elsewhere(context, claim):
                if gap_of(other, same) is None:
                    return at_every_size(other, same, name, judge)
    here = judge(context, claim)
    if not context.case.sizes:
        return here
    parts = [claim.of, claim.holds, claim.somewhere, *claim.equals, *claim.standard]
    if not has_sizes([n for n in parts if n is not None], context.case.sizes):
        return here
    if claim.holds is not None and asks(claim.holds):
        return here  # its judge sees to it
    if name in _EVERYWHERE and here.verdict in _FINE:
        gaps: list[Gap] = []
        for other, same in elsewhere(context, claim):
            if same.misfit:
                continue
            if (gap := gap_of(other, same)) is not None:
                gaps.append(gap)
                continue
            try:
                there = judge(other, same)
            except ShapeError:  # an index that these sizes do not have: the case is not made at them
                continue
            if says_nothing(there):
                gaps.append(Gap(other.case.sizes))
            elif there.verdict not in _FINE:
                return replace(there, why=f"at {say_sizes(other.case.sizes)}: {there.reason}", stated="")
        return without(gaps, here)
    if name == "somewhere" and here.verdict == "wrong":
        for other, same in elsewhere(context, claim):
            there = judge(other, same)
            if there.verdict == "holds":
                return replace(there, why=f"at {say_sizes(other.case.sizes)}: {there.reason}", stated="")
    return here


# -- instances ----------------------------------------------------------------------------------------


def elsewhere(context: CaseContext, claim: Claim) -> Iterator[tuple[CaseContext, Claim]]:
    """The claim at the other instances of the sizes at which it is made, each with the context there."""
    for other in context.elsewhere:
        same = same_claim(other, claim)
        if same is not None and not same.ill_formed and not ruled_out(other, same):
            yield other, same


def same_claim(other: CaseContext, claim: Claim) -> Claim | None:
    """The claim at another instance of the sizes; under the condition that it needs where that is assumed here."""
    same = next((c for c in other.case.claims if c.id == claim.id), None)
    if same is None or claim.needs:
        return same
    return replace(same, assuming=(*same.assuming, *same.needs), needs=())


def ruled_out(context: CaseContext, claim: Claim) -> bool:
    """Whether an assumption is false at these sizes, whatever the symbols are: then the claim is made at others, if at any."""
    if not context.case.sizes:
        return False
    plain = [c for c in claim.assuming if not asks(c)]
    return any(not _speaks(e) and truth(e, {}) is False for c in plain for e in context.entries(c))


def has_sizes(chain: Sequence[Node], sizes: Mapping[str, int]) -> bool:
    return bool(_letters(chain, sizes))


def say_sizes(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sizes.items())


def _letters(chain: Sequence[Node], sizes: Mapping[str, int]) -> list[str]:
    """The sizes that expressions speak of, by name or by their shapes."""
    below = topological(chain)
    found = {s.name for n in below for s in n.shape if isinstance(s, Size)}
    found |= {n.attr for n in below if n.op == "def"}
    return [name for name in sizes if name in found]


# -- where a side has no value ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gap:
    """An instance at which a side has no value: the sizes of it that this hangs on, what it needs, and whether nothing is
    claimed there."""

    sizes: Mapping[str, int]
    need: str = ""
    whole: bool = True

    @property
    def condition(self) -> str:
        return " or ".join(f"{n} >= 2" if v == 1 else f"{n} != {v}" for n, v in self.sizes.items())


def gap_of(context: CaseContext, claim: Claim) -> Gap | None:
    """Why a claim says nothing at these sizes: part of it has no value, whatever the symbols are."""
    said = [n for n in (claim.of, *claim.equals, claim.holds) if n is not None]
    sides = [a for n in said for a in (_functions(n) if asks(n) else n.args if n.op == "eq" else [n])]
    if any(m.op == "after" for m in topological(sides)):
        return None
    lacking = [_lacking(context, side) for side in sides]
    need = next((n for n in lacking if n is not None), None)
    if need is None:
        return None
    sizes = context.case.sizes
    names = _letters([need], sizes) or _letters(said, sizes)
    return Gap({n: sizes[n] for n in names}, to_text(need), need.op == "ne" or (len(sides) > 1 and None not in lacking))


def _lacking(context: CaseContext, side: Node) -> Node | None:
    """What a side needs for a value, and does not have whatever the symbols are."""
    for entry in context.entries(side):
        for (kind, _), need in needs(entry).items():
            if kind not in ("where", "select") and not _speaks(need) and truth(need, {}) is False:
                return need
    return None


def says_nothing(verdict: Verdict) -> bool:
    """Whether no point was found at which a claim says anything, such as the variance of what does not vary as a divisor."""
    parts = verdict.evidence.get("parts", [{"verdict": verdict.verdict, **verdict.evidence}])
    left = [p for p in parts if p["verdict"] == "undecided"]
    return verdict.verdict == "undecided" and bool(left) and all(p.get("empty") for p in left)


def _functions(n: Node) -> list[Node]:
    """What the properties in a condition are said of."""
    return [m.args[0] for m in topological([n]) if m.op == "property"]


def _speaks(n: Node) -> bool:
    return any(m.op in ("symbol", "index", "apply") for m in topological([n]))


def without(gaps: Sequence[Gap], here: Verdict) -> Verdict:
    """A verdict that is fine at the instances at which the claim has a value."""
    if here.verdict not in _FINE:
        return here
    if silent := list(dict.fromkeys(say_sizes(g.sizes) for g in gaps if g.whole)):
        here = replace(here, why=f"{here.reason}; says nothing at {'; '.join(silent)}", stated="")
    gaps = [g for g in gaps if not g.whole]
    if not gaps:
        return here
    conditions = list(dict.fromkeys(g.condition for g in gaps))
    needs = " and ".join(f"({c})" if " or " in c and len(conditions) > 1 else c for c in conditions)
    at = say_sizes(gaps[0].sizes)
    reason = f"holds if {needs}: at {at} a side has no value ({gaps[0].need} fails); {here.reason}"
    evidence = {**here.evidence, "condition": needs, "witness": {n: str(v) for n, v in gaps[0].sizes.items()}}
    return replace(here, verdict="holds-if", why=reason, evidence=evidence, stated="")
