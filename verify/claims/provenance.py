"""Where a wrong digit comes from: the document's own printed numbers, replayed.

A printed number that is not the correct rounding of the exact value is computed once more the way the document did
(``by``, or the definition itself), with printed values for what it had printed before. If that gives the printed
digits, the error is inherited from those values; the origins are the claims at which the chain of errors starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product

from derive.expr.graph import Node, topological
from derive.numbers.balls import evaluate, precision, rational
from derive.records import dataclass
from verify.casefile.model import Claim
from verify.claims.context import PRECISIONS, CaseContext
from verify.claims.reach import Unsettled, within_rounding
from verify.decimals import Printed, fit

MAX_INPUTS = 8  # printed inputs of one step
MAX_PRINTS = 3  # different prints of one input
MAX_CHOICES = 500  # ways to use them that are tried
MAX_CELLS = 400  # of the box of what one choice of them may stand for
MAX_UNSETTLED = 4  # choices of which that does not tell


@dataclass(frozen=True, slots=True)
class Inheritance:
    """The claims whose printed values explain a number, and those among whose origins it started."""

    sources: tuple[Claim, ...]
    copied: bool


def correct(context: CaseContext, claim: Claim) -> bool | None:
    """Whether a number claim prints the correct rounding; None where that is not decided."""
    if claim.of is None:
        return None
    node = context.entry(claim.of)
    if context.gives(claim):
        return True
    if context.missing(node):
        return None
    answer, _ = context.decided(node, lambda v: fit(context.printed(claim), v))
    return None if answer is None else answer in ("rounded", "tie")


def inheritance(context: CaseContext, claim: Claim) -> Inheritance | None:
    """What a number that is not correctly rounded follows from, or None."""
    if claim.of is None:
        return None
    node = context.entry(claim.of)
    printed = replace(context.printed(claim), about=False)
    repeated = [c for c in reversed(_before(context, claim, node)) if _repeats(printed, context.printed(c))]
    wrong = next((c for c in repeated if not correct(context, c)), None)
    found = Inheritance((wrong,), copied=True) if wrong else _replayed(context, claim, printed)
    if repeated and (found is None or all(correct(context, c) for c in found.sources)):
        return Inheritance((repeated[0],), copied=True)  # a correct rounding with digits put after it explains less
    return found


def _replayed(context: CaseContext, claim: Claim, printed: Printed) -> Inheritance | None:
    """The printed inputs of a number's step that give its digits."""
    again = _Replay(context, step_of(context, claim), printed)
    open_: list[Unsettled] = []
    for chosen in _choices(context, printed_inputs(context, claim)):
        try:
            if again.gives(chosen):
                return Inheritance(_that_matter(context, chosen, again), copied=False)
        except Unsettled as why:
            open_.append(why)
            if len(open_) == MAX_UNSETTLED:
                break
    if open_:
        raise open_[0]
    return None


def _repeats(printed: Printed, earlier: Printed) -> bool:
    """Whether a print is an earlier one again, or the earlier one with digits dropped."""
    if printed.value == earlier.value:
        return True
    fewer = printed.unit > earlier.unit and abs(printed.value) >= 10 * printed.unit
    return fewer and fit(printed, rational(earlier.value)) in ("rounded", "tie")


#: For some inputs of a step the claim whose printed value is used; the others are unrounded.
Choice = dict[Node, Claim]


class _Replay:
    """A step computed once more from printed inputs."""

    def __init__(self, context: CaseContext, step: Node, printed: Printed) -> None:
        self.context, self.step, self.printed = context, step, printed

    def gives(self, chosen: Choice) -> bool:
        """Whether the printed digits come out: of the inputs as printed, or of what rounds to the incorrect ones."""
        context = self.context
        values = {**context.known, **{n: rational(context.printed(c).value) for n, c in chosen.items()}}
        for prec in PRECISIONS[:2]:
            value = evaluate([self.step], values, prec)[0]
            if isinstance(value, Exception):
                continue
            with precision(prec):
                answer = fit(self.printed, value)
            if answer in ("rounded", "tie"):
                return True
            if answer is not None:
                break
        faulty = {n: context.printed(c) for n, c in chosen.items() if not correct(context, c)}
        moving = {n: p.span for n, p in faulty.items() if p.places or p.suffix}  # whole numbers do not move
        return within_rounding(self.step, values, moving, self.printed, MAX_CELLS) is not None


def _choices(context: CaseContext, inputs: Sequence[tuple[Node, Sequence[Claim]]]) -> list[Choice]:
    """How the document may have used what it printed of a step's inputs: few printed values before many, late before early.

    An input of which it only ever printed incorrect values was never anything else to it; one that it printed
    correctly may have been carried on unrounded.
    """
    options: list[list[tuple[int, Claim | None]]] = []
    for _, claims in inputs:
        ways: list[tuple[int, Claim | None]] = [(2 * age, c) for age, c in enumerate(claims)]
        if any(correct(context, c) for c in claims):
            ways.append((-1, None))
        options.append(ways)
    found = []
    for picked in islice(product(*options), MAX_CHOICES):
        chosen = {n: c for (n, _), (_, c) in zip(inputs, picked, strict=True) if c is not None}
        if chosen:
            found.append((sum(cost for cost, _ in picked), chosen))
    found.sort(key=lambda pair: pair[0])
    return [chosen for _, chosen in found]


def _that_matter(context: CaseContext, chosen: Choice, again: _Replay) -> tuple[Claim, ...]:
    """The inputs without which the printed digits do not come out; of incorrect ones at least one stays."""
    kept = dict(chosen)
    for n, c in sorted(chosen.items(), key=lambda pair: not correct(context, pair[1])):
        fewer = {m: d for m, d in kept.items() if m is not n}
        blamed = correct(context, c) or any(not correct(context, d) for d in fewer.values())
        try:
            if fewer and blamed and again.gives(fewer):
                kept = fewer
        except Unsettled:
            continue
    return tuple({c.id: c for c in kept.values()}.values())


def step_of(context: CaseContext, claim: Claim) -> Node:
    """The expression that a number was computed by."""
    assert claim.of is not None
    return context.entry(claim.by if claim.by is not None else claim.of)


def origins(context: CaseContext, claim: Claim, found: Inheritance) -> tuple[str, ...]:
    """The ids of the claims in which the error of an inherited number started, in the document's order.

    Of what a number follows from, those that are incorrect are followed further; where all are correct roundings, the error is
    the rounding of these.
    """
    starts: dict[str, int] = {}
    seen = {claim.id}
    work = [found]
    while work:
        sources = work.pop().sources
        incorrect = [c for c in sources if not correct(context, c)]
        for c in incorrect or sources:
            if c.id in seen:
                continue
            seen.add(c.id)
            further = inheritance(context, c) if incorrect else None
            if further is None:
                starts[c.id] = c.order
            else:
                work.append(further)
    return tuple(sorted(starts, key=lambda i: starts[i]))


def _before(context: CaseContext, claim: Claim, node: Node) -> list[Claim]:
    """The claims that print a value for the node earlier in the document."""
    return [c for c in context.prints.get(node, ()) if c.order < claim.order]


def printed_inputs(context: CaseContext, claim: Claim) -> list[tuple[Node, list[Claim]]]:
    """The uppermost nodes of a step that the document printed before, each with its different prints, the latest first."""
    assert claim.of is not None
    step, own = step_of(context, claim), context.entry(claim.of)
    found: list[tuple[Node, list[Claim]]] = []
    seen: set[Node] = set()
    work = [step]
    while work:
        n = work.pop()
        if n in seen:
            continue
        seen.add(n)
        before = _before(context, claim, n) if n is not own else []  # what it printed of this before is no input of it
        if before:
            different = {context.printed(c).value: c for c in before}
            found.append((n, list(reversed(different.values()))[:MAX_PRINTS]))
        else:
            work.extend(reversed(n.args))
    order = {n: i for i, n in enumerate(topological([step]))}
    return sorted(found, key=lambda pair: order[pair[0]])[:MAX_INPUTS]
