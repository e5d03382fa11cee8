"""What the engine's parts ask each other: an equation may need an inequality to be proved, and that one an equation.

One table says which function answers which question. It is loaded when it is first asked, so that no import runs in a circle,
and a claim that needs no properties loads none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from importlib import import_module

from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE, Domain
from derive.expr.graph import Node

Ends = Mapping[Node, tuple[Fraction | None, Fraction | None]]

ANSWERED_BY = {
    "holds": ("relation", "decide_holds"),
    "holds with properties": ("properties.dispatch", "decide_condition"),
}


@cache
def _answerer(question: str) -> Callable[..., Decision]:
    module, name = ANSWERED_BY[question]
    found: Callable[..., Decision] = getattr(import_module(f"derive.engine.{module}"), name)
    return found


def holds(condition: Node, domain: Domain = EVERYWHERE) -> Decision:
    """Whether a condition without properties holds for all values that meet the assumptions."""
    return _answerer("holds")(condition, domain)


def holds_with_properties(condition: Node, domain: Domain = EVERYWHERE) -> Decision:
    """Whether a condition that may ask for properties (``convex(L, w)``) holds for all values that meet the assumptions."""
    return _answerer("holds with properties")(condition, domain)
