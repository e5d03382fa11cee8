"""Powers whose exponent is a whole number that is not known: products of so many factors, and so claims for induction.

``u**(a*n + c)`` of a whole n, and of a base that does not speak of it, is ``prod(u**a for k in range(0, n))`` times ``u**c``: a
claim with such powers is one about an iteration after n steps (``derive.engine.induction``), whatever the sign of u is.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from derive.calculus.reverse import expand_all
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.whole_numbers import affine, says_whole, start
from derive.expr.below import runs
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.lazily import lazily

with lazily():
    from derive.engine import induction

MAX_SHIFT = 8


def by_induction(condition: Node, domain: Domain) -> Decision | None:
    """Whether a condition holds for every whole number in its exponents; None where it has no such powers, or is left open."""
    if condition.shape or runs([condition, *domain.hypotheses]):
        return None
    for t in wholes(domain):
        written = as_products([condition, *domain.hypotheses], t, domain)
        if written is None:
            continue
        wanted, *held = written
        there = domain.under(held)
        if wanted.op == "eq":
            left, right = wanted.args
            found = induction.decide_equal(left, right, there)
        else:
            found = induction.decide_holds(wanted, there)
        if found.status != "undecided":
            return replace(found, tactic="induction")
    return None


def wholes(domain: Domain) -> list[Node]:
    """The symbols that are said to be whole numbers."""
    return [s for h in domain.hypotheses if h.op == "eq" for s in h.args if s.op == "symbol" and says_whole(h, s)]


def as_products(roots: list[Node], t: Node, domain: Domain) -> list[Node] | None:
    """The roots with products in the place of powers; None where there are none, or where t stands in other exponents."""
    powers: dict[Node, tuple[Node, int, int]] = {}
    for n in topological(roots):
        if n.op == "pow" and t in topological([n.args[1]]):
            exponent = affine(n.args[1], t)
            if exponent is None or t in topological([n.args[0]]):
                return None
            powers[n] = (n.args[0], *exponent)
    first = first_of(t, domain)
    if not powers or first is None:
        return None
    g, values = t.graph, {}
    index = g.symbol(f"{t.attr}'")
    for n, (base, factor, shift) in powers.items():
        least = min(c for u, a, c in powers.values() if u is base and a == factor)
        before = -(least // factor)  # steps before the first whose powers have whole exponents from 0 on
        if before > first or abs(least) > MAX_SHIFT or shift - least > MAX_SHIFT:
            return None
        end = g.sub(t, g.const(before)) if before > 0 else t
        rest = shift + factor * max(before, 0)
        factors = g.node("total", (g.pow(base, g.const(factor)), index, g.zero, end), "prod")
        values[n] = g.mul(factors, g.pow(base, g.const(rest))) if rest else factors
    written = expand_all(substitute_all(roots, values))
    return written if runs(written) else None


def first_of(t: Node, domain: Domain) -> int | None:
    """Where a whole number is said to begin, from 0 on."""
    low, _ = domain.range(t)
    begins = [ceil(low)] if low is not None else []
    begins += [s for h in domain.of([t]) if (s := start(h, t)) is not None]
    return max(begins) if begins and max(begins) >= 0 else None
