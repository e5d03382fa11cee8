"""Which document a case file belongs to: the one that it names, or else its folder.

Two folders of one name are two documents, and are called by as much of their paths as tells them apart. Ids of claims are told
apart by their file; files of one document have names of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from verify.casefile.faults import Fault

if TYPE_CHECKING:
    from verify.casefile.model import Case


def folders(paths: Iterable[Path]) -> dict[str, str]:
    """The name of the folder that each file lies in, by the file as it was given."""
    where = {str(path): path.resolve().parent.parts for path in paths}
    lengths = dict.fromkeys(where.values(), 1)
    while True:
        count: dict[tuple[str, ...], int] = {}
        for parts, n in lengths.items():
            count[parts[-n:]] = count.get(parts[-n:], 0) + 1
        twice = [parts for parts, n in lengths.items() if count[parts[-n:]] > 1 and n < len(parts)]
        if not twice:
            return {path: "/".join(parts[-lengths[parts] :]).strip("/") or "document" for path, parts in where.items()}
        for parts in twice:
            lengths[parts] += 1


class Documents:
    """The documents of a run's files, and the names of cases that are taken in each."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.folders: Mapping[str, str] = folders(paths)
        self._taken: dict[tuple[str, str], str] = {}

    def of(self, case: Case) -> str:
        said = case.tree is not None and "document" in case.tree.entries
        return case.document if said else self.folders.get(case.path, case.document)

    def take(self, document: str, file: str) -> str:
        """The other file of that name in the document, or "" where there is none."""
        first = self._taken.setdefault((document, Path(file).stem), file)
        return first if first != file else ""

    def faults(self, case: Case) -> Iterator[Fault]:
        """Takes the name of a case; a fault where it is taken."""
        document = self.of(case)
        if other := self.take(document, case.path):
            message = f"{other} is a case of the name '{case.name}', too, in the same document '{document}'"
            yield Fault(case.path, 1, 1, f"{message}: rename one, or name another document, document: ...")
