"""``errata coverage``: how much of a document is checked, and how strongly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify import places
from verify.commands.frame import AS_PINNED, FAULT, FINDINGS, Fault, command, print_faults, say

if TYPE_CHECKING:
    from verify.casefile.model import Case
    from verify.coverage import Coverage, Tally
    from verify.results import Result


@command(
    """Compare what a document says with what its cases claim, and tell how strongly each is checked.

    Of a document itself (Markdown, LaTeX, a notebook): which of its displayed formulas and printed numbers no claim speaks of,
    by quotes, formulas in LaTeX and places (docs/documents.md). Its cases are those that follow, or else its own blocks and
    the cases beside it that name it as their source.

    What it says stands in its census: YAML files in the folder 'census' beside its cases, with ids, places and kinds
    (docs/coverage.md). Without --results nothing is known but what is a claim; with it, how each verdict was earned:
    proved and checked, proved, certified, exhaustive, sampled, by a probe, or not at all. Nothing is judged anew.

    \b
    Examples:
      errata coverage understanding-neural-networks
      errata coverage cases/my-book --results results.json --missing
      errata coverage cases/my-book --results results.json --at-least 97
      errata coverage chapter2.md --missing
      errata coverage chapter2.md cases/my-book --at-least 90
    """,
    epilog="""\b
Exit codes:
  0    told; with --at-least, so much is checked, or spoken of
  1    with --at-least: less of the census is checked, less of the document spoken of
  2    a case, the census, the document or the results can't be read, or there is no census
  3    an internal error of Errata""",
)
@click.argument("what", nargs=-1, metavar="[PATH|DOCUMENT]...")
@click.option("--census", type=click.Path(path_type=Path), metavar="DIR", help="The census, if it lies elsewhere.")
@click.option(
    "--results", "results_file", type=click.Path(path_type=Path), metavar="FILE", help="What `errata run --json` wrote."
)
@click.option(
    "--at-least", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit code 1 if less of the census is checked."
)
@click.option("--missing", is_flag=True, help="List what is not checked, and why, and claims beyond the census.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def coverage(
    what: tuple[str, ...],
    census: Path | None,
    results_file: Path | None,
    at_least: float | None,
    missing: bool,
    as_json: bool,
) -> int:
    from verify.casefile import Documents
    from verify.casefile import check as check_files
    from verify.commands.texts import texts
    from verify.document.passages import is_document

    documents_of_text = [word for word in what if is_document(word)]
    if documents_of_text:
        if census is not None or results_file is not None:
            raise Fault("--census and --results are of cases; of a document it is told which claims speak of it")
        return texts(documents_of_text, [w for w in what if w not in documents_of_text], at_least, missing, as_json)
    cases: list[Case] = []
    if faults := check_files(places.case_files(what), cases):
        print_faults(faults, err=True)
        return FAULT
    named = Documents(Path(case.path) for case in cases)
    documents: dict[str, list[Case]] = {}
    for case in cases:
        documents.setdefault(named.of(case), []).append(case)
    found = _results(results_file) if results_file is not None else None
    compared = _compared(documents, census, found, chosen=bool(what))
    if as_json:
        say(json.dumps([_data(c) for c in compared], indent=1, ensure_ascii=False))
    else:
        for number, each in enumerate(compared):
            say("\n" * (number > 0) + "\n".join(_lines(each, missing)))
    short = at_least is not None and any(c.total.percent < at_least for c in compared)
    return FINDINGS if short else AS_PINNED


def _compared(
    documents: dict[str, list[Case]], census: Path | None, results: Sequence[Result] | None, chosen: bool
) -> list[Coverage]:
    """The documents that have a census; of those that were ``chosen`` each must. Raises Fault, CaseFaults."""
    from verify.casefile.census import FOLDER, files, load
    from verify.coverage import compare

    if census is not None and len(documents) > 1:
        raise Fault(f"--census is of one document, and the cases are of {len(documents)}: {', '.join(documents)}")
    compared, without = [], []
    for document, cases in documents.items():
        folders = [census] if census is not None else _beside(cases, FOLDER)
        paths = [path for folder in folders for path in files(folder)]
        if paths:
            compared.append(compare(document, load(paths), cases, results))
        else:
            without.append(f"no census of '{document}': no YAML files in {' or '.join(map(str, folders))}")
    if without and (chosen or not compared):
        raise Fault(f"{without[0]}; docs/coverage.md says how one is written")
    return compared


def _beside(cases: Sequence[Case], name: str) -> list[Path]:
    return list(dict.fromkeys(Path(case.path).parent / name for case in cases))


def _results(path: Path) -> Sequence[Result]:
    from verify.results import ResultsError, load

    try:
        return load(path).claims
    except (ResultsError, OSError) as bad:
        raise Fault(f"{path}: {bad.strerror}" if isinstance(bad, OSError) else str(bad)) from None


# -- for people ---------------------------------------------------------------------------------------


def _lines(found: Coverage, missing: bool) -> list[str]:
    from tabulate import tabulate

    from verify.coverage import STATES

    total = found.total
    states = [s for s in STATES if total.states.get(s)]
    rows = []
    sections = found.by(2)
    for chapter, tally in found.by(1).items():
        rows.append(_row(chapter, tally, states))
        inside = {name: t for name, t in sections.items() if name.split(".")[0] == chapter and name != chapter}
        rows += [_row(f"  {name}", t, states) for name, t in inside.items()]
    rows.append(_row("all", total, states))
    heads = ["section", "says", "checked", "%", *states]
    aligned = ["left"] + ["right"] * (len(heads) - 1)
    made = tabulate(rows, heads, tablefmt="simple", colalign=aligned, disable_numparse=True, preserve_whitespace=True)
    said = f"{found.document}: {total.checked:,} of {total.checkable:,} that can be checked are"
    word = "claims" if "claimed" in states else "checked"
    lines = [*made.splitlines(), "", f"{said} {word}, {_percent(total)} %"]
    open_ = [c for c in found.entries if not c.checked and c.entry.checkable]
    if missing:
        lines += ["", *(_told(c) for c in open_)]
        lines += [
            f"{c.place}: {c.id} ({c.where or 'no place'}): a claim that the census does not know" for c in found.beyond
        ]
    elif open_ or found.beyond:
        lines.append(f"--missing lists the {len(open_)} that are not, and {len(found.beyond)} claims beyond the census")
    return lines


def _told(covered: Any) -> str:
    entry = covered.entry
    why = f": {covered.why}" if covered.why else ""
    return f"{entry.place}: {entry.id} ({entry.where}): {covered.state}{why}"


def _row(name: str, tally: Tally, states: Sequence[str]) -> list[str]:
    says = sum(tally.states.values())
    return [name, str(says), str(tally.checked), _percent(tally), *(str(tally.states.get(s) or "") for s in states)]


def _percent(tally: Tally) -> str:
    """Rounded down: 100.0 is said of all alone; nothing where there is nothing to check."""
    return f"{int(tally.percent * 10 + 1e-9) / 10:.1f}" if tally.checkable else ""


# -- for programs -------------------------------------------------------------------------------------


def _data(found: Coverage) -> dict[str, Any]:
    return {
        "document": found.document,
        "total": _numbers(found.total),
        "sections": {name: _numbers(tally) for name, tally in found.by(99).items()},
        "entries": [
            {
                "id": c.entry.id,
                "section": c.entry.section,
                "where": c.entry.where,
                "kind": c.entry.kind,
                "state": c.state,
                "claims": list(c.claims),
                "why": c.why,
                "file": c.entry.place.file,
                "line": c.entry.place.line,
            }
            for c in found.entries
        ],
        "beyond": [{"id": c.id, "where": c.where, "file": c.place.file, "line": c.place.line} for c in found.beyond],
    }


def _numbers(tally: Tally) -> dict[str, Any]:
    return {
        "checkable": tally.checkable,
        "checked": tally.checked,
        "percent": round(tally.percent, 2),
        "states": dict(tally.states),
    }
