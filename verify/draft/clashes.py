"""A letter that has one value in one place of a section and another in the next: a case has one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.engine.assumptions import contradict
from derive.engine.domain import Domain
from derive.expr.graph import Node, topological
from derive.language.reader import parse
from verify.draft.hypotheses import Hypothesis
from verify.draft.look import Look
from verify.draft.model import Value
from verify.draft.pieces import same
from verify.draft.statements import Statement


def clash(
    nodes: tuple[Node, ...],
    s: Statement,
    assumed: Sequence[Hypothesis],
    values: Mapping[str, Value],
    changed: Mapping[str, Statement],
    look: Look,
) -> str:
    """Why a claim is not said with the values of the section: one of its names has another where it stands. ``changed`` are names
    with another value later, by where that is said. What is true of all values is said anywhere."""
    free = {str(n.attr) for n in topological(nodes) if n.op == "symbol"}
    for name, value in values.items():
        other = next((v for h in assumed if (v := h.value(name))), "")
        if other and not same(other, value.digits):
            return f"'{name}' is {value.digits} on {value.s.spot}, and {other} here: a case has one value of it"
        if (own := [h for h in assumed if _against(h, name, value.digits)]) and not other:
            return f"'{name}' is {value.digits} on {value.s.spot}, against '{own[0].text}', which is assumed here"
        at = changed.get(name)
        later = at is not None and (at.passage.cell, at.start) < (s.passage.cell, s.start)
        if name in free and at is not None and later and not (len(nodes) > 1 and look.equal(nodes) == "proved"):
            return f"'{name}' is {value.digits} on {value.s.spot}, and has another value from {at.spot} on"
    return ""


def _against(h: Hypothesis, name: str, digits: str) -> bool:
    """Whether a condition is false of a number."""
    if digits.startswith("[") or not any(n.op == "symbol" and n.attr == name for n in topological([h.node])):
        return False
    g = h.node.graph
    said = [h.node, g.call("eq", g.symbol(name, ()), parse(digits, {}, g, boolean=False))]
    return contradict(Domain(said))
