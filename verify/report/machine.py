"""What depends on the processor: worst inputs, inputs met, errors, seconds. Written beside the report, never committed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify.report.implementations import machine_rows
from verify.report.index import title
from verify.report.place import MARKER
from verify.results import Check, Implementation, Result
from verify.text.escape import code, text
from verify.text.tables import table

SLOWEST = 20


def machine(
    document: str, claims: Sequence[Result], checks: Sequence[Check], named: Sequence[Implementation] = ()
) -> str:
    """The page, as markdown."""
    return "\n\n".join(_parts(document, claims, checks, named)) + "\n"


def _parts(
    document: str, claims: Sequence[Result], checks: Sequence[Check], named: Sequence[Implementation]
) -> Iterator[str]:
    yield MARKER
    yield f"# {text(title(document))}: this machine"
    yield "Worst inputs, errors and seconds of the last run. They differ from machine to machine; nothing here is compared."
    total = sum(r.seconds for r in claims) + sum(c.seconds for c in checks) + sum(i.seconds for i in named)
    if total:  # of a run that has not remembered all of them
        yield f"{len(claims)} claims and {len(checks)} checks took {total:.2f} s of processor time."
    if checks:
        yield "## Implementations"
        heads = ["Case", "What", "Against", "Outcome", "Inputs", "Worst input", "Error", "Allowed", "Seconds", ""]
        yield table(heads, [_check(c) for c in checks], ("Inputs", "Error", "Allowed", "Seconds"))
    if rows := machine_rows(named):
        yield "## Functions that people run"
        heads = ["Function", "Path", "Worst input", "Exact", "Computed", "Error in ulps", "Condition", "Share off"]
        yield table(heads, rows, ("Error in ulps", "Condition", "Share off"))
    slow = sorted((r for r in claims if r.seconds), key=lambda r: -r.seconds)[:SLOWEST]
    if slow:
        yield "## The slowest claims"
        rows = [[text(r.case), code(r.id), text(r.kind), f"{r.seconds:.3f}"] for r in slow]
        yield table(["Case", "Claim", "Kind", "Seconds"], rows, ("Seconds",))


def _check(c: Check) -> list[str]:
    told = [text(c.case), code(c.subject), text(c.backend), c.outcome, str(c.examples)]
    return [*told, *_worst(c), f"{c.seconds:.3f}", text(c.reason)]


def _worst(check: Check) -> list[str]:
    if check.worst is None:
        return ["", "", ""]
    at = ", ".join(f"{name} = {value}" for name, value in check.worst.input.items())
    return [code(at), text(check.worst.error), text(check.worst.tolerance)]
