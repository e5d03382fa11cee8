"""A workload that misbehaves as the ids of a case's claims say: what the suite must survive.

Worker processes import it by name; ``python -m tests.fake_work run ...`` is the command with this workload.
"""

from __future__ import annotations

import functools
import os
import re
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from verify.results import Check
from verify.suite.worker import Settings, Settle, Units


class Fake:
    """Every claim holds, but one whose id ends with a fault has it: 'b-hang', 'c-exit', ...; 'd-known-hang' is wrong, and that is
    settled before it hangs."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.ids = re.findall(r"\bid: ([\w-]+)", path.read_text(encoding="utf-8"))
        self.path, self.case = path, path.stem
        if "broken" in self.ids:
            raise RuntimeError("the case\ndoes not open")
        if "fatal" in self.ids:
            os._exit(7)
        if "once" in self.ids:
            misbehave("once", path)

    def claims(self, settle: Settle) -> Units:
        return [(name, functools.partial(self.judge, name, settle)) for name in self.ids]

    def judge(self, name: str, settle: Settle) -> Any:
        if "known" in name.split("-"):
            settle({"verdict": "wrong", "reason": "it is 4", "exact": None, "origin": [name], "evidence": {}})
        misbehave(name.rpartition("-")[2], self.path)
        return {"verdict": "holds", "reason": "", "exact": None, "origin": [], "evidence": {"method": "proved"}}

    def checks(self) -> Units:
        return [(f"numpy: {name}", functools.partial(self.check, name)) for name in self.ids]

    def implementations(self) -> Units:
        return []

    def values(self) -> Units:
        return [("values", list)]

    def check(self, name: str) -> list[Check]:
        misbehave(name.rpartition("-")[2])
        return [Check(document="d", case=self.case, subject=name, backend="numpy", outcome="agrees")]


def misbehave(how: str, path: Path | None = None) -> None:
    match how:
        case "once" | "oncehang" if path is not None:  # the first time only, which a file beside the case remembers
            mark = path.with_suffix(f".{how}")
            if not mark.exists():
                mark.touch()
                misbehave("hang" if how == "oncehang" else "exit")
        case "hang":
            time.sleep(3600)
        case "exit":
            os._exit(3)
        case "segv":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "raise":
            raise ValueError("nothing\nthere")
        case "leave":
            raise SystemExit(5)
        case "memory":
            bytearray(1 << 40)
        case "deep":
            deep(0)
        case "shout":
            os.write(1, b"NOISE\n")
            os.write(2, b"NOISE\n")


def deep(n: int) -> int:
    return deep(n + 1) + 1


def case(ids: Iterable[str], title: str = "A case") -> str:
    """The text of a case with these claims, all of which in truth hold."""
    lines = [f"title: {title}", "symbols: {x: 2}", "claims:"]
    return "\n".join([*lines, *(f"  - {{id: {i}, where: here, of: x + 1, prints: 3}}" for i in ids)]) + "\n"


if __name__ == "__main__":
    from verify.surroundings import surround

    surround()  # so that its workers are forked

    from verify import cli, suite

    suite.WORK = "tests.fake_work:Fake"
    sys.exit(cli.main())
