"""Pictures of implementations: the error in ulps against the input over the whole range, the tolerance, the ends of the dtype.

Drawn by matplotlib as SVG with a fixed hash salt and no date, text as text: the same results give the same bytes with a release.
Without matplotlib there are no pictures.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

from verify.extras import installed
from verify.results import CallPath, Implementation

TOLERANCE = 4.0  # ulps
GREATEST = {
    "float16": 65504.0,
    "bfloat16": 3.3895313892515355e38,
    "float32": 3.4028234663852886e38,
    "float64": 1.7976931348623157e308,
}
LEAST = 1e-2  # ulps: below, nothing is drawn
MARKERS = ("o", "^", "s", "x")


def available() -> bool:
    """Whether there is a library to draw with."""
    return installed("matplotlib")


def drawn(found: Implementation) -> bool:
    """Whether there is something to draw."""
    return any(p.bins for p in found.paths)


def picture(found: Implementation) -> str:
    """The SVG of one implementation: a panel for each order of derivative that was swept."""
    import matplotlib

    matplotlib.use("svg")
    settings = {"svg.hashsalt": "errata", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}
    with matplotlib.rc_context(settings):
        from matplotlib.figure import Figure

        swept = [p for p in found.paths if p.bins]
        orders = list(dict.fromkeys(p.order for p in swept))
        figure = Figure(figsize=(7.0, 2.6 * len(orders)), layout="constrained")
        for k, order in enumerate(orders):
            _panel(figure.add_subplot(len(orders), 1, k + 1), order, [p for p in swept if p.order == order])
        figure.suptitle(found.id, fontsize=10)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()


def _panel(a: Any, order: str, paths: Sequence[CallPath]) -> None:
    for p, marker in zip(paths, MARKERS * len(paths), strict=False):
        points = [(float(x), float(u)) for x, u in p.bins]
        xs = [x for x, u in points if u >= LEAST]
        ys = [min(u, 1e18) if math.isfinite(u) else 1e18 for _, u in points if u >= LEAST]
        a.plot(
            xs,
            ys,
            marker,
            markersize=2,
            linestyle="none",
            color="black" if marker == "o" else "tab:blue",
            label=f"{p.dtype}, {p.mode}",
        )
    a.axhline(TOLERANCE, linewidth=0.8, linestyle="--", color="tab:red")
    for end in {s * GREATEST[p.dtype] for p in paths for s in (1.0, -1.0)}:
        a.axvline(end, linewidth=0.6, linestyle=":", color="gray")
    for at in {float(x) for p in paths for x in (p.first, p.last) if x}:
        a.axvline(at, linewidth=0.6, linestyle="-.", color="tab:orange")
    a.set_xscale("symlog", linthresh=1e-6)
    a.set_yscale("log")
    a.set_ylim(LEAST, 1e19)
    a.set_xlabel("input")
    a.set_ylabel(f"{order}: ulps")
    a.legend(loc="upper right", fontsize=7, frameon=False)
