"""What the limit of an expression hangs on: normal forms, zeros and signs of constants, under assumptions.

Everything here is a proof or raises ``Unsettled`` with what could not be told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Any

import derive.engine.algebra.kernels  # noqa: F401  (registers the rules)
from derive.engine.algebra.normal import NOTHING, Normal
from derive.engine.algebra.polynomials import Quotient, Regrow, Ring, Unwieldy
from derive.engine.algebra.signs import NEGATIVE, NONZERO, POSITIVE, ZERO, Mask, Signs
from derive.engine.counterexamples.points import Sampler
from derive.engine.domain import Domain
from derive.engine.equations.cells import Cell
from derive.engine.equations.regions import Regions
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node, topological
from derive.flint import arb, fmpq
from derive.language.components import components_all
from derive.numbers.balls import evaluate, precision

PRECISIONS = (128, 1024, 4096)
LONG = "a long expression"

#: What SymPy raises where it is asked too much: then there is no guess.
TROUBLES = (
    ExpressionError, ValueError, TypeError, NotImplementedError, AttributeError, ArithmeticError, RecursionError, LookupError,
)  # fmt: skip


class Unsettled(ArithmeticError):
    """A limit that could not be found; says which question stopped it. ``unknown``: what it needed the sign of; ``condition``:
    what is not known, and under which it would be found."""

    def __init__(self, reason: str, unknown: Node | None = None, condition: Node | None = None) -> None:
        super().__init__(reason)
        self.unknown, self.condition = unknown, condition


class NoLimit(Unsettled):
    """A limit that does not exist, proved; ``point``: the values of parameters for which it does not."""

    def __init__(self, reason: str, point: Mapping[Node, Fraction]) -> None:
        super().__init__(reason)
        self.point = point


def leaves(n: Node) -> set[Node]:
    """The scalar symbols and entries below a node."""
    return {m for m in topological([n]) if m.op == "index" or (m.op == "symbol" and not m.shape)}


class Oracle:
    """Answers about expressions in parameters and in ``t``, which is taken to be large (here: above 1)."""

    def __init__(self, g: Graph, t: Node, domain: Domain) -> None:
        self.graph, self.t, self.domain = g, t, domain
        sampler = Sampler(g.zero, g.zero, domain.given(g.call("gt", t, g.one)))
        self.regions = Regions(sampler, Ring(g, 32))
        self._signs: Signs | None = None
        self._forms: dict[Node, Node] = {}
        self._masks: dict[Node, Mask] = {}

    def _ask(self, work: Callable[[Ring, Signs], Any]) -> Any:
        ring = self.regions.ring
        ring.spent = 0
        for _ in range(40):
            try:
                if self._signs is None:
                    self._signs = self.regions._signs(Cell())
                return work(ring, self._signs)
            except Regrow:
                self._signs = None
            except Unwieldy as e:
                raise Unsettled(f"a limit of work was reached: {e}") from None
        raise Unsettled("exponents that keep needing finer fractions")

    def simple(self, n: Node) -> Node:
        """The normal form of a node, as a node; zero where it is proved to be zero. A tensor is only there for its entries."""
        if n.shape:
            return n
        found = self._forms.get(n)
        if found is None:

            def work(ring: Ring, signs: Signs) -> Node:
                nf = Normal(ring, signs)
                nf.run([n])
                value = nf.values[n]
                if value is NOTHING or not isinstance(value, Quotient):
                    raise Unsettled(f"{said(n)} has no value")
                if self.regions._vanishes(value.num, signs):
                    return n.graph.zero
                return ring.quotient_node(value)

            found = self._forms[n] = self._ask(work)
            self._forms.setdefault(found, found)
        return found

    def sign(self, n: Node) -> int:
        """The sign of a constant. Raises Unsettled."""
        m = self.mask(n)
        if m not in (POSITIVE, ZERO, NEGATIVE):
            raise Unsettled(f"the sign of {said(n)} is not known", n)
        return {POSITIVE: 1, ZERO: 0, NEGATIVE: -1}[m]

    def mask(self, n: Node) -> Mask:
        """The possible signs of a constant (an expression without ``t``)."""
        if n.op == "const":
            return POSITIVE if n.attr > 0 else NEGATIVE if n.attr < 0 else ZERO
        found = self._masks.get(n)
        if found is None:
            found = self._masks[n] = self._mask(n)
        return found

    def _mask(self, n: Node) -> Mask:
        def work(ring: Ring, signs: Signs) -> Mask:
            nf = Normal(ring, signs)
            nf.run([n])
            value = nf.values[n]
            if not isinstance(value, Quotient):
                raise Unsettled(f"{said(n)} has no value")
            return ZERO if self.regions._vanishes(value.num, signs) else signs.of(value)

        m: Mask = self._ask(work)
        if m in (POSITIVE, ZERO, NEGATIVE):
            return m
        inner = n.args[0] if n.op == "log" else None
        if inner is not None and self.mask(inner) == POSITIVE:  # log(u) has the sign of u - 1
            return self.mask(n.graph.sub(inner, n.graph.one))
        if not leaves(n):
            for bits in PRECISIONS:
                value = evaluate([n], {}, bits)[0]
                if isinstance(value, fmpq | arb):
                    with precision(bits):
                        if value > 0 or value < 0:
                            return POSITIVE if value > 0 else NEGATIVE
            return m
        g = n.graph
        for op, sign in (("gt", POSITIVE), ("lt", NEGATIVE), ("ne", NONZERO)):
            if m & sign and decide_holds(g.call(op, n, g.zero), self.domain).status == "proved":
                return m & sign
        return m


def degree(n: Node) -> int:
    """An upper bound on the degrees of the polynomials that an expression is made of: SymPy is asked about small ones."""
    found: dict[Node, int] = {}
    for m in topological([n]):
        inner = [found[a] for a in m.args]
        if m.op in ("symbol", "index"):
            found[m] = 1
        elif m.op in ("mul", "div"):
            found[m] = sum(inner)
        elif m.op == "pow" and m.args[1].op == "const":
            found[m] = inner[0] * ceil(abs(m.args[1].attr))
        else:
            found[m] = max(inner, default=0)
    return found[n]


def brief(n: Node) -> str:
    """A node for people; not one that is long."""
    from derive.language.printing import to_text

    text = to_text(n).replace("'", "")  # t' stands for the variable t
    return text if len(text) < 80 else LONG


def said(n: Node) -> str:
    """The same in quotes, inside a sentence."""
    text = brief(n)
    return text if text is LONG else f"'{text}'"


def scalars(nodes: Sequence[Node]) -> list[Node]:
    """The entries of conditions."""
    return [e for entries in components_all(list(nodes)) for e in entries]
