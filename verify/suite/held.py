"""What every process that works for this one is held to: so much memory, so long without an answer, an end with its parent; and
how it ended, in words. Light to import."""

from __future__ import annotations

import contextlib
import os
import signal
import threading

GIB = 1 << 30

#: Seconds after which a unit, the opening of a case or the start of a process is taken to hang. What is only long ends by
#: limits of work (derive.budget), a minute or so where nothing else runs.
HANG = 600.0


def leave_with(sentinel: int) -> None:
    """Ends this process as soon as its parent ends, whose sentinel is a pipe that closes then (on Windows a process)."""
    threading.Thread(target=_leave_with, args=(sentinel,), daemon=True).start()


def limit_memory(memory: int) -> None:
    """Holds this process to so many bytes of data, and leaves no core behind, where the system knows such limits."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _leave_with(sentinel: int) -> None:
    if os.name == "posix":
        os.read(sentinel, 1)
    else:
        from multiprocessing.connection import wait

        wait([sentinel])
    os._exit(1)


def ended_with(code: int | None) -> str:
    """How a process ended, in words."""
    if code is None:
        return "its pipe closed"
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"signal {-code}"
