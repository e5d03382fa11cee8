"""What is remembered of case files: of each as it is, and of every claim, check and implementation in it.

A file as it is stands under the digest of its bytes: it need not even be parsed. When it has changed, each of its units stands
under the digest of the part that it was judged on (verify.casefile.slices). In every key is what made the result: Errata's own
source, the libraries, the processor for what is run there, and the options. Where that is not known, nothing is remembered: of
functions that are of no audited library, on other devices, and of what was ended by a clock or with its process.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.records import dataclass
from verify.cache.fingerprint import Files, Fingerprint, Unversioned, fingerprint
from verify.cache.store import Store, file
from verify.casefile.documents import folders
from verify.suite.found import KINDS, FileFound
from verify.suite.glance import Glance

if TYPE_CHECKING:
    from verify.casefile.model import Case, Claim, Implementation
    from verify.casefile.slices import Part, Slices

WIDER = "wider"  # what is kept under a part that was not enough


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a run that results depend on."""

    work: str
    seed: int
    examples: int
    allowed: tuple[str, ...]


@dataclass(slots=True)
class Keys:
    """Where the units of a case file stand. Of a claim a key for each part that it may be judged on; "" where a unit is not
    remembered."""

    claims: dict[str, list[str]] = field(default_factory=dict)
    implementations: dict[str, str] = field(default_factory=dict)
    checks: str = ""
    values: str = ""
    files: tuple[str, ...] = ()  # that it was read from

    def check(self, unit: str) -> str:
        return _digest([self.checks, unit])


class Cache:
    """The results that earlier runs have kept, for a run with these options."""

    def __init__(self, store: Store, made_by: Fingerprint, asked: Asked) -> None:
        self._store, self._by, self._asked = store, made_by, asked
        self._files = Files()
        self._bytes: dict[str, str] = {}  # of a case file the digest
        self._noted: set[Path] = set()  # folders
        self._folders: Mapping[str, str] = {}
        self._stopped = False
        store.used(made_by.machine)

    # -- files ----------------------------------------------------------------------------------

    def tell_apart(self, paths: Sequence[Path]) -> None:
        """The files of the run: what they are called may hang on each other."""
        self._folders = folders(paths)

    def files(self, paths: Sequence[Path], with_text: bool) -> dict[Path, FileFound]:
        """The files that have not changed since all that is in them was found."""
        self.tell_apart(paths)
        keys: dict[Path, str] = {}
        for path in paths:
            if self._digest(str(path)):  # else who reads it will say what is wrong
                keys[path] = self._file_key(str(path))
        names = ("glance", *KINDS) if with_text else ("glance",)
        rows = self._store.get(f"{key}:{name}" for key in keys.values() for name in names)
        found: dict[Path, FileFound] = {}
        for path, key in keys.items():
            if all(f"{key}:{name}" in rows for name in names):
                try:
                    head, _, glance = rows[f"{key}:glance"].partition("\n")
                    document, used = json.loads(head)
                    told = Glance.loads(glance)
                except (ValueError, TypeError):
                    continue
                if any(self._digest(name) != digest for name, digest in used.items()):
                    continue
                digests = {str(path): self._bytes[str(path)], **used}
                given = {kind: rows[f"{key}:{kind}"] for kind in KINDS} if with_text else None
                found[path] = FileFound(str(path), document, told, self._texts(key, given), digests)
        return found

    def note(self, path: Path) -> None:
        """A file is going to be read, by this process and by its workers; and perhaps others beside it, that it uses."""
        for each in {path, *path.parent.glob("*.y*ml")} if path.parent not in self._noted else [path]:
            self._files.note(each)
        self._noted.add(path.parent)

    def keep_file(self, found: FileFound, kinds: Sequence[str] = KINDS) -> None:
        """Keeps what a whole file has come to: of the results file the lists of these kinds."""
        if self._digest(found.file):
            key = self._file_key(found.file)
            texts = {f"{key}:{kind}": text for kind, text in found.texts().items() if kind in kinds}
            used = [name for name in found.digests if name != found.file]
            head = json.dumps([found.document, {name: self._digest(name) for name in used}])
            self.keep((found.file, *used), {**texts, f"{key}:glance": f"{head}\n{found.glance.dumps()}"})

    def _digest(self, path: str) -> str:
        """Of the bytes of a file; "" where it can't be read."""
        if path not in self._bytes:
            try:
                self._bytes[path] = hashlib.sha256(self._files.read(path)).hexdigest()
            except OSError:
                self._bytes[path] = ""
        return self._bytes[path]

    def _texts(self, key: str, given: Mapping[str, str] | None) -> Callable[[], Mapping[str, str]]:
        if given is not None:
            return lambda: given
        return lambda: {kind: self._store.get([f"{key}:{kind}"])[f"{key}:{kind}"] for kind in KINDS}

    def _file_key(self, path: str) -> str:
        folder = self._folders.get(path) or Path(path).resolve().parent.name  # the document, unless the file says which
        return self._key("file", self._by.machine, path, folder, self._bytes[path], *self._options())

    # -- units ----------------------------------------------------------------------------------

    def keys(self, case: Case, slices: Slices) -> Keys:
        return Keys(
            {c.id: [self._claim_key(c, part) for part in slices.of_claim(c)] for c in case.claims},
            {i.id: self._implementation_key(i, slices) for i in case.implementations},
            self._key("checks", self._by.machine, slices.of_checks().digest, *self._options()),
            self._key("values", self._by.machine, slices.of_values().digest),
            (case.path, *case.used),
        )

    def _claim_key(self, claim: Claim, part: Part) -> str:
        by = self._by.machine if claim.probe else self._by.engine
        return self._key("claim", by, part.digest, part.partial, claim.id)

    def _implementation_key(self, entry: Implementation, slices: Slices) -> str:
        from verify.conform.callables import AUDITED

        package = entry.name.replace(":", ".").split(".")[0]
        if package not in AUDITED or package in self._asked.allowed:
            return ""
        digest = slices.of_implementation(entry).digest
        return self._key("implementation", self._by.machine, digest, entry.id, *self._options())

    def _options(self) -> tuple[object, ...]:
        return self._asked.seed, self._asked.examples, self._asked.allowed

    def _key(self, *said: object) -> str:
        return _digest([self._asked.work, *said])

    def claims(self, keys: Keys) -> dict[str, dict[str, Any]]:
        """The results of claims that are remembered, as models are dumped."""
        rows = self._store.get(k for levels in keys.claims.values() for k in levels)
        found: dict[str, dict[str, Any]] = {}
        for name, levels in keys.claims.items():
            for key in levels:
                row = _mapping(rows.get(key))
                if row is not None and WIDER not in row:
                    found[name] = row
                if row is None or WIDER not in row:
                    break
        return found

    def implementations(self, keys: Keys) -> dict[str, dict[str, Any]]:
        rows = self._store.get(k for k in keys.implementations.values() if k)
        found = {name: _mapping(rows.get(key)) for name, key in keys.implementations.items()}
        return {name: row for name, row in found.items() if row is not None}

    def checks(self, keys: Keys) -> tuple[list[str] | None, dict[str, list[dict[str, Any]]]]:
        """The units that the checks of a file are, where that is remembered, and what those came to that are."""
        row = _mapping(self._store.get([keys.checks]).get(keys.checks)) or {}
        names = row.get("units")
        if not isinstance(names, list):
            return None, {}
        rows = self._store.get(keys.check(n) for n in names)
        found = {n: _mapping(rows.get(keys.check(n))) for n in names}
        return names, {n: row["checks"] for n, row in found.items() if row is not None and "checks" in row}

    def values(self, keys: Keys) -> list[dict[str, Any]] | None:
        """The values of a file, where they are remembered."""
        row = _mapping(self._store.get([keys.values]).get(keys.values)) or {}
        return row.get("values")

    def keep_claim(self, keys: Keys, result: Any, seen: int) -> None:
        """Keeps a results.Result, that was found on the part of that number."""
        levels = keys.claims[result.id]
        wider = {key: json.dumps({WIDER: True}) for key in levels[:seen]}
        self.keep(keys.files, {**wider, levels[seen]: _dumped(result)})

    def keep_implementation(self, keys: Keys, found: Any) -> bool:
        """Keeps a results.Implementation, where such a thing is remembered."""
        if keys.implementations[found.id]:
            self.keep(keys.files, {keys.implementations[found.id]: _dumped(found)})
        return bool(keys.implementations[found.id])

    def keep_units(self, keys: Keys, units: Sequence[str]) -> None:
        self.keep(keys.files, {keys.checks: json.dumps({"units": list(units)})})

    def keep_check(self, keys: Keys, unit: str, checks: Sequence[Any]) -> None:
        text = json.dumps({"checks": [c.model_dump(by_alias=True) for c in checks]}, ensure_ascii=False)
        self.keep(keys.files, {keys.check(unit): text})

    def keep_values(self, keys: Keys, values: Sequence[Any]) -> None:
        """Keeps results.Values."""
        self.keep(
            keys.files, {keys.values: json.dumps({"values": [v.model_dump() for v in values]}, ensure_ascii=False)}
        )

    def keep(self, files: Sequence[str], rows: Mapping[str, str]) -> None:
        """Keeps what was found of files, unless one of them or Errata has changed meanwhile: whoever found it may have read the
        one or the other later than this process has."""
        if any(map(_is_of_the_moment, rows.values())):
            return
        if self._stopped or not all(map(self._files.unchanged, files)):
            return
        if not self._by.sources.unchanged():
            self._stopped = True
            return
        self._store.put(rows, self._by.machine)

    def close(self) -> None:
        self._store.close()


def opened(asked: Asked, tell: Callable[[str], None]) -> Cache | None:
    """The user's cache; None, and a line, where there can be none."""
    try:
        made_by = fingerprint()
    except Unversioned as what:
        tell(f"nothing is remembered: there is no telling which version of {what} is installed")
        return None
    except OSError as why:
        tell(f"nothing is remembered: {why}")
        return None
    return Cache(Store(file(), tell), made_by, asked)


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _dumped(model: Any) -> str:
    return json.dumps(model.model_dump(by_alias=True), ensure_ascii=False)


def _is_of_the_moment(text: str) -> bool:
    """Whether it tells of memory that was not there, which may be there the next time."""
    return "MemoryError" in text or "out of memory" in text


def _mapping(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
