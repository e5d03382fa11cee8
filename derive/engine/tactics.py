"""One way to a decision is a tactic; the ways to decide a kind of question are a table of tactics, walked in order.

A row has a name, says of which questions it can tell anything and what it asks of them, what it may answer and what it may cost,
and answers one with a decision, or with None where it has nothing to say. The first answer counts. Cheap rows stand before dear
ones, and those that refute at a point before long proofs.

The name goes with the decision. A search may be clever or wrong: what it proves is trusted by that name, as in ``proved
(unchecked: slopes)``, unless the trusted core finds a certificate of the claim (``engine.certify``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Generic, TypeVar

from derive.budget import HALF, QUESTION, Exhausted, Unwieldy, share, spent
from derive.engine.decision import ORDER, Decision, Status
from derive.engine.reasons import Reason, Why
from derive.records import dataclass

Q = TypeVar("Q")

#: What a row may answer: a proof, which may turn out to speak of no point; one under conditions; a point that refutes.
ANY: frozenset[Status] = frozenset(ORDER)
PROOF: frozenset[Status] = frozenset(("proved", "undecided"))
CONDITION: frozenset[Status] = PROOF | {"proved-if"}
POINT: frozenset[Status] = frozenset(("refuted",))
BESIDE: frozenset[Status] = POINT | {"proved-if"}  # fails at a point, and perhaps at such alone
OPEN: frozenset[Status] = frozenset(("undecided",))

Need = Callable[[Q], Reason | None]


def always(_: object) -> bool:
    """Of any question."""
    return True


@dataclass(frozen=True, slots=True)
class Tactic(Generic[Q]):
    """``name``: of what is trusted where nothing checks a proof. ``applies``: cheap, of a question's form alone. What ``attempt``
    proves holds on the whole domain, what it refutes fails at a point of it, for certain.

    ``needs``: what else a question must have, such as a domain that is an interval; each says what is lacking, or None. They are
    asked once a walk, before the first row that has them. ``emits``: the answers that the row may give; another is a fault of
    the engine, and no answer. ``cost``: the steps of work that it may take at most, so that something is left for the rows
    after it.
    """

    name: str
    attempt: Callable[[Q], Decision | None]
    applies: Callable[[Q], bool] = always
    needs: tuple[Need[Q], ...] = ()
    emits: frozenset[Status] = ANY
    cost: int = QUESTION


def needing(need: Need[Q], *rows: Tactic[Q]) -> tuple[Tactic[Q], ...]:
    """Rows that have a need in common."""
    return tuple(replace(t, needs=(need, *t.needs)) for t in rows)


def walk(question: Q, table: Sequence[Tactic[Q]]) -> Decision | None:
    """The first answer of a table. What is too much for one tactic may not be for the next. Where none answers, what some of them
    lacked is the answer; else Unwieldy is raised if it was too much for one."""
    fault: Unwieldy | None = None
    asked: dict[Need[Q], Reason | None] = {}

    def lacks(need: Need[Q]) -> bool:
        if need not in asked:
            asked[need] = need(question)
        return asked[need] is not None

    for t in table:
        if not t.applies(question) or any(map(lacks, t.needs)):
            continue
        try:
            with share(t.cost) if t.cost < QUESTION else nullcontext():
                found = t.attempt(question)
        except Exhausted as e:
            if t.cost == QUESTION or spent():
                raise
            fault = Unwieldy(str(e))  # the row's own limit
            continue
        except Unwieldy as e:
            fault = e
            continue
        if found is not None:
            if found.status not in t.emits:
                return Decision("undecided", Why.NOT_DECLARED(tactic=t.name, status=found.status))
            return found if found.tactic else replace(found, tactic=t.name)
    lacking = next((reason for reason in asked.values() if reason is not None), None)
    if lacking is not None:
        return Decision("undecided", lacking)
    if fault is not None:
        raise fault
    return None


__all__ = ["ANY", "BESIDE", "CONDITION", "HALF", "OPEN", "POINT", "PROOF", "Need", "Tactic", "needing", "walk"]
