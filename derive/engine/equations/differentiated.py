"""A derivative is claimed where what is differentiated has a value, whatever is left of that when it is worked out.

d(log(x), x) is 1/x, which has a value at x = -1, and d(1/w, a) is 0. An equation is about the places where its functions have
values, and tells them; an inequality holds if they have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from derive.calculus.reverse import expand_all
from derive.engine.assumptions import contradict
from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.exceptional_sets import alternatives
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.engine.sufficiency import truth_of, unless_thin
from derive.expr.graph import Node
from derive.language.components import components_all
from derive.language.printing import to_text
from derive.numbers.definedness import has_value, of_derivatives

#: The decision on a claim, derivatives worked out, on a domain.
Decide = Callable[[Domain], Decision]


def lost(roots: Sequence[Node], domain: Domain = EVERYWHERE) -> list[Node]:
    """What the differentiated functions in some expressions need for a value, and is not said by their derivatives or the
    assumptions (these worked out); entry by entry."""
    asked = of_derivatives(roots, slopes=any(r.op != "eq" for r in roots))
    return unsaid(expand_all(asked), expand_all(roots), domain) if asked else []


def unsaid(asked: Sequence[Node], roots: Sequence[Node], domain: Domain) -> list[Node]:
    """Of conditions, entry by entry, those that expressions do not need anyway and that assumptions do not imply."""
    if not asked:
        return []
    entries = components_all([*asked, *roots])
    wanted = [c for part in entries[: len(asked)] for c in part]
    said = {c for part in entries[len(asked) :] for side in part for c in has_value(side)}
    inner = domain.entries()
    return [c for c in dict.fromkeys(wanted) if said.isdisjoint((c, *alternatives(c))) and not _shown(c, inner)]


def _shown(c: Node, domain: Domain) -> bool:
    """Whether a condition holds on a domain, entry by entry."""
    return (decide_holds(c, domain).status == "proved") if c.op == "or" else truth_of(c, domain) is True


def equation(decide: Decide, where: Sequence[Node], domain: Domain) -> Decision:
    """The decision on an equation that is claimed where these conditions hold."""
    found = decide(domain.given(*where))
    if where and found.empty and contradict(domain.given(*where)) and not contradict(domain):
        return replace(found, reason=Why.NO_DERIVED_VALUE(), index=None)
    if not where or found.status not in ("proved", "proved-if"):
        return found
    inner = domain.given(*found.conditions).entries()
    told = [c for c in where if c not in found.conditions and truth_of(c, inner) is not True]
    return replace(found, conditions=(*found.conditions, *told))


def inequality(decide: Decide, where: Sequence[Node], domain: Domain) -> Decision:
    """The decision on another condition: where it has no value it does not hold."""
    found = decide(domain.given(*where))
    if not where or found.status not in ("proved", "proved-if"):
        void = where and found.empty and not contradict(domain)
        return replace(found, reason=Why.NO_DERIVED_VALUE(), index=None) if void else found
    outside = next((d.witness for c in where if (d := decide_holds(c, domain)).witness is not None), None)
    if outside is None:
        return Decision("undecided", Why.NOT_EVERYWHERE(conditions=tuple(where)))
    missing = tuple(sorted(dict.fromkeys([*found.missing, *where]), key=to_text))
    rest = [c for c in found.conditions if c not in missing]
    told = replace(
        found,
        status="proved-if",
        reason=Why.HOLDS(),
        missing=missing,
        conditions=(*missing, *rest),
        witness=outside,
        fails=Why.LACKS_VALUE_AT(at=outside),
    )
    return unless_thin(told, domain.entries())
