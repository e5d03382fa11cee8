"""Each displayed formula is accounted for: it stands in a claim, a value or a definition, or in a comment with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.language.latex.tree import Relation
from verify.document.said import Formula
from verify.draft.conditions import Role
from verify.draft.model import Drafted, Note
from verify.draft.statements import Section, Statement

ALONE = "says nothing of which a claim could be made: no equation and no other relation"
AS_A_CONDITION = "taken for a condition of what stands beside it, or of nothing that was read"
ELSEWHERE = (
    "no claim is made of it: a shape, a range, what is said elsewhere in the section, or more than could be parted"
)


def displays(section: Section) -> Iterator[Formula]:
    """Those of a section, but for tables, whose rows are read as a whole."""
    rows = [(r.passage.cell, r.start, r.stop) for r in section.rows]
    for f in section.formulas:
        if f.display and not any(cell == f.passage.cell and a <= f.start < b for cell, a, b in rows):
            yield f


def untold(made: Drafted, found: list[Statement], roles: Mapping[int, Role]) -> Iterator[Note]:
    """What is told of the displayed formulas that nothing else in the draft speaks of."""
    told: list[Statement] = [x.s for x in made.given if not x.above]
    told += [x.s for x in made.claims] + [x.s for x in made.notes]
    for f in displays(made.section):
        if any(s.passage is f.passage and f.start <= s.start < f.stop for s in told):
            continue
        own = [s for s in found if s.passage is f.passage and f.start <= s.start < f.stop]
        condition = any(roles[id(s)].condition for s in own if id(s) in roles)
        reason = AS_A_CONDITION if condition else ELSEWHERE if any(isinstance(s.tree, Relation) for s in own) else ALONE
        where = made.section.heads.get(f.section, "")
        yield Note(Statement(f.latex, f.passage, f.start, f.stop, where, f.line), reason)
