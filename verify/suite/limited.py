"""One piece of work in a process of its own, with limits of time and memory: for commands that decide a single thing."""

from __future__ import annotations

import faulthandler
import os
import pickle
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from verify.suite.forked import FORKS, Forked, Send
from verify.suite.held import GIB, HANG, ended_with, limit_memory

if TYPE_CHECKING:
    from verify.suite.trail import Trail

T = TypeVar("T")
GLANCE = 0.2  # seconds between two looks at the process


class Stopped(Exception):
    """The work was ended before it had an answer; the message says why."""


class Lost(Stopped):
    """It was ended inside foreign code, as the trail tells: ``kind`` is 'crashes' or 'hangs', ``inside`` what was called."""

    def __init__(self, why: str, kind: str, inside: str) -> None:
        super().__init__(why)
        self.kind, self.inside = kind, inside


def limited(
    call: Callable[[], T],
    seconds: float | None = None,
    memory: int = 4 * GIB,
    watchdog: float = HANG,
    trail: Trail | None = None,
    patient: str = "",
    first: Callable[[], object] = bool,
) -> T:
    """What ``call`` returns or raises, which has to be picklable. Raises Stopped after ``seconds``, where the user gave any, or
    where it is taken to hang or its process ends; what is to be done ``first`` there is no part of these seconds. With a
    ``trail``, which ``call`` writes, each call of foreign code has the watchdog's time (what begins with ``patient``, as
    imports, at least the usual one), and all of them together have no limit; where one ends the process, or does not end,
    Lost is raised.

    Where processes can't be forked (Windows), and with ERRATA_TRACEBACK, the work is done here and without limits.
    """
    if not FORKS or "ERRATA_TRACEBACK" in os.environ:
        first()
        return call()
    with Forked(partial(_work, call, first, memory)) as process:
        try:
            _await(process, None, watchdog, trail, patient)
            told = process.receive()
            if told is None:
                _await(process, seconds, watchdog, trail, patient)
                told = process.receive()
        except EOFError:
            process.join(5)
            why = f"its process ended with {ended_with(process.exitcode)}"
            if trail is not None and trail.inside:
                raise Lost(why, "crashes", trail.inside) from None
            raise Stopped(why) from None
    failed, answer = told
    if failed:
        raise answer
    return answer  # type: ignore[no-any-return]  # what the call returned, through a pipe


def _await(
    process: Forked,
    seconds: float | None,
    watchdog: float,
    trail: Trail | None,
    patient: str,
) -> None:
    """Returns when there is an answer. Raises Stopped, and EOFError where the process has ended without one."""
    begun = before = time.monotonic()
    glance = GLANCE if seconds is None else min(GLANCE, seconds)
    while not process.sent(glance):
        now = time.monotonic()
        slept = now - before - glance
        before = now
        if slept > 1:  # we were stopped (Ctrl-Z) and so was the process: that was not its time
            begun += slept
            if trail is not None:
                trail.forgive(slept)
        if seconds is not None and now - begun > seconds:
            raise Stopped(f"timed out after {seconds:g} s")
        if trail is None and seconds is None and now - begun > watchdog:
            raise Stopped(f"stopped by the watchdog after {watchdog:g} s")
        allowed = (
            max(watchdog, HANG) if trail is not None and patient and trail.inside.startswith(patient) else watchdog
        )
        if trail is not None and trail.seconds > allowed:
            raise Lost(f"it did not come back within {allowed:g} s", "hangs", trail.inside)
    if seconds is not None and time.monotonic() - begun > seconds:
        raise Stopped(f"timed out after {seconds:g} s")


def _work(call: Callable[[], Any], first: Callable[[], object], memory: int, send: Send) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    faulthandler.disable()  # a crash is told by the parent
    limit_memory(memory)
    try:
        first()
        send(None)
        answer: tuple[bool, Any] = (False, call())
    except MemoryError:
        answer = (True, Stopped(f"out of memory, of which it had {memory / GIB:g} GiB"))
    except Exception as fault:
        import traceback

        last = traceback.extract_tb(fault.__traceback__)[-1:]
        if last:  # a traceback does not travel
            fault.__dict__["place"] = f"{os.path.basename(last[0].filename)}:{last[0].lineno}"
        answer = (True, fault)
    try:
        pickle.loads(pickle.dumps(answer))
    except Exception:
        answer = (True, RuntimeError(f"{type(answer[1]).__name__}: {answer[1]}"))
    send(answer)
