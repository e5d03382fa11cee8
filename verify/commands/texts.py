"""``errata coverage chapter2.md``: what a document displays, and what of it no claim speaks of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify import places
from verify.casefile import SUFFIXES, CaseFaults, load
from verify.commands.frame import AS_PINNED, FAULT, FINDINGS, Fault, print_faults, say
from verify.document.blocks import blocks
from verify.document.passages import Unreadable, read, spot
from verify.spoken import FORMULA, NUMBER, Spoken, Thing, cases_of, described, spoken

if TYPE_CHECKING:
    from verify.casefile.model import Case

MAX_SHOWN = 100  # characters of what is listed


def texts(documents: Sequence[str], others: Sequence[str], at_least: float | None, missing: bool, as_json: bool) -> int:
    """Tells of each document what is spoken of, and gives the exit code."""
    found = []
    try:
        given = [load(path) for path in places.case_files(others)] if others else None
        for word in documents:
            path = Path(word)
            if not path.is_file():
                raise Fault(f"{word}: there is no such document")
            cases = _with_its_own(path, cases_of(path, _beside(path)) if given is None else given)
            found.append(spoken(path, cases))
    except CaseFaults as bad:
        print_faults(bad.faults, err=True)
        return FAULT
    except Unreadable as why:
        raise Fault(f"{word}: {why}") from None
    if as_json:
        say(json.dumps([_data(each) for each in found], indent=1, ensure_ascii=False))
    else:
        for number, each in enumerate(found):
            say("\n" * (number > 0) + "\n".join(_lines(each, missing)))
    shares = [each.percent for each in found if each.percent is not None]
    return FINDINGS if at_least is not None and min(shares, default=at_least) < at_least else AS_PINNED


def _beside(path: Path) -> list[Case]:
    """The cases in the folder of a document; one with faults is another command's business."""
    found = []
    for file in sorted(p for p in path.parent.iterdir() if p.suffix in SUFFIXES and p.is_file()):
        try:
            found.append(load(file))
        except CaseFaults as bad:
            if any(path.name in line for line in file.read_text(encoding="utf-8", errors="replace").splitlines()[:40]):
                raise bad from None
    return found


def _with_its_own(path: Path, cases: Sequence[Case]) -> list[Case]:
    """The case that stands in the document goes with the others."""
    own = blocks(read(path)) and not any(Path(case.path).resolve() == path.resolve() for case in cases)
    return [*cases, load(path)] if own else list(cases)


def _lines(found: Spoken, missing: bool) -> list[str]:
    from tabulate import tabulate

    rows = []
    for name, part in found.sections():
        (formulas, f), (numbers, n) = part.of(FORMULA), part.of(NUMBER)
        short = name if len(name) <= 60 else f"{name[:57]}..."
        rows.append([short, str(formulas or ""), str(f or ""), str(numbers or ""), str(n or "")])
    heads = ["section", "formulas", "spoken of", "numbers", "spoken of"]
    aligned = ["left"] + ["right"] * 4
    made = (
        tabulate(rows, heads, tablefmt="simple", colalign=aligned, disable_numparse=True).splitlines() if rows else []
    )
    silent = found.silent
    lines = [*made, *([""] if made else []), described(found), *([found.left_out] if found.left_out else [])]
    if missing:
        return [*lines, "", *(f"{_place(found, t)}: {t.kind} {_cut(t.text)}{_unread(t)}" for t in silent)]
    return [*lines, *([f"--missing lists the {len(silent)} that no claim speaks of"] if silent else [])]


def _place(found: Spoken, thing: Thing) -> str:
    """As editors count, of a notebook as its readers do."""
    passage = thing.piece.passage
    line, column = passage.lines.place(thing.piece.start)
    return f"{found.file}, {spot(passage.cell, line)}" if passage.cell else f"{found.file}:{line}:{column}"


def _unread(thing: Thing) -> str:
    return f" ({thing.unread})" if thing.unread else ""


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 3]}..."


def _data(found: Spoken) -> dict[str, Any]:
    total = {kind: dict(zip(("count", "spoken of"), found.of(kind), strict=True)) for kind in (FORMULA, NUMBER)}
    things = []
    for t in found.things:
        line, column = t.piece.passage.lines.place(t.piece.start)
        said = {"kind": t.kind, "text": t.text, "line": line, "column": column, "cell": t.piece.passage.cell}
        said |= {"unread": t.unread} if t.unread else {}
        things.append({**said, "section": t.section.number or t.section.title, "claims": list(t.claims)})
    return {"document": found.file, "percent": found.percent and round(found.percent, 2), **total, "things": things}
