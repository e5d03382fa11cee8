"""``errata run``: judge the claims, check the implementations."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive.records import dataclass
from verify import places
from verify.commands.frame import (
    AS_PINNED,
    FAULT,
    FINDINGS,
    INTERRUPTED,
    NOTHING,
    UNDECIDED,
    Fault,
    command,
    dask_option,
    on_dask,
    print_faults,
    say,
    timeout_option,
)
from verify.formats import FORMATS

if TYPE_CHECKING:
    from verify.baseline import Known
    from verify.cache.remembered import Cache
    from verify.casefile.faults import Fault as CaseFault
    from verify.suite.found import FileFound, Found
    from verify.suite.last import Replayed
    from verify.suite.progress import Event, Silent


FOR_PEOPLE = ("text", "html")  # the formats that leave standard output to the text
Again = Mapping[str, Sequence[str]]  # of each file what failed the last time


@command(
    """Judge every claim of the cases, and check the implementations.

    Give case files, folders, or names of documents of the case library; - is the case on standard input. Without any: the
    folder 'cases' here, or else the library that came with Errata. Progress goes to standard error, the summary to standard
    output. What an earlier run has found, and nothing has changed that it depends on, is remembered.

    \b
    Examples:
      errata run                                everything
      errata run my-example.yaml                one case
      errata run my-example.yaml --no-checks    its claims alone, without NumPy, Torch and SymPy: the fast way
      errata run understanding-neural-networks  one document
      errata run --only 't2.4-*'                some claims
      errata run --only '2.8-three-layer:*'     the claims of the case 2.8-three-layer
      errata run --last-failed -x               what was not as pinned the last time, up to the first that is not yet
      errata run --json results.json --out reports
      errata run --format html --out site       pages to browse: open site/index.html
      errata run --format sarif --output-file errata.sarif

    Defaults of these options may stand in pyproject.toml, under [tool.errata] (docs/running.md).
    """,
    epilog="""\b
Exit codes:
  0    all verdicts are as pinned (unpinned means 'holds')
  1    findings: a verdict is not as pinned, or an implementation differs
  2    the case files or the arguments are at fault
  3    an internal error of Errata
  4    nothing but 'undecided' is not as pinned: nothing is refuted, not everything is decided
  5    there is nothing to judge: no claim, no implementation, nothing to derive
  130  interrupted""",
    configured=True,
)
@click.argument("what", nargs=-1, metavar="[PATH|DOCUMENT|-]...")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the results there.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the reports there.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FOR_PEOPLE, *FORMATS]),
    default="text",
    show_default=True,
    help="Of what is told: text for people; json, ndjson, junit, sarif, github (annotations) or markdown for machines. "
    "html: the text, and the reports of --out as pages.",
)
@click.option(
    "--output-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the format there, and the text as usual.  [default: standard output]",
)
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes.  [default: one a processor]")
@dask_option("Work on a Dask cluster, by the address of its scheduler, which sees the same files.")
@timeout_option("A claim, or a check of an implementation, that takes longer is undecided.")
@click.option("--only", metavar="GLOB", help="Only claims with such an id, or case:id; implementations are left out.")
@click.option(
    "--last-failed", "--lf", is_flag=True, help="Only what was not as pinned the last time; all, if nothing was."
)
@click.option("--exitfirst", "-x", "exit_first", is_flag=True, help="End with the first finding.")
@click.option("--no-checks", is_flag=True, help="Only claims: no generated NumPy and Torch, no second derivation.")
@click.option("--list", "listing", is_flag=True, help="List what there is to judge, and judge nothing.")
@click.option("--watch", is_flag=True, help="Run again whenever a case changes, until Ctrl-C.")
@click.option(
    "--durations",
    type=click.IntRange(min=1),
    metavar="N",
    help="Tell the slowest N, of what was worked out in this run.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Findings that are known: they count as pinned until they expire, and are told in a line.",
)
@click.option(
    "--update-baseline", is_flag=True, help="Write what is found into the baseline; what is mended leaves it."
)
@click.option("--expires", metavar="DATE", help="With --update-baseline: when new entries expire, YYYY-MM-DD or never.")
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
def run(what: tuple[str, ...], listing: bool, watch: bool, **options: Any) -> int:
    asked = _Asked(**options)
    with places.given(what) as (paths, called):
        asked.check()
        if listing:
            from verify.commands.listing import listed

            return listed(paths, asked.only)
        if watch:
            from verify.commands.watching import again_and_again

            return again_and_again(what, called, lambda found: _run(found, called, asked))
        return _run(paths, called, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options of a run."""

    json_file: Path | None
    out: Path | None
    form: str
    output_file: Path | None
    jobs: int | None
    dask: str | None
    timeout: float | None
    only: str | None
    last_failed: bool
    exit_first: bool
    no_checks: bool
    durations: int | None
    baseline: Path | None
    update_baseline: bool
    expires: str | None
    seed: int
    examples: int
    allowed: tuple[str, ...]
    no_cache: bool
    profile: bool
    quiet: bool
    verbose: bool

    def check(self) -> None:
        """Raises Fault and PlaceError where they do not go together, or a place takes nothing."""
        for path, option in ((self.json_file, "--json"), (self.output_file, "--output-file")):
            if path is not None:
                places.must_take_a_file(path, option)
        if self.out is not None:
            places.must_take_files(self.out, "--out")
        if self.form == "html":
            from verify.commands.report import must_be_there

            must_be_there(self.form)
            if self.out is None:
                raise Fault("--format html goes with --out DIR, the folder for the pages: then open DIR/index.html")
        if self.output_file is not None and not self.for_machines:
            raise Fault(f"--output-file goes with --format {', '.join(FORMATS)}")
        if self.json_file == Path(places.STDIN) and self.for_machines and self.output_file in (None, self.json_file):
            raise Fault("--json - and --format both write to standard output: give one of them a file")
        if self.update_baseline and self.baseline is None:
            raise Fault("--update-baseline goes with --baseline FILE")
        if self.update_baseline and self.expires is None:
            raise Fault("--update-baseline goes with --expires: YYYY-MM-DD, until when new entries are known, or never")
        if self.expires is not None and not self.update_baseline:
            raise Fault("--expires goes with --update-baseline")
        if self.update_baseline and (self.only or self.last_failed or self.exit_first):
            raise Fault("--update-baseline goes with a whole run, without --only, --last-failed and -x")

    @property
    def to_standard_output(self) -> bool:
        """Whether standard output is a format's, and not for people."""
        dash = Path(places.STDIN)
        return (self.for_machines and self.output_file in (None, dash)) or self.json_file == dash

    @property
    def for_machines(self) -> bool:
        return self.form not in FOR_PEOPLE

    @property
    def whole(self) -> bool:
        return self.only is None and not self.last_failed and not self.no_checks


def _run(paths: Sequence[Path], called: Mapping[str, str], asked: _Asked) -> int:
    from verify.suite.found import called as renamed
    from verify.suite.progress import Clock

    clock = Clock()
    known = _baseline(asked)
    timed = _Durations()
    again = _failed(paths) if asked.last_failed else None
    found = _found(paths, called, asked, timed, again)
    if isinstance(found, int):
        return found
    replay = _replayed(again, found, asked)
    if not asked.no_cache and not called:
        from verify.suite.last import remember

        remember(found, asked.whole, replay.gone if replay else ())
    found = renamed(found, called)
    if known is not None:
        found = _accepted(found, known, asked)
    _write(found, asked)
    code = _exit_code(found)
    if not asked.to_standard_output:
        took = f"{found.remembered} of {found.glance.count} remembered, {clock}" if found.remembered else str(clock)
        for line in _lines(found, asked, took):
            say(line)
        if replay and not asked.quiet:
            say(str(replay))
        for line in timed.slowest(asked.durations):
            say(line)
        for line in known.lines() if known is not None else ():
            say(line)
        if found.profile is not None:
            for line in found.profile.lines(found.interrupted):
                say(line)
        elif asked.profile:
            say("all of it is remembered: no time went into anything")
        if not asked.quiet and (explained := _again(found)):
            say(f"why, step by step: {explained}", err=True)
        if len(paths) == 1 and asked.whole and not found.remembered and found.glance.checks and not asked.quiet:
            say("claims alone are faster: --no-checks", err=True)
    if found.interrupted and asked.out is not None:
        say("no reports are written of a part; `errata report` makes them from results", err=True)
    return INTERRUPTED if found.interrupted and not found.first else code


def _failed(paths: Sequence[Path]) -> Again | None:
    from verify.suite.last import failed

    return failed(paths)


def _replayed(again: Again | None, found: Found, asked: _Asked) -> Replayed | None:
    """What became of what had failed; None where not all of it was judged again."""
    if again is None or asked.only or found.interrupted:
        return None
    from verify.suite.last import replayed

    return replayed(again, found, checks=not asked.no_checks)


def _found(
    paths: Sequence[Path], called: Mapping[str, str], asked: _Asked, timed: _Durations, again: Again | None
) -> Found | int:
    """What there is to find, of all or of what failed; or the exit code where there is no telling."""
    from verify.suite.found import Found, distinct
    from verify.suite.progress import CaseDone

    # a time that the user sets says of what it ends nothing that lasts
    fresh = asked.no_cache or asked.timeout is not None or called
    remembered = None if fresh else _cache(asked.seed, asked.examples, asked.allowed)
    wants_text = asked.json_file is not None or asked.out is not None or asked.form == "json"
    known: dict[Path, FileFound] = {}
    if remembered is not None and asked.whole:
        known = remembered.files(paths, wants_text)
    quiet = asked.quiet or bool(called)
    if len(known) == len(paths) and distinct(known.values()) and not asked.exit_first:
        found = Found([known[path] for path in paths], remembered=sum(f.glance.count for f in known.values()))
        with display(quiet, live=False) as shown:
            for file in found.files:
                shown(CaseDone(file.file, file.glance))
        return found
    from verify.suite.run import FaultyCases, NoSuchClaim, Options, search

    options = Options(
        asked.jobs or 0,
        asked.timeout,
        only=asked.only,
        seed=asked.seed,
        examples=asked.examples,
        allowed=asked.allowed,
        profile=asked.profile,
        checks=not asked.no_checks,
        values=wants_text,
        exit_first=asked.exit_first,
        failed=again,
    )
    try:
        cluster = contextlib.nullcontext() if asked.dask is None else on_dask(asked.dask)
        with cluster as executor, display(quiet) as shown:
            return search(paths, options, timed.watching(with_traces(shown)), remembered, known, executor)
    except FaultyCases as bad:
        print_faults(bad.faults, err=True, called=called)
        _tell_faults(bad.faults, called, asked)
        return FAULT
    except NoSuchClaim as bad:
        near = f"; the nearest are {', '.join(bad.nearest)}" if bad.nearest else ""
        raise Fault(f"--only: {bad}{near}") from None


def _baseline(asked: _Asked) -> Known | None:
    if asked.baseline is None:
        return None
    from verify.baseline import BaselineError, Known, expiry

    try:
        if asked.update_baseline:
            return Known(asked.baseline, date.today(), missing_ok=True, expires=expiry(asked.expires or ""))
        return Known(asked.baseline, date.today())
    except BaselineError as why:
        raise Fault(f"--baseline: {why}") from None


def _tell_faults(faults: Sequence[CaseFault], called: Mapping[str, str], asked: _Asked) -> None:
    """In the format, where that has a way to say it."""
    from verify.formats import teller
    from verify.formats.findings import of_fault

    if told := teller(asked.form):
        _put(told([of_fault(f, called.get(f.file, f.file)) for f in faults]), asked)


def _put(text: str, asked: _Asked) -> None:
    """What is written in a format, where it is to go."""
    if asked.output_file is None:
        say(text, end="")
    else:
        with places.writing("--output-file"):
            places.write_text(text, asked.output_file)


def _write(found: Found, asked: _Asked) -> None:
    """The files that are asked for, and the format."""
    from verify.places import write_text

    if asked.json_file is not None:
        with places.writing("--json"):
            write_text(found.text(), asked.json_file)
    if asked.for_machines:
        from verify.formats import renderer

        _put(renderer(asked.form)(found), asked)
    if asked.out is not None and not found.interrupted:
        from verify.commands.report import write_reports

        with places.writing("--out"):
            write_reports(found.results(), asked.out, "html" if asked.form == "html" else "markdown")


def _lines(found: Found, asked: _Asked, took: str) -> Iterator[str]:
    from verify.suite.summary import findings, summary

    if asked.quiet:
        return findings(found.glance)
    return summary(found.glance, took, found.interrupted, listing=asked.verbose, first=found.first)


def _accepted(found: Found, known: Known, asked: _Asked) -> Found:
    """What was found, without what is known."""
    from verify.formats.findings import findings

    known.left(list(findings(found.glance)), whole=asked.whole and not found.interrupted)
    if asked.update_baseline:
        with places.writing("--baseline"):
            known.write()
    return known.accepted(found)


def _again(found: Found) -> str:
    """The command that explains the first finding that can be."""
    from verify.formats.findings import findings

    return next((f.again for f in findings(found.glance) if f.part == "claim"), "")


def _exit_code(found: Found) -> int:
    from verify.formats.findings import findings

    told = {f.message.name for f in findings(found.glance)}
    if told:
        return UNDECIDED if told <= {"undecided", "not-checked", "not-compared"} else FINDINGS
    return AS_PINNED if found.glance.count else NOTHING


class _Durations:
    """How long each claim, implementation and check took that was worked out."""

    def __init__(self) -> None:
        self._took: list[tuple[float, str]] = []

    def watching(self, on_event: Callable[[Event], None]) -> Callable[[Event], None]:
        from verify.suite.progress import CheckDone, ClaimDone, ImplementationDone

        def told(event: Event) -> None:
            match event:
                case ClaimDone(result):
                    self._took.append((result.seconds, f"{result.file}:{result.line}  {result.id}"))
                case ImplementationDone(found):
                    self._took.append((found.seconds, f"{found.file}:{found.line}  {found.id}"))
                case CheckDone(file, check):
                    self._took.append((check.seconds, f"{file}  {check.backend} {check.subject}"))
            on_event(event)

        return told

    def slowest(self, count: int | None) -> Iterator[str]:
        from verify.suite.progress import printable

        if count is None:
            return
        if not self._took:
            yield "all of it is remembered: nothing took long"
            return
        chosen = sorted(self._took, key=lambda t: -t[0])[:count]
        yield f"the slowest {len(chosen)} of {len(self._took)}:"
        for seconds, name in chosen:
            yield printable(f"{seconds:9.2f} s  {name}")


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
