"""Times that mean something on a machine which others use as well.

Ours and its peers run in turn, and what is reported is the ratio of neighbours: its median, and the quartiles between which
half of them lie. Times are the process's own processor time, all its threads together, so that waiting for a processor does
not count: by the clock, a long run beside others is interrupted where a short one is not.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple

Call = Callable[[], Any]
FEWEST, MOST = 3, 25  # rounds
BRIEF = 0.2  # seconds: a call that takes less is repeated for so long, and the mean is its time in that round

#: By call, seconds in each round.
Times = list[list[float]]


class Ratio(NamedTuple):
    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f}x ({self.low:.2f} - {self.high:.2f})"


def in_turn(*calls: Call, seconds: float = 4.0) -> Times:
    """The times of as many rounds as fit, FEWEST at least.

    In each round a call is run once before it counts: what the others left in the caches is not its fault, nor that a
    virtual machine may take back memory that has been free for a second, so that its next use is slow.
    """
    repeats = [_repeats(call) for call in calls]
    times: Times = [[] for _ in calls]
    end = time.perf_counter() + seconds
    while len(times[0]) < FEWEST or (len(times[0]) < MOST and time.perf_counter() < end):
        for call, number, found in zip(calls, repeats, times, strict=True):
            found.append(_run(call, number))
    return times


def ratio(theirs: Sequence[float], ours: Sequence[float]) -> Ratio:
    """By what their time is ours, round by round: median and quartiles."""
    ratios = [a / b for a, b in zip(theirs, ours, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return Ratio(middle, low, high)


def _repeats(call: Call) -> int:
    return max(1, round(BRIEF / max(_run(call, 1), 1e-6)))


def _run(call: Call, number: int) -> float:
    call()
    gc.collect()
    gc.disable()  # as timeit does: what others have loaded is not to be swept meanwhile
    start = time.process_time()
    for _ in range(number):
        call()
    taken = (time.process_time() - start) / number
    gc.enable()
    return taken


def available(names: Sequence[str]) -> list[str]:
    """Those that are installed; the others are named."""
    missing = [n for n in names if find_spec(n) is None]
    if missing:
        print(f"not installed, skipped: {', '.join(missing)}\n")
    return [n for n in names if n not in missing]
