"""``errata report``: the reports again, from a results file."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify import places
from verify.commands.frame import AS_PINNED, Fault, command, print_faults, say
from verify.extras import installed, missing
from verify.report import FORMATS, NEEDED, PICTURED, writer

if TYPE_CHECKING:
    from verify.casefile.model import Case
    from verify.results import Results


@command(
    """Write the reports again, from a results file: as markdown, or as a site of HTML pages that are read offline.

    The cases, whose formulas and notes stand in the reports, are read from where the results say that they are: run this from
    where `errata run` ran. Neither Torch nor SymPy is loaded: what they computed stands in the results.

    \b
    Examples:
      errata report results.json                 what `errata run --json results.json` wrote
      errata report results.json --out reports
      errata report results.json --format html --out site     then open site/index.html
    """,
    epilog="""\b
Exit codes:
  0    written
  2    the results file or a case that it names can't be read, a case has changed since the run, or DIR can't be written
  3    an internal error of Errata""",
)
@click.argument("results_file", metavar="RESULTS.JSON", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", default=Path("reports"), show_default=True)
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="markdown", show_default=True, help="Of the pages."
)
def report(results_file: Path, out: Path, form: str) -> int:
    must_be_there(form)
    from verify.results import ResultsError, load

    try:
        results = load(results_file)
    except (ResultsError, OSError) as bad:
        text = f"{results_file}: {bad.strerror}" if isinstance(bad, OSError) else str(bad)
        raise Fault(text) from None
    if not results.cases:
        raise Fault(f'{results_file}: "cases" names no case files, so there is nothing to report on')
    for name, known in results.digests.items():
        _must_be_as_it_was(name, known)
    places.must_take_files(out, "--out")
    with places.writing("--out"):
        write_reports(results, out, form)
    say(f"reports of {len(results.cases)} {'case' if len(results.cases) == 1 else 'cases'} in {out}")
    return AS_PINNED


def must_be_there(form: str) -> None:
    """Raises Fault where a library that the format needs is not installed."""
    for library in NEEDED.get(form, ()):
        if not installed(library):
            raise Fault(f"--format {form}: {missing(library)}")


@contextlib.contextmanager
def _keeping_all() -> Iterator[None]:
    """What is read is needed to the end: to look for garbage in it again and again takes a fifth of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _must_be_as_it_was(name: str, known: str) -> None:
    """Else a verdict would stand beside another formula than the one that it is on."""
    try:
        same = places.digest(name) == known
    except FileNotFoundError:
        raise Fault(f"the results are about {name}, which is not there: run this from where `errata run` ran") from None
    except OSError as bad:
        raise Fault(f"{name}: {bad.strerror}") from None
    if not same:
        raise Fault(
            f"{name} has changed since the run, so its verdicts may be of other formulas: do `errata run` again"
        )


def write_reports(results: Results, out: Path, form: str = "markdown") -> None:
    """Raises OSError, and Fault where a case is not as it was."""
    with _keeping_all():
        writer(form)(results, _cases(results), out)
    if form in PICTURED and not installed("matplotlib"):
        say(f"without pictures: {missing('matplotlib')}", err=True)


def _cases(results: Results) -> list[Case]:
    from verify.casefile import CaseFaults, load

    said = {r.file: r.document for r in results.claims} | {i.file: i.document for i in results.implementations}
    cases = []
    for name in results.cases:
        path = Path(name)
        if not path.is_file():
            raise Fault(f"the results are about {name}, which is not there: run this from where `errata run` ran")
        try:
            case = load(path)
            cases.append(replace(case, document=said.get(name, case.document)))
        except CaseFaults as bad:
            print_faults(bad.faults, err=True)
            raise Fault(f"the case file {name} has changed since the run") from None
    return cases
