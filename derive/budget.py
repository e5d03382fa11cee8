"""What a question may cost: steps of work, counted where the work is done, and the same on every machine.

A step is about a third of a microsecond of a processor of 2025; what takes longer counts for more (fitted to the times of the
case library and the tests), so that steps and time go together roughly. A verdict may depend on the count and on nothing else:
the clock is for hangs alone (verify.suite.pool).
``Unwieldy`` ends what grows in one place, such as a polynomial of too many terms; ``Exhausted`` ends the whole question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import Literal

QUESTION = 50_000_000  # steps for one decision, with all that is asked on the way
CLAIM = 4 * QUESTION  # for all decisions of one claim

#: What steps are spent on, as it is told where a limit is reached.
Work = Literal[
    "walks over expressions",
    "entries of tensors",
    "values at points",
    "products of polynomials",
    "divisors of polynomials",
    "signs of polynomials",
    "linear inequalities",
    "products of matrices",
]


class Unwieldy(ArithmeticError):
    """A limit of work was reached; says which."""


class Exhausted(Unwieldy):
    """The budget is spent: no later stage can do more."""


@dataclass(slots=True)
class _Limit:
    start: int
    steps: float
    before: float  # what was in force around it
    question: bool
    by: Counter[Work]


@dataclass(slots=True)
class _Count:
    """The one count of a process. FLINT's precision is one for the process too: no threads."""

    spent: int = 0
    until: float = inf
    by: Counter[Work] = field(default_factory=Counter)
    limits: list[_Limit] = field(default_factory=list)
    lifted: bool = False


_count = _Count()


def spend(steps: int, on: Work) -> None:
    """Counts work that is about to be done. Raises Exhausted where that is more than is left."""
    c = _count
    c.spent += steps
    c.by[on] += steps
    if c.spent > c.until:
        raise Exhausted(_told())


def spent() -> bool:
    """Whether nothing is left."""
    return _count.spent > _count.until


def steps() -> int:
    """All steps that this process has counted."""
    return _count.spent


@contextmanager
def budget() -> Iterator[None]:
    """For a question. Questions that are asked on the way share the budget of the first."""
    if any(limit.question for limit in _count.limits):
        yield
        return
    with _limit(QUESTION, question=True):
        yield


@contextmanager
def share(steps: int) -> Iterator[None]:
    """For a part of the work: so many steps at most, and no more than is left of what it is part of."""
    with _limit(steps, question=False):
        yield


@contextmanager
def lifted() -> Iterator[None]:
    """Inside, questions and claims are not limited: the user has given a time instead."""
    before, _count.lifted = _count.lifted, True
    try:
        yield
    finally:
        _count.lifted = before


@contextmanager
def claim() -> Iterator[None]:
    """For all questions of a claim."""
    with _limit(CLAIM, question=False):
        yield


@contextmanager
def apart() -> Iterator[None]:
    """For what claims share and the first that asks has worked out: none of them pays, or their order would decide what is left.
    Limited as a claim is."""
    c = _count
    around = c.spent, c.until, c.by, c.limits
    c.spent, c.until, c.by, c.limits = 0, inf, Counter(), []
    try:
        with claim():
            yield
    finally:
        c.spent, c.until, c.by, c.limits = around


@contextmanager
def _limit(steps: float, question: bool) -> Iterator[None]:
    c = _count
    allowed = inf if c.lifted and steps in (QUESTION, CLAIM) else steps
    c.limits.append(_Limit(c.spent, allowed, c.until, question, c.by.copy()))
    c.until = min(c.until, c.spent + allowed)
    try:
        yield
    finally:
        c.until = c.limits.pop().before


def _told() -> str:
    """Which limit was reached and by how much; of several the widest, which ends the most."""
    c = _count
    reached = next(limit for limit in c.limits if c.spent - limit.start > limit.steps)
    by = c.by - reached.by
    (most, _), *_ = by.most_common(1)
    return f"{_number(c.spent - reached.start)} of {_number(reached.steps)} steps, most in {most}"


def _number(steps: float) -> str:
    return f"{steps / 1_000_000:.3g} million" if steps >= 1_000_000 else f"{steps:,.0f}"
