"""Claims without symbols, which iterations may stand in: decided by the values of their sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.engine.decision import Decision
from derive.engine.reasons import Why
from derive.expr.below import leaves_of
from derive.expr.graph import Node
from derive.flint import arb
from derive.language.components import components_all
from derive.numbers.balls import ball_text, evaluate, precision


def of_constants(pairs: Sequence[tuple[Node, Node]]) -> Decision | None:
    """Sides without symbols, by their values; None where there are symbols, or where no precision tells."""
    if leaves_of([n for pair in pairs for n in pair]):
        return None
    for a, b in pairs:
        for prec in (128, 512, 2048):
            x, y = evaluate([a, b], {}, prec)
            if isinstance(x, Exception) or isinstance(y, Exception):
                return Decision("undecided", Why.FAULT(fault=str(x if isinstance(x, Exception) else y)))
            with precision(prec):
                difference = x - y
            if difference > 0 or difference < 0:
                left, right = _shown(x, y)
                return Decision("refuted", Why.SIDES_ARE(left=left, right=right), witness={}, method="ball arithmetic")
            if difference == 0:
                break
        else:
            return Decision("undecided", Why.NOT_TOLD_APART())
    return Decision("proved", Why.EXACT_VALUES(), method="exact values")


def _shown(x: Any, y: Any) -> tuple[str, str]:
    """Two numbers, exactly where they are known so; balls by as many of their digits as tell them apart."""
    for digits in (8, 16, 40, 600):
        left, right = (ball_text(v, digits) if isinstance(v, arb) else str(v) for v in (x, y))
        if left != right:
            break
    return left, right


def plain_truth(condition: Node) -> Decision:
    """A condition without symbols (of a tensor: every entry), by the values of its sides."""
    (entries,) = components_all([condition])
    for prec in (128, 512, 2048):
        found = evaluate(entries, {}, prec)
        if any(v is False for v in found):
            return Decision("refuted", Why.FAILS(), witness={}, method="ball arithmetic")
        if all(v is True for v in found):
            return Decision("proved", Why.OF_EXACT_VALUES(), method="exact values")
    faults = (Why.FAULT(fault=str(v)) for v in found if isinstance(v, Exception))
    return Decision("undecided", next(faults, Why.OWN_SIDES_NOT_TOLD_APART()))
