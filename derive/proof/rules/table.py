"""The rules of the checker by their names: from which sequents a sequent follows."""

from __future__ import annotations

from collections.abc import Callable

from derive.expr.graph import Node
from derive.expr.operators import ORDERS
from derive.language.components import components_all
from derive.language.properties import GROWTH
from derive.proof.evaluation import wants
from derive.proof.rules import bounds, inequalities, integrals, iteration, limits, properties
from derive.proof.rules.every_size import generic
from derive.proof.rules.inverses import inverse
from derive.proof.rules.properties import laid_out
from derive.proof.sequent import Sequent

Premises = Callable[..., list[Sequent]]

#: Of whole tensors, whatever their sizes are: these leave nothing to be shown.
EVERY_SIZE: dict[str, Premises] = {
    "generic": generic,
    "inverse": lambda s, nodes: inverse(s),
}
#: Of properties, limits, integrals, bounds, iterations.
OF_FUNCTIONS: dict[str, Premises] = {
    **properties.RULES, **limits.RULES, **integrals.RULES, **bounds.RULES, "induction": iteration.induction,
}  # fmt: skip


def premises(s: Sequent, name: str, nodes: tuple[Node, ...]) -> list[Sequent]:
    """What the sequent follows from by a rule. Raises Rejected where the rule does not apply. But for rules of whole tensors all
    is laid out first: a sum over a tensor speaks of its entries."""
    if name in EVERY_SIZE:
        return EVERY_SIZE[name](s, nodes)
    nodes = tuple(n if n.op == "property" else _entry(n) for n in nodes)
    if name in inequalities.RULES:
        wants(s.conclusion.op in ORDERS and not s.conclusion.shape, "no inequality")
        (s,) = s.entries()
        return inequalities.RULES[name](s, *nodes)
    if name in inequalities.EQUATIONS:
        return inequalities.EQUATIONS[name](s, *nodes)
    if name == "ratio":
        wants(s.conclusion.op == "property" and s.conclusion.attr in GROWTH and len(nodes) == 1, "no order of growth")
        return limits.by_ratio(s, *nodes)
    negative = s.conclusion.op == "not"
    rules, inner = (properties.AGAINST, s.conclusion.args[0]) if negative else (OF_FUNCTIONS, s.conclusion)
    wants(name in rules, f"no rule {name!r}")
    return rules[name](laid_out(s.concluding(inner)), nodes)


def _entry(n: Node) -> Node:
    wants(not n.shape, "a tensor")
    return components_all([n])[0][0]
