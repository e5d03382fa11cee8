"""On which paths an implementation is off, and on which it is right, in a few words: one path that deviates says nothing of
the others, and a reader looks for the one that he runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Path(Protocol):
    """What a path is called, and what was found of it: ``verify.results.CallPath``, ``verify.conform.outcome.Outcome``."""

    @property
    def order(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def dtype(self) -> str: ...
    @property
    def verdict(self) -> str: ...


def off_in(paths: Sequence[Path]) -> str:
    """``gradient (forward mode) in float16; ...``: the paths that deviate, in as few words as tell them from the others."""
    orders = list(dict.fromkeys(p.order for p in paths))
    return "; ".join(
        " ".join(part for part in (order if len(orders) > 1 else "", *found) if part)
        for order in orders
        for found in _parts([p for p in paths if p.order == order and p.verdict != "undecided"], len(orders) > 1)
    )


def right_in(paths: Sequence[Path]) -> str:
    """``for-loop in float64, float32``: the dtypes in which the usual path, which is the first, is right; "" in none."""
    if not paths:
        return ""
    usual = [p for p in paths if (p.order, p.mode) == (paths[0].order, paths[0].mode)]
    right = [p.dtype for p in usual if p.verdict == "conforms"]
    return f"{usual[0].mode} in {', '.join(right)}" if right else ""


def told(paths: Sequence[Path]) -> str:
    """Both, of what deviates; "" where nothing does, or everything."""
    off, right = off_in(paths), right_in(paths)
    if not off:
        return ""
    return f"off: {off}" + (f"; right: {right}" if right else "")


def _parts(judged: Sequence[Path], brackets: bool) -> list[tuple[str, str]]:
    """The modes that are off in the same dtypes, with those: empty where they are all that there are."""
    modes = list(dict.fromkeys(p.mode for p in judged))
    every = {m: tuple(p.dtype for p in judged if p.mode == m) for m in modes}
    off = {m: tuple(p.dtype for p in judged if p.mode == m and p.verdict == "deviates") for m in modes}
    found: dict[tuple[str, ...], list[str]] = {}
    for m, dtypes in off.items():
        if dtypes:
            found.setdefault(dtypes, []).append(m)
    parts = []
    for dtypes, alike in found.items():
        names = "" if brackets and len(alike) == len(modes) else " and ".join(alike)
        whole = all(every[m] == dtypes for m in alike) and len(dtypes) > 1
        parts.append((f"({names})" if names and brackets else names, "" if whole else f"in {', '.join(dtypes)}"))
    return parts
