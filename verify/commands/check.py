"""``errata check``: is a case well-formed?"""

from __future__ import annotations

import click

from verify import places
from verify.commands.frame import AS_PINNED, FAULT, command, print_faults, say


@command(
    "Is a case well-formed? Nothing is judged.",
    """Read the cases, and tell everything that is wrong with how they are written.

    Parses, types and shape-checks only: no claim is judged. All faults at once, each as file:line:column: message.

    \b
    Examples:
      errata check                   the folder 'cases' here
      errata check my-example.yaml
    """,
    epilog="""\b
Exit codes:
  0    all files are well-formed
  2    there are faults, or no such file
  3    an internal error of Errata""",
)
@click.argument("what", nargs=-1, metavar="[PATH]...")
def check(what: tuple[str, ...]) -> int:
    from verify.casefile import check as check_files

    paths = places.case_files(what)
    faults = check_files(paths)
    if faults:
        print_faults(faults, err=False)
        return FAULT
    say(click.style(f"{len(paths)} case {'file' if len(paths) == 1 else 'files'}, no faults", fg="green"))
    return AS_PINNED
