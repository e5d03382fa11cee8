"""Texts under keys, in an SQLite file that may be damaged, locked, read-only or full: then it is rebuilt or left alone, and a
line says so. A row whose checksum is not its own is not there.

Nothing is raised from here: without a cache all is worked out, which is what it is for a run that never had one.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

#: Says in an SQLite file that it is one of ours, and how its tables are laid out.
APPLICATION = 0x45727261
LAYOUT = 1

PATIENCE = 5.0  # seconds to wait for another run that writes
CHUNK = 500  # keys of one question
ENGINES = 4  # of which rows are kept, the latest ones
LARGEST = 1 << 30  # bytes, above which only the rows of the latest engine are kept

_TABLES = """
create table rows (key text primary key, engine text not null, sum text not null, body blob not null) without rowid;
create index engines_of_rows on rows (engine);
create table engines (engine text primary key, latest integer not null);
"""


def folder() -> Path:
    """Where the cache is: a place of the user's, not of a project, whose folder may have come from a stranger."""
    if given := os.environ.get("ERRATA_CACHE"):
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    return Path(base).expanduser() / "errata"


def file() -> Path:
    return folder() / "results.sqlite"


class Store:
    """The file; ``tell`` gets a line about what is wrong with it, once."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self.path = path
        self.damaged = 0  # rows that were not what their checksums say
        self._tell = tell
        self._told: set[str] = set()
        self._writes = True
        self._base = self._opened()

    # -- rows -----------------------------------------------------------------------------------

    def get(self, keys: Iterable[str]) -> dict[str, str]:
        """The texts under these keys, of those that have one."""
        found: dict[str, str] = {}
        left = iter(dict.fromkeys(keys))
        while self._base is not None and (some := list(islice(left, CHUNK))):
            marks = ",".join("?" * len(some))
            for key, told, body in self._asked(f"select key, sum, body from rows where key in ({marks})", some):
                text = _text(key, told, body)
                if text is None:
                    self.damaged += 1
                    self._say("damaged", f"the cache {self.path} is damaged; what was is worked out anew")
                else:
                    found[key] = text
        return found

    def put(self, rows: Mapping[str, str], engine: str) -> None:
        """Keeps the texts, all or none of them."""
        if self._base is None or not self._writes:
            return
        made = []
        for key, text in rows.items():
            body = zlib.compress(text.encode(), 1)
            made.append((key, engine, _sum(key, body), body))
        with self._careful(), self._base:
            self._base.executemany("insert or replace into rows values (?, ?, ?, ?)", made)

    def used(self, engine: str) -> None:
        """Notes that an engine is in use, and lets go of what others have left behind."""
        if self._base is None or not self._writes:
            return
        with self._careful(), self._base:
            (last,) = next(iter(self._base.execute("select ifnull(max(latest), 0) from engines")))
            (own,) = next(
                iter(self._base.execute("select ifnull(max(latest), -1) from engines where engine = ?", (engine,)))
            )
            if own != last or not last:
                self._base.execute("insert or replace into engines values (?, ?)", (engine, last + 1))
                kept = ENGINES if self.bytes < LARGEST else 1
                self._base.execute(
                    "delete from rows where engine not in (select engine from engines order by latest desc limit ?)",
                    (kept,),
                )

    # -- as a whole -----------------------------------------------------------------------------

    @property
    def bytes(self) -> int:
        return sum(p.stat().st_size for p in _files(self.path) if p.exists())

    def count(self) -> dict[str, int]:
        """How many rows each engine has."""
        return dict(self._asked("select engine, count(*) from rows group by engine", ()))

    def keep_only(self, engine: str) -> None:
        """Lets go of what other engines have found, and gives the space back."""
        if self._base is not None and self._writes:
            with self._careful():
                with self._base:
                    self._base.execute("delete from rows where engine <> ?", (engine,))
                    self._base.execute("delete from engines where engine <> ?", (engine,))
                self._base.execute("vacuum")

    def close(self) -> None:
        if self._base is not None:
            with self._careful():
                self._base.close()
            self._base = None

    # -- what can be wrong ----------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection | None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as why:
            self._say("off", f"nothing is remembered: {self.path.parent}: {why.strerror}")
            return None
        try:
            return self._connected()
        except sqlite3.DatabaseError as why:
            if _is_damage(why):
                return self._anew("is damaged")
            return self._read_only(why)

    def _connected(self) -> sqlite3.Connection | None:
        base = sqlite3.connect(self.path, timeout=PATIENCE)
        try:
            base.execute("pragma journal_mode = wal")
            base.execute("pragma synchronous = normal")
            with base:
                base.execute("begin immediate")
                application, layout = (
                    base.execute(f"pragma {p}").fetchone()[0] for p in ("application_id", "user_version")
                )
                empty = not base.execute("select count(*) from sqlite_master").fetchone()[0]
                if empty:
                    for statement in _TABLES.strip().split(";\n"):
                        base.execute(statement)
                    base.execute(f"pragma application_id = {APPLICATION}")
                    base.execute(f"pragma user_version = {LAYOUT}")
        except BaseException:
            base.close()
            raise
        if not empty and application != APPLICATION:
            base.close()
            self._say("off", f"nothing is remembered: {self.path} is of another program")
            return None
        if not empty and layout != LAYOUT:
            base.close()
            return self._anew("is of another version of Errata")
        return base

    def _anew(self, why: str) -> sqlite3.Connection | None:
        self._say("anew", f"the cache {self.path} {why}, and is made anew")
        try:
            for path in _files(self.path):
                path.unlink(missing_ok=True)
            return self._connected()
        except (OSError, sqlite3.Error) as bad:
            self._say("off", f"nothing is remembered: {self.path}: {bad}")
            return None

    def _read_only(self, why: sqlite3.Error) -> sqlite3.Connection | None:
        """What is there, where nothing can be written; nothing, where that can't be read either."""
        self._writes = False
        self._say("off", f"nothing new is remembered: {self.path}: {why}")
        for mode in ("mode=ro", "mode=ro&immutable=1"):
            try:
                base = sqlite3.connect(f"{self.path.absolute().as_uri()}?{mode}", uri=True, timeout=0.1)
                told = [base.execute(f"pragma {p}").fetchone()[0] for p in ("application_id", "user_version")]
                base.execute("select count(*) from rows where key = ''").fetchone()
                if told == [APPLICATION, LAYOUT]:
                    return base
                base.close()
            except sqlite3.Error:
                continue
        return None

    def _asked(self, question: str, given: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        if self._base is not None:
            with self._careful():
                rows = self._base.execute(question, given).fetchall()
        yield from rows

    def _careful(self) -> _Careful:
        return _Careful(self._failed)

    def _failed(self, why: sqlite3.Error) -> None:
        if _is_damage(why):
            base, self._base = self._base, None
            if base is not None:
                base.close()
            self._base = self._anew("is damaged")
            return
        self._writes = False
        self._say("off", f"nothing new is remembered: {self.path}: {why}")

    def _say(self, about: str, line: str) -> None:
        if about not in self._told:
            self._told.add(about)
            self._tell(line)


class _Careful:
    """What goes wrong in SQLite is told, and the work goes on."""

    def __init__(self, failed: Callable[[sqlite3.Error], None]) -> None:
        self.failed = failed

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, why: BaseException | None, trace: object) -> bool:
        if isinstance(why, sqlite3.Error):
            self.failed(why)
            return True
        return False


def _is_damage(why: sqlite3.Error) -> bool:
    """Whether the file itself is at fault, and not its place, its disk or another run."""
    return not isinstance(why, sqlite3.OperationalError) or "no such table" in str(why) or "malformed" in str(why)


def _files(path: Path) -> list[Path]:
    """The file, and what SQLite keeps beside it."""
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))]


def remove(path: Path) -> int:
    """Deletes the file, with what SQLite keeps beside it; how many bytes that were. Raises OSError."""
    there = [p for p in _files(path) if p.exists()]
    count = sum(p.stat().st_size for p in there)
    for p in there:
        p.unlink(missing_ok=True)
    return count


def _sum(key: str, body: bytes) -> str:
    return hashlib.sha256(key.encode() + b"\n" + body).hexdigest()


def _text(key: object, told: object, body: object) -> str | None:
    """The text of a row, where the row is what was written."""
    if not isinstance(key, str) or not isinstance(body, bytes) or told != _sum(key, body):
        return None
    try:
        return zlib.decompress(body).decode()
    except (zlib.error, UnicodeDecodeError):
        return None
