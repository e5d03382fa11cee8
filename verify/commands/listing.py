"""``errata run --list``: what there is to judge."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from verify.commands.frame import AS_PINNED, FAULT, NOTHING, print_faults, say


def listed(paths: Sequence[Path], only: str | None) -> int:
    """A line a claim and an implementation, with its place, kind and pinned verdict; the exit code."""
    from verify.casefile import check
    from verify.casefile.model import Case
    from verify.suite.progress import number, printable

    cases: list[Case] = []
    if faults := check(paths, cases):
        print_faults(faults, err=True)
        return FAULT
    count = 0
    for case in cases:
        named = [(c.place.line, c.id, c.kind, c.pinned) for c in case.claims]
        named += [(i.place.line, i.id, "implementation", i.pinned) for i in case.implementations if only is None]
        for line, name, kind, pinned in named:
            if only is None or fnmatchcase(name, only) or fnmatchcase(f"{case.name}:{name}", only):
                count += 1
                say(printable(f"{case.path}:{line}: {name}  {kind}, pinned {pinned}"))
    say(
        f"{number(count, 'entry') if count == 1 else f'{count} entries'} in {number(len(cases), 'case')}; nothing is judged"
    )
    return AS_PINNED if count else NOTHING
