"""``errata run``: judge the claims, check the implementations."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify import places
from verify.commands.frame import (
    AS_PINNED,
    FAULT,
    FINDINGS,
    INTERRUPTED,
    Fault,
    command,
    dask_option,
    on_dask,
    print_faults,
    say,
    timeout_option,
)

if TYPE_CHECKING:
    from verify.cache.remembered import Cache
    from verify.suite.progress import Event, Silent


@command(
    """Judge every claim of the cases, and check the implementations.

    Give case files, folders, or names of documents of the case library. Without any: the folder 'cases' here, or
    else the library that came with Errata. Progress goes to standard error, the summary to standard output.
    What an earlier run has found, and nothing has changed that it depends on, is remembered.

    \b
    Examples:
      errata run                                everything
      errata run my-example.yaml                one case
      errata run understanding-neural-networks  one document
      errata run --only 't2.4-*'                some claims
      errata run --only '2.8-three-layer:*'     the claims of the case 2.8-three-layer
      errata run --json results.json --out reports
    """,
)
@click.argument("what", nargs=-1, metavar="[PATH|DOCUMENT]...")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the results there.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the markdown reports there.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes.  [default: one a processor]")
@dask_option("Work on a Dask cluster, by the address of its scheduler, which sees the same files.")
@timeout_option("A claim, or a check of an implementation, that takes longer is undecided.")
@click.option("--only", metavar="GLOB", help="Only claims with such an id, or case:id; implementations are left out.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Of the inputs drawn for checks.",
)
@click.option(
    "--examples", type=click.IntRange(min=1), default=50, show_default=True, metavar="N", help="Inputs for a check."
)
@click.option(
    "--allow-import",
    "allowed",
    multiple=True,
    metavar="PACKAGE",
    help="Also call implementations of this package: its code runs.",
)
@click.option("--no-cache", is_flag=True, help="Work everything out, and remember nothing.  [see: errata cache --help]")
@click.option("--profile", is_flag=True, help="Tell where time went, after the summary.")
@click.option("--quiet", "-q", is_flag=True, help="Nothing but findings.")
@click.option("--verbose", "-v", is_flag=True, help="Every claim, not only the unexpected ones.")
def run(
    what: tuple[str, ...],
    json_file: Path | None,
    out: Path | None,
    jobs: int | None,
    dask: str | None,
    timeout: float | None,
    only: str | None,
    seed: int,
    examples: int,
    allowed: tuple[str, ...],
    no_cache: bool,
    profile: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    paths = places.case_files(what)
    if json_file is not None:
        places.must_take_a_file(json_file, "--json")
    if out is not None:
        places.must_take_files(out, "--out")

    from verify.suite.found import Found, distinct
    from verify.suite.progress import CaseDone, Clock
    from verify.suite.summary import findings, summary

    clock = Clock()
    # a time that the user sets says of what it ends nothing that lasts
    remembered = None if no_cache or timeout is not None else _cache(seed, examples, allowed)
    wants_text = json_file is not None or out is not None
    known = {} if remembered is None or only is not None else remembered.files(paths, wants_text)
    if len(known) == len(paths) and distinct(known.values()):
        found = Found([known[path] for path in paths], remembered=sum(f.glance.count for f in known.values()))
        with display(quiet, live=False) as shown:
            for file in found.files:
                shown(CaseDone(file.file, file.glance))
    else:
        from verify.suite.run import FaultyCases, NoSuchClaim, Options, search

        options = Options(jobs or 0, timeout, only=only, seed=seed, examples=examples, allowed=allowed, profile=profile)
        try:
            cluster = contextlib.nullcontext() if dask is None else on_dask(dask)
            with cluster as executor, display(quiet) as shown:
                found = search(paths, options, with_traces(shown), remembered, known, executor)
        except FaultyCases as bad:
            print_faults(bad.faults, err=True)
            return FAULT
        except NoSuchClaim as bad:
            near = f"; the nearest are {', '.join(bad.nearest)}" if bad.nearest else ""
            raise Fault(f"--only: {bad}{near}") from None

    if json_file is not None:
        from verify.places import write_text

        with places.writing("--json"):
            write_text(found.text(), json_file)
    if out is not None and not found.interrupted:
        from verify.commands.report import write_reports

        with places.writing("--out"):
            write_reports(found.results(), out)
    glance = found.glance
    took = f"{found.remembered} of {glance.count} remembered, {clock}" if found.remembered else str(clock)
    for line in findings(glance) if quiet else summary(glance, took, found.interrupted, listing=verbose):
        say(line)
    if found.profile is not None:
        for line in found.profile.lines():
            say(line)
    elif profile:
        say("all of it is remembered: no time went into anything")
    if found.interrupted:
        if out is not None:
            say("no reports are written of a part; `errata report` makes them from results", err=True)
        return INTERRUPTED
    return AS_PINNED if glance.as_pinned else FINDINGS


def _cache(seed: int, examples: int, allowed: tuple[str, ...]) -> Cache | None:
    from verify.cache.remembered import Asked, opened
    from verify.suite import WORK

    return opened(Asked(WORK, seed, examples, allowed), lambda line: say(line, err=True))


def display(quiet: bool, live: bool = True) -> Silent:
    """What shows the progress; nothing ``live`` where all of it is there at once."""
    from verify.suite.progress import Live, Plain, Silent

    if quiet:
        return Silent()
    live = live and sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("ERRATA_TRACEBACK")
    return Live() if live else Plain(lambda line: say(line, err=True))


def with_traces(display: Silent) -> Callable[[Event], None]:
    """With --traceback, also where in Errata a claim or a check failed."""
    if not os.environ.get("ERRATA_TRACEBACK"):
        return display

    def tell(event: Event) -> None:
        display(event)
        if trace := getattr(event, "trace", ""):
            say(trace, err=True)

    return tell
