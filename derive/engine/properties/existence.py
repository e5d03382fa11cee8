"""What an inequality is proved of: that both its sides have a value is part of the claim.

Slopes, moves and balls look at a difference where it has a value. Factors that cancel leave a condition beside the proof; where
a logarithm, a root or a branch may lack a value on the domain nothing is proved of all of it.
"""

from __future__ import annotations

from dataclasses import replace

from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.relation import decide_holds
from derive.expr.conditions import negation
from derive.expr.graph import Node
from derive.language.components import components
from derive.numbers.definedness import Key, needs

CANCELS = ("ne", "hole")  # what divides; of a power, its base


def on_the_domain(found: Decision, condition: Node, domain: Domain) -> Decision | None:
    """A proof of an inequality of scalars with the conditions that it is subject to; None where its sides may lack a value
    otherwise."""
    if found.status != "proved" or condition.shape:
        return found
    (condition,) = components(condition)
    left = _lacking(condition, domain.entries())
    if left is None:
        return None
    left = [c for c in left if c not in found.conditions]
    return replace(found, conditions=(*found.conditions, *left))


def _lacking(root: Node, domain: Domain) -> list[Node] | None:
    """The factors that are not shown to differ from 0; None where something else that a value needs is not shown."""
    left: dict[Node, None] = {}
    for key, need in needs(root).items():
        if key[0] == "where":
            condition, *branches = key[1]
            for branch, chosen in zip(branches, (condition, negation(condition)), strict=True):
                if _lacking(branch, domain.given(chosen)) != []:
                    return None
        elif decide_holds(need, domain).status != "proved" and not _of_zero(key, domain):
            if key[0] not in CANCELS:
                return None
            left[need] = None
    return list(left)


def _of_zero(key: Key, domain: Domain) -> bool:
    """Whether it is a power of what is not negative, with an exponent that is positive, for 0 has one, too."""
    if key[0] != "pow" or key[1][1].op == "const":
        return False
    base, exponent = key[1]
    g = base.graph
    wanted = g.call("ge", base, g.zero), g.call("gt", exponent, g.zero)
    return all(decide_holds(c, domain).status == "proved" for c in wanted)
