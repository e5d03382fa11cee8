"""Conventions: the document's quantity against a standard's or a library's form of it (``standard:``)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from derive.calculus import expand_all
from derive.graph import Node
from derive.properties import asks
from verify.casefile.model import Claim
from verify.claims.bench import Bench
from verify.claims.equality import told, verdict_of
from verify.claims.repair import diagnosis
from verify.verdict import Verdict, combine, undecided

if TYPE_CHECKING:
    from derive.decide import Decision


def judge_convention(bench: Bench, claim: Claim) -> Verdict:
    """holds where the forms are one; convention where they differ at a point, with the translation if one step is it."""
    name = standard_name(claim)
    assuming = expand_all([a for a in claim.assuming if not asks(a)])
    found = []
    for i, (ours, form, decision) in enumerate(against(bench, claim)):
        said = verdict_of(decision, claim)
        match decision.status:
            case "proved":
                found.append(Verdict("holds", f"equals {name}", evidence=said.evidence))
            case "refuted":
                step = diagnosis(ours, form, assuming, bench.bounds)
                evidence = {**said.evidence, "standard": name}
                entry, _, where = decision.reason.rpartition("not equal")
                where = where.replace("the left side", "the document's").replace("the right side", "the standard")
                reason = f"differs from {name}{f', {entry[:-2]}' if entry else ''}{where}"
                if step is not None:
                    words = told(bench, claim, step, partial(_form, i))
                    evidence["translation"] = translated(words, name)
                    reason += f"; {evidence['translation']}"
                found.append(Verdict("convention", reason, evidence=evidence))
            case "proved-if":
                found.append(Verdict("holds-if", f"equals {name}: {decision.reason}", evidence=said.evidence))
            case _:
                found.append(undecided(f"against {name}: {decision.reason}"))
    return combine(found)


def standard_name(claim: Claim) -> str:
    """What the standard form is called."""
    return claim.texts.get("standard name") or "the standard form"


def against(bench: Bench, claim: Claim) -> Iterator[tuple[Node, Node, Decision]]:
    """The document's form and each standard one, derivatives worked out, with what was decided on whether they are equal."""
    from derive.decide import decide_equal

    assert claim.of is not None
    ours, *forms = expand_all([claim.of, *claim.standard])
    assuming = expand_all([a for a in claim.assuming if not asks(a)])
    for form in forms:
        yield ours, form, decide_equal(ours, form, assuming, bench.bounds)


def _form(i: int, claim: Claim) -> Node:
    return claim.standard[i]


def translated(words: str, name: str) -> str:
    """The step from the standard form to the document's, in the words of a repair."""
    if words.startswith("holds if "):
        return f"the two agree if {words.removeprefix('holds if ')}"
    if words == "the sign is wrong":
        return f"the document's is {name} times -1"
    return f"the document's is {name} {words.removeprefix('right ')}"
