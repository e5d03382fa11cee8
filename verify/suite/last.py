"""What was not as pinned the last time, by file: for ``errata run --last-failed``. It lies beside what is remembered of runs.

Nothing but names is kept, and they choose what is judged again; a file that can't be read or written is as good as none.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from derive.records import dataclass
from verify.suite.found import FileFound, Found

NAME = "last-failed.json"
CHECKS = ""  # the name that stands for the checks of a case
MAX_FILES = 10_000


def _place() -> Path:
    from verify.cache.store import file

    return file().parent / NAME


def _kept() -> dict[str, list[str]]:
    with contextlib.suppress(OSError, ValueError):
        data = json.loads(_place().read_text(encoding="utf-8"))
        if isinstance(data, dict):
            return {str(k): [str(n) for n in v] for k, v in data.items() if isinstance(v, list)}
    return {}


def failed(paths: Sequence[Path]) -> Mapping[str, Sequence[str]] | None:
    """Of these files what failed, by their whole paths; None where nothing did."""
    here = {str(p.resolve()) for p in paths}
    return {name: ids for name, ids in _kept().items() if name in here and ids} or None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of what had failed. ``gone``: by file, the names that no claim, implementation or check has any more."""

    mended: int
    failing: int
    gone: Collection[tuple[str, str]]

    def __str__(self) -> str:
        total = self.mended + self.failing + len(self.gone)
        return f"of {total} that had failed: {self.mended} mended, {self.failing} failing, {len(self.gone)} gone"


def replayed(again: Mapping[str, Sequence[str]], found: Found, checks: bool) -> Replayed:
    """After a run of all that had failed; without ``checks`` these were left aside."""
    now = {str(Path(f.file).resolve()): _judged(f) for f in found.files}
    names = [(file, n) for file, ids in again.items() for n in ids if checks or n != CHECKS]
    states = {(file, n): now.get(file, {}).get(n) for file, n in names}
    told = list(states.values())
    return Replayed(told.count(True), told.count(False), [name for name, state in states.items() if state is None])


def _judged(f: FileFound) -> dict[str, bool]:
    """By name, whether it is as pinned."""
    judged = {c.id: c.as_pinned for c in f.glance.claims} | {i.id: i.as_pinned for i in f.glance.implementations}
    if f.glance.checks:
        judged[CHECKS] = all(c.as_expected for c in f.glance.checks)
    return judged


def remember(found: Found, whole: bool, gone: Collection[tuple[str, str]] = ()) -> None:
    """Keeps what of a run is not as pinned. Of a run of a part, what it did not judge stays as it was, but for what is gone."""
    kept = {file: [n for n in names if (file, n) not in gone] for file, names in _kept().items()}
    for f in found.files:
        name = str(Path(f.file).resolve())
        judged = _judged(f)
        before = [] if whole and not found.interrupted else kept.pop(name, [])
        names = [n for n in before if n not in judged] + [n for n, fine in judged.items() if not fine]
        kept.pop(name, None)
        if names:
            kept[name] = names
    _write(kept)


def _write(kept: Mapping[str, Sequence[str]]) -> None:
    with contextlib.suppress(OSError):
        from verify.places import write_text

        place = _place()
        place.parent.mkdir(parents=True, exist_ok=True)
        write_text(json.dumps(dict([(k, v) for k, v in kept.items() if v][-MAX_FILES:]), ensure_ascii=False), place)
