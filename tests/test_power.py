"""What was decided stays decided (tests/power.py), and nothing is decided against its truth."""

from __future__ import annotations

from itertools import chain

import pytest

from derive.budget import claim
from tests import power
from tests.banks import attacks, documents
from verify.commands.proof import decide

#: What may be said of a question, besides that it is not decided, by the first word that is in the name of its group.
FAIR = {"true": {"proved"}, "conditional": {"proved-if"}, "false": {"refuted"}}
#: The attacks do not say of what is true but for a boundary in which of their lists it stands.
ON_A_BOUNDARY = {"proved-if"}


@pytest.mark.parametrize("group", power.GROUPS)
def test_what_was_decided_stays_decided(group: str) -> None:
    now = {line: power.status(line) for line in power.GROUPS[group]}
    fair = next(said for word, said in FAIR.items() if word in group) | {"undecided", "fault"}
    fair |= set() if group.startswith("documents") else ON_A_BOUNDARY
    assert {line: said for line, said in now.items() if said not in fair} == {}
    changed = list(power.changes(now, power.committed()))
    assert not changed, "if it is meant: python -m tests.power"


def test_the_file_holds_these_questions_and_no_others() -> None:
    assert list(power.committed()) == list(dict.fromkeys(chain.from_iterable(power.GROUPS.values())))


@pytest.mark.parametrize("line", documents.CONDITIONAL.strip().splitlines())
def test_what_is_told_and_what_was_worked_out_suffice(line: str) -> None:
    """Each of the two conditions, assumed, proves the claim."""
    said, _, condition = line.partition(" => ")
    claimed, given = attacks.read(said)
    with claim():
        found = decide(claimed, given)
        assert decide(claimed, [*given, *found.missing]).status == "proved"
    told = f"{said} & {condition}" if " ; if " in said else f"{said} ; if {condition}"
    assert power.status(told) == "proved"
