"""What a run has found, case file by case file: at a glance, as the text of the results file, and as its models.

What is remembered of a file is there as text, and becomes models only for who wants them: looking at a library that has not
changed needs none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from derive.records import dataclass
from verify.suite.glance import Glance, of_results, together

if TYPE_CHECKING:
    from verify.results import Results
    from verify.suite.profile import Profile

UNVALUED = ("claims", "checks", "implementations")  # all that a run is asked for that writes nothing
KINDS = (*UNVALUED, "values")


@dataclass(frozen=True, slots=True)
class FileFound:
    """``texts`` gives the entries of the file's lists in the results file, as they stand there; ``digests`` are those of the
    file, of others that it takes names from, and of the document that it quotes; ``models`` is all that as results.Results,
    where there is such a thing already."""

    file: str
    document: str
    glance: Glance
    texts: Callable[[], Mapping[str, str]]
    digests: Mapping[str, str]
    models: Results | None = None


@dataclass(frozen=True, slots=True)
class Found:
    files: Sequence[FileFound]
    interrupted: bool = False
    remembered: int = 0  # claims, checks and implementations that were not worked out in this run
    profile: Profile | None = None
    first: bool = False  # it ended with the first finding

    @property
    def glance(self) -> Glance:
        return together([f.glance for f in self.files])

    def text(self) -> str:
        """The results file: byte for byte what ``verify.results.dumps`` writes of ``results()``."""
        parts = [f.texts() for f in self.files]
        named = ",".join(f"\n  {_quoted(f.file)}" for f in self.files)
        digests = ",".join(f"\n  {_quoted(name)}: {_quoted(said)}" for name, said in self._digests.items())
        head = ['\n "schema": "errata-results/1"', f'\n "interrupted": {json.dumps(self.interrupted)}']
        head += [_listed("cases", named), f'\n "digests": {{{digests}\n }}' if digests else '\n "digests": {}']
        told = [_listed(kind, ",".join(p[kind] for p in parts if p[kind])) for kind in KINDS]
        return f"{{{','.join([*head, *told])}\n}}\n"

    @property
    def _digests(self) -> dict[str, str]:
        return {name: said for f in self.files for name, said in f.digests.items()}

    def results(self) -> Results:
        from verify.results import Results

        files = [f.models or _read(f) for f in self.files]
        return Results(
            interrupted=self.interrupted,
            cases=[f.file for f in self.files],
            digests=self._digests,
            claims=[r for f in files for r in f.claims],
            checks=[c for f in files for c in f.checks],
            implementations=[i for f in files for i in f.implementations],
            values=[v for f in files for v in f.values],
        )


def distinct(files: Iterable[FileFound]) -> bool:
    """Whether no name of a case stands twice in a document."""
    names = [(f.document, Path(f.file).stem) for f in files]
    return len(names) == len(set(names))


def called(found: Found, names: Mapping[str, str]) -> Found:
    """The same of files that are called by other names."""
    if not names:
        return found
    files = []
    for f in found.files:
        models, name = f.models or _read(f), names.get(f.file, f.file)
        here, digests = {"file": name}, {names.get(k, k): v for k, v in f.digests.items()}
        models = models.model_copy(
            update={
                "cases": [name],
                "digests": digests,
                "claims": [r.model_copy(update=here) for r in models.claims],
                "implementations": [i.model_copy(update=here) for i in models.implementations],
            }
        )
        told = partial(texts, models)
        files.append(replace(f, file=name, glance=of_results(models), texts=told, digests=digests, models=models))
    return replace(found, files=files)


def _read(found: FileFound) -> Results:
    from verify.results import Results

    return Results.model_validate_json(Found([found]).text())


def _quoted(said: str) -> str:
    return json.dumps(said, ensure_ascii=False)


def _listed(key: str, entries: str) -> str:
    return f'\n "{key}": [{entries}\n ]' if entries else f'\n "{key}": []'


def texts(results: Results) -> dict[str, str]:
    """The entries of the lists of results, as they stand in their file."""
    data = results.model_dump(by_alias=True)
    return {kind: _entries(data[kind]) if data[kind] else "" for kind in KINDS}


def _entries(items: Sequence[object]) -> str:
    from pydantic_core import to_json

    return to_json([items], indent=1).decode().removeprefix("[\n [").removesuffix("\n ]\n]")
