"""The findings of a run as one list: what is not as pinned, with its place, its code and a line that says it."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import TYPE_CHECKING

from derive.records import dataclass
from verify import messages
from verify.messages import Message
from verify.suite.glance import CheckGlance, ClaimGlance, Glance, ImplementationGlance
from verify.suite.progress import printable

if TYPE_CHECKING:
    from verify.casefile.faults import Fault


@dataclass(frozen=True, slots=True)
class Finding:
    """``document``, ``case`` and ``id`` name it: a claim or an implementation by its id, a check by what was compared. ``code``
    is "" of what needs no telling."""

    code: str
    document: str
    case: str
    id: str
    file: str
    line: int
    column: int
    text: str
    part: str = "claim"  # claim, quote, check, implementation or fault
    again: str = ""  # the command that shows it again; "" where the case has no file

    @property
    def message(self) -> Message:
        return messages.table()[self.code]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is about, in any run."""
        return self.part, self.document, self.case, self.id


def _explained(c: ClaimGlance) -> str:
    return "" if c.file.startswith("<") else f"errata explain {quote(c.file)} {quote(c.id)}"


def _run_again(file: str) -> str:
    return f"errata run {quote(file)} --no-cache" if file and not file.startswith("<") else ""


def of_claim(c: ClaimGlance) -> Finding:
    said = f"{c.verdict} (pinned {c.pinned}){f': {c.reason}' if c.reason else ''}"
    code = messages.VERDICTS.get(c.verdict, "")
    file, line, column = c.file, c.line, c.column
    if c.quoted and not c.lost:
        # a cell of a notebook has no line in its file
        file, (line, column) = c.quoted.file, (1, 1) if c.quoted.cell else (c.quoted.line, c.quoted.column)
        said = f"{said} [{c.place}]"
    return Finding(code, c.document, c.case, c.id, file, line, column, printable(said), again=_explained(c))


def of_quote(c: ClaimGlance) -> Finding:
    """Of a claim whose quote has no place in the document: where the case has it."""
    said = f"{c.lost}: {c.quoted.reason} [{c.quoted.file}]" if c.quoted else ""
    code = messages.QUOTES.get(c.lost, "")
    return Finding(code, c.document, c.case, c.id, c.file, c.line, c.column, printable(said), "quote", _explained(c))


def of_check(c: CheckGlance) -> Finding:
    why = c.reason or c.off
    subject = f"{c.backend} {c.subject}"
    said = printable(f"{subject}: {c.outcome}{f': {why}' if why else ''}")
    code, again = messages.CHECKS.get(c.outcome, ""), _run_again(c.file)
    return Finding(code, c.document, c.case, printable(subject), c.file, 1, 1, said, "check", again)


def of_implementation(i: ImplementationGlance) -> Finding:
    said = f"{i.verdict}, not as pinned{f': {i.said}' if i.said else ''}"
    code = messages.IMPLEMENTATIONS.get(i.verdict, "")
    again = _run_again(i.file)
    return Finding(code, i.document, i.case, i.id, i.file, i.line, i.column, printable(said), "implementation", again)


def of_fault(fault: Fault, file: str) -> Finding:
    """What is at fault in how a case is written; the case is called ``file``."""
    message = messages.of_fault(fault.message)
    again = "" if file.startswith("<") else f"errata check {quote(file)}"
    place = file, fault.line, fault.column
    return Finding(message.code, "", file, message.name, *place, printable(fault.message), "fault", again)


def findings(glance: Glance) -> Iterator[Finding]:
    """In the order of the files: claims, implementations, checks."""
    for c in glance.claims:
        if not c.judged_as_pinned:
            yield of_claim(c)
        if c.lost:
            yield of_quote(c)
    yield from (of_implementation(i) for i in glance.implementations if not i.as_pinned)
    yield from (of_check(c) for c in glance.checks if not c.as_expected)
