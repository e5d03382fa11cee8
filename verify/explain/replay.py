"""A number's step computed once more, with the printed values of chosen claims put in: to be shown, not to judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.enclose import evaluate, rational
from derive.graph import Node, topological
from verify.casefile.model import Claim
from verify.claims.bench import PRECISIONS, Bench


def step_of(bench: Bench, claim: Claim) -> Node:
    """The entry that the document computed a number by: ``by``, or else the quantity itself."""
    step = claim.by if claim.by is not None else claim.of
    assert step is not None
    return bench.entry(step)


def printed_inputs(bench: Bench, claim: Claim) -> list[tuple[Node, Claim]]:
    """The uppermost nodes of a number's step that the document printed before; of each its different prints, the latest first."""
    step = step_of(bench, claim)
    found: list[tuple[Node, list[Claim]]] = []
    seen: set[Node] = set()
    work = [step]
    while work:
        n = work.pop()
        if n in seen:
            continue
        seen.add(n)
        printed = bench.prints.get(n, ()) if n is not step or claim.by is not None else ()
        before = {bench.printed(c).value: c for c in printed if c.order < claim.order}
        if before:
            found.append((n, list(reversed(before.values()))))
        else:
            work.extend(reversed(n.args))
    place = {n: k for k, n in enumerate(topological([step]))}
    return [(n, c) for n, claims in sorted(found, key=lambda pair: place[pair[0]]) for c in claims]


def replay(bench: Bench, claim: Claim, sources: Sequence[Claim]) -> Any:
    """What the step gives with the printed values of these claims, the rest exact: a value, or the fault in the way."""
    values = dict(bench.known)
    for n, c in reversed(printed_inputs(bench, claim)):  # of several prints of one input the latest stands
        if c in sources:
            values[n] = rational(bench.printed(c).value)
    return evaluate([step_of(bench, claim)], values, PRECISIONS[1])[0]
