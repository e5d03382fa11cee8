"""A run on processes that may be anywhere: its jobs as tasks for any executor, such as that of a Dask cluster.

A task is a few units of a job, and what it comes to is what a pool here would have told of them: the process that gets it hosts
such a pool, whose worker has the surroundings that verdicts need, and a watchdog. A task that is lost with its process is tried
again, its units one by one. Each unit is answered once.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import SimpleQueue

from derive.records import dataclass
from verify.places import digest
from verify.suite.pool import Answered, Pool, WorkerError
from verify.suite.worker import Ended, Job, Settings

FEW = 8  # claims of a task
TRIES = 2


@dataclass(frozen=True, slots=True)
class Made:
    """What made results: the digests of verify.cache.fingerprint."""

    engine: str
    machine: str


@dataclass(frozen=True, slots=True)
class Task:
    """Units of a job; ``files`` are the digests of the files that they are judged on."""

    job: Job
    settings: Settings
    limits: Mapping[str, float]
    watchdog: float
    files: Mapping[str, str]
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    by: Made
    ended: list[Ended]


class Differs(RuntimeError):
    """A file is not the same there as here."""


def run(
    executor: Executor,
    jobs: Iterable[Job],
    tasks_of: Callable[[Job], Iterator[Task]],
    answered: Answered,
    closed: Callable[[Job], None],
    stop: Connection,
) -> bool:
    """Works the jobs off. False when ``stop`` had something to read. Raises WorkerError where the executor is at its end, or what
    it runs is another Errata."""
    by = made_here()
    finished: SimpleQueue[tuple[Job, Task, Future[Done]]] = SimpleQueue()
    hear, say = Pipe(duplex=False)
    left: dict[Job, int] = {}
    told: set[tuple[Job, str]] = set()

    def hand_out(job: Job, task: Task) -> None:
        def over(future: Future[Done]) -> None:
            finished.put((job, task, future))
            say.send_bytes(b"")

        try:
            executor.submit(work_off, task).add_done_callback(over)
        except RuntimeError as why:
            raise WorkerError(f"the executor takes no more work: {why}") from None

    def tell(job: Job, task: Task, ended: Ended) -> None:
        if ended.name or task.job.names is None:
            units = [ended]
        else:  # a case that did not open costs the units of this task
            why = ended.failure and f"{ended.failure}; that happened while the case was being opened"
            units = [replace(ended, name=name, failure=why) for name in sorted(task.job.names) if why]
        for unit in units:
            if (job, unit.name) not in told or not unit.name:
                told.add((job, unit.name))
                answered(job, unit)

    for job in jobs:
        tasks = list(tasks_of(job))
        left[job] = len(tasks)
        for task in tasks:
            hand_out(job, task)
    while any(left.values()):
        if stop in wait([hear, stop]):
            return False
        hear.recv_bytes()
        job, task, future = finished.get()
        again: list[Task] = []
        try:
            done = future.result()
        except (Exception, CancelledError) as why:
            again = list(_again(task))
            if not again:
                tell(job, task, Ended("", None, 0.0, f"{type(why).__name__}: {why}"))
        else:
            if done.by.engine != by.engine:
                raise WorkerError("the workers run another Errata, another Python or other libraries than this process")
            for ended in done.ended:
                tell(job, task, replace(ended, elsewhere=done.by != by))
        left[job] += len(again) - 1
        for each in again:
            hand_out(job, each)
        if not left[job]:
            closed(job)
    return True


def tasks(
    job: Job, settings: Settings, limits: Mapping[str, float], watchdog: float, files: Iterable[str]
) -> Iterator[Task]:
    """A job in tasks: a few claims each; one implementation; the checks of a case, which share what is imported for them."""
    digests = {str(Path(f).absolute()): _digest(f) for f in files}
    there = replace(job, path=str(Path(job.path).absolute()))
    if job.names is None:
        yield Task(there, settings, limits, watchdog, digests)
        return
    names = sorted(job.names)
    few = FEW if job.part == "claims" else 1
    for k in range(0, len(names), few):
        yield Task(replace(there, names=frozenset(names[k : k + few])), settings, limits, watchdog, digests)


def _again(task: Task) -> Iterator[Task]:
    """A task that was lost: its units one by one, as one of them may be what the process died of; but each twice at most."""
    if task.job.names is not None and len(task.job.names) > 1:
        for name in sorted(task.job.names):
            yield replace(task, job=replace(task.job, names=frozenset({name})))
    elif task.tries + 1 < TRIES:
        yield replace(task, tries=task.tries + 1)


# -- there ----------------------------------------------------------------------------------------

_ONE = threading.Lock()  # work is counted by the process (derive.budget), and a host may have several threads
_POOLS: dict[tuple[object, ...], Pool] = {}


def work_off(task: Task) -> Done:
    """In the process that got the task. Raises Differs, and WorkerError where it can't start another one."""
    for name, known in task.files.items():
        if _digest(name) != known:
            raise Differs(f"{name} is not the file that it is for who asks")
    with _ONE:
        # a process that multiprocessing calls a daemon, as Dask's are, may have none of its own; ours end with their parent
        getattr(multiprocessing.current_process(), "_config", {})["daemon"] = False
        key = task.settings, tuple(sorted(task.limits.items())), task.watchdog
        if key not in _POOLS:
            for old in _POOLS.values():
                old.shutdown()
            _POOLS.clear()
            _POOLS[key] = Pool(1, task.settings, task.limits, task.watchdog)
        ended: list[Ended] = []
        _POOLS[key].run([task.job], lambda job, each: ended.append(each), lambda job: None, stay=True)
        return Done(made_here(), ended)


def made_here() -> Made:
    from verify.cache.fingerprint import Unversioned, fingerprint

    try:
        found = fingerprint()
    except Unversioned as what:
        raise WorkerError(f"there is no telling which version of {what} is installed") from None
    return Made(found.engine, found.machine)


def _digest(path: str | Path) -> str:
    try:
        return digest(path)
    except OSError as why:
        raise Differs(f"{path}: {why.strerror}") from None
