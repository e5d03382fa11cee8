"""``errata audit``: what the libraries that people run document, against what they compute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify import places
from verify.commands.frame import AS_PINNED, FAULT, FINDINGS, INTERRUPTED, Fault, command, print_faults, say

if TYPE_CHECKING:
    from verify.results import Implementation


@command(
    """Compare functions of the installed libraries with the formulas that they document.

    LIBRARY is numpy, scipy, torch, jax, optax or sklearn, or the beginning of a name such as torch.optim; without one, all. The
    catalogue is YAML: the folder 'implementations' of the case library, or other case files and folders with --cases. What is not
    installed is skipped.

    \b
    Examples:
      errata audit torch
      errata audit torch.nn.functional.gelu
      errata audit numpy --cases my-catalogue
      errata audit torch --json results.json --out reports
    """,
    epilog="""\b
Exit codes:
  0    everything is as pinned in the catalogue (unpinned means 'conforms')
  1    findings: a function is not as pinned
  2    the case files or the arguments are at fault
  3    an internal error of Errata
  130  interrupted""",
)
@click.argument("library", required=False, metavar="[LIBRARY]")
@click.option(
    "--cases", multiple=True, metavar="PATH", help="The catalogue: case files or folders.  [default: implementations]"
)
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the results there.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the reports there.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes.  [default: one a processor]")
@click.option(
    "--allow-import",
    "allowed",
    multiple=True,
    metavar="PACKAGE",
    help="Also call functions of this package: its code runs.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N", help="Draws other points."
)
@click.option(
    "--device", default="cpu", show_default=True, metavar="NAME", help="Where tensors of Torch are: cpu or cuda."
)
@click.option("--verbose", "-v", is_flag=True, help="Every path, not only a line a function.")
def audit(
    library: str | None,
    cases: tuple[str, ...],
    json_file: Path | None,
    out: Path | None,
    jobs: int | None,
    allowed: tuple[str, ...],
    seed: int,
    device: str,
    verbose: bool,
) -> int:
    paths = places.case_files(cases or ["implementations"])
    if json_file is not None:
        places.must_take_a_file(json_file, "--json")
    if out is not None:
        places.must_take_files(out, "--out")

    from verify.commands.report import write_reports
    from verify.commands.run import display, with_traces
    from verify.results import save
    from verify.suite.glance import of_results
    from verify.suite.progress import Clock, counted_implementations
    from verify.suite.run import FaultyCases, NoSuchClaim, Options
    from verify.suite.run import run as run_suite
    from verify.suite.summary import findings

    _must_have(device)
    clock = Clock()
    options = Options(jobs or 0, seed=seed, functions=library or "", allowed=allowed, device=device)
    try:
        with display(False) as shown:
            results = run_suite(paths, options, with_traces(shown))
    except FaultyCases as bad:
        print_faults(bad.faults, err=True)
        return FAULT
    except NoSuchClaim as bad:
        near = f"; the nearest are {', '.join(bad.nearest)}" if bad.nearest else ""
        raise Fault(f"no function of the catalogue is '{library}', or begins with it{near}") from None
    if json_file is not None:
        with places.writing("--json"):
            save(results, json_file)
    if out is not None and not results.interrupted:
        with places.writing("--out"):
            write_reports(results, out)
    for line in _table(results.implementations, verbose):
        say(line)
    say()
    for line in findings(of_results(results)):
        say(line)
    say(f"{counted_implementations(results.implementations)} ({clock})")
    if results.interrupted:
        return INTERRUPTED
    return AS_PINNED if results.as_pinned else FINDINGS


def _must_have(device: str) -> None:
    """Raises Fault where there is no such device; it is looked for in a process of its own, as no process that has asked for
    one can be forked."""
    from verify.conform.arguments import BadArguments
    from verify.conform.devices import check
    from verify.suite.limited import Stopped, limited
    from verify.suite.worker import DEVICE_MEMORY

    if device == "cpu":
        return
    try:
        limited(partial(check, device), memory=DEVICE_MEMORY)
    except (BadArguments, Stopped) as why:
        raise Fault(f"--device: {why}") from None


def _table(found: list[Implementation], verbose: bool) -> Iterator[str]:
    """A line a function, and with ``verbose`` one a path; a line for all that need a library that is not installed."""
    from verify.text import paths

    absent = Counter(i.reason for i in found if i.verdict == "skipped")
    found = [i for i in found if i.verdict != "skipped"]
    width = max((len(i.id) for i in found), default=0)
    for i in found:
        kind = f" ({i.kind})" if i.kind else ""
        where = paths.told(i.paths) if i.verdict == "deviates" else ""
        told = i.convention or i.repair or where or ("" if i.verdict in ("conforms", "deviates") else i.reason)
        yield f"{i.id.ljust(width)}  {i.verdict}{kind}{'  ' + told if told else ''}"
        if verbose:
            for p in i.paths:
                note = f"  {p.note}" if p.note else ""
                yield f"    {p.order}, {p.mode}, {p.dtype}: {p.verdict}{f' ({p.kind})' if p.kind else ''}, {p.magnitude}{note}"
            for f in i.findings:
                yield f"    {f.kind}: {f.text}"
            for s in i.specials:
                if s.differs:
                    yield f"    special value: {s.computed} at {s.at}, where the formula has {s.expected}"
    for reason, count in absent.items():
        yield f"skipped {count} function{'s' if count > 1 else ''}: {reason}"
