"""What a property needs of the symbols that are not its variables: ``convex(log(a)*x**2, x)`` says something where a > 0.

A property is about a function on all of its domain in the variables. Of the other symbols nobody says that the function has a
domain at all: what it needs of these alone, and the assumptions do not show, are conditions of whatever is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.engine.assumptions import contradict
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.matrices.tensor_level import too_large
from derive.engine.properties.entrywise import Entries
from derive.engine.properties.facts import facts, implied
from derive.engine.properties.gram import DEFINITE, Gram
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.engine.sufficiency import unless_thin
from derive.expr.below import runs
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.language.meaning import unfold
from derive.numbers.definedness import by_branches, need


class Others:
    """What arguments of a property need of the symbols that are not its variables."""

    def __init__(self, args: Sequence[Node], variables: Sequence[Node], domain: Domain) -> None:
        known = facts(domain.hypotheses)
        self.domain = domain
        # needs of powers with letters in their exponents, whose bases may be negative or 0
        self.sufficient: set[Node] = set()
        self.entries = Entries(domain.given(*implied(known)))
        self.gram = Gram(self.entries, known)
        self.needed = self._needed(args, variables)

    def _needed(self, args: Sequence[Node], variables: Sequence[Node]) -> tuple[Node, ...]:
        """The conditions on these symbols under which all has a value, as far as the domain does not show them."""
        g = args[0].graph
        held = {v: g.symbol(f"{v.attr}'", v.shape) for v in variables if v.op == "def"}  # whatever it is defined as
        roots, own = substitute_all(args, held), [held.get(v, v) for v in variables]
        if runs(roots):
            return ()
        unfolded = unfold(roots)
        found = dict.fromkeys(c for root in unfolded for c in by_branches(root) if not _speaks(c, own))
        powers = [n for n in topological(unfolded) if n.op == "pow" and n.args[1].op != "const"]
        self.sufficient = {c for n in powers if (c := need(n)) is not None}
        return tuple(c.graph.call("all", c) if c.shape else c for c in found if not self._shown(c))

    @property
    def given(self) -> Domain:
        """The domain where all has a value, as far as that hangs on these symbols."""
        return self.domain.given(*self.needed)

    def subject(self, found: Decision) -> Decision:
        """A decision that was made there, told with the conditions that the domain does not show."""
        if found.status not in ("proved", "proved-if") or not (found.conditions or self.needed):
            return found
        if contradict(self.given):
            return Decision("undecided", Why.VALUES_ONLY_WHERE(conditions=self.needed), empty=True)
        kept = [c for c in found.conditions if c in (*found.missing, *self.needed) or not self._shown(c)]
        told = replace(found, conditions=tuple(dict.fromkeys([*kept, *self.needed])))
        if more := tuple(c for c in self.needed if c in self.sufficient):  # there are values elsewhere, too
            told = replace(told, status="proved-if", missing=(*found.missing, *more))
        return unless_thin(told, self.domain.entries())

    def _shown(self, c: Node) -> bool:
        """Whether a condition holds: a determinant of what is definite; by the generic entry; by all entries, if they are few."""
        if c.op in ("ne", "gt") and c.args[0].op == "det" and self.gram.sign(c.args[0].args[0]) == DEFINITE:
            return True
        if self.entries.decided(self.entries.of(c), c.shape):
            return True
        return not too_large(topological([c])) and decide_holds(c, self.entries.domain).status == "proved"


def _speaks(condition: Node, variables: Sequence[Node]) -> bool:
    """Whether a condition is about any of these symbols, or entries of one."""
    below = set(topological([condition]))
    for v in variables:
        if v.op != "index":
            if v in below:
                return True
        elif v.args[0] in below and v in topological(components(condition)):
            return True
    return False
