"""A baseline: findings that are known and may stand for a while, each with the day on which it expires.

What is in it fails no run until then; what is new does. It is JSON, one entry a line, so that changes to it read well::

    {"schema": "errata-baseline/1", "known": [
      {"document": "book", "case": "2.8", "id": "t2.4-s9", "code": "V106", "expires": "2027-01-31", "because": "next edition"}]}
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from verify.formats.findings import Finding, of_check, of_claim, of_implementation, of_quote
from verify.places import write_text
from verify.suite.found import Found
from verify.suite.glance import ClaimGlance, Glance
from verify.suite.progress import number
from verify.vocabulary import SKIPPED

SCHEMA = "errata-baseline/1"
KEYS = ("document", "case", "id", "code")  # what a finding is known by
NEVER = "never"


class BaselineError(ValueError):
    """A baseline that can't be read, in one line."""


def expiry(text: str) -> str:
    """The day, as it is written into a baseline. Raises BaselineError."""
    if text != NEVER:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise BaselineError(f"'{text}' is no day: YYYY-MM-DD, or never") from None
    return text


class Known:
    """The known findings of a file, on a day."""

    def __init__(self, path: Path, today: date, *, missing_ok: bool = False, expires: str = NEVER) -> None:
        """Raises BaselineError, unless there is no such file and that is fine."""
        self.path, self.today, self._expires = path, today, expires
        self._entries = {} if missing_ok and not path.exists() else _read(path)
        self._met: list[Finding] = []
        self._expired: list[Finding] = []
        self._gone: list[tuple[str, ...]] = []
        self._all: Sequence[Finding] = ()
        self._written = False

    def left(self, found: Sequence[Finding], whole: bool) -> list[Finding]:
        """Those that are not known, or no longer. Of a ``whole`` run it is noted what is no finding any more."""
        self._all = found
        keys = [_key(f) for f in found]
        self._met = [f for f, k in zip(found, keys, strict=True) if k in self._entries and not self._over(k)]
        self._expired = [f for f, k in zip(found, keys, strict=True) if k in self._entries and self._over(k)]
        self._gone = [k for k in self._entries if k not in keys] if whole else []
        return [f for f in found if f not in self._met]

    def accepted(self, found: Found) -> Found:
        """The same, with what is known as if it were as it should be."""
        met = {f.key for f in self._all} if self._written else {f.key for f in self._met}
        return replace(found, files=[replace(f, glance=_accepted(f.glance, met)) for f in found.files])

    def _over(self, key: tuple[str, ...]) -> bool:
        expires = self._entries[key]["expires"]
        return expires != NEVER and date.fromisoformat(expires) < self.today

    def write(self) -> None:
        """What was found, in the order of the run: entries that are there keep their day and what is said of them, unless that
        day is over. Raises OSError."""
        entries: list[dict[str, Any]] = []
        for key, finding in {_key(f): f for f in self._all}.items():
            entry = self._entries.get(key)
            if entry is None:
                entry = {**dict(zip(KEYS, key, strict=True)), "expires": self._expires, "because": finding.text}
            elif self._over(key):
                entry = {**entry, "expires": self._expires}
            entries.append(entry)
        lines = ",\n".join(f"  {json.dumps(e, ensure_ascii=False)}" for e in entries)
        known = f"[\n{lines}\n ]" if entries else "[]"
        write_text(f'{{\n "schema": "{SCHEMA}",\n "known": {known}\n}}\n', self.path)
        self._written = True

    def lines(self) -> Iterator[str]:
        """What a run tells of it."""
        if self._written:
            yield f"{number(len(self._all), 'finding')} in {self.path}"
            return
        if self._met:
            days = sorted(e for f in self._met if (e := self._entries[_key(f)]["expires"]) != NEVER)
            until = f", until {days[0]} or later" if days else ""
            yield f"{number(len(self._met), 'finding')} known by {self.path}{until}"
        for f in self._expired:
            yield f"known until {self._entries[_key(f)]['expires']}, and not mended: {f.case}:{f.id}"
        for key in self._gone:
            yield f"mended, and still in {self.path}: {key[1]}:{key[2]} ({key[3]}); --update-baseline takes it out"


def _accepted(glance: Glance, met: Collection[tuple[str, ...]]) -> Glance:
    return Glance(
        [_claim_accepted(c, met) for c in glance.claims],
        [replace(c, outcome=SKIPPED) if of_check(c).key in met else c for c in glance.checks],
        [replace(i, as_pinned=True) if of_implementation(i).key in met else i for i in glance.implementations],
    )


def _claim_accepted(c: ClaimGlance, met: Collection[tuple[str, ...]]) -> ClaimGlance:
    told = replace(c, pinned=c.verdict) if of_claim(c).key in met else c
    return replace(told, quoted=None) if c.lost and of_quote(c).key in met else told


def _key(f: Finding) -> tuple[str, ...]:
    return f.document, f.case, f.id, f.code


def _read(path: Path) -> dict[tuple[str, ...], dict[str, Any]]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as why:
        raise BaselineError(f"{path}: {why.strerror}") from None
    except (ValueError, RecursionError) as why:
        raise BaselineError(f"{path}: not a baseline: {why}") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("known"), list):
        raise BaselineError(f'{path}: not a baseline: it has no "schema": "{SCHEMA}" and no list "known"')
    entries: dict[tuple[str, ...], dict[str, Any]] = {}
    for n, entry in enumerate(data["known"]):
        wanted = (*KEYS, "expires")
        if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in wanted):
            raise BaselineError(f"{path}: known[{n}]: expected texts under {', '.join(wanted)}")
        if unknown := set(entry) - {*wanted, "because"}:
            raise BaselineError(f"{path}: known[{n}]: unknown key '{min(unknown)}'")
        try:
            expiry(entry["expires"])
        except BaselineError as why:
            raise BaselineError(f"{path}: known[{n}]: {why}") from None
        entries[tuple(entry[key] for key in KEYS)] = entry
    return entries
