"""A relation explained: its comparisons with the values of both sides, at the document's values or at the counterexample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from derive.expr import shapes
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.language.extremes import speaks
from derive.language.printing import short_decimal
from derive.language.properties import asks
from derive.language.reader import to_text
from derive.numbers.balls import evaluate_all, rational, truth
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.claims.relation import comparisons
from verify.decimals import show
from verify.explain.blocks import Block, Piece, facts, say
from verify.text import numbers
from verify.verdict import Verdict

MAX_SHOWN = 16  # comparisons, or values of a point, that are listed

Cell = Piece | tuple[Piece, ...]


def relation(context: CaseContext, claim: Claim, verdict: Verdict) -> Iterator[Block]:
    """Nothing where there is no one point to show: a relation that was proved, a property, one about an iteration."""
    assert claim.holds is not None
    if (
        asks(claim.holds)
        or speaks([claim.holds])
        or any(n.op in ("every", "after") for n in topological([claim.holds]))
    ):
        return
    entries = context.entries(claim.holds)
    free = any(context.missing(e) for e in entries)
    stated = verdict.evidence.get("as stated", verdict.evidence)
    witness = _named(context, stated.get("witness") if isinstance(stated, Mapping) else None) if free else {}
    if witness is None:
        return
    point = {**context.known, **{n: rational(v) for n, v in witness.items()}}
    try:
        if free and all(truth(e, point) is not False for e in entries):
            return  # a witness of something else: of other sizes, or of what the condition leaves out
        rows = list(_rows(context, claim.holds, point))
    except KeyError:
        return
    failing = [r for r in rows if r[-1] == "fails"]
    if free:
        yield say("The counterexample, exact or to the digits shown:")
        yield facts(("At", "the value"), _point(entries, witness, point))
    shown = failing if failing and len(rows) > MAX_SHOWN else rows
    yield facts(("Comparison", "Left side", "Right side", ""), shown[:MAX_SHOWN])
    if len(rows) > len(shown[:MAX_SHOWN]):
        yield say(f"{len(failing)} of the {len(rows)} comparisons fail.")


def _named(context: CaseContext, witness: Any) -> dict[Node, Fraction] | None:
    """A point given by names as one of symbols; None where it speaks of something else."""
    if not isinstance(witness, Mapping):
        return None
    leaves = {to_text(n): n for s in context.case.symbols.values() for n in components(s.node)}
    try:
        return {leaves[name]: Fraction(value) for name, value in witness.items()}
    except (KeyError, ValueError):
        return None


def _rows(context: CaseContext, condition: Node, point: Mapping[Node, Any]) -> Iterator[tuple[Cell, ...]]:
    """Every comparison, its sides, and whether it holds. Raises KeyError where the point is not one of all symbols."""
    for c in comparisons(condition):
        for e, index in zip(context.entries(c), shapes.indices(c.shape), strict=True):
            values = evaluate_all([e], point)
            if len(e.args) != 2 or not isinstance(values[e], bool):
                continue
            sides = [numbers.exact(show(values[a])) for a in e.args if not isinstance(values[a], bool | Exception)]
            if len(sides) == 2:
                said: Cell = (c, f", entry [{', '.join(map(str, index))}]") if index else c
                yield said, *sides, "holds" if values[e] else "fails"


def _point(entries: list[Node], witness: Mapping[Node, Fraction], point: Mapping[Node, Any]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = list(point_rows(witness))
    values = evaluate_all(entries, point)
    for n in topological(entries):
        if n.op == "def" and not isinstance(values[n], bool | Exception) and len(rows) < 2 * MAX_SHOWN:
            rows.append((to_text(n), numbers.exact(show(values[n]))))
    return rows


def point_rows(witness: Mapping[Node, Fraction]) -> list[tuple[str, str]]:
    """A row for each symbol of a point, those of 0 in one row where there are many."""
    rows = [(to_text(n), short_decimal(v) or str(v)) for n, v in witness.items()]
    if len(rows) > MAX_SHOWN and any(value == "0" for _, value in rows):
        return [r for r in rows if r[1] != "0"] + [("all other symbols", "0")]
    return rows
