"""A run: reads the case files, has their claims judged and their implementations checked, and puts the answers in order.

The order of the results is the order of the files and of the claims in them, whatever the schedule was.
"""

from __future__ import annotations

import contextlib
import difflib
import fnmatch
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.records import dataclass
from verify.results import Check, Result, Results
from verify.suite import WORK
from verify.suite.found import KINDS, UNVALUED, FileFound, Found
from verify.suite.held import HANG
from verify.suite.ledger import CHECKS, CLAIMS, IMPLEMENTATIONS, PARTS, VALUES, Entry, Ledger
from verify.suite.pool import Pool, forks
from verify.suite.profile import Profile
from verify.suite.progress import CaseDone, CheckDone, ClaimDone, Event, ImplementationDone, Planned
from verify.suite.stop import stop_signals
from verify.suite.worker import DEVICE_MEMORY, MEMORY, Ended, Job, Settings

if TYPE_CHECKING:
    from verify.cache.remembered import Cache
    from verify.suite.spread import Task


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. ``jobs`` 0 means one a processor that this process may use. ``timeout``: seconds that the user allows a claim
    or a check, instead of limits of work; ``watchdog``: those after which one is taken to hang. ``functions``: nothing but the
    implementations of that name, or whose name begins with it ("": all); ``allowed``: packages beside the audited ones of which
    cases may name functions; ``device``: where those of Torch are run. ``profile``: tell where time went. ``checks``: of
    generated code, too; ``values``: also what only reports tell, for which Torch is loaded. ``exit_first``: end with the first
    finding. ``failed``: of each file what has these names ("": checks).
    """

    jobs: int = 0
    timeout: float | None = None
    watchdog: float = HANG
    only: str | None = None
    seed: int = 0
    examples: int = 50
    work: str = WORK
    functions: str | None = None
    allowed: tuple[str, ...] = ()
    device: str = "cpu"
    profile: bool = False
    checks: bool = True
    values: bool = True
    exit_first: bool = False
    failed: Mapping[str, Sequence[str]] | None = None


class FaultyCases(Exception):
    """Case files that can't be read; ``faults`` holds every fault of every file."""

    def __init__(self, faults: Sequence[Any]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class NoSuchClaim(LookupError):
    """No claim matches ``only``; ``nearest`` are the ids most like it."""

    def __init__(self, only: str, nearest: Sequence[str]) -> None:
        super().__init__(f"no claim matches '{only}'")
        self.nearest = nearest


def run(paths: Sequence[Path], options: Options, on_event: Callable[[Event], None] = lambda event: None) -> Results:
    """As ``search``, without a cache; the results as their models."""
    return search(paths, options, on_event).results()


def search(
    paths: Sequence[Path],
    options: Options,
    on_event: Callable[[Event], None] = lambda event: None,
    cache: Cache | None = None,
    known: Mapping[Path, FileFound] | None = None,
    executor: Executor | None = None,
) -> Found:
    """Judges every claim of the case files, and checks their implementations: all that the cache does not have, and of files
    that are ``known`` nothing. The work is done by processes of this machine, or by those of an ``executor``.

    With ``only`` just the claims that it selects: checks belong to whole cases. SIGINT and SIGTERM end the run early;
    the results then say ``interrupted``. Raises FaultyCases and NoSuchClaim before anything has run, WorkerError where
    processes can't be started.
    """
    paths, known = list(dict.fromkeys(paths)), known or {}
    if cache is not None:
        cache.tell_apart(paths)
    profile = Profile() if options.profile else None
    with_checks = options.only is None and options.functions is None and options.checks and options.failed is None
    with contextlib.nullcontext() if profile is None else profile.phase("reading the cases, and what is remembered"):
        cases = _plan(paths, options, known, cache)
        for case in cases.values():
            case.recall()
    remembered = sum(f.glance.count for f in known.values()) + sum(
        len(c.results) + len(c.implementations) + len(c.checked) for c in cases.values()
    )
    left = jobs = _jobs(cases.values())
    there = (*known.values(), *(c.found() for c in cases.values())) if options.exit_first else ()
    first = any(not f.glance.as_pinned for f in there)
    if first and left:  # it is known already
        jobs = []
        for case in cases.values():
            case.parts, case.lasts = 0, False
    count = sum(len(c.claims) + len(c.named) - len(c.results) - len(c.implementations) for c in cases.values())
    timeout = options.timeout
    settings = Settings(
        options.work,
        options.seed,
        options.examples,
        memory=MEMORY if options.device == "cpu" else DEVICE_MEMORY,
        timed=timeout is not None,
        allowed=options.allowed,
        device=options.device,
        profile=options.profile,
    )
    limits = {} if timeout is None else dict.fromkeys(PARTS, timeout)
    pool = Pool(options.jobs or processors(), settings, limits, options.watchdog)
    if executor is None and forks() and any(job.part == CLAIMS for job in jobs):
        import derive.engine  # noqa: F401  (every worker has it then)
        import verify.claims  # noqa: F401
    if executor is None:
        pool.start(len(jobs))
    on_event(Planned(len(known) + len(cases), count, sum(job.part == CHECKS for job in jobs), remembered))

    def look(as_pinned: bool) -> None:
        """Ends the run where a finding is to end it."""
        nonlocal first
        if options.exit_first and not as_pinned:
            first = True
            tell_to_stop()

    def answered(job: Job, ended: Ended) -> None:
        case = cases[job.path]
        if profile is not None:
            profile.looks.update(ended.looks)
            profile.units.append((ended.seconds, case.file, ended.name or f"opening for {job.part}"))
        for entry in case.enter(job.part, ended):
            on_event(_told(case, entry, ended.trace))
            look(entry.as_expected if isinstance(entry, Check) else entry.as_pinned)

    def tasks(job: Job) -> Iterator[Task]:
        from verify.suite import spread

        return spread.tasks(job, settings, limits, options.watchdog, cases[job.path].digests)

    def done(case: Ledger) -> None:
        found = case.found()
        if cache is not None and case.lasts and with_checks:
            cache.keep_file(found, KINDS if case.values is not None else UNVALUED)
        on_event(CaseDone(case.file, found.glance))

    def closed(job: Job) -> None:
        case = cases[job.path]
        case.parts -= 1
        if not case.parts:
            done(case)

    for path in paths:  # what there is nothing left to do of
        if path in known:
            on_event(CaseDone(known[path].file, known[path].glance))
        elif str(path) in cases and not cases[str(path)].parts:
            done(cases[str(path)])
    with (
        stop_signals() as (stop, tell_to_stop),
        contextlib.nullcontext() if profile is None else profile.phase("answers, and remembering them"),
    ):
        if executor is None:
            finished = pool.run(jobs, answered, closed, stop)
        else:
            from verify.suite import spread

            finished = spread.run(executor, jobs, tasks, answered, closed, stop)
    files = [known[p] if p in known else cases[str(p)].found() for p in paths if p in known or str(p) in cases]
    return Found(files, not finished or jobs is not left, remembered, profile, first)


def processors() -> int:
    """The processors that this process may use."""
    with contextlib.suppress(AttributeError, OSError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _told(case: Ledger, entry: Entry, trace: str) -> Event:
    match entry:
        case Result():
            return ClaimDone(entry, trace)
        case Check():
            return CheckDone(case.file, entry, trace)
    return ImplementationDone(entry, trace)


# -- before ---------------------------------------------------------------------------------------


def _plan(
    paths: Sequence[Path], options: Options, known: Mapping[Path, FileFound], cache: Cache | None
) -> dict[str, Ledger]:
    """What there is to do, by file. A case is read, noted down and let go: a worker will read it again."""
    only, functions = options.only, options.functions
    from verify.casefile import CaseFaults, Documents, load

    cases: dict[str, Ledger] = {}
    offered: list[str] = []
    faults: list[Any] = []
    documents = Documents(paths)
    for path in paths:
        if path in known and not documents.take(known[path].document, str(path)):
            continue
        if cache is not None:
            cache.note(path)
        try:
            case = load(path)
        except CaseFaults as bad:
            faults.extend(bad.faults)
            continue
        faults.extend(documents.faults(case))
        document = documents.of(case)
        offered.extend(claim.id for claim in case.claims)
        offered.extend(i.name for i in case.implementations)
        again = None if options.failed is None else set(options.failed.get(str(path.resolve()), ()))
        chosen = [c for c in case.claims if functions is None and (only is None or _matches(only, case.name, c.id))]
        named = [i for i in case.implementations if only is None and _begins(i.name, functions)]
        if again is not None:
            chosen, named = [c for c in chosen if c.id in again], [i for i in named if i.id in again]
        every = only is None and functions is None
        if chosen or named or (every if again is None else "" in again):
            made = Ledger.of(case, document, chosen, named, options.seed, cache)
            made.with_checks = every and options.checks and (again is None or "" in again)
            made.with_values = made.with_checks and options.values
            cases[str(path)] = made
    if faults:
        raise FaultyCases(faults)
    if functions is not None and not cases:
        raise NoSuchClaim(functions, difflib.get_close_matches(functions, dict.fromkeys(offered), n=5, cutoff=0.3))
    if only is not None and not cases:
        word = only.rpartition(":")[2].strip("*?[]")
        raise NoSuchClaim(only, difflib.get_close_matches(word, dict.fromkeys(offered), n=5, cutoff=0.3))
    return cases


def _begins(name: str, functions: str | None) -> bool:
    return not functions or name == functions or name.startswith(f"{functions}.")


def _matches(only: str, case: str, claim: str) -> bool:
    return fnmatch.fnmatchcase(claim, only) or fnmatch.fnmatchcase(f"{case}:{claim}", only)


def _jobs(cases: Iterable[Ledger]) -> list[Job]:
    """Verdicts first, as they are what one waits for; the longest first, so that the last ones are short."""
    longest_first = sorted(cases, key=lambda c: -len(c.claims))
    verdicts, checks, values, named = list[Job](), list[Job](), list[Job](), list[Job]()
    for case in longest_first:
        if left := frozenset(case.claims).difference(case.results):
            verdicts.append(Job(case.file, CLAIMS, left))
        if case.with_checks and (case.units is None or not set(case.units) <= set(case.checks)):
            checks.append(Job(case.file, CHECKS, None, done=frozenset(case.checks)))
        if case.with_values and case.values is None:
            values.append(Job(case.file, VALUES, None))
    for case in sorted(longest_first, key=lambda c: -len(c.named)):
        if left := frozenset(case.named).difference(case.implementations):
            named.append(Job(case.file, IMPLEMENTATIONS, left))
    jobs = verdicts + checks + values + named
    for case in longest_first:
        case.parts = sum(job.path == case.file for job in jobs)
    return jobs
