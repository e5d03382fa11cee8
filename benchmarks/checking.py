"""What checking costs beside deciding, over the bank of identities of the tests: ``python benchmarks/checking.py``; with a
results file, over the certificates that it carries.

Of every line that is proved with a theorem: processor time of deciding it, of finding its certificate, and of checking that again
in a graph of its own, as ``errata recheck`` does; and steps of work, as ``derive.budget`` counts them, which no load changes.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.deciding import BANK
from derive.budget import apart, steps
from derive.engine import decide_equal
from derive.engine.certify import certified
from derive.engine.domain import Domain
from derive.exchange.certificates import carried, read
from derive.proof.check import check
from tests.banks.identities import read as read_line

T = TypeVar("T")


@dataclass
class Cost:
    """Of one kind of work."""

    seconds: float = 0.0
    steps: int = 0

    def of(self, work: Callable[[], T]) -> T:
        with apart():
            before, began = steps(), time.process_time()
            try:
                return work()
            finally:
                self.seconds += time.process_time() - began
                self.steps += steps() - before

    def __str__(self) -> str:
        return f"{self.seconds:8.2f} s  {self.steps / 1e6:9.2f} million steps"


def rechecked(data: Any, cost: Cost) -> None:
    sequent, certificate = read(json.loads(json.dumps(data)))
    cost.of(lambda: check(sequent, certificate))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", nargs="?", type=Path, help="a results file, whose certificates are checked instead")
    parser.add_argument("--every", type=int, default=1, help="only each so many-th line")
    given = parser.parse_args()
    gc.disable()  # as commands hardly look for garbage
    deciding, finding, checking, count = Cost(), Cost(), Cost(), 0
    if given.results:
        for claim in json.loads(given.results.read_text())["claims"]:
            for data in claim.get("certificates", ()):
                rechecked(data, checking)
                count += 1
        print(f"checking {checking}, {count} certificates")
        return
    for line in [line for kind in ("true", "true off a boundary") for line in BANK[kind]][:: given.every]:
        identity = read_line(line)
        domain = Domain(identity.assuming)
        found = deciding.of(lambda i=identity, d=domain: decide_equal(i.a, i.b, d))
        told = finding.of(lambda i=identity, d=domain, f=found: certified(f, [i.a, i.b], d))
        if told.theorem is not None:
            rechecked(carried(told.theorem.sequent, told.theorem.certificate), checking)
            count += 1
    print(f"deciding {deciding}\nfinding  {finding}\nchecking {checking}, {count} theorems")
    by_time, by_steps = checking.seconds / deciding.seconds, checking.steps / deciding.steps
    print(f"checking is {by_time:.0%} of deciding by time, {by_steps:.0%} by steps")


if __name__ == "__main__":
    main()
