"""Where the time of a run went: what each process was at, looked at every hundredth of a second of its processor time.

Nothing that is looked at need know of it. What is used everywhere (expressions, numbers) counts for what it is used by.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import field
from types import FrameType

from derive.records import dataclass

EVERY = 0.01  # seconds of the processor
SLOWEST = 20

#: Beginnings of modules, and what they are at; the innermost call of one of these counts.
ROOMS = {
    "derive.calculus": "deriving",
    "derive.engine.certify": "certificates",
    "derive.exchange.certificates": "certificates",
    "derive.exchange": "SymPy",
    "derive.proof": "certificates",
    "derive.programs": "generating programs",
    "derive.repair": "repairs",
    "derive.second_opinion": "SymPy",
    "jax": "JAX",
    "mpmath": "SymPy",
    "numpy": "NumPy",
    "scipy": "SciPy",
    "sklearn": "scikit-learn",
    "sympy": "SymPy",
    "torch": "Torch",
    "verify.casefile": "reading",
    "verify.claims": "judging",
    "verify.conform": "functions that people run",
    "verify.conformance": "checks of generated code",
    "verify.probes": "probes",
}
DECIDING = "derive.engine."
OTHER = "everything else"


def room(frame: FrameType | None) -> str:
    """What a call is at, with all that called it."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        place = module
        while place:
            if place in ROOMS:
                return ROOMS[place]
            place = place.rpartition(".")[0]
        if module.startswith(DECIDING):
            return f"deciding: {module.removeprefix(DECIDING).partition('.')[0]}"
        frame = frame.f_back
    return OTHER


class Looks:
    """The looks at this process. Only where the system has such a clock; elsewhere there are none."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGPROF, self._look)
            signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)

    def _look(self, number: int, frame: FrameType | None) -> None:
        self._seen[room(frame)] += 1

    def taken(self) -> dict[str, int]:
        """Those since the last time."""
        seen, self._seen = self._seen, Counter()
        return dict(seen)


@dataclass(slots=True)
class Profile:
    """Of a run: looks by room, seconds of units by where they stand, and seconds of this process by what it did."""

    looks: Counter[str] = field(default_factory=Counter)
    units: list[tuple[float, str, str]] = field(default_factory=list)
    own: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """What this process does inside."""
        begun = time.process_time()
        try:
            yield
        finally:
            self.own[name] = self.own.get(name, 0.0) + time.process_time() - begun

    def lines(self, interrupted: bool = False) -> Iterator[str]:
        """What is printed; of an interrupted run what had ended by then."""
        seconds = {name: count * EVERY for name, count in self.looks.items()}
        seconds |= {f"the command itself: {name}": spent for name, spent in self.own.items()}
        whole = sum(seconds.values())
        rest = ", but for what was under way when the run was interrupted" if interrupted else ""
        yield f"where {whole:.1f} s of the processor went{rest}"
        for name, spent in sorted(seconds.items(), key=lambda pair: -pair[1]):
            yield f"  {spent:8.2f} s {100 * spent / (whole or 1):5.1f} %  {name}"
        slow = sorted(self.units, reverse=True)[:SLOWEST]
        if slow:
            yield f"the slowest {len(slow)} of {len(self.units)}"
            yield from (f"  {spent:8.2f} s  {file}  {name}" for spent, file, name in slow)
