"""A run: reads the case files, has their claims judged and their implementations checked, and puts the answers in order.

The order of the results is the order of the files and of the claims in them, whatever the schedule was.
"""

from __future__ import annotations

import contextlib
import difflib
import fnmatch
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from verify.places import digest
from verify.results import Check, Implementation, Result, Results, Value
from verify.suite import WORK
from verify.suite.found import KINDS, UNVALUED, FileFound, Found, texts
from verify.suite.glance import of_results
from verify.suite.held import HANG
from verify.suite.pool import Pool, forks
from verify.suite.profile import Profile
from verify.suite.progress import CaseDone, CheckDone, ClaimDone, Event, ImplementationDone, Planned
from verify.suite.stop import stop_signals
from verify.suite.worker import DEVICE_MEMORY, MEMORY, Ended, Job, Settings

if TYPE_CHECKING:
    from verify.cache.remembered import Cache, Keys
    from verify.suite.spread import Task

CLAIMS, CHECKS, IMPLEMENTATIONS, VALUES = PARTS = "claims", "checks", "implementations", "values"


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


@dataclass(slots=True)
class _Case:
    """What the parent keeps of a case: enough to write the results down."""

    file: str
    document: str
    name: str
    claims: dict[str, dict[str, Any]]  # id -> what a Result says that no judge need say
    results: dict[str, Result] = field(default_factory=dict)
    checks: dict[str, list[Check]] = field(default_factory=dict)  # by unit
    units: list[str] | None = None  # of the checks, in order, once they are known
    named: dict[str, dict[str, Any]] = field(default_factory=dict)  # the same of implementations
    implementations: dict[str, Implementation] = field(default_factory=dict)
    keys: Keys | None = None  # where its results are remembered
    lasts: bool = True  # all that was found will be found again
    values: list[Value] | None = None  # once they are known
    digests: dict[str, str] = field(default_factory=dict)  # of the file, and of others that it takes names from
    parts: int = 0  # jobs that are still open
    with_checks: bool = True
    with_values: bool = True

    @property
    def checked(self) -> list[Check]:
        order = {name: k for k, name in enumerate(self.units or ())}
        return [c for name in sorted(self.checks, key=lambda n: order.get(n, len(order))) for c in self.checks[name]]

    def found(self) -> FileFound:
        models = Results(
            cases=[self.file],
            digests=self.digests,
            claims=_in_order(self),
            checks=self.checked,
            implementations=_found(self),
            values=self.values or [],
        )
        return FileFound(self.file, self.document, of_results(models), lambda: texts(models), self.digests, models)


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
            if cache is not None and case.keys is not None:
                _recall(case, case.keys, cache)
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

    def keep(case: _Case, ended: Ended) -> Keys | None:
        """Where the answer is to be remembered: one that was ended from outside is not."""
        lasts = ended.failure is None and not ended.elsewhere
        case.lasts &= lasts
        return case.keys if lasts and cache is not None else None

    def answered(job: Job, ended: Ended) -> None:
        case = cases[job.path]
        if profile is not None:
            profile.looks.update(ended.looks)
            profile.units.append((ended.seconds, case.file, ended.name or f"opening for {job.part}"))
        keys = keep(case, ended)
        if not ended.name and ended.failure is None:
            if job.part == CHECKS and case.units is None:
                case.units = list(ended.answer)
                if keys is not None and cache is not None:
                    cache.keep_units(keys, case.units)
        elif job.part == CLAIMS:
            for result in _claim_results(case, ended):
                case.results[result.id] = result
                if keys is not None and cache is not None:
                    cache.keep_claim(keys, result, ended.answer.get("seen", 0))
                on_event(ClaimDone(result, ended.trace))
                look(result.as_pinned)
        elif job.part == IMPLEMENTATIONS:
            for found in _implementation_results(case, ended):
                case.implementations[found.id] = found
                if keys is not None and cache is not None:
                    case.lasts &= cache.keep_implementation(keys, found)
                on_event(ImplementationDone(found, ended.trace))
                look(found.as_pinned)
        elif job.part == VALUES:
            case.values = [v.model_copy(update={"document": case.document}) for v in ended.answer or ()]
            if keys is not None and cache is not None:
                cache.keep_values(keys, case.values)
        else:
            case.checks[ended.name] = _check_results(case, ended, options.seed)
            if keys is not None and cache is not None:
                cache.keep_check(keys, ended.name, case.checks[ended.name])
            for check in case.checks[ended.name]:
                on_event(CheckDone(case.file, check, ended.trace))
                look(check.as_expected)

    def tasks(job: Job) -> Iterator[Task]:
        from verify.suite import spread

        return spread.tasks(job, settings, limits, options.watchdog, cases[job.path].digests)

    def done(case: _Case) -> None:
        found = case.found()
        if cache is not None and case.keys is not None and case.lasts and with_checks:
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


# -- before ---------------------------------------------------------------------------------------


def _plan(
    paths: Sequence[Path], options: Options, known: Mapping[Path, FileFound], cache: Cache | None
) -> dict[str, _Case]:
    """What there is to do, by file. A case is read, noted down and let go: a worker will read it again."""
    only, functions = options.only, options.functions
    from verify.casefile import CaseFaults, Documents, load
    from verify.casefile.slices import Slices

    cases: dict[str, _Case] = {}
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
            told = {c.id: _of_claim(case, document, c) for c in chosen}
            made = _Case(str(path), document, case.name, told)
            made.named = {i.id: _of_named(case, document, i) for i in named}
            asked = bool(case.derivations) or any(c.prints is not None and c.of is not None for c in case.claims)
            made.values = None if asked else []
            made.digests = {name: digest(name) for name in (str(path), *case.used)}
            made.with_checks = every and options.checks and (again is None or "" in again)
            made.with_values = made.with_checks and options.values
            made.keys = None if cache is None else cache.keys(case, Slices(case))
            cases[str(path)] = made
    if faults:
        raise FaultyCases(faults)
    if functions is not None and not cases:
        raise NoSuchClaim(functions, difflib.get_close_matches(functions, dict.fromkeys(offered), n=5, cutoff=0.3))
    if only is not None and not cases:
        word = only.rpartition(":")[2].strip("*?[]")
        raise NoSuchClaim(only, difflib.get_close_matches(word, dict.fromkeys(offered), n=5, cutoff=0.3))
    return cases


def _recall(case: _Case, keys: Keys, cache: Cache) -> None:
    """Puts in what is remembered of a case. What is no such result any more is not."""
    for name, row in cache.claims(keys).items():
        if name in case.claims:
            with contextlib.suppress(ValidationError):
                case.results[name] = Result(**{**row, **case.claims[name]})
    for name, row in cache.implementations(keys).items():
        if name in case.named:
            with contextlib.suppress(ValidationError):
                case.implementations[name] = Implementation(**{**row, **case.named[name]})
    where = {"document": case.document, "case": case.name}
    if case.with_checks:
        case.units, rows = cache.checks(keys)
        for name, checks in rows.items():
            with contextlib.suppress(ValidationError):
                case.checks[name] = [Check(**{**c, **where}) for c in checks]
        if (values := cache.values(keys)) is not None:
            with contextlib.suppress(ValidationError):
                case.values = [Value(**{**v, **where}) for v in values]


def _of_claim(case: Any, document: str, claim: Any) -> dict[str, Any]:
    """What a Result says that no judge need say."""
    return {
        "id": claim.id,
        "document": document,
        "case": case.name,
        "where": claim.where,
        "kind": claim.kind,
        "pinned": claim.pinned,
        "printed": claim.prints,
        "file": case.path,
        "line": claim.place.line,
        "column": claim.place.column,
        "uses": _cited(case, claim),
    }


def _cited(case: Any, claim: Any) -> dict[str, str]:
    """The names in a claim that another case file gives, with file and line."""
    if not case.used:
        return {}
    texts = (t for key, t in claim.texts.items() if key != "standard name")
    words = {w for t in texts for w in re.findall(r"\w+", t)} | set(claim.defines)
    return {name: f"{place.file}:{place.line}" for name, place in case.elsewhere.items() if name in words}


def _of_named(case: Any, document: str, entry: Any) -> dict[str, Any]:
    """The same of an implementation."""
    return {
        "id": entry.id,
        "document": document,
        "case": case.name,
        "name": entry.name,
        "formula": entry.said,
        "options": ", ".join(f"{k}={v!r}" for k, v in _said_of_call(entry).items()),
        "pinned": entry.pinned,
        "pinned_kind": entry.pinned_class,
        "because": entry.because,
        "note": entry.note,
        "file": case.path,
        "line": entry.place.line,
        "column": entry.place.column,
    }


def _said_of_call(entry: Any) -> dict[str, Any]:
    return dict(entry.options) if entry.result is None else {**entry.options, "result": entry.result}


def _begins(name: str, functions: str | None) -> bool:
    return not functions or name == functions or name.startswith(f"{functions}.")


def _matches(only: str, case: str, claim: str) -> bool:
    return fnmatch.fnmatchcase(claim, only) or fnmatch.fnmatchcase(f"{case}:{claim}", only)


def _jobs(cases: Iterable[_Case]) -> list[Job]:
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


# -- after ----------------------------------------------------------------------------------------


def _claim_results(case: _Case, ended: Ended) -> list[Result]:
    """The result that the answer is; or, where the case did not open, one for every claim that is still without."""
    ids = [ended.name] if ended.name else [i for i in case.claims if i not in case.results]
    answer = ended.answer
    if answer is not None:
        answer = {k: v for k, v in answer.items() if k != "seen"}
    if ended.failure is not None and answer is not None:
        answer = {**answer, "reason": f"{answer['reason']}; no more was found: {ended.failure}"}
    elif ended.failure is not None:
        where = "" if ended.name else "; that happened while the case was being opened"
        answer = {"verdict": "undecided", "reason": f"not judged: {ended.failure}{where}"}
    return [Result(**case.claims[i], **answer, seconds=_rounded(ended.seconds)) for i in ids]


def _check_results(case: _Case, ended: Ended, seed: int) -> list[Check]:
    if ended.failure is None:
        return [
            check.model_copy(update={"seconds": _rounded(check.seconds), "document": case.document})
            for check in ended.answer
        ]
    backend, _, subject = ended.name.partition(": ")
    return [
        Check(
            document=case.document,
            case=case.name,
            subject=subject or "all implementations",
            backend=backend or "none",
            outcome="undecided",
            seed=seed,
            reason=f"not checked: {ended.failure}",
            seconds=_rounded(ended.seconds),
        )
    ]


def _implementation_results(case: _Case, ended: Ended) -> list[Implementation]:
    """As ``_claim_results``: a crash or a hang of one is that one's finding, and nothing else is lost."""
    ids = [ended.name] if ended.name else [i for i in case.named if i not in case.implementations]
    answer = ended.answer
    if ended.loss:
        reason = f"deviates ({ended.loss}): {ended.failure}, in {ended.inside}"
        answer = {"verdict": "deviates", "kind": ended.loss, "reason": reason}
    elif ended.failure is not None:
        answer = {"verdict": "undecided", "reason": f"not compared: {ended.failure}"}
    return [Implementation(**case.named[i], **answer, seconds=_rounded(ended.seconds)) for i in ids]


def _found(case: _Case) -> list[Implementation]:
    return [case.implementations[i] for i in case.named if i in case.implementations]


def _rounded(seconds: float) -> float:
    return round(seconds, 6)


def _in_order(case: _Case) -> list[Result]:
    return [case.results[i] for i in case.claims if i in case.results]
