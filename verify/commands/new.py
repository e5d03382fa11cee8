"""``errata new``: a commented starter case."""

from __future__ import annotations

import re
from pathlib import Path

import click

from verify.commands.frame import AS_PINNED, Fault, command, say


@command(
    """Write a commented starter case that passes, as NAME.yaml. Nothing is ever overwritten.

    \b
    Examples:
      errata new my-example
      errata new 2-8 --dir cases/my-book
    """,
    epilog="""\b
Exit codes:
  0    written
  2    there is such a file already, or it can't be written""",
)
@click.argument("name")
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=Path(), metavar="DIR", help="Where to write.")
def new(name: str, folder: Path) -> int:
    stem = re.sub(r"\.ya?ml$", "", name)
    if not re.fullmatch(r"\w[\w.-]*", stem):
        raise Fault(f"'{name}' is no name for a case: letters, digits, '-', '_' and '.'; --dir says where it goes")
    from verify.casefile.starter import starter

    path = folder / f"{stem}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8") as out:
            out.write(starter(stem))
    except FileExistsError:
        raise Fault(f"{path} is there already, and nothing is overwritten: choose another name") from None
    except OSError as bad:
        raise Fault(f"{path} can't be written: {bad.strerror}") from None
    say(f"wrote {path}; now:")
    say(f"  errata check {path}   is it well-formed?")
    say(f"  errata run {path}     is it right?")
    say("Its comments explain the keys; `errata schema --help` tells how an editor completes and checks them.")
    return AS_PINNED
