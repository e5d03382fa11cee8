"""How much of a document is checked, and how strongly: a bar a chapter, as long as what there is to check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from verify.coverage import CHECKED, UNCHECKED, Coverage
from verify.report.contents import Document
from verify.report.pictures import draw
from verify.report.pictures.draw import FIRST, INK, SOFT, Picture

#: What is shown alike: its name, the states (verify.coverage), colour and hatching.
KINDS = (
    ("proved, checked", CHECKED[:1], FIRST, ""),
    ("proved, certified", CHECKED[1:4], FIRST, "////"),
    ("sampled, seen", CHECKED[4:], FIRST, "...."),
    ("not checked", UNCHECKED, SOFT, "xx"),
)
MOST = 40  # chapters
ROW = 0.24  # inches


def drawn(document: Document) -> Picture | None:
    """None of a document without a census, or whose census does not fit its cases."""
    found = _compared(document)
    if found is None:
        return None
    chapters = {name: tally for name, tally in found.by(1).items() if tally.checkable}
    if not 0 < len(chapters) <= MOST:
        return None
    whole = max(tally.checkable for tally in chapters.values())
    rows = len(chapters)
    with draw.axes(0.95 + ROW * rows, left=0.75) as (a, made):
        for k, tally in enumerate(chapters.values()):
            left = 0
            for _, states, color, hatch in KINDS:
                n = sum(tally.states.get(s, 0) for s in states)
                if n:
                    a.barh(k, n, 0.62, left, **_style(color, hatch))
                    left += n
            # 100 only where nothing is left
            a.text(
                left + whole * 0.01,
                k,
                f"{100 * tally.checked // tally.checkable} %",
                va="center",
                fontsize=8,
                color=INK,
            )
        draw.scale(a, (0, whole * 1.08), (rows - 0.4, -0.6), "statements that can be checked")
        a.set_yticks(range(rows), [name[:14] for name in chapters])
        draw.legend(a, [(name, _style(color, hatch)) for name, _, color, hatch in KINDS])
    total = found.total
    return Picture(
        f"How much of the document is checked, by chapter: {total.checked:,} of {total.checkable:,} statements "
        f"({total.percent:.1f} %). {_listed(found)}.",
        made[0],
    )


def _style(color: str, hatch: str) -> dict[str, Any]:
    return {"facecolor": "none" if hatch else color, "edgecolor": color, "hatch": hatch, "linewidth": 0.7}


def _compared(document: Document) -> Coverage | None:
    from verify.casefile.census import FOLDER, files, load
    from verify.casefile.faults import CaseFaults
    from verify.coverage import compare

    cases = [part.case for part in document.parts]
    folders = dict.fromkeys(Path(case.path).parent / FOLDER for case in cases)
    paths = [path for folder in folders for path in files(folder)]
    if not paths:
        return None
    try:
        return compare(document.name, load(paths), cases, [i.result for i in document.items])
    except (CaseFaults, OSError):
        return None


def _listed(found: Coverage) -> str:
    states = found.total.states
    shown = [(name, sum(states.get(s, 0) for s in kind)) for name, kind, *_ in KINDS]
    return ", ".join(f"{n:,} {name}" for name, n in shown if n)
