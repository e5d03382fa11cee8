"""The shapes of an optimizer's states: a state has that of what it becomes, a row's mean as well as a momentum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from derive.errors import ExpressionError
from derive.expr.graph import Graph
from derive.expr.shapes import Shape
from derive.language.reader import parse

ROUNDS = 3  # a state: as a number, as a row or column, and as the parameter


def shapes_of_states(
    updates: Sequence[tuple[str, str]], known: Mapping[str, Shape], states: Iterable[str], whole: Shape
) -> dict[str, Shape]:
    """The least shapes that fit, from numbers on; where that can't be read, from those of the parameter (``whole``) on.
    ``known`` are the shapes of other names. What can't be read either way is told where the updates are read."""
    for first in ((), whole):
        shapes = dict.fromkeys(states, first)
        for _ in range(ROUNDS * len(shapes) + 1):
            changed, sound = _round(updates, known, shapes)
            if changed is None:
                break
            shapes = shapes | changed
        if sound:
            return shapes
    return shapes


def _round(
    updates: Sequence[tuple[str, str]], known: Mapping[str, Shape], shapes: Mapping[str, Shape]
) -> tuple[dict[str, Shape] | None, bool]:
    """The first state that becomes something of another shape, with that; and whether all could be read so far."""
    g = Graph()
    scope = {n: g.symbol(n, s) for n, s in (*known.items(), *shapes.items())}
    sound = True
    for name, text in updates:
        try:
            node = parse(text, scope, g)
        except ExpressionError:
            sound = False
            continue
        if name in shapes and node.shape != shapes[name]:
            return {name: node.shape}, sound
        if name not in scope:
            scope[name] = g.symbol(name, node.shape)
    return None, sound
