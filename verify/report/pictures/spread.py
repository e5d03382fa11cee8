"""How an error spread: the printed numbers that others were computed from, with lines to these."""

from __future__ import annotations

from collections.abc import Sequence

from verify.report.entries import place
from verify.report.pictures import draw
from verify.report.pictures.draw import FIRST, INK, MARK, SOFT, Picture
from verify.report.words import Item
from verify.text import numbers

LEAST, MOST = 2, 30  # lines from one number to another
MAX_PLACE = 34  # characters
ROW = 0.42  # inches


def drawn(items: Sequence[Item]) -> Picture | None:
    """Of the claims of one case; None where hardly anything follows from anything."""
    by_id = {i.result.id: i for i in items}
    links = [
        (by_id[o], i)
        for i in items
        if i.result.verdict == "inherited"
        for o in i.result.origin
        if o in by_id and o != i.result.id
    ]
    if not LEAST <= len(links) <= MOST:
        return None
    at = {id(i): k for k, i in enumerate(items)}
    origins, heirs = (
        sorted({id(pair[k]): pair[k] for pair in links}.values(), key=lambda i: at[id(i)]) for k in (0, 1)
    )
    rows = max(len(origins), len(heirs))
    heights = [{id(i): (k + 0.5) * rows / len(column) for k, i in enumerate(column)} for column in (origins, heirs)]
    with draw.axes(0.5 + ROW * rows, left=0.15, bottom=0.1, frame=False) as (a, made):
        a.set_xlim(0, 1)
        a.set_ylim(rows, 0)
        for origin, heir in links:
            ys = [heights[0][id(origin)], heights[1][id(heir)]]
            a.plot([0.485, 0.525], ys, color=SOFT, linewidth=1.0)
            a.plot([0.525], ys[1:], ">", color=SOFT, markersize=5)
        for column, known, x, mark, color in (
            (origins, heights[0], 0.01, "s", MARK),
            (heirs, heights[1], 0.55, "o", FIRST),
        ):
            for item in column:
                y = known[id(item)]
                a.plot([x], [y], mark, color=color, markersize=5)
                a.text(x + 0.02, y, place(item)[:MAX_PLACE], va="bottom", fontsize=9, color=INK, parse_math=False)
                a.text(x + 0.02, y + 0.03, _digits(item), va="top", fontsize=8, color=SOFT, parse_math=False)
        a.text(0, -0.25, "where an error starts", va="bottom", fontsize=8, color=SOFT)
        a.text(0.54, -0.25, "what follows from the printed digits", va="bottom", fontsize=8, color=SOFT)
    said = "; ".join(f"from {o.result.id} to {', '.join(h.result.id for p, h in links if p is o)}" for o in origins)
    return Picture(f"How errors spread: {said}.", made[0])


def _digits(item: Item) -> str:
    right = numbers.correct(item.result.exact, item.result.printed)
    return f"{item.result.printed or ''}, rightly {right or numbers.exact(item.result.exact, 6)}"
