"""One way to a decision is a tactic; the ways to decide a kind of question are a table of tactics, walked in order.

A row has a name, says of which questions it can tell anything, and answers one with a decision, or with None where it has nothing
to say. The first answer counts. Cheap rows stand before dear ones, and those that refute at a point before long proofs.

The name goes with the decision. A search may be clever or wrong: what it proves is trusted by that name, as in ``proved
(unchecked: slopes)``, unless the trusted core finds a certificate of the claim (``engine.certify``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from derive.budget import Exhausted, Unwieldy
from derive.engine.decision import Decision

Q = TypeVar("Q")


def always(_: object) -> bool:
    """Of any question."""
    return True


@dataclass(frozen=True, slots=True)
class Tactic(Generic[Q]):
    """``name``: of what is trusted where nothing checks a proof. ``applies``: cheap, of a question's form alone. What ``attempt``
    proves holds on the whole domain, what it refutes fails at a point of it, for certain."""

    name: str
    attempt: Callable[[Q], Decision | None]
    applies: Callable[[Q], bool] = always


def walk(question: Q, table: Sequence[Tactic[Q]]) -> Decision | None:
    """The first answer of a table. What is too much for one tactic may not be for the next; where none answers, Unwieldy is
    raised if it was too much for one."""
    fault: Unwieldy | None = None
    for t in table:
        if not t.applies(question):
            continue
        try:
            found = t.attempt(question)
        except Exhausted:
            raise
        except Unwieldy as e:
            fault = e
            continue
        if found is not None:
            return found if found.tactic else replace(found, tactic=t.name)
    if fault is not None:
        raise fault
    return None
