"""What a process was at, in memory that it shares with its parent: it is read when the process is gone, or does not answer."""

from __future__ import annotations

import time
from multiprocessing.sharedctypes import RawArray, RawValue

SIZE = 1024  # bytes


class Trail:
    """Written by the process, read by its parent; handed on to a process where it is started."""

    def __init__(self) -> None:
        self._what = RawArray("c", SIZE)
        self._since = RawValue("d", 0.0)

    def write(self, what: str) -> None:
        """``what`` begins; "" when it has come back."""
        self._what.value = what.encode()[: SIZE - 1]
        self._since.value = time.monotonic()

    @property
    def inside(self) -> str:
        """What has begun and not come back; "" where nothing has."""
        text: bytes = self._what.value
        return text.decode(errors="ignore")

    @property
    def seconds(self) -> float:
        """How long it has been inside; 0 where it is not."""
        return time.monotonic() - self._since.value if self.inside else 0.0

    def forgive(self, seconds: float) -> None:
        """Time in which nothing could run."""
        self._since.value += seconds
