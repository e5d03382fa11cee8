"""``errata plant``: errors of one slip, planted into what holds, and how many of them are noticed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

from verify import places
from verify.commands.frame import AS_PINNED, FAULT, FINDINGS, Fault, command, print_faults, say

if TYPE_CHECKING:
    from verify.casefile.model import Case
    from verify.suite.planted import Planted

CHUNK = 16  # errors that one call judges: it may take as long as one claim of a run before it is taken to hang


@command(
    """Tell how much would be noticed: plant errors into claims that hold, one slip each, and judge them as claims are judged.

    A formula gets another sign, factor, exponent, index, function or name, a printed number other digits. What holds all the
    same is no error, but the same in another form; what is left undecided would be told as that, and never as right. Nothing
    is written, and each time the same errors are planted.

    \b
    Examples:
      errata plant my-example.yaml
      errata plant cases/my-book --each 5 --verbose
      errata plant cases/my-book --at-least 95
    """,
    epilog="""\b
Exit codes:
  0    told; with --at-least, so much is noticed
  1    with --at-least: less is noticed
  2    a case or the arguments are at fault
  3    an internal error of Errata""",
)
@click.argument("what", nargs=-1, metavar="[PATH|DOCUMENT]...")
@click.option(
    "--each", type=click.IntRange(1, 100), default=2, show_default=True, metavar="N", help="Errors in each claim."
)
@click.option("--only", metavar="GLOB", help="Only claims with such an id, or case:id.")
@click.option("--at-least", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit code 1 if less is noticed.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes.  [default: one a processor]")
@click.option("--verbose", "-v", is_flag=True, help="Every planted error, not only those that were not noticed.")
def plant(
    what: tuple[str, ...], each: int, only: str | None, at_least: float | None, jobs: int | None, verbose: bool
) -> int:
    from verify.casefile import check as check_files

    cases: list[Case] = []
    if faults := check_files(places.case_files(what), cases):
        print_faults(faults, err=True)
        return FAULT
    found, left_out = _planted(cases, each, only, jobs)
    if not found:
        raise Fault("nothing to plant an error into: no formula and no printed number is found to hold there")
    errors = [p for p in found if p.is_error]
    noticed = sum(p.noticed for p in errors)
    for line in _lines(found, verbose):
        say(line)
    share = 100 * noticed / len(errors) if errors else 100.0
    same = len(found) - len(errors)
    more = f"; {same} more were none, but the same in another form" if same else ""
    told = f"{noticed} of {len(errors)} planted errors noticed ({int(10 * share) / 10:g} %)"
    say(f"{told}, {len(errors) - noticed} undecided{more}")
    if left_out:
        say(f"none planted into {left_out} claims: not pinned to hold, or no formula and no plain number")
    return FINDINGS if at_least is not None and share < at_least else AS_PINNED


def _planted(cases: Sequence[Case], each: int, only: str | None, jobs: int | None) -> tuple[list[Planted], int]:
    """What was planted, in the order of the files, and how many claims took nothing."""
    import os
    from pathlib import Path

    from verify.suite.planted import plant as planted
    from verify.suite.planted import takes
    from verify.suite.pool import Lost, Pool
    from verify.suite.worker import Settings

    calls: list[tuple[Path, list[str]]] = []
    left_out = 0
    for case in cases:
        chosen = [c for c in case.claims if only is None or _matches(only, case.name, c.id)]
        ids = [c.id for c in chosen if takes(case, c)]
        left_out += len(chosen) - len(ids)
        some = max(1, CHUNK // each)
        calls += [(Path(case.path), ids[k : k + some]) for k in range(0, len(ids), some)]
    found: list[Planted] = []
    with Pool(jobs or os.cpu_count() or 1, Settings()) as pool:
        for (path, ids), future in [(call, pool.submit(planted, *call, each)) for call in calls]:
            try:
                found += future.result()
            except Lost as why:
                say(f"{path}: {', '.join(ids)}: {why}", err=True)
                left_out += len(ids)
    return found, left_out


def _matches(only: str, case: str, claim: str) -> bool:
    return fnmatchcase(claim, only) or fnmatchcase(f"{case}:{claim}", only)


def _lines(found: Sequence[Planted], verbose: bool) -> Iterator[str]:
    from verify.suite.progress import printable

    for p in found:
        if verbose or (p.is_error and not p.noticed):
            said = (f"{p.file}:{p.line}", p.claim, f"{p.was} -> {p.now}", f"{p.verdict}: {p.reason}")
            yield "  ".join(printable(part) for part in said)
