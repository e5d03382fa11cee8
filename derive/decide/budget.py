"""What a decision may cost: seconds of the processor for one question, with all that is asked on the way.

Limits of work (``Unwieldy``) end what grows in one place; this ends what is many small steps. Seconds of the processor and not of
the clock, so that a busy machine takes nothing away; what comes near the limit is better asked in smaller parts anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

SECONDS = 6.0


class Unwieldy(ArithmeticError):
    """A limit of work was reached; says which."""


class Exhausted(Unwieldy):
    """The budget of the question is spent: no later stage can do more."""


_until: float | None = None
_given = SECONDS
_calls = 0
_EVERY = 16  # calls for one look at the clock, which takes as long as a small step


@contextmanager
def budget(seconds: float = SECONDS) -> Iterator[None]:
    """Inside, ``check`` watches the time. Questions that are asked on the way share the budget of the first."""
    global _until, _given
    if _until is not None:
        yield
        return
    _until, _given = process_time() + seconds, seconds
    try:
        yield
    finally:
        _until = None


def check() -> None:
    """Called wherever work is done in small steps. Raises Exhausted where the budget is spent."""
    global _calls
    if _until is None:
        return
    _calls += 1
    if _calls % _EVERY == 0 and process_time() > _until:
        _calls -= 1  # the next call looks again
        raise Exhausted(f"it took more than {_given:g} seconds")


def spent() -> bool:
    return _until is not None and process_time() > _until
