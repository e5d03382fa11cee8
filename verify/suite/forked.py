"""A process that is a copy of this one, and sends objects back. Lighter than ``multiprocessing``, which brings sockets and
temporary files with it: a command that asks a single question has no use for these."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from verify.suite.held import leave_with

FORKS = hasattr(os, "fork")
LENGTH = 8  # bytes in front of an object, which say how long it is

Send = Callable[[Any], None]


class Forked:
    """Does ``work``, which is given what sends an object, and ends with its parent; ``exitcode`` is below 0 for a signal. In a
    block: it has ended after it."""

    def __init__(self, work: Callable[[Send], None]) -> None:
        self.exitcode: int | None = None
        self._received = bytearray()
        (self._pipe, sends), (lives, self._life) = os.pipe(), os.pipe()  # the second closes when this process ends
        _flush()  # or both would write what waits there
        self._pid = os.fork()
        if not self._pid:
            os.close(self._pipe)
            os.close(self._life)
            _live(work, sends, lives)
        os.close(sends)  # or the end of the process would not close the pipe
        os.close(lives)
        self._poll = select.poll()
        self._poll.register(self._pipe, select.POLLIN)

    def __enter__(self) -> Forked:
        return self

    def __exit__(self, *raised: object) -> None:
        if not self.ended():
            os.kill(self._pid, signal.SIGKILL)
            self.ended(wait=True)
        os.close(self._pipe)
        os.close(self._life)

    def ended(self, wait: bool = False) -> bool:
        """Whether it has."""
        if self.exitcode is None:
            pid, status = os.waitpid(self._pid, 0 if wait else os.WNOHANG)
            self.exitcode = os.waitstatus_to_exitcode(status) if pid else None
        return self.exitcode is not None

    def sent(self, seconds: float) -> bool:
        """Whether an object is there; waits so long for it or for a part of it. Raises EOFError where it has ended without, also
        where a process that it started holds the pipe open."""
        if self._whole():
            return True  # it came with the one before
        ended = self.ended()
        if self._poll.poll(0 if ended else seconds * 1000):
            part = os.read(self._pipe, 1 << 16)
            self._received += part
            ended = not part
        if not self._whole() and ended:
            raise EOFError
        return self._whole()

    def receive(self) -> Any:
        """The object that is there."""
        end = LENGTH + int.from_bytes(self._received[:LENGTH], "big")
        found = pickle.loads(self._received[LENGTH:end])
        del self._received[:end]
        return found

    def join(self, seconds: float) -> None:
        """Waits so long for its end."""
        until = time.monotonic() + seconds
        while not self.ended() and time.monotonic() < until:
            time.sleep(0.01)

    def _whole(self) -> bool:
        return len(self._received) >= LENGTH + int.from_bytes(self._received[:LENGTH], "big") > LENGTH


def _live(work: Callable[[Send], None], sends: int, lives: int) -> None:
    """What the process does, and its end."""
    code = 1

    def send(told: Any) -> None:
        text = pickle.dumps(told)
        with open(sends, "wb", closefd=False) as pipe:
            pipe.write(len(text).to_bytes(LENGTH, "big") + text)

    try:
        leave_with(lives)
        sys.stdin = open(os.devnull)  # noqa: SIM115  (open as long as the process)
        work(send)
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        _flush()
        os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # closed, or nobody reads it
            stream.flush()
