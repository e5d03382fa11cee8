"""Where a wrong digit comes from: the document's own printed numbers, replayed.

A printed number that is not the correct rounding of the exact value is computed once more the way the document did
(``by``, or the definition itself), with printed values for what it had printed before. If that gives the printed
digits, the error is inherited from those values; the origins are the claims at which the chain of errors starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from derive.enclose import evaluate, precision, rational
from derive.graph import Node, topological
from verify.casefile.model import Claim
from verify.claims.bench import PRECISIONS, Bench
from verify.claims.reach import within_rounding
from verify.decimals import fit

MAX_INPUTS = 8  # printed inputs of one step that are tried in all combinations


@dataclass(frozen=True, slots=True)
class Inheritance:
    """The claims whose printed values explain a number, and those among whose origins it started."""

    sources: tuple[Claim, ...]
    copied: bool


def correct(bench: Bench, claim: Claim) -> bool | None:
    """Whether a number claim prints the correct rounding; None where that is not decided."""
    if claim.of is None:
        return None
    node = bench.entry(claim.of)
    if bench.missing(node):
        return None
    answer, _ = bench.decided(node, lambda v: fit(bench.printed(claim), v))
    return None if answer is None else answer in ("rounded", "tie")


def inheritance(bench: Bench, claim: Claim) -> Inheritance | None:
    """What a number that is not correctly rounded follows from, or None."""
    if claim.of is None:
        return None
    node = bench.entry(claim.of)
    printed = bench.printed(claim)
    for earlier in reversed(_before(bench, claim, node)):
        if earlier.of is not None and fit(printed, rational(bench.printed(earlier).value)) in ("rounded", "tie"):
            return Inheritance((earlier,), copied=True)
    step = step_of(bench, claim)
    inputs = _inputs(bench, claim, step)
    for chosen in _subsets(bench, [c for _, c in inputs]):
        values = {
            **bench.known,
            **{n: rational(bench.printed(c).value) for n, c in inputs if c in chosen},
        }
        for prec in PRECISIONS[:2]:
            value = evaluate([step], values, prec)[0]
            with precision(prec):
                answer = None if isinstance(value, Exception) else fit(printed, value)
            if answer is not None:
                break
        if answer in ("rounded", "tie"):
            return Inheritance(tuple(chosen), copied=False)
    return _carried(bench, claim, step, inputs)


def _carried(bench: Bench, claim: Claim, step: Node, inputs: Sequence[tuple[Node, Claim]]) -> Inheritance | None:
    """The same with incorrect inputs carried on unrounded: any value that rounds to what was printed of them."""
    faulty = [(n, c) for n, c in inputs if not correct(bench, c)]
    for chosen in _subsets(bench, [c for _, c in faulty]):
        moving = [(n, bench.printed(c)) for n, c in faulty if c in chosen]
        values = {**bench.known, **{n: rational(p.value) for n, p in moving}}
        if within_rounding(step, values, {n: p.unit / 2 for n, p in moving}, bench.printed(claim)):
            return Inheritance(tuple(chosen), copied=False)
    return None


def replay(bench: Bench, claim: Claim, sources: Sequence[Claim]) -> Any:
    """What the step of a number gives with the printed values of these claims put in, the rest exact: a value or a fault."""
    step = step_of(bench, claim)
    printed = {n: rational(bench.printed(c).value) for n, c in printed_inputs(bench, claim) if c in sources}
    return evaluate([step], {**bench.known, **printed}, PRECISIONS[1])[0]


def printed_inputs(bench: Bench, claim: Claim) -> list[tuple[Node, Claim]]:
    """What a number's step names that the document had printed before, each with the latest claim that prints it."""
    return _inputs(bench, claim, step_of(bench, claim))


def step_of(bench: Bench, claim: Claim) -> Node:
    """The entry that the document computed a number by: ``by``, or else the quantity itself."""
    step = claim.by if claim.by is not None else claim.of
    assert step is not None
    return bench.entry(step)


def origins(bench: Bench, claim: Claim, found: Inheritance) -> tuple[str, ...]:
    """The ids of the claims in which the error of an inherited number started, in the document's order."""
    starts: dict[str, int] = {}
    seen = {claim.id}
    work = list(found.sources)
    while work:
        c = work.pop()
        if c.id in seen:
            continue
        seen.add(c.id)
        if correct(bench, c):
            continue
        further = inheritance(bench, c)
        if further is None:
            starts[c.id] = c.order
        else:
            work.extend(further.sources)
    if not starts:  # every source is a correct rounding: the error is the rounding of these
        starts = {c.id: c.order for c in found.sources}
    return tuple(sorted(starts, key=lambda i: starts[i]))


def _before(bench: Bench, claim: Claim, node: Node) -> list[Claim]:
    """The claims that print a value for the node earlier in the document."""
    return [c for c in bench.prints.get(node, ()) if c.order < claim.order]


def _inputs(bench: Bench, claim: Claim, step: Node) -> list[tuple[Node, Claim]]:
    """The uppermost nodes of a step that the document printed before, each with the latest such claim."""
    found: list[tuple[Node, Claim]] = []
    seen: set[Node] = set()
    work = [step]
    while work:
        n = work.pop()
        if n in seen:
            continue
        seen.add(n)
        before = _before(bench, claim, n) if n is not step or claim.by is not None else []
        if before:
            found.append((n, before[-1]))
        else:
            work.extend(reversed(n.args))
    order = {n: i for i, n in enumerate(topological([step]))}
    return sorted(found, key=lambda pair: order[pair[0]])[:MAX_INPUTS]


def _subsets(bench: Bench, claims: Sequence[Claim]) -> Iterator[tuple[Claim, ...]]:
    """Which printed inputs to use, the others unrounded: incorrect ones first, few before many."""
    unique = list({c.id: c for c in claims}.values())
    choices = [s for size in range(1, len(unique) + 1) for s in combinations(unique, size)]
    return iter(sorted(choices, key=lambda s: (all(correct(bench, c) for c in s), len(s))))
