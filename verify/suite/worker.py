"""The worker's side of a run: a process of its own that takes jobs and judges them unit by unit.

A unit is one claim, or one check of an implementation. The worker announces each unit before it starts, so that the
parent knows what to blame and how long to wait; whatever happens inside one is an answer, not an end.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import partial
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from derive.records import dataclass
from verify.conform.calling import watched
from verify.extras import installed
from verify.suite import WORK
from verify.suite.held import GIB, leave_with, limit_memory
from verify.suite.trail import Trail
from verify.surroundings import YOUNG

if TYPE_CHECKING:
    from verify.casefile.model import Case, Claim
    from verify.casefile.slices import Part
    from verify.results import Value

CALL = "call"
MEMORY = 4 * GIB  # of a process that judges
DEVICE_MEMORY = 64 * GIB  # where it runs a device, whose driver maps far more than it uses


@dataclass(frozen=True, slots=True)
class Settings:
    """What every worker of a run is told. ``work`` names the class that does the work, 'module:Class'."""

    work: str = WORK
    seed: int = 0
    examples: int = 50
    memory: int = MEMORY
    timed: bool = False  # a unit has the user's time instead of limits of work
    allowed: tuple[str, ...] = ()  # packages whose functions may be called, beside the audited ones
    device: str = "cpu"  # where implementations of Torch are run
    profile: bool = False  # tell what the time of each unit went into


@dataclass(frozen=True, slots=True)
class Job:
    """A part of a case file: 'claims', 'checks', 'implementations' or 'values'; ``names`` None means every unit of it. ``tried``
    are units whose process was lost once, '' the opening of the case. Or a ``call``, whose only unit is ``CALL``.
    """

    path: str
    part: str
    names: frozenset[str] | None
    done: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    call: Callable[[], Any] | None = None

    def wants(self, name: str) -> bool:
        return name not in self.done and (self.names is None or name in self.names)


# What the worker sends. Between Ready and Closed of a job: a Begun and an Ended for each unit, perhaps a Settled between them.


@dataclass(frozen=True, slots=True)
class Ready:
    """The process is up."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A unit starts; the empty name is the opening of the case (imports, reading, laying out)."""

    name: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The unit's answer should it not come to its end: what is left to do only tells more of it."""

    answer: Any


@dataclass(frozen=True, slots=True)
class Ended:
    """A unit has its answer, the opening of a case the names of its units; or ``failure`` says in a line why it did not come to
    its end, and ``trace`` where: without an answer then, or with the one that was settled. ``inside`` is the foreign code in
    which its process was lost, ``loss`` how: it 'crashes' or 'hangs'. It may come from ``elsewhere``, a machine that computes
    otherwise than this one."""

    name: str
    answer: Any
    seconds: float
    failure: str | None = None
    trace: str = ""
    loss: str = ""
    inside: str = ""
    elsewhere: bool = False
    looks: Mapping[str, int] = field(default_factory=dict)  # at the process meanwhile (verify.suite.profile)


@dataclass(frozen=True, slots=True)
class Closed:
    """The job is done."""


Units = Sequence[tuple[str, Callable[[], Any]]]
Settle = Callable[[Any], None]  #: called with the answer of the unit that runs, as soon as it is settled


class Workload(Protocol):
    """What a worker does with a case file: names and calls, in order.

    A claim's name is its id, its answer the fields of a verdict; a check's name is 'backend: subject', its answer a
    list of Checks; an implementation's name is its id, its answer fields of results.Implementation. The values of a case are one
    unit, and its answer a list of results.Value.
    """

    def __init__(self, path: Path, settings: Settings) -> None: ...
    def claims(self, settle: Settle) -> Units: ...
    def checks(self) -> Units: ...
    def implementations(self) -> Units: ...
    def values(self) -> Units: ...


class Work:
    """The real workload. Everything that is imported late is imported here, so that no claim's time pays for it.

    What a unit finds depends on the part of the file that it is given (verify.casefile.slices), and on nothing else in it.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        from verify.casefile import load
        from verify.casefile.slices import Slices

        self.case = load(path)
        self.slices = Slices(self.case)
        self.settings = settings

    def claims(self, settle: Settle) -> Units:
        import verify.claims  # noqa: F401

        desk = _Desk(self, settle)
        return [(claim.id, partial(desk.judged, claim)) for claim in self.case.claims]

    def checks(self) -> Units:
        from verify.conformance import units

        case = self.seen(self.slices.of_checks())
        found = units(case, self.settings.seed, self.settings.examples)
        if found:
            import sympy  # noqa: F401

            if installed("torch"):
                import torch  # noqa: F401
        return found

    def implementations(self) -> Units:
        return [(i.id, partial(self._compared, i)) for i in self.case.implementations]

    def values(self) -> Units:
        return [("values", self._valued)]

    def _valued(self) -> list[Value]:
        from verify.conformance.values import values

        return values(self.seen(self.slices.of_values()))

    def _compared(self, entry: Any) -> dict[str, Any]:
        from verify.conform.cases import compared

        seed, allowed, device = self.settings.seed, self.settings.allowed, self.settings.device
        case = self.seen(self.slices.of_implementation(entry))
        (entry,) = case.implementations
        return compared(case, entry, seed, allowed, device)

    def seen(self, part: Part) -> Case:
        from verify.casefile.loader import case_of

        return case_of(part.tree, Path(self.case.path), self.case.path, used=self.case.used, partial=part.partial)


class _Desk:
    """Where the claims of a file are judged: each on the least part of it that is enough. A context is kept for the claims that
    see the whole file."""

    def __init__(self, work: Work, settle: Settle) -> None:
        self.work, self.settle = work, settle
        self.timed = work.settings.timed
        self._kept: tuple[Part, Any] | None = None

    def judged(self, claim: Claim) -> dict[str, Any]:
        """The answer; ``seen`` is the number of the part that it hangs on."""
        from derive import budget
        from verify.claims import judge
        from verify.claims.context import Wider

        for k, part in enumerate(self.work.slices.of_claim(claim)):
            context = self._context(part)
            same = next(c for c in context.case.claims if c.id == claim.id)
            try:
                with budget.lifted() if self.timed else contextlib.nullcontext(), budget.claim():
                    return {**_plain(judge(context, same)), "seen": k}
            except Wider:
                continue
        raise AssertionError("there is nothing wider than the whole")

    def _context(self, part: Part) -> Any:
        from verify.claims import CaseContext

        def tell(verdict: Any) -> None:
            self.settle(_plain(verdict))

        if self._kept is not None and self._kept[0] is part:
            return self._kept[1]
        context = CaseContext(self.work.seen(part), tell)
        if part is self.work.slices.whole:
            self._kept = part, context
        return context


def _plain(verdict: Any) -> dict[str, Any]:
    """The verdict as plain data. Evidence that is not JSON is a fault here, not in the results file."""
    from verify.verdict import proofs_of, refutations_of, told

    evidence = json.loads(json.dumps(told(verdict.evidence), allow_nan=False))
    holds = verdict.verdict in ("holds", "holds-if")
    proofs = (
        proofs_of(verdict.evidence) if holds else refutations_of(verdict.evidence) if verdict.verdict == "wrong" else []
    )
    return {
        **_carried(proofs),
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "exact": verdict.exact,
        "origin": list(verdict.origin),
        "evidence": evidence,
    }


def _carried(proofs: list[Any]) -> dict[str, Any]:
    """What proofs rest on, as data: certificates, and names of what is trusted."""
    from derive.exchange.certificates import Unreadable, carried
    from derive.proof.check import Theorem

    certificates: list[Any] = []
    trusted: dict[str, None] = {}
    for proof in dict.fromkeys(proofs):
        if not isinstance(proof, Theorem):
            trusted[str(proof)] = None
            continue
        try:
            certificates.append(carried(proof.sequent, proof.certificate))
        except Unreadable:
            trusted["too large to carry"] = None
    checked = bool(certificates) and not trusted
    return {"checked": checked, "unchecked": ", ".join(trusted), "certificates": certificates}


def serve(pipe: Connection, settings: Settings, trail: Trail) -> None:
    """The process: takes jobs from the pipe until it closes, and writes into the trail what foreign code it is in."""
    _settle(settings.memory)
    watched(trail.write)
    look: Callable[[], Mapping[str, int]] = dict
    if settings.profile:
        from verify.suite.profile import Looks

        look = Looks().taken
    module, _, name = settings.work.partition(":")
    workload: type[Workload] = getattr(importlib.import_module(module), name)
    with contextlib.suppress(EOFError, OSError):
        pipe.send(Ready())
        while True:
            job: Job = pipe.recv()
            _do(job, workload, settings, pipe, look)
            pipe.send(Closed())


def _do(
    job: Job, workload: type[Workload], settings: Settings, pipe: Connection, look: Callable[[], Mapping[str, int]]
) -> None:
    def listed() -> Units:
        if job.call is not None:
            return [(CALL, partial(_called, job.call))]
        desk = workload(Path(job.path), settings)
        match job.part:
            case "claims":
                return desk.claims(lambda answer: pipe.send(Settled(answer)))
            case "checks":
                return desk.checks()
            case "values":
                return desk.values()
        return desk.implementations()

    units = _answer("", listed, pipe, look, told=lambda units: tuple(name for name, _ in units))
    for name, call in units or ():
        if job.wants(name):
            _answer(name, call, pipe, look)


def _called(call: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """What a call returns, and what it raises."""
    try:
        return call(), None
    except Exception as fault:
        return None, fault


def _answer(
    name: str,
    call: Callable[[], Any],
    pipe: Connection,
    look: Callable[[], Mapping[str, int]],
    told: Callable[[Any], Any] = lambda x: x,
) -> Any:
    """Announces the unit, does it, and sends its answer, or what is ``told`` of it, or why there is none."""
    pipe.send(Begun(name))
    start = time.process_time()
    try:
        answer = call()
    except (Exception, SystemExit) as fault:
        spent = time.process_time() - start
        pipe.send(Ended(name, None, spent, _in_a_line(fault), traceback.format_exc(), looks=look()))
        return None
    pipe.send(Ended(name, told(answer), time.process_time() - start, looks=look()))
    return answer


def _in_a_line(fault: BaseException) -> str:
    text = " ".join(str(fault).split())
    return f"{type(fault).__name__}: {text[:300]}" if text else type(fault).__name__


def _settle(memory: int) -> None:
    """Makes the process fit to be one of many: silent, limited, gone when its parent is gone.

    The terminal's Ctrl-C goes to every process of the group; the parent alone decides what it means.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a forked process has its parent's ways to hear of signals
    signal.set_wakeup_fd(-1)
    gc.freeze()  # what is there stays, and stays shared with the parent
    gc.set_threshold(YOUNG, 20, 20)
    if "ERRATA_TRACEBACK" not in os.environ:
        # libraries warn, and a crash writes its last words: none of that belongs into a run's output
        sink = os.open(os.devnull, os.O_WRONLY)
        if sys.stdout is not None:  # closed by the user
            sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(sink, 1)
        os.dup2(sink, 2)
    limit_memory(memory)
    if (parent := parent_process()) is not None:
        leave_with(parent.sentinel)
