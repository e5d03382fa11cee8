"""What a run tells while it goes, and two ways to show it: a live line on a terminal, a plain line a case elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from derive.records import dataclass
from verify.suite.glance import Compared, Glance, Pinned
from verify.vocabulary import CONFORMANCE, OUTCOMES, SKIPPED, VERDICTS

if TYPE_CHECKING:
    from verify.results import Check, Implementation, Result


@dataclass(frozen=True, slots=True)
class Planned:
    """The case files are read; nothing has run yet."""

    cases: int
    claims: int  # and implementations, that are left to do
    checked: int  # cases whose implementations will be checked
    remembered: int = 0


@dataclass(frozen=True, slots=True)
class ClaimDone:
    result: Result
    trace: str = ""  # where in Errata it failed, if it did


@dataclass(frozen=True, slots=True)
class CheckDone:
    file: str
    check: Check
    trace: str = ""


@dataclass(frozen=True, slots=True)
class ImplementationDone:
    found: Implementation
    trace: str = ""


@dataclass(frozen=True, slots=True)
class CaseDone:
    file: str
    glance: Glance


Event = Planned | ClaimDone | CheckDone | ImplementationDone | CaseDone


def counted(results: Sequence[Pinned]) -> str:
    """``31 claims: 28 holds, 3 wrong``."""
    count = Counter(r.verdict for r in results)
    return f"{number(len(results), 'claim')}: {_listing(count, (*VERDICTS, SKIPPED))}" if results else "no claims"


def counted_checks(checks: Sequence[Compared]) -> str:
    """``12 checks: 11 agrees, 1 differs``."""
    count = Counter(c.outcome for c in checks)
    return f"{number(len(checks), 'check')}: {_listing(count, (*OUTCOMES, SKIPPED))}" if checks else "no checks"


def counted_implementations(found: Sequence[Pinned]) -> str:
    """``12 implementations: 9 conforms, 3 deviates``."""
    count = Counter(i.verdict for i in found)
    return f"{number(len(found), 'implementation')}: {_listing(count, CONFORMANCE)}" if found else "no implementations"


def _listing(count: Counter[Any], order: Sequence[str]) -> str:
    return ", ".join(f"{count[word]} {word}" for word in order if count[word])


def number(n: int, thing: str) -> str:
    """``1 claim``, ``2 claims``."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *error: object) -> None: ...

    def __call__(self, event: Event) -> None: ...


class Plain(Silent):
    """A line for each finished case, without control characters."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def __call__(self, event: Event) -> None:
        if isinstance(event, CaseDone):
            told = event.glance
            unexpected = sum(not r.as_pinned for r in told.claims)
            remark = f"; {unexpected} not as pinned" if unexpected else ""
            checks = f"; {counted_checks(told.checks)}" if told.checks else ""
            named = f"; {counted_implementations(told.implementations)}" if told.implementations else ""
            self._say(f"{event.file}: {counted(told.claims)}{remark}{checks}{named}")


class Live(Silent):
    """A line at the foot of the terminal that moves, and is gone when the run is over."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (
            SpinnerColumn(),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("reading the cases", total=None)
        self._unexpected = 0
        self._checked = 0
        self._claims = 0

    def __enter__(self) -> Live:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def __call__(self, event: Event) -> None:
        match event:
            case Planned(_, claims, checked, _):
                # a case's checks weigh about as much as a hundred claims; the bar shows steps, not seconds
                self._bar.update(self._task, total=claims + checked)
                self._bar.start()  # not earlier: its thread is one more, and workers are forked from a process with one
            case ClaimDone(result):
                self._claims += 1
                self._unexpected += not result.as_pinned
                self._step(f"{result.case}: {result.id}", advance=1)
            case CheckDone(_, check):
                self._unexpected += not check.as_expected
                self._step(f"{check.case}: {check.backend} {check.subject}", advance=0)
            case ImplementationDone(found):
                self._claims += 1
                self._unexpected += not found.as_pinned
                self._step(f"{found.case}: {found.id}", advance=1)
            case CaseDone(_, told):
                self._step("", advance=bool(told.checks))

    def _step(self, now: str, advance: int) -> None:
        findings = f"{self._unexpected} unexpected  " if self._unexpected else ""
        self._bar.update(self._task, advance=advance, description=findings + printable(now, 60))


def printable(text: str, width: int = 0) -> str:
    """Text from a case as one line of a terminal: no control characters, cut to ``width`` where that is given."""
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if not width or len(line) <= width else line[: width - 1] + "…"


class Clock:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __str__(self) -> str:
        return f"{time.monotonic() - self._start:.1f} s"
