"""``errata new``: a commented starter case."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import click

from verify.commands.frame import AS_PINNED, Fault, command, say


@command(
    """Write a commented starter case that passes, as NAME.yaml. Nothing is ever overwritten.

    Beside it goes errata.schema.json, which its first line names: with it an editor that has the YAML language server
    (VS Code, Neovim, Emacs, ...) completes and checks the keys. `errata lsp` checks the formulas, too.

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
    from verify.casefile.schema import json_schema
    from verify.casefile.starter import SCHEMA, starter

    path = folder / f"{stem}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8") as out:
            out.write(starter(stem))
        with contextlib.suppress(FileExistsError), open(folder / SCHEMA, "x", encoding="utf-8") as out:
            out.write(json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n")
    except FileExistsError:
        raise Fault(f"{path} is there already, and nothing is overwritten: choose another name") from None
    except OSError as bad:
        raise Fault(f"{path} can't be written: {bad.strerror}") from None
    say(f"wrote {path}; now:")
    say(f"  errata check {path}   is it well-formed?")
    say(f"  errata run {path}     is it right?")
    say(f"Its comments explain the keys; an editor completes and checks them by {folder / SCHEMA}.")
    return AS_PINNED
