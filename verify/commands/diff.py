"""``errata diff``: two runs, and what is between them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from derive.records import dataclass
from verify.commands.frame import AS_PINNED, FINDINGS, Fault, command, say
from verify.formats.findings import Finding

#: What may have become of a finding, in the order in which it is told, with the colour of its heading.
KINDS = {"new": "red", "changed": "yellow", "mended": "green", "gone": "blue"}


@command(
    """Compare two results files: which findings are new, changed, mended, or gone with what they were of.

    A finding is what is not as pinned: a claim, a check of generated code, an implementation. It is the same in both files
    where document, case and id are. Nothing is judged anew.

    \b
    Examples:
      errata diff old.json new.json              what `errata run --json FILE` wrote, before and after
      errata diff old.json new.json --format markdown
    """,
    epilog="""\b
Exit codes:
  0    no finding is new or changed
  1    one is
  2    a results file can't be read
  3    an internal error of Errata""",
)
@click.argument("old", metavar="OLD.JSON", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW.JSON", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Of output.",
)
def diff(old: Path, new: Path, form: str) -> int:
    changes = compared(*(_findings(path) for path in (old, new)))
    if form == "json":
        say(
            json.dumps(
                {kind: [asdict(c) for c in found] for kind, found in changes.items()}, indent=1, ensure_ascii=False
            )
        )
    else:
        for line in _markdown(changes) if form == "markdown" else _text(changes):
            say(line)
    return FINDINGS if changes["new"] or changes["changed"] else AS_PINNED


@dataclass(frozen=True, slots=True)
class Change:
    """A finding of the newer run, or of the older one where the newer has none; ``before`` is what it was."""

    document: str
    case: str
    id: str
    file: str
    line: int
    text: str
    before: str = ""


#: What a run judged, and its findings, each under its key.
Judged = tuple[set[tuple[str, ...]], dict[tuple[str, ...], Finding]]


def compared(old: Judged, new: Judged) -> dict[str, list[Change]]:
    """The changes by their kinds, each in the order of the file that has it."""
    (_, before), (there, after) = old, new
    changes: dict[str, list[Change]] = {kind: [] for kind in KINDS}
    for key, finding in after.items():
        if key not in before:
            changes["new"].append(_change(finding))
        elif before[key].text != finding.text:
            changes["changed"].append(_change(finding, before[key].text))
    for key, finding in before.items():
        if key not in after:
            changes["mended" if key in there else "gone"].append(_change(finding))
    return changes


def _change(f: Finding, before: str = "") -> Change:
    return Change(f.document, f.case, f.id, f.file, f.line, f.text, before)


def _findings(path: Path) -> Judged:
    from verify.formats.findings import findings, of_check, of_claim, of_implementation
    from verify.results import ResultsError, load
    from verify.suite.glance import of_results

    try:
        results = load(path)
    except (ResultsError, OSError) as bad:
        raise Fault(f"{path}: {bad.strerror}" if isinstance(bad, OSError) else str(bad)) from None
    if results.interrupted:
        raise Fault(f"{path}: of a run that was interrupted: there is no telling what it would have found")
    glance = of_results(results)
    every = (
        *map(of_claim, glance.claims),
        *map(of_check, glance.checks),
        *map(of_implementation, glance.implementations),
    )
    return {f.key for f in every}, {f.key: f for f in findings(glance)}


def _text(changes: dict[str, list[Change]]) -> Iterator[str]:
    for kind, found in changes.items():
        if found:
            yield click.style(f"{kind}: {len(found)}", fg=KINDS[kind], bold=True)
            for c in found:
                yield f"  {c.file}:{c.line}  {c.id}  {c.text}"
                if c.before:
                    yield f"    before: {c.before}"
            yield ""
    yield _counted(changes)


def _markdown(changes: dict[str, list[Change]]) -> Iterator[str]:
    from verify.text.escape import text
    from verify.text.tables import table

    yield f"**Errata**: {_counted(changes)}"
    rows: Sequence[Sequence[str]] = [
        [kind, text(f"{c.file}:{c.line}"), text(c.id), text(c.text), text(c.before)]
        for kind, found in changes.items()
        for c in found
    ]
    if rows:
        yield ""
        yield table(["", "Where", "What", "Found", "Before"], rows)


def _counted(changes: dict[str, list[Change]]) -> str:
    said = ", ".join(f"{len(found)} {kind}" for kind, found in changes.items() if found)
    return f"findings: {said}" if said else "the same findings in both"
