"""Case files as tests: each claim, check and implementation is an item, and passes where its verdict is as pinned.

Registered by the door (``errata_ml.pytest_plugin``) where cases are asked for; docs/pytest.md shows the use.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from verify.casefile import SUFFIXES
from verify.casefile.faults import CaseFaults
from verify.results import Check, Implementation, Result
from verify.suite.single import Opened, Single
from verify.text.escape import one_line

#: A key of a case at the beginning of a line: other YAML, as of workflows, has none.
_CASE = re.compile(r"^(?:symbols|sizes|define|derive|claims|implementations|sequences|agrees)[ \t]*:", re.M)


class Cases:
    """The plugin, of one session: finds case files, and has what judges them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._single: Single | None = None

    @property
    def single(self) -> Single:
        if self._single is None:
            from verify.cache.remembered import Asked, opened
            from verify.suite import WORK

            allowed = tuple(self._config.getini("errata_allow_import"))
            self._single = Single(opened(Asked(WORK, 0, 50, allowed), lambda line: None), allowed=allowed)
        return self._single

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if file_path.suffix not in SUFFIXES:
            return None
        if not parent.session.isinitpath(file_path) and not _is_case(file_path):
            return None
        return CaseFile.of(parent, file_path, self)

    def pytest_unconfigure(self) -> None:
        if self._single is not None:
            self._single.close()


def _is_case(path: Path) -> bool:
    """Whether a file that was met on the way is a case. What lies in a folder ``census`` is what a document says."""
    if "census" in path.parent.parts:
        return False
    try:
        return _CASE.search(path.read_text(encoding="utf-8", errors="replace")) is not None
    except OSError:
        return False


class CaseFile(pytest.File):
    cases: Cases

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, cases: Cases) -> CaseFile:
        made: CaseFile = cls.from_parent(parent, path=path)
        made.cases = cases
        return made

    def collect(self) -> Iterable[pytest.Item]:
        """Raises CollectError with all faults of the file, as ``errata check`` tells them."""
        here = Path(os.path.relpath(self.path, self.config.invocation_params.dir))
        try:
            opened = self.cases.single.open(here)
        except CaseFaults as bad:
            raise self.CollectError(str(bad)) from None
        return self._items(opened)

    def _items(self, file: Opened) -> Iterator[pytest.Item]:
        for c in file.case.claims:
            yield Claim.of(self, c.id, c.place.line, file, kind=c.kind, pinned=c.pinned)
        for name in file.checks:
            yield Checked.of(self, name, 1, file, kind=name.partition(":")[0], pinned="agrees")
        for i in file.case.implementations:
            yield Compared.of(self, i.id, i.place.line, file, kind=i.name.partition(".")[0], pinned=i.pinned)


class Unit(pytest.Item):
    """One of what a case says. ``errata`` is its marker, with ``part``, ``kind`` and ``pinned``."""

    part: str
    line: int
    file: Opened
    parent: CaseFile

    @classmethod
    def of(cls, parent: CaseFile, name: str, line: int, file: Opened, kind: str, pinned: str) -> Unit:
        made: Unit = cls.from_parent(parent, name=name)
        made.line, made.file = line, file
        made.add_marker(pytest.mark.errata(part=cls.part, kind=kind, pinned=pinned))
        made.extra_keyword_matches.update((cls.part, kind, pinned))
        return made

    def runtest(self) -> None:
        found = self.found()
        absent = [f for f in found if _is_absent(f)]
        if found and len(absent) == len(found):
            pytest.skip(found[0].reason)
        verdicts = dict.fromkeys(f.outcome if isinstance(f, Check) else f.verdict for f in found)
        self.user_properties.append(("verdict", ", ".join(verdicts)))  # into JUnit files
        if told := [self.told(f) for f in found if not _as_expected(f)]:
            pytest.fail("\n".join(told), pytrace=False)

    def found(self) -> list[Result] | list[Check] | list[Implementation]:
        raise NotImplementedError

    def told(self, found: Result | Check | Implementation) -> str:
        """The tool's own sentence, behind the place."""
        place = f"{self.file.case.path}:{self.line}: {self.name}"
        match found:
            case Check():
                from verify.suite.glance import of_check

                off = of_check(found).off
                return f"{self.file.case.path}: {found.backend} {found.subject} {found.outcome}: " + one_line(
                    "; ".join(filter(None, (found.reason, off)))
                )
            case Implementation():
                what = f"{found.verdict} ({found.kind})" if found.kind else found.verdict
                why = found.convention or found.repair or found.reason.removeprefix(f"{what}: ")
                again = f"\n  again: {found.command}" if found.command else ""
                return f"{place}: {what}, pinned {found.pinned}: {one_line(why)}{again}"
        told = f"{place}: {found.verdict}, pinned {found.pinned}: {one_line(found.reason)}"
        quoted = found.quoted
        if quoted is None:
            return told
        if not quoted.lost:
            return f"{told}\n  in the document: {quoted}"
        lost = f"{place}: {quoted.lost}: {one_line(quoted.reason)}"
        return lost if found.judged_as_pinned else f"{told}\n{lost}"

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, self.name


class Claim(Unit):
    part = "claim"

    def found(self) -> list[Result]:
        return [self.parent.cases.single.claim(self.file, self.name)]


class Checked(Unit):
    part = "check"

    def found(self) -> list[Check]:
        return self.parent.cases.single.check(self.file, self.name)


class Compared(Unit):
    part = "implementation"

    def found(self) -> list[Implementation]:
        return [self.parent.cases.single.implementation(self.file, self.name)]


def _is_absent(found: Result | Check | Implementation) -> bool:
    return found.verdict == "skipped" if isinstance(found, Implementation) else bool(found.absent)


def _as_expected(found: Result | Check | Implementation) -> bool:
    return found.as_expected if isinstance(found, Check) else found.as_pinned
