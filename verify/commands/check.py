"""``errata check``: is a case well-formed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify import messages, places
from verify.commands.frame import AS_PINNED, FAULT, command, print_faults, say

if TYPE_CHECKING:
    from verify.casefile.model import Case, Place


@command(
    """Read the cases, and tell everything that is wrong with how they are written.

    Parses, types and shape-checks only: no claim is judged. All faults at once, each as file:line:column: message.
    What is well-formed and looks as if another key was meant is told as a warning.

    \b
    Examples:
      errata check                   the folder 'cases' here
      errata check my-example.yaml
      errata check - < my-example.yaml   the case on standard input
    """,
    epilog="""\b
Exit codes:
  0    all files are well-formed, with or without warnings
  2    there are faults, or no such file
  3    an internal error of Errata""",
    configured=True,
)
@click.argument("what", nargs=-1, metavar="[PATH|-]...")
def check(what: tuple[str, ...]) -> int:
    with places.given(what) as (paths, called):
        return _check(paths, called)


def _check(paths: Sequence[Path], called: Mapping[str, str]) -> int:
    from verify.casefile import check as check_files

    cases: list[Case] = []
    faults = [replace(f, file=called.get(f.file, f.file)) for f in check_files(paths, cases)]
    warned = list(dict.fromkeys(w for case in cases for w in _warnings(case)))  # of a file that others use: once
    if warned:
        from verify.suite.progress import printable

        for place, message in warned:
            at = replace(place, file=called.get(place.file, place.file))
            code = click.style(messages.of_warning(message).code, dim=True)
            say(f"{printable(f'{at}: warning: {message}')}  {code}")
    if faults:
        print_faults(faults, err=False)
        return FAULT
    count = f", {len(warned)} warning{'s' if len(warned) > 1 else ''}" if warned else ""
    style = click.style(f"{len(paths)} case {'file' if len(paths) == 1 else 'files'}, no faults", fg="green")
    say(style + click.style(count, fg="yellow"))
    return AS_PINNED


def _warnings(case: Case) -> list[tuple[Place, str]]:
    """In the order of the file."""
    from verify.claims.misuse import doubts

    return sorted({*case.warnings, *doubts(case)}, key=lambda w: (w[0].line, w[0].column, w[1]))
