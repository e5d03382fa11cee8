"""Claims, checks and implementations one at a time, as a test runner asks for them: by one worker process, which stays.

What an earlier run has found is not worked out again, and what is found here is remembered, as in a run of whole files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.results import Check, Implementation, Result
from verify.suite.pool import Pool
from verify.suite.worker import Ended, Job, Settings, Settle, Units, Work

if TYPE_CHECKING:
    from verify.cache.remembered import Cache, Keys
    from verify.casefile.model import Case
    from verify.casefile.model import Implementation as Named

CLAIMS, CHECKS, IMPLEMENTATIONS = "claims", "checks", "implementations"


class Kept(Work):
    """As the work of a run, for many questions about one file: what they share is worked out once."""

    def __init__(self, path: Path, settings: Settings) -> None:
        super().__init__(path, settings)
        self._claims: Units | None = None
        self._checks: Units | None = None

    def claims(self, settle: Settle) -> Units:
        self._claims = self._claims or super().claims(settle)
        return self._claims

    def checks(self) -> Units:
        self._checks = self._checks or super().checks()
        return self._checks


@lru_cache(maxsize=1)
def kept(path: Path, settings: Settings) -> Kept:
    """The work on a file, for as long as that file is asked about."""
    return Kept(path, settings)


@dataclass(frozen=True, slots=True)
class Opened:
    """A case file that is well-formed, with the names of its checks; ``keys`` is where its results are remembered, ``known``
    those that are, by part and name."""

    case: Case
    checks: tuple[str, ...]
    keys: Keys | None = None
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Single:
    """Judges single units. ``seed``, ``examples`` and ``allowed`` are the options of a run."""

    def __init__(
        self,
        cache: Cache | None,
        seed: int = 0,
        examples: int = 50,
        allowed: Sequence[str] = (),
        work: str = f"{__name__}:kept",
    ) -> None:
        self._cache, self._seed, self._examples = cache, seed, examples
        self._pool = Pool(1, Settings(work, seed, examples, allowed=tuple(allowed)))

    def close(self) -> None:
        self._pool.shutdown()

    def open(self, path: Path) -> Opened:
        """Reads a case file. Raises CaseFaults with all its faults."""
        from verify.casefile import load
        from verify.casefile.slices import Slices
        from verify.conformance import units

        if self._cache is not None:
            self._cache.note(path)
        case = load(path)
        names = tuple(name for name, _ in units(case, self._seed, self._examples))
        if self._cache is None:
            return Opened(case, names)
        keys = self._cache.keys(case, Slices(case))
        known: dict[str, Mapping[str, Any]] = {
            CLAIMS: self._cache.claims(keys),
            CHECKS: self._cache.checks(keys)[1],
            IMPLEMENTATIONS: self._cache.implementations(keys),
        }
        return Opened(case, names, keys, known)

    def claim(self, file: Opened, name: str) -> Result:
        claim = next(c for c in file.case.claims if c.id == name)
        said: dict[str, Any] = {
            "id": name,
            "where": claim.where,
            "kind": claim.kind,
            "pinned": claim.pinned,
            "printed": claim.prints,
            **_of(file.case, claim.place.line),
        }
        if row := file.known.get(CLAIMS, {}).get(name):
            return Result(**{**row, **said})
        ended = self._ended(file, CLAIMS, name)
        answer = dict(ended.answer or {"verdict": "undecided", "reason": f"not judged: {ended.failure}"})
        seen = answer.pop("seen", 0)
        result = Result(**said, **answer, seconds=ended.seconds)
        if self._lasts(ended) and self._cache is not None and file.keys is not None:
            self._cache.keep_claim(file.keys, result, seen)
        return result

    def check(self, file: Opened, name: str) -> list[Check]:
        """A check of one implementation; it may be several subjects."""
        common: dict[str, Any] = {"document": file.case.document, "case": file.case.name}
        if rows := file.known.get(CHECKS, {}).get(name):
            return [Check(**{**row, **common}) for row in rows]
        ended = self._ended(file, CHECKS, name)
        if ended.failure is not None:
            backend, _, subject = name.partition(": ")
            lost: dict[str, Any] = {"backend": backend, "subject": subject, "seed": self._seed, "outcome": "undecided"}
            return [Check(**common, **lost, reason=f"not checked: {ended.failure}")]
        checks: list[Check] = ended.answer
        if self._lasts(ended) and self._cache is not None and file.keys is not None:
            self._cache.keep_units(file.keys, file.checks)
            self._cache.keep_check(file.keys, name, checks)
        return checks

    def implementation(self, file: Opened, name: str) -> Implementation:
        entry = next(i for i in file.case.implementations if i.id == name)
        said = {**_named(entry), **_of(file.case, entry.place.line)}
        if row := file.known.get(IMPLEMENTATIONS, {}).get(name):
            return Implementation(**{**row, **said})
        ended = self._ended(file, IMPLEMENTATIONS, name)
        answer = ended.answer
        if ended.loss:
            reason = f"deviates ({ended.loss}): {ended.failure}, in {ended.inside}"
            answer = {"verdict": "deviates", "kind": ended.loss, "reason": reason}
        elif ended.failure is not None:
            answer = {"verdict": "undecided", "reason": f"not compared: {ended.failure}"}
        found = Implementation(**said, **answer)
        if self._lasts(ended) and self._cache is not None and file.keys is not None:
            self._cache.keep_implementation(file.keys, found)
        return found

    def _ended(self, file: Opened, part: str, name: str) -> Ended:
        """What the unit comes to, or the opening of its case, where that fails."""
        answers: list[Ended] = []

        def answered(job: Job, ended: Ended) -> None:
            if ended.name or ended.failure is not None:
                answers.append(ended)

        self._pool.run([Job(file.case.path, part, frozenset({name}))], answered, lambda job: None, stay=True)
        return answers[-1]

    @staticmethod
    def _lasts(ended: Ended) -> bool:
        return ended.failure is None and not ended.elsewhere


def _of(case: Case, line: int) -> dict[str, Any]:
    return {"document": case.document, "case": case.name, "file": case.path, "line": line}


def _named(entry: Named) -> dict[str, Any]:
    return {
        "id": entry.id,
        "name": entry.name,
        "formula": entry.said,
        "pinned": entry.pinned,
        "pinned_kind": entry.pinned_class,
        "because": entry.because,
    }
