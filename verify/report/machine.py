"""What depends on the processor: worst inputs, inputs met, errors. Written beside the report, never committed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify.report.implementations import machine_rows
from verify.report.index import title
from verify.report.place import MARKER
from verify.results import Check, Implementation
from verify.text.escape import code, text
from verify.text.tables import table


def machine(document: str, checks: Sequence[Check], named: Sequence[Implementation] = ()) -> str:
    """The page, as markdown."""
    return "\n\n".join(_parts(document, checks, named)) + "\n"


def _parts(document: str, checks: Sequence[Check], named: Sequence[Implementation]) -> Iterator[str]:
    yield MARKER
    yield f"# {text(title(document))}: this machine"
    yield "Worst inputs and errors of the last run. They differ from machine to machine; nothing here is compared."
    if checks:
        yield "## Implementations"
        heads = ["Case", "What", "Against", "Outcome", "Inputs", "Worst input", "Error", "Allowed", ""]
        yield table(heads, [_check(c) for c in checks], ("Inputs", "Error", "Allowed"))
    if rows := machine_rows(named):
        yield "## Functions that people run"
        heads = ["Function", "Path", "Worst input", "Exact", "Computed", "Error in ulps", "Condition", "Share off"]
        yield table(heads, rows, ("Error in ulps", "Condition", "Share off"))


def _check(c: Check) -> list[str]:
    told = [text(c.case), code(c.subject), text(c.backend), c.outcome, str(c.examples)]
    return [*told, *_worst(c), text(c.reason)]


def _worst(check: Check) -> list[str]:
    if check.worst is None:
        return ["", "", ""]
    at = ", ".join(f"{name} = {value}" for name, value in check.worst.input.items())
    return [code(at), text(check.worst.error), text(check.worst.tolerance)]
