"""What a question may cost: steps of work, counted where the work is done, and the same on every machine.

A step is about a third of a microsecond of a processor of 2025; what takes longer counts for more (fitted to the times of the
case library and the tests), so that steps and time go together roughly. A verdict may depend on the count and on nothing else:
the clock is for hangs alone (verify.suite.pool).
``Unwieldy`` ends what grows in one place, such as a polynomial of too many terms; ``Exhausted`` ends the whole question.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from math import inf
from typing import Literal, get_args

from derive.records import dataclass

QUESTION = 50_000_000  # steps for one decision, with all that is asked on the way
HALF = QUESTION // 2  # for one way to decide it
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
    by: dict[Work, int]


# The one count of a process, as FLINT's precision is one for the process: no threads. Plain names, as ``spend`` is called often.
_spent = 0
_until = inf
_by: dict[Work, int] = dict.fromkeys(get_args(Work), 0)
_limits: list[_Limit] = []
_lifted = False
_SHARED = nullcontext()


def spend(steps: int, on: Work) -> None:
    """Counts work that is about to be done. Raises Exhausted where that is more than is left."""
    global _spent
    _spent += steps
    _by[on] += steps
    if _spent > _until:
        raise Exhausted(_told())


def spent() -> bool:
    """Whether nothing is left."""
    return _spent > _until


def steps() -> int:
    """All steps that this process has counted."""
    return _spent


def budget() -> AbstractContextManager[None]:
    """For a question. Questions that are asked on the way share the budget of the first."""
    return _SHARED if any(limit.question for limit in _limits) else _Within(QUESTION, question=True)


def share(steps: int) -> AbstractContextManager[None]:
    """For a part of the work: so many steps at most, and no more than is left of what it is part of."""
    return _Within(steps)


def claim() -> AbstractContextManager[None]:
    """For all questions of a claim."""
    return _Within(CLAIM)


@contextmanager
def lifted() -> Iterator[None]:
    """Inside, questions and claims are not limited: the user has given a time instead."""
    global _lifted
    before, _lifted = _lifted, True
    try:
        yield
    finally:
        _lifted = before


@contextmanager
def apart() -> Iterator[None]:
    """For what claims share and the first that asks has worked out: none of them pays, or their order would decide what is left.
    Limited as a claim is."""
    global _spent, _until, _by, _limits
    around = _spent, _until, _by, _limits
    _spent, _until, _by, _limits = 0, inf, dict.fromkeys(_by, 0), []
    try:
        with claim():
            yield
    finally:
        _spent, _until, _by, _limits = around


class _Within(AbstractContextManager[None]):
    """A limit, in force inside."""

    __slots__ = ("limit",)

    def __init__(self, steps: float, question: bool = False) -> None:
        allowed = inf if _lifted and steps in (QUESTION, HALF, CLAIM) else steps
        self.limit = _Limit(_spent, allowed, _until, question, _by.copy())

    def __enter__(self) -> None:
        global _until
        _limits.append(self.limit)
        _until = min(_until, self.limit.start + self.limit.steps)

    def __exit__(self, *_: object) -> None:
        global _until
        _until = _limits.pop().before


def _told() -> str:
    """Which limit was reached and by how much; of several the widest, which ends the most."""
    reached = next(limit for limit in _limits if _spent - limit.start > limit.steps)
    by = {kind: n - reached.by[kind] for kind, n in _by.items()}
    return f"{_number(_spent - reached.start)} of {_number(reached.steps)} steps, most in {max(by, key=lambda kind: by[kind])}"


def _number(steps: float) -> str:
    return f"{steps / 1_000_000:.3g} million" if steps >= 1_000_000 else f"{steps:,.0f}"
