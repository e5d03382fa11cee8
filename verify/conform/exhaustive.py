"""All float32 inputs of a function of one number: in pieces, over processes; what is done is kept, so that a run that was
stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from derive import api
from derive.expr.folding import substitute
from derive.expr.graph import free_symbols
from derive.records import dataclass
from verify.conform.arguments import BadArguments, bind
from verify.conform.callables import find
from verify.conform.formats import FORMATS, Array
from verify.conform.frameworks import FRAMEWORKS, framework_of
from verify.conform.measure import ULPS, Measured, Reference, measure
from verify.conform.subject import Subject
from verify.conform.sweep import pieces, sweep

PIECE = 1 << 24  # floats
BINS = 16  # of a piece
_FMT = FORMATS["float32"]


@dataclass(frozen=True)
class Job:
    """What is swept, in words that a worker process can read."""

    target: str
    formula: str
    allowed: tuple[str, ...] = ()
    domain: Mapping[str, Any] | None = None
    arguments: Sequence[str] | Mapping[str, str] | None = None
    options: Mapping[str, Any] | None = None
    framework: str | None = None

    @property
    def key(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


class _Work:
    def __init__(self, job: Job) -> None:
        made = api.parse(job.formula)
        symbols = sorted(free_symbols([made]), key=lambda n: n.id)
        function = find(job.target, job.allowed)
        bound = bind(function, symbols, job.domain or {}, job.arguments, job.options)
        if made.shape or len(bound.symbols) != 1:
            raise BadArguments("all inputs are those of a function of one number: hold the others, as in --in alpha=1")
        if bound.fixed:
            made = substitute(made, {s: made.graph.const(v) for s, v in bound.fixed.items()})
        self.call, self.fw = bound.call, FRAMEWORKS[job.framework] if job.framework else framework_of(function)
        self.subject = Subject(made, bound.symbols, bound.ranges, ())
        self.first, self.last = bound.ranges[0].ordinals(_FMT)

    def piece(self, first: int, last: int) -> list[tuple[float, int]]:
        """The greatest error of each bin and where it is."""
        with np.errstate(all="ignore"), self.fw.alone():
            found = sweep(self._values, lambda x: self.subject.quick(0, [x])[0], first, last, bins=BINS)
        return list(zip(found.tops.tolist(), found.worst.tolist(), strict=True))

    def _values(self, x: Array) -> Array:
        return self.fw.single(self.call, x)

    def exactly(self, ordinals: Array) -> Measured:
        x = _FMT.at(ordinals)
        with np.errstate(all="ignore"):
            computed = self.fw.run("eager", self.call, [x], _FMT.name, ())[0]
            return measure(Reference(self.subject.truth(0), [x], _FMT), 0, computed)


_WORK: dict[str, _Work] = {}


_ONE = Lock()  # enclosures are worked out by the process, and that of a cluster may have several threads


def _done(job: Job, first: int, last: int) -> list[tuple[float, int]]:
    with _ONE:
        if job.key not in _WORK:
            _WORK[job.key] = _Work(job)
        return _WORK[job.key].piece(first, last)


@dataclass(frozen=True)
class Every:
    """All inputs: how many, the bins as (input, greatest error in ulps), and what was measured exactly at the worst of each
    bin beyond 4 ulps."""

    count: int
    bins: Sequence[tuple[float, float]]
    measured: Measured | None


def exhaustive(
    job: Job,
    processes: int = 1,
    folder: Path = Path(".errata"),
    progress: Callable[[int, int], None] = lambda done, whole: None,
    executor: Executor | None = None,
) -> Every:
    """Sweeps all floats of the range, in so many processes of this machine or in those of an ``executor``. What is done is kept
    in a file of ``folder`` until all is.

    Raises BadArguments, NotAllowed, NotFound, ExpressionError.
    """
    work = _WORK[job.key] = _Work(job)
    todo = pieces(work.first, work.last, PIECE)
    state = folder / f"exhaustive-{job.key}.json"
    done: dict[int, list[tuple[float, int]]] = {}
    if state.exists():
        done = {int(k): v for k, v in json.loads(state.read_text()).items()}
    folder.mkdir(parents=True, exist_ok=True)
    left = [p for p in todo if p[0] not in done]
    progress(len(done), len(todo))

    def keep(piece: tuple[int, int], found: list[tuple[float, int]]) -> None:
        done[piece[0]] = found
        written = state.with_suffix(".new")
        written.write_text(json.dumps(done))
        written.replace(state)
        progress(len(done), len(todo))

    with ExitStack() as held:
        if executor is None and processes > 1:
            executor = held.enter_context(ProcessPoolExecutor(processes, mp_context=get_context("spawn")))
        if executor is None:
            for piece in left:
                keep(piece, _done(job, *piece))
        else:
            waiting = {executor.submit(_done, job, *piece): piece for piece in left}
            for future in as_completed(waiting):
                keep(waiting[future], future.result())
    every = [pair for first, _ in todo for pair in done[first]]
    far = np.array([at for top, at in every if top > ULPS], np.int64)
    measured = work.exactly(far) if len(far) else None
    state.unlink()
    return Every(work.last - work.first + 1, [(float(_FMT.at(np.array(at))), top) for top, at in every], measured)
