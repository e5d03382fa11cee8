"""What stands in the way of an evaluation: the expressions whose signs would say more, where a search may split."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from derive.expr.graph import Node
from derive.numbers.definedness import requirement
from derive.proof.axioms import Unknown
from derive.proof.evaluation import Evaluated, evaluated
from derive.proof.field import Poly, Quotient, Rejected
from derive.proof.sequent import Sequent
from derive.proof.signs import NEGATIVE, OF_COMPARISON, POSITIVE, ZERO


class Depends(Rejected):
    """An evaluation that would say more if the signs of ``asks`` were known; that of ``first`` stands in the way."""

    def __init__(self, reason: str, first: Node | None, made: Asking) -> None:
        super().__init__(reason)
        self.first, self.evaluated = first, made
        self.asks = sorted(made.asks, key=lambda n: (n is not first, n.id))


class Asking(Evaluated):
    """An evaluation that notes down whose signs it lacks: those that the conclusions need."""

    def __init__(self, *of: Any) -> None:
        self.asks: dict[Node, None] = {}
        self.asked: Node | None = None
        self.lacking: dict[Unknown, Node | None] = {}
        super().__init__(*of)

    def suppose(self, h: Node) -> None:
        super().suppose(h)
        self.asks.clear()

    def _value(self, n: Node) -> Any:
        self.asked = None
        try:
            return super()._value(n)
        except Unknown as unknown:
            self.lacking[unknown] = self.asked
            raise

    def defined(self, n: Node, args: list[Any]) -> None:
        try:
            super().defined(n, args)
        except Unknown:
            if (asked := (0,) if n.op == "pow" else requirement(n)) is not None:
                self.ask(n.args[asked[0]])
            raise

    def needed(self, p: Poly) -> None:
        n = self.now
        if n.op in ("min", "max", *OF_COMPARISON):
            self.ask(n.graph.sub(*n.args))
        elif n.args:
            self.ask(n.args[0])

    def ask(self, n: Node) -> None:
        self.asked, self.asks[n] = n, None

    def settled(self, n: Node) -> bool:
        """Whether the sign of a node is known."""
        x = self.values.get(n)
        return isinstance(x, Quotient) and self.of(x) in (POSITIVE, ZERO, NEGATIVE)


def look(s: Sequent, units: Sequence[Fraction], opaque: tuple[Node, ...]) -> None:
    """Raises Depends where an evaluation does not come out true, and Rejected where there is none."""
    entries = s.entries()
    made = evaluated(entries, units, opaque, Asking)
    assert isinstance(made, Asking)
    for entry in entries if not made.contradiction else ():
        found = made.values[entry.conclusion]
        if found is not True:
            told = isinstance(found, Unknown)
            raise Depends(
                str(found) if told else "the conclusion comes out false",
                made.lacking.get(found) if told else None,
                made,
            )
