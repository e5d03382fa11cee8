"""``errata draft``: a starter case of each section of a document."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify import places
from verify.commands.frame import AS_PINNED, NOTHING, Fault, command, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.draft import Drafted

MOST_TOLD = 6  # reasons why nothing of a section could be read


@command(
    """Write a starter case of each section of a document: Markdown, LaTeX or a notebook (docs/documents.md).

    A case has the symbols and values, the definitions and the formulas of its section with their lines and quotes, and the
    numbers that they print. What could not be read, or in more than one way, stands as a comment with the reason: nothing is
    guessed. Each case runs as it is; compare it with the document before you trust it.

    The files lie beside the document, which they quote, and are called by it and the section. Nothing is ever overwritten.

    \b
    Examples:
      errata draft chapter2.md
      errata draft chapter2.md --section 2.8 --out -
      errata draft thesis.tex --depth 1
      errata draft chapter2.md --section 2.9 --shape x=n --shape W=m,n
    """,
    epilog="""\b
Exit codes:
  0    written
  2    the document can't be read, there is no such section, or there is such a file already
  3    an internal error of Errata
  5    there is no formula that could be read""",
)
@click.argument("document", type=click.Path(path_type=Path), metavar="DOCUMENT")
@click.option(
    "--section",
    "only",
    multiple=True,
    metavar="NUMBER|WORDS",
    help="Only sections of that number, or the one whose title has these words.",
)
@click.option(
    "--depth", type=click.IntRange(1, 6), default=2, show_default=True, metavar="N",
    help="How deep sections are cases of their own: 2 makes 2.8.1 a part of 2.8.",
)  # fmt: skip
@click.option(
    "--shape",
    "shapes",
    multiple=True,
    metavar="NAME=SIZES",
    help="What the document does not say where a formula needs it: W=m,n a matrix, x=n a vector.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Another folder; - prints what would be written."
)
def draft(document: Path, only: tuple[str, ...], depth: int, shapes: tuple[str, ...], out: Path | None) -> int:
    from verify.commands.derivation import Unreadable as Misread
    from verify.commands.questions import shape_of
    from verify.document.passages import SUFFIXES, Unreadable, is_document
    from verify.draft import Unclear, drafts
    from verify.draft.writing import noted, text_of

    if not is_document(document):
        raise Fault(f"{document} is no document: expected a file that ends with {', '.join(SUFFIXES)}")
    printed = str(out) == places.STDIN
    folder = document.parent if out is None or printed else out
    beside = folder.resolve() == document.parent.resolve()
    written = 0
    try:
        for drafted in drafts(document, depth, only, dict(map(shape_of, shapes))):
            if drafted.empty and not (only or printed):
                _unread(drafted.section.name, noted(drafted))
                continue
            path = folder / f"{_stem(document, drafted)}.yaml"
            text = text_of(drafted, document, path, beside)
            if printed:
                say(f"{'---' + chr(10) if written else ''}{text}", end="")
            else:
                _write(path, text)
                say(f"{path}: {_counted(drafted)}")
            written += 1
    except Unreadable as why:
        raise Fault(f"{document}: {why}") from None
    except (Misread, Unclear) as bad:
        raise Fault(str(bad)) from None
    if not written:
        say("no formula that could be read" + (" in these sections" if only else ""), err=True)
        return NOTHING
    if not printed:
        say(f"{written} written; `errata run` judges them, `errata coverage {document}` tells what no claim speaks of")
    return AS_PINNED


def _unread(name: str, notes: Sequence[str]) -> None:
    """Why nothing is written of a section."""
    if notes:
        say(f"{name}: nothing could be read", err=True)
        for line in notes[:MOST_TOLD]:
            say(f"  {line}", err=True)
        if len(notes) > MOST_TOLD:
            say(f"  and {len(notes) - MOST_TOLD} more: --section and --out - show them all", err=True)


def _stem(document: Path, drafted: Drafted) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", drafted.section.title).strip("-").lower()[:40].rstrip("-")
    return "-".join(p for p in (document.stem, drafted.section.number, words or f"line-{drafted.section.line}") if p)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Fault(f"{path} is there already, and nothing is overwritten: move it, or --out another folder") from None
    except OSError as bad:
        raise Fault(f"{path} can't be written: {bad.strerror}") from None


def _counted(d: Drafted) -> str:
    from verify.suite.progress import number

    parts = (
        number(len(d.claims), "claim"), number(len(d.definitions), "definition"), number(len(d.values), "value"),
        f"{len(d.notes)} not read",
    )  # fmt: skip
    return ", ".join(parts)
