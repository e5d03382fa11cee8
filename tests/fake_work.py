"""A workload that misbehaves as its units' names say: what the suite must survive. Imported by worker processes."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any

from verify.suite.worker import Settings, Units


class Fake:
    """A file of lines, each the name of a unit; 'slow.hang' hangs, 'x.exit' leaves the process, and so on."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.names = path.read_text(encoding="utf-8").split()
        self.settings = settings
        if "broken" in self.names:
            raise RuntimeError("the case\ndoes not open")
        if "fatal" in self.names:
            os._exit(7)

    def claims(self) -> Units:
        return [(name, partial(act, name)) for name in self.names]

    checks = claims


def act(name: str) -> Any:
    match name.rpartition(".")[2]:
        case "hang":
            time.sleep(3600)
        case "exit":
            os._exit(3)
        case "segv":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "raise":
            raise KeyError("nothing\nthere")
        case "leave":
            raise SystemExit(5)
        case "memory":
            return len(bytearray(1 << 40))
        case "deep":
            return deep(0)
    return {"verdict": "holds", "reason": "", "exact": None, "origin": [], "evidence": {"method": "proved"}}


def deep(n: int) -> int:
    return deep(n + 1) + 1


class Unstartable:
    """Not even its module's name can be loaded: see ``nothing_here``."""
