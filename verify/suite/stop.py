"""What ends a run early: a signal, or a word from inside."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any


@contextlib.contextmanager
def stop_signals() -> Iterator[tuple[Connection, Callable[[], None]]]:
    """A pipe that becomes readable on SIGINT and SIGTERM, or when told: a run is ended between two steps, never inside one."""
    heard, say = Pipe(duplex=False)
    handlers: dict[int, Any] = {}
    wakeup = -1
    if threading.current_thread() is threading.main_thread():
        os.set_blocking(say.fileno(), False)
        wakeup = signal.set_wakeup_fd(say.fileno(), warn_on_full_buffer=False)
        handlers = {number: signal.signal(number, _heard_by_pipe) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield heard, lambda: say.send_bytes(b"")
    finally:
        if handlers:
            signal.set_wakeup_fd(wakeup)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        heard.close()
        say.close()


def _heard_by_pipe(number: int, frame: object) -> None: ...
