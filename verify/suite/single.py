"""Claims, checks and implementations one at a time, as a test runner asks for them: by one worker process, which stays.

What an earlier run has found is not worked out again, and what is found here is remembered, as in a run of whole files.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from derive.records import dataclass
from verify.results import Check, Implementation, Result
from verify.suite.ledger import CHECKS, CLAIMS, IMPLEMENTATIONS, Entry, Ledger
from verify.suite.pool import Pool
from verify.suite.worker import Ended, Job, Settings, Settle, Units, Work

if TYPE_CHECKING:
    from verify.cache.remembered import Cache
    from verify.casefile.model import Case


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
    """A case file that is well-formed, and what is known of it; ``checks`` are the names of its checks."""

    case: Case
    ledger: Ledger
    checks: tuple[str, ...]


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
        from verify.conformance import units

        if self._cache is not None:
            self._cache.note(path)
        case = load(path)
        ledger = Ledger.of(case, case.document, case.claims, case.implementations, self._seed, self._cache)
        ledger.recall()
        return Opened(case, ledger, tuple(name for name, _ in units(case, self._seed, self._examples)))

    def claim(self, file: Opened, name: str) -> Result:
        if name not in file.ledger.results:
            self._ask(file, CLAIMS, name)
        return file.ledger.results[name]

    def check(self, file: Opened, name: str) -> list[Check]:
        """A check of one implementation; it may be several subjects."""
        if name not in file.ledger.checks:
            lost = self._ask(file, CHECKS, name)
            return file.ledger.checks.get(name) or [c for c in lost if isinstance(c, Check)]
        return file.ledger.checks[name]

    def implementation(self, file: Opened, name: str) -> Implementation:
        if name not in file.ledger.implementations:
            self._ask(file, IMPLEMENTATIONS, name)
        return file.ledger.implementations[name]

    def _ask(self, file: Opened, part: str, name: str) -> Sequence[Entry]:
        """Has the unit judged, and notes it down; where the case does not open, of all units that there is nothing known of."""
        entered: list[Entry] = []

        def answered(job: Job, ended: Ended) -> None:
            entered.extend(file.ledger.enter(part, ended))

        self._pool.run([Job(file.case.path, part, frozenset({name}))], answered, lambda job: None, stay=True)
        return entered
