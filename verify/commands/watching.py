"""``errata run --watch``: once more whenever a case file changes, comes or goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import click

from verify import places
from verify.commands.frame import Fault, say

EVERY = 0.3  # seconds between two looks at the files
BESIDE = ("*.y*ml", "*.md", "*.tex", "*.ipynb")


def again_and_again(what: Iterable[str], called: Mapping[str, str], run: Callable[[Sequence[Path]], int]) -> int:
    """Runs until it is interrupted; the exit code of the last run. Raises Fault where there is nothing to watch."""
    if called:
        raise Fault("--watch goes with files, not with standard input")
    what, code = list(what), 0
    while True:
        try:
            paths = places.case_files(what)
            before = _seen(paths)
            try:
                code = run(paths)
            except click.ClickException as fault:  # of what may be mended in the next moment
                fault.show()
                code = fault.exit_code
            say(click.style("waiting for a change; Ctrl-C ends", dim=True), err=True)
            while _seen(places.case_files(what)) == before:
                time.sleep(EVERY)
        except places.PlaceError as gone:
            say(str(gone), err=True)
            time.sleep(EVERY)
        except KeyboardInterrupt:
            return code


def _seen(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """When each was written, and how large it is; also of files beside them, whose names they may use or which they may quote."""
    found = {}
    for path in {p for given in paths for p in (given, *(p for kind in BESIDE for p in given.parent.glob(kind)))}:
        try:
            stat = path.stat()
        except OSError:
            continue
        found[path] = stat.st_mtime_ns, stat.st_size
    return found
