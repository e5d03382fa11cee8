"""Can rounding explain a printed result? What a step gives when its rounded inputs move by half a unit each.

A printed input stands for any value that rounds to it. To first order the farthest results lie at the corner of that
box which the signs of the gradient choose; on the way there lies the point whose result fits best. What is returned
has been evaluated exactly: it is a witness, not an estimate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from derive.calculus import gradient
from derive.enclose import evaluate, precision, rational
from derive.graph import Node
from verify.decimals import Printed, fit

PREC = 128


def within_rounding(
    root: Node, values: Mapping[Node, fmpq], reaches: Mapping[Node, Fraction], printed: Printed
) -> dict[Node, Fraction] | None:
    """Inputs within their reach of ``values`` at which ``root`` rounds to the print, or None.

    ``reaches`` says how far which inputs may move: half a unit of their last printed digit.
    """
    if not reaches or printed.unit == 0:
        return None
    nodes = list(reaches)
    near, *slopes = evaluate([root, *gradient(root, nodes)], values, PREC)
    if any(isinstance(v, Exception) for v in (near, *slopes)):
        return None
    with precision(PREC):
        upward = bool(near < rational(printed.value))
        moves = {
            n: reach if bool(slope > 0) == upward else -reach
            for (n, reach), slope in zip(reaches.items(), slopes, strict=True)
            if slope != 0
        }

        def moved(share: Fraction) -> tuple[dict[Node, Fraction], Any]:
            point = {n: _fraction(values[n]) + share * move for n, move in moves.items()}
            return point, evaluate([root], {**values, **{n: rational(v) for n, v in point.items()}}, PREC)[0]

        for share in _shares(near, moved(Fraction(1))[1], rational(printed.value)):
            point, result = moved(share)
            if not isinstance(result, Exception) and fit(printed, result) in ("rounded", "tie"):
                return point
    return None


def _shares(near: Any, far: Any, goal: fmpq) -> Sequence[Fraction]:
    """How far to go from the printed inputs towards the corner: to the goal if it is on the way, or all the way."""
    if isinstance(far, Exception):
        return ()
    width = float(arb(far) - arb(near))
    way = float(arb(goal) - arb(near)) / width if width else 0.0
    return [Fraction(way).limit_denominator(10**6), Fraction(1)] if 0 < way < 1 else [Fraction(1)]


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))
