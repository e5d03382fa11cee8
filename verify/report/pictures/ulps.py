"""The error of an implementation in ulps against the input, over the whole range: the tolerance, the ends of the dtype, and
where it begins to be off. A panel for each order of derivative that was swept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from verify.report.pictures import draw
from verify.report.pictures.draw import FIRST, INK, MARK, SECOND, SOFT, Picture
from verify.results import CallPath, Implementation

TOLERANCE = 4.0  # ulps
GREATEST = {
    "float16": 65504.0,
    "bfloat16": 3.3895313892515355e38,
    "float32": 3.4028234663852886e38,
    "float64": 1.7976931348623157e308,
}
LEAST, MOST = 1e-2, 1e18  # ulps: below nothing is drawn, and what is more, or no number, is drawn there
MARKERS = (("o", INK), ("^", FIRST), ("s", SECOND), ("x", SOFT))
NEAR = 0.1  # inputs about which the axis is linear
TICKS = (1.0, 100.0, 1e10, 1e30, 1e100)
PANEL = 2.5  # inches


def swept(found: Implementation) -> bool:
    """Whether there is something to draw."""
    return any(p.bins for p in found.paths)


def drawn(found: Implementation) -> Picture:
    """The picture of an implementation that was ``swept``."""
    paths = [p for p in found.paths if p.bins]
    orders = list(dict.fromkeys(p.order for p in paths))
    with draw.panels(len(orders), PANEL) as (panels, made):
        for a, order in zip(panels, orders, strict=True):
            _panel(a, order, [p for p in paths if p.order == order])
    said = (
        f"Error of {found.id} in ulps against the input, of {', '.join(orders)}. Dashed: {TOLERANCE:g} ulps; dotted upright: the "
        "ends of the dtype; dash-dotted: the first and the last input at which it is off. The axis is stretched about 0."
    )
    return Picture(said, made[0])


def _panel(a: Any, order: str, paths: Sequence[CallPath]) -> None:
    named = []
    for k, p in enumerate(paths):
        marker, color = MARKERS[k % len(MARKERS)]
        points = [(float(x), float(u)) for x, u in p.bins]
        shown = [(x, min(u, MOST) if math.isfinite(u) else MOST) for x, u in points if u >= LEAST]
        style = {"marker": marker, "color": color, "markersize": 2.5, "linestyle": "none"}
        a.plot([_place(x) for x, _ in shown], [math.log10(u) for _, u in shown], **style)
        named.append((f"{p.dtype}, {p.mode}", style))
    a.axhline(math.log10(TOLERANCE), linewidth=0.8, linestyle="--", color=MARK)
    greatest = max(GREATEST[p.dtype] for p in paths)
    for end in {s * GREATEST[p.dtype] for p in paths for s in (1.0, -1.0)}:
        a.axvline(_place(end), linewidth=0.6, linestyle=":", color=SOFT)
    for at in {float(x) for p in paths for x in (p.first, p.last) if x}:
        a.axvline(_place(at), linewidth=0.6, linestyle="-.", color=MARK)
    marks = [x for x in TICKS if x < greatest and (x != 1e30 or greatest < 1e100)]
    marks = [*(-x for x in reversed(marks)), 0.0, *marks]
    a.set_xticks([_place(x) for x in marks], [f"{x:g}".replace("e+", "e") for x in marks])
    a.set_yticks(range(0, 19, 6), ["1", "1e6", "1e12", "1e18"])
    a.set_xlim(-1.02 * _place(greatest), 1.02 * _place(greatest))
    a.set_ylim(math.log10(LEAST), math.log10(MOST) + 1)
    a.set_xlabel("input")
    a.set_ylabel(f"{order}: ulps")
    draw.legend(a, named)


def _place(x: float) -> float:
    """On an axis that is linear about 0 and then goes by the logarithm of the logarithm: most happens between 1 and 100, and
    dtypes end at 1e308. Of an infinity, at its end."""
    far = min(abs(x), GREATEST["float64"])
    return math.copysign(math.log1p(math.log10(NEAR + far) - math.log10(NEAR)), x)
