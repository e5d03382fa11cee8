"""How pictures are drawn: by matplotlib, as SVG that is the same bytes on every machine, and readable without colour.

One figure is drawn on again and again, with few ticks, and its axes are laid out by hand: an order of magnitude cheaper than a
figure each. Ids hang on a fixed salt, there is no date, text stays text. In a dark surrounding the SVG changes its own colours.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from derive.records import dataclass

WIDTH = 5.6  # inches, of 72 points: on a phone the text can still be read
MAX_NAME = 30  # characters in the row of names
INK, SOFT, FIRST, SECOND, MARK = "#1d1c1a", "#6a665e", "#174a8b", "#a04a00", "#a01c16"
_DARK = {INK: "#e6e3dc", SOFT: "#a5a29b", FIRST: "#8fb8f2", SECOND: "#eeb566", MARK: "#ff9c8f"}
SETTINGS = {
    "svg.hashsalt": "errata",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """``said`` tells in a sentence or two what is to be seen: the caption, and what is read out."""

    said: str
    svg: str


@contextmanager
def axes(
    height: float, left: float = 0.75, bottom: float = 0.42, frame: bool = True
) -> Iterator[tuple[Any, list[str]]]:
    """Empty axes in a picture so many inches high, and a list that gets the SVG when the block ends."""
    import matplotlib

    made: list[str] = []
    with matplotlib.rc_context(SETTINGS):
        figure, a = _figure()
        figure.set_size_inches(WIDTH, height)
        a.set_position((left / WIDTH, bottom / height, 1 - (left + 0.15) / WIDTH, 1 - (bottom + 0.4) / height))
        a.set_axis_on() if frame else a.set_axis_off()
        try:
            yield a, made
            made.append(_svg(figure.canvas))
        finally:
            a.containers.clear()
            for artist in [*a.lines, *a.collections, *a.patches, *a.texts]:
                artist.remove()


@contextmanager
def panels(count: int, height: float) -> Iterator[tuple[list[Any], list[str]]]:
    """New axes below each other, each so many inches high; the list gets the SVG."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    made: list[str] = []
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, height * count), facecolor="none")
        canvas = FigureCanvasSVG(figure)
        size = (1 - 1.0 / WIDTH, (1 - 0.95 / height) / count)
        yield (
            [
                figure.add_axes(
                    (0.85 / WIDTH, (count - k - 1) / count + 0.55 / height / count, *size), facecolor="none"
                )
                for k in range(count)
            ],
            made,
        )
        made.append(_svg(canvas))


def _svg(canvas: Any) -> str:
    out = io.StringIO()
    canvas.print_svg(out, metadata={"Date": None, "Creator": None})
    return dark(out.getvalue())


@cache
def _figure() -> tuple[Any, Any]:
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(facecolor="none")
    FigureCanvasSVG(figure)
    return figure, figure.add_axes((0.1, 0.1, 0.8, 0.8), facecolor="none")


def dark(svg: str) -> str:
    """The SVG with other colours where its reader's surroundings are dark."""
    rules = "".join(
        f'[style*="{kind}: {light}"]{{{kind}:{other} !important}}'
        for light, other in _DARK.items()
        for kind in ("stroke", "fill")
    )
    return svg.replace("</style>", f"@media (prefers-color-scheme: dark){{{rules}}}</style>", 1)


def scale(a: Any, xs: tuple[float, float], ys: tuple[float, float], x: str = "", y: str = "") -> None:
    """Linear axes over these ranges, with a handful of ticks."""
    for low, high, lim, ticks in ((*xs, a.set_xlim, a.set_xticks), (*ys, a.set_ylim, a.set_yticks)):
        at = nice(min(low, high), max(low, high))
        ticks(at, [f"{v:g}" for v in at])
        lim(low, high)
    if x:
        a.text(0.5, -0.36 / _inches(a), x, transform=a.transAxes, va="center", ha="center", parse_math=False)
    if y:
        a.text(0, 1 + 0.06 / _inches(a), y, transform=a.transAxes, va="bottom", ha="left", parse_math=False)


def _inches(a: Any) -> float:
    """The height of the axes."""
    return float(a.get_position().height * a.figure.get_figheight())


def nice(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers from ``low`` to ``high``, at most so many, evenly apart."""
    for power in range(math.floor(math.log10(high - low)) - 1, 400):
        for step in (1, 2, 5):
            unit = float(f"{step}e{power}")
            first, last = math.ceil(low / unit - 1e-9), math.floor(high / unit + 1e-9)
            if last - first < most:
                return [float(f"{k * unit:.12g}") for k in range(first, last + 1)]
    return []


def legend(a: Any, entries: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Samples of lines, or of areas (whose style has a ``hatch``), with names in a row above the axes, out of the way."""
    from matplotlib.patches import Rectangle

    x, y = 0.0, 1 + 0.2 / _inches(a)
    for name, style in entries:
        shown = name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"
        if "hatch" in style:
            tall = 0.12 / _inches(a)
            a.add_patch(Rectangle((x, y - tall / 2), 0.05, tall, transform=a.transAxes, clip_on=False, **style))
        else:
            ends = [x + 0.04] if style.get("linestyle") == "none" else [x, x + 0.05]  # of marks without a line, one
            a.plot(ends, [y] * len(ends), transform=a.transAxes, clip_on=False, **style)
        a.text(x + 0.06, y, shown, transform=a.transAxes, va="center", fontsize=8, parse_math=False)
        x += 0.09 + 0.0122 * len(shown)
