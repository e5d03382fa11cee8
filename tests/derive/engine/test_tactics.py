"""Tables of tactics: the first answer counts, by its name; what is too much for one is left to the next."""

import pytest

from derive.budget import Exhausted, Unwieldy
from derive.engine import relation
from derive.engine.decision import Decision
from derive.engine.equations import cascade, scalars
from derive.engine.properties import conditions
from derive.engine.reasons import Why
from derive.engine.tactics import Tactic, walk

PROVED = Decision("proved", Why.HOLDS())


def too_much(_: int) -> Decision | None:
    raise Unwieldy("a polynomial of too many terms")


def spent(_: int) -> Decision | None:
    raise Exhausted("nothing is left")


NOTHING: Tactic[int] = Tactic("nothing", lambda _: None)
SOME: Tactic[int] = Tactic("some", lambda _: PROVED)


def test_the_first_answer_counts_and_bears_the_name_of_its_tactic() -> None:
    never: Tactic[int] = Tactic("never", lambda _: Decision("refuted", Why.FAILS()), lambda _: False)
    found = walk(1, [NOTHING, never, SOME, Tactic("later", lambda _: Decision("refuted", Why.FAILS()))])
    assert found is not None
    assert (found.status, found.tactic) == ("proved", "some")
    assert walk(1, [NOTHING]) is None


def test_a_name_that_a_decision_has_stays() -> None:
    outer: Tactic[int] = Tactic("outer", lambda q: walk(q, [SOME]))
    found = walk(1, [outer])
    assert found is not None
    assert found.tactic == "some"


def test_what_is_too_much_for_one_is_left_to_the_next() -> None:
    assert walk(1, [Tactic("large", too_much), SOME]) is not None
    with pytest.raises(Unwieldy, match="too many terms"):
        walk(1, [Tactic("large", too_much), NOTHING])


def test_a_spent_budget_ends_the_walk() -> None:
    with pytest.raises(Exhausted):
        walk(1, [Tactic("spent", spent), SOME])


@pytest.mark.parametrize(
    "table", [scalars.TACTICS, cascade.TACTICS, cascade.LAST, relation.TACTICS, conditions.TACTICS]
)
def test_rows_are_named(table: tuple[Tactic[object], ...]) -> None:
    assert all(t.name and t.name == t.name.strip().lower() for t in table)
