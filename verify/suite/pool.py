"""The parent's side of a run: worker processes, and a watchdog that kills.

The pool knows jobs and units, no claims and no cases. A unit that hangs costs its process, and a process that dies costs its
unit: the rest of the job goes on in a fresh one, and the unit is tried once more when nothing else runs, as its process may
have been the victim of others. What is lost twice counts, but for what the unit had settled by then. Each unit of a job is
answered exactly once.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import field, replace
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from derive.records import dataclass
from verify.suite.held import HANG, ended_with
from verify.suite.trail import Trail
from verify.suite.worker import CALL, Begun, Closed, Ended, Job, Ready, Settings, Settled, serve
from verify.surroundings import SURROUNDINGS, surrounded

P = ParamSpec("P")
T = TypeVar("T")

#: Called with the job and what ended. ``ended.name`` is empty when its case has been opened; where it does not open,
#: ``ended.failure`` says why, and what is not answered yet never will be.
Answered = Callable[[Job, Ended], None]


class WorkerError(RuntimeError):
    """Worker processes can't be started here."""


@dataclass(eq=False, slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    trail: Trail
    job: Job | None = None
    unit: str = ""
    settled: Any = None  # the answer of the unit should it not come to its end
    done: set[str] = field(default_factory=set)
    ready: bool = False
    deadline: float = field(default_factory=lambda: time.monotonic() + HANG)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Lost(BrokenExecutor):
    """A call did not come back: its process ended, or was ended, twice."""


class Pool(Executor):
    """``size`` workers for jobs. ``limits`` gives the seconds that the user allows a unit, by the part of its job; others are
    taken to hang after ``watchdog`` seconds.

    ``run`` works jobs off and tells of each unit; ``submit`` is that of any executor. One pool is for the one or the other.
    """

    def __init__(
        self, size: int, settings: Settings, limits: Mapping[str, float] | None = None, watchdog: float = HANG
    ) -> None:
        self.size = size
        self.settings = settings
        self.limits = limits or {}
        self.watchdog = watchdog
        self._workers: list[_Worker] = []
        self._queue: deque[Job] = deque()
        self._again: deque[Job] = deque()  # for when nothing else runs
        self._calls: dict[str, Future[Any]] = {}
        self._submitted: SimpleQueue[Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    def start(self, jobs: int) -> None:
        """Starts the workers for so many jobs: before there are threads, which a fork can't follow. Raises WorkerError."""
        while len(self._workers) < min(self.size, jobs):
            self._workers.append(_start(self.settings))

    def run(
        self,
        jobs: Iterable[Job],
        answered: Answered,
        closed: Callable[[Job], None],
        stop: Connection | None = None,
        stay: bool = False,
    ) -> bool:
        """Works the jobs off, in their order as far as workers are free. False when ``stop`` had something to read. The workers
        ``stay`` for other jobs, or end.

        Raises WorkerError where processes can't be started.
        """
        self._queue.extend(jobs)
        try:
            while self._busy:
                self._hand_out()
                if stop in self._listen(answered, closed, stop):
                    return False
        finally:
            if not stay or self._busy:
                self._end()
        return True

    @property
    def _busy(self) -> bool:
        return bool(self._queue or self._again or any(w.job for w in self._workers))

    def _end(self) -> None:
        for worker in self._workers:
            worker.kill()
        self._workers.clear()
        self._queue.clear()
        self._again.clear()

    # -- as an executor -------------------------------------------------------------------------

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As of any executor; what it is called with and what it returns go through a pipe. The future raises Lost where the
        call took its process along, twice, or did not end."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is shut down")
            name = str(len(self._calls))
            self._calls[name] = future
            self._submitted.put(Job(name, CALL, frozenset({CALL}), call=partial(fn, *args, **kwargs)))
            if self._thread is None:
                self._wake = multiprocessing.Pipe(duplex=False)
                self._thread = threading.Thread(target=self._serve, daemon=True)
                self._thread.start()
            self._wake[1].send_bytes(b"")
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._lock:
            first, self._closed = not self._closed, True
        if self._thread is None:
            self._end()
            return
        if cancel_futures:
            for future in self._calls.values():
                future.cancel()
        if first:
            self._submitted.put(None)
            self._wake[1].send_bytes(b"")
        if wait:
            self._thread.join()

    def _serve(self) -> None:
        """The thread that looks after the workers of calls."""
        open_ = True
        try:
            while open_ or self._busy:
                self._hand_out()
                heard = (
                    self._listen(self._returned, lambda job: None, self._wake[0])
                    if self._busy
                    else wait([self._wake[0]])
                )
                if self._wake[0] in heard:
                    self._wake[0].recv_bytes()
                    job = self._submitted.get()
                    if job is None:
                        open_ = False
                    elif self._calls[job.path].set_running_or_notify_cancel():
                        self._queue.append(job)
        except Exception as why:
            for future in self._calls.values():
                if not future.done():
                    future.set_exception(why)
        finally:
            self._end()

    def _returned(self, job: Job, ended: Ended) -> None:
        if ended.name or ended.failure:
            future = self._calls[job.path]
            if ended.failure:
                future.set_exception(Lost(ended.failure))
                return
            answer, fault = ended.answer
            if fault is not None:
                future.set_exception(fault)
            else:
                future.set_result(answer)

    # -- processes ------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        if not self._queue and self._again and not any(w.job for w in self._workers):
            for idle in list(self._workers):
                self._drop(idle)
            self._queue.append(self._again.popleft())
        while self._queue:
            worker = next((w for w in self._workers if w.job is None), None)
            if worker is None:
                if len(self._workers) >= self.size:
                    return
                worker = _start(self.settings)
                self._workers.append(worker)
            job = self._queue.popleft()
            try:
                worker.pipe.send(job)
                worker.job, worker.unit, worker.done = job, "", set(job.done)
            except OSError:  # it died idle: nobody's fault, another one will do it
                self._queue.appendleft(job)
                self._drop(worker)

    def _listen(self, answered: Answered, closed: Callable[[Job], None], stop: Connection | None) -> Sequence[object]:
        """Waits for whatever comes first: a message, a death, a deadline."""
        busy = {w.pipe: w for w in self._workers if w.job is not None}
        before = time.monotonic()
        patience = max(0.0, min(w.deadline for w in busy.values()) - before)
        heard = wait([*busy, *([] if stop is None else [stop])], patience)
        overslept = time.monotonic() - before - patience
        if overslept > 1:  # we were stopped (Ctrl-Z) and so were the workers: that was not their time
            for worker in busy.values():
                worker.deadline += overslept
        for pipe, worker in busy.items():
            if pipe not in heard:
                continue
            try:
                message = pipe.recv()
            except (EOFError, OSError):
                self._died(worker, answered, closed)
            else:
                self._hear(worker, message, answered, closed)
        now = time.monotonic()
        for worker in busy.values():
            if worker in self._workers and worker.job is not None and worker.deadline <= now and not worker.pipe.poll():
                self._too_long(worker, answered, closed)
        return heard

    def _hear(self, worker: _Worker, message: object, answered: Answered, closed: Callable[[Job], None]) -> None:
        job = worker.job
        assert job is not None
        if isinstance(message, Settled):
            worker.settled = message.answer  # its time goes on
            return
        worker.deadline = time.monotonic() + HANG
        match message:
            case Ready():
                worker.ready = True
            case Begun(name):
                worker.unit, worker.settled = name, None
                if name:
                    worker.deadline = time.monotonic() + self.limits.get(job.part, self.watchdog)
            case Ended(name):
                worker.unit = ""
                worker.done.add(name)
                if message.failure is not None:
                    message = replace(message, answer=worker.settled)
                answered(job, message)
            case Closed():
                worker.job = None
                self._close(job, closed)

    def _too_long(self, worker: _Worker, answered: Answered, closed: Callable[[Job], None]) -> None:
        if not worker.ready:
            raise WorkerError(f"a worker process did not start within {HANG:g} s")
        job = worker.job
        assert job is not None
        if worker.unit and job.part in self.limits:
            limit = self.limits[job.part]
            self._fail(worker, f"timed out after {limit:g} s", limit, answered, closed)
        else:
            limit = self.watchdog if worker.unit else HANG
            # what has been in one call for most of its time hangs there; else it is only long
            loss = "hangs" if worker.trail.seconds > limit / 2 else ""
            self._lose(worker, f"stopped by the watchdog after {limit:g} s", limit, answered, closed, loss)

    def _died(self, worker: _Worker, answered: Answered, closed: Callable[[Job], None]) -> None:
        worker.process.join(5)
        code = worker.process.exitcode
        if not worker.ready:
            raise WorkerError(f"a worker process did not start ({ended_with(code)}); ERRATA_TRACEBACK=1 shows why")
        self._lose(worker, f"the process ended with {ended_with(code)}", 0.0, answered, closed, "crashes")

    def _lose(
        self,
        worker: _Worker,
        why: str,
        seconds: float,
        answered: Answered,
        closed: Callable[[Job], None],
        loss: str,
    ) -> None:
        """What the process was at is tried once more alone; the second time it counts."""
        job, name = worker.job, worker.unit
        assert job is not None
        if name in job.tried:
            self._fail(worker, f"{why}, twice", seconds, answered, closed, loss)
            return
        self._drop(worker)
        tried = job.tried | {name}
        if not name:
            self._again.append(replace(job, tried=tried))
            return
        self._again.append(replace(job, names=frozenset({name}), done=frozenset(), tried=tried))
        self._go_on(job, frozenset(worker.done | {name}), closed)

    def _fail(
        self,
        worker: _Worker,
        why: str,
        seconds: float,
        answered: Answered,
        closed: Callable[[Job], None],
        loss: str = "",
    ) -> None:
        """The unit is answered with ``why``; what is left of its job goes first to the next free worker."""
        job = worker.job
        assert job is not None
        name = worker.unit
        done = frozenset(worker.done | {name})
        self._drop(worker)
        inside = worker.trail.inside
        answered(job, Ended(name, worker.settled, seconds, why, loss=loss if inside else "", inside=inside))
        if name:
            self._go_on(job, done, closed)
        else:
            self._close(job, closed)

    def _go_on(self, job: Job, done: frozenset[str], closed: Callable[[Job], None]) -> None:
        if job.names is None or not job.names <= done:
            self._queue.appendleft(replace(job, done=done))
        else:
            self._close(job, closed)

    def _close(self, job: Job, closed: Callable[[Job], None]) -> None:
        """Tells that a job is done, unless units of it are still to be tried again."""
        if not any((other.path, other.part) == (job.path, job.part) for other in (*self._queue, *self._again)):
            closed(job)

    def _drop(self, worker: _Worker) -> None:
        worker.kill()
        self._workers.remove(worker)


def forks() -> bool:
    """Whether workers are forked, with all that is imported by then: where this process has the surroundings of a worker and one
    thread. Elsewhere (Windows, macOS, in another program) they are started afresh and import for themselves.
    """
    threads = Path("/proc/self/task")
    return sys.platform == "linux" and surrounded() and threads.is_dir() and len(list(threads.iterdir())) == 1


def _start(settings: Settings) -> _Worker:
    forked = forks()
    context: Any = multiprocessing.get_context("fork" if forked else "spawn")
    ours, theirs = context.Pipe()
    trail = Trail()
    with _undisturbed(tracked=not forked):
        process = context.Process(target=serve, args=(theirs, settings, trail), daemon=True)
        process.start()
    theirs.close()  # or the end of the process would not close the pipe
    return _Worker(process, ours, trail)


@contextlib.contextmanager
def _undisturbed(tracked: bool) -> Iterator[None]:
    """A process started here has SURROUNDINGS, and never sees the terminal's Ctrl-C, not even before its first line."""
    saved = {name: os.environ.get(name) for name in SURROUNDINGS}
    os.environ.update(SURROUNDINGS)
    masks = hasattr(signal, "pthread_sigmask")
    if masks:
        if tracked:
            resource_tracker.ensure_running()  # it would take the mask off again
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
