"""One piece of work in a process of its own, with limits of time and memory: for commands that decide a single thing."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from verify.suite.pool import HANG
from verify.suite.worker import GIB, limit_memory

T = TypeVar("T")


class Stopped(Exception):
    """The work was ended before it had an answer; the message says why."""


def limited(call: Callable[[], T], seconds: float | None = None, memory: int = 4 * GIB, watchdog: float = HANG) -> T:
    """What ``call`` returns or raises, which has to be picklable. Raises Stopped after ``seconds``, where the user gave any, or
    where it is taken to hang or its process ends.

    Where processes can't be forked (Windows), and with ERRATA_TRACEBACK, the work is done here and without limits.
    """
    if "fork" not in multiprocessing.get_all_start_methods() or "ERRATA_TRACEBACK" in os.environ:
        return call()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(call, theirs, memory), daemon=True)
    process.start()
    theirs.close()  # or the end of the process would not close the pipe
    try:
        if not ours.poll(watchdog if seconds is None else seconds):
            late = (
                f"stopped by the watchdog after {watchdog:g} s" if seconds is None else f"timed out after {seconds:g} s"
            )
            raise Stopped(late)
        failed, answer = ours.recv()
    except EOFError:
        process.join(5)
        raise Stopped(f"its process ended with exit code {process.exitcode}") from None
    finally:
        process.kill()
        process.join()
        ours.close()
    if failed:
        raise answer
    return answer  # type: ignore[no-any-return]  # what the call returned, through a pipe


def _work(call: Callable[[], Any], pipe: Connection, memory: int) -> None:
    limit_memory(memory)
    try:
        answer: tuple[bool, Any] = (False, call())
    except MemoryError:
        answer = (True, Stopped(f"out of memory, of which it had {memory / GIB:g} GiB"))
    except Exception as fault:
        answer = (True, fault)
    pipe.send(answer)
