"""``errata pin``: verdicts that have been looked at, written into the case."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.records import dataclass
from verify import places
from verify.commands.frame import AS_PINNED, FAULT, FINDINGS, INTERRUPTED, Fault, command, print_faults, say

if TYPE_CHECKING:
    from verify.casefile.pins import Pin
    from verify.results import Result


@command(
    """Judge the claims, show each whose verdict is not as pinned, ask, and write 'verdict' and 'because' into the case file.

    Only these two keys of a claim are written: comments, order and layout of the file stay as they are. Where nobody can
    answer nothing is written, unless with --yes: then all that is found is pinned with the reason that was found, but for
    what is undecided.

    \b
    Examples:
      errata pin my-example.yaml
      errata pin my-example.yaml --only eq2 --because "a sign; errata of 2026"
      errata pin cases/my-book --yes
    """,
    epilog="""\b
Exit codes:
  0    everything is as pinned now
  1    something is not, and was not pinned
  2    a case file or the arguments are at fault, or it can't be written
  3    an internal error of Errata
  130  interrupted""",
)
@click.argument("what", nargs=-1, required=True, metavar="PATH...")
@click.option("--only", metavar="GLOB", help="Only claims with such an id, or case:id.")
@click.option("--because", metavar="TEXT", help="The reason, instead of the one that was found.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes.  [default: one a processor]")
def pin(what: tuple[str, ...], only: str | None, because: str | None, yes: bool, jobs: int | None) -> int:
    if not yes and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Fault("this asks before it writes, and there is no terminal to answer on: --yes pins all that is found")
    if because is not None and not because.strip():
        raise Fault("--because: a reason has words")
    if places.STDIN in what:
        raise Fault("a case on standard input can't be written to: give its file")

    from verify.commands.run import display
    from verify.document.passages import is_document
    from verify.suite.run import FaultyCases, NoSuchClaim, Options, run

    paths = places.case_files(what)
    if document := next((path for path in paths if is_document(path)), None):
        raise Fault(f"{document} is a document: the pins of its blocks are written by hand")
    try:
        with display(False) as shown:
            results = run(paths, Options(jobs or 0, only=only, checks=False), shown)
    except FaultyCases as bad:
        print_faults(bad.faults, err=True)
        return FAULT
    except NoSuchClaim as bad:
        raise Fault(f"--only: {bad}") from None
    if results.interrupted:
        return INTERRUPTED
    pinned = left = 0
    for path in paths:
        asked = _Asked(path, [r for r in results.claims if r.file == str(path)], because, yes)
        if not any(not r.judged_as_pinned for r in asked.results):
            continue
        chosen = asked.chosen()
        asked.write(chosen)
        pinned += len(chosen)
        left += asked.left
        if asked.stopped:
            break
    say(
        f"{pinned} pinned; {left} not as pinned and left" if left else f"{pinned} pinned" if pinned else "all as pinned"
    )
    return FINDINGS if left else AS_PINNED


@dataclass(slots=True)
class _Asked:
    """The claims of a file, what is asked of each, and what becomes of its text."""

    path: Path
    results: Sequence[Result]
    because: str | None
    yes: bool
    left: int = 0
    stopped: bool = False
    before: bytes = b""

    def chosen(self) -> dict[int, Pin]:
        """The pins that are wanted, by the numbers of the claims in the file."""
        from verify.casefile.pins import Pin, items, owner

        self.before = self.path.read_bytes()
        nodes = items(self.before.decode("utf-8-sig"))
        groups: dict[int, list[Result]] = {}
        for r in self.results:
            groups.setdefault(owner(nodes, r.line, r.column), []).append(r)
        pins: dict[int, Pin] = {}
        for number, group in groups.items():
            off = [r for r in group if not r.judged_as_pinned]
            if not off:
                continue
            if len({r.verdict for r in group}) > 1:
                verdicts = ", ".join(f"{r.id} {r.verdict}" for r in group)
                place = f"{self.path}:{off[0].line}"
                say(f"{place}: one claim with several verdicts can't be pinned, write its entries apart: {verdicts}")
                self.left += len(off)
            elif not self.stopped and (reason := self.wanted(off)) is not None:
                pins[number] = Pin(off[0].verdict, reason)
            else:
                self.left += len(off)
        return pins

    def wanted(self, off: Sequence[Result]) -> str | None:
        """The reason to write; None where it is not to be pinned."""
        from verify.suite.progress import printable

        first = off[0]
        ids = ", ".join(r.id for r in off)
        say(printable(f"{self.path}:{first.line}  {ids}  {first.verdict} (pinned {first.pinned}): {first.reason}"))
        found = self.because or printable(first.reason) or first.verdict
        if self.yes:
            return None if first.verdict == "undecided" else found
        answer = click.prompt("pin it? yes, no, quit", type=click.Choice(["y", "n", "q"]), default="n", err=True)
        self.stopped = answer == "q"
        if answer != "y":
            return None
        return self.because or str(click.prompt("because", default=found, err=True)).strip() or found

    def write(self, pins: dict[int, Pin]) -> None:
        """The file with the pins, whole or not at all. Raises Fault."""
        from verify.casefile.pins import PinError, pinned

        if not pins:
            return
        mark = b"\xef\xbb\xbf" if self.before.startswith(b"\xef\xbb\xbf") else b""
        try:
            text = pinned(self.before.decode("utf-8-sig"), pins)
        except PinError as why:
            raise Fault(f"{self.path}: {why}") from None
        if self.path.read_bytes() != self.before:
            raise Fault(f"{self.path} has changed meanwhile: nothing is written to it")
        with places.writing("pin"):
            places.write_bytes(mark + text.encode("utf-8"), self.path)
