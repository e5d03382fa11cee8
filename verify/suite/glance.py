"""Results at a glance: what the end of a run tells of them, without all else that the results file holds. Light to import."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from typing import Any, Protocol

from derive.records import dataclass
from verify.quoted import Quoted
from verify.vocabulary import SKIPPED


class Pinned(Protocol):
    """What has a verdict, or was skipped, and has a reviewed one."""

    @property
    def verdict(self) -> str: ...
    @property
    def as_pinned(self) -> bool: ...


class Compared(Protocol):
    """What has been set against the exact mathematics."""

    @property
    def outcome(self) -> str: ...
    @property
    def as_expected(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class ClaimGlance:
    id: str
    file: str
    line: int
    verdict: str
    pinned: str
    reason: str
    checked: bool = False
    unchecked: str = ""
    column: int = 1
    document: str = ""
    case: str = ""
    quoted: Quoted | None = None

    @property
    def judged_as_pinned(self) -> bool:
        return self.verdict in (self.pinned, SKIPPED)

    @property
    def lost(self) -> str:
        """Why its quote has no place in the document: stale, ambiguous; "" where it has one, or there is none."""
        return self.quoted.lost if self.quoted else ""

    @property
    def as_pinned(self) -> bool:
        return self.judged_as_pinned and not self.lost

    @property
    def place(self) -> str:
        """Where it stands: in the document, and in the case."""
        here = f"{self.file}:{self.line}"
        return f"{self.quoted} ({here})" if self.quoted and not self.lost else here


@dataclass(frozen=True, slots=True)
class CheckGlance:
    """``off``: of one that differs, the worst input with its error and what is allowed."""

    document: str
    case: str
    backend: str
    subject: str
    outcome: str
    reason: str
    off: str
    file: str = ""

    @property
    def as_expected(self) -> bool:
        return self.outcome in ("agrees", SKIPPED)


@dataclass(frozen=True, slots=True)
class ImplementationGlance:
    id: str
    file: str
    line: int
    verdict: str
    as_pinned: bool
    said: str  # what is told of one that is not as pinned
    column: int = 1
    document: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    """Of a case file, or of all of them."""

    claims: Sequence[ClaimGlance]
    checks: Sequence[CheckGlance]
    implementations: Sequence[ImplementationGlance]

    @property
    def as_pinned(self) -> bool:
        """Whether every verdict is as pinned and every check agrees."""
        judged = all(c.as_pinned for c in self.claims) and all(i.as_pinned for i in self.implementations)
        return judged and all(c.as_expected for c in self.checks)

    @property
    def count(self) -> int:
        return len(self.claims) + len(self.checks) + len(self.implementations)

    def dumps(self) -> str:
        return json.dumps([[astuple(x) for x in kind] for kind in (self.claims, self.checks, self.implementations)])

    @staticmethod
    def loads(text: str) -> Glance:
        """Raises TypeError and ValueError where that is no glance."""
        claims, checks, implementations = json.loads(text)
        return Glance(
            [_claim(*c) for c in claims],
            [CheckGlance(*c) for c in checks],
            [ImplementationGlance(*i) for i in implementations],
        )


def _claim(*said: Any) -> ClaimGlance:
    *told, quoted = said
    return replace(ClaimGlance(*told), quoted=None if quoted is None else Quoted(*quoted))


def together(glances: Sequence[Glance]) -> Glance:
    return Glance(
        [c for g in glances for c in g.claims],
        [c for g in glances for c in g.checks],
        [i for g in glances for i in g.implementations],
    )


def of_claim(r: Any) -> ClaimGlance:
    """Of a results.Result."""
    verdict = SKIPPED if r.absent else r.verdict
    where = r.column, r.document, r.case, r.quoted
    return ClaimGlance(r.id, r.file, r.line, verdict, r.pinned, r.reason, r.checked, r.unchecked, *where)


def of_check(c: Any, file: str = "") -> CheckGlance:
    """Of a results.Check, of the case in that file."""
    off = ""
    if c.worst:
        at: Mapping[str, str] = c.worst.input
        said = ", ".join(f"{name} = {value}" for name, value in at.items())
        off = f"error {c.worst.error}, allowed {c.worst.tolerance}, at {said}"
    outcome = SKIPPED if c.absent else c.outcome
    off = off if outcome != "agrees" else ""
    return CheckGlance(c.document, c.case, c.backend, c.subject, outcome, c.reason, off, file)


def of_implementation(i: Any) -> ImplementationGlance:
    """Of a results.Implementation."""
    said = i.convention or i.repair or i.reason
    return ImplementationGlance(i.id, i.file, i.line, i.verdict, i.as_pinned, said, i.column, i.document, i.case)


def of_results(results: Any) -> Glance:
    """Of results.Results."""
    files = {(r.document, r.case): r.file for r in results.claims} if len(results.cases) != 1 else {}
    alone = results.cases[0] if len(results.cases) == 1 else ""
    return Glance(
        [of_claim(r) for r in results.claims],
        [of_check(c, alone or files.get((c.document, c.case), "")) for c in results.checks],
        [of_implementation(i) for i in results.implementations],
    )
