"""Tables of tactics: the first answer counts, by its name; what is too much for one is left to the next."""

import pytest

from derive.budget import HALF, QUESTION, Exhausted, Unwieldy, budget, spend
from derive.engine import relation
from derive.engine.decision import Decision
from derive.engine.equations import cascade, scalars
from derive.engine.properties import conditions, regularity
from derive.engine.properties.dispatch import DECIDERS, FAILS
from derive.engine.reasons import Reason, Why
from derive.engine.tactics import ANY, OPEN, POINT, PROOF, Tactic, needing, walk

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


def test_a_spent_share_ends_the_row_alone() -> None:
    """A row that may take half of the work leaves the other half to the next one."""

    def burn(_: int) -> Decision | None:
        spend(HALF + 1, "values at points")
        return PROVED

    half: Tactic[int] = Tactic("half", burn, cost=HALF)
    small: Tactic[int] = Tactic("small", lambda _: spend(1_000, "values at points") or PROVED)
    with budget():
        found = walk(1, [half, small])
    assert found is not None
    assert found.tactic == "small"
    with budget(), pytest.raises(Unwieldy, match="25 million steps") as fault:
        walk(1, [half, NOTHING])
    assert not isinstance(fault.value, Exhausted)  # who asked may go on
    with budget(), pytest.raises(Exhausted):
        walk(1, [Tactic("all", lambda _: spend(2 * QUESTION, "values at points")), small])


def test_an_answer_that_a_row_does_not_declare_is_a_fault_and_none() -> None:
    points: Tactic[int] = Tactic("points", lambda _: PROVED, emits=POINT)
    found = walk(1, [points, SOME])
    assert found is not None
    assert (found.status, found.reason.term) == ("undecided", Why.NOT_DECLARED)
    assert "points answered proved" in str(found)


def test_what_the_rows_lack_is_told_where_none_answers() -> None:
    asked: list[int] = []

    def even(q: int) -> Reason | None:
        asked.append(q)
        return Why.NO_INTERVAL() if q % 2 else None

    rows = needing(even, SOME, Tactic("more", lambda _: PROVED, emits=PROOF))
    assert all(t.needs == (even,) for t in rows)
    odd, two = walk(3, [NOTHING, *rows]), walk(2, rows)
    assert odd is not None
    assert two is not None
    assert (odd.status, odd.reason) == ("undecided", Why.NO_INTERVAL())
    assert two.status == "proved"
    assert asked == [3, 2]  # once a walk
    found = walk(3, [*rows, Tactic("open", lambda _: Decision("undecided", Why.OPEN()), emits=OPEN)])
    assert found is not None
    assert found.reason == Why.OPEN()  # a row without the need answers


TABLES = [scalars.TACTICS, cascade.TACTICS, cascade.LAST, relation.TACTICS, conditions.TACTICS]
TABLES += [
    *(made() for made in (*DECIDERS.values(), *FAILS.values())),
    regularity.CONTINUOUS,
    regularity.DIFFERENTIABLE,
]  # type: ignore[list-item]


@pytest.mark.parametrize("table", TABLES)
def test_rows_say_what_they_are(table: tuple[Tactic[object], ...]) -> None:
    assert all(t.name and t.name == t.name.strip() for t in table)
    assert all(t.emits and t.emits <= ANY for t in table)
    assert all("points" not in t.name or "proved" not in t.emits for t in table)  # points never prove
    assert all(0 < t.cost <= QUESTION for t in table)
    assert table[-1].cost == QUESTION  # what is left is the last one's
